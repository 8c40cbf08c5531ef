//! Events in an entry's words: what is set, moved, put off or cancelled, and when, only where that is certain.
//!
//! A **finding** is one thing that one entry says about one event. Conferences, trials and arguments before a judge
//! are `HEARING`; meetings of creditors are `MEETING`; a settlement conference is a `HEARING`, a mediation with a
//! mediator a `MEDIATION`. Deadlines are never events. A day that the words merely mention, a hearing that was held,
//! and what an entry quotes from another yield nothing. Where the words leave a doubt there is a [`Doubt`] instead.

use std::ops::Range;

use chrono::{NaiveDate, NaiveTime};
use serde::Serialize;

use super::docket::Entry;
use super::report::{Code, Issue, Severity};

mod candidates;
mod lead;
mod place;
mod refs;
mod undated;
mod verdict;
mod words;

#[cfg(test)]
mod tests;

/// The kinds of event that a docket tells of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Kind {
    /// Before a judge: hearing, conference, trial, argument.
    Hearing,
    /// With a mediator.
    Mediation,
    /// A witness is heard outside court.
    Deposition,
    /// The meeting of creditors and the like.
    Meeting,
}

impl Kind {
    /// Its word in the uids of events, which stays whatever the kinds are called here.
    pub(super) fn word(self) -> &'static str {
        match self {
            Kind::Hearing => "Hearing",
            Kind::Mediation => "Mediation",
            Kind::Deposition => "Deposition",
            Kind::Meeting => "Meeting",
        }
    }
}

/// What an entry does to an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Action {
    /// It is set, or its setting is told again.
    Set,
    /// It is moved, continued, adjourned or noticed anew, to the day given.
    Moved,
    /// It is put off, and a new day is not known.
    ToBeSet,
    /// It is vacated, stricken or cancelled; the day is the one it had, where given.
    Cancelled,
}

/// What a person should look at before trusting a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Flag {
    /// A day without an hour.
    HourNotStated,
    /// An hour without AM or PM, read by court hours.
    HourInferred,
    /// The hour is none at which courts sit; it may be a slip.
    HourUnlikely,
    /// The words name a time zone of their own.
    ZoneStated,
    /// The hour does not exist on that day.
    HourInGap,
    /// The hour occurs twice on that day.
    HourTwice,
    /// The court sits in several zones.
    SeveralZones,
    /// A change that fits no event, or more than one.
    ChangeUnlinked,
    /// The former day in the words is not the event's.
    FormerDayDiffers,
    /// The words name no event; it was the only one that was open.
    OnlyOneOpen,
}

impl Flag {
    /// The code under which the flag stands in a report.
    pub fn code(self) -> Code {
        match self {
            Self::HourNotStated => Code::HourNotStated,
            Self::HourInferred => Code::HourInferred,
            Self::HourUnlikely => Code::HourUnlikely,
            Self::ZoneStated => Code::ZoneStated,
            Self::HourInGap => Code::HourInGap,
            Self::HourTwice => Code::HourTwice,
            Self::SeveralZones => Code::SeveralZones,
            Self::ChangeUnlinked => Code::ChangeUnlinked,
            Self::FormerDayDiffers => Code::FormerDayDiffers,
            Self::OnlyOneOpen => Code::OnlyOneOpen,
        }
    }
}

/// One thing that one entry says about one event.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// What sort of event.
    pub kind: Kind,
    /// What happens to it.
    pub action: Action,
    /// The event's name in the words, such as `Case Management Conference`.
    pub label: String,
    /// The wall day.
    pub day: Option<NaiveDate>,
    /// The wall hour; none means that the words give a day only.
    pub time: Option<NaiveTime>,
    /// The day it had before, where the words give it.
    pub former: Option<NaiveDate>,
    /// Where it takes place, as printed.
    pub place: Option<String>,
    /// The room within the place.
    pub room: Option<String>,
    /// Who presides.
    pub judge: Option<String>,
    /// Numbers of the entries it is about.
    pub about: Vec<String>,
    /// Told by the agenda of a whole sitting, which stands for every event at that hour.
    pub agenda: bool,
    /// What to look at.
    pub flags: Vec<Flag>,
    /// The wording, as a range of bytes in [`Entry::words`].
    pub span: Range<usize>,
}

/// Words about an event that are not certain enough for a finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Doubt {
    /// Why.
    pub code: Code,
    /// For a person.
    pub sentence: String,
}

impl Doubt {
    pub(super) fn new(code: Code, sentence: impl Into<String>) -> Self {
        Self { code, sentence: sentence.into() }
    }

    /// The doubt as an issue for review.
    pub fn issue(&self, file: &str, entry: &Entry) -> Issue {
        Issue::of_file(Severity::Review, self.code, file, self.sentence.clone())
            .at_row(entry.position)
            .of_entry(entry.number.as_deref())
    }
}

/// What one entry's words say about events.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// What is certain.
    pub findings: Vec<Finding>,
    /// What is not.
    pub doubts: Vec<Doubt>,
}

/// The longest text that is searched for events, in bytes. Clerks write two thousand.
const LONGEST: usize = 16 * 1024;

/// Reads one entry's words.
pub fn find(entry: &Entry) -> Found {
    let mut found = Found::default();
    if entry.words().len() > LONGEST {
        let sentence = "The text is too long to be searched for events.";
        found.doubts.push(Doubt::new(Code::TextTooLong, sentence));
        return found;
    }
    let words = words::Words::of(entry);
    if words.voice == words::Voice::Quotes {
        return found;
    }
    if let Some(sentence) = words.in_error {
        found.doubts.push(Doubt::new(Code::EntryInError, sentence));
        return found;
    }
    candidates::read(&words, entry, &mut found);
    undated::read(&words, entry, &mut found);
    found
}
