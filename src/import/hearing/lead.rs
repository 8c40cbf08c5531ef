//! The words that lead up to a day and say what the day is: a setting, a former setting, or nothing of the kind.

use std::sync::LazyLock;

use regex::Regex;

use super::Kind;
use crate::import::prose::{after, before, pattern};

/// What a day is, as far as the words before it tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// The event is on that day.
    Set,
    /// The event goes to that day from another.
    Moved,
    /// The event had been on that day.
    Former,
}

/// The words before a day, understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Lead {
    pub role: Role,
    pub label: String,
    pub kind: Kind,
    /// Where the event's name begins in the text.
    pub start: usize,
    /// Certain only with an hour.
    pub needs_hour: bool,
    /// Certain even in what a party files: the court's own form, at the beginning of a sentence.
    pub form: bool,
}

const ADJECTIVE: &str = r"(?:initial|further|final|preliminary|continued|rescheduled|reset|adjourned|evidentiary|expedited|emergency|accelerated|status and|status|sentencing|motion|case management|scheduling|settlement|pre-?trial|pre-?motion|pre motion|confirmation|omnibus|bidding procedures|sales incentive|sales?|approval|disclosure statement|telephone|telephonic|show cause|discovery dispute|discovery|in-person|rule 16|markman|claim construction|jury|bench|adr|panel|oral|cash collateral|interim|next|first|amended|civil)";
const EVENT: &str = r"(?:341\s?(?:\(a\)|a)?\s+(?:first\s+)?meeting(?: of creditors)?|meeting of creditors|first meeting|mediation(?:\s+(?:conference|session|hearing))?(?:/hearing)?|deposition|argument|conference hearing|hearings?|conferences?|trial|teleconference|sentencing|(?:re-?)?arraignment|calendar call)(?:\s+dates?)?";
const TAIL: &str = r"(?:\s+(?:on|regarding|re|of|for|to|in|before|between|with)\b[^.;()]{0,140}?|,\s+to be [^,;.()]{3,60},)?";
const FILL: &str = r"(?:(?:which|that|currently|now|hereby|previously|originally|already|presently|is|are|has|have|had|been|was|were|will|be|shall|held|and)\s+){0,5}";
const VERB: &str = r"(?:specially set|scheduled|schedule|set|reset|re-set|re-?scheduled|continued|adjourned|moved|noticed|schd\.?)";

static SETTING: LazyLock<Regex> = LazyLock::new(|| {
    pattern(&format!(
        r"(?i)\b(?P<label>(?:{ADJECTIVE} {{1,2}})*{EVENT})(?P<tail>{TAIL}),?\s+(?P<verb>{FILL}{VERB}(?:\s+\(Trustee's 341 Filings\))?(?:\s+before [^.;()]{{3,60}}?)?(?:\s+to be held)?(?:\s+(?:for|to|on|from|until))?)\s*$"
    ))
});
static HELD: LazyLock<Regex> = LazyLock::new(|| {
    pattern(&format!(
        r"(?i)\b(?P<label>(?:{ADJECTIVE} {{1,2}})*{EVENT})(?P<tail>{TAIL})\s+(?P<verb>(?:is |are |reset )?to be h(?:eld|eard)(?:\s+on)?|(?:will|shall) be held(?:\s+[a-z ]{{1,40}}?)?(?:\s+on)?)\s*(?:DATE:\s*)?$"
    ))
});
static FOR_HEARING: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?P<verb>re-?set|re-?scheduled|set|scheduled|continued|noticed)\s+for\s+(?P<label>hearing)\s+(?:on|for)\s*$",
    )
});
static WAS: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:previously|originally|currently|presently)\s+(?:set|scheduled|noticed)\s+(?:for|on)(?:\s+hearing on)?\s*$",
    )
});
static CASE_SET: LazyLock<Regex> = LazyLock::new(|| {
    pattern(&format!(
        r"(?i)\b(?:set|scheduled|calendared)(?:\s+(?:the|this)\s+(?:matter|case))?\s+for\s+(?:an?\s+|the\s+)?(?P<label>(?:{ADJECTIVE} {{1,2}})*{EVENT})\s+on\s*$"
    ))
});
static HEARING_ON: LazyLock<Regex> =
    LazyLock::new(|| pattern(&format!(r"(?i)\b(?P<label>(?:{ADJECTIVE} {{1,2}})*hearing)\s+on\s*$")));
static MATTER: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"(?i)\bmatter\s+(?:set|scheduled|noticed)\s+(?:before\s+[^.;()]{3,60}?\s)?(?:on|for)\s*$")
});
static DATE_OF: LazyLock<Regex> = LazyLock::new(|| {
    pattern(&format!(r"(?i)\b(?P<label>(?:{ADJECTIVE} {{1,2}})*(?:hearing|conference|trial))\s+date of\s*$"))
});
static DATE_IS: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"(?i)\b(?P<verb>correct|corrected|new|rescheduled)?\s*(?P<label>hearing) date(?: is\s|:)\s*$")
});
static COURT_SAYS: LazyLock<Regex> = LazyLock::new(|| {
    pattern(&format!(
        r"(?i)\b(?:(?:hold|conduct|convene)\s+an?|appear\b[^.;()]{{0,60}}?\b(?:for|at)\s+(?:an?|the|their)|setting(?:\s+an?)?|scheduling(?:\s+an?)?)\s+(?P<label>(?:{ADJECTIVE} {{1,2}})*{EVENT})(?:\s[^.;()]{{0,140}}?)?\s+(?:on|for)\s*$"
    ))
});
static PANEL: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?i)\bsetting\s[^.;()]{0,60}?for\s+(?P<label>(?:panel )?hearing)\s+on\s*$"));
static NOTICE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(&format!(
        r"(?i)^\W*(?:amended\s+)?notice of\s+(?P<label>(?:{ADJECTIVE} {{1,2}})*{EVENT})(?:\s+on)?\s*$"
    ))
});
static CONTINUANCE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"(?i)^\W*continuance of\s+(?P<label>meeting of creditors|hearing)\s+(?:on|to)\s*$")
});
static PUTS_OFF: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:(?:continu|adjourn|postpon|re-?schedul|re-?sett?|advanc|vacat|cancell?)(?:ing|es)|to (?:continue|adjourn|postpone|reschedule|vacate|cancel|reset))\s+(?:generally\s+)?(?P<object>[^.;]{0,60})$",
    )
});
static RESETS: LazyLock<Regex> = LazyLock::new(|| {
    pattern(&format!(
        r"(?i)\b(?:re-?setting|re-?scheduling|continuing)\s+(?:an?\s+|the\s+)?(?P<label>(?:{ADJECTIVE} {{1,2}})*{EVENT})\s+(?:for|to)\s*$"
    ))
});
static GAP_HEAD: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)^\W*(?:(?:amended|court|re|corrected)\W+)*(?:notice of (?:motion|hearing)|(?P<own>hearing) re:|first meeting of creditors)",
    )
});
static GAP: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?i)\b(?:scheduled\s+for|to be held on|schd\.?)\s*$"));
static MOVED_TO: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:reset|re-set|re-?scheduled|continued|adjourned|moved|postponed|adj\.|continue hearing date)\s+(?:for|to|until)(?:\s+hearing on)?\s*$",
    )
});
static DEADLINE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:deadlines?|due|response|reply|answer|discovery|experts?|briefing|time to|time for|cut-?off|stayed|extended|bar date)\b",
    )
});

static EVENTS: LazyLock<Regex> =
    LazyLock::new(|| pattern(&format!(r"(?i)\b(?P<label>(?:{ADJECTIVE} {{1,2}})*{EVENT})")));
static ABOUT: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"(?i)\bmotions?\b|\bproceedings:|\bhearing held\b|^\s*\(?$|\(\s*$|\bdisposition of hearing\b")
});
static DUE: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?i)\b(?:due by|due:|deadline|objections? due|opposition due|held on)\b"));

/// Reads the words before `at`, the beginning of a day in `own`. `sentence` is where its sentence begins.
pub(super) fn read(own: &str, sentence: usize, at: usize) -> Option<Lead> {
    let left = before(own, at, 330);
    let asks_to_move = puts_off_head(own);
    let base = at - left.len();
    for form in [&*SETTING, &*HELD] {
        if let Some(found) = last(form, left) {
            let lead = setting(&found, base, left, asks_to_move)?;
            let fields = left.trim_end().ends_with("DATE:");
            return Some(Lead { form: lead.form || fields || GAP_HEAD.is_match(own), ..lead });
        }
    }
    if let Some(found) = FOR_HEARING.captures(left) {
        let form = found.name("verb").is_some_and(|verb| MOTION.is_match(before(left, verb.start(), 40)));
        return Some(Lead { form, ..setting(&found, base, left, asks_to_move)? });
    }
    if let Some(found) = CASE_SET.captures(left) {
        return Some(Lead { needs_hour: true, ..plain(&found, base, Role::Set)? });
    }
    if let Some(found) = DATE_IS.captures(left) {
        let verb = found.name("verb").map(|verb| verb.as_str().to_lowercase());
        let role =
            if matches!(verb.as_deref(), Some("new" | "rescheduled")) { Role::Moved } else { Role::Set };
        return Some(Lead { needs_hour: verb.is_none(), form: true, ..plain(&found, base, role)? });
    }
    if MATTER.is_match(left) || WAS.is_match(left) {
        return Some(bare("Hearing", Role::Former, at));
    }
    if let Some(found) = DATE_OF.captures(left) {
        return plain(&found, base, Role::Former);
    }
    if let Some(found) = CONTINUANCE.captures(left).filter(|_| base == 0).or_else(|| RESETS.captures(left)) {
        return Some(Lead { needs_hour: true, form: true, ..plain(&found, base, Role::Moved)? });
    }
    if let Some(found) = NOTICE.captures(left).filter(|_| base == 0).or_else(|| COURT_SAYS.captures(left)) {
        return Some(Lead { needs_hour: true, ..plain(&found, base, Role::Set)? });
    }
    if let Some(found) = PANEL.captures(left) {
        return plain(&found, base, Role::Set);
    }
    moved(own, left, sentence, at).or_else(|| gap(own, left, at)).or_else(|| hearing_on(left, base))
}

/// The last way in which a form fits: the event's name nearest to the day.
fn last<'a>(form: &Regex, left: &'a str) -> Option<regex::Captures<'a>> {
    let mut found = form.captures(left)?;
    while let Some(next) = found.name("label").and_then(|label| form.captures_at(left, label.end())) {
        found = next;
    }
    Some(found)
}

fn hearing_on(left: &str, base: usize) -> Option<Lead> {
    let found = HEARING_ON.captures(left)?;
    let certain = found.name("label").is_some_and(|label| begins(before(left, label.start(), 24)));
    certain.then(|| Some(Lead { needs_hour: true, form: true, ..plain(&found, base, Role::Set)? }))?
}

fn setting(found: &regex::Captures<'_>, base: usize, left: &str, asks_to_move: bool) -> Option<Lead> {
    let verb = found.name("verb").map_or(String::new(), |verb| verb.as_str().to_lowercase());
    let label = found.name("label")?;
    let tail = found.name("tail").map_or("", |tail| tail.as_str());
    if DEADLINE.is_match(tail) && !tail.to_lowercase().contains("motion") {
        return None;
    }
    let was = ["previously", "originally", "currently", "presently", "has been noticed", "had been", "from"];
    let verbs = ["reset", "re-set", "rescheduled", "re-scheduled", "continued", "adjourned", "moved"];
    let adjective = label.as_str().to_lowercase();
    let moved = verbs.iter().any(|word| verb.contains(word))
        || (!adjective.contains("trial") && verbs.iter().any(|word| adjective.starts_with(word)));
    if verb.contains("heard") && !tail.is_empty() {
        return None;
    }
    let put_off = puts_off(before(left, label.start(), 120)) && speaks_of_old(&verb);
    let role = if put_off || was.iter().any(|word| verb.contains(word)) {
        Role::Former
    } else if moved {
        Role::Moved
    } else {
        Role::Set
    };
    let open = before(left, label.start(), 24);
    let certain = begins(open) && (!asks_to_move || after_point(open));
    let form = tail.is_empty() && certain && !verb.contains("that");
    // "That the conference be adjourned to" is often somebody's wish.
    let needs_hour = verb.trim_start().starts_with("be ");
    Some(Lead { needs_hour, form, ..plain(found, base, role)? })
}

static MOTION: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?:^|[.;,)\]]\s*)Motions?(?:\s?\[\d+\])*\s+$"));

/// "Continuing the hearing set for" speaks of the former day; "Continuing hearing. Hearing reset for" does not.
fn speaks_of_old(verb: &str) -> bool {
    let verb = verb.trim();
    let old = ["set", "set for", "scheduled", "scheduled for", "noticed for"];
    old.iter().any(|end| verb.ends_with(end)) && !verb.contains("reset") && !verb.contains("rescheduled")
}

/// Whether the entry begins by asking to move something; then a setting in its title is the old one.
fn puts_off_head(own: &str) -> bool {
    static ASKED: LazyLock<Regex> = LazyLock::new(|| {
        pattern(r"(?i)\bto\s+(?:continue|adjourn|postpone|reschedule|vacate|cancel|reset|advance)\b")
    });
    ASKED.is_match(after(own, 0, 120))
}

/// Whether the words end where a sentence ends.
fn after_point(words: &str) -> bool {
    let words = words.trim_end().to_lowercase();
    words.is_empty() || words.ends_with(['.', ';', ')', ']', ':']) || words.ends_with("with")
}

static JOINED: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?i)\b(?:hearing|conference|trial|sentencing)\s+(?:and|&)\s"));

/// Whether these words put off the event whose name follows them.
fn puts_off(words: &str) -> bool {
    let object = PUTS_OFF.captures(words).and_then(|found| found.name("object"));
    object.is_some_and(|object| !EVENTS.is_match(&JOINED.replace_all(object.as_str(), "")))
}

/// Whether a sentence, or a line that the court's form adds, can begin after these words.
fn begins(words: &str) -> bool {
    static BEGIN: LazyLock<Regex> = LazyLock::new(|| {
        pattern(
            r"(?:^\s*|[.;,)\]:-]\s*|\s{4,}|\b[Ww]ith\s+|\bMotion\s+|\b[A-Z][\w.&'’]*\s+(?:The\s+)?|[.)]\s+The\s+)$",
        )
    });
    static ASKING: LazyLock<Regex> = LazyLock::new(|| {
        pattern(
            r"(?i)\b(?:continue|adjourn|reschedule|reset|vacate|postpone|cancel|move|advance|expedite|shorten|extend|strike|for|appear|attend|at|re|regarding|to|of|set|notice|and|or|on)\s+(?:the\s+)?$",
        )
    });
    BEGIN.is_match(words) && !ASKING.is_match(words)
}

fn plain(found: &regex::Captures<'_>, base: usize, role: Role) -> Option<Lead> {
    let label = found.name("label")?;
    let start = base + found.get(0)?.start().max(label.start().min(found.get(0)?.end()));
    Some(Lead { start, ..bare(label.as_str(), role, 0) })
}

fn bare(label: &str, role: Role, start: usize) -> Lead {
    Lead { role, label: name(label), kind: kind(label), start, needs_hour: false, form: false }
}

fn moved(own: &str, left: &str, sentence: usize, at: usize) -> Option<Lead> {
    let found = MOVED_TO.find(left)?;
    let start = at - left.len() + found.start();
    let since = own.get(sentence.min(start)..start).unwrap_or_default();
    let earlier = before(own, start, 260);
    if DEADLINE.is_match(since) {
        return None;
    }
    let label = EVENTS.captures_iter(since).last().or_else(|| EVENTS.captures_iter(earlier).last());
    let label = label.and_then(|found| found.name("label")).map(|label| label.as_str().to_owned());
    let named = EVENTS.is_match(since) || found.as_str().to_lowercase().contains("hearing");
    if !(named || ABOUT.is_match(since) || ABOUT.is_match(earlier)) {
        return None;
    }
    let label = label.unwrap_or_else(|| "Hearing".to_owned());
    Some(Lead {
        needs_hour: true,
        form: found.as_str().to_lowercase().contains("hearing date"),
        ..bare(&label, Role::Moved, start)
    })
}

fn gap(own: &str, left: &str, at: usize) -> Option<Lead> {
    let found = GAP.find(left)?;
    let head = GAP_HEAD.find(own)?;
    let between = own.get(head.end()..at)?;
    let lower = own.get(..at)?.to_lowercase();
    if DUE.is_match(between) || !(lower.contains("hearing") || lower.contains("meeting")) {
        return None;
    }
    let label = if lower.contains("meeting of creditors") { "meeting of creditors" } else { "hearing" };
    Some(Lead { form: true, ..bare(label, Role::Set, at - left.len() + found.start()) })
}

/// The kind that a name stands for.
pub(super) fn kind(label: &str) -> Kind {
    let label = label.to_lowercase();
    if label.contains("mediation") {
        Kind::Mediation
    } else if label.contains("deposition") {
        Kind::Deposition
    } else if label.contains("meeting") {
        Kind::Meeting
    } else {
        Kind::Hearing
    }
}

/// A name as a person would write it: `Case Management Conference`.
pub(super) fn name(label: &str) -> String {
    let lower = label.split('/').next().unwrap_or(label).to_lowercase();
    if lower.contains("meeting") {
        return "Meeting of Creditors".to_owned();
    }
    if lower.starts_with("notice of motion") {
        return "Motion Hearing".to_owned();
    }
    let dropped =
        ["continued", "rescheduled", "reset", "adjourned", "amended", "next", "and", "date", "dates"];
    let words: Vec<&str> = lower.split_whitespace().collect();
    let verb = usize::from(lower.starts_with("scheduling ") && lower.ends_with("hearing"));
    let words: Vec<&str> = words.into_iter().skip(verb).collect();
    let first = words.iter().position(|word| !dropped.contains(word)).unwrap_or(0);
    let kept = words.iter().skip(first).filter(|word| !matches!(**word, "date" | "dates"));
    kept.map(|word| capital(word.strip_suffix("hearings").map_or(*word, |_| "hearing")))
        .collect::<Vec<_>>()
        .join(" ")
}

fn capital(word: &str) -> String {
    if matches!(word, "and") {
        return word.to_owned();
    }
    let mut chars = word.chars();
    chars.next().map(|first| first.to_uppercase().collect::<String>() + chars.as_str()).unwrap_or_default()
}
