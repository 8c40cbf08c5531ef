//! A docket in one form, whichever of the seven shapes its file has, and the reading of one file's bytes.

use chrono::{NaiveDate, NaiveDateTime};

use super::report::{Code, Issue, Severity};
use super::rows::{Cell, Rows, Slot};

mod shapes;

use shapes::{Raw, RawEntry, RawParty};

/// What one file turned out to be.
#[derive(Clone, Debug)]
pub enum Reading {
    /// A docket, and what is to be said about its rows.
    Docket(Box<Docket>, Vec<Issue>),
    /// Known, and not for this import.
    LeftOut(Issue),
    /// Not taken in.
    Refused(Issue),
}

/// One case's docket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Docket {
    /// The court's id, such as `deb` or `ca2`, in lower case.
    pub court: String,
    /// The docket number as printed.
    pub number: String,
    /// The case's name in the caption.
    pub caption: String,
    /// When the case was filed.
    pub filed_on: Option<NaiveDate>,
    /// When it was closed.
    pub terminated_on: Option<NaiveDate>,
    /// The judge it is assigned to.
    pub judge: Option<String>,
    /// The cause of action.
    pub cause: Option<String>,
    /// The nature of the suit.
    pub nature: Option<String>,
    /// Names in the caption. A party is never a grant.
    pub parties: Vec<Party>,
    /// The lines of the docket, in the file's order.
    pub entries: Vec<Entry>,
}

/// A name in the caption. Lawyers and their addresses are skipped while reading.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Party {
    /// The name as printed.
    pub name: String,
    /// `Plaintiff`, `Debtor` and so on, as printed.
    pub kind: Option<String>,
    /// What the court adds to the name.
    pub extra: Option<String>,
    /// When the party left the case.
    pub ended_on: Option<NaiveDate>,
}

/// One line of the docket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its row in the file, from 0.
    pub position: usize,
    /// Its number as printed; text-only entries often have none.
    pub number: Option<String>,
    /// The day it bears.
    pub filed_on: NaiveDate,
    /// The day the clerk wrote it down.
    pub entered_on: Option<NaiveDate>,
    /// The court system's id of the document, where it is an id.
    pub doc_id: Option<String>,
    /// The court system's number of the entry.
    pub seq_no: Option<String>,
    /// Whether the court's list links a document.
    pub linked: bool,
    /// How many pages the document has, where the court says so.
    pub pages: Option<u32>,
    /// The text; empty in some history reports.
    pub text: String,
    /// The short text of a history report.
    pub short: Option<String>,
}

impl Entry {
    /// The text, or the short text where there is no other.
    pub fn words(&self) -> &str {
        if self.text.is_empty() { self.short.as_deref().unwrap_or_default() } else { &self.text }
    }
}

/// Reads one file. `file` is its name in issues.
pub fn read(file: &str, bytes: &[u8]) -> Reading {
    let mut issues = Vec::new();
    let text = match decode(file, bytes, &mut issues) {
        Ok(text) => text,
        Err(issue) => return Reading::Refused(*issue),
    };
    if !text.trim_start().starts_with('{') {
        let sentence = "The file does not begin with an object, so it is no docket.";
        return Reading::Refused(Issue::of_file(Severity::Refused, Code::NotADocket, file, sentence));
    }
    match serde_json::from_str::<Raw>(text) {
        Ok(raw) => Reader { file, issues }.docket(raw),
        Err(error) => {
            let sentence = format!("The JSON can't be read: {error}.");
            let issue = Issue::of_file(Severity::Refused, Code::BadJson, file, sentence);
            Reading::Refused(issue.at_line(error.line()))
        }
    }
}

fn decode<'a>(file: &str, bytes: &'a [u8], issues: &mut Vec<Issue>) -> Result<&'a str, Box<Issue>> {
    let body = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    if body.len() < bytes.len() {
        let sentence = "The file begins with a byte order mark; it was skipped.";
        issues.push(Issue::of_file(Severity::Note, Code::ByteOrderMark, file, sentence));
    }
    if body.starts_with(b"\xFF\xFE") || body.starts_with(b"\xFE\xFF") {
        let sentence = "The file is UTF-16; save it as UTF-8.";
        return Err(Box::new(Issue::of_file(Severity::Refused, Code::NotUtf8, file, sentence)));
    }
    std::str::from_utf8(body).map_err(|error| {
        let before = body.get(..error.valid_up_to()).unwrap_or_default();
        let line = before.split(|byte| *byte == b'\n').count();
        let sentence = format!("The bytes are not UTF-8 from byte {} on.", error.valid_up_to());
        Box::new(Issue::of_file(Severity::Refused, Code::NotUtf8, file, sentence).at_line(line))
    })
}

/// A day, from `2010-01-27` or `2010-01-27T17:45:00`.
fn day(text: &str) -> Option<NaiveDate> {
    let text = text.trim();
    NaiveDate::parse_from_str(text, "%Y-%m-%d")
        .ok()
        .or_else(|| NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S").ok().map(|at| at.date()))
        .filter(|day| (1789..=2999).contains(&chrono::Datelike::year(day)))
}

/// The court's lists sometimes hold a link's file name instead of an id; an id is digits, or hex with dashes.
fn is_doc_id(text: &str) -> bool {
    text.len() >= 5 && text.chars().all(|c| c.is_ascii_hexdigit() || c == '-')
}

struct Reader<'a> {
    file: &'a str,
    issues: Vec<Issue>,
}

impl Reader<'_> {
    fn docket(mut self, raw: Raw) -> Reading {
        let entries = match raw.docket_entries {
            Rows::List(rows) => rows,
            Rows::Absent if matches!(raw.attachments, Rows::List(_)) => return self.attachment_list(),
            Rows::Absent => return self.refuse("It has no docket_entries, so it is no docket."),
            Rows::Wrong(kind) => return self.refuse(&format!("Its docket_entries are {kind}, not a list.")),
        };
        let Some(court) = self.member("court_id", raw.court_id) else {
            return self.refuse("It has no court_id, so its times have no zone.");
        };
        let Some(number) = self.member("docket_number", raw.docket_number) else {
            return self.refuse("It has no docket_number, so it belongs to no case.");
        };
        let parties = match raw.parties {
            Rows::List(rows) => {
                rows.into_iter().enumerate().filter_map(|(n, row)| self.party(n, row)).collect()
            }
            Rows::Absent => Vec::new(),
            Rows::Wrong(kind) => {
                self.wrong("parties", kind);
                Vec::new()
            }
        };
        let docket = Docket {
            court: court.trim().to_lowercase(),
            number: number.trim().to_owned(),
            caption: self.member("case_name", raw.case_name).unwrap_or_default(),
            filed_on: self.member_day("date_filed", raw.date_filed),
            terminated_on: self.member_day("date_terminated", raw.date_terminated),
            judge: self.member("assigned_to_str", raw.assigned_to_str),
            cause: self.member("cause", raw.cause),
            nature: self.member("nature_of_suit", raw.nature_of_suit),
            parties,
            entries: entries.into_iter().enumerate().filter_map(|(n, row)| self.entry(n, row)).collect(),
        };
        Reading::Docket(Box::new(docket), self.issues)
    }

    fn attachment_list(self) -> Reading {
        let sentence = "One filing's list of attachments: it names no case, so it is left out.";
        Reading::LeftOut(Issue::of_file(Severity::Note, Code::AttachmentList, self.file, sentence))
    }

    fn refuse(self, sentence: &str) -> Reading {
        let code =
            if sentence.contains("docket_entries") { Code::NotADocket } else { Code::DocketIncomplete };
        Reading::Refused(Issue::of_file(Severity::Refused, code, self.file, sentence))
    }

    fn wrong(&mut self, path: &str, kind: &str) {
        let sentence = format!("This is {kind}; it was taken as absent.");
        let issue = Issue::of_file(Severity::Review, Code::WrongType, self.file, sentence);
        self.issues.push(issue.at_path(path));
    }

    fn member(&mut self, path: &str, cell: Cell) -> Option<String> {
        cell.text().unwrap_or_else(|kind| {
            self.wrong(path, kind);
            None
        })
    }

    fn member_day(&mut self, path: &str, cell: Cell) -> Option<NaiveDate> {
        let text = self.member(path, cell)?;
        let found = day(&text);
        if found.is_none() {
            let sentence = format!("{text:?} is no day; it was taken as absent.");
            let issue = Issue::of_file(Severity::Review, Code::BadDate, self.file, sentence);
            self.issues.push(issue.at_path(path));
        }
        found
    }

    fn bad_row(&mut self, list: &str, row: usize, code: Code, sentence: String) {
        let issue = Issue::of_file(Severity::Refused, code, self.file, sentence);
        self.issues.push(issue.at_path(format!("{list}[{row}]")).at_row(row));
    }

    fn party(&mut self, row: usize, slot: Slot<RawParty>) -> Option<Party> {
        let raw = match slot {
            Slot::Row(raw) => raw,
            Slot::Wrong(kind) => {
                self.bad_row("parties", row, Code::BadRow, format!("The party is {kind}, not an object."));
                return None;
            }
        };
        let Some(name) = self.member(&format!("parties[{row}].name"), raw.name) else {
            self.bad_row("parties", row, Code::BadRow, "The party has no name.".to_owned());
            return None;
        };
        Some(Party {
            name,
            kind: self.member(&format!("parties[{row}].type"), raw.kind),
            extra: self.member(&format!("parties[{row}].extra_info"), raw.extra),
            ended_on: self.member_day(&format!("parties[{row}].date_terminated"), raw.ended),
        })
    }

    fn entry(&mut self, row: usize, slot: Slot<RawEntry>) -> Option<Entry> {
        let raw = match slot {
            Slot::Row(raw) => raw,
            Slot::Wrong(kind) => {
                self.bad_row(
                    "docket_entries",
                    row,
                    Code::BadRow,
                    format!("The entry is {kind}, not an object."),
                );
                return None;
            }
        };
        let at = |member: &str| format!("docket_entries[{row}].{member}");
        let filed = match raw.filed.text() {
            Ok(Some(text)) => day(&text).ok_or(format!("{text:?} is no day")),
            Ok(None) => Err("The day it was filed is missing".to_owned()),
            Err(kind) => Err(format!("The day it was filed is {kind}")),
        };
        let filed_on = match filed {
            Ok(day) => day,
            Err(reason) => {
                self.bad_row(
                    "docket_entries",
                    row,
                    Code::BadDate,
                    format!("{reason}; the row was left out."),
                );
                return None;
            }
        };
        let text = match raw.text.text() {
            Ok(text) => text.unwrap_or_default(),
            Err(kind) => {
                let sentence = format!("The text is {kind}; the row was left out.");
                self.bad_row("docket_entries", row, Code::BadRow, sentence);
                return None;
            }
        };
        let doc_id = self.member(&at("pacer_doc_id"), raw.doc_id);
        Some(Entry {
            position: row,
            number: self.member(&at("document_number"), raw.number).map(|text| text.trim().to_owned()),
            filed_on,
            entered_on: self.member_day(&at("date_entered"), raw.entered),
            linked: doc_id.is_some(),
            doc_id: doc_id.filter(|id| is_doc_id(id)),
            seq_no: self.member(&at("pacer_seq_no"), raw.seq_no),
            pages: self.member(&at("page_count"), raw.pages).and_then(|text| text.parse().ok()),
            text,
            short: self.member(&at("short_description"), raw.short),
        })
    }
}

#[cfg(test)]
pub(super) mod sample;
#[cfg(test)]
mod tests;
