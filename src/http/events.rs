//! Server-sent events: GraphQL over SSE, distinct connections mode.
//! <https://github.com/graphql/graphql-over-http/blob/main/rfcs/GraphQLOverSSE.md>

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use async_graphql::Response as Executed;
use axum::http::{HeaderValue, header};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures_util::{Stream, StreamExt as _, stream};

use super::answer::text;
use super::graphql::Received;
use super::stream::{Item, Operation};
use super::taken::until_taken;
use super::{Door, House};
use crate::error::Problem;
use crate::telemetry::metrics::Opened;

/// Answers with the items of one operation, each an event `next`, and `complete` behind them. Its head is sent when the
/// operation has begun, so that whoever has it misses no change from then on.
pub(super) async fn respond<H: House>(door: &Arc<Door<H>>, received: Received) -> Response {
    let every = Duration::from_secs(door.settings.limits.general.ping_seconds.max(1));
    let Operation { mut items, begun } = Operation::begin(door, received, true);
    let first = tokio::select! {
        biased;
        item = items.next() => item,
        // What gives up before it begins has an item to say so.
        Ok(()) = begun => None,
    };
    let (first, turn) = match first {
        // Nothing was said yet, so HTTP says it.
        Some(Item::Ended(refusal)) => return refusal.into_response(),
        Some(Item::Next(answer, turn)) => (Some(Item::Next(answer, None)), turn),
        first => (first, None),
    };
    let closing = door.settings.closing.clone();
    let open = door.settings.metrics.as_ref().map(|metrics| metrics.opened(Opened::Stream));
    // What is answered is told, though the service stops.
    let items = stream::iter(first).chain(items.take_until(async move { closing.closed().await }));
    let events = events(items).map(move |event| {
        // Counted as open as long as this is.
        let _open = &open;
        Ok::<_, Infallible>(event)
    });
    let mut response = Sse::new(events).keep_alive(KeepAlive::new().interval(every)).into_response();
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    until_taken(response, turn)
}

fn events(items: impl Stream<Item = Item> + Send + 'static) -> impl Stream<Item = Event> + Send + 'static {
    let next = items.map(|item| {
        let text = match item {
            Item::Next(answer, _) => text(&answer, true),
            Item::Failed(errors) => text(&Executed::from_errors(errors), false),
            Item::Ended(refusal) => text(&Executed::from_errors(vec![refusal.into()]), false),
        };
        let text = text.unwrap_or_else(|| Problem::Internal.sentence().to_owned());
        Event::default().event("next").data(text)
    });
    // An event without data would be dropped by the reader.
    next.chain(stream::once(async { Event::default().event("complete").data("{}") }))
}
