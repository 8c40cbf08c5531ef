//! What an entry does to an event: sets, moves or cancels it, or leaves a doubt.

use std::sync::LazyLock;

use chrono::{Duration, NaiveDate};
use regex::Regex;

use super::candidates::Candidate;
use super::lead::Role;
use super::{Action, Doubt};
use crate::import::dates::Moment;
use crate::import::docket::Entry;
use crate::import::prose::{part, pattern};
use crate::import::report::Code;

static CANCELLED_HEAD: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)^\W*(?:hearing cancell?ed|(?:clerk'?s )?notice (?:of )?(?:vacating|cancell?ing|cancellation)|order vacating)",
    )
});
static VACATED_BY: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:the|this|said|such)\s+(?:motion\s+)?hearing(?:\s+dates?)?s?\s+(?:is|are)\s+(?:hereby\s+)?(?:vacated|cancell?ed|stricken)|\bproceedings:\s*(?:hearing\s+)?(?:vacated|cancell?ed)",
    )
});
pub(super) static AGAIN: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"(?i)\b(?:and\s+)?(?:reset|re-set|re-?scheduled|continued|adjourned)\s+(?:to|for|until)\b")
});
static CANCELS: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"(?i)\b(?:vacates|vacating|cancels|cancell?ing|strikes|striking)\b[^.;]{0,80}$")
});
static WILL: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?i)\bwill be (?:vacated|cancell?ed|stricken)"));
static CONDITION: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\bif\s+(?:a|an|any|no|timely|necessary|needed|requested|objections?|responses?|hearings?)\b|\b(?:if|proposed)\s*$|\bunless\b|\bin the event\b|\bopportunity for hearing\b[^.]{0,60}\bif\b",
    )
});
static MOVED_HEAD: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)^\W*(?:(?:[\w-]+\s+){0,2}hearing\s+(?:\([a-z ]+\)\s+)?(?:held and\s+)?(?:continued|rescheduled|reset)\b|hearing held and reset|hearing reset|meeting of creditors continued|order to (?:adjourn|continue|reschedule)|(?:[\w']+\s+){0,2}notice of (?:adjourn|continued|continuance|rescheduled|hearing\W{0,4}(?:continued|reset|re-?notice))|re-?notice|(?:clerk'?s )?notice (?:re-?scheduling|continuing)|order (?:re-?scheduling|continuing)|(?:stipulated |agreed )?order continuing|order granting (?:re )?(?:\[?\d+\]? )?(?:unopposed |agreed |administrative |consent |joint |stipulated )*(?:motion|request) to (?:continue|adjourn|reschedule)|disposition of hearing.{0,100}continued|letter of adjournment|reassigned case - notice of new hearing|.{0,1500}\bnew hearing (?:date|time)\b|virtual minute[^.]{0,800}continued to|notice of hearing \(re-?notice)",
    )
});
pub(super) static OFF: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)^[^.;]{0,120}?\b(?:is|are|was|be|been|hereby)\s+(?:hereby\s+)?(?:vacated|cancell?ed|stricken|struck)\b",
    )
});

static REQUESTS: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"(?i)\b(?:requests (?:that|the)|requesting|requested that|asks|asking|seeks|seeking)\b")
});
static RESCHEDULED_FROM: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"(?i)^\W*(?:[\w-]+\s+){1,3}(?:re-?scheduled|continued|adjourned|reset) from\b")
});
static NOT_HELD: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?i)^\s*(?:is |was )?not held\b"));
static MOVES_ON: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)^[^.;]{0,60}?\b(?:is|are|be|was|were|been)\s+(?:hereby\s+)?(?:moved|re-?set|continued|re-?scheduled|adjourned|postponed|advanced|changed)\b",
    )
});

/// What becomes of a day.
pub(super) enum Verdict {
    Is(Action),
    Doubt(Doubt),
    Nothing,
}

/// What the entry does to the event on that day.
pub(super) fn action(
    own: &str,
    one: &Candidate,
    sentence: std::ops::Range<usize>,
    has_former: bool,
) -> Verdict {
    let before = part(own, sentence.start..one.lead.start.max(sentence.start));
    let right = part(own, one.moment.end..sentence.end.max(one.moment.end));
    if WILL.is_match(right) {
        let text = "The entry says that a hearing will be cancelled by something else.";
        return Verdict::Doubt(Doubt::new(Code::CancelledOrMoved, text));
    }
    if NOT_HELD.is_match(right) {
        let text = "The entry says that the event was not held.";
        return Verdict::Doubt(Doubt::new(Code::CancelledOrMoved, text));
    }
    let by_entry = CANCELLED_HEAD.is_match(own) || VACATED_BY.is_match(own);
    if by_entry && has_former && one.lead.role == Role::Set {
        return Verdict::Is(Action::Moved);
    }
    if REQUESTS.is_match(before) && one.lead.role == Role::Moved {
        let text = "The entry tells of a request to move the event.";
        return Verdict::Doubt(Doubt::new(Code::ConditionalEvent, text));
    }
    let elsewhere = one.lead.role != Role::Moved && (CANCELS.is_match(before) || by_entry);
    if elsewhere || (OFF.is_match(right) && !AGAIN.is_match(right)) {
        return Verdict::Is(Action::Cancelled);
    }
    if one.lead.role == Role::Set && MOVES_ON.is_match(right) {
        let text = "The event is moved, and the entry's words have no new day that is certain.";
        return Verdict::Doubt(Doubt::new(Code::MovedWithoutDay, text));
    }
    if CONDITION.is_match(before) {
        return Verdict::Doubt(Doubt::new(
            Code::ConditionalEvent,
            "The hearing takes place only if somebody objects.",
        ));
    }
    match one.lead.role {
        Role::Former => Verdict::Nothing,
        Role::Moved => Verdict::Is(Action::Moved),
        Role::Set if RESCHEDULED_FROM.is_match(own) => Verdict::Is(Action::Moved),
        Role::Set if MOVED_HEAD.is_match(own) && !is_trial(&one.lead.label) => Verdict::Is(Action::Moved),
        Role::Set => Verdict::Is(Action::Set),
    }
}

/// Trials are set by an entry that continues a hearing, not moved by it.
fn is_trial(label: &str) -> bool {
    let label = label.to_lowercase();
    label.ends_with("trial") || label.starts_with("pre-trial")
}

/// Why a day can't be believed.
pub(super) fn unlikely(entry: &Entry, moment: &Moment, action: Action) -> Option<Doubt> {
    let written = entry.entered_on.map_or(entry.filed_on, |entered| entered.min(entry.filed_on));
    let (first, last): (NaiveDate, NaiveDate) = match action {
        Action::Cancelled => (written - Duration::days(7), written + Duration::days(1100)),
        Action::Set | Action::Moved | Action::ToBeSet => (written, written + Duration::days(1100)),
    };
    if moment.wrong_weekday {
        return Some(Doubt::new(Code::Contradiction, format!("{} is not the weekday named.", moment.day)));
    }
    (moment.day < first || moment.day > last).then(|| {
        Doubt::new(Code::UnlikelyDay, format!("{} lies before the entry or years after it.", moment.day))
    })
}
