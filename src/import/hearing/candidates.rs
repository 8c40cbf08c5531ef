//! From the days in an entry's words to findings: each day is judged by the words around it, doubts are set apart.

use std::sync::LazyLock;

use chrono::{NaiveDate, Timelike as _};
use regex::Regex;

use super::lead::{self, Lead, Role};
use super::verdict::{AGAIN, OFF, Verdict, action, unlikely};
use super::words::{Subject, Voice, Words};
use super::{Action, Doubt, Finding, Flag, Found, place, refs};
use crate::import::dates::{Moment, moments};
use crate::import::docket::Entry;
use crate::import::prose::{after, part, pattern, sentence_at};
use crate::import::report::Code;

static CANCELLED_OR_MOVED: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?i)\bhearings?\s+cancell?ed\s*/\s*rescheduled"));
static VIRTUAL: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?i)^\W*virtual minutes?\b[^:]{0,60}\b(?:on|of):\s*$"));
static THERE_SHALL_BE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"(?i)^,?\s*there (?:shall|will) be an?\s+(?P<label>(?:[a-z-]+\s+){0,3}(?:hearing|conference))\b")
});
static NAMED_AFTER: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"(?i)^\s+(?P<label>notice of motion date|(?:[a-z-]+\s+){0,2}(?:hearing|conference|trial))\b")
});
static TO: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?i)^,?\s+to(?:\s+for)?\s*$"));
static NEXT_IN_LIST: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?i)^[\s.,;&]*(?:and\s+)?$"));
static ZONE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"^\s*\(?(?i:prevailing\s+)?(?:[ECMP][SD]?T\b|(?i:eastern|central|mountain|pacific)\b)")
});
static OVERRIDE: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?i)\bcorrect hearing date is\b"));

/// A day in the words, and what leads up to it.
pub(super) struct Candidate {
    pub moment: Moment,
    pub lead: Lead,
}

/// Adds what the days in the words say.
pub(super) fn read(words: &Words, entry: &Entry, found: &mut Found) {
    let own = &words.own;
    if CANCELLED_OR_MOVED.is_match(own) {
        let sentence = "The entry says cancelled or rescheduled, and not which of the two.";
        return found.doubts.push(Doubt::new(Code::CancelledOrMoved, sentence));
    }
    let mut candidates = candidates(words, entry);
    if OVERRIDE.is_match(own) {
        candidates
            .retain(|one| OVERRIDE.is_match(part(own, one.lead.start.saturating_sub(12)..one.moment.start)));
    }
    demote(own, &mut candidates);
    let about = about(words, entry);
    for one in &candidates {
        if let Some(finding) = judge(words, entry, one, &candidates, &about, found) {
            found.findings.push(finding);
        }
    }
    settle(found);
    hour_elsewhere(own, entry.filed_on, found);
}

fn candidates(words: &Words, entry: &Entry) -> Vec<Candidate> {
    let own = &words.own;
    let mut found: Vec<Candidate> = Vec::new();
    let mut last: Option<(usize, Lead)> = None;
    for moment in moments(own, entry.filed_on) {
        let sentence = sentence_at(own, moment.start).start;
        let follows = last.take().filter(|(end, _)| NEXT_IN_LIST.is_match(part(own, *end..moment.start)));
        let read = lead::read(own, sentence, moment.start).or_else(|| around(own, &moment));
        let read = read.or_else(|| onward(own, found.last(), &moment));
        let lead = match (read, follows) {
            (Some(lead), _) => Some(lead),
            (None, Some((_, lead))) if moment.time.is_some() => Some(lead),
            (None, _) => None,
        };
        let Some(lead) = lead else { continue };
        if lead.role != Role::Former
            && ((words.voice == Voice::Asks && !lead.form) || (lead.needs_hour && moment.time.is_none()))
        {
            continue;
        }
        if moment.time.is_some() && lead.role == Role::Set {
            last = Some((moment.end, lead.clone()));
        }
        found.push(Candidate { moment, lead });
    }
    found
}

/// "From this day to that": the second is where the event goes.
fn onward(own: &str, last: Option<&Candidate>, moment: &Moment) -> Option<Lead> {
    let last = last.filter(|last| last.lead.role == Role::Former)?;
    let joined = TO.is_match(part(own, last.moment.end..moment.start));
    joined.then(|| Lead { role: Role::Moved, needs_hour: true, form: last.lead.form, ..last.lead.clone() })
}

/// Days that are explained by what follows or frames them rather than by what precedes.
fn around(own: &str, moment: &Moment) -> Option<Lead> {
    let right = after(own, moment.end, 160);
    let lead = |label: &str, role| Lead {
        role,
        label: lead::name(label),
        kind: lead::kind(label),
        start: moment.start,
        needs_hour: role == Role::Set,
        form: false,
    };
    if let Some(label) = THERE_SHALL_BE.captures(right).and_then(|found| found.name("label")) {
        return Some(lead(label.as_str(), Role::Set));
    }
    let named = NAMED_AFTER.captures(right).filter(|_| OFF.is_match(right));
    if let Some(label) = named.as_ref().and_then(|found| found.name("label")) {
        return Some(lead(label.as_str(), Role::Former));
    }
    VIRTUAL.is_match(part(own, 0..moment.start)).then(|| lead("hearing", Role::Former))
}

/// A setting that the same sentence goes on to move is a former one.
fn demote(own: &str, candidates: &mut [Candidate]) {
    for next in 1..candidates.len() {
        let [.., first, second] = candidates.get_mut(..=next).unwrap_or_default() else { continue };
        let between = part(own, first.moment.end..second.moment.start);
        let same = sentence_at(own, first.moment.start).contains(&second.moment.start);
        if same && second.lead.role == Role::Moved && first.lead.role == Role::Set && AGAIN.is_match(between)
        {
            first.lead.role = Role::Former;
        }
        if same
            && second.lead.role == Role::Moved
            && first.lead.role == Role::Former
            && second.lead.label == "Hearing"
        {
            second.lead.label.clone_from(&first.lead.label);
            second.lead.kind = first.lead.kind;
        }
    }
}

fn judge(
    words: &Words,
    entry: &Entry,
    one: &Candidate,
    all: &[Candidate],
    about: &[String],
    found: &mut Found,
) -> Option<Finding> {
    let own = &words.own;
    let sentence = sentence_at(own, one.moment.start);
    let has_former = all.iter().any(|other| other.lead.role == Role::Former);
    let action = match action(own, one, sentence.clone(), has_former) {
        Verdict::Is(action) => action,
        Verdict::Doubt(doubt) => {
            found.doubts.push(doubt);
            return None;
        }
        Verdict::Nothing => return None,
    };
    if let Some(doubt) = unlikely(entry, &one.moment, action) {
        found.doubts.push(doubt);
        return None;
    }
    let former = all.iter().rfind(|other| {
        other.lead.role == Role::Former
            && other.moment.start < one.moment.start
            && sentence.contains(&other.moment.start)
    });
    let former = former.or_else(|| {
        all.iter().find(|other| other.lead.role == Role::Former && other.lead.label == one.lead.label)
    });
    let former = former.filter(|_| action == Action::Moved).map(|former| former.moment.day);
    let place = place::read(own, one.moment.end);
    Some(Finding {
        kind: one.lead.kind,
        action,
        label: one.lead.label.clone(),
        day: Some(one.moment.day),
        time: one.moment.time,
        former,
        place: place.venue,
        room: place.room,
        judge: place.judge,
        about: about.to_vec(),
        agenda: words.agenda,
        flags: flags(own, &one.moment, action),
        span: one.lead.start.min(one.moment.start)..one.moment.end,
    })
}

fn flags(own: &str, moment: &Moment, action: Action) -> Vec<Flag> {
    let stated = ZONE.is_match(after(own, moment.end, 30));
    let no_hour = moment.time.is_none() && action != Action::Cancelled;
    let odd = moment.time.is_some_and(|time| !(7..20).contains(&time.hour()));
    let all = [
        (no_hour, Flag::HourNotStated),
        (moment.inferred, Flag::HourInferred),
        (odd, Flag::HourUnlikely),
        (stated, Flag::ZoneStated),
    ];
    all.into_iter().filter(|(on, _)| *on).map(|(_, flag)| flag).collect()
}

fn about(words: &Words, entry: &Entry) -> Vec<String> {
    let itself = || entry.number.iter().cloned().collect();
    let named = refs::of(entry.words(), &words.own);
    match words.subject {
        Subject::Itself => itself(),
        Subject::NamedOrItself if named.is_empty() => itself(),
        Subject::NamedOrItself | Subject::Named => named,
    }
}

/// A day without an hour takes the hour that the same words give for that day elsewhere, where it is one only.
fn hour_elsewhere(own: &str, near: NaiveDate, found: &mut Found) {
    let said = moments(own, near);
    for finding in found.findings.iter_mut().filter(|finding| finding.time.is_none()) {
        let mut hours = said
            .iter()
            .filter(|one| Some(one.day) == finding.day && !one.inferred)
            .filter_map(|one| one.time);
        if let (Some(hour), None) = (hours.next(), hours.next()) {
            finding.time = Some(hour);
            finding.flags.retain(|flag| *flag != Flag::HourNotStated);
        }
    }
}

/// One finding a setting: the same told twice is one, and a setting told in two ways is a doubt.
fn settle(found: &mut Found) {
    let mut kept: Vec<Finding> = Vec::new();
    for finding in std::mem::take(&mut found.findings) {
        let twin = kept.iter_mut().find(|old| {
            old.kind == finding.kind
                && old.day == finding.day
                && (old.time == finding.time || old.time.is_none() || finding.time.is_none())
        });
        match twin {
            Some(old) => merge(old, finding),
            None => kept.push(finding),
        }
    }
    let clash = |one: &Finding| {
        kept.iter().any(|other| {
            one.kind == other.kind
                && one.day == other.day
                && one.time != other.time
                && one.label == other.label
        })
    };
    let (bad, good): (Vec<_>, Vec<_>) = kept.clone().into_iter().partition(clash);
    if !bad.is_empty() {
        let sentence = "The entry gives two different hours for one event.";
        found.doubts.push(Doubt::new(Code::Contradiction, sentence));
    }
    found.findings = good;
}

fn merge(old: &mut Finding, new: Finding) {
    if old.time.is_none() && new.time.is_some() {
        old.time = new.time;
        old.flags.retain(|flag| *flag != Flag::HourNotStated);
    }
    if old.label == "Hearing" {
        old.label = new.label;
    }
    if old.action == Action::Set {
        old.action = new.action;
    }
    old.former = old.former.or(new.former);
    if old.place.is_some() && new.place.is_some() && old.room != new.room {
        old.place = None;
        old.room = None;
    } else if old.place.is_none() {
        old.place = new.place;
        old.room = new.room;
    }
    old.judge = old.judge.take().or(new.judge);
}
