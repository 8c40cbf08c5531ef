//! Who has to do with money in these tests, and short ways to bill, pay and hold it.
use chrono::{NaiveDate, TimeDelta};
use diesel::{QueryDsl, insert_into};
use portico::{
    billing::{self, Application, InvoiceWording, LineKind, NewInvoice, NewLine, NewPayment},
    cases,
    id::{Tag, random},
    people::{self, NewParticipant, NewPerson},
    policy::Role,
    releasing::{Audience, Terms},
    store::Transaction,
};

use crate::harness::{World, day, today};

pub const CLIENT: (&str, Role) = ("mia@okafor.example", Role::Client);
pub const PARTNER: (&str, Role) = ("sam@okafor.example", Role::CoClient);
pub const FATHER: (&str, Role) = ("ben@okafor.example", Role::BillPayer);
pub const STAFF: (&str, Role) = ("nora@castellan.example", Role::Attorney);
pub const BILLING: (&str, Role) = ("bea@castellan.example", Role::Billing);

pub struct Cast {
    pub firm: String,
    pub case: String,
    pub client: String,
    pub father: String,
    pub approver: String,
    /// The client's own part in the case.
    pub part: String,
    /// The co-client's.
    pub partners_part: String,
}

impl Cast {
    pub async fn of(world: &World) -> Self {
        let mut t = world.store.unscoped("a test writes").begin().await.unwrap();
        let cases: Vec<(String, String)> =
            t.load(cases::cases::table.select((cases::cases::firm_id, cases::cases::id))).await.unwrap();
        let (firm, case) = cases.into_iter().next().unwrap();
        let known: Vec<(String, String)> =
            t.load(people::people::table.select((people::people::email, people::people::id))).await.unwrap();
        let find = |email: &str| known.iter().find(|(known, _)| known == email).unwrap().1.clone();
        let (client, approver) = (find(CLIENT.0), find(STAFF.0));
        let parts: Vec<(String, String)> = t
            .load(
                people::participants::table
                    .select((people::participants::person_id, people::participants::id)),
            )
            .await
            .unwrap();
        let part = parts.into_iter().find(|(person, _)| *person == client).unwrap().1;
        person(&mut t, &firm, BILLING.0, Some("BILLING")).await;
        let partner = person(&mut t, &firm, PARTNER.0, None).await;
        let father = person(&mut t, &firm, FATHER.0, None).await;
        let partners_part = random(Tag::Participant);
        for (person, role, id) in [
            (&partner, "CO_CLIENT", partners_part.clone()),
            (&father, "BILL_PAYER", random(Tag::Participant)),
        ] {
            let new = NewParticipant {
                firm_id: firm.clone(),
                id,
                case_id: case.clone(),
                person_id: person.clone(),
                role: role.into(),
                state: "ACTIVE".into(),
                has_status: true,
                has_calendar: false,
                has_documents: false,
                has_billing: true,
                has_messages: false,
                active_from: today() - TimeDelta::days(100),
                active_until: None,
            };
            t.execute(insert_into(people::participants::table).values(new)).await.unwrap();
        }
        t.commit().await.unwrap();
        Cast { firm, case, client, father, approver, part, partners_part }
    }

    pub fn invoice(&self, number: &str, currency: &str, lines: Vec<NewLine>) -> NewInvoice {
        NewInvoice {
            firm: self.firm.clone(),
            case: self.case.clone(),
            number: number.into(),
            currency: currency.into(),
            period: None,
            discount: 0,
            tax: 0,
            interest: 0,
            memo: "canary: a memo".into(),
            lines,
        }
    }

    /// An invoice in dollars over so many cents.
    pub fn plain(&self, number: &str, cents: i64) -> NewInvoice {
        self.invoice(number, "USD", vec![line(10_000, cents * 100)])
    }

    pub async fn issue_and_share(
        &self,
        t: &mut Transaction<'_>,
        new: NewInvoice,
        on: NaiveDate,
        due: Option<NaiveDate>,
    ) -> String {
        let id = billing::draft(t, new).await.unwrap();
        self.share(t, &id, on, due).await;
        id
    }

    /// Issues a draft and shares it with everybody of the clients' side.
    pub async fn share(&self, t: &mut Transaction<'_>, id: &str, on: NaiveDate, due: Option<NaiveDate>) {
        billing::issue(t, (&self.firm, id), on, due).await.unwrap();
        let wording =
            InvoiceWording { note: Some("Thank you".into()), about_event: None, about_payment: None };
        billing::release(t, (&self.firm, id), wording, &terms(self)).await.unwrap();
    }

    pub async fn pay(
        &self,
        t: &mut Transaction<'_>,
        amount: i64,
        is_cleared: bool,
        to: &[(&str, i64)],
    ) -> String {
        self.pay_as(t, &self.client, amount, is_cleared, to).await
    }

    pub async fn pay_as(
        &self,
        t: &mut Transaction<'_>,
        payer: &str,
        amount: i64,
        is_cleared: bool,
        to: &[(&str, i64)],
    ) -> String {
        let new = NewPayment {
            firm: self.firm.clone(),
            case: self.case.clone(),
            payer: Some(payer.into()),
            currency: "USD".into(),
            amount,
            received_on: day(2026, 1, 20),
            method: "Card ending 42".into(),
            is_cleared,
            bank_reference: "canary: a bank reference".into(),
        };
        let id = billing::receive(t, new).await.unwrap();
        let to =
            to.iter().map(|(invoice, amount)| Application { invoice: (*invoice).into(), amount: *amount });
        billing::apply(t, (&self.firm, &id), to.collect(), day(2026, 1, 21)).await.unwrap();
        id
    }
}

pub fn line(quantity: i64, rate: i64) -> NewLine {
    NewLine {
        kind: LineKind::Fee,
        performed_on: day(2026, 1, 2),
        quantity,
        rate: Some(rate),
        adjustment: 0,
        narrative: Some("Letter to the court".into()),
        timekeeper: Some("Nora Castellan".into()),
        task_code: Some("L110".into()),
        internal_narrative: "canary: what it was in truth".into(),
    }
}

pub fn terms(cast: &Cast) -> Terms {
    Terms {
        audience: Audience::Clients,
        from: today() - TimeDelta::days(1),
        expires_at: None,
        approved_by: cast.approver.clone(),
        approved_at: today() - TimeDelta::days(1),
        withheld_reason: None,
    }
}

async fn person(t: &mut Transaction<'_>, firm: &str, email: &str, staff_role: Option<&str>) -> String {
    let id = random(Tag::Person);
    let new = NewPerson {
        firm_id: firm.into(),
        id: id.clone(),
        kind: if staff_role.is_some() { "STAFF" } else { "PORTAL" }.into(),
        name: email.into(),
        email: email.into(),
        staff_role: staff_role.map(Into::into),
        is_active: true,
    };
    t.execute(insert_into(people::people::table).values(new)).await.unwrap();
    id
}
