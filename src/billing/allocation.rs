//! An allocation: how much of a payment was applied to an invoice.
use diesel::ExpressionMethods;

use super::{Invoice, Payment, PaymentState, invoice, payments};
use crate::{
    graph::{Describe, Entity, Key},
    store::{Expr, Piece, all, always},
};

crate::table! {
    allocations (firm_id, payment_id, position) {
        firm_id -> Text,
        payment_id -> Text,
        position -> Integer,
        invoice_id -> Text,
        case_id -> Text,
        currency -> Text,
        amount -> BigInt,
        applied_on -> Date,
    }
}

diesel::allow_tables_to_appear_in_same_query!(allocations, payments);

/// How much of a payment was applied to an invoice.
pub struct Allocation;

impl Entity for Allocation {
    const NAME: &'static str = "Allocation";
    const ABOUT: &'static str = "How much of a payment was applied to an invoice.";
    type Item = allocations::table;
    // The payment's row stands where other types have a release: it says whether the money is there.
    type Release = payments::table;

    fn describe(ty: &mut Describe<Self>) {
        ty.maybe::<Payment>("payment", "The payment; null where it is somebody else's.", |a, payment| {
            Expr::of(payment.item.col(payments::id).eq(a.item.col(allocations::payment_id)))
        });
        ty.certain::<Invoice>("invoice", "The invoice.", |a, other| {
            invoice::is(other, Expr::of(a.item.col(allocations::invoice_id)))
        });
        ty.money("amount", "How much.", |a| {
            (a.item.col(allocations::amount), a.item.col(allocations::currency))
        });
        ty.field("appliedOn", "The day on which it was applied.", |a| a.item.col(allocations::applied_on));
        ty.field("state", "Whether the money is there: only what has cleared counts as paid.", |a| {
            a.release.col(payments::state)
        })
        .typed::<PaymentState>();
        ty.part(
            |a| {
                let is_its_payment = all(vec![
                    Expr::of(a.release.col(payments::firm_id).eq(a.item.col(allocations::firm_id))),
                    Expr::of(a.release.col(payments::id).eq(a.item.col(allocations::payment_id))),
                ]);
                vec![
                    a.item.from().into(),
                    Piece::Text(" JOIN "),
                    a.release.from().into(),
                    Piece::Text(" ON "),
                    is_its_payment.into(),
                ]
            },
            |_| always(),
            |a| {
                vec![
                    Key::ascending(a.item.col(allocations::applied_on)),
                    Key::ascending(a.item.col(allocations::payment_id)),
                    Key::ascending(a.item.col(allocations::position)),
                ]
            },
        );
    }
}
