//! Taking dockets in, one after the other: each whole or not at all, for real or in a rehearsal that leaves nothing.
use chrono::NaiveDateTime;
use diesel::{ExpressionMethods, QueryDsl};
use serde::Serialize;

use super::write;
use crate::{
    error::Fault,
    firms::firms,
    import::plan::Plan,
    store::{Store, Transaction},
};

/// The firm that takes the dockets in, and the instant at which it does.
#[derive(Clone, Debug)]
pub struct Target {
    pub(super) firm: String,
    pub(super) time_zone: String,
    pub(super) at: NaiveDateTime,
}

/// Finds the firm by its slug.
pub async fn target(store: &Store, slug: &str, at: NaiveDateTime) -> Result<Option<Target>, Fault> {
    let mut transaction = store.unscoped("the importer looks for its firm").begin().await?;
    let found = firms::table.filter(firms::slug.eq(slug.to_owned())).select((firms::id, firms::time_zone));
    let found: Vec<(String, String)> = transaction.load(found).await?;
    transaction.roll_back().await?;
    Ok(found.into_iter().next().map(|(firm, time_zone)| Target { firm, time_zone, at }))
}

/// What a docket added.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Outcome {
    /// Cases that were made.
    pub cases: usize,
    /// Lines that were new.
    pub entries: usize,
    /// Lines that were there.
    pub known_entries: usize,
    /// Papers that were new.
    pub documents: usize,
    /// Events that were new.
    pub events: usize,
    /// Changes of events that wait for staff.
    pub proposed_changes: usize,
    /// New things to review.
    pub reviews: usize,
    /// Names in captions that were new.
    pub parties: usize,
}

impl Outcome {
    /// Whether anything was added.
    pub fn has_news(&self) -> bool {
        Outcome { known_entries: 0, ..*self } != Outcome::default()
    }

    /// Adds another docket's.
    pub fn add(&mut self, other: &Outcome) {
        self.cases += other.cases;
        self.entries += other.entries;
        self.known_entries += other.known_entries;
        self.documents += other.documents;
        self.events += other.events;
        self.proposed_changes += other.proposed_changes;
        self.reviews += other.reviews;
        self.parties += other.parties;
    }
}

/// An import that is under way.
pub struct Intake<'s> {
    store: &'s Store,
    target: Target,
    /// What a rehearsal writes stands until its end, so that a docket finds what an earlier one would have left.
    rehearsal: Option<Transaction<'s>>,
}

impl<'s> Intake<'s> {
    /// One that writes.
    pub fn for_real(store: &'s Store, target: Target) -> Self {
        Intake { store, target, rehearsal: None }
    }

    /// One that says what the other would do. Until its end others wait with their writing on SQLite, and on PostgreSQL with
    /// the dockets that it has taken.
    pub async fn rehearsed(store: &'s Store, target: Target) -> Result<Self, Fault> {
        let rehearsal = store.unscoped("an import is rehearsed").begin().await?;
        Ok(Intake { store, target, rehearsal: Some(rehearsal) })
    }

    /// Writes a docket: all of it, or on a fault nothing.
    pub async fn take(&mut self, file: &str, plan: &mut Plan) -> Result<Outcome, Fault> {
        let Some(rehearsal) = &mut self.rehearsal else {
            let mut transaction = self.store.unscoped("the importer writes a docket").begin().await?;
            write::alone(&mut transaction, &self.target.firm).await?;
            let outcome = write::write(&mut transaction, &self.target, file, plan).await?;
            transaction.commit().await?;
            return Ok(outcome);
        };
        rehearsal.begin_part().await?;
        match write::write(rehearsal, &self.target, file, plan).await {
            Ok(outcome) => {
                rehearsal.keep_part().await?;
                Ok(outcome)
            }
            Err(fault) => {
                rehearsal.take_part_back().await?;
                Err(fault)
            }
        }
    }

    /// Ends it; of a rehearsal nothing stays.
    pub async fn end(self) -> Result<(), Fault> {
        match self.rehearsal {
            Some(rehearsal) => rehearsal.roll_back().await,
            None => Ok(()),
        }
    }
}
