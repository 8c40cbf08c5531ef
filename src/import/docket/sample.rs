//! Dockets for tests, made by a line.

use super::{Docket, Entry};

/// A docket of the Northern District of California with these entries.
pub(crate) fn docket(entries: Vec<Entry>) -> Docket {
    let entries = entries.into_iter().enumerate().map(|(n, entry)| Entry { position: n, ..entry }).collect();
    Docket {
        court: "cand".into(),
        number: "3:15-cv-00001".into(),
        caption: "Birch v. Alder".into(),
        filed_on: None,
        terminated_on: None,
        judge: None,
        cause: None,
        nature: None,
        parties: Vec::new(),
        entries,
    }
}

/// An entry of that day with that text.
pub(crate) fn entry(day: &str, text: &str) -> Entry {
    let filed_on = super::reader::day(day).unwrap();
    Entry {
        position: 0,
        number: None,
        filed_on,
        entered_on: Some(filed_on),
        doc_id: None,
        seq_no: None,
        linked: false,
        pages: None,
        text: text.into(),
        short: None,
    }
}

impl Entry {
    /// The same entry with a number.
    pub(crate) fn numbered(mut self, number: &str) -> Self {
        self.number = Some(number.into());
        self
    }
}
