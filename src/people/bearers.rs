//! Who bears which token: asked of the database, or remembered and proved by the statement that answers.
use std::sync::Arc;

use chrono::NaiveDateTime;
use quick_cache::sync::Cache;

use super::{
    session,
    viewer::{Bearer, bearer},
};
use crate::{
    error::Problem,
    policy::Role,
    store::{Premise, Store},
    viewer::Viewer,
};

/// How many tokens are remembered; about 3 MB.
const REMEMBERED: usize = 10_000;

/// The bearers of tokens.
pub struct Bearers {
    store: Store,
    /// By the tokens' hashes.
    remembered: Cache<String, Arc<Bearer>>,
}

impl Bearers {
    /// Those whom the database knows.
    pub fn of(store: Store) -> Self {
        Bearers { store, remembered: Cache::new(REMEMBERED) }
    }

    /// Finds out who bears a token, and in which role, in one statement.
    ///
    /// A session that is unknown, expired or revoked, a person who is not active and an outside person whose
    /// participations have all ended are one answer. The role is the one asked for, or else the session's own.
    pub async fn find(&self, token: &str, asked: Option<Role>, at: NaiveDateTime) -> Result<Viewer, Problem> {
        let hash = session::hash(token);
        let door = self.store.unscoped("who bears a token is asked before there is a viewer");
        let found = Bearer::read(door.read(bearer(hash.clone(), at)).await?)?;
        let Some(bearer) = found else {
            self.remembered.remove(&hash);
            return Err(Problem::Unauthenticated);
        };
        let viewer = bearer.viewer(asked, at).ok_or(Problem::RoleNotHeld);
        self.remembered.insert(hash, Arc::new(bearer));
        viewer
    }

    /// Who bore the token when it was last asked. Nothing that is answered to this viewer may leave before a statement
    /// has proved the premise.
    pub fn remember(&self, token: &str, asked: Option<Role>, at: NaiveDateTime) -> Option<Viewer> {
        let hash = session::hash(token);
        let remembered = self.remembered.get(&hash)?;
        let viewer = remembered.viewer(asked, at)?;
        let premise = Premise::new(
            move || bearer(hash.clone(), at),
            move |found| {
                Bearer::read(found).is_ok_and(|found| found.is_some_and(|found| found == *remembered))
            },
        );
        Some(Viewer { premise: Some(Arc::new(premise)), ..viewer })
    }
}
