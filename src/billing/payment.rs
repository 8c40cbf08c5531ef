//! A payment: money that came in for a case, and what of it was applied.
use diesel::{
    ExpressionMethods,
    sql_types::{BigInt, Text},
};

use super::{Allocation, Invoice, allocations, invoice};
use crate::{
    cases::{self, Case, Section},
    graph::{Describe, Entity, Here, Key},
    id::Tag,
    people::{Person, people},
    sql,
    store::{Expr, Piece, Predicate, Row, all, always},
};

crate::table! {
    payments (firm_id, id) {
        firm_id -> Text,
        id -> Text,
        version -> BigInt,
        case_id -> Text,
        payer_id -> Nullable<Text>,
        currency -> Text,
        amount -> BigInt,
        received_on -> Date,
        method -> Text,
        state -> Text,
        cleared_on -> Nullable<Date>,
        ended_on -> Nullable<Date>,
        bank_reference -> Text,
    }
}

/// Whether the money is there.
#[derive(async_graphql::Enum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum PaymentState {
    /// On its way: it does not count yet.
    Pending,
    /// There.
    Cleared,
    /// It was there, or was to come, and was taken back.
    Reversed,
    /// Given back.
    Refunded,
}

/// A payment.
pub struct Payment;

impl Entity for Payment {
    const NAME: &'static str = "Payment";
    const ABOUT: &'static str = "Money that came in for a case.";
    type Item = payments::table;
    type Release = payments::table;

    fn describe(ty: &mut Describe<Self>) {
        ty.node(Tag::Payment, payments::id);
        ty.certain::<Case>("case", "The case.", |p, case| {
            Expr::of(case.item.col(cases::cases::id).eq(p.item.col(payments::case_id)))
        });
        ty.field("receivedOn", "The day on which it came.", |p| p.item.col(payments::received_on));
        ty.money("amount", "How much.", |p| (p.item.col(payments::amount), p.item.col(payments::currency)));
        ty.field("method", "How it was paid, for example `Card ending 42`.", |p| {
            p.item.col(payments::method)
        });
        ty.field("state", "Whether the money is there.", |p| p.item.col(payments::state))
            .typed::<PaymentState>();
        ty.field("clearedOn", "The day from which the money was there; null until then.", |p| {
            p.item.col(payments::cleared_on)
        });
        ty.field("endedOn", "The day on which it was taken or given back.", |p| {
            p.item.col(payments::ended_on)
        });
        ty.list::<Allocation>("allocations", "What was applied to invoices, each time.", |p, applied| {
            all(vec![is_of(p.item, applied.item), is_to_visible_invoice(p, applied.item)])
        });
        ty.money("unapplied", "What has cleared and is applied to no invoice.", |p| {
            (unapplied(p, p.item), p.item.col(payments::currency))
        });
        ty.maybe::<Person>("payer", "Who paid, where the person has an account.", |p, person| {
            sql![person.item.col(people::id), " = ", p.item.col(payments::payer_id)]
        });
        ty.field("bankReference", "What the bank calls it.", |p| p.item.col(payments::bank_reference));
        ty.rows(
            |p| vec![p.item.from().into()],
            |p| cases::fence(p, Expr::of(p.item.col(payments::firm_id)), case_of(p), Section::Billing),
            |p| {
                vec![
                    Key::descending(p.item.col(payments::received_on)),
                    Key::ascending(p.item.col(payments::id)),
                ]
            },
        );
        ty.scope("own", |p| {
            let payer = p.item.col(payments::payer_id);
            sql![payer, " = ", crate::store::bound::<Text, _>(p.viewer.person().to_owned())]
        });
        ty.scope("whole_firm", |_| always());
        ty.scope("on_case_staff", |p| cases::is_on_staff(p, case_of(p)));
    }
}

fn case_of(here: &Here<'_, Payment>) -> impl Fn() -> Expr<Text> + use<> {
    let key = here.item.col(payments::case_id);
    move || Expr::of(key)
}

fn is_of(payment: Row<payments::table>, applied: Row<allocations::table>) -> Predicate {
    all(vec![
        Expr::of(applied.col(allocations::firm_id).eq(payment.col(payments::firm_id))),
        Expr::of(applied.col(allocations::payment_id).eq(payment.col(payments::id))),
    ])
}

/// The viewer may know of the invoice: what was applied to another does not exist for him.
fn is_to_visible_invoice<E: Entity>(here: &Here<'_, E>, applied: Row<allocations::table>) -> Predicate {
    let other = here.other::<Invoice>();
    let mut pieces = vec![Piece::Text("EXISTS (SELECT 1 FROM ")];
    pieces.extend(other.tables());
    let is_it = invoice::is(&other, Expr::of(applied.col(allocations::invoice_id)));
    pieces.extend([Piece::Text(" WHERE "), all(vec![is_it, other.is_visible()]).into(), Piece::Text(")")]);
    Expr::pieces(pieces)
}

/// What has cleared and is applied to no invoice that the viewer may know of.
pub(super) fn unapplied<E: Entity>(here: &Here<'_, E>, payment: Row<payments::table>) -> Expr<BigInt> {
    let applied = here.row::<allocations::table>();
    sql![
        "(CASE WHEN ",
        payment.col(payments::state),
        " = 'CLEARED' THEN ",
        payment.col(payments::amount),
        " - coalesce((SELECT CAST(sum(",
        applied.col(allocations::amount),
        ") AS BIGINT) FROM ",
        applied.from(),
        " WHERE ",
        all(vec![is_of(payment, applied), is_to_visible_invoice(here, applied)]),
        "), 0) ELSE 0 END)"
    ]
}
