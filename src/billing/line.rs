//! A line of an invoice.
use async_graphql::Value;
use diesel::ExpressionMethods;

use super::invoices;
use crate::{
    graph::{Describe, Entity, Key, cell},
    money::{self, Money, PLACES},
    scalars::Decimal,
    store::{self, Expr, Piece, all, always},
};

crate::table! {
    invoice_lines (firm_id, invoice_id, position) {
        firm_id -> Text,
        invoice_id -> Text,
        position -> Integer,
        kind -> Text,
        performed_on -> Date,
        quantity -> BigInt,
        rate -> Nullable<BigInt>,
        adjustment -> BigInt,
        amount -> BigInt,
        narrative -> Nullable<Text>,
        timekeeper -> Nullable<Text>,
        task_code -> Nullable<Text>,
        internal_narrative -> Text,
    }
}

/// What a line is for.
#[derive(async_graphql::Enum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum LineKind {
    /// Work.
    Fee,
    /// What was laid out.
    Expense,
    /// A change to the others.
    Adjustment,
}

impl LineKind {
    pub(super) fn name(self) -> &'static str {
        match self {
            LineKind::Fee => "FEE",
            LineKind::Expense => "EXPENSE",
            LineKind::Adjustment => "ADJUSTMENT",
        }
    }
}

/// A line of an invoice.
pub struct InvoiceLine;

impl Entity for InvoiceLine {
    const NAME: &'static str = "InvoiceLine";
    const ABOUT: &'static str = "A line of an invoice: quantity times rate, rounded, and the adjustment.";
    type Item = invoice_lines::table;
    // The invoice's row stands where other types have a release: it has the currency.
    type Release = invoices::table;

    fn describe(ty: &mut Describe<Self>) {
        ty.field("performedOn", "The day of the work or the expense.", |l| {
            l.item.col(invoice_lines::performed_on)
        });
        ty.field("kind", "What it is for.", |l| l.item.col(invoice_lines::kind)).typed::<LineKind>();
        ty.made::<Decimal>(
            "quantity",
            "How much: hours, pages, pieces; of up to four places.",
            |l| vec![cell(l.item.col(invoice_lines::quantity))],
            quantity,
        );
        ty.composite::<Money>("rate", "What one costs, of up to four places.", |l| {
            money::rate(l.item.col(invoice_lines::rate), l.release.col(invoices::currency))
        })
        .nullable();
        ty.money("adjustment", "What was added, or taken off.", |l| {
            (l.item.col(invoice_lines::adjustment), l.release.col(invoices::currency))
        });
        ty.money("amount", "What it comes to.", |l| {
            (l.item.col(invoice_lines::amount), l.release.col(invoices::currency))
        });
        ty.field("narrative", "What was done.", |l| l.item.col(invoice_lines::narrative));
        ty.field("timekeeper", "Who did it.", |l| l.item.col(invoice_lines::timekeeper));
        ty.field("taskCode", "The code of the work, such as a UTBMS one.", |l| {
            l.item.col(invoice_lines::task_code)
        });
        ty.field("internalNarrative", "What was done, in the firm's words.", |l| {
            l.item.col(invoice_lines::internal_narrative)
        });
        ty.part(
            |l| {
                let is_its_invoice = all(vec![
                    Expr::of(l.release.col(invoices::firm_id).eq(l.item.col(invoice_lines::firm_id))),
                    Expr::of(l.release.col(invoices::id).eq(l.item.col(invoice_lines::invoice_id))),
                ]);
                vec![
                    l.item.from().into(),
                    Piece::Text(" JOIN "),
                    l.release.from().into(),
                    Piece::Text(" ON "),
                    is_its_invoice.into(),
                ]
            },
            |_| always(),
            |l| vec![Key::ascending(l.item.col(invoice_lines::position))],
        );
    }
}

fn quantity(cells: &mut [store::Value]) -> Value {
    match cells.first() {
        Some(store::Value::Number(units)) => Value::String(money::decimal(*units, PLACES, 0)),
        _ => Value::Null,
    }
}
