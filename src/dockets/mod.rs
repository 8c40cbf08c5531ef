//! Dockets: a court's own list of what was filed and ordered in a case, as it was imported; the firm's alone.
//!
//! An **entry** is a line of it, known again by its key. A **review** is what a person has to look at before anything of
//! an entry is shared: words of sealing, doubts of the reader. Until it is settled, the entry's paper is not released. A
//! **party** is a name in the caption, never a participant.
mod entry;
mod head;
mod intake;
mod lives;
mod party;
mod review;
mod settle;
mod words;
mod write;

pub use entry::{DocketEntry, docket_entries};
pub use intake::{Intake, Outcome, Target, target};
pub use party::{Party, parties};
pub use review::{DocketReview, docket_reviews};
pub use settle::{Waiting, has_open_review, settle, waiting};

use crate::{
    cases::{Case, cases},
    graph::Describe,
    store::{Expr, all},
};
use diesel::ExpressionMethods;

/// What a case has of this room.
pub fn of_case(case: &mut Describe<Case>) {
    case.connection::<DocketEntry>("docketEntries", "The court's own list, in its order.", |c, e| {
        all(vec![
            Expr::of(e.item.col(docket_entries::firm_id).eq(c.item.col(cases::firm_id))),
            Expr::of(e.item.col(docket_entries::case_id).eq(c.item.col(cases::id))),
        ])
    })
    .within_case();
    case.list::<DocketReview>(
        "docketReviews",
        "What a person has to look at before anything is shared.",
        |c, r| {
            all(vec![
                Expr::of(r.item.col(docket_reviews::firm_id).eq(c.item.col(cases::firm_id))),
                Expr::of(r.item.col(docket_reviews::case_id).eq(c.item.col(cases::id))),
                Expr::of(r.item.col(docket_reviews::settled_at).is_null()),
            ])
        },
    );
    case.list::<Party>("parties", "The names in the caption.", |c, p| {
        all(vec![
            Expr::of(p.item.col(parties::firm_id).eq(c.item.col(cases::firm_id))),
            Expr::of(p.item.col(parties::case_id).eq(c.item.col(cases::id))),
        ])
    });
}
