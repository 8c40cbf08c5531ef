//! A small house: two roles, resolvers that fail in every way, and counters of what got how far.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_graphql::parser::types::{ExecutableDocument, OperationDefinition};
use async_graphql::{
    Context, Error, InputObject, Object, Request, Response as Executed, Schema, SchemaBuilder, ServerError,
    SimpleObject, Value, Variables,
};
use axum::body::Bytes;
use chrono::{DateTime, Utc};
use futures_util::stream::BoxStream;
use portico::error::{Fault, Problem};
use portico::graph::{Costing, Lists, Unset};
use portico::http::{House, RoleSchema, Serving, Settings, router};
use portico::policy::{Model, Outgoing, Role};
use portico::viewer::{Ongoing, Viewer};
use reqwest::header::{ACCEPT, CONTENT_TYPE};
use reqwest::{Client, RequestBuilder, StatusCode};
use serde_json::{Value as Json, json};

/// What neither an answer nor the log may hold.
pub(crate) const SECRET: &str = "canary-7f3a";
/// What no answer may hold, but the log must: operators look for it.
pub(crate) const FAULT: &str = "fault-91c4";

#[derive(InputObject)]
struct Filter {
    #[graphql(default)]
    and: Vec<Filter>,
    title: Option<String>,
}

#[derive(SimpleObject)]
struct Leaf {
    name: String,
}

pub(crate) struct Query;

#[allow(clippy::unused_async, reason = "the macro wants async")]
#[Object]
impl Query {
    async fn hello(&self, name: Option<String>) -> String {
        format!("hello {}", name.unwrap_or_default())
    }
    async fn role(&self, context: &Context<'_>) -> String {
        format!("{:?}", context.data_unchecked::<Viewer>().role)
    }
    async fn query(&self) -> Query {
        Query
    }
    async fn leaf(&self) -> Leaf {
        Leaf { name: "leaf".into() }
    }
    async fn search(
        &self,
        filter: Option<Filter>,
        tags: Option<Vec<i32>>,
        any: Option<async_graphql::Json<Value>>,
    ) -> i32 {
        let branches =
            filter.map_or(0, |filter| filter.and.len() + filter.title.map_or(0, |title| title.len()));
        let all = branches + tags.map_or(0, |tags| tags.len()) + any.map_or(0, |_| 1);
        i32::try_from(all).unwrap()
    }
    async fn boom(&self) -> i32 {
        assert!(SECRET.is_empty(), "{SECRET}");
        1
    }
    async fn leaks(&self) -> Result<i32, std::io::Error> {
        Err(std::io::Error::other(FAULT))
    }
    async fn says(&self) -> Result<i32, Error> {
        Err(Error::new(FAULT))
    }
    async fn faulty(&self) -> Option<Result<i32, Error>> {
        Some(Err(Fault::new(FAULT).into()))
    }
    async fn absent(&self) -> Option<Result<i32, Error>> {
        Some(Err(Problem::NotFound.into()))
    }
    async fn worded(&self) -> Option<Result<i32, Error>> {
        Some(Err(Problem::PageTooLarge.because("first must be at most 100.").into()))
    }
    /// What the schema has by mistake: the role's model does not.
    async fn stray(&self) -> String {
        SECRET.to_owned()
    }
    async fn slow(&self) -> i32 {
        tokio::time::sleep(Duration::from_mins(1)).await;
        1
    }
    async fn shortly(&self) -> i32 {
        tokio::time::sleep(Duration::from_secs(1)).await;
        1
    }
    async fn change_policy(&self, context: &Context<'_>) -> i32 {
        let policy = context.data_unchecked::<Hash>();
        *policy.lock().unwrap() = "other".into();
        1
    }
}

pub(crate) struct Mutation;

#[Object]
impl Mutation {
    async fn touch(&self, context: &Context<'_>) -> i32 {
        let policy = context.data_unchecked::<Hash>();
        *policy.lock().unwrap() = "touched".into();
        1
    }
}

pub(crate) struct Subscription;

#[async_graphql::Subscription]
impl Subscription {
    async fn ticks(&self) -> impl futures_util::Stream<Item = i32> + use<> {
        futures_util::stream::empty()
    }
    async fn counts(&self, context: &Context<'_>, to: i32) -> impl futures_util::Stream<Item = i32> + use<> {
        context.data_unchecked::<Ongoing>().begin();
        futures_util::stream::iter(1..=to)
    }
    async fn silence(&self, context: &Context<'_>) -> impl futures_util::Stream<Item = i32> + use<> {
        context.data_unchecked::<Ongoing>().begin();
        futures_util::stream::pending()
    }
    /// More than any buffer takes, and never done.
    async fn flood(&self, context: &Context<'_>) -> impl futures_util::Stream<Item = String> + use<> {
        context.data_unchecked::<Ongoing>().begin();
        futures_util::stream::repeat_with(|| "x".repeat(100_000))
    }
    async fn bursts(&self) -> impl futures_util::Stream<Item = i32> + use<> {
        futures_util::stream::once(async {
            assert!(SECRET.is_empty(), "{SECRET}");
            1
        })
    }
}

/// One role's schema, and how often it was reached.
pub(crate) struct Toy {
    schema: Schema<Query, Mutation, Subscription>,
    model: Model,
    sdl: String,
    pub(crate) named: AtomicUsize,
    pub(crate) executed: AtomicUsize,
}

impl RoleSchema for Toy {
    fn sdl(&self) -> Bytes {
        self.sdl.clone().into()
    }
    fn has_type(&self, name: &str) -> bool {
        ["Int", "String", "Boolean", "Filter"].contains(&name)
    }
    fn names(
        &self,
        _: &ExecutableDocument,
        _: Option<&str>,
        variables: &Variables,
    ) -> Result<(), Vec<ServerError>> {
        self.named.fetch_add(1, Ordering::Relaxed);
        if variables.contains_key("unheard") {
            return Err(vec![ServerError::new("Unknown field \"unheard\".", None)]);
        }
        Ok(())
    }
    fn cost(
        &self,
        document: &ExecutableDocument,
        operation: &OperationDefinition,
        variables: &Variables,
        unset: Unset,
    ) -> usize {
        let (model, lists) = (&self.model, &Lists::of(&self.model));
        Costing { model, lists, fragments: &document.fragments, operation, variables, unset }.cost()
    }
    fn outgoing(&self, document: &ExecutableDocument, name: Option<&str>) -> Option<Outgoing<'_>> {
        Outgoing::of(document, name, &self.model)
    }
    async fn execute(&self, request: Request) -> Executed {
        self.executed.fetch_add(1, Ordering::Relaxed);
        self.schema.execute(request).await
    }
    fn follow(&self, request: Request) -> BoxStream<'static, Executed> {
        self.executed.fetch_add(1, Ordering::Relaxed);
        self.schema.execute_stream(request)
    }
}

/// Behind the door: `client` and `attorney` are tokens, each with the role of its name.
pub(crate) struct Home {
    pub(crate) schema: Arc<Toy>,
    policy: Hash,
    pub(crate) is_ready: bool,
    /// How often it was asked.
    pub(crate) asked_ready: AtomicUsize,
}

impl House for Home {
    type Schema = Toy;

    async fn viewer(
        &self,
        token: Option<&str>,
        role: Option<Role>,
        at: DateTime<Utc>,
    ) -> Result<Viewer, Problem> {
        let own = match token {
            None => Role::Anonymous,
            Some("boom") => panic!("{SECRET}"),
            Some(token) => token.parse().map_err(|_| Problem::Unauthenticated)?,
        };
        match role {
            Some(role) if role != own => Err(Problem::RoleNotHeld),
            Some(_) | None => Ok(Viewer { account: None, role: own, at: at.naive_utc(), premise: None }),
        }
    }
    fn schema(&self, _: Role) -> Result<Arc<Toy>, Problem> {
        Ok(Arc::clone(&self.schema))
    }
    fn policy_hash(&self) -> Arc<str> {
        Arc::clone(&self.policy.lock().unwrap())
    }
    async fn lists_origin(&self, origin: &str, firm: Option<&str>) -> Result<bool, Problem> {
        Ok(firm.is_none() && origin == "https://a-firm.example")
    }
    async fn trusted(&self, _: Role, _: &str) -> Result<Option<Arc<portico::trusted::Trusted>>, Problem> {
        Ok(None)
    }
    async fn ready(&self) -> bool {
        self.asked_ready.fetch_add(1, Ordering::Relaxed);
        self.is_ready
    }
}

/// A served house and a client for it.
pub(crate) struct Served {
    pub(crate) base: String,
    pub(crate) home: Arc<Home>,
    pub(crate) client: Client,
}

type Hash = Arc<Mutex<Arc<str>>>;

fn builder(policy: &Hash) -> SchemaBuilder<Query, Mutation, Subscription> {
    Schema::build(Query, Mutation, Subscription).data(Arc::clone(policy)).disable_suggestions()
}

/// The schema by itself, with somebody looking.
pub(crate) fn bare() -> Schema<Query, Mutation, Subscription> {
    let viewer = Viewer::anonymous(DateTime::UNIX_EPOCH.naive_utc());
    builder(&Arc::new(Mutex::new(Arc::from("one")))).data(viewer).finish()
}

pub(crate) async fn serve() -> Served {
    serve_as(Settings::default(), true).await
}

pub(crate) async fn serve_as(settings: Settings, is_ready: bool) -> Served {
    crate::run_log::write();
    let policy: Hash = Arc::new(Mutex::new(Arc::from("one")));
    let schema = builder(&policy).finish();
    let sdl = schema.sdl();
    let mut model = Model::of(builder(&policy));
    model.types.get_mut("Query").unwrap().fields.remove("stray");
    let schema =
        Arc::new(Toy { schema, model, sdl, named: AtomicUsize::new(0), executed: AtomicUsize::new(0) });
    let home = Arc::new(Home { schema, policy, is_ready, asked_ready: AtomicUsize::new(0) });
    let serving = Serving::of(&settings);
    let routes = router(Arc::clone(&home), settings);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(serving.serve(listener, routes, std::future::pending()));
    Served { base, home, client: Client::new() }
}

/// The parts of an answer that tests look at.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: reqwest::header::HeaderMap,
    pub(crate) text: String,
}

impl Answer {
    pub(crate) fn json(&self) -> Json {
        serde_json::from_str(&self.text).unwrap_or(Json::Null)
    }
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
    pub(crate) fn code(&self) -> String {
        self.json()["errors"][0]["extensions"]["code"].as_str().unwrap_or_default().to_owned()
    }
    pub(crate) fn message(&self) -> String {
        self.json()["errors"][0]["message"].as_str().unwrap_or_default().to_owned()
    }
}

pub(crate) async fn send(request: RequestBuilder) -> Answer {
    let response = request.send().await.expect("the server lives");
    let (status, headers) = (response.status(), response.headers().clone());
    let text = response.text().await.unwrap();
    assert!(!text.contains(SECRET) && !text.contains(FAULT), "{text}");
    Answer { status, headers, text }
}

impl Served {
    pub(crate) fn post(&self) -> RequestBuilder {
        let request = self.client.post(format!("{}/graphql", self.base));
        request.header(CONTENT_TYPE, "application/json").header(ACCEPT, "application/graphql-response+json")
    }
    /// Sends a raw body.
    pub(crate) async fn body(&self, body: impl Into<reqwest::Body>) -> Answer {
        send(self.post().body(body)).await
    }
    /// Asks a query.
    pub(crate) async fn ask(&self, query: &str) -> Answer {
        self.body(json!({ "query": query }).to_string()).await
    }
    pub(crate) async fn get(&self, path: &str) -> Answer {
        send(self.client.get(format!("{}{path}", self.base))).await
    }
    /// Asserts that the server still answers.
    pub(crate) async fn lives(&self) {
        let answer = self.ask("{ hello }").await;
        assert_eq!(answer.text, r#"{"data":{"hello":"hello "}}"#);
    }
    pub(crate) fn reached(&self) -> (usize, usize) {
        let schema = &self.home.schema;
        (schema.named.load(Ordering::Relaxed), schema.executed.load(Ordering::Relaxed))
    }
}
