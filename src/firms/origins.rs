//! The origins of a firm's own pages: exact, from the database, remembered for five seconds, and for as long as it does not
//! answer.
use std::{
    collections::HashMap,
    str::FromStr,
    sync::Arc,
    time::{Duration, Instant},
};

use arc_swap::ArcSwapOption;
use diesel::{ExpressionMethods, QueryDsl};
use tokio::sync::Mutex;

use super::id_of;
use crate::{
    error::{Fault, Problem},
    graph::cell,
    store::{Alias, Row, Select, Store, Value, always},
};

crate::table! {
    firm_origins (firm_id, origin) {
        firm_id -> Text,
        origin -> Text,
    }
}

/// For how long the list is believed: an origin that is added or removed counts on every node within this time.
const FRESH: Duration = Duration::from_secs(5);

/// For how long a database that could not be asked is not asked again: callers shall not wait for it one after the other.
const AWAY: Duration = Duration::from_secs(1);

/// An origin as browsers write it: scheme, host and what port is not the scheme's own; lower case, no path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin(String);

/// Why a text is no origin.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoOrigin {
    /// It is written otherwise than a browser would.
    #[error(
        "an origin is written like https://portal.example or https://portal.example:8443, and nothing more"
    )]
    Form,
    /// Whoever sits on the way could be the page.
    #[error("an origin of another machine begins with https://")]
    Plain,
}

impl Origin {
    /// The text that browsers send.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Origin {
    type Err = NoOrigin;

    fn from_str(text: &str) -> Result<Self, NoOrigin> {
        let (scheme, rest) = text.split_once("://").ok_or(NoOrigin::Form)?;
        let own_port = match scheme {
            "https" => 443,
            "http" => 80,
            _ => return Err(NoOrigin::Form),
        };
        let (host, port) = match rest.rsplit_once(':') {
            Some((host, port)) => (host, Some(port)),
            None => (rest, None),
        };
        let is_label = |label: &str| {
            let fits = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
            !label.is_empty() && label.bytes().all(fits)
        };
        let is_port = |text: &str| {
            text.parse::<u16>().is_ok_and(|port| port > 0 && port != own_port && port.to_string() == text)
        };
        if text.len() > 300 || !host.split('.').all(is_label) || !port.is_none_or(is_port) {
            return Err(NoOrigin::Form);
        }
        let is_here = host == "localhost" || host == "127.0.0.1" || host.ends_with(".localhost");
        if scheme == "http" && !is_here { Err(NoOrigin::Plain) } else { Ok(Origin(text.to_owned())) }
    }
}

/// The lists of all firms, read at most once in five seconds.
pub struct Origins {
    store: Store,
    known: ArcSwapOption<Known>,
    /// Held by who reads: since when the database could not be asked.
    turn: Mutex<Option<Instant>>,
}

/// What was read, and when: the firms by origin.
struct Known {
    at: Instant,
    firms: HashMap<String, Vec<String>>,
}

impl Origins {
    /// Those that the database has.
    pub fn of(store: Store) -> Self {
        Origins { store, known: ArcSwapOption::empty(), turn: Mutex::new(None) }
    }

    /// Whether the firm lists the origin, or any firm where none is named.
    pub async fn lists(&self, origin: &str, firm: Option<&str>) -> Result<bool, Fault> {
        let known = self.known().await?;
        let Some(firms) = known.firms.get(origin) else { return Ok(false) };
        Ok(firm.is_none_or(|firm| firms.iter().any(|known| known == firm)))
    }

    async fn known(&self) -> Result<Arc<Known>, Fault> {
        if let Some(fresh) = self.fresh() {
            return Ok(fresh);
        }
        // One reads, the others wait for what it finds.
        let mut away = self.turn.lock().await;
        if let Some(fresh) = self.fresh() {
            return Ok(fresh);
        }
        let kept = self.known.load_full();
        if away.is_some_and(|since| since.elapsed() < AWAY) {
            let fault = Fault::new("the origins could not be read a moment ago");
            return kept.ok_or_else(|| fault.told_as(Problem::Unavailable));
        }
        let read = self.read().await;
        *away = read.is_err().then(Instant::now);
        match (read, kept) {
            // Pages are not strangers because the database is away.
            (Err(fault), Some(kept)) => {
                let _logged: Problem = fault.while_doing("reading the origins of pages").into();
                Ok(kept)
            }
            (read, _) => read,
        }
    }

    async fn read(&self) -> Result<Arc<Known>, Fault> {
        let at = Instant::now();
        let door = self.store.unscoped("a page's origin is asked before there is a viewer");
        let mut firms = HashMap::<String, Vec<String>>::new();
        for row in door.read(everything()).await? {
            if let [Value::Text(origin), Value::Text(firm)] = row.as_slice() {
                firms.entry(origin.clone()).or_default().push(firm.clone());
            }
        }
        let known = Arc::new(Known { at, firms });
        self.known.store(Some(Arc::clone(&known)));
        Ok(known)
    }

    fn fresh(&self) -> Option<Arc<Known>> {
        self.known.load_full().filter(|known| known.at.elapsed() < FRESH)
    }
}

fn everything() -> Select {
    let row = Row::<firm_origins::table>::new(Alias(0));
    Select::of(
        vec![cell(row.col(firm_origins::origin)), cell(row.col(firm_origins::firm_id))],
        vec![row.from().into()],
        always(),
    )
}

/// Adds origins to a firm's; says how many were new.
pub async fn add(store: &Store, slug: &str, origins: &[Origin]) -> Result<usize, Fault> {
    let mut transaction = store.unscoped("the operator lists a firm's origins").begin().await?;
    let firm = id_of(&mut transaction, slug).await?;
    let mut count = 0;
    for origin in origins {
        let row = diesel::insert_into(firm_origins::table)
            .values((firm_origins::firm_id.eq(firm.clone()), firm_origins::origin.eq(origin.0.clone())))
            .on_conflict_do_nothing();
        count += transaction.execute(row).await?;
    }
    transaction.commit().await?;
    Ok(count)
}

/// Removes origins from a firm's; says how many were there.
pub async fn remove(store: &Store, slug: &str, origins: &[String]) -> Result<usize, Fault> {
    let mut transaction = store.unscoped("the operator removes a firm's origins").begin().await?;
    let firm = id_of(&mut transaction, slug).await?;
    let mut count = 0;
    for origin in origins {
        let is_it = firm_origins::firm_id.eq(firm.clone());
        let row = firm_origins::table.filter(is_it).filter(firm_origins::origin.eq(origin.clone()));
        count += transaction.execute(diesel::delete(row)).await?;
    }
    transaction.commit().await?;
    Ok(count)
}

/// A firm's origins, in order.
pub async fn listed(store: &Store, slug: &str) -> Result<Vec<String>, Fault> {
    let mut transaction = store.unscoped("the operator reads a firm's origins").begin().await?;
    let firm = id_of(&mut transaction, slug).await?;
    let all = firm_origins::table.filter(firm_origins::firm_id.eq(firm)).select(firm_origins::origin);
    let mut origins: Vec<String> = transaction.load(all).await?;
    transaction.roll_back().await?;
    origins.sort();
    Ok(origins)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_is_what_a_browser_sends() {
        for origin in [
            "https://portal.example",
            "https://a-b.portal.example:8443",
            "http://localhost:5173",
            "http://127.0.0.1",
        ] {
            assert_eq!(origin.parse::<Origin>().unwrap().as_str(), origin);
        }
        for other in [
            "",
            "null",
            "*",
            "https://*",
            "https://*.example",
            "https://",
            "https://.example",
            "https://a..b",
            "portal.example",
            "https://portal.example/",
            "https://portal.example/a",
            "https://portal.example?a",
            "https://Portal.example",
            "HTTPS://portal.example",
            "https://portal.example:443",
            "https://portal.example:",
            "https://portal.example:0",
            "https://portal.example:08443",
            "https://portal.example:70000",
            "https://me@portal.example",
            "ftp://portal.example",
            "https://portal.example https://b.example",
            "https://portal.example:80:81",
            "http://localhost:80",
            "https://a_b.example",
            "https://portal.exämple",
        ] {
            assert_eq!(other.parse::<Origin>(), Err(NoOrigin::Form), "{other}");
        }
        for plain in ["http://portal.example", "http://localhost.example", "http://127.0.0.1.example"] {
            assert_eq!(plain.parse::<Origin>(), Err(NoOrigin::Plain), "{plain}");
        }
    }
}
