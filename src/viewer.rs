//! Who asks: a person of a firm, in exactly one role, at one instant.
use std::sync::Arc;

use chrono::{NaiveDate, NaiveDateTime, TimeZone, Utc};
use chrono_tz::Tz;

use crate::{policy::Role, store::Premise};

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
    /// The service key whose named cases are all that is reached; none reaches what the role does.
    pub key: Option<String>,
}

impl Viewer {
    /// The service key whose named cases are all that the viewer reaches.
    pub fn key(&self) -> Option<&str> {
        self.account.as_ref()?.key.as_deref()
    }

    /// Somebody without a token.
    pub fn anonymous(at: NaiveDateTime) -> Self {
        Viewer { account: None, role: Role::Anonymous, at, premise: None }
    }

    /// Whether it is the same person in the same role.
    pub fn is(&self, other: &Viewer) -> bool {
        self.account == other.account && self.role == other.role
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
