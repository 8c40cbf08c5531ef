//! A world within the process: the demo in a database of its own, and the door in front of it, asked without a network.
use std::{
    collections::HashMap,
    num::NonZeroU32,
    path::Path,
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::{
    Router,
    body::Body,
    http::{HeaderValue, Request, header},
};
use chrono::{Days, NaiveDateTime, SubsecRound as _, Utc};
use diesel::{Connection as _, SqliteConnection, connection::SimpleConnection as _};
use futures_util::StreamExt as _;
use portico::{
    House, Refused, demo, graph,
    http::{
        Settings,
        rates::{Rate, Rates},
        router,
    },
    people,
    policy::{Role, Source},
    store::Store,
};
use serde_json::Value;
use tempfile::TempDir;
use tokio::time::timeout;
use tower::ServiceExt as _;

pub use crate::answer::Answer;
use crate::{cast::Cast, clocked::Clocked, perturb::Group};

/// What is there at once of a body; event streams have no end.
const MOMENT: Duration = Duration::from_millis(20);

/// A database, and the service in front of it.
pub struct World {
    pub store: Store,
    pub house: Arc<House>,
    pub door: Router,
    /// The database's URL.
    pub database: String,
    tokens: Mutex<HashMap<(String, Role), String>>,
    _folder: TempDir,
}

/// The demo's database with everybody in it, and who they are.
pub async fn written() -> (TempDir, Cast) {
    let folder = tempfile::tempdir().unwrap();
    let url = url(folder.path());
    let store = Store::open(&url, 1).await.unwrap();
    store.unscoped("fuzzing makes its tables").migrate().await.unwrap();
    demo::load(&store, now()).await.unwrap();
    // Copies share the key of the cursors, as nodes of one service do.
    graph::Cursors::of(&store).await.unwrap();
    let cast = Cast::in_database(&url).await;
    (folder, cast)
}

/// A copy of it.
pub fn copied(from: &TempDir) -> TempDir {
    let to = tempfile::tempdir().unwrap();
    let path = |folder: &TempDir| folder.path().join("portico.sqlite").display().to_string();
    let mut connection = SqliteConnection::establish(&path(from)).unwrap();
    connection.batch_execute(&format!("VACUUM INTO '{}'", path(&to))).unwrap();
    to
}

/// A world that is full of what no role outside but co-counsel may see, each such cell with a canary in it.
pub async fn guarded() -> (World, Cast) {
    let (folder, cast) = written().await;
    Group::outside(&cast).change(&url(folder.path()), &cast).await;
    (World::on(folder, now()).await, cast)
}

/// The URL of a database in a folder.
pub fn url(folder: &Path) -> String {
    format!("sqlite:{}", folder.join("portico.sqlite").display())
}

pub fn now() -> NaiveDateTime {
    Utc::now().naive_utc().trunc_subsecs(6)
}

impl World {
    /// Serves a database; every request is asked at this instant.
    pub async fn on(folder: TempDir, at: NaiveDateTime) -> Self {
        let database = url(folder.path());
        let store = Store::open(&database, 2).await.unwrap();
        let house = match House::open(store.clone(), &Source::embedded()).await {
            Ok(house) => Arc::new(house),
            Err(Refused::Policy(faults)) => panic!("{faults}"),
            Err(Refused::Fault(fault)) => panic!("{fault:?}"),
        };
        let clock = Clocked::of(Arc::clone(&house));
        *clock.at.lock().unwrap() = Some(at.and_utc());
        let door = router(clock, Settings { rates: plenty(), ..Settings::default() });
        let world = World { store, house, door, database, tokens: Mutex::default(), _folder: folder };
        // Of a house that refuses whatever is asked no target would learn anything.
        let answer = world.post(None, &serde_json::json!({ "query": "{ __typename }" })).await;
        assert_eq!(answer.body, r#"{"data":{"__typename":"Query"}}"#);
        world
    }

    /// A token of somebody, in one role, for as long as any run.
    pub async fn token(&self, email: &str, role: Role) -> String {
        let key = (email.to_owned(), role);
        if let Some(token) = self.tokens.lock().unwrap().get(&key) {
            return token.clone();
        }
        let at = now();
        let wish = people::Wish { person: email, firm: None, role: Some(role) };
        let opened = people::open_for(&self.store, &wish, (at, at + Days::new(30))).await.unwrap();
        self.tokens.lock().unwrap().insert(key, opened.token.clone());
        opened.token
    }

    pub async fn post(&self, token: Option<&str>, body: &Value) -> Answer {
        let mut request = Request::post("/graphql").header(header::CONTENT_TYPE, "application/json");
        request = request.header(header::ACCEPT, "application/graphql-response+json");
        if let Some(token) = token {
            request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
        }
        self.send(request.body(Body::from(body.to_string())).unwrap()).await
    }

    pub async fn send(&self, mut request: Request<Body>) -> Answer {
        // Without it nothing goes further.
        request.headers_mut().entry(header::HOST).or_insert(HeaderValue::from_static("localhost"));
        let Ok(response) = self.door.clone().oneshot(request).await;
        let (parts, body) = response.into_parts();
        let (mut bytes, mut chunks) = (Vec::new(), body.into_data_stream());
        while let Ok(Some(chunk)) = timeout(MOMENT, chunks.next()).await {
            bytes.extend_from_slice(&chunk.unwrap());
        }
        let body = String::from_utf8(bytes).expect("text");
        Answer { status: parts.status.as_u16(), headers: parts.headers, body }
    }
}

/// Budgets that no run spends.
fn plenty() -> Rates {
    let points = const { NonZeroU32::new(1_000_000_000).unwrap() };
    let rate = Rate { per_second: points, burst: points };
    Rates { person: rate, service: rate, address: rate, guess: 0, ..Rates::default() }
}
