//! What entries say about events without giving a day: put off to an open date, stricken, vacated.

use std::sync::LazyLock;

use regex::Regex;

use super::words::{Voice, Words};
use super::{Action, Doubt, Finding, Found, Kind, lead, refs};
use crate::import::docket::Entry;
use crate::import::prose::{part, pattern, sentence_at};
use crate::import::report::Code;

static OPEN: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:continu(?:ed|ing)|adjourn(?:ed|ing)|re-?scheduled|postponed)\s+(?:to\s+(?:an?\s+)?(?:be re-?set|be re-?scheduled|open date|date (?:and time )?to be (?:determined|set|announced|fixed)|tbd\b|further notice)|generally|sine die|without (?:a )?date|until further notice)",
    )
});
static EVENT: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"(?i)\b(?:341|meeting of creditors|hearing|conference|trial|mediation|argument)\b")
});
static STRICKEN: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)^\W*hearings? (?:stricken|vacated|cancell?ed)\b|\b(?:order|notice)\b[^.;]{0,120}\bvacating\s+(?:the\s+)?(?:motion\s+)?hearings?\b|\border\b[^;]{0,200}\band vacating hearing\b",
    )
});
static ALL: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\ball (?:pending )?(?:hearings?|hearing dates|dates)\b[^.]{0,120}\b(?:vacated|cancell?ed|stricken)",
    )
});
static PUT_OFF: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)^\W*(?:amended )?(?:statement\W+)?notice of (?:adjourn|continued (?:section )?(?:341|hearing|meeting)|rescheduled|continuance)",
    )
});
static STILL_ASKED: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?i)\b(?:denying|denied|request|proposed)\b"));

/// Adds what is said without a day.
pub(super) fn read(words: &Words, entry: &Entry, found: &mut Found) {
    let own = &words.own;
    if ALL.is_match(own) {
        let sentence = "All hearings of the case, or before one judge, are called off; see which are meant.";
        found.doubts.push(Doubt::new(Code::AllVacated, sentence));
        return;
    }
    if let Some(open) = OPEN.find(own) {
        let sentence = sentence_at(own, open.start());
        let named = EVENT.find(part(own, sentence)).or_else(|| EVENT.find(own));
        let lives = found.findings.iter().any(|finding| finding.action != Action::Cancelled);
        if let (Some(event), false, false) = (named, words.voice == Voice::Asks, lives) {
            let former = found.findings.iter().find_map(|finding| finding.day);
            found.findings.clear();
            found.findings.push(Finding {
                former,
                ..bare(words, entry, event.as_str(), Action::ToBeSet, open.range())
            });
        }
        return;
    }
    if !found.findings.is_empty() || !found.doubts.is_empty() {
        return;
    }
    if let Some(stricken) = STRICKEN.find(own).filter(|_| words.voice != Voice::Asks) {
        if !STILL_ASKED.is_match(stricken.as_str())
            || stricken.as_str().to_lowercase().contains("vacating hearing")
        {
            found.findings.push(bare(words, entry, "hearing", Action::Cancelled, stricken.range()));
        }
    } else if PUT_OFF.is_match(own) {
        let sentence = "A hearing is put off, and the entry's words have no new day.";
        found.doubts.push(Doubt::new(Code::MovedWithoutDay, sentence));
    }
}

fn bare(words: &Words, entry: &Entry, event: &str, action: Action, span: std::ops::Range<usize>) -> Finding {
    let meeting = event.contains("341") || event.to_lowercase().contains("meeting");
    let kind = if meeting { Kind::Meeting } else { lead::kind(event) };
    Finding {
        kind,
        action,
        label: if meeting { "Meeting of Creditors".to_owned() } else { lead::name(event) },
        day: None,
        time: None,
        former: None,
        place: None,
        room: None,
        judge: None,
        about: refs::of(entry.words(), &words.own),
        agenda: false,
        flags: Vec::new(),
        span,
    }
}
