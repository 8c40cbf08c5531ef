//! Receiving: a payment comes in, is applied to invoices, clears, or is taken back.
use chrono::NaiveDate;
use diesel::{AsChangeset, ExpressionMethods, QueryDsl, insert_into, update};

use super::{Declined, allocations, bill::Locked, payments};
use crate::{
    id::{Tag, random},
    money,
    store::Transaction,
};

/// A payment to be received. The amount is minor units.
#[derive(Clone, Debug)]
#[allow(missing_docs, reason = "the table's columns, which the type's description explains")]
pub struct NewPayment {
    pub firm: String,
    pub case: String,
    pub payer: Option<String>,
    pub currency: String,
    pub amount: i64,
    pub received_on: NaiveDate,
    pub method: String,
    pub is_cleared: bool,
    pub bank_reference: String,
}

/// How much of a payment is applied to an invoice.
#[derive(Clone, Debug)]
pub struct Application {
    /// The invoice's id.
    pub invoice: String,
    /// How much, in minor units.
    pub amount: i64,
}

/// Receives a payment and answers its id; what is not applied stays unapplied.
pub async fn receive(transaction: &mut Transaction<'_>, new: NewPayment) -> Result<String, Declined> {
    money::exponent(&new.currency).ok_or(Declined::NoCurrency)?;
    money::within(new.amount).filter(|amount| *amount > 0).ok_or(Declined::OutOfRange)?;
    let id = random(Tag::Payment);
    transaction.touch(&new.firm, &new.case);
    let row = (
        payments::firm_id.eq(new.firm),
        payments::id.eq(id.clone()),
        payments::case_id.eq(new.case),
        payments::payer_id.eq(new.payer),
        payments::currency.eq(new.currency),
        payments::amount.eq(new.amount),
        payments::received_on.eq(new.received_on),
        payments::method.eq(new.method),
        payments::state.eq(if new.is_cleared { "CLEARED" } else { "PENDING" }),
        payments::cleared_on.eq(new.is_cleared.then_some(new.received_on)),
        payments::bank_reference.eq(new.bank_reference),
    );
    transaction.execute(insert_into(payments::table).values(row)).await?;
    Ok(id)
}

struct Raised {
    state: String,
    case: String,
    currency: String,
    amount: i64,
    /// The day on which it came, or was there at last.
    since: NaiveDate,
}

type Money = (String, String, String, i64);
type Days = (NaiveDate, Option<NaiveDate>);

/// Raises a payment's version and reads what matters.
async fn raise(transaction: &mut Transaction<'_>, (firm, payment): (&str, &str)) -> Result<Raised, Declined> {
    let this = || {
        payments::table
            .filter(payments::firm_id.eq(firm.to_owned()))
            .filter(payments::id.eq(payment.to_owned()))
    };
    transaction.execute(update(this()).set(payments::version.eq(payments::version + 1_i64))).await?;
    let columns = (
        (payments::state, payments::case_id, payments::currency, payments::amount),
        (payments::received_on, payments::cleared_on),
    );
    let found: Vec<(Money, Days)> = transaction.load(this().select(columns)).await?;
    let ((state, case, currency, amount), (received_on, cleared_on)) =
        found.into_iter().next().ok_or(Declined::NotPermitted("there is no such payment"))?;
    transaction.touch(firm, &case);
    Ok(Raised { state, case, currency, amount, since: cleared_on.unwrap_or(received_on) })
}

/// Applies some of a payment to issued invoices of its case and currency.
pub async fn apply(
    transaction: &mut Transaction<'_>,
    (firm, payment): (&str, &str),
    mut applications: Vec<Application>,
    applied_on: NaiveDate,
) -> Result<(), Declined> {
    let known = raise(transaction, (firm, payment)).await?;
    if !matches!(known.state.as_str(), "PENDING" | "CLEARED") {
        return Err(Declined::NotPermitted("the payment was taken or given back"));
    }
    let before = allocations::table
        .filter(allocations::firm_id.eq(firm.to_owned()))
        .filter(allocations::payment_id.eq(payment.to_owned()))
        .select((allocations::position, allocations::amount));
    let before: Vec<(i32, i64)> = transaction.load(before).await?;
    let all = before.iter().map(|(_, amount)| *amount).chain(applications.iter().map(|a| a.amount));
    if money::sum(all).ok_or(Declined::OutOfRange)? > known.amount {
        return Err(Declined::Exceeds("more would be applied than the payment comes to"));
    }
    // Always in one order, so that two at once wait for one another and not in a circle.
    applications.sort_by(|one, other| one.invoice.cmp(&other.invoice));
    let mut position = before.iter().map(|(position, _)| *position).max().unwrap_or_default();
    for Application { invoice, amount } in applications {
        let owed = Locked::raise(transaction, (firm, &invoice)).await?;
        if amount <= 0 {
            return Err(Declined::OutOfRange);
        }
        if owed.case != known.case || owed.currency != known.currency {
            return Err(Declined::NotPermitted("the invoice is of another case or currency"));
        }
        if amount > owed.left(transaction, (firm, &invoice)).await? {
            return Err(Declined::Exceeds("more would be applied than is left of the invoice"));
        }
        position += 1;
        let row = (
            allocations::firm_id.eq(firm.to_owned()),
            allocations::payment_id.eq(payment.to_owned()),
            allocations::position.eq(position),
            allocations::invoice_id.eq(invoice),
            allocations::case_id.eq(known.case.clone()),
            allocations::currency.eq(known.currency.clone()),
            allocations::amount.eq(amount),
            allocations::applied_on.eq(applied_on),
        );
        transaction.execute(insert_into(allocations::table).values(row)).await?;
    }
    Ok(())
}

/// What becomes of a payment; a day that is not given stays as it was.
#[derive(AsChangeset)]
#[diesel(table_name = payments)]
struct Turn {
    state: &'static str,
    cleared_on: Option<NaiveDate>,
    ended_on: Option<NaiveDate>,
}

/// The money of a payment that was on its way is there, from a day on.
pub async fn clear(
    transaction: &mut Transaction<'_>,
    at: (&str, &str),
    on: NaiveDate,
) -> Result<(), Declined> {
    let turn = Turn { state: "CLEARED", cleared_on: Some(on), ended_on: None };
    change(transaction, at, (&["PENDING"], on), turn).await
}

/// A payment is taken back, as a cheque that bounced: what it paid is owed again.
pub async fn reverse(
    transaction: &mut Transaction<'_>,
    at: (&str, &str),
    on: NaiveDate,
) -> Result<(), Declined> {
    let turn = Turn { state: "REVERSED", cleared_on: None, ended_on: Some(on) };
    change(transaction, at, (&["PENDING", "CLEARED"], on), turn).await
}

/// A payment is given back: what it paid is owed again.
pub async fn refund(
    transaction: &mut Transaction<'_>,
    at: (&str, &str),
    on: NaiveDate,
) -> Result<(), Declined> {
    let turn = Turn { state: "REFUNDED", cleared_on: None, ended_on: Some(on) };
    change(transaction, at, (&["CLEARED"], on), turn).await
}

async fn change(
    transaction: &mut Transaction<'_>,
    (firm, payment): (&str, &str),
    (from, on): (&[&str], NaiveDate),
    turn: Turn,
) -> Result<(), Declined> {
    let known = raise(transaction, (firm, payment)).await?;
    if !from.contains(&known.state.as_str()) {
        return Err(Declined::NotPermitted("the payment's state does not permit this"));
    }
    if on < known.since {
        return Err(Declined::NotPermitted("the payment was not there yet on that day"));
    }
    let this = payments::table
        .filter(payments::firm_id.eq(firm.to_owned()))
        .filter(payments::id.eq(payment.to_owned()));
    transaction.execute(update(this).set(turn)).await?;
    Ok(())
}
