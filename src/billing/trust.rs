//! Money held in trust: an entry of a ledger that only grows.
use diesel::{
    ExpressionMethods,
    sql_types::{BigInt, Text},
};

use super::{Invoice, invoices};
use crate::{
    cases::{self, Case, Section},
    graph::{Describe, Entity, Here, Key},
    id::Tag,
    people::participants,
    sql,
    store::{Expr, Predicate, Row, all, always, exists},
};

crate::table! {
    trust_ledgers (firm_id, participant_id, currency) {
        firm_id -> Text,
        participant_id -> Text,
        currency -> Text,
        case_id -> Text,
        version -> BigInt,
    }
}

crate::table! {
    trust_entries (firm_id, id) {
        firm_id -> Text,
        id -> Text,
        participant_id -> Text,
        currency -> Text,
        case_id -> Text,
        position -> BigInt,
        kind -> Text,
        amount -> BigInt,
        entered_on -> Date,
        cleared_on -> Nullable<Date>,
        payee -> Nullable<Text>,
        invoice_id -> Nullable<Text>,
        payment_id -> Nullable<Text>,
        reverses_id -> Nullable<Text>,
        bank_reference -> Text,
    }
}

/// Why money held in trust moves.
#[derive(async_graphql::Enum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum TrustKind {
    /// It comes in.
    Deposit,
    /// It pays an invoice that was issued.
    ToOperating,
    /// It is paid out for the case.
    Disbursement,
    /// It goes back.
    Refund,
    /// It takes another entry back.
    Correction,
}

impl TrustKind {
    pub(super) fn name(self) -> &'static str {
        match self {
            TrustKind::Deposit => "DEPOSIT",
            TrustKind::ToOperating => "TO_OPERATING",
            TrustKind::Disbursement => "DISBURSEMENT",
            TrustKind::Refund => "REFUND",
            TrustKind::Correction => "CORRECTION",
        }
    }
}

/// An entry of a ledger of money held in trust.
pub struct TrustEntry;

impl Entity for TrustEntry {
    const NAME: &'static str = "TrustEntry";
    const ABOUT: &'static str = "An entry of a ledger of money that is held in trust for one participant.";
    type Item = trust_entries::table;
    type Release = trust_entries::table;

    fn describe(ty: &mut Describe<Self>) {
        ty.node(Tag::TrustEntry, trust_entries::id);
        ty.certain::<Case>("case", "The case.", |t, case| {
            Expr::of(case.item.col(cases::cases::id).eq(t.item.col(trust_entries::case_id)))
        });
        ty.field("enteredOn", "The day of the entry.", |t| t.item.col(trust_entries::entered_on));
        ty.field("clearedOn", "The day on which the money was there, or gone; null until then.", |t| {
            t.item.col(trust_entries::cleared_on)
        });
        ty.field("kind", "Why the money moves.", |t| t.item.col(trust_entries::kind)).typed::<TrustKind>();
        ty.money("amount", "How much: positive comes in, negative goes out.", |t| {
            (t.item.col(trust_entries::amount), t.item.col(trust_entries::currency))
        });
        ty.money("balance", "What had cleared in the ledger at the end of the entry's day.", |t| {
            (balance(t), t.item.col(trust_entries::currency))
        });
        ty.field("payee", "Who was paid.", |t| t.item.col(trust_entries::payee));
        ty.maybe::<Invoice>("invoice", "The invoice that it paid.", |t, invoice| {
            sql![invoice.item.col(invoices::id), " = ", t.item.col(trust_entries::invoice_id)]
        });
        ty.maybe::<TrustEntry>("reverses", "The entry that it takes back.", |t, other| {
            sql![other.item.col(trust_entries::id), " = ", t.item.col(trust_entries::reverses_id)]
        });
        ty.field("bankReference", "What the bank calls it.", |t| t.item.col(trust_entries::bank_reference));
        ty.rows(
            |t| vec![t.item.from().into()],
            |t| cases::fence(t, Expr::of(t.item.col(trust_entries::firm_id)), case_of(t), Section::Billing),
            |t| {
                vec![
                    Key::ascending(t.item.col(trust_entries::entered_on)),
                    Key::ascending(t.item.col(trust_entries::position)),
                    Key::ascending(t.item.col(trust_entries::id)),
                ]
            },
        );
        ty.scope("own", is_own);
        ty.scope("whole_firm", |_| always());
        ty.scope("on_case_staff", |t| cases::is_on_staff(t, case_of(t)));
    }
}

fn case_of(here: &Here<'_, TrustEntry>) -> impl Fn() -> Expr<Text> + use<> {
    let key = here.item.col(trust_entries::case_id);
    move || Expr::of(key)
}

/// The ledger belongs to the viewer's own part in the case.
fn is_own(here: &Here<'_, TrustEntry>) -> Predicate {
    let part = here.row::<participants::table>();
    exists(
        part,
        all(vec![
            Expr::of(part.col(participants::id).eq(here.item.col(trust_entries::participant_id))),
            cases::is_active_participation(here.viewer, part),
        ]),
    )
}

/// Both entries stand in one ledger.
pub(super) fn is_same_ledger(one: Row<trust_entries::table>, other: Row<trust_entries::table>) -> Predicate {
    all(vec![
        Expr::of(one.col(trust_entries::firm_id).eq(other.col(trust_entries::firm_id))),
        Expr::of(one.col(trust_entries::participant_id).eq(other.col(trust_entries::participant_id))),
        Expr::of(one.col(trust_entries::currency).eq(other.col(trust_entries::currency))),
    ])
}

/// What had cleared at the end of the entry's day. Whoever may know of an entry may know of its whole ledger.
fn balance(here: &Here<'_, TrustEntry>) -> Expr<BigInt> {
    let other = here.row::<trust_entries::table>();
    sql![
        "coalesce((SELECT CAST(sum(",
        other.col(trust_entries::amount),
        ") AS BIGINT) FROM ",
        other.from(),
        " WHERE ",
        is_same_ledger(other, here.item),
        " AND ",
        other.col(trust_entries::cleared_on),
        " <= ",
        here.item.col(trust_entries::entered_on),
        "), 0)"
    ]
}
