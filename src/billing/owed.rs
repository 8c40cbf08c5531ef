//! What an invoice comes to, as SQL: the same expressions wherever a balance is shown, summed, filtered or judged.
use diesel::{
    ExpressionMethods,
    sql_types::{BigInt, Bool, Date, Text},
};

use super::{allocations, credits, invoices, payments};
use crate::{
    graph::{Entity, Here},
    sql,
    store::{Expr, Predicate, Row, all, bound},
};

type Invoices = Row<invoices::table>;

/// What was paid to an invoice and has cleared.
pub(super) fn paid<E: Entity>(here: &Here<'_, E>, invoice: Invoices) -> Expr<BigInt> {
    let (applied, payment) = (here.row::<allocations::table>(), here.row::<payments::table>());
    let is_its_payment: Predicate = all(vec![
        Expr::of(payment.col(payments::firm_id).eq(applied.col(allocations::firm_id))),
        Expr::of(payment.col(payments::id).eq(applied.col(allocations::payment_id))),
        Expr::of(payment.col(payments::state).eq("CLEARED")),
    ]);
    let is_of_invoice: Predicate = all(vec![
        Expr::of(applied.col(allocations::firm_id).eq(invoice.col(invoices::firm_id))),
        Expr::of(applied.col(allocations::invoice_id).eq(invoice.col(invoices::id))),
    ]);
    sql![
        "coalesce((SELECT CAST(sum(",
        applied.col(allocations::amount),
        ") AS BIGINT) FROM ",
        applied.from(),
        " JOIN ",
        payment.from(),
        " ON ",
        is_its_payment,
        " WHERE ",
        is_of_invoice,
        "), 0)"
    ]
}

/// What was taken off an invoice after it was issued.
pub(super) fn credited<E: Entity>(here: &Here<'_, E>, invoice: Invoices) -> Expr<BigInt> {
    let credit = here.row::<credits::table>();
    let is_of_invoice: Predicate = all(vec![
        Expr::of(credit.col(credits::firm_id).eq(invoice.col(invoices::firm_id))),
        Expr::of(credit.col(credits::invoice_id).eq(invoice.col(invoices::id))),
    ]);
    sql![
        "coalesce((SELECT CAST(sum(",
        credit.col(credits::amount),
        ") AS BIGINT) FROM ",
        credit.from(),
        " WHERE ",
        is_of_invoice,
        "), 0)"
    ]
}

/// What is still owed; nothing before it is issued, and nothing of one that is void.
pub(super) fn balance<E: Entity>(here: &Here<'_, E>, invoice: Invoices) -> Expr<BigInt> {
    sql![
        "(CASE WHEN ",
        is_asked_for(invoice),
        " THEN ",
        invoice.col(invoices::total),
        " - ",
        invoice.col(invoices::written_off),
        " - ",
        paid(here, invoice),
        " - ",
        credited(here, invoice),
        " ELSE 0 END)"
    ]
}

/// Something is owed, and its day is past at the firm.
pub(super) fn is_overdue<E: Entity>(here: &Here<'_, E>, invoice: Invoices) -> Expr<Bool> {
    sql![
        "coalesce(",
        invoice.col(invoices::due_on),
        " < ",
        bound::<Date, _>(here.viewer.today()),
        " AND ",
        balance(here, invoice),
        " > 0, FALSE)"
    ]
}

/// Where it stands: as stored before it is issued and after it has ended, and in between as money and the day have it.
pub(super) fn state<E: Entity>(here: &Here<'_, E>, invoice: Invoices) -> Expr<Text> {
    sql![
        "(CASE WHEN ",
        invoice.col(invoices::state),
        " <> 'ISSUED' THEN ",
        invoice.col(invoices::state),
        " WHEN ",
        balance(here, invoice),
        " <= 0 THEN 'PAID' WHEN ",
        is_overdue(here, invoice),
        " THEN 'OVERDUE' WHEN ",
        paid(here, invoice),
        " > 0 THEN 'PARTIALLY_PAID' ELSE 'ISSUED' END)"
    ]
}

/// Money is asked for, or was until it was written off.
pub(super) fn is_asked_for(invoice: Invoices) -> Predicate {
    sql![invoice.col(invoices::state), " IN ('ISSUED', 'WRITTEN_OFF')"]
}

/// It was issued, whatever became of it.
pub(super) fn was_issued(invoice: Invoices) -> Predicate {
    sql![invoice.col(invoices::state), " IN ('ISSUED', 'WRITTEN_OFF', 'VOID')"]
}
