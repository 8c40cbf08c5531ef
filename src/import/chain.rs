//! Lives of events: what a docket's entries say about one event, in order, from its first setting to now.
//!
//! Findings join one **life** only where that is certain: the same matter (the motion's number) and the same kind,
//! a former day that fits, the very same hour, or a name that a case has once (its case management conference).
//! All else begins a life of its own and is flagged. Every step is a proposal that waits for a person.

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use chrono_tz::Tz;
use serde::Serialize;

use super::courts;
use super::docket::{Docket, Entry};
use super::hearing::{self, Action, Finding, Flag, Kind};
use super::key;
use super::report::{Code, Issue, Severity};
use super::wall::{self, Clock};

mod link;
#[cfg(test)]
mod tests;

/// Where an event stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Status {
    /// It has a day.
    Confirmed,
    /// It is put off to a day not yet known.
    ToBeSet,
    /// It is called off.
    Cancelled,
}

/// What is known of an event after one of its steps.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Facts {
    /// Where it stands.
    pub status: Status,
    /// The wall day in the court's zone.
    pub day: Option<NaiveDate>,
    /// The wall hour; a day without one is the whole day, and flagged.
    pub time: Option<NaiveTime>,
    /// Where, as printed.
    pub place: Option<String>,
    /// The room within the place.
    pub room: Option<String>,
    /// Who presides.
    pub judge: Option<String>,
}

/// One entry's say on an event.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Step {
    /// The entry's row in the file.
    pub position: usize,
    /// The entry's key.
    pub entry_key: String,
    /// The entry's number.
    pub entry: Option<String>,
    /// The day of the entry.
    pub on: NaiveDate,
    /// What it does.
    pub action: Action,
    /// The facts before; none at the beginning.
    pub before: Option<Facts>,
    /// The facts after.
    pub after: Facts,
    /// What to look at before confirming.
    pub flags: Vec<Flag>,
    /// The wording, as a range of bytes in the entry's words.
    pub span: std::ops::Range<usize>,
}

/// One event of a case, from its first setting to now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Life {
    /// Stable over imports as long as the entry that began it is in the docket. Nobody outside is told: court and number can
    /// be tried out against it.
    pub digest: String,
    /// What sort of event.
    pub kind: Kind,
    /// Its name, such as `Case Management Conference`.
    pub label: String,
    /// Numbers of the entries it is about.
    pub about: Vec<String>,
    /// The court's zone.
    #[serde(skip)]
    pub zone: Option<Tz>,
    /// When it begins, where day, hour and zone are known.
    pub starts_at: Option<DateTime<Utc>>,
    /// What is known now.
    pub facts: Facts,
    /// What changed, in order; the first step began it.
    pub steps: Vec<Step>,
    /// Keys of all entries that speak of it, repetitions too. A known event is found again by any of them.
    pub told_by: Vec<String>,
    /// What to look at.
    pub flags: Vec<Flag>,
    #[serde(skip)]
    pub(super) told_in: Vec<String>,
}

/// The events of a docket, in the order in which they began, and what is to be reviewed about them.
pub fn lives(file: &str, docket: &Docket) -> (Vec<Life>, Vec<Issue>) {
    let keys = key::of_entries(docket);
    let mut chain = Chain { docket, lives: Vec::new(), issues: Vec::new(), file };
    for n in order(docket) {
        let (Some(entry), Some(key)) = (docket.entries.get(n), keys.get(n)) else { continue };
        let found = hearing::find(entry);
        chain.issues.extend(found.doubts.iter().map(|doubt| doubt.issue(file, entry)));
        for (index, finding) in found.findings.iter().enumerate() {
            let kin = || found.findings.iter().filter(|other| other.kind == finding.kind);
            let alone = kin().count() == 1;
            let alone_of_name = kin().filter(|other| other.label == finding.label).count() == 1;
            chain.take(&Said { entry, key, index, finding, alone, alone_of_name });
        }
    }
    let court = courts::find(&docket.court);
    for life in &mut chain.lives {
        clock(life, court.as_ref());
    }
    let flagged: Vec<Issue> = chain.lives.iter().flat_map(|life| flags(file, docket, life)).collect();
    chain.issues.extend(flagged);
    (chain.lives, chain.issues)
}

/// The rows of a docket from the oldest to the newest entry. Some files run the other way.
pub fn order(docket: &Docket) -> Vec<usize> {
    let written = |entry: &Entry| entry.entered_on.unwrap_or(entry.filed_on);
    let days: Vec<NaiveDate> = docket.entries.iter().map(written).collect();
    let (up, down) = days.windows(2).fold((0_usize, 0_usize), |(up, down), pair| match pair {
        [one, two] => (up + usize::from(one < two), down + usize::from(one > two)),
        _ => (up, down),
    });
    let mut rows: Vec<(NaiveDate, usize)> =
        days.into_iter().enumerate().map(|(row, day)| (day, row)).collect();
    if down > up {
        rows.reverse();
    }
    rows.sort_by_key(|(day, _)| *day);
    rows.into_iter().map(|(_, row)| row).collect()
}

struct Chain<'a> {
    docket: &'a Docket,
    lives: Vec<Life>,
    issues: Vec<Issue>,
    file: &'a str,
}

/// A finding and who says it.
struct Said<'a> {
    entry: &'a Entry,
    key: &'a str,
    index: usize,
    finding: &'a Finding,
    /// The entry says nothing else of that kind.
    alone: bool,
    /// The entry says nothing else of that name.
    alone_of_name: bool,
}

impl Chain<'_> {
    fn take(&mut self, said: &Said<'_>) {
        match link::find(&self.lives, said) {
            link::Link::Same(rows) => self.tell(said, &rows),
            link::Link::Change(rows, flags) => {
                for row in rows {
                    self.change(said, row, &flags);
                }
            }
            link::Link::New => self.begin(said, Vec::new()),
            link::Link::Unsure
                if matches!(said.finding.action, Action::Set | Action::Moved)
                    || said.finding.day.is_some() =>
            {
                self.begin(said, vec![Flag::ChangeUnlinked]);
            }
            link::Link::Unsure => {
                let sentence = "The entry calls an event off or puts it off, and it is not certain which.";
                let issue = Issue::of_file(Severity::Review, Code::ChangeUnlinked, self.file, sentence);
                let number = said.entry.number.as_deref();
                self.issues.push(issue.at_row(said.entry.position).of_entry(number));
            }
        }
    }

    /// The same told again: only gaps are filled.
    fn tell(&mut self, said: &Said<'_>, rows: &[usize]) {
        for row in rows {
            let Some(life) = self.lives.get_mut(*row) else { continue };
            let facts = &mut life.facts;
            facts.place = facts.place.take().or_else(|| said.finding.place.clone());
            facts.room = facts.room.take().or_else(|| said.finding.room.clone());
            facts.judge = facts.judge.take().or_else(|| said.finding.judge.clone());
            if facts.time.is_none() && said.finding.time.is_some() {
                facts.time = said.finding.time;
                life.flags.retain(|flag| *flag != Flag::HourNotStated);
            }
            if said.finding.action == Action::Moved && said.finding.time.is_none() {
                life.flags.push(Flag::HourNotStated);
            }
            if life.label == "Hearing" {
                life.label.clone_from(&said.finding.label);
            }
            said.witness(life);
        }
    }

    fn change(&mut self, said: &Said<'_>, row: usize, flags: &[Flag]) {
        let Some(life) = self.lives.get_mut(row) else { return };
        let before = life.facts.clone();
        let after = said.facts(Some(&before));
        life.flags.retain(|flag| {
            !matches!(flag, Flag::HourNotStated | Flag::HourInferred | Flag::HourUnlikely | Flag::ZoneStated)
        });
        let all: Vec<Flag> = said.finding.flags.iter().chain(flags).copied().collect();
        life.flags.extend(all.iter().copied());
        life.steps.push(said.step(Some(before), after.clone(), all));
        life.facts = after;
        said.witness(life);
    }

    fn begin(&mut self, said: &Said<'_>, flags: Vec<Flag>) {
        let finding = said.finding;
        let facts = said.facts(None);
        let all: Vec<Flag> = finding.flags.iter().copied().chain(flags).collect();
        let origin = format!(
            "{}|{}|{}|{}|{}",
            self.docket.court,
            self.docket.number,
            finding.kind.word(),
            said.key,
            said.index
        );
        let mut life = Life {
            digest: key::digest(&origin),
            kind: finding.kind,
            label: finding.label.clone(),
            about: if finding.agenda || finding.kind == Kind::Meeting {
                Vec::new()
            } else {
                finding.about.clone()
            },
            zone: None,
            starts_at: None,
            facts: facts.clone(),
            steps: vec![said.step(None, facts, all.clone())],
            told_by: Vec::new(),
            flags: all,
            told_in: Vec::new(),
        };
        said.witness(&mut life);
        self.lives.push(life);
    }
}

impl Said<'_> {
    fn witness(&self, life: &mut Life) {
        if !life.told_by.iter().any(|key| key == self.key) {
            life.told_by.push(self.key.to_owned());
        }
        life.told_in.extend(self.entry.number.clone());
    }

    fn step(&self, before: Option<Facts>, after: Facts, flags: Vec<Flag>) -> Step {
        Step {
            position: self.entry.position,
            entry_key: self.key.to_owned(),
            entry: self.entry.number.clone(),
            on: self.entry.filed_on,
            action: self.finding.action,
            before,
            after,
            flags,
            span: self.finding.span.clone(),
        }
    }

    fn facts(&self, before: Option<&Facts>) -> Facts {
        let said = self.finding;
        let kept = |new: &Option<String>, old: Option<&Option<String>>| {
            new.clone().or_else(|| old.cloned().flatten())
        };
        let status = match said.action {
            Action::Set | Action::Moved => Status::Confirmed,
            Action::ToBeSet => Status::ToBeSet,
            Action::Cancelled => Status::Cancelled,
        };
        let old_day = before.and_then(|facts| facts.day);
        let old_time = before.and_then(|facts| facts.time);
        let (day, time) = match said.action {
            Action::Set | Action::Moved => (said.day, said.time),
            Action::ToBeSet => (None, None),
            Action::Cancelled => (old_day.or(said.day), old_time.or(said.time)),
        };
        Facts {
            status,
            day,
            time,
            place: kept(&said.place, before.map(|facts| &facts.place)),
            room: if said.place.is_some() {
                said.room.clone()
            } else {
                kept(&said.room, before.map(|facts| &facts.room))
            },
            judge: kept(&said.judge, before.map(|facts| &facts.judge)),
        }
    }
}

fn clock(life: &mut Life, court: Option<&courts::Court>) {
    let Some(court) = court else { return };
    life.zone = Some(court.zone);
    let (Some(day), Some(time)) = (life.facts.day, life.facts.time) else { return };
    let (at, clock) = wall::instant(court.zone, day, time);
    life.starts_at = Some(at);
    match clock {
        Clock::Plain => {}
        Clock::Gap => life.flags.push(Flag::HourInGap),
        Clock::Overlap => life.flags.push(Flag::HourTwice),
    }
    if !court.also.is_empty() {
        life.flags.push(Flag::SeveralZones);
    }
}

fn flags(file: &str, docket: &Docket, life: &Life) -> Vec<Issue> {
    let told: std::collections::BTreeSet<Flag> = life.flags.iter().copied().collect();
    let last = life.steps.last().map_or(0, |step| step.position);
    let number =
        docket.entries.iter().find(|entry| entry.position == last).and_then(|entry| entry.number.clone());
    let issue = |flag: Flag| {
        let sentence = format!("{}: {}", life.label, sentence(flag));
        Issue::of_file(Severity::Review, flag.code(), file, sentence).at_row(last).of_entry(number.as_deref())
    };
    // That the court sits in several zones is told once for the docket.
    told.into_iter().filter(|flag| *flag != Flag::SeveralZones).map(issue).collect()
}

fn sentence(flag: Flag) -> &'static str {
    match flag {
        Flag::HourNotStated => "the docket gives a day and no hour.",
        Flag::HourInferred => "the docket gives an hour without AM or PM; it was read by court hours.",
        Flag::HourUnlikely => "courts do not sit at that hour; it may be a slip.",
        Flag::ZoneStated => "the words name a time zone; compare it with the court's.",
        Flag::HourInGap => "the hour does not exist on that day; it was moved forward.",
        Flag::HourTwice => "the hour occurs twice on that day; the earlier one was taken.",
        Flag::SeveralZones => "the court sits in several time zones.",
        Flag::ChangeUnlinked => "it may belong to another event of the case.",
        Flag::FormerDayDiffers => "the former day in the words is not the one known.",
        Flag::OnlyOneOpen => "the words name no event; it was the only one open.",
    }
}
