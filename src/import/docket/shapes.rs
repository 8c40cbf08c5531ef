//! The members that the seven shapes share, each taken whatever its type; all other members are skipped unread.

use serde::Deserialize;

use crate::import::rows::{Cell, Row, Rows};

#[derive(Deserialize)]
pub(super) struct Raw {
    #[serde(default)]
    pub(super) court_id: Cell,
    #[serde(default)]
    pub(super) docket_number: Cell,
    #[serde(default)]
    pub(super) case_name: Cell,
    #[serde(default)]
    pub(super) date_filed: Cell,
    #[serde(default)]
    pub(super) date_terminated: Cell,
    #[serde(default)]
    pub(super) assigned_to_str: Cell,
    #[serde(default)]
    pub(super) cause: Cell,
    #[serde(default)]
    pub(super) nature_of_suit: Cell,
    #[serde(default)]
    pub(super) parties: Rows<RawParty>,
    #[serde(default)]
    pub(super) docket_entries: Rows<RawEntry>,
    #[serde(default)]
    pub(super) attachments: Rows<RawAttachment>,
}

#[derive(Clone, Debug, Default)]
pub(super) struct RawParty {
    pub(super) name: Cell,
    pub(super) kind: Cell,
    pub(super) extra: Cell,
    pub(super) ended: Cell,
}

impl Row for RawParty {
    fn cell(&mut self, member: &str) -> Option<&mut Cell> {
        match member {
            "name" => Some(&mut self.name),
            "type" => Some(&mut self.kind),
            "extra_info" => Some(&mut self.extra),
            "date_terminated" => Some(&mut self.ended),
            _ => None,
        }
    }
}

#[derive(Clone, Debug, Default)]
pub(super) struct RawEntry {
    pub(super) number: Cell,
    pub(super) filed: Cell,
    pub(super) entered: Cell,
    pub(super) doc_id: Cell,
    pub(super) seq_no: Cell,
    pub(super) pages: Cell,
    pub(super) text: Cell,
    pub(super) short: Cell,
}

impl Row for RawEntry {
    fn cell(&mut self, member: &str) -> Option<&mut Cell> {
        match member {
            "document_number" => Some(&mut self.number),
            "date_filed" => Some(&mut self.filed),
            "date_entered" => Some(&mut self.entered),
            "pacer_doc_id" => Some(&mut self.doc_id),
            "pacer_seq_no" => Some(&mut self.seq_no),
            "page_count" => Some(&mut self.pages),
            "description" => Some(&mut self.text),
            "short_description" => Some(&mut self.short),
            _ => None,
        }
    }
}

#[derive(Clone, Debug, Default)]
pub(super) struct RawAttachment;

impl Row for RawAttachment {
    fn cell(&mut self, _: &str) -> Option<&mut Cell> {
        None
    }
}
