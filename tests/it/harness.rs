//! A server on a database of its own, and callers who ask it over HTTP; the same test runs on both engines.
use std::{
    collections::HashMap,
    path::PathBuf,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use chrono::{Days, NaiveDate, NaiveDateTime};
use portico::{
    House, demo, graph,
    http::{
        Serving, Settings,
        rates::{Rate, Rates},
        router,
    },
    people,
    policy::{Role, Source},
    store::{Engine, Pooling, Store},
};
use serde_json::{Value, json};

pub use crate::answer::Answer;
use crate::{clocked::Clocked, cluster::cluster};

/// The instant at which the demo is written.
pub fn today() -> NaiveDateTime {
    chrono::Utc::now().naive_utc()
}

/// A server and its database.
pub struct World {
    pub engine: Engine,
    pub store: Store,
    pub house: Arc<House>,
    pub url: String,
    /// The database's URL.
    pub database: String,
    clock: Arc<Clocked>,
    client: reqwest::Client,
    tokens: Mutex<HashMap<(String, Role), String>>,
    _folder: Option<tempfile::TempDir>,
}

static COUNT: AtomicUsize = AtomicUsize::new(0);

/// A URL of a database that holds this, on this engine.
pub async fn loaded(engine: Engine, content: Content) -> (String, Option<tempfile::TempDir>) {
    match engine {
        Engine::Sqlite => {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("portico.sqlite");
            std::fs::copy(sqlite_template(content).await, &path).unwrap();
            (format!("sqlite:{}", path.display()), Some(folder))
        }
        Engine::Postgres => {
            let template = postgres_template(content).await;
            let name = format!("world_{}", COUNT.fetch_add(1, Ordering::Relaxed));
            (url(&cluster().unwrap().copy_of(template, &name)), None)
        }
    }
}

/// A copy of a database that nobody is connected to.
pub async fn copied(engine: Engine, database: &str) -> (String, Option<tempfile::TempDir>) {
    match engine {
        Engine::Sqlite => {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("portico.sqlite");
            checkpointed(std::path::Path::new(database.trim_start_matches("sqlite:")), &path);
            (format!("sqlite:{}", path.display()), Some(folder))
        }
        Engine::Postgres => {
            let template = database.split("@/").nth(1).unwrap().split('?').next().unwrap();
            let name = format!("world_{}", COUNT.fetch_add(1, Ordering::Relaxed));
            (url(&cluster().unwrap().copy_of(template, &name)), None)
        }
    }
}

/// tokio-postgres reads this form too, but the store tells engines apart by the scheme.
pub fn url(parameters: &str) -> String {
    let find =
        |key: &str| parameters.split(' ').find_map(|pair| pair.strip_prefix(&format!("{key}="))).unwrap();
    format!("postgres://{}@/{}?host={}", find("user"), find("dbname"), find("host").replace('/', "%2F"))
}

/// What a world holds when a test begins.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub enum Content {
    /// The demo.
    Demo,
    /// One firm, one client, one case.
    Small,
}

/// Fills an empty database.
pub async fn filled(url: &str, content: Content) {
    fill(&Store::open(url, 1).await.unwrap(), content).await;
}

async fn fill(store: &Store, content: Content) {
    store.unscoped("tests make their tables").migrate().await.unwrap();
    match content {
        Content::Demo => demo::load(store, today()).await.unwrap(),
        Content::Small => crate::small::load(store, today()).await.unwrap(),
    }
    // Copies share the key of the cursors, as nodes of one service do.
    graph::Cursors::of(store).await.unwrap();
}

static TEMPLATES: tokio::sync::Mutex<()> = tokio::sync::Mutex::const_new(());

async fn sqlite_template(content: Content) -> PathBuf {
    static MADE: Mutex<Vec<(Content, tempfile::TempDir)>> = Mutex::new(Vec::new());
    let _turn = TEMPLATES.lock().await;
    let made = |made: &[(Content, tempfile::TempDir)]| {
        made.iter().find(|(known, _)| *known == content).map(|(_, folder)| folder.path().join("copy.sqlite"))
    };
    if let Some(copy) = made(&MADE.lock().unwrap()) {
        return copy;
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("template.sqlite");
    let store = Store::open(&format!("sqlite:{}", path.display()), 1).await.unwrap();
    fill(&store, content).await;
    drop(store);
    let copy = folder.path().join("copy.sqlite");
    checkpointed(&path, &copy);
    MADE.lock().unwrap().push((content, folder));
    copy
}

/// The whole database in one file, whatever stands in the log beside it.
fn checkpointed(from: &std::path::Path, to: &std::path::Path) {
    use diesel::{Connection, connection::SimpleConnection};
    let mut connection = diesel::SqliteConnection::establish(from.to_str().unwrap()).unwrap();
    connection.batch_execute(&format!("VACUUM INTO '{}'", to.display())).unwrap();
}

async fn postgres_template(content: Content) -> &'static str {
    static MADE: Mutex<Vec<Content>> = Mutex::new(Vec::new());
    let _turn = TEMPLATES.lock().await;
    let name = match content {
        Content::Demo => "template_demo",
        Content::Small => "template_small",
    };
    if !MADE.lock().unwrap().contains(&content) {
        let parameters = cluster().unwrap().database(name);
        let store = Store::open(&url(&parameters), 1).await.unwrap();
        fill(&store, content).await;
        drop(store);
        // Nobody may be connected to a template; the pool closes its connections in the background.
        tokio::time::sleep(std::time::Duration::from_millis(300)).await;
        MADE.lock().unwrap().push(content);
    }
    name
}

impl World {
    /// The demo, served.
    pub async fn new(engine: Engine) -> Self {
        Self::with(engine, Content::Demo).await
    }

    async fn with(engine: Engine, content: Content) -> Self {
        let (url, folder) = loaded(engine, content).await;
        Self::on(engine, &url, folder).await
    }

    pub async fn on(engine: Engine, url: &str, folder: Option<tempfile::TempDir>) -> Self {
        let settings = Settings { console: true, rates: plenty(), ..Settings::default() };
        Self::set(engine, url, folder, settings).await
    }

    /// The same, with a door that is set like this.
    pub async fn set(
        engine: Engine,
        url: &str,
        folder: Option<tempfile::TempDir>,
        settings: Settings,
    ) -> Self {
        debug_assert_eq!(url.starts_with("sqlite:"), engine == Engine::Sqlite);
        // Machines that run tests are slow; what waits too long is tested for itself.
        let pooling = Pooling { connections: 4, wait: Duration::from_secs(20), ..Pooling::default() };
        let store = Store::open_with(url, pooling).await.unwrap();
        Self::served(store, url, folder, settings).await
    }

    /// The same, on a store that is open.
    pub async fn of(store: Store, url: &str, folder: Option<tempfile::TempDir>) -> Self {
        Self::served(store, url, folder, Settings::default()).await
    }

    async fn served(store: Store, url: &str, folder: Option<tempfile::TempDir>, settings: Settings) -> Self {
        crate::logs::write();
        let engine = store.engine();
        let house = match House::open(store.clone(), &Source::embedded()).await {
            Ok(house) => Arc::new(house),
            Err(portico::Refused::Policy(faults)) => panic!("{faults}"),
            Err(portico::Refused::Fault(fault)) => panic!("{fault:?}"),
        };
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let clock = Clocked::of(Arc::clone(&house));
        let serving = Serving::of(&settings);
        let router = router(Arc::clone(&clock), settings);
        tokio::spawn(serving.serve(listener, router, std::future::pending()));
        World {
            engine,
            store,
            house,
            url: format!("http://{address}"),
            database: url.to_owned(),
            clock,
            client: reqwest::Client::new(),
            tokens: Mutex::default(),
            _folder: folder,
        }
    }

    /// From now on every request is asked at this instant.
    pub fn is(&self, at: NaiveDateTime) {
        *self.clock.at.lock().unwrap() = Some(at.and_utc());
    }

    /// Every request waits, after the policy was named and before who asks is looked up, until this is dropped.
    pub async fn hold(&self) -> tokio::sync::OwnedRwLockWriteGuard<()> {
        Arc::clone(&self.clock.gate).write_owned().await
    }

    /// A token of somebody, in one role.
    pub async fn token(&self, email: &str, role: Role) -> String {
        let key = (email.to_owned(), role);
        if let Some(token) = self.tokens.lock().unwrap().get(&key) {
            return token.clone();
        }
        let at = chrono::Utc::now().naive_utc();
        let wish = people::Wish { person: email, firm: None, role: Some(role) };
        let opened = people::open_for(&self.store, &wish, (at, at + Days::new(1))).await.unwrap();
        crate::logs::given(&opened.token);
        self.tokens.lock().unwrap().insert(key, opened.token.clone());
        opened.token
    }

    /// Asks as somebody, in one role.
    pub async fn ask(&self, who: (&str, Role), query: &str) -> Answer {
        self.ask_with(who, query, json!({})).await
    }

    pub async fn ask_with(&self, (email, role): (&str, Role), query: &str, variables: Value) -> Answer {
        let token = self.token(email, role).await;
        self.post(Some(&token), &json!({ "query": query, "variables": variables })).await
    }

    /// Asks as somebody at another instant than now, behind the door: the same names, schema and rows.
    pub async fn ask_at(&self, (email, role): (&str, Role), at: NaiveDateTime, query: &str) -> Answer {
        use portico::http::{House as _, RoleSchema as _};
        let token = self.token(email, role).await;
        let found = self.house.viewer(Some(&token), Some(role), chrono::Utc::now()).await;
        let mut viewer = found.unwrap_or_else(|problem| panic!("{problem:?}"));
        viewer.at = at;
        let schema = self.house.schema(role).unwrap_or_else(|problem| panic!("{problem:?}"));
        let answer = schema.execute(async_graphql::Request::new(query).data(viewer)).await;
        Answer {
            status: 200,
            headers: reqwest::header::HeaderMap::new(),
            body: serde_json::to_string(&answer).unwrap(),
        }
    }

    /// A request that a test finishes itself.
    pub fn request(&self, method: reqwest::Method, path: &str) -> reqwest::RequestBuilder {
        self.client.request(method, format!("{}{path}", self.url))
    }

    pub async fn send(&self, request: reqwest::RequestBuilder) -> Answer {
        Answer::of(request.send().await.unwrap()).await
    }

    pub async fn post(&self, token: Option<&str>, body: &Value) -> Answer {
        let mut request = self.client.post(format!("{}/graphql", self.url)).json(body);
        request = request.header("accept", "application/graphql-response+json");
        if let Some(token) = token {
            request = request.bearer_auth(token);
        }
        Answer::of(request.send().await.unwrap()).await
    }
}

/// Budgets that no test spends: some ask more in a moment than a portal's visitors in a day.
fn plenty() -> Rates {
    let rate =
        Rate { per_second: 1_000_000_000.try_into().unwrap(), burst: 1_000_000_000.try_into().unwrap() };
    Rates { person: rate, service: rate, address: rate, ..Rates::default() }
}

/// A day, for expectations.
pub fn day(year: i32, month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, day).unwrap()
}

/// Runs a test that makes its own databases on SQLite, and on PostgreSQL where its programs are there.
pub fn on_engines<F: Future<Output = ()>>(test: impl Fn(Engine) -> F) {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(async {
        test(Engine::Sqlite).await;
        if cluster().is_some() {
            test(Engine::Postgres).await;
        }
    });
}

/// Runs a test on SQLite, and on PostgreSQL where its programs are there.
pub fn on_both<F: Future<Output = ()>>(test: impl Fn(World) -> F) {
    on_both_with(Content::Demo, test);
}

/// The same in the small world.
pub fn on_both_small<F: Future<Output = ()>>(test: impl Fn(World) -> F) {
    on_both_with(Content::Small, test);
}

fn on_both_with<F: Future<Output = ()>>(content: Content, test: impl Fn(World) -> F) {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(async {
        test(World::with(Engine::Sqlite, content).await).await;
        if cluster().is_some() {
            test(World::with(Engine::Postgres, content).await).await;
        }
    });
}
