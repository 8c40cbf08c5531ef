//! From a file's members to a docket: what does not fit is told with its place, and a row that can't be stored is left out.

use chrono::{NaiveDate, NaiveDateTime};

use super::shapes::{Raw, RawEntry, RawParty};
use super::{Docket, Entry, Party, Reading};
use crate::import::report::{Code, Issue, Severity};
use crate::import::rows::{Cell, Rows, Slot, TEXT_MAX, Unfit};

/// The longest id or number, in bytes: of a court, a case, an entry or a paper. They become keys of the database.
pub const NAME_MAX: usize = 200;

pub(super) struct Reader<'a> {
    file: &'a str,
    issues: Vec<Issue>,
}

/// Why a row, or the docket itself, can't be taken in.
struct Spoilt {
    code: Code,
    path: String,
    sentence: String,
}

impl Spoilt {
    fn new(code: Code, path: &str, sentence: impl Into<String>) -> Self {
        Spoilt { code, path: path.to_owned(), sentence: sentence.into() }
    }

    fn too_long(path: &str, length: usize, most: usize) -> Self {
        let sentence = format!("It is {length} bytes long; at most {most} are taken.");
        Spoilt::new(Code::TextTooLong, path, sentence)
    }

    fn issue(self, file: &str) -> Issue {
        Issue::of_file(Severity::Refused, self.code, file, self.sentence).at_path(self.path)
    }
}

impl<'a> Reader<'a> {
    pub(super) fn new(file: &'a str, issues: Vec<Issue>) -> Self {
        Reader { file, issues }
    }

    pub(super) fn docket(mut self, raw: Raw) -> Reading {
        match self.read(raw) {
            Ok(docket) => Reading::Docket(Box::new(docket), self.issues),
            Err(Refused::Incomplete(code, sentence)) => {
                Reading::Refused(Issue::of_file(Severity::Refused, code, self.file, sentence))
            }
            Err(Refused::Spoilt(spoilt)) => Reading::Refused(spoilt.issue(self.file)),
            Err(Refused::AttachmentList) => {
                let sentence = "One filing's list of attachments: it names no case, so it is left out.";
                let issue = Issue::of_file(Severity::Note, Code::AttachmentList, self.file, sentence);
                Reading::LeftOut(issue)
            }
        }
    }

    fn read(&mut self, raw: Raw) -> Result<Docket, Refused> {
        let entries = match raw.docket_entries {
            Rows::List(rows) => rows,
            Rows::Absent if matches!(raw.attachments, Rows::List(_)) => return Err(Refused::AttachmentList),
            Rows::Absent => return Err(no_docket("It has no docket_entries, so it is no docket.")),
            Rows::Wrong(kind) => {
                return Err(no_docket(&format!("Its docket_entries are {kind}, not a list.")));
            }
        };
        let Some(court) = self.name("court_id", raw.court_id)? else {
            return Err(incomplete("It has no court_id, so its times have no zone."));
        };
        let Some(number) = self.name("docket_number", raw.docket_number)? else {
            return Err(incomplete("It has no docket_number, so it belongs to no case."));
        };
        let parties = match raw.parties {
            Rows::List(rows) => rows,
            Rows::Absent => Vec::new(),
            Rows::Wrong(kind) => {
                self.wrong("parties", kind);
                Vec::new()
            }
        };
        Ok(Docket {
            court: court.trim().to_lowercase(),
            number: number.trim().to_owned(),
            caption: self.member("case_name", raw.case_name)?.unwrap_or_default(),
            filed_on: self.day("date_filed", raw.date_filed)?,
            terminated_on: self.day("date_terminated", raw.date_terminated)?,
            judge: self.member("assigned_to_str", raw.assigned_to_str)?,
            cause: self.member("cause", raw.cause)?,
            nature: self.member("nature_of_suit", raw.nature_of_suit)?,
            parties: self.rows(parties, Self::party),
            entries: self.rows(entries, Self::entry),
        })
    }

    /// The rows that can be taken; the others are told.
    fn rows<R, T>(
        &mut self,
        rows: Vec<Slot<R>>,
        take: impl Fn(&mut Self, usize, Slot<R>) -> Result<T, Spoilt>,
    ) -> Vec<T> {
        let mut taken = Vec::with_capacity(rows.len());
        for (row, slot) in rows.into_iter().enumerate() {
            match take(self, row, slot) {
                Ok(row) => taken.push(row),
                Err(spoilt) => self.issues.push(spoilt.issue(self.file).at_row(row)),
            }
        }
        taken
    }

    fn wrong(&mut self, path: &str, kind: &str) {
        let sentence = format!("This is {kind}; it was taken as absent.");
        let issue = Issue::of_file(Severity::Review, Code::WrongType, self.file, sentence);
        self.issues.push(issue.at_path(path));
    }

    /// A text; one of another type is taken as absent, one that can't be stored spoils what it belongs to.
    fn member(&mut self, path: &str, cell: Cell) -> Result<Option<String>, Spoilt> {
        match cell.text() {
            Ok(text) => Ok(text),
            Err(Unfit::Kind(kind)) => {
                self.wrong(path, kind);
                Ok(None)
            }
            Err(Unfit::Long(length)) => Err(Spoilt::too_long(path, length, TEXT_MAX)),
            Err(Unfit::Control(found)) => {
                let code = u32::from(found);
                let sentence = format!("It holds the control character U+{code:04X}, which no text has.");
                Err(Spoilt::new(Code::BadText, path, sentence))
            }
        }
    }

    /// An id or a number.
    fn name(&mut self, path: &str, cell: Cell) -> Result<Option<String>, Spoilt> {
        let name = self.member(path, cell)?;
        match &name {
            Some(name) if name.len() > NAME_MAX => Err(Spoilt::too_long(path, name.len(), NAME_MAX)),
            Some(_) | None => Ok(name),
        }
    }

    fn day(&mut self, path: &str, cell: Cell) -> Result<Option<NaiveDate>, Spoilt> {
        let Some(text) = self.member(path, cell)? else { return Ok(None) };
        let found = day(&text);
        if found.is_none() {
            let sentence = format!("{} is no day; it was taken as absent.", quoted(&text));
            let issue = Issue::of_file(Severity::Review, Code::BadDate, self.file, sentence);
            self.issues.push(issue.at_path(path));
        }
        Ok(found)
    }

    fn party(&mut self, row: usize, slot: Slot<RawParty>) -> Result<Party, Spoilt> {
        let place = format!("parties[{row}]");
        let raw = match slot {
            Slot::Row(raw) => raw,
            Slot::Wrong(kind) => {
                let sentence = format!("The party is {kind}, not an object.");
                return Err(Spoilt::new(Code::BadRow, &place, sentence));
            }
        };
        let Some(name) = self.member(&format!("{place}.name"), raw.name)? else {
            return Err(Spoilt::new(Code::BadRow, &place, "The party has no name."));
        };
        Ok(Party {
            name,
            kind: self.member(&format!("{place}.type"), raw.kind)?,
            extra: self.member(&format!("{place}.extra_info"), raw.extra)?,
            ended_on: self.day(&format!("{place}.date_terminated"), raw.ended)?,
        })
    }

    /// A row of the docket. What is doubtful about one that is taken names it, so that its paper waits.
    fn entry(&mut self, row: usize, slot: Slot<RawEntry>) -> Result<Entry, Spoilt> {
        let before = self.issues.len();
        let entry = self.members(row, slot)?;
        for issue in self.issues.iter_mut().skip(before) {
            (issue.row, issue.entry) = (Some(row), entry.number.clone());
        }
        Ok(entry)
    }

    fn members(&mut self, row: usize, slot: Slot<RawEntry>) -> Result<Entry, Spoilt> {
        let place = format!("docket_entries[{row}]");
        let at = |member: &str| format!("{place}.{member}");
        let raw = match slot {
            Slot::Row(raw) => raw,
            Slot::Wrong(kind) => {
                let sentence = format!("The entry is {kind}, not an object.");
                return Err(Spoilt::new(Code::BadRow, &place, sentence));
            }
        };
        let filed_on = self.filed(&place, raw.filed)?;
        if let Cell::Unfit(Unfit::Kind(kind)) = raw.text {
            let sentence = format!("The text is {kind}; the row was left out.");
            return Err(Spoilt::new(Code::BadRow, &place, sentence));
        }
        let text = self.member(&at("description"), raw.text)?.unwrap_or_default();
        let doc_id = self.name(&at("pacer_doc_id"), raw.doc_id)?;
        Ok(Entry {
            position: row,
            number: self.name(&at("document_number"), raw.number)?.map(|text| text.trim().to_owned()),
            filed_on,
            entered_on: self.day(&at("date_entered"), raw.entered)?,
            linked: doc_id.is_some(),
            doc_id: doc_id.filter(|id| is_doc_id(id)),
            seq_no: self.name(&at("pacer_seq_no"), raw.seq_no)?,
            pages: self.member(&at("page_count"), raw.pages)?.and_then(|text| text.parse().ok()),
            text,
            short: self.member(&at("short_description"), raw.short)?,
        })
    }

    /// The day of an entry, without which there is none.
    fn filed(&mut self, place: &str, cell: Cell) -> Result<NaiveDate, Spoilt> {
        let reason = match cell {
            Cell::Unfit(Unfit::Kind(kind)) => format!("The day it was filed is {kind}"),
            Cell::Absent | Cell::Null | Cell::Text(_) | Cell::Number(_) | Cell::Unfit(_) => {
                match self.member(&format!("{place}.date_filed"), cell)? {
                    None => "The day it was filed is missing".to_owned(),
                    Some(text) => match day(&text) {
                        Some(day) => return Ok(day),
                        None => format!("{} is no day", quoted(&text)),
                    },
                }
            }
        };
        Err(Spoilt::new(Code::BadDate, place, format!("{reason}; the row was left out.")))
    }
}

/// Why a file is no docket that can be taken in.
enum Refused {
    AttachmentList,
    Incomplete(Code, String),
    Spoilt(Spoilt),
}

impl From<Spoilt> for Refused {
    fn from(spoilt: Spoilt) -> Self {
        Refused::Spoilt(spoilt)
    }
}

fn no_docket(sentence: &str) -> Refused {
    Refused::Incomplete(Code::NotADocket, sentence.to_owned())
}

fn incomplete(sentence: &str) -> Refused {
    Refused::Incomplete(Code::DocketIncomplete, sentence.to_owned())
}

/// The beginning of a text, for a sentence about it.
fn quoted(text: &str) -> String {
    let begin: String = text.chars().take(40).collect();
    if begin.len() == text.len() { format!("{text:?}") } else { format!("{begin:?}…") }
}

/// A day, from `2010-01-27` or `2010-01-27T17:45:00`.
pub(super) fn day(text: &str) -> Option<NaiveDate> {
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
