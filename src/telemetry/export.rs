//! Traces for an OpenTelemetry collector: a span for each call, for who asks, for the schema and for each statement.
//!
//! The spans are `tracing`'s, under a target of their own that the log leaves out; where no collector is named, nothing
//! listens to that target and nothing is made. What stands in them follows OpenTelemetry's conventions and holds what the
//! log may hold; a statement is named by the hash of its text.
use std::{
    collections::hash_map::DefaultHasher,
    fmt,
    hash::{Hash as _, Hasher as _},
    pin::Pin,
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};

use axum::http::HeaderMap;
use opentelemetry::{
    propagation::{Extractor, TextMapPropagator as _},
    trace::{TraceContextExt as _, TracerProvider as _},
};
use opentelemetry_http::{Bytes, HttpClient, HttpError, Request, Response};
use opentelemetry_otlp::{SpanExporter, WithExportConfig as _, WithHttpConfig as _};
use opentelemetry_sdk::{Resource, propagation::TraceContextPropagator, trace::SdkTracerProvider};
use tokio::runtime::Handle;
use tracing::{Span, Subscriber, field::Empty};
use tracing_opentelemetry::OpenTelemetrySpanExt as _;
use tracing_subscriber::{Layer, filter::filter_fn, registry::LookupSpan};

use super::{
    TRACE,
    call::{Notes, Route},
};
use crate::{policy::Role, store::Engine};

/// The header that names a trace: <https://www.w3.org/TR/trace-context/>.
pub(crate) const TRACEPARENT: &str = "traceparent";

/// Whether somebody collects.
static IS_ON: AtomicBool = AtomicBool::new(false);

/// How long one delivery may take.
const DELIVERY: Duration = Duration::from_secs(10);

/// What collects and delivers; what is left is delivered when it is told to stop.
pub struct Collecting(SdkTracerProvider);

impl Collecting {
    /// Delivers what was collected, and stops.
    pub async fn stop(self) {
        // It waits for the last delivery, which this runtime carries out.
        let stopping = move || self.0.shutdown_with_timeout(DELIVERY);
        if let Ok(Err(why)) = tokio::task::spawn_blocking(stopping).await {
            tracing::warn!(why = ?why.to_string(), "the last spans could not be delivered");
        }
    }
}

/// Collects spans for the collector at this address, such as `http://127.0.0.1:4318`.
pub fn collecting<S>(address: &str) -> Result<(Collecting, Box<dyn Layer<S> + Send + Sync>), String>
where
    S: Subscriber + for<'a> LookupSpan<'a> + Send + Sync,
{
    let sender = Sender::new().map_err(|why| why.to_string())?;
    let exporter = SpanExporter::builder()
        .with_http()
        .with_http_client(sender)
        .with_endpoint(format!("{}/v1/traces", address.trim_end_matches('/')))
        .build()
        .map_err(|why| why.to_string())?;
    let resource = Resource::builder().with_service_name("portico").build();
    let provider = SdkTracerProvider::builder().with_batch_exporter(exporter).with_resource(resource).build();
    let layer = tracing_opentelemetry::layer()
        .with_tracer(provider.tracer("portico"))
        .with_location(false)
        .with_target(false)
        .with_threads(false)
        .with_level(false)
        .with_tracked_inactivity(false)
        .with_filter(filter_fn(|metadata| metadata.is_span() && metadata.target() == TRACE));
    IS_ON.store(true, Ordering::Relaxed);
    Ok((Collecting(provider), layer.boxed()))
}

/// The span of a request. It goes on the trace that the sender began where that is believed, and is linked to it else: who
/// begins a trace decides whether it is kept, and nobody from outside shall.
pub(crate) fn request(route: &Route, headers: &HeaderMap, is_believed: bool) -> Span {
    if !IS_ON.load(Ordering::Relaxed) {
        return Span::none();
    }
    let span = root(route);
    let told = TraceContextPropagator::new().extract(&Traceparent(headers));
    if is_believed {
        // It fails only where nobody collects.
        let _ = span.set_parent(told);
    } else {
        span.add_link(told.span().span_context().clone());
    }
    span
}

/// Which trace a request goes on. `tracestate` beside it is text of the caller's choice, and would be told to the collector.
struct Traceparent<'a>(&'a HeaderMap);

impl Extractor for Traceparent<'_> {
    fn get(&self, key: &str) -> Option<&str> {
        if key == TRACEPARENT { self.0.get(key)?.to_str().ok() } else { None }
    }

    fn keys(&self) -> Vec<&str> {
        vec![TRACEPARENT]
    }
}

/// The span of a call that nobody's headers stand for.
pub(crate) fn root(route: &Route) -> Span {
    let pattern = route.pattern.as_deref().unwrap_or("none");
    tracing::trace_span!(
        target: TRACE,
        parent: None,
        "request",
        otel.name = format!("{} {pattern}", route.method),
        otel.kind = "server",
        otel.status_code = Empty,
        http.request.method = route.method,
        http.route = pattern,
        http.response.status_code = Empty,
        graphql.operation.r#type = Empty,
        graphql.operation.name = Empty,
        portico.role = Empty,
        error.r#type = Empty,
    )
}

/// What is known of a call at its end.
pub(super) fn ended(span: &Span, notes: &Notes) {
    if span.is_disabled() {
        return;
    }
    if let Some(status) = notes.status {
        span.record("http.response.status_code", status);
    }
    if let Some(kind) = notes.kind {
        span.record("graphql.operation.type", kind.name());
    }
    if let Some(document) = &notes.document {
        span.record("graphql.operation.name", document.as_ref());
    }
    if let Some(role) = notes.role {
        span.record("portico.role", Role::name(role));
    }
    if let Some(code) = notes.code {
        span.record("error.type", code.code());
    }
    if notes.code.is_some_and(|code| code.status().is_server_error()) {
        span.record("otel.status_code", "ERROR");
    }
}

/// The span of the question who asks.
pub(crate) fn viewer() -> Span {
    tracing::trace_span!(target: TRACE, "viewer")
}

/// The span of the schema: validation, plans, statements and answers.
pub(crate) fn schema() -> Span {
    tracing::trace_span!(target: TRACE, "schema")
}

/// The span of one statement.
pub(crate) fn statement(engine: Engine, text: &str) -> Span {
    if !IS_ON.load(Ordering::Relaxed) {
        return Span::none();
    }
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    let system = match engine {
        Engine::Sqlite => "sqlite",
        Engine::Postgres => "postgresql",
    };
    tracing::trace_span!(
        target: TRACE,
        "statement",
        otel.name = "SELECT",
        otel.kind = "client",
        db.system.name = system,
        db.operation.name = "SELECT",
        portico.statement = format!("{:016x}", hasher.finish()),
    )
}

/// Delivers by the client that the program has for everything else, on the runtime that it has.
struct Sender {
    client: reqwest::Client,
    runtime: Handle,
}

impl Sender {
    fn new() -> reqwest::Result<Self> {
        let client = reqwest::Client::builder().timeout(DELIVERY).build()?;
        Ok(Sender { client, runtime: Handle::current() })
    }
}

impl fmt::Debug for Sender {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sender")
    }
}

impl HttpClient for Sender {
    fn send_bytes<'life, 'ahead>(
        &'life self,
        request: Request<Bytes>,
    ) -> Pin<Box<dyn Future<Output = Result<Response<Bytes>, HttpError>> + Send + 'ahead>>
    where
        'life: 'ahead,
        Self: 'ahead,
    {
        let client = self.client.clone();
        let sent = self.runtime.spawn(async move { delivered(&client, request).await });
        Box::pin(async move {
            let answer = sent.await.map_err(HttpError::from).and_then(|sent| sent);
            if let Err(why) = &answer {
                tracing::warn!(why = ?why.to_string(), "spans could not be delivered");
            }
            answer
        })
    }
}

async fn delivered(client: &reqwest::Client, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
    let (parts, body) = request.into_parts();
    let sent = client.post(parts.uri.to_string()).headers(parts.headers).body(body);
    let answer = sent.send().await?;
    let mut response = Response::builder().status(answer.status());
    if let Some(headers) = response.headers_mut() {
        headers.clone_from(answer.headers());
    }
    Ok(response.body(answer.bytes().await?)?)
}
