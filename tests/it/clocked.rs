//! The house, with a clock that a test can set.
use std::sync::{Arc, Mutex};

use chrono::{DateTime, Utc};
use portico::{
    House,
    error::Problem,
    http,
    policy::Role,
    trusted::Trusted,
    viewer::{Account, Viewer},
};

pub struct Clocked {
    pub house: Arc<House>,
    /// Whoever has it for itself keeps every request waiting.
    pub gate: Arc<tokio::sync::RwLock<()>>,
    /// The instant of all requests, if it is set.
    pub at: Mutex<Option<DateTime<Utc>>>,
}

impl Clocked {
    /// With the clock as it goes.
    pub fn of(house: Arc<House>) -> Arc<Self> {
        Arc::new(Clocked { house, gate: Arc::default(), at: Mutex::default() })
    }
}

impl http::House for Clocked {
    type Schema = <House as http::House>::Schema;

    async fn viewer(
        &self,
        token: Option<&str>,
        role: Option<Role>,
        at: DateTime<Utc>,
    ) -> Result<Viewer, Problem> {
        let _open = self.gate.read().await;
        let at = self.at.lock().unwrap().unwrap_or(at);
        http::House::viewer(&*self.house, token, role, at).await
    }

    fn remembered(&self, token: &str, role: Option<Role>, at: DateTime<Utc>) -> Option<Viewer> {
        let _open = self.gate.try_read().ok()?;
        let at = self.at.lock().unwrap().unwrap_or(at);
        http::House::remembered(&*self.house, token, role, at)
    }

    fn known(&self, token: &str, at: DateTime<Utc>) -> Option<Account> {
        let at = self.at.lock().unwrap().unwrap_or(at);
        http::House::known(&*self.house, token, at)
    }

    fn schema(&self, role: Role) -> Result<Arc<Self::Schema>, Problem> {
        http::House::schema(&*self.house, role)
    }

    fn policy_hash(&self) -> Arc<str> {
        http::House::policy_hash(&*self.house)
    }

    async fn lists_origin(&self, origin: &str, firm: Option<&str>) -> Result<bool, Problem> {
        http::House::lists_origin(&*self.house, origin, firm).await
    }

    async fn trusted(&self, role: Role, hash: &str) -> Result<Option<Arc<Trusted>>, Problem> {
        http::House::trusted(&*self.house, role, hash).await
    }

    async fn ready(&self) -> bool {
        http::House::ready(&*self.house).await
    }
}
