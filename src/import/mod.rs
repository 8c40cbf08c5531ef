//! The importer's pure half: bytes of a court's docket in; entries, documents, events and what to review out.
//!
//! A **docket** is a court's list of everything filed and ordered in one case. An **entry** is one line of it.
//! Nothing here knows a database, a clock or the environment; [`read`] opens files, all else works on values.
//! Whatever is found is a proposal: sealed words and everything uncertain land on the review list ([`report`]).
//!
//! ```
//! use portico::import::{docket::{self, Reading}, plan};
//! let bytes = br#"{"court_id": "cand", "docket_number": "3:15-cv-00001", "case_name": "Birch v. Alder",
//!   "date_filed": "2015-05-14", "docket_entries": [{"date_filed": "2015-05-29", "document_number": "15",
//!   "description": "MOTION to Remand. Motion Hearing set for 7/7/2015 09:00 AM in Courtroom E."}]}"#;
//! let Reading::Docket(docket, issues) = docket::read("birch.json", bytes) else { return };
//! assert!(issues.is_empty());
//! let plan = plan::of("birch.json", *docket, issues);
//! assert_eq!(plan.entries[0].key, "n:15");
//! assert_eq!(plan.lives[0].label, "Motion Hearing");
//! ```

pub mod chain;
pub mod courts;
mod dates;
pub mod docket;
pub mod document;
pub mod hearing;
pub mod key;
pub mod plan;
mod prose;
pub mod read;
pub mod report;
mod rows;
pub mod sealing;
pub mod wall;
