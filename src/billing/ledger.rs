//! Writing a trust ledger: entries are added, never changed, and at no date is more gone than was there.
use std::collections::BTreeMap;

use chrono::NaiveDate;
use diesel::{ExpressionMethods, Insertable, QueryDsl, insert_into, update};

use super::{
    Declined, TrustKind,
    receive::{self, Application, NewPayment},
    trust_entries, trust_ledgers,
};
use crate::{
    id::{Tag, random},
    money,
    people::participants,
    store::Transaction,
};

/// An entry to be written. The amount is minor units above zero; the kind says whether it comes in or goes out.
#[derive(Clone, Debug)]
#[allow(missing_docs, reason = "the table's columns, which the type's description explains")]
pub struct NewTrustEntry {
    pub firm: String,
    pub participant: String,
    pub currency: String,
    pub kind: TrustKind,
    pub amount: i64,
    pub entered_on: NaiveDate,
    pub cleared_on: Option<NaiveDate>,
    pub payee: Option<String>,
    /// The invoice that it pays, for what is moved to operating.
    pub invoice: Option<String>,
    pub bank_reference: String,
}

#[derive(Insertable, Clone)]
#[diesel(table_name = trust_entries)]
struct EntryRow {
    firm_id: String,
    id: String,
    participant_id: String,
    currency: String,
    case_id: String,
    position: i64,
    kind: &'static str,
    amount: i64,
    entered_on: NaiveDate,
    cleared_on: Option<NaiveDate>,
    payee: Option<String>,
    invoice_id: Option<String>,
    payment_id: Option<String>,
    reverses_id: Option<String>,
    bank_reference: String,
}

type Loaded = (String, i64, i64, NaiveDate, Option<NaiveDate>, Option<String>);

/// What an entry means for what is there.
#[derive(Clone, Debug)]
struct Known {
    id: String,
    position: i64,
    amount: i64,
    entered_on: NaiveDate,
    cleared_on: Option<NaiveDate>,
    reverses: Option<String>,
}

/// Adds an entry and answers its id. What is moved to operating pays the invoice in the same breath.
pub async fn enter(transaction: &mut Transaction<'_>, new: NewTrustEntry) -> Result<String, Declined> {
    let amount = money::within(new.amount).filter(|amount| *amount > 0).ok_or(Declined::OutOfRange)?;
    money::exponent(&new.currency).ok_or(Declined::NoCurrency)?;
    let amount = match new.kind {
        TrustKind::Deposit => amount,
        TrustKind::ToOperating | TrustKind::Disbursement | TrustKind::Refund => -amount,
        TrustKind::Correction => return Err(Declined::NotPermitted("an entry is corrected, not entered")),
    };
    if new.cleared_on.is_some_and(|cleared| cleared < new.entered_on) {
        return Err(Declined::NotPermitted("it would clear before it is entered"));
    }
    let owner = owner(transaction, &new.firm, &new.participant).await?;
    let before = raise(transaction, (&new.firm, &new.participant, &new.currency), &owner.case).await?;
    let payment_id = match (new.kind, &new.invoice) {
        (TrustKind::ToOperating, Some(invoice)) => Some(pay(transaction, &new, invoice, &owner).await?),
        (TrustKind::ToOperating, None) => {
            return Err(Declined::NotPermitted("only an issued invoice is paid from trust"));
        }
        (_, Some(_)) => return Err(Declined::NotPermitted("only a move to operating pays an invoice")),
        (_, None) => None,
    };
    let row = EntryRow {
        firm_id: new.firm,
        id: random(Tag::TrustEntry),
        participant_id: new.participant,
        currency: new.currency,
        case_id: owner.case,
        position: 0,
        kind: new.kind.name(),
        amount,
        entered_on: new.entered_on,
        cleared_on: new.cleared_on,
        payee: new.payee,
        invoice_id: new.invoice,
        payment_id,
        reverses_id: None,
        bank_reference: new.bank_reference,
    };
    add(transaction, before, row).await
}

/// Takes an entry back by another, on a day; a payment that it became is reversed. Answers the new entry's id.
pub async fn correct(
    transaction: &mut Transaction<'_>,
    (firm, entry): (&str, &str),
    on: NaiveDate,
) -> Result<String, Declined> {
    let (participant, currency, case) = ledger_of(transaction, (firm, entry)).await?;
    let before = raise(transaction, (firm, &participant, &currency), &case).await?;
    let missing = || Declined::NotPermitted("there is no such entry");
    let known = before.iter().find(|known| known.id == entry).cloned().ok_or_else(missing)?;
    if known.reverses.is_some() || before.iter().any(|other| other.reverses.as_deref() == Some(entry)) {
        return Err(Declined::NotPermitted("the entry is a correction, or was corrected"));
    }
    if on < known.entered_on {
        return Err(Declined::NotPermitted("it would be corrected before it was entered"));
    }
    let payment = trust_entries::table
        .filter(trust_entries::firm_id.eq(firm.to_owned()))
        .filter(trust_entries::id.eq(entry.to_owned()))
        .select(trust_entries::payment_id);
    let payment: Vec<Option<String>> = transaction.load(payment).await?;
    for payment in payment.into_iter().flatten() {
        receive::reverse(transaction, (firm, &payment), on).await?;
    }
    let row = EntryRow {
        firm_id: firm.to_owned(),
        id: random(Tag::TrustEntry),
        participant_id: participant,
        currency,
        case_id: case,
        position: 0,
        kind: TrustKind::Correction.name(),
        amount: known.amount.checked_neg().ok_or(Declined::OutOfRange)?,
        entered_on: on,
        // What never cleared is taken back by what never clears.
        cleared_on: known.cleared_on.map(|_| on),
        payee: None,
        invoice_id: None,
        payment_id: None,
        reverses_id: Some(entry.to_owned()),
        bank_reference: String::new(),
    };
    add(transaction, before, row).await
}

/// The money of an entry is there, or gone, from a day on.
pub async fn clear_entry(
    transaction: &mut Transaction<'_>,
    (firm, entry): (&str, &str),
    on: NaiveDate,
) -> Result<(), Declined> {
    let (participant, currency, case) = ledger_of(transaction, (firm, entry)).await?;
    let before = raise(transaction, (firm, &participant, &currency), &case).await?;
    let is_open = |known: &&Known| known.id == entry && known.cleared_on.is_none() && known.entered_on <= on;
    let was_corrected = before.iter().any(|other| other.reverses.as_deref() == Some(entry));
    let known = before.iter().find(is_open).filter(|known| !was_corrected && known.reverses.is_none());
    known.ok_or(Declined::NotPermitted("the entry has cleared, was corrected, or is of a later day"))?;
    let this = trust_entries::table
        .filter(trust_entries::firm_id.eq(firm.to_owned()))
        .filter(trust_entries::id.eq(entry.to_owned()));
    transaction.execute(update(this).set(trust_entries::cleared_on.eq(on))).await?;
    Ok(())
}

struct Owner {
    case: String,
    person: String,
}

async fn owner(transaction: &mut Transaction<'_>, firm: &str, participant: &str) -> Result<Owner, Declined> {
    let owner = participants::table
        .filter(participants::firm_id.eq(firm.to_owned()))
        .filter(participants::id.eq(participant.to_owned()))
        .select((participants::case_id, participants::person_id));
    let owner: Vec<(String, String)> = transaction.load(owner).await?;
    let owner = owner.into_iter().next().map(|(case, person)| Owner { case, person });
    owner.ok_or(Declined::NotPermitted("there is no such participant"))
}

async fn ledger_of(
    transaction: &mut Transaction<'_>,
    (firm, entry): (&str, &str),
) -> Result<(String, String, String), Declined> {
    let ledger = trust_entries::table
        .filter(trust_entries::firm_id.eq(firm.to_owned()))
        .filter(trust_entries::id.eq(entry.to_owned()))
        .select((trust_entries::participant_id, trust_entries::currency, trust_entries::case_id));
    let ledger: Vec<(String, String, String)> = transaction.load(ledger).await?;
    ledger.into_iter().next().ok_or(Declined::NotPermitted("there is no such entry"))
}

/// Opens the ledger if it is new, raises its version and reads it: whoever writes it next waits for this transaction.
async fn raise(
    transaction: &mut Transaction<'_>,
    (firm, participant, currency): (&str, &str, &str),
    case: &str,
) -> Result<Vec<Known>, Declined> {
    transaction.touch(firm, case);
    let row = (
        trust_ledgers::firm_id.eq(firm.to_owned()),
        trust_ledgers::participant_id.eq(participant.to_owned()),
        trust_ledgers::currency.eq(currency.to_owned()),
        trust_ledgers::case_id.eq(case.to_owned()),
        trust_ledgers::version.eq(0),
    );
    transaction.execute(insert_into(trust_ledgers::table).values(row).on_conflict_do_nothing()).await?;
    let this = trust_ledgers::table
        .filter(trust_ledgers::firm_id.eq(firm.to_owned()))
        .filter(trust_ledgers::participant_id.eq(participant.to_owned()))
        .filter(trust_ledgers::currency.eq(currency.to_owned()));
    transaction.execute(update(this).set(trust_ledgers::version.eq(trust_ledgers::version + 1_i64))).await?;
    let entries = trust_entries::table
        .filter(trust_entries::firm_id.eq(firm.to_owned()))
        .filter(trust_entries::participant_id.eq(participant.to_owned()))
        .filter(trust_entries::currency.eq(currency.to_owned()))
        .select((
            trust_entries::id,
            trust_entries::position,
            trust_entries::amount,
            trust_entries::entered_on,
            trust_entries::cleared_on,
            trust_entries::reverses_id,
        ));
    let entries: Vec<Loaded> = transaction.load(entries).await?;
    let known = |(id, position, amount, entered_on, cleared_on, reverses)| Known {
        id,
        position,
        amount,
        entered_on,
        cleared_on,
        reverses,
    };
    Ok(entries.into_iter().map(known).collect())
}

async fn pay(
    transaction: &mut Transaction<'_>,
    new: &NewTrustEntry,
    invoice: &str,
    owner: &Owner,
) -> Result<String, Declined> {
    let payment = NewPayment {
        firm: new.firm.clone(),
        case: owner.case.clone(),
        payer: Some(owner.person.clone()),
        currency: new.currency.clone(),
        amount: new.amount,
        received_on: new.entered_on,
        method: "From trust".into(),
        is_cleared: true,
        bank_reference: new.bank_reference.clone(),
    };
    let payment = receive::receive(transaction, payment).await?;
    let application = Application { invoice: invoice.to_owned(), amount: new.amount };
    receive::apply(transaction, (&new.firm, &payment), vec![application], new.entered_on).await?;
    Ok(payment)
}

async fn add(
    transaction: &mut Transaction<'_>,
    mut entries: Vec<Known>,
    mut row: EntryRow,
) -> Result<String, Declined> {
    row.position = entries.iter().map(|known| known.position).max().unwrap_or_default() + 1;
    entries.push(Known {
        id: row.id.clone(),
        position: row.position,
        amount: row.amount,
        entered_on: row.entered_on,
        cleared_on: row.cleared_on,
        reverses: row.reverses_id.clone(),
    });
    if !is_covered(&entries).ok_or(Declined::OutOfRange)? {
        return Err(Declined::Overdrawn);
    }
    let id = row.id.clone();
    transaction.execute(insert_into(trust_entries::table).values(row)).await?;
    Ok(id)
}

/// At no date is more gone than was there. What comes in counts from the day on which it cleared; what goes out counts
/// from the day of its entry, cleared or not, so that no cheque that is still out can overdraw. What takes back an entry
/// that never cleared undoes just what that one counted. Nothing where a sum is out of range.
fn is_covered(entries: &[Known]) -> Option<bool> {
    let never_cleared = |id: &str| entries.iter().any(|other| other.id == id && other.cleared_on.is_none());
    let mut days: BTreeMap<NaiveDate, i64> = BTreeMap::new();
    for entry in entries {
        let counts_from = match (entry.amount > 0, entry.reverses.as_deref().is_some_and(never_cleared)) {
            (true, false) => entry.cleared_on,
            (false, true) => None,
            (true, true) | (false, false) => Some(entry.entered_on),
        };
        let Some(day) = counts_from else { continue };
        let sum = days.entry(day).or_default();
        *sum = sum.checked_add(entry.amount)?;
    }
    let mut held = 0_i64;
    for change in days.values() {
        held = held.checked_add(*change)?;
        if held < 0 {
            return Some(false);
        }
    }
    Some(true)
}
