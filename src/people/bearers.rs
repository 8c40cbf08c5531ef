//! Who bears which token: asked of the database, or remembered and proved by the statement that answers.
use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

use chrono::{NaiveDateTime, TimeDelta};
use quick_cache::sync::Cache;

use super::{
    jwt::Claimed,
    key,
    keyring::{Keyring, Named},
    session, subject,
    viewer::{Bearer, Kind, bearer},
};
use crate::{
    error::{Fault, Problem},
    policy::Role,
    store::{Cells, Premise, Select, Store},
    viewer::{Account, Viewer},
};

/// How many tokens are remembered; about 3 MB.
const REMEMBERED: usize = 10_000;

/// The bearers of tokens.
pub struct Bearers {
    store: Store,
    keyring: Keyring,
    /// By the tokens' hashes.
    remembered: Cache<String, Arc<Memory>>,
}

/// For how long whoever bore a token is charged for its requests without proof. Whoever has a token that is worth nothing
/// any more spends its former bearer's budget for no longer than that.
const BELIEVED: TimeDelta = TimeDelta::minutes(1);

/// Who bore a token, and when that was proved last: seconds since 1970.
struct Memory {
    bearer: Bearer,
    proved: AtomicI64,
}

impl Memory {
    fn of(bearer: Bearer, at: NaiveDateTime) -> Self {
        Memory { bearer, proved: AtomicI64::new(at.and_utc().timestamp()) }
    }
}

/// A token by its form; which kinds there are and where each is looked up.
#[derive(Clone)]
enum Token {
    /// One of ours, by its hash.
    Session(String),
    /// A key of a firm's server, by its hash.
    Key(String),
    /// Another issuer's.
    Signed(Box<Claimed>),
}

impl Token {
    fn read(token: &str) -> Option<Self> {
        // No token of ours has a dot, and every signed one has two.
        if token.contains('.') {
            return Claimed::read(token).map(|claimed| Token::Signed(Box::new(claimed)));
        }
        let kind = if token.starts_with(key::PREFIX) { Token::Key } else { Token::Session };
        Some(kind(session::hash(token)))
    }

    /// The statement that finds the accounts it might stand for, with all that they are judged by.
    fn select(&self, at: NaiveDateTime) -> Select {
        match self {
            Token::Session(hash) => bearer(hash.clone(), at),
            Token::Key(hash) => key::bearer(hash.clone(), at),
            Token::Signed(claimed) => subject::bound(claimed.issuer.clone(), claimed.subject.clone(), at),
        }
    }

    fn bearers(&self, rows: Vec<Cells>) -> Result<Vec<Bearer>, Fault> {
        let kind = match self {
            Token::Session(_) => Kind::Session,
            Token::Key(_) => Kind::Key,
            Token::Signed(_) => Kind::Signed,
        };
        let read = rows.into_iter().map(|row| Bearer::read(row, kind));
        Ok(read.collect::<Result<Vec<_>, _>>()?.into_iter().flatten().collect())
    }
}

impl Bearers {
    /// Those whom the database knows.
    pub fn of(store: Store) -> Self {
        Bearers { store, keyring: Keyring::default(), remembered: Cache::new(REMEMBERED) }
    }

    /// Finds out who bears a token, and in which role, in one statement.
    ///
    /// A token that is unknown, expired, revoked or not proved, a person who is not active and an outside person whose
    /// participations have all ended are one answer. The role is the one asked for, or else the token's own.
    pub async fn find(&self, text: &str, asked: Option<Role>, at: NaiveDateTime) -> Result<Viewer, Problem> {
        let token = Token::read(text).ok_or(Problem::Unauthenticated)?;
        let door = self.store.unscoped("who bears a token is asked before there is a viewer");
        let found = token.bearers(door.read(token.select(at)).await?)?;
        let hash = session::hash(text);
        let Some(bearer) = self.proved(&token, found, at).await? else {
            self.remembered.remove(&hash);
            return Err(Problem::Unauthenticated);
        };
        let viewer = bearer.viewer(asked, at).ok_or(Problem::RoleNotHeld);
        self.remembered.insert(hash, Arc::new(Memory::of(bearer, at)));
        viewer
    }

    /// The one of them whose registration proves the token; of two that do, none.
    async fn proved(
        &self,
        token: &Token,
        found: Vec<Bearer>,
        at: NaiveDateTime,
    ) -> Result<Option<Bearer>, Problem> {
        let mut proved = Vec::new();
        for bearer in found {
            let is_proved = match (token, &bearer.registration) {
                (Token::Session(_) | Token::Key(_), None) => true,
                (Token::Signed(claimed), Some(registration)) => {
                    let keys = self.keyring.keys(registration, named(claimed)).await?;
                    keys.is_some_and(|keys| claimed.is_proved(registration, &keys, at))
                }
                (Token::Session(_) | Token::Key(_), Some(_)) | (Token::Signed(_), None) => false,
            };
            proved.extend(is_proved.then_some(bearer));
        }
        Ok(proved.pop().filter(|_| proved.is_empty()))
    }

    /// The account of whoever bore the token a moment ago, without proof that they still do.
    pub fn known(&self, text: &str, at: NaiveDateTime) -> Option<Account> {
        let memory = self.remembered.get(&session::hash(text))?;
        let since = at.and_utc().timestamp().saturating_sub(memory.proved.load(Ordering::Relaxed));
        (since <= BELIEVED.num_seconds()).then(|| memory.bearer.account().clone())
    }

    /// Who bore the token when it was last asked. Nothing that is answered to this viewer may leave before a statement
    /// has proved the premise.
    pub fn remember(&self, text: &str, asked: Option<Role>, at: NaiveDateTime) -> Option<Viewer> {
        let memory = self.remembered.get(&session::hash(text))?;
        let token = Token::read(text)?;
        if let (Token::Signed(claimed), Some(registration)) = (&token, &memory.bearer.registration) {
            // Its time and the issuer's keys go on, whatever the database says.
            let keys = self.keyring.at_hand(registration, named(claimed))?;
            claimed.is_proved(registration, &keys, at).then_some(())?;
        }
        let viewer = memory.bearer.viewer(asked, at)?;
        let again = token.clone();
        let premise = Premise::new(
            move || again.select(at),
            move |found| {
                let holds = token.bearers(found).is_ok_and(|found| found.contains(&memory.bearer));
                if holds {
                    memory.proved.store(at.and_utc().timestamp(), Ordering::Relaxed);
                }
                holds
            },
        );
        Some(Viewer { premise: Some(Arc::new(premise)), ..viewer })
    }
}

fn named(claimed: &Claimed) -> Named<'_> {
    Named { name: claimed.key.as_deref(), algorithm: claimed.algorithm }
}
