//! The feed of changes: what is written of a subject is counted in the database, and rings for whoever waits for it.
//!
//! A **subject** is a case, a person, or a firm as a whole. A writing transaction touches subjects; its commit counts
//! each up by one, in the same transaction, and then rings here and, on PostgreSQL, on every other node. A bell says
//! *look again* and nothing more: what changed, and whether the viewer may know, is read through the viewer's own scopes.
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use diesel::ExpressionMethods;
use tokio::sync::Notify;

use super::{Alias, Cell, Expr, Kind, Row, Select, Value, all, any};

crate::table! {
    change_feed (firm_id, subject_id) {
        firm_id -> Text,
        subject_id -> Text,
        version -> BigInt,
    }
}

/// What something was written of: a case, a person or the firm itself, by its id.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Subject {
    /// The firm's id.
    pub firm: String,
    /// The id of the case or person, or the firm's own.
    pub id: String,
}

impl Subject {
    /// A subject of a firm.
    pub fn new(firm: &str, id: &str) -> Self {
        Subject { firm: firm.to_owned(), id: id.to_owned() }
    }
}

/// Who waits for which subject, on this node.
#[derive(Default)]
pub(super) struct Hub(Mutex<Waiting>);

#[derive(Default)]
struct Waiting {
    next: u64,
    subjects: HashMap<Subject, Bells>,
}

/// The bells of a subject, and the newest version that they rang for.
#[derive(Default)]
struct Bells {
    version: i64,
    bells: HashMap<u64, Arc<Notify>>,
}

/// Waits for changes of some subjects. However many come before it is asked, they are one.
pub struct Watch {
    hub: Arc<Hub>,
    number: u64,
    subjects: Vec<Subject>,
    bell: Arc<Notify>,
}

impl Hub {
    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn watch(self: &Arc<Self>, subjects: Vec<Subject>) -> Watch {
        let bell = Arc::new(Notify::new());
        let mut waiting = self.waiting();
        let number = waiting.next;
        waiting.next = number.wrapping_add(1);
        for subject in &subjects {
            let bells = waiting.subjects.entry(subject.clone()).or_default();
            bells.bells.insert(number, Arc::clone(&bell));
        }
        drop(waiting);
        Watch { hub: Arc::clone(self), number, subjects, bell }
    }

    /// Rings for a version, unless it has rung for that one before.
    pub(super) fn ring(&self, subject: &Subject, version: i64) {
        if let Some(bells) = self.waiting().subjects.get_mut(subject)
            && bells.version < version
        {
            bells.version = version;
            bells.bells.values().for_each(|bell| bell.notify_one());
        }
    }

    /// Rings for everybody.
    pub(super) fn ring_all(&self) {
        let waiting = self.waiting();
        waiting.subjects.values().flat_map(|bells| bells.bells.values()).for_each(|bell| bell.notify_one());
    }

    /// What somebody waits for.
    pub(super) fn subjects(&self) -> Vec<Subject> {
        self.waiting().subjects.keys().cloned().collect()
    }
}

impl Watch {
    /// Waits until something was written of a subject since the last call, or since the watch began.
    pub async fn changed(&self) {
        self.bell.notified().await;
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        let mut waiting = self.hub.waiting();
        for subject in &self.subjects {
            if let Some(bells) = waiting.subjects.get_mut(subject) {
                bells.bells.remove(&self.number);
                if bells.bells.is_empty() {
                    waiting.subjects.remove(subject);
                }
            }
        }
    }
}

/// How many subjects one statement asks for.
pub(super) const AT_ONCE: usize = 100;

/// The versions of some subjects.
pub(super) fn versions(subjects: &[Subject]) -> Select {
    let row = Row::<change_feed::table>::new(Alias(0));
    let is_one = |subject: &Subject| {
        all(vec![
            Expr::of(row.col(change_feed::firm_id).eq(subject.firm.clone())),
            Expr::of(row.col(change_feed::subject_id).eq(subject.id.clone())),
        ])
    };
    Select::of(
        vec![
            Cell::Plain(Kind::Text, Box::new(row.col(change_feed::firm_id))),
            Cell::Plain(Kind::Text, Box::new(row.col(change_feed::subject_id))),
            Cell::Plain(Kind::Number, Box::new(row.col(change_feed::version))),
        ],
        vec![row.from().into()],
        any(subjects.iter().map(is_one).collect()),
    )
}

/// Reads a row of [`versions`].
pub(super) fn version(row: Vec<Value>) -> Option<(Subject, i64)> {
    match <[Value; 3]>::try_from(row).ok()? {
        [Value::Text(firm), Value::Text(id), Value::Number(version)] => Some((Subject { firm, id }, version)),
        _ => None,
    }
}

/// A counted subject, as nodes tell it to one another. Ids hold no spaces.
pub(super) fn written(subject: &Subject, version: i64) -> String {
    format!("{} {} {version}", subject.firm, subject.id)
}

/// Reads what another node told.
pub(super) fn read(told: &str) -> Option<(Subject, i64)> {
    let mut parts = told.split(' ');
    let subject = Subject::new(parts.next()?, parts.next()?);
    Some((subject, parts.next()?.parse().ok()?))
}
