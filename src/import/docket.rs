//! A docket in one form, whichever of the seven shapes its file has, and the reading of one file's bytes.

use chrono::NaiveDate;

use super::report::{Code, Issue, Severity};

mod reader;
mod shapes;

pub use reader::NAME_MAX;
use reader::Reader;
use shapes::Raw;

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
        Ok(raw) => Reader::new(file, issues).docket(raw),
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

#[cfg(test)]
pub(super) mod sample;
#[cfg(test)]
mod tests;
