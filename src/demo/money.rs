//! Money of a scene: invoices, payments, credits and trust.
use super::scene::{Scene, declined};
use crate::{
    billing::{
        self, Application, InvoiceWording, LineKind, NewInvoice, NewLine, NewPayment, NewTrustEntry,
        NoteWording, TrustKind,
    },
    error::Fault,
    releasing::Terms,
};

/// A line of an invoice: work in tenths of an hour at dollars an hour, or an expense in cents.
pub(super) enum Line<'a> {
    /// Days ago, tenths of an hour, dollars an hour, what, who.
    Work(i64, i64, i64, &'a str, &'a str),
    /// The same, with what the firm notes for itself.
    Noted(i64, i64, i64, &'a str, &'a str, &'a str),
    /// Days ago, cents, what.
    Expense(i64, i64, &'a str),
}

/// A bill to be drafted.
pub(super) struct Bill<'a> {
    pub(super) number: &'a str,
    /// From and to, in days ago.
    pub(super) period: (i64, i64),
    /// Cents off.
    pub(super) discount: i64,
    pub(super) memo: &'a str,
    pub(super) lines: &'a [Line<'a>],
}

impl Scene<'_, '_> {
    fn line(&self, line: &Line<'_>) -> NewLine {
        let plain = |kind, days: i64, internal: &str| NewLine {
            kind,
            performed_on: self.day(-days),
            quantity: 10_000,
            rate: None,
            adjustment: 0,
            narrative: None,
            timekeeper: None,
            task_code: None,
            internal_narrative: internal.into(),
        };
        match *line {
            Line::Work(days, tenths, dollars, what, who) => {
                self.line(&Line::Noted(days, tenths, dollars, what, who, ""))
            }
            Line::Noted(days, tenths, dollars, what, who, internal) => NewLine {
                quantity: tenths * 1_000,
                rate: Some(dollars * 10_000),
                narrative: Some(what.into()),
                timekeeper: Some(who.into()),
                task_code: Some("L120".into()),
                ..plain(LineKind::Fee, days, internal)
            },
            Line::Expense(days, cents, what) => NewLine {
                adjustment: cents,
                narrative: Some(what.into()),
                ..plain(LineKind::Expense, days, "")
            },
        }
    }

    /// A draft.
    pub(super) async fn bill(&mut self, bill: Bill<'_>) -> Result<String, Fault> {
        let (from, to) = bill.period;
        let new = NewInvoice {
            firm: self.firm.clone(),
            case: self.case.clone(),
            number: bill.number.into(),
            currency: "USD".into(),
            period: Some((self.day(-from), self.day(-to))),
            discount: bill.discount,
            tax: 0,
            interest: 0,
            memo: bill.memo.into(),
            lines: bill.lines.iter().map(|line| self.line(line)).collect(),
        };
        billing::draft(self.t, new).await.map_err(declined)
    }

    /// A draft that waits for a second look.
    pub(super) async fn submit(&mut self, invoice: &str) -> Result<(), Fault> {
        billing::submit(self.t, (&self.firm, invoice)).await.map_err(declined)
    }

    /// Divides a draft among those who pay it together: the part's id and the cents.
    pub(super) async fn divide(&mut self, invoice: &str, shares: &[(&str, i64)]) -> Result<(), Fault> {
        let shares = shares.iter().map(|(part, cents)| ((*part).to_owned(), *cents)).collect();
        billing::divide(self.t, (&self.firm, invoice), shares).await.map_err(declined)
    }

    /// Issues a draft so many days ago, due thirty days later, and shares it with a note.
    pub(super) async fn send(&mut self, invoice: &str, days: i64, note: Option<&str>) -> Result<(), Fault> {
        let terms = self.since(days - 1);
        self.send_under(invoice, days, note, &terms).await
    }

    /// The same under other terms.
    pub(super) async fn send_under(
        &mut self,
        invoice: &str,
        days: i64,
        note: Option<&str>,
        terms: &Terms,
    ) -> Result<(), Fault> {
        let (issued, due) = (self.day(-days), self.day(30 - days));
        billing::issue(self.t, (&self.firm, invoice), issued, Some(due)).await.map_err(declined)?;
        let wording = InvoiceWording { note: note.map(Into::into), about_event: None, about_payment: None };
        let released = billing::release(self.t, (&self.firm, invoice), wording, terms).await;
        released.map(drop).map_err(declined)
    }

    /// Makes an issued invoice void, so many days ago.
    pub(super) async fn void(&mut self, invoice: &str, days: i64) -> Result<(), Fault> {
        let on = self.day(-days);
        billing::cancel(self.t, (&self.firm, invoice), on).await.map_err(declined)
    }

    /// Takes cents off an issued invoice.
    pub(super) async fn credit(
        &mut self,
        invoice: &str,
        (cents, days): (i64, i64),
        reason: &str,
    ) -> Result<(), Fault> {
        let on = self.day(-days);
        billing::credit(self.t, (&self.firm, invoice), (cents, on), reason).await.map_err(declined)
    }

    /// Cents that came in so many days ago, applied to invoices.
    pub(super) async fn payment(
        &mut self,
        payer: &str,
        (cents, days): (i64, i64),
        method: &str,
        applied: &[(&str, i64)],
    ) -> Result<String, Fault> {
        let on = self.day(-days);
        let new = NewPayment {
            firm: self.firm.clone(),
            case: self.case.clone(),
            payer: Some(payer.into()),
            currency: "USD".into(),
            amount: cents,
            received_on: on,
            method: method.into(),
            is_cleared: days > 2,
            bank_reference: format!("OP-{cents}-{days}"),
        };
        let payment = billing::receive(self.t, new).await.map_err(declined)?;
        let applied = applied
            .iter()
            .map(|(invoice, amount)| Application { invoice: (*invoice).into(), amount: *amount });
        let applied = billing::apply(self.t, (&self.firm, &payment), applied.collect(), on).await;
        applied.map_err(declined)?;
        Ok(payment)
    }

    /// A payment that the bank took back.
    pub(super) async fn bounced(&mut self, payment: &str, days: i64) -> Result<(), Fault> {
        let on = self.day(-days);
        billing::reverse(self.t, (&self.firm, payment), on).await.map_err(declined)
    }

    /// An entry of a participant's trust ledger.
    pub(super) async fn trust(
        &mut self,
        participant: &str,
        kind: TrustKind,
        (cents, days): (i64, i64),
        (payee, invoice): (Option<&str>, Option<&str>),
    ) -> Result<String, Fault> {
        let on = self.day(-days);
        let new = NewTrustEntry {
            firm: self.firm.clone(),
            participant: participant.into(),
            currency: "USD".into(),
            kind,
            amount: cents,
            entered_on: on,
            cleared_on: Some(on),
            payee: payee.map(Into::into),
            invoice: invoice.map(Into::into),
            bank_reference: format!("TR-{cents}-{days}"),
        };
        billing::enter(self.t, new).await.map_err(declined)
    }

    /// What clients are told about the money of the case as a whole.
    pub(super) async fn note(&mut self, note: NoteWording, days: i64) -> Result<(), Fault> {
        let terms = self.since(days);
        note.approve(self.t, (&self.firm, &self.case), &terms).await.map(drop).map_err(declined)
    }
}
