//! Everything about money in one place: within a case, or over all the viewer's cases.
use async_graphql::Value;
use diesel::{
    ExpressionMethods,
    sql_types::{BigInt, Text},
};

use super::{
    BillingNote, Invoice, Payment, TrustEntry, billing_note_releases, find, invoice_releases, invoices, owed,
    payment, payments, statement, trust, trust_entries,
};
use crate::{
    cases::{Case, case_releases, cases},
    graph::{Describe, Entity, Here, Key},
    people::{Participant, participants},
    scalars::{self, CurrencyCode, Instant},
    sql,
    store::{Expr, Predicate, Row, all, always},
};

/// Everything about money in one place. It is read where it is asked for: within a case, or at the root.
pub struct Billing;

impl Entity for Billing {
    const NAME: &'static str = "Billing";
    const ABOUT: &'static str =
        "Everything about money in one place. Each sum counts the rows that the lists beside it show.";
    type Item = cases::table;
    type Release = case_releases::table;

    fn describe(ty: &mut Describe<Self>) {
        ty.known::<Instant>("asOf", "The instant for which all of it holds.", |viewer| {
            Value::String(scalars::instant(viewer.at))
        });
        ty.first::<BillingNote>("note", "What the firm says about it, the newest.", |b, note| {
            within(b, Expr::of(note.item.col(billing_note_releases::case_id)))
        })
        .within_case();
        ty.groups::<Invoice, Balance>(
            "balances",
            "What was billed and what is owed, one a currency.",
            |b, i| within(b, Expr::of(i.item.col(invoices::case_id))),
            |i| vec![Key::ascending(i.item.col(invoices::currency))],
        )
        .within_case();
        ty.groups::<Payment, UnappliedBalance>(
            "unapplied",
            "What has cleared and is applied to no invoice, one a currency; never subtracted from what is owed.",
            |b, p| {
                let is_left: Predicate = Expr::of(payment::unapplied(p, p.item).gt(0));
                all(vec![within(b, Expr::of(p.item.col(payments::case_id))), is_left])
            },
            |p| vec![Key::ascending(p.item.col(payments::currency))],
        )
        .within_case();
        ty.groups::<TrustEntry, TrustBalance>(
            "trust",
            "What is held in trust, one a ledger; never subtracted from what is owed.",
            |b, t| within(b, Expr::of(t.item.col(trust_entries::case_id))),
            |t| {
                vec![
                    Key::ascending(t.item.col(trust_entries::currency)),
                    Key::ascending(t.item.col(trust_entries::case_id)),
                    Key::ascending(t.item.col(trust_entries::participant_id)),
                    Key::ascending(t.item.col(trust_entries::firm_id)),
                ]
            },
        )
        .within_case();
        let invoices = ty.connection::<Invoice>("invoices", "The invoices, newest first.", |b, i| {
            within(b, Expr::of(i.item.col(invoices::case_id)))
        });
        find::narrowed(invoices.within_case());
        ty.connection::<Payment>("payments", "The payments, newest first.", |b, p| {
            within(b, Expr::of(p.item.col(payments::case_id)))
        })
        .within_case();
        statement::of_billing(ty);
        ty.part(|_| Vec::new(), |_| always(), |_| Vec::new());
    }
}

/// Of the case in whose selection this is read; of all cases where it is read in none.
pub(super) fn within<E: Entity>(here: &Here<'_, E>, case: Expr<Text>) -> Predicate {
    match here.case {
        Some(own) => sql![case, " = ", Row::<cases::table>::new(own).col(cases::id)],
        None => always(),
    }
}

/// What invoices of one currency come to.
pub struct Balance;

impl Entity for Balance {
    const NAME: &'static str = "Balance";
    const ABOUT: &'static str = "What the issued invoices of one currency come to; what is held in trust or not applied is not in it.";
    type Item = invoices::table;
    type Release = invoice_releases::table;

    fn describe(ty: &mut Describe<Self>) {
        ty.field("currency", "The currency.", |b| b.item.col(invoices::currency)).typed::<CurrencyCode>();
        ty.money("invoiced", "What was billed.", |b| {
            (sum(if_asked_for(b, Expr::of(b.item.col(invoices::total)))), b.item.col(invoices::currency))
        });
        ty.money("paid", "What was paid and has cleared.", |b| {
            (sum(if_asked_for(b, owed::paid(b, b.item))), b.item.col(invoices::currency))
        });
        ty.money("credited", "What was taken off after it was issued.", |b| {
            (sum(if_asked_for(b, owed::credited(b, b.item))), b.item.col(invoices::currency))
        });
        ty.money("outstanding", "What is still owed.", |b| {
            (sum(owed::balance(b, b.item)), b.item.col(invoices::currency))
        });
        ty.money("overdue", "What is still owed and was due before today, at the firm.", |b| {
            let overdue = sql![
                "(CASE WHEN ",
                owed::is_overdue(b, b.item),
                " THEN ",
                owed::balance(b, b.item),
                " ELSE 0 END)"
            ];
            (sum(overdue), b.item.col(invoices::currency))
        });
        ty.part(|_| Vec::new(), |_| always(), |_| Vec::new());
    }
}

fn if_asked_for(here: &Here<'_, Balance>, amount: Expr<BigInt>) -> Expr<BigInt> {
    sql!["(CASE WHEN ", owed::is_asked_for(here.item), " THEN ", amount, " ELSE 0 END)"]
}

fn sum(amount: Expr<BigInt>) -> Expr<BigInt> {
    sql!["CAST(sum(", amount, ") AS BIGINT)"]
}

/// What came in and is applied to nothing.
pub struct UnappliedBalance;

impl Entity for UnappliedBalance {
    const NAME: &'static str = "UnappliedBalance";
    const ABOUT: &'static str = "What has cleared in one currency and is applied to no invoice.";
    type Item = payments::table;
    type Release = payments::table;

    fn describe(ty: &mut Describe<Self>) {
        ty.money("amount", "How much.", |u| {
            (sum(payment::unapplied(u, u.item)), u.item.col(payments::currency))
        });
        ty.part(|_| Vec::new(), |_| always(), |_| Vec::new());
    }
}

/// What is held in trust in one ledger.
pub struct TrustBalance;

impl Entity for TrustBalance {
    const NAME: &'static str = "TrustBalance";
    const ABOUT: &'static str = "What is held in trust for one participant of a case in one currency.";
    type Item = trust_entries::table;
    type Release = trust_entries::table;

    fn describe(ty: &mut Describe<Self>) {
        ty.certain::<Case>("case", "The case.", |t, case| {
            Expr::of(case.item.col(cases::id).eq(t.item.col(trust_entries::case_id)))
        });
        ty.maybe::<Participant>("participant", "For whom it is held.", |t, part| {
            Expr::of(part.item.col(participants::id).eq(t.item.col(trust_entries::participant_id)))
        });
        ty.money("held", "What is held, of what has cleared.", |t| {
            (sum(if_cleared(t, true)), t.item.col(trust_entries::currency))
        });
        ty.money("pending", "What is on its way: in and out together.", |t| {
            (sum(if_cleared(t, false)), t.item.col(trust_entries::currency))
        });
        ty.connection::<TrustEntry>("entries", "The ledger, oldest first.", |t, entry| {
            trust::is_same_ledger(entry.item, t.item)
        });
        ty.part(|_| Vec::new(), |_| always(), |_| Vec::new());
    }
}

fn if_cleared(here: &Here<'_, TrustBalance>, is_cleared: bool) -> Expr<BigInt> {
    let test = if is_cleared { " IS NOT NULL THEN " } else { " IS NULL THEN " };
    sql![
        "(CASE WHEN ",
        here.item.col(trust_entries::cleared_on),
        test,
        here.item.col(trust_entries::amount),
        " ELSE 0 END)"
    ]
}
