//! Billing: drafting, issuing and releasing an invoice, and taking off what is no longer asked for.
use chrono::NaiveDate;
use diesel::{
    BoolExpressionMethods, ExpressionMethods, Insertable, JoinOnDsl, QueryDsl, insert_into, update,
};

use super::{Declined, InvoiceWording, LineKind, allocations, credits, invoice_lines, invoices, payments};
use crate::{
    id::{Tag, random},
    money,
    releasing::Terms,
    store::Transaction,
};

/// An invoice to be drafted. Amounts are minor units.
#[derive(Clone, Debug)]
#[allow(missing_docs, reason = "the table's columns, which the type's description explains")]
pub struct NewInvoice {
    pub firm: String,
    pub case: String,
    pub number: String,
    pub currency: String,
    pub period: Option<(NaiveDate, NaiveDate)>,
    pub discount: i64,
    pub tax: i64,
    pub interest: i64,
    pub memo: String,
    pub lines: Vec<NewLine>,
}

/// A line of it. Quantity and rate have four places: 1.5 hours are `15_000`; the adjustment is minor units.
#[derive(Clone, Debug)]
#[allow(missing_docs, reason = "the table's columns, which the type's description explains")]
pub struct NewLine {
    pub kind: LineKind,
    pub performed_on: NaiveDate,
    pub quantity: i64,
    pub rate: Option<i64>,
    pub adjustment: i64,
    pub narrative: Option<String>,
    pub timekeeper: Option<String>,
    pub task_code: Option<String>,
    pub internal_narrative: String,
}

#[derive(Insertable)]
#[diesel(table_name = invoice_lines)]
struct LineRow {
    firm_id: String,
    invoice_id: String,
    position: i32,
    kind: &'static str,
    performed_on: NaiveDate,
    quantity: i64,
    rate: Option<i64>,
    adjustment: i64,
    amount: i64,
    narrative: Option<String>,
    timekeeper: Option<String>,
    task_code: Option<String>,
    internal_narrative: String,
}

/// Drafts an invoice and answers its id. What each line comes to is computed here, once.
pub async fn draft(transaction: &mut Transaction<'_>, new: NewInvoice) -> Result<String, Declined> {
    let exponent = money::exponent(&new.currency).ok_or(Declined::NoCurrency)?;
    let amounts: Option<Vec<i64>> = new
        .lines
        .iter()
        .map(|line| money::line(line.quantity, line.rate, line.adjustment, exponent))
        .collect();
    let amounts = amounts.ok_or(Declined::OutOfRange)?;
    let subtotal = money::sum(amounts.iter().copied()).ok_or(Declined::OutOfRange)?;
    let total = [subtotal, new.tax, new.interest, new.discount.checked_neg().ok_or(Declined::OutOfRange)?];
    let total = money::sum(total).filter(|total| *total >= 0).ok_or(Declined::OutOfRange)?;
    if [new.discount, new.tax, new.interest].iter().any(|part| *part < 0) {
        return Err(Declined::OutOfRange);
    }
    let id = random(Tag::Invoice);
    transaction.touch(&new.firm, &new.case);
    let row = (
        invoices::firm_id.eq(new.firm.clone()),
        invoices::id.eq(id.clone()),
        invoices::case_id.eq(new.case),
        invoices::number.eq(new.number),
        invoices::state.eq("DRAFT"),
        invoices::currency.eq(new.currency),
        invoices::period_start.eq(new.period.map(|(start, _)| start)),
        invoices::period_end.eq(new.period.map(|(_, end)| end)),
        invoices::subtotal.eq(subtotal),
        invoices::discount.eq(new.discount),
        invoices::tax.eq(new.tax),
        invoices::interest.eq(new.interest),
        invoices::total.eq(total),
        invoices::memo.eq(new.memo),
    );
    transaction.execute(insert_into(invoices::table).values(row)).await?;
    for (position, (line, amount)) in (1..).zip(new.lines.into_iter().zip(amounts)) {
        let row = LineRow {
            firm_id: new.firm.clone(),
            invoice_id: id.clone(),
            position,
            kind: line.kind.name(),
            performed_on: line.performed_on,
            quantity: line.quantity,
            rate: line.rate,
            adjustment: line.adjustment,
            amount,
            narrative: line.narrative,
            timekeeper: line.timekeeper,
            task_code: line.task_code,
            internal_narrative: line.internal_narrative,
        };
        transaction.execute(insert_into(invoice_lines::table).values(row)).await?;
    }
    Ok(id)
}

/// What is known of an invoice whose version this transaction has raised: nobody else changes its money until the end.
pub(super) struct Locked {
    pub(super) state: String,
    pub(super) case: String,
    pub(super) currency: String,
    pub(super) total: i64,
    issued_on: Option<NaiveDate>,
}

impl Locked {
    /// Raises an invoice's version and reads what matters.
    pub(super) async fn raise(
        transaction: &mut Transaction<'_>,
        (firm, invoice): (&str, &str),
    ) -> Result<Self, Declined> {
        let this = || {
            invoices::table
                .filter(invoices::firm_id.eq(firm.to_owned()))
                .filter(invoices::id.eq(invoice.to_owned()))
        };
        let raised = update(this()).set(invoices::version.eq(invoices::version + 1_i64));
        transaction.execute(raised).await?;
        let columns =
            (invoices::state, invoices::case_id, invoices::currency, invoices::total, invoices::issued_on);
        let found: Vec<(String, String, String, i64, _)> = transaction.load(this().select(columns)).await?;
        let (state, case, currency, total, issued_on) =
            found.into_iter().next().ok_or(Declined::NotPermitted("there is no such invoice"))?;
        transaction.touch(firm, &case);
        Ok(Locked { state, case, currency, total, issued_on })
    }

    pub(super) fn must_be(&self, states: &[&str], otherwise: &'static str) -> Result<(), Declined> {
        if states.contains(&self.state.as_str()) { Ok(()) } else { Err(Declined::NotPermitted(otherwise)) }
    }

    fn must_be_issued_by(&self, on: NaiveDate) -> Result<(), Declined> {
        if self.issued_on.is_some_and(|issued| issued <= on) {
            return Ok(());
        }
        Err(Declined::NotPermitted("the invoice was not issued yet on that day"))
    }

    /// What may still be applied or taken off: payments on their way count as if they were there.
    pub(super) async fn left(
        &self,
        transaction: &mut Transaction<'_>,
        (firm, invoice): (&str, &str),
    ) -> Result<i64, Declined> {
        self.must_be(&["ISSUED"], "the invoice is not issued, or has ended")?;
        let applied =
            allocations::table
                .inner_join(payments::table.on(
                    payments::firm_id.eq(allocations::firm_id).and(payments::id.eq(allocations::payment_id)),
                ))
                .filter(allocations::firm_id.eq(firm.to_owned()))
                .filter(allocations::invoice_id.eq(invoice.to_owned()))
                .filter(payments::state.eq_any(["PENDING", "CLEARED"]))
                .select(allocations::amount);
        let credited = credits::table
            .filter(credits::firm_id.eq(firm.to_owned()))
            .filter(credits::invoice_id.eq(invoice.to_owned()))
            .select(credits::amount);
        let mut taken: Vec<i64> = transaction.load(applied).await?;
        taken.extend(transaction.load::<i64, _>(credited).await?);
        let taken = money::sum(taken).ok_or(Declined::OutOfRange)?;
        self.total.checked_sub(taken).ok_or(Declined::OutOfRange)
    }
}

async fn set_state(
    transaction: &mut Transaction<'_>,
    (firm, invoice): (&str, &str),
    state: &'static str,
) -> Result<(), Declined> {
    let this = invoices::table
        .filter(invoices::firm_id.eq(firm.to_owned()))
        .filter(invoices::id.eq(invoice.to_owned()));
    transaction.execute(update(this).set(invoices::state.eq(state))).await?;
    Ok(())
}

/// Hands a draft in to be looked at.
pub async fn submit(transaction: &mut Transaction<'_>, at: (&str, &str)) -> Result<(), Declined> {
    Locked::raise(transaction, at).await?.must_be(&["DRAFT"], "the invoice is no draft")?;
    set_state(transaction, at, "AWAITING_APPROVAL").await
}

/// Issues an invoice: from now on its lines and totals stay as they are.
pub async fn issue(
    transaction: &mut Transaction<'_>,
    (firm, invoice): (&str, &str),
    issued_on: NaiveDate,
    due_on: Option<NaiveDate>,
) -> Result<(), Declined> {
    let known = Locked::raise(transaction, (firm, invoice)).await?;
    known.must_be(&["DRAFT", "AWAITING_APPROVAL"], "the invoice is issued already")?;
    if due_on.is_some_and(|due| due < issued_on) {
        return Err(Declined::NotPermitted("the invoice would be due before it is issued"));
    }
    let this = invoices::table
        .filter(invoices::firm_id.eq(firm.to_owned()))
        .filter(invoices::id.eq(invoice.to_owned()));
    let issued = update(this).set((
        invoices::state.eq("ISSUED"),
        invoices::issued_on.eq(issued_on),
        invoices::due_on.eq(due_on),
    ));
    transaction.execute(issued).await?;
    Ok(())
}

/// Takes an amount off an issued invoice, for a reason.
pub async fn credit(
    transaction: &mut Transaction<'_>,
    (firm, invoice): (&str, &str),
    (amount, credited_on): (i64, NaiveDate),
    reason: &str,
) -> Result<(), Declined> {
    let known = Locked::raise(transaction, (firm, invoice)).await?;
    let left = known.left(transaction, (firm, invoice)).await?;
    if amount <= 0 {
        return Err(Declined::OutOfRange);
    }
    if amount > left {
        return Err(Declined::Exceeds("the credit is more than what is left of the invoice"));
    }
    let given = credits::table
        .filter(credits::firm_id.eq(firm.to_owned()))
        .filter(credits::invoice_id.eq(invoice.to_owned()))
        .select(credits::position);
    let given: Vec<i32> = transaction.load(given).await?;
    let row = (
        credits::firm_id.eq(firm.to_owned()),
        credits::invoice_id.eq(invoice.to_owned()),
        credits::position.eq(given.into_iter().max().unwrap_or_default() + 1),
        credits::credited_on.eq(credited_on),
        credits::amount.eq(amount),
        credits::reason.eq(reason.to_owned()),
    );
    transaction.execute(insert_into(credits::table).values(row)).await?;
    Ok(())
}

/// Writes off what is left of an issued invoice, on a day and for a reason.
pub async fn write_off(
    transaction: &mut Transaction<'_>,
    (firm, invoice): (&str, &str),
    on: NaiveDate,
    reason: &str,
) -> Result<(), Declined> {
    let known = Locked::raise(transaction, (firm, invoice)).await?;
    let left = known.left(transaction, (firm, invoice)).await?;
    if left <= 0 {
        return Err(Declined::NotPermitted("nothing is left to be written off"));
    }
    known.must_be_issued_by(on)?;
    let this = invoices::table
        .filter(invoices::firm_id.eq(firm.to_owned()))
        .filter(invoices::id.eq(invoice.to_owned()));
    let ended = update(this).set((
        invoices::state.eq("WRITTEN_OFF"),
        invoices::written_off.eq(left),
        invoices::write_off_reason.eq(reason.to_owned()),
        invoices::ended_on.eq(on),
    ));
    transaction.execute(ended).await?;
    Ok(())
}

/// Makes an issued invoice void on a day: it stays for the record and asks for nothing. Only where nothing was paid or credited.
pub async fn cancel(
    transaction: &mut Transaction<'_>,
    (firm, invoice): (&str, &str),
    on: NaiveDate,
) -> Result<(), Declined> {
    let known = Locked::raise(transaction, (firm, invoice)).await?;
    if known.left(transaction, (firm, invoice)).await? != known.total {
        return Err(Declined::NotPermitted("something was paid or credited: take that back first"));
    }
    known.must_be_issued_by(on)?;
    let this = invoices::table
        .filter(invoices::firm_id.eq(firm.to_owned()))
        .filter(invoices::id.eq(invoice.to_owned()));
    let ended = update(this).set((invoices::state.eq("VOID"), invoices::ended_on.eq(on)));
    transaction.execute(ended).await?;
    Ok(())
}

/// Approves an invoice's release. One that is not issued is declined, and stays what it is.
pub async fn release(
    transaction: &mut Transaction<'_>,
    (firm, invoice): (&str, &str),
    wording: InvoiceWording,
    terms: &Terms,
) -> Result<String, Declined> {
    let known = Locked::raise(transaction, (firm, invoice)).await?;
    known.must_be(&["ISSUED", "WRITTEN_OFF", "VOID"], "only an invoice that was issued can be released")?;
    Ok(wording.approve(transaction, (firm, invoice), terms).await?)
}
