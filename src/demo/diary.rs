//! The calendar of a scene: events, how they moved, and what is told of them.
use chrono::{NaiveDate, NaiveDateTime, NaiveTime, TimeDelta};

use super::scene::{Scene, declined};
use crate::{
    calendar::{self, EventKind, EventWording, Move, Place, Planned, Span, Timing},
    error::Fault,
    releasing::Terms,
};

/// A day and a time of the wall clock: hour and minute.
pub(super) type Wall = (NaiveDate, (u32, u32));

/// An event in the firm's words.
pub(super) struct Date<'a> {
    pub(super) kind: EventKind,
    pub(super) title: &'a str,
    /// When it begins, if that is set.
    pub(super) begins: Option<Wall>,
    pub(super) minutes: i64,
    pub(super) place: Option<(&'a str, &'a str)>,
    pub(super) link: Option<&'a str>,
    pub(super) prep: &'a str,
    pub(super) attendees: &'a [&'a str],
}

fn wall((day, (hour, minute)): Wall) -> NaiveDateTime {
    day.and_time(NaiveTime::from_hms_opt(hour, minute, 0).unwrap_or_default())
}

impl Scene<'_, '_> {
    fn timing(&self, begins: Option<Wall>, minutes: i64) -> Timing {
        let clock = |begins| {
            let start = wall(begins);
            Span::Clock { start: start.into(), end: Some((start + TimeDelta::minutes(minutes)).into()) }
        };
        Timing { zone: self.zone.into(), span: begins.map_or(Span::Open, clock) }
    }

    /// An event, internal as yet.
    pub(super) async fn event(&mut self, date: Date<'_>) -> Result<String, Fault> {
        let planned = Planned {
            case: self.case.clone(),
            kind: date.kind,
            is_tentative: false,
            timing: self.timing(date.begins, date.minutes),
            place: Place {
                place: date.place.map(|(place, _)| place.into()),
                room: date.place.map(|(_, room)| room.into()),
                remote_url: date.link.map(Into::into),
                dial_in: None,
            },
            internal_title: date.title.into(),
            prep_notes: date.prep.into(),
            attendees: date.attendees.iter().map(|person| (*person).to_owned()).collect(),
            uid: None,
        };
        calendar::create(self.t, &self.firm, planned).await.map_err(declined)
    }

    /// What clients are told of an event, from so many days ago on.
    pub(super) async fn invite(
        &mut self,
        event: &str,
        (title, bring, you_should_attend): (&str, Option<&str>, bool),
        days: i64,
    ) -> Result<(), Fault> {
        let terms = self.since(days);
        self.invite_under(event, (title, bring, you_should_attend), &terms).await
    }

    /// The same under other terms.
    pub(super) async fn invite_under(
        &mut self,
        event: &str,
        (title, bring, you_should_attend): (&str, Option<&str>, bool),
        terms: &Terms,
    ) -> Result<(), Fault> {
        let wording = EventWording { title: title.into(), bring: bring.map(Into::into), you_should_attend };
        let released = calendar::release(self.t, (&self.firm, event), wording, terms).await;
        released.map(drop).map_err(declined)
    }

    /// Moved so many days ago.
    pub(super) async fn moved(
        &mut self,
        event: &str,
        (begins, minutes): (Wall, i64),
        (reason, days): (&str, i64),
    ) -> Result<(), Fault> {
        let to = Move {
            timing: self.timing(Some(begins), minutes),
            is_tentative: false,
            place: None,
            reason: reason.into(),
            at: self.at(-days),
        };
        calendar::reschedule(self.t, (&self.firm, event), to).await.map(drop).map_err(declined)
    }

    /// Called off so many days ago.
    pub(super) async fn called_off(&mut self, event: &str, reason: &str, days: i64) -> Result<(), Fault> {
        let at = self.at(-days);
        let done = calendar::cancel(self.t, (&self.firm, event), (at, reason.into())).await;
        done.map(drop).map_err(declined)
    }

    /// It took place.
    pub(super) async fn held(&mut self, event: &str) -> Result<(), Fault> {
        calendar::hold(self.t, (&self.firm, event)).await.map_err(declined)
    }
}
