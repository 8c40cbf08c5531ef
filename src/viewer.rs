//! Who asks: a person of a firm, in exactly one role, at one instant.
use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use chrono::{NaiveDate, NaiveDateTime, TimeZone, Utc};
use chrono_tz::Tz;
use futures_util::future::BoxFuture;
use tokio::sync::oneshot;

use crate::{error::Problem, policy::Role, store::Premise};

/// Who asks. Every row that a request reads is found through this.
#[derive(Clone, Debug)]
pub struct Viewer {
    /// The person and the firm; nobody is anonymous.
    pub account: Option<Account>,
    /// The role that the request acts in; it picks the schema.
    pub role: Role,
    /// The instant of the request, UTC: releases and participations are judged by it.
    pub at: NaiveDateTime,
    /// That all this still holds, where it is remembered rather than read.
    pub premise: Option<Arc<Premise>>,
}

/// An account that asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// The firm's id.
    pub firm: String,
    /// The zone of the firm's clock.
    pub zone: Tz,
    /// The person's id.
    pub person: String,
    /// The roles that the person can act in, the acting one among them.
    pub roles_held: Vec<Role>,
    /// It is no person but one of the firm's servers.
    pub is_service: bool,
    /// The service key whose named cases are all that is reached; none reaches what the role does.
    pub key: Option<String>,
}

impl Viewer {
    /// The service key whose named cases are all that the viewer reaches.
    pub fn key(&self) -> Option<&str> {
        self.account.as_ref()?.key.as_deref()
    }

    /// Whether it is a firm's server rather than a person.
    pub fn is_service(&self) -> bool {
        self.account.as_ref().is_some_and(|account| account.is_service)
    }

    /// Somebody without a token.
    pub fn anonymous(at: NaiveDateTime) -> Self {
        Viewer { account: None, role: Role::Anonymous, at, premise: None }
    }

    /// Whether it is the same person in the same role.
    pub fn is(&self, other: &Viewer) -> bool {
        self.account == other.account && self.role == other.role
    }

    /// Whether it is the same person of the same firm in the same role, whatever else that person holds.
    pub fn acts_as(&self, other: &Viewer) -> bool {
        self.role == other.role && self.firm() == other.firm() && self.person() == other.person()
    }

    /// The firm's id; empty, which no firm's is, for the anonymous.
    pub fn firm(&self) -> &str {
        self.account.as_ref().map_or("", |account| &account.firm)
    }

    /// The day that it is at the firm.
    pub fn today(&self) -> NaiveDate {
        let zone = self.account.as_ref().map_or(Tz::UTC, |account| account.zone);
        Utc.from_utc_datetime(&self.at).with_timezone(&zone).date_naive()
    }

    /// The person's id; empty, which nobody's is, for the anonymous.
    pub fn person(&self) -> &str {
        self.account.as_ref().map_or("", |account| &account.person)
    }
}

/// What is asked about who asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Belief {
    /// Who is remembered, with the premise that the next statement proves.
    Enough,
    /// Who it is.
    TooLittle,
}

type Again = Box<dyn Fn(Belief) -> BoxFuture<'static, Result<Viewer, Problem>> + Send + Sync>;

/// What goes on after its first answer asks this, before each further one, who asks now.
pub struct Ongoing {
    again: Again,
    begins: Mutex<Option<oneshot::Sender<()>>>,
    patience: Duration,
}

impl Ongoing {
    /// `again` finds out who asks at that instant, or why nobody may any longer; no answer may take longer than `patience`.
    /// What listens to `begins` hears when the caller misses no change any more.
    pub fn new(
        again: impl Fn(Belief) -> BoxFuture<'static, Result<Viewer, Problem>> + Send + Sync + 'static,
        patience: Duration,
        begins: oneshot::Sender<()>,
    ) -> Self {
        Ongoing { again: Box::new(again), begins: Mutex::new(Some(begins)), patience }
    }

    /// Who asks now.
    pub async fn viewer(&self, belief: Belief) -> Result<Viewer, Problem> {
        (self.again)(belief).await
    }

    /// How long an answer may take.
    pub fn patience(&self) -> Duration {
        self.patience
    }

    /// From now on no change is missed.
    pub fn begin(&self) {
        let begins = self.begins.lock().unwrap_or_else(PoisonError::into_inner).take();
        // Whoever listened may be gone.
        let _ = begins.map(|begins| begins.send(()));
    }
}
