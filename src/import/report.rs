//! What an import has to say about its files: one issue a fact, as JSON for programs and as text for people.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde::Serialize;

use crate::telemetry::log::is_steering;

/// How much an issue weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Worth knowing; nobody has to act.
    Note,
    /// A person decides before anything follows from it.
    Review,
    /// Not taken in.
    Refused,
}

/// What an issue is about. The names are stable: programs may match them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Code {
    /// The path can't be opened or read.
    Unreadable,
    /// The file is larger than the importer takes.
    TooLarge,
    /// A link that leads back to a folder already read, or nowhere.
    LinkNotFollowed,
    /// Not a docket file by its name.
    NotJson,
    /// The bytes are not UTF-8.
    NotUtf8,
    /// The file begins with a byte order mark, which was skipped.
    ByteOrderMark,
    /// The text is not JSON, or ends too early.
    BadJson,
    /// JSON, but no docket.
    NotADocket,
    /// One filing's list of attachments; it has no case to belong to.
    AttachmentList,
    /// The docket lacks what every docket must have.
    DocketIncomplete,
    /// A member of the docket has another type than it should.
    WrongType,
    /// A row can't be taken in.
    BadRow,
    /// A day that is no day.
    BadDate,
    /// The court's id is not known, so its zone isn't either.
    UnknownCourt,
    /// The court sits in several time zones.
    SeveralZones,
    /// The entry has nothing but its text to be told apart by.
    WeakKey,
    /// A text is longer than any clerk's: not searched for events, or, where it is refused, not taken in.
    TextTooLong,
    /// A text holds a control character.
    BadText,
    /// The entry speaks of sealing, redaction or restricted access.
    SealedWords,
    /// The entry's words differ from those of an earlier import.
    EntryChanged,
    /// The docket's head differs from that of an earlier import.
    HeadChanged,
    /// The database refused the docket; nothing of it was written.
    NotWritten,
    /// The entry says of itself that it was made in error or withdrawn.
    EntryInError,
    /// A hearing that takes place only if somebody objects.
    ConditionalEvent,
    /// Cancelled or moved: the text does not say which.
    CancelledOrMoved,
    /// Several hearings at once are called off without naming them.
    AllVacated,
    /// A hearing is put off and the text has no new day.
    MovedWithoutDay,
    /// The text contradicts itself about a day or an hour.
    Contradiction,
    /// The day lies before the entry or years after it.
    UnlikelyDay,
    /// An hour without AM or PM, read by court hours.
    HourInferred,
    /// A day without an hour.
    HourNotStated,
    /// An hour at which courts do not sit.
    HourUnlikely,
    /// The text names a time zone.
    ZoneStated,
    /// The hour does not exist on that day's clock and was moved forward.
    HourInGap,
    /// The hour occurs twice on that day; the earlier one was taken.
    HourTwice,
    /// A change that fits no event, or more than one.
    ChangeUnlinked,
    /// The former day that the text gives is not the event's.
    FormerDayDiffers,
    /// A change that names no event was given to the only one that was open.
    OnlyOneOpen,
}

impl Code {
    /// The stable name, as it stands in JSON.
    pub fn name(self) -> String {
        serde_json::to_value(self).ok().and_then(|v| v.as_str().map(str::to_owned)).unwrap_or_default()
    }
}

/// One thing to say about one place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Issue {
    /// How much it weighs.
    pub severity: Severity,
    /// What it is about.
    pub code: Code,
    /// The file, relative to what was imported.
    pub file: String,
    /// Where in the JSON, such as `docket_entries[12].date_filed`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// The row within its list, from 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub row: Option<usize>,
    /// The line of the file, from 1, where the text itself is broken.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<usize>,
    /// The entry's number as the court printed it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub entry: Option<String>,
    /// One sentence for a person.
    pub sentence: String,
}

impl Issue {
    /// An issue about a whole file.
    pub fn of_file(severity: Severity, code: Code, file: &str, sentence: impl Into<String>) -> Self {
        let sentence = sentence.into();
        Self {
            severity,
            code,
            file: file.to_owned(),
            path: None,
            row: None,
            line: None,
            entry: None,
            sentence,
        }
    }

    /// The same issue, at a place in the JSON.
    #[must_use]
    pub fn at_path(mut self, path: impl Into<String>) -> Self {
        self.path = Some(path.into());
        self
    }

    /// The same issue, at a row.
    #[must_use]
    pub fn at_row(mut self, row: usize) -> Self {
        self.row = Some(row);
        self
    }

    /// The same issue, at a line.
    #[must_use]
    pub fn at_line(mut self, line: usize) -> Self {
        self.line = Some(line);
        self
    }

    /// The same issue, naming the entry.
    #[must_use]
    pub fn of_entry(mut self, number: Option<&str>) -> Self {
        self.entry = number.map(str::to_owned);
        self
    }
}

/// All issues of an import, in the order they were found.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Report {
    /// The issues.
    pub issues: Vec<Issue>,
}

impl Report {
    /// How many issues weigh that much.
    pub fn count(&self, severity: Severity) -> usize {
        self.issues.iter().filter(|issue| issue.severity == severity).count()
    }

    /// For programs: an object with the list `issues`.
    pub fn json(&self) -> serde_json::Result<String> {
        serde_json::to_string_pretty(self)
    }

    /// For people: a paragraph a file, heaviest issues first, and the totals at the end.
    pub fn text(&self) -> String {
        let mut files: BTreeMap<&str, Vec<&Issue>> = BTreeMap::new();
        for issue in &self.issues {
            files.entry(&issue.file).or_default().push(issue);
        }
        let mut out = String::new();
        for (file, mut issues) in files {
            issues.sort_by_key(|issue| (std::cmp::Reverse(issue.severity), issue.row));
            let _ = writeln!(out, "{}", escaped(file));
            for issue in issues {
                let _ = writeln!(out, "  {}", escaped(&line(issue)));
            }
        }
        let (refused, review, notes) =
            (self.count(Severity::Refused), self.count(Severity::Review), self.count(Severity::Note));
        let _ = writeln!(out, "{refused} refused, {review} to review, {notes} notes");
        out
    }
}

/// A text on one line: what would break the line, steer a terminal or turn its direction is written as an escape.
pub fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if is_steering(c) {
            out.extend(c.escape_default());
        } else {
            out.push(c);
        }
    }
    out
}

fn line(issue: &Issue) -> String {
    let weight = match issue.severity {
        Severity::Note => "note",
        Severity::Review => "review",
        Severity::Refused => "refused",
    };
    let mut place = String::new();
    if let Some(entry) = &issue.entry {
        let _ = write!(place, " entry {entry}");
    } else if let Some(row) = issue.row {
        let _ = write!(place, " row {row}");
    }
    if let Some(path) = &issue.path {
        let _ = write!(place, " {path}");
    }
    if let Some(line) = issue.line {
        let _ = write!(place, " line {line}");
    }
    let place = if place.is_empty() { place } else { format!("{place}:") };
    format!("{weight} {}{place} {}", issue.code.name(), issue.sentence)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> Report {
        let one = Issue::of_file(Severity::Note, Code::ByteOrderMark, "b.json", "A mark was skipped.");
        let two = Issue::of_file(Severity::Refused, Code::BadRow, "a.json", "The row is a list.");
        let three = Issue::of_file(Severity::Review, Code::SealedWords, "a.json", "It says: sealed.");
        Report {
            issues: vec![
                one,
                two.at_path("docket_entries[3]").at_row(3),
                three.at_row(1).of_entry(Some("7")),
            ],
        }
    }

    #[test]
    fn text_is_grouped_by_file_with_totals() {
        let expected = "a.json\n  refused BAD_ROW row 3 docket_entries[3]: The row is a list.\n  \
                        review SEALED_WORDS entry 7: It says: sealed.\nb.json\n  \
                        note BYTE_ORDER_MARK A mark was skipped.\n1 refused, 1 to review, 1 notes\n";
        assert_eq!(sample().text(), expected);
    }

    #[test]
    fn no_name_breaks_a_line_or_steers_a_terminal() {
        let file = "a\n0 refused, 0 to review, 0 notes\u{1b}[2J\u{202e}é.json";
        let issue = Issue::of_file(Severity::Note, Code::NotJson, file, "It was left out.");
        let report = Report { issues: vec![issue.of_entry(Some("1\n2"))] };
        let expected = "a\\n0 refused, 0 to review, 0 notes\\u{1b}[2J\\u{202e}é.json\n  \
                        note NOT_JSON entry 1\\n2: It was left out.\n0 refused, 0 to review, 1 notes\n";
        assert_eq!(report.text(), expected);
    }

    #[test]
    fn json_names_are_stable() {
        let json = sample().json().unwrap();
        assert!(json.contains("\"code\": \"SEALED_WORDS\"") && json.contains("\"severity\": \"review\""));
        assert!(!json.contains("null"), "absent places are left out");
    }
}
