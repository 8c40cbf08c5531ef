//! What clients are told about the money of a case as a whole, and when that has become stale.
use chrono::NaiveDate;
use diesel::{
    ExpressionMethods,
    sql_types::{Bool, Nullable, Text, Timestamp},
};

use super::{Payment, payments};
use crate::{
    calendar::event_changes,
    cases::{self, Case, Section, cases as case_rows},
    graph::{Describe, Entity, Here, Key},
    release_table, releasing, sql,
    store::{Expr, all, always, any, exists},
};

release_table! {
    billing_note_releases of case_id in case_rows by id, named in billing_note_release_audiences,
    worded NoteWording, pub approve {
        /// The note in a few plain words.
        body -> Text as String,
        /// The day on which the next invoice is expected.
        next_invoice_on -> MaybeDate as Option<NaiveDate>,
        /// The id of the event that the note speaks of.
        about_event -> MaybeText as Option<String>,
        /// The id of the payment that the note speaks of.
        about_payment -> MaybeText as Option<String>,
    }
}

/// What the firm says about the money of a case as a whole. Its rows are the releases that are open.
pub struct BillingNote;

impl Entity for BillingNote {
    const NAME: &'static str = "BillingNote";
    const ABOUT: &'static str = "What the firm says about the money of a case as a whole.";
    type Item = billing_note_releases::table;
    type Release = billing_note_releases::table;

    fn describe(ty: &mut Describe<Self>) {
        ty.certain::<Case>("case", "The case.", |n, case| {
            Expr::of(case.item.col(cases::cases::id).eq(n.item.col(billing_note_releases::case_id)))
        });
        ty.field("body", "The note in a few plain words.", |n| n.item.col(billing_note_releases::body));
        ty.field("nextInvoiceOn", "The day on which the next invoice is expected.", |n| {
            n.item.col(billing_note_releases::next_invoice_on)
        });
        ty.maybe::<Payment>("payment", "The payment that it speaks of.", |n, payment| {
            sql![payment.item.col(payments::id), " = ", n.item.col(billing_note_releases::about_payment)]
        });
        ty.field("releasedAt", "When it was shared.", |n| n.item.col(billing_note_releases::released_from));
        ty.field(
            "isStale",
            "It speaks of an event that was moved since, or of a payment that did not last.",
            |n| {
                is_stale(
                    n,
                    Expr::of(n.item.col(billing_note_releases::about_event)),
                    Expr::of(n.item.col(billing_note_releases::about_payment)),
                    Expr::of(n.item.col(billing_note_releases::approved_at)),
                )
            },
        );
        ty.rows(
            |n| vec![n.item.from().into()],
            |n| {
                let case = n.item.col(billing_note_releases::case_id);
                let firm = Expr::of(n.item.col(billing_note_releases::firm_id));
                all(vec![
                    releasing::is_open(n, n.item, Expr::of(case)),
                    cases::fence(n, firm, move || Expr::of(case), Section::Billing),
                ])
            },
            |n| {
                vec![
                    Key::descending(n.item.col(billing_note_releases::released_from)),
                    Key::ascending(n.item.col(billing_note_releases::id)),
                ]
            },
        );
        ty.released_scope("released_to_viewer", |n| releasing::is_released_to_viewer(n, n.item));
        ty.scope("whole_firm", |_| always());
        ty.scope("on_case_staff", |n| {
            let case = n.item.col(billing_note_releases::case_id);
            cases::is_on_staff(n, move || Expr::of(case))
        });
    }
}

/// A wording that was approved at an instant speaks of an event that was moved since, or of a payment that did not last.
pub(super) fn is_stale<E: Entity>(
    here: &Here<'_, E>,
    event: Expr<Nullable<Text>>,
    payment: Expr<Nullable<Text>>,
    approved_at: Expr<Timestamp>,
) -> Expr<Bool> {
    let (moved, paid) = (here.row::<event_changes::table>(), here.row::<payments::table>());
    let was_moved = all(vec![
        Expr::of(moved.col(event_changes::firm_id).eq(here.viewer.firm().to_owned())),
        sql![moved.col(event_changes::event_id), " = ", event],
        sql![moved.col(event_changes::at), " > ", approved_at],
        Expr::of(moved.col(event_changes::at).le(here.viewer.at)),
    ]);
    let did_not_last = all(vec![
        Expr::of(paid.col(payments::firm_id).eq(here.viewer.firm().to_owned())),
        sql![paid.col(payments::id), " = ", payment],
        Expr::of(paid.col(payments::ended_on).is_not_null()),
    ]);
    any(vec![exists(moved, was_moved), exists(paid, did_not_last)])
}
