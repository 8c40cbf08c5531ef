//! A credit: what is taken off an invoice after it was issued.
use diesel::ExpressionMethods;

use super::invoices;
use crate::{
    graph::{Describe, Entity, Key},
    store::{Expr, Piece, all, always},
};

crate::table! {
    credits (firm_id, invoice_id, position) {
        firm_id -> Text,
        invoice_id -> Text,
        position -> Integer,
        credited_on -> Date,
        amount -> BigInt,
        reason -> Text,
    }
}

/// What is taken off an invoice after it was issued.
pub struct Credit;

impl Entity for Credit {
    const NAME: &'static str = "Credit";
    const ABOUT: &'static str = "What was taken off an invoice after it was issued.";
    type Item = credits::table;
    // The invoice's row stands where other types have a release: it has the currency.
    type Release = invoices::table;

    fn describe(ty: &mut Describe<Self>) {
        ty.field("creditedOn", "The day.", |c| c.item.col(credits::credited_on));
        ty.money("amount", "How much.", |c| (c.item.col(credits::amount), c.release.col(invoices::currency)));
        ty.field("reason", "Why, in the firm's words.", |c| c.item.col(credits::reason));
        ty.part(
            |c| {
                let is_its_invoice = all(vec![
                    Expr::of(c.release.col(invoices::firm_id).eq(c.item.col(credits::firm_id))),
                    Expr::of(c.release.col(invoices::id).eq(c.item.col(credits::invoice_id))),
                ]);
                vec![
                    c.item.from().into(),
                    Piece::Text(" JOIN "),
                    c.release.from().into(),
                    Piece::Text(" ON "),
                    is_its_invoice.into(),
                ]
            },
            |_| always(),
            |c| {
                vec![
                    Key::ascending(c.item.col(credits::credited_on)),
                    Key::ascending(c.item.col(credits::position)),
                ]
            },
        );
    }
}
