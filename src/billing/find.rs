//! Finding invoices: which, and in which order.
use async_graphql::InputObject;
use diesel::{ExpressionMethods, NullableExpressionMethods, sql_types::Text};

use super::{Invoice, InvoiceState, invoices, owed};
use crate::{
    graph::{DescribedRelation, Here, Key, Only, Order, is_chosen},
    scalars::Day,
    store::{Direction, Expr, Predicate, day_or},
};

/// Which invoices.
#[derive(InputObject)]
pub struct InvoiceFilter {
    /// In one of these states; an empty list finds nothing.
    state: Only<Vec<InvoiceState>>,
    /// Of this day or later.
    issued_from: Only<Day>,
    /// Of this day or earlier.
    issued_to: Only<Day>,
}

impl InvoiceFilter {
    fn conditions(self, invoice: &Here<'_, Invoice>) -> Vec<Predicate> {
        let issued = || invoice.item.col(invoices::issued_on);
        let mut conditions = Vec::new();
        conditions.extend(self.state.0.map(|states| is_chosen(owed::state(invoice, invoice.item), &states)));
        conditions
            .extend(self.issued_from.0.map(|day| has_day(issued().assume_not_null().ge(day.0), issued())));
        conditions
            .extend(self.issued_to.0.map(|day| has_day(issued().assume_not_null().le(day.0), issued())));
        conditions
    }
}

fn has_day(
    compared: impl diesel::Expression<SqlType = diesel::sql_types::Bool> + crate::store::Sql,
    issued: crate::store::Column<invoices::issued_on>,
) -> Predicate {
    crate::store::all(vec![Expr::of(issued.is_not_null()), Expr::of(compared)])
}

/// In which order invoices come.
#[derive(async_graphql::Enum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum InvoiceOrder {
    /// The newest first, those without a day before them.
    IssuedOnDesc,
    /// The oldest first, those without a day behind them.
    IssuedOnAsc,
    /// The one due first first, those without such a day behind them.
    DueOnAsc,
    /// By number.
    NumberAsc,
}

impl Order<Invoice> for InvoiceOrder {
    fn keys(&self, invoice: &Here<'_, Invoice>) -> Vec<Key> {
        let (issued, due) = (invoice.item.col(invoices::issued_on), invoice.item.col(invoices::due_on));
        let first = match self {
            InvoiceOrder::IssuedOnDesc => {
                Key::of(Direction::Descending, move || day_or(issued, "9999-12-31"))
            }
            InvoiceOrder::IssuedOnAsc => Key::of(Direction::Ascending, move || day_or(issued, "9999-12-31")),
            InvoiceOrder::DueOnAsc => Key::of(Direction::Ascending, move || day_or(due, "9999-12-31")),
            InvoiceOrder::NumberAsc => Key::ascending(invoice.item.col(invoices::number)),
        };
        vec![first, Key::ascending(invoice.item.col(invoices::id))]
    }
}

/// The arguments that narrow and order invoices.
pub(super) fn narrowed(invoices: DescribedRelation<'_, Invoice>) {
    invoices.narrowed("filter", "Only such.", InvoiceFilter::conditions).ordered::<InvoiceOrder>();
}

/// The case that an invoice belongs to.
pub(super) fn case_of(here: &Here<'_, Invoice>) -> impl Fn() -> Expr<Text> + use<> {
    let key = here.item.col(invoices::case_id);
    move || Expr::of(key)
}
