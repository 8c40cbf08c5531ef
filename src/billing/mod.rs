//! Money between a firm and its clients: what was billed, what came in, and what is held in trust.
//!
//! * **Invoice**: lines and totals, which never change once it is issued (the database holds that); a correction is a
//!   credit or a new invoice. `balance = total − cleared allocations − credits − written off`. Partly paid, paid and
//!   overdue are derived, so a reversal reopens by itself.
//! * **Share**: what of an invoice falls to one of those who pay it together; the invoice itself goes whole to its
//!   audience.
//! * **Payment**: money that came in for a case; an **allocation** applies some of it to an invoice. What has cleared
//!   and is applied to nothing is told of by itself and never netted.
//! * **Trust**: a ledger for each participant and currency, append-only, never below zero at any date.
//! * **Statement**: how an account went from day to day.
//! * **Billing**: all of it in one place. Every sum counts the rows that the viewer's own lists show, and no other.
//!
//! What changes money is a function here that takes the caller's transaction: it raises the version of what it is about
//! first, so that two at once take turns, and answers [`Declined`] where a rule forbids it.
mod account;
mod allocation;
mod bill;
mod credit;
mod declined;
mod find;
mod invoice;
mod ledger;
mod line;
mod movement;
mod note;
mod owed;
mod payment;
mod receive;
mod share;
mod statement;
mod trust;

pub use account::{Balance, Billing, TrustBalance, UnappliedBalance};
pub use allocation::{Allocation, allocations};
pub use bill::{NewInvoice, NewLine, cancel, credit, draft, issue, release, submit, write_off};
pub use credit::{Credit, credits};
pub use declined::Declined;
pub use find::{InvoiceFilter, InvoiceOrder};
pub use invoice::{Invoice, InvoiceState, InvoiceWording, invoice_releases, invoices};
pub use ledger::{NewTrustEntry, clear_entry, correct, enter};
pub use line::{InvoiceLine, LineKind, invoice_lines};
pub use note::{BillingNote, NoteWording, billing_note_releases};
pub use payment::{Payment, PaymentState, payments};
pub use receive::{Application, NewPayment, apply, clear, receive, refund, reverse};
pub use share::{PayerShare, divide, invoice_shares};
pub use statement::{LedgerAccount, Statement, StatementEntry, StatementEntryKind};
pub use trust::{TrustEntry, TrustKind, trust_entries, trust_ledgers};

use diesel::ExpressionMethods;

use crate::{
    cases::{Case, cases},
    graph::{Describe, Query},
    store::{Expr, all, always},
};

/// The roots of this room.
pub fn roots(query: &mut Describe<Query>) {
    find::narrowed(query.connection::<Invoice>("invoices", "The viewer's invoices.", |_, _| always()));
    query.connection::<Payment>("payments", "The viewer's payments, newest first.", |_, _| always());
    query.same::<Billing>("billing", "Everything about money in one place, over all cases.");
}

/// What a case has from this room.
pub fn of_case(case: &mut Describe<Case>) {
    let invoices = case.connection::<Invoice>("invoices", "Its invoices, newest first.", |c, i| {
        all(vec![
            Expr::of(i.item.col(invoices::firm_id).eq(c.item.col(cases::firm_id))),
            Expr::of(i.item.col(invoices::case_id).eq(c.item.col(cases::id))),
        ])
    });
    find::narrowed(invoices.within_case());
    case.same::<Billing>("billing", "Everything about the case's money in one place.");
}
