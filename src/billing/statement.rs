//! A statement of account: what stood before, what moved it day by day, and what stood after.
//!
//! The operating account is what is owed: an invoice adds to it on the day of its issue; a credit, a write-off and what
//! was applied of a payment that has cleared take from it; a payment that is taken back adds again. So its last balance
//! is what the viewer's own invoices come to. The trust account is what is held: an entry counts from the day on which
//! its money was there, or gone. Both are made of the rows that the viewer may know of, and of no other.
use async_graphql::ServerResult;
use diesel::{
    ExpressionMethods,
    sql_types::{Date, Text},
};

use super::{Billing, Invoice, Payment, TrustEntry, invoice, movement, payments, trust_entries};
use crate::{
    error::Problem,
    graph::{Describe, Entity, Enumeration, Given, Here, Key},
    money,
    scalars::{CurrencyCode, Day},
    sql,
    store::{Expr, Piece, Predicate, Row, all, always, bound},
};

crate::table! {
    // One row for each question, made of its arguments and of sums over the account.
    statements (currency) {
        currency -> Text,
        account -> Text,
        first_day -> Date,
        last_day -> Date,
        opening -> BigInt,
        closing -> BigInt,
    }
}

crate::table! {
    // What moved the account, each with the balance that it left.
    statement_entries (source) {
        day -> Date,
        place -> BigInt,
        source -> Text,
        kind -> Text,
        currency -> Text,
        amount -> BigInt,
        balance -> BigInt,
        invoice_id -> Nullable<Text>,
        payment_id -> Nullable<Text>,
        trust_entry_id -> Nullable<Text>,
    }
}

crate::enumeration! {
    /// An account of which statements are made.
    LedgerAccount {
        /// What was billed and is owed.
        Operating = "OPERATING",
        /// What is held in trust.
        Trust = "TRUST",
    }

    /// What moved an account.
    StatementEntryKind {
        /// An invoice was issued.
        Invoice = "INVOICE",
        /// Something was taken off an invoice.
        Credit = "CREDIT",
        /// What was left of an invoice is no longer asked for.
        WriteOff = "WRITE_OFF",
        /// An invoice was made void.
        Voided = "VOIDED",
        /// A payment that has cleared was applied to an invoice.
        Payment = "PAYMENT",
        /// A payment was taken or given back.
        PaymentReturned = "PAYMENT_RETURNED",
        /// Money came into trust.
        Deposit = "DEPOSIT",
        /// Money held in trust paid an invoice.
        ToOperating = "TO_OPERATING",
        /// Money held in trust was paid out for the case.
        Disbursement = "DISBURSEMENT",
        /// Money held in trust went back.
        Refund = "REFUND",
        /// An entry of trust was taken back.
        Correction = "CORRECTION",
    }
}

/// The field `statement` of everything about money.
pub(super) fn of_billing(billing: &mut Describe<Billing>) {
    billing
        .made_row::<Statement>("statement", "How one account went from day to day, in one currency.", made)
        .within_case()
        .taking::<CurrencyCode>("currency", "The currency: amounts of others are in statements of their own.")
        .taking::<LedgerAccount>("account", "Which account.")
        .taking::<Day>("from", "The first day; what stood before it is brought forward.")
        .taking::<Day>("to", "The last day, no earlier than the first.");
}

fn made(
    given: &Given<'_, '_>,
    billing: &Here<'_, Billing>,
    s: &Here<'_, Statement>,
) -> ServerResult<Vec<Piece>> {
    let CurrencyCode(currency) = given.argument("currency")?;
    let account: LedgerAccount = given.argument("account")?;
    let (Day(first), Day(last)) = (given.argument("from")?, given.argument("to")?);
    if money::exponent(&currency).is_none() {
        return Err(given.refuse(Problem::BadUserInput.because("That is no currency in use.")));
    }
    if last < first {
        return Err(given.refuse(Problem::BadUserInput.because("The last day is before the first.")));
    }
    let currency = || bound::<Text, _>(currency.clone());
    let account = || bound::<Text, _>(account.word());
    let moved = billing.row::<statement_entries::table>();
    let movements = movement::all_of(billing, account);
    let is_asked_for = is_asked_for(moved, currency(), bound(last));
    let amount = moved.col(statement_entries::amount);
    let mut pieces: Vec<Piece> = vec![
        "(SELECT ".into(),
        currency().into(),
        " AS currency, ".into(),
        account().into(),
        " AS account, ".into(),
        bound::<Date, _>(first).into(),
        " AS first_day, ".into(),
        bound::<Date, _>(last).into(),
        " AS last_day, coalesce(CAST(sum(CASE WHEN ".into(),
        moved.col(statement_entries::day).into(),
        " < ".into(),
        bound::<Date, _>(first).into(),
        " THEN ".into(),
        amount.into(),
        " ELSE 0 END) AS BIGINT), 0) AS opening, coalesce(CAST(sum(".into(),
        amount.into(),
        ") AS BIGINT), 0) AS closing FROM (".into(),
    ];
    pieces.extend(movements);
    pieces.extend([
        ") ".into(),
        moved.alias().into(),
        " WHERE ".into(),
        is_asked_for.into(),
        ") ".into(),
        s.item.alias().into(),
    ]);
    Ok(pieces)
}

fn is_asked_for(moved: Row<statement_entries::table>, currency: Expr<Text>, last: Expr<Date>) -> Predicate {
    all(vec![
        Expr::of(moved.col(statement_entries::currency).eq(currency)),
        Expr::of(moved.col(statement_entries::day).le(last)),
    ])
}

/// How one account went from day to day.
pub struct Statement;

impl Entity for Statement {
    const NAME: &'static str = "Statement";
    const ABOUT: &'static str =
        "How one account went from day to day in one currency: what is owed, or what is held in trust.";
    type Item = statements::table;
    type Release = statements::table;

    fn describe(ty: &mut Describe<Self>) {
        ty.field("currency", "The currency.", |s| s.item.col(statements::currency)).typed::<CurrencyCode>();
        ty.field("account", "Which account.", |s| s.item.col(statements::account)).typed::<LedgerAccount>();
        ty.field("from", "The first day.", |s| s.item.col(statements::first_day));
        ty.field("to", "The last day.", |s| s.item.col(statements::last_day));
        ty.money(
            "opening",
            "What was owed, or held, before the first day: the balance brought forward.",
            |s| (s.item.col(statements::opening), s.item.col(statements::currency)),
        );
        ty.money("closing", "What was owed, or held, at the end of the last day.", |s| {
            (s.item.col(statements::closing), s.item.col(statements::currency))
        });
        ty.made_connection::<StatementEntry>("entries", "What moved it, oldest first.", |_, s, e| {
            Ok(running(s, e))
        })
        .within_case();
        ty.part(|_| Vec::new(), |_| always(), |_| Vec::new());
    }
}

/// The movements from the first day on, each with the balance that all until it leave.
fn running(s: &Here<'_, Statement>, e: &Here<'_, StatementEntry>) -> Vec<Piece> {
    let (moved, told) = (s.row::<statement_entries::table>(), s.row::<statement_entries::table>());
    let movements = movement::all_of(s, || Expr::of(s.item.col(statements::account)));
    let (currency, last) = (s.item.col(statements::currency), s.item.col(statements::last_day));
    let is_within: Predicate =
        Expr::of(told.col(statement_entries::day).ge(s.item.col(statements::first_day)));
    let mut pieces: Vec<Piece> = vec![
        "(SELECT * FROM (SELECT ".into(),
        moved.alias().into(),
        ".*, CAST(sum(".into(),
        moved.col(statement_entries::amount).into(),
        ") OVER (ORDER BY ".into(),
        moved.col(statement_entries::day).into(),
        ", ".into(),
        moved.col(statement_entries::place).into(),
        ", ".into(),
        moved.col(statement_entries::source).into(),
        ") AS BIGINT) AS balance FROM (".into(),
    ];
    pieces.extend(movements);
    pieces.extend([
        ") ".into(),
        moved.alias().into(),
        " WHERE ".into(),
        is_asked_for(moved, Expr::of(currency), Expr::of(last)).into(),
        ") ".into(),
        told.alias().into(),
        " WHERE ".into(),
        is_within.into(),
        ") ".into(),
        e.item.alias().into(),
    ]);
    pieces
}

/// What moved an account.
pub struct StatementEntry;

impl Entity for StatementEntry {
    const NAME: &'static str = "StatementEntry";
    const ABOUT: &'static str = "What moved an account, with the balance that it left.";
    type Item = statement_entries::table;
    type Release = statement_entries::table;

    fn describe(ty: &mut Describe<Self>) {
        ty.field("day", "The day from which it counts.", |e| e.item.col(statement_entries::day));
        ty.field("kind", "What moved the account.", |e| e.item.col(statement_entries::kind))
            .typed::<StatementEntryKind>();
        ty.money("amount", "By how much: positive adds to what is owed, or held.", |e| {
            (e.item.col(statement_entries::amount), e.item.col(statement_entries::currency))
        });
        ty.money("balance", "What was owed, or held, with it.", |e| {
            (e.item.col(statement_entries::balance), e.item.col(statement_entries::currency))
        });
        ty.maybe::<Invoice>("invoice", "The invoice that it is about.", |e, other| {
            invoice::is(other, sql![e.item.col(statement_entries::invoice_id)])
        });
        ty.maybe::<Payment>("payment", "The payment; null where it is somebody else's.", |e, payment| {
            sql![payment.item.col(payments::id), " = ", e.item.col(statement_entries::payment_id)]
        });
        ty.maybe::<TrustEntry>("trustEntry", "The entry of the ledger of trust.", |e, entry| {
            sql![entry.item.col(trust_entries::id), " = ", e.item.col(statement_entries::trust_entry_id)]
        });
        // One invoice, or one applied amount, comes and goes under one name.
        ty.known_by(|e| {
            let (kind, source) = (e.item.col(statement_entries::kind), e.item.col(statement_entries::source));
            vec![Expr::of(kind), Expr::of(source)]
        });
        // Where a cursor's row stands, whichever account it is of; a statement makes its own rows.
        ty.part(
            |e| {
                let mut pieces = vec!["(".into()];
                pieces.extend(movement::such(e, |_| always()));
                pieces.extend([") ".into(), e.item.alias().into()]);
                pieces
            },
            |_| always(),
            |e| {
                vec![
                    Key::ascending(e.item.col(statement_entries::day)),
                    Key::ascending(e.item.col(statement_entries::place)),
                    Key::ascending(e.item.col(statement_entries::source)),
                ]
            },
        );
    }
}
