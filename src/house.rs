//! Where the parts meet: a store, a policy in force, and a pruned schema for each role.
use std::{
    collections::HashMap,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use arc_swap::ArcSwap;
use async_graphql::{
    EmptyMutation, Request, Response, Schema, SchemaBuilder, ServerError, Variables,
    parser::types::{ExecutableDocument, OperationDefinition},
};
use axum::body::Bytes;
use chrono::{DateTime, Utc};
use futures_util::stream::BoxStream;
use tokio::runtime::Handle;

use crate::{
    domains::All,
    error::{Fault, Problem, Refusal},
    firms::origins::Origins,
    graph::{Changes, Costing, Cursors, Domains, Lists, Root, Unset, vocabulary},
    http::{self, limits::Limits},
    people::Bearers,
    policy::{Faults, Live, Model, Outgoing, Policy, Role, Source, model, names},
    store::Store,
    telemetry::metrics::Reloads,
    trusted::{Documents, Trusted},
    viewer::{Account, Viewer},
};

/// The root of all schemas.
pub type Query = Root<All>;
/// The root of all that goes on.
pub type Subscription = Changes<All>;

/// The service behind the door.
pub struct House {
    store: Store,
    bearers: Bearers,
    origins: Origins,
    trusted: Documents,
    cursors: Cursors,
    live: Arc<Live>,
    schemas: ArcSwap<Schemas>,
    reloads: Arc<Reloads>,
    /// Between the schemas and the policy that they belong to.
    is_changing: AtomicBool,
}

type Schemas = HashMap<Role, Arc<RoleSchema>>;

/// One role's schema.
pub struct RoleSchema {
    schema: Schema<Query, EmptyMutation, Subscription>,
    model: Arc<Model>,
    lists: Lists,
    role: Role,
    sdl: Bytes,
}

/// Why the service can't begin.
pub enum Refused {
    /// The policy has faults.
    Policy(Faults),
    /// Something broke.
    Fault(Fault),
}

impl From<Faults> for Refused {
    fn from(faults: Faults) -> Self {
        Refused::Policy(faults)
    }
}
impl From<Fault> for Refused {
    fn from(fault: Fault) -> Self {
        Refused::Fault(fault)
    }
}

type Builder = SchemaBuilder<Query, EmptyMutation, Subscription>;

/// The full schema, which nobody is served: what each role's is pruned from.
pub fn full() -> Builder {
    Schema::build(Query::default(), EmptyMutation, Subscription::default())
}

/// The full model: nobody's schema, but what policy speaks about.
pub fn model() -> Model {
    Model::of(full())
}

/// The full model as text.
pub fn sdl() -> String {
    full().finish().sdl()
}

/// Compiles a policy for the model.
pub async fn compile(source: &Source) -> Result<Policy, Faults> {
    Policy::compile(source, &model(), &vocabulary(All::graph())).await
}

/// The schema of a role as text, under a policy.
pub fn role_sdl(policy: &Policy, role: Role) -> Result<String, Faults> {
    Ok(policy.grants(role).prune(full())?.schema.sdl())
}

impl RoleSchema {
    /// A role's schema under a policy, to judge documents by; it has no rows behind it.
    pub fn of(policy: &Policy, role: Role) -> Result<Self, Faults> {
        Self::with(full(), policy, role)
    }

    fn with(builder: Builder, policy: &Policy, role: Role) -> Result<Self, Faults> {
        let pruned = policy.grants(role).prune(builder)?;
        let sdl = pruned.schema.sdl().into();
        let lists = Lists::of(&pruned.model);
        Ok(RoleSchema { schema: pruned.schema, model: pruned.model, lists, role, sdl })
    }

    /// What is wrong with a document, as a request that sends it within these limits would be told; or the name of its
    /// operation, and what it costs where its variables ask for the longest pages.
    pub async fn judge(&self, text: &str, limits: &Limits) -> Result<Judged, Vec<String>> {
        use http::RoleSchema as _;
        let told = |refusal: Refusal| vec![refusal.sentence().to_owned()];
        let document = http::checked(text, limits, self).map_err(told)?;
        http::writable(&document, &Variables::default(), limits).map_err(told)?;
        let names = document.operations.iter().filter_map(|(name, _)| name.map(ToString::to_string));
        let name = names.min().unwrap_or_default();
        let mut dearest = 0;
        for (_, operation) in document.operations.iter() {
            let of = |unset| self.cost(&document, &operation.node, &Variables::default(), unset);
            http::affordable(of(Unset::Default), limits).map_err(told)?;
            dearest = dearest.max(of(Unset::Longest));
        }
        let told = |errors: Vec<ServerError>| errors.into_iter().map(|error| error.message).collect();
        self.names(&document, None, &Variables::default()).map_err(told)?;
        // No operation can have this name, so what is valid ends there and nothing runs.
        let mut request = Request::new("").operation_name(" ");
        request.set_parsed_query(document);
        let mut errors = self.schema.execute(request).await.errors;
        errors.retain(|error| !error.message.starts_with("Unknown operation named"));
        if errors.is_empty() { Ok(Judged { name, dearest }) } else { Err(told(errors)) }
    }
}

/// A document that a role may be trusted with.
#[derive(Debug)]
pub struct Judged {
    /// Its operation's name.
    pub name: String,
    /// What it costs where its variables ask for the longest pages.
    pub dearest: usize,
}

impl House {
    /// Moves into a database that is migrated, under a policy without faults.
    pub async fn open(store: Store, source: &Source) -> Result<Self, Refused> {
        let cursors = Cursors::of(&store).await?;
        let (source, its) = (source.clone(), (store.clone(), cursors.clone()));
        let (live, schemas) = computed(async move {
            let live = Arc::new(Live::new(compile(&source).await?));
            let schemas = schemas(&live.policy(), &its.0, &live, &its.1)?;
            Ok((live, schemas))
        })
        .await?;
        let bearers = Bearers::of(store.clone());
        let origins = Origins::of(store.clone());
        let trusted = Documents::of(store.clone());
        let reloads = Arc::new(Reloads::of(&live.hash()));
        let schemas = ArcSwap::from_pointee(schemas);
        let is_changing = AtomicBool::new(false);
        Ok(House { store, bearers, origins, trusted, cursors, live, schemas, reloads, is_changing })
    }

    /// Puts another policy in force, whole; one with faults changes nothing.
    pub async fn reload(&self, source: &Source) -> Result<(), Faults> {
        let (source, live) = (source.clone(), Arc::clone(&self.live));
        let its = (self.store.clone(), self.cursors.clone());
        let computed = computed(async move {
            let policy = compile(&source).await?;
            let schemas = schemas(&policy, &its.0, &live, &its.1)?;
            Ok((policy, schemas))
        });
        let (policy, schemas) = computed.await.inspect_err(|_| self.reloads.refused())?;
        if policy.hash() == &self.live.hash() {
            // Nothing that anybody asks now need end for it.
            self.reloads.good(policy.hash());
            return Ok(());
        }
        self.is_changing.store(true, Ordering::SeqCst);
        // The schemas first: a request that began under the former hash ends with a retry, whatever it got to see.
        self.schemas.store(Arc::new(schemas));
        self.live.replace(policy);
        self.is_changing.store(false, Ordering::SeqCst);
        self.reloads.good(&self.live.hash());
        self.store.wake_all();
        Ok(())
    }

    /// How often the policy was read anew.
    pub fn reloads(&self) -> &Arc<Reloads> {
        &self.reloads
    }

    /// The database.
    pub fn store(&self) -> &Store {
        &self.store
    }
}

/// Computes away from the threads that answer requests, and all on one thread, whose memory is used again.
async fn computed<T: Send + 'static>(
    work: impl Future<Output = Result<T, Faults>> + Send + 'static,
) -> Result<T, Faults> {
    let runtime = Handle::current();
    let done = tokio::task::spawn_blocking(move || runtime.block_on(work)).await;
    done.unwrap_or_else(|why| Err(Faults::failed(why)))
}

fn schemas(policy: &Policy, store: &Store, live: &Arc<Live>, cursors: &Cursors) -> Result<Schemas, Faults> {
    let mut schemas = HashMap::new();
    for role in Role::ALL {
        let builder = full().data(store.clone()).data(Arc::clone(live)).data(cursors.clone());
        schemas.insert(role, Arc::new(RoleSchema::with(builder, policy, role)?));
    }
    Ok(schemas)
}

impl http::House for House {
    type Schema = RoleSchema;

    async fn viewer(
        &self,
        token: Option<&str>,
        role: Option<Role>,
        at: DateTime<Utc>,
    ) -> Result<Viewer, Problem> {
        let at = at.naive_utc();
        match token {
            Some(token) => self.bearers.find(token, role, at).await,
            None if role.is_none_or(|role| role == Role::Anonymous) => Ok(Viewer::anonymous(at)),
            None => Err(Problem::RoleNotHeld),
        }
    }

    fn remembered(&self, token: &str, role: Option<Role>, at: DateTime<Utc>) -> Option<Viewer> {
        self.bearers.remember(token, role, at.naive_utc())
    }

    fn known(&self, token: &str, at: DateTime<Utc>) -> Option<Account> {
        self.bearers.known(token, at.naive_utc())
    }

    fn schema(&self, role: Role) -> Result<Arc<RoleSchema>, Problem> {
        let schema = self.schemas.load().get(&role).map(Arc::clone);
        schema.ok_or_else(|| Fault::new(format!("{role} has no schema")).into())
    }

    fn policy_hash(&self) -> Arc<str> {
        // Whatever begins or ends while both are exchanged is of neither.
        if self.is_changing.load(Ordering::SeqCst) { Arc::from("changing") } else { self.live.hash() }
    }

    async fn lists_origin(&self, origin: &str, firm: Option<&str>) -> Result<bool, Problem> {
        Ok(self.origins.lists(origin, firm).await?)
    }

    async fn trusted(&self, role: Role, hash: &str) -> Result<Option<Arc<Trusted>>, Problem> {
        Ok(self.trusted.find(role, hash).await?)
    }

    async fn ready(&self) -> bool {
        self.store.unscoped("health asks whether the database answers").answers().await
    }
}

impl http::RoleSchema for RoleSchema {
    fn sdl(&self) -> Bytes {
        self.sdl.clone()
    }

    fn has_type(&self, name: &str) -> bool {
        model::is_built_in(name) || self.model.types.contains_key(name)
    }

    fn names(
        &self,
        document: &ExecutableDocument,
        operation_name: Option<&str>,
        variables: &Variables,
    ) -> Result<(), Vec<ServerError>> {
        let errors = names::check(document, operation_name, variables, &self.model);
        if errors.is_empty() { Ok(()) } else { Err(errors) }
    }

    fn cost(
        &self,
        document: &ExecutableDocument,
        operation: &OperationDefinition,
        variables: &Variables,
        unset: Unset,
    ) -> usize {
        let (model, lists) = (&self.model, &self.lists);
        Costing { model, lists, fragments: &document.fragments, operation, variables, unset }.cost()
    }

    fn outgoing(&self, document: &ExecutableDocument, operation_name: Option<&str>) -> Option<Outgoing<'_>> {
        if self.role.is_outside() { Outgoing::of(document, operation_name, &self.model) } else { None }
    }

    async fn execute(&self, request: Request) -> Response {
        self.schema.execute(request).await
    }

    fn follow(&self, request: Request) -> BoxStream<'static, Response> {
        self.schema.execute_stream(request)
    }
}
