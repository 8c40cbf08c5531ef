//! An invoice: facts that are live, a note that is released, and what is still owed.
use diesel::{
    ExpressionMethods,
    sql_types::{Bool, Nullable, Text, Timestamp},
};

use super::{
    Allocation, Credit, InvoiceLine, InvoiceOrder, PayerShare, allocations, credits, find, invoice_lines,
    invoice_shares, note, owed,
};
use crate::{
    cases::{self, Case, Section},
    graph::{Describe, Entity, Here, Order},
    id::Tag,
    release_table, releasing, sql,
    store::{Expr, Predicate, all, always},
};

crate::table! {
    invoices (firm_id, id) {
        firm_id -> Text,
        id -> Text,
        version -> BigInt,
        case_id -> Text,
        number -> Text,
        state -> Text,
        currency -> Text,
        issued_on -> Nullable<Date>,
        due_on -> Nullable<Date>,
        period_start -> Nullable<Date>,
        period_end -> Nullable<Date>,
        subtotal -> BigInt,
        discount -> BigInt,
        tax -> BigInt,
        interest -> BigInt,
        total -> BigInt,
        written_off -> BigInt,
        write_off_reason -> Nullable<Text>,
        ended_on -> Nullable<Date>,
        memo -> Text,
    }
}

release_table! {
    invoice_releases of invoice_id in invoices by case_id, named in invoice_release_audiences,
    worded InvoiceWording, pub(super) approve {
        /// What the firm says to it.
        note -> MaybeText as Option<String>,
        /// The id of the event that the note speaks of.
        about_event -> MaybeText as Option<String>,
        /// The id of the payment that the note speaks of.
        about_payment -> MaybeText as Option<String>,
    }
}

crate::enumeration! {
    /// Where an invoice stands.
    InvoiceState {
        /// Being written.
        Draft = "DRAFT",
        /// Written, and to be looked at.
        AwaitingApproval = "AWAITING_APPROVAL",
        /// Asked for, nothing paid yet, not yet past its day.
        Issued = "ISSUED",
        /// Paid in part, not yet past its day.
        PartiallyPaid = "PARTIALLY_PAID",
        /// Nothing is owed any more.
        Paid = "PAID",
        /// Something is owed, and its day is past.
        Overdue = "OVERDUE",
        /// What was left is no longer asked for.
        WrittenOff = "WRITTEN_OFF",
        /// Never to be paid: it stands for the record.
        Void = "VOID",
    }
}

/// An invoice.
pub struct Invoice;

impl Entity for Invoice {
    const NAME: &'static str = "Invoice";
    const ABOUT: &'static str = "A bill for work and expenses in a case.";
    type Item = invoices::table;
    type Release = invoice_releases::table;

    fn describe(ty: &mut Describe<Self>) {
        ty.node(Tag::Invoice, invoices::id);
        facts(ty);
        amounts(ty);
        parts(ty);
        internal(ty);
        ty.rows(
            |i| releasing::with_release(i, Expr::of(i.item.col(invoices::id))),
            |i| cases::fence(i, Expr::of(i.item.col(invoices::firm_id)), find::case_of(i), Section::Billing),
            |i| InvoiceOrder::IssuedOnDesc.keys(i),
        );
        ty.released_scope("released_to_viewer", |i| {
            all(vec![releasing::is_released_to_viewer(i, i.release), owed::was_issued(i.item)])
        });
        ty.scope("whole_firm", |_| always());
        ty.scope("on_case_staff", |i| cases::is_on_staff(i, find::case_of(i)));
    }
}

fn facts(ty: &mut Describe<Invoice>) {
    ty.certain::<Case>("case", "The case.", |i, case| {
        Expr::of(case.item.col(cases::cases::id).eq(i.item.col(invoices::case_id)))
    });
    ty.field("number", "The firm's number for it.", |i| i.item.col(invoices::number));
    ty.field("state", "Where it stands, as of the firm's own day.", |i| owed::state(i, i.item))
        .typed::<InvoiceState>();
    ty.field("isOverdue", "Something is owed, and the day by which it was due is past at the firm.", |i| {
        owed::is_overdue(i, i.item)
    });
    ty.field("issuedOn", "The day of the invoice.", |i| i.item.col(invoices::issued_on));
    ty.field("dueOn", "The last day to pay it in time.", |i| i.item.col(invoices::due_on));
    ty.field("endedOn", "The day on which it was written off or made void.", |i| {
        i.item.col(invoices::ended_on)
    });
    ty.field("releasedAt", "When it was shared.", |i| i.release.col(invoice_releases::released_from))
        .released();
    ty.field("periodStart", "The first day that it covers.", |i| i.item.col(invoices::period_start));
    ty.field("periodEnd", "The last day that it covers.", |i| i.item.col(invoices::period_end));
    ty.field("note", "What the firm says to it.", |i| i.release.col(invoice_releases::note));
}

fn amounts(ty: &mut Describe<Invoice>) {
    ty.money("subtotal", "What its lines come to.", |i| {
        (i.item.col(invoices::subtotal), i.item.col(invoices::currency))
    });
    ty.money("discount", "What is taken off.", |i| {
        (i.item.col(invoices::discount), i.item.col(invoices::currency))
    });
    ty.money("tax", "The tax upon it.", |i| (i.item.col(invoices::tax), i.item.col(invoices::currency)));
    ty.money("interest", "Interest on what was owed before.", |i| {
        (i.item.col(invoices::interest), i.item.col(invoices::currency))
    });
    ty.money("total", "Lines, tax and interest less the discount.", |i| {
        (i.item.col(invoices::total), i.item.col(invoices::currency))
    });
    ty.money("paid", "What was paid to it and has cleared.", |i| {
        (owed::paid(i, i.item), i.item.col(invoices::currency))
    });
    ty.money("credited", "What was taken off after it was issued.", |i| {
        (owed::credited(i, i.item), i.item.col(invoices::currency))
    });
    ty.money("balanceDue", "What is still owed.", |i| {
        (owed::balance(i, i.item), i.item.col(invoices::currency))
    });
}

fn parts(ty: &mut Describe<Invoice>) {
    ty.list::<InvoiceLine>("lines", "What it is made of, line by line.", |i, line| {
        all(vec![
            Expr::of(line.item.col(invoice_lines::firm_id).eq(i.item.col(invoices::firm_id))),
            Expr::of(line.item.col(invoice_lines::invoice_id).eq(i.item.col(invoices::id))),
        ])
    });
    ty.list::<Allocation>("payments", "What was paid to it, each time.", |i, allocation| {
        all(vec![
            Expr::of(allocation.item.col(allocations::firm_id).eq(i.item.col(invoices::firm_id))),
            Expr::of(allocation.item.col(allocations::invoice_id).eq(i.item.col(invoices::id))),
        ])
    });
    ty.list::<PayerShare>("shares", "What of it falls to whom, where some pay it together.", |i, share| {
        all(vec![
            Expr::of(share.item.col(invoice_shares::firm_id).eq(i.item.col(invoices::firm_id))),
            Expr::of(share.item.col(invoice_shares::invoice_id).eq(i.item.col(invoices::id))),
        ])
    });
    ty.list::<Credit>("credits", "What was taken off after it was issued, each time.", |i, credit| {
        all(vec![
            Expr::of(credit.item.col(credits::firm_id).eq(i.item.col(invoices::firm_id))),
            Expr::of(credit.item.col(credits::invoice_id).eq(i.item.col(invoices::id))),
        ])
    });
}

fn internal(ty: &mut Describe<Invoice>) {
    ty.field("memo", "The firm's own remarks.", |i| i.item.col(invoices::memo));
    ty.money("writtenOff", "What is no longer asked for.", |i| {
        (i.item.col(invoices::written_off), i.item.col(invoices::currency))
    });
    ty.field("writeOffReason", "Why it is no longer asked for.", |i| i.item.col(invoices::write_off_reason));
    ty.field(
        "noteIsStale",
        "The note that is shared speaks of an event that was moved since, or of a payment that did not last.",
        |i| -> Expr<Bool> {
            let event: Expr<Nullable<Text>> = sql![i.release.col(invoice_releases::about_event)];
            let payment: Expr<Nullable<Text>> = sql![i.release.col(invoice_releases::about_payment)];
            let since: Expr<Timestamp> = sql![i.release.col(invoice_releases::approved_at)];
            note::is_stale(i, event, payment, since)
        },
    );
    releasing::publication(ty, "Where it stands on its way to clients.", |i| {
        Expr::of(i.item.col(invoices::id))
    });
}

/// The invoice is this one.
pub(super) fn is(here: &Here<'_, Invoice>, id: Expr<Text>) -> Predicate {
    all(vec![
        Expr::of(here.item.col(invoices::firm_id).eq(here.viewer.firm().to_owned())),
        Expr::of(here.item.col(invoices::id).eq(id)),
    ])
}
