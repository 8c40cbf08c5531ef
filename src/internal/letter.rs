//! Letters to and from the other side, offers of settlement among them.
use async_graphql::InputObject;
use chrono::{NaiveDate, NaiveDateTime};
use diesel::{ExpressionMethods, Insertable, sql_types::Text};

use super::SettlementOffer;
use crate::{
    cases::{self, Case, Section},
    graph::{Describe, Entity, Enumeration, Here, Key, Only, cell},
    id::Tag,
    store::{Expr, Predicate, always},
};

crate::table! {
    correspondence (firm_id, id) {
        firm_id -> Text,
        id -> Text,
        case_id -> Text,
        direction -> Text,
        counterparty -> Text,
        subject -> Text,
        body -> Text,
        sent_at -> Timestamp,
        offer_amount -> Nullable<BigInt>,
        offer_currency -> Nullable<Text>,
        offer_expires_on -> Nullable<Date>,
    }
}

/// A letter to be written; an offer's amount is in minor units of its currency.
#[derive(Insertable, Clone, Debug)]
#[diesel(table_name = correspondence)]
#[allow(missing_docs, reason = "the table's columns, which the type's description explains")]
pub struct NewCorrespondence {
    pub firm_id: String,
    pub id: String,
    pub case_id: String,
    pub direction: String,
    pub counterparty: String,
    pub subject: String,
    pub body: String,
    pub sent_at: NaiveDateTime,
    pub offer_amount: Option<i64>,
    pub offer_currency: Option<String>,
    pub offer_expires_on: Option<NaiveDate>,
}

crate::enumeration! {
    /// Which way a letter went.
    Direction {
        /// To the firm.
        Received = "RECEIVED",
        /// From the firm.
        Sent = "SENT",
    }
}

/// A letter to or from the other side.
pub struct Correspondence;

impl Entity for Correspondence {
    const NAME: &'static str = "Correspondence";
    const ABOUT: &'static str = "A letter to or from the other side.";
    type Item = correspondence::table;
    type Release = correspondence::table;

    fn describe(ty: &mut Describe<Self>) {
        ty.node(Tag::Correspondence, correspondence::id);
        ty.certain::<Case>("case", "The case.", |l, case| {
            Expr::of(case.item.col(cases::cases::id).eq(l.item.col(correspondence::case_id)))
        });
        ty.field("direction", "Which way it went.", |l| l.item.col(correspondence::direction))
            .typed::<Direction>();
        ty.field("counterparty", "Who wrote it or was written to.", |l| {
            l.item.col(correspondence::counterparty)
        });
        ty.field("subject", "What it is about.", |l| l.item.col(correspondence::subject));
        ty.field("body", "What it says.", |l| l.item.col(correspondence::body));
        ty.field("sentAt", "When it was sent.", |l| l.item.col(correspondence::sent_at));
        ty.composite::<SettlementOffer>("offer", "The offer that it makes, if it makes one.", |l| {
            vec![
                cell(l.item.col(correspondence::offer_amount)),
                cell(l.item.col(correspondence::offer_currency)),
                cell(l.item.col(correspondence::offer_expires_on)),
            ]
        })
        .nullable();
        ty.rows(
            |l| vec![l.item.from().into()],
            |l| cases::fence(l, Expr::of(l.item.col(correspondence::firm_id)), case_of(l), Section::Any),
            |l| {
                vec![
                    Key::descending(l.item.col(correspondence::sent_at)),
                    Key::ascending(l.item.col(correspondence::id)),
                ]
            },
        );
        ty.scope("whole_firm", |_| always());
        ty.scope("on_case_staff", |l| cases::is_on_staff(l, case_of(l)));
        ty.scope("granted_to_viewer", |l| {
            cases::is_granted_to_viewer(l, Expr::of(l.item.col(correspondence::id)), case_of(l))
        });
    }
}

fn case_of(here: &Here<'_, Correspondence>) -> impl Fn() -> Expr<Text> + use<> {
    let key = here.item.col(correspondence::case_id);
    move || Expr::of(key)
}

/// Which letters.
#[derive(InputObject)]
pub struct CorrespondenceFilter {
    /// Only those that went this way.
    direction: Only<Direction>,
}

impl CorrespondenceFilter {
    /// The conditions on a row.
    pub fn conditions(self, letter: &Here<'_, Correspondence>) -> Vec<Predicate> {
        let went =
            |direction: Direction| Expr::of(letter.item.col(correspondence::direction).eq(direction.word()));
        self.direction.0.map(went).into_iter().collect()
    }
}
