//! A small writer of scenes: each method writes one thing, of the case that was begun last, by the service's own functions.
use std::fmt::Debug;

use chrono::{Datelike as _, Days, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Weekday};
use diesel::insert_into;

use crate::{
    cases::{
        self, CaseWording, MilestoneWording, NewCase, NewMilestone, NewStaff, NewStage, NewStageWord,
        Precision,
    },
    error::Fault,
    firms::{NewFirm, firms},
    id::{Tag, random},
    people::{NewParticipant, NewPerson, participants, people},
    policy::Role,
    releasing::{Audience, Terms},
    store::Transaction,
};

/// What is being written: a firm, and one of its cases at a time.
pub(super) struct Scene<'t, 's> {
    pub(super) t: &'t mut Transaction<'s>,
    pub(super) firm: String,
    /// The zone of the firm's clock and its courts'.
    pub(super) zone: &'static str,
    pub(super) case: String,
    /// The attorney who approves what is told.
    pub(super) lead: String,
    now: NaiveDateTime,
    steps: i32,
    stages: i32,
}

/// A case in the firm's words, but for `told`.
pub(super) struct Brief<'a> {
    pub(super) reference: &'a str,
    pub(super) number: &'a str,
    pub(super) title: &'a str,
    /// What clients call it.
    pub(super) told: &'a str,
    pub(super) about: &'a str,
    pub(super) area: &'a str,
    pub(super) status: &'a str,
    /// Court, docket number and judge.
    pub(super) court: Option<(&'a str, &'a str, &'a str)>,
    /// How many days ago it was opened.
    pub(super) opened: i64,
    /// In how many days the claim is barred.
    pub(super) barred_in: Option<i64>,
    pub(super) conflicts: &'a str,
    /// For how much it might end, in cents.
    pub(super) range: Option<(i64, i64)>,
    pub(super) lead: &'a str,
    /// On which clients reach the lead.
    pub(super) phone: &'a str,
}

/// What clients are told of a step.
#[derive(Clone, Copy)]
pub(super) struct Told<'a> {
    pub(super) title: &'a str,
    pub(super) happened: &'a str,
    pub(super) next: &'a str,
    pub(super) when: When,
}

/// When a step was, or will be.
#[derive(Clone, Copy)]
pub(super) enum When {
    /// So many days ago.
    Done(i64),
    /// Since so many days.
    Current(i64),
    /// In so many days, as exactly as that.
    Planned(i64, Precision),
}

/// Sections in their order: status, calendar, documents, billing, messages.
pub(super) type Sections = [bool; 5];
/// Everything.
pub(super) const ALL: Sections = [true; 5];
/// Where the case stands and when something is.
pub(super) const DATES: Sections = [true, true, false, false, false];
/// Money alone, beside what every part has.
pub(super) const MONEY: Sections = [true, false, false, true, false];

/// What a function of the service declined; the demo keeps their rules, so that is a fault of the demo.
pub(super) fn declined(why: impl Debug) -> Fault {
    Fault::new(format!("{why:?}")).while_doing("the demo is written")
}

impl<'t, 's> Scene<'t, 's> {
    /// A new firm.
    pub(super) async fn open(
        t: &'t mut Transaction<'s>,
        now: NaiveDateTime,
        firm: NewFirm,
        zone: &'static str,
    ) -> Result<Self, Fault> {
        let id = firm.id.clone();
        t.execute(insert_into(firms::table).values(firm)).await?;
        Ok(Scene { t, firm: id, zone, case: String::new(), lead: String::new(), now, steps: 0, stages: 0 })
    }

    /// The day so many days from now.
    pub(super) fn day(&self, offset: i64) -> NaiveDate {
        (self.now + TimeDelta::days(offset)).date()
    }

    /// That day, or the Monday after where courts and offices are closed.
    pub(super) fn workday(&self, offset: i64) -> NaiveDate {
        let day = self.day(offset);
        let rest = match day.weekday() {
            Weekday::Sat => 2,
            Weekday::Sun => 1,
            Weekday::Mon | Weekday::Tue | Weekday::Wed | Weekday::Thu | Weekday::Fri => 0,
        };
        day.checked_add_days(Days::new(rest)).unwrap_or(day)
    }

    /// The afternoon of a day: of a past one before now, of a coming one after now.
    pub(super) fn at(&self, offset: i64) -> NaiveDateTime {
        self.day(offset).and_time(NaiveTime::from_hms_opt(14, 0, 0).unwrap_or_default())
    }

    /// Terms for everybody of the clients' side, from so many days ago on.
    pub(super) fn since(&self, days: i64) -> Terms {
        Terms {
            audience: Audience::Clients,
            from: self.at(-days),
            expires_at: None,
            approved_by: self.lead.clone(),
            approved_at: self.at(-days.max(0) - 1),
            withheld_reason: None,
        }
    }

    /// Somebody of the firm.
    pub(super) async fn member(&mut self, name: &str, email: &str, role: Role) -> Result<String, Fault> {
        self.account(name, email, Some(role.word())).await
    }

    /// Somebody of the portal.
    pub(super) async fn person(&mut self, name: &str, email: &str) -> Result<String, Fault> {
        self.account(name, email, None).await
    }

    async fn account(&mut self, name: &str, email: &str, role: Option<String>) -> Result<String, Fault> {
        let id = random(Tag::Person);
        let row = NewPerson {
            firm_id: self.firm.clone(),
            id: id.clone(),
            kind: if role.is_some() { "STAFF" } else { "PORTAL" }.into(),
            name: name.into(),
            email: email.into(),
            staff_role: role,
            is_active: true,
        };
        self.t.execute(insert_into(people::table).values(row)).await?;
        Ok(id)
    }

    /// What clients read for a stage of the firm's.
    pub(super) async fn word(&mut self, stage: &str, told: &str) -> Result<(), Fault> {
        let row = NewStageWord { firm_id: self.firm.clone(), stage: stage.into(), client_stage: told.into() };
        self.t.execute(insert_into(cases::stage_words::table).values(row)).await?;
        Ok(())
    }

    /// Begins a case and shares it with its clients; what is written next belongs to it.
    pub(super) async fn case(&mut self, brief: Brief<'_>) -> Result<String, Fault> {
        self.case = random(Tag::Case);
        self.lead = brief.lead.into();
        (self.steps, self.stages) = (0, 0);
        let (court, docket, judge) = match brief.court {
            Some((court, docket, judge)) => (Some(court.into()), Some(docket.into()), Some(judge.into())),
            None => (None, None, None),
        };
        let row = NewCase {
            firm_id: self.firm.clone(),
            id: self.case.clone(),
            reference: brief.reference.into(),
            number: brief.number.into(),
            internal_title: brief.title.into(),
            description: brief.about.into(),
            practice_area: brief.area.into(),
            status: brief.status.into(),
            court_time_zone: brief.court.map(|_| self.zone.into()),
            court_name: court,
            court_docket_number: docket,
            court_judge: judge,
            opened_on: Some(self.day(-brief.opened)),
            closed_on: None,
            statute_of_limitations_on: brief.barred_in.map(|days| self.day(days)),
            conflict_notes: brief.conflicts.into(),
            settlement_low: brief.range.map(|(low, _)| low),
            settlement_high: brief.range.map(|(_, high)| high),
            settlement_currency: brief.range.map(|_| "USD".into()),
        };
        self.t.execute(insert_into(cases::cases::table).values(row)).await?;
        let terms = self.since(brief.opened - 1);
        let wording = CaseWording { title: brief.told.into() };
        wording.approve(self.t, (&self.firm, &self.case), &terms).await.map_err(declined)?;
        self.staff(brief.lead, "Lead attorney", Some(brief.phone)).await?;
        Ok(self.case.clone())
    }

    /// Puts somebody of the firm to work on the case.
    pub(super) async fn staff(&mut self, person: &str, role: &str, phone: Option<&str>) -> Result<(), Fault> {
        let row = NewStaff {
            firm_id: self.firm.clone(),
            case_id: self.case.clone(),
            person_id: person.into(),
            role: role.into(),
            phone: phone.map(Into::into),
            photo_url: None,
            is_responsible: person == self.lead,
        };
        self.t.execute(insert_into(cases::case_staff::table).values(row)).await?;
        Ok(())
    }

    /// Gives somebody a part in the case and answers the part's id.
    pub(super) async fn part(
        &mut self,
        person: &str,
        role: Role,
        sections: Sections,
    ) -> Result<String, Fault> {
        let id = random(Tag::Participant);
        let [has_status, has_calendar, has_documents, has_billing, has_messages] = sections;
        let row = NewParticipant {
            firm_id: self.firm.clone(),
            id: id.clone(),
            case_id: self.case.clone(),
            person_id: person.into(),
            role: role.word(),
            state: "ACTIVE".into(),
            has_status,
            has_calendar,
            has_documents,
            has_billing,
            has_messages,
            active_from: self.at(-200),
            // What a client consented to for somebody else has an end.
            active_until: (role == Role::AuthorizedContact).then(|| self.at(365)),
        };
        self.t.execute(insert_into(participants::table).values(row)).await?;
        Ok(id)
    }

    /// The case reached a stage of the firm's so many days ago.
    pub(super) async fn stage(&mut self, stage: &str, days: i64) -> Result<(), Fault> {
        self.stages += 1;
        let row = NewStage {
            firm_id: self.firm.clone(),
            case_id: self.case.clone(),
            position: self.stages,
            stage: stage.into(),
            entered_at: self.at(-days),
        };
        self.t.execute(insert_into(cases::case_stages::table).values(row)).await?;
        Ok(())
    }

    /// A step of the case: the firm's title and notes, and what clients are told, if anything.
    pub(super) async fn milestone(
        &mut self,
        (title, notes): (&str, &str),
        told: Option<Told<'_>>,
    ) -> Result<String, Fault> {
        self.steps += 1;
        let id = random(Tag::Milestone);
        let row = NewMilestone {
            firm_id: self.firm.clone(),
            id: id.clone(),
            case_id: self.case.clone(),
            position: self.steps,
            internal_title: title.into(),
            internal_notes: notes.into(),
        };
        self.t.execute(insert_into(cases::milestones::table).values(row)).await?;
        if let Some(told) = told {
            let since = match told.when {
                When::Done(days) | When::Current(days) => days - 1,
                When::Planned(..) => 20,
            };
            let terms = self.since(since.max(1));
            self.wording(told).approve(self.t, (&self.firm, &id), &terms).await.map_err(declined)?;
        }
        Ok(id)
    }

    fn wording(&self, told: Told<'_>) -> MilestoneWording {
        let (occurred_on, expected, progress) = match told.when {
            When::Done(days) => (Some(self.day(-days)), None, "DONE"),
            When::Current(days) => (Some(self.day(-days)), None, "CURRENT"),
            When::Planned(days, precision) => {
                (None, Some((precision.begins(self.day(days)), precision.word())), "PLANNED")
            }
        };
        MilestoneWording {
            title: told.title.into(),
            what_happened: told.happened.into(),
            what_comes_next: (!told.next.is_empty()).then(|| told.next.into()),
            occurred_on,
            expected_on: expected.map(|(day, _)| day),
            expected_precision: expected.map(|(_, precision)| precision.into()),
            progress: progress.into(),
        }
    }
}
