//! One socket, from its first message to its last: a single task, which waits for the client, its operations and the clock.
//!
//! Operations are polled only while nothing waits to be sent, so a client that does not read costs one message, and its
//! operations meanwhile make of however many changes one.

use std::collections::HashMap;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::ws::{Message as Frame, WebSocket};
use axum::http::{HeaderMap, header};
use futures_util::StreamExt as _;
use futures_util::stream::{self, AbortHandle, Abortable, BoxStream, SelectAll};
use governor::{DefaultDirectRateLimiter, Quota, RateLimiter};
use tokio::sync::oneshot;
use tokio::time::{Instant, MissedTickBehavior, interval, sleep_until, timeout};

use super::super::auth::Asker;
use super::super::bill::Bill;
use super::super::body::{Asked, KIB};
use super::super::closing::Staying;
use super::super::crowd::Place;
use super::super::graphql::Received;
use super::super::layers::operation;
use super::super::meter::{self, Meter};
use super::super::origin::permitted;
use super::super::rates::nonzero;
use super::super::stream::{Item, Open, Operation, ends_caller, opened};
use super::super::{Door, House};
use super::message::{Incoming, Outgoing, payload};
use super::{Close, READ_BYTES};
use crate::error::{Problem, Refusal};
use crate::telemetry::{
    call::Call,
    metrics::{Held, Opened},
};

/// How long a client has to answer that the socket is closed.
const FAREWELL: Duration = Duration::from_secs(1);

/// The longest message that is read before it is paid for: reading it costs no more than refusing it, and whoever has spent
/// the budget is told which of his operations it was, and goes on giving signs of life.
const SHORT: usize = 4_096;

/// How often a client may say what costs nothing (pings, pongs, ends of operations, and what is refused for want of budget):
/// so often at once, and then each second.
const SIGNS: (NonZeroU32, NonZeroU32) = (nonzero(200), nonzero(20));

/// What may be sent besides a message, in bytes, for the heads of its frames; and in all before anybody has said who he is.
const BESIDE: usize = 16_384;

/// What a sign of life may have besides its text: its head and its mask.
const HEAD: usize = 14;

/// After how many signs of life of ours it is asked whether the token is still worth what it was; operations ask by
/// themselves.
const LOOK: u32 = 4;

/// What operations give, each beside its id; none behind the last.
type Items = SelectAll<BoxStream<'static, (String, Option<Item>)>>;

pub(super) struct Session<H> {
    door: Arc<Door<H>>,
    socket: WebSocket,
    /// Of what is read from it.
    meter: Arc<Meter>,
    /// Its place among the connections, where these are counted.
    place: Option<Arc<Place>>,
    /// From whose page it was opened.
    page: HeaderMap,
    /// From which address.
    bill: Arc<Bill>,
    /// Who it is, and the place among the person's sockets, once the first message has said so.
    who: Option<(HeaderMap, Open)>,
    operations: HashMap<String, Begun>,
    items: Items,
    signs: DefaultDirectRateLimiter,
    /// A subscription that has yet to begin. Until then nothing more is read, so that what the client asks behind it is
    /// answered no earlier than from when on it misses nothing.
    beginning: Option<oneshot::Receiver<()>>,
    /// The service waits for it when it stops.
    _staying: Staying,
    /// Counted as open while it is.
    _open: Option<Held>,
}

/// An operation that goes on: what ends it, and what is noted of it.
type Begun = (AbortHandle, Arc<Call>);

/// Goes on, or closes for a reason.
type Step = Result<(), Close>;

impl<H: House> Session<H> {
    pub(super) fn new(
        door: Arc<Door<H>>,
        (socket, meter, place): (WebSocket, Arc<Meter>, Option<Arc<Place>>),
        page: HeaderMap,
        bill: Arc<Bill>,
    ) -> Self {
        let (operations, items) = (HashMap::new(), SelectAll::new());
        let staying = door.settings.closing.stay();
        let open = door.settings.metrics.as_ref().map(|metrics| metrics.opened(Opened::Socket));
        let (who, beginning) = (None, None);
        let signs = RateLimiter::direct(Quota::per_second(SIGNS.1).allow_burst(SIGNS.0));
        Session {
            door,
            socket,
            meter,
            place,
            page,
            bill,
            who,
            operations,
            items,
            signs,
            beginning,
            _staying: staying,
            _open: open,
        }
    }

    pub(super) async fn run(mut self) {
        let ended = self.converse().await;
        if let Err(close) = ended {
            self.close(close).await;
        }
    }

    /// Says why, and waits a moment for the client to have heard.
    pub(super) async fn close(mut self, close: Close) {
        let farewell = async {
            // Where the client said so first, this fails, and its own close is answered by what follows.
            let _ = self.socket.send(Frame::Close(Some(close.frame()))).await;
            while let Some(Ok(_)) = self.socket.recv().await {}
        };
        // Who does not listen is left without it, and who is in the way has no time.
        let time = if close == Close::NoRoom { Duration::ZERO } else { FAREWELL };
        let _ = timeout(time, farewell).await;
    }

    async fn converse(&mut self) -> Step {
        let limits = &self.door.settings.limits.general;
        let init = Instant::now() + Duration::from_secs(limits.init_seconds);
        let mut pings = interval(Duration::from_secs(limits.ping_seconds.max(1)));
        pings.set_missed_tick_behavior(MissedTickBehavior::Delay);
        pings.reset();
        let closing = self.door.settings.closing.clone();
        let (mut unanswered, mut pinged) = (0_u8, 0_u32);
        self.meter.allow(BESIDE);
        if let Some(place) = &self.place {
            place.idle();
        }
        loop {
            let is_beginning = self.beginning.is_some();
            tokio::select! {
                () = closing.closed() => return Err(Close::Stopping),
                () = sleep_until(init), if self.who.is_none() => return Err(Close::InitTimeout),
                () = Place::told(self.place.as_deref()), if self.who.is_none() => return Err(Close::NoRoom),
                _ = pings.tick() => {
                    if unanswered >= 2 {
                        return Err(Close::TooSlow);
                    }
                    unanswered += 1;
                    pinged = pinged.wrapping_add(1);
                    if pinged.is_multiple_of(LOOK) {
                        self.is_still().await?;
                    }
                    self.send(Frame::Ping(Vec::new().into())).await?;
                }
                () = begun(&mut self.beginning), if is_beginning => self.beginning = None,
                Some((id, item)) = self.items.next(), if !self.items.is_empty() => self.tell(id, item).await?,
                frame = self.socket.recv(), if !is_beginning => {
                    unanswered = 0;
                    match frame {
                        None => return Ok(()),
                        Some(Err(error)) => return Err(broken(&error)),
                        Some(Ok(frame)) => self.hear(frame).await?,
                    }
                }
            }
        }
    }

    async fn hear(&mut self, frame: Frame) -> Step {
        let text = match frame {
            Frame::Text(text) => text,
            Frame::Binary(_) => return Err(Close::BadMessage),
            Frame::Close(_) => return Err(Close::Done),
            // Answered by the library.
            Frame::Ping(sign) | Frame::Pong(sign) => {
                // It leaves what may be read as it was, or signs would buy frames without anything in them.
                self.meter.allow(self.meter.left().saturating_add(sign.len() + HEAD).min(self.most()));
                return self.sign();
            }
        };
        let bill = self.bill.another();
        let weight = self.weight(text.len());
        let is_long = weight > SHORT;
        if is_long && self.admitted(&bill).and_then(|()| bill.weigh(weight / KIB)).is_err() {
            return Err(Close::Spent);
        }
        let message = Incoming::read(&text, &self.door.settings.limits.general).ok_or(Close::BadMessage)?;
        let step = self.obey(message, &bill, is_long).await;
        self.meter.allow(self.most());
        step
    }

    /// How many bytes may come of one message, its frames' heads with it.
    fn most(&self) -> usize {
        let message = self.door.settings.limits.general.message_bytes;
        if self.who.is_some() { message.saturating_add(BESIDE) } else { BESIDE }
    }

    /// The bytes of a message of this length, and of what was sent around it but for what is read ahead.
    fn weight(&self, length: usize) -> usize {
        let sent = self.most().saturating_sub(self.meter.left());
        length.max(sent.saturating_sub(READ_BYTES))
    }

    async fn obey(&mut self, message: Incoming, bill: &Arc<Bill>, is_long: bool) -> Step {
        match message {
            Incoming::Subscribe(id, asked) => {
                let admitted = if is_long { Ok(()) } else { self.admitted(bill) };
                if admitted.is_err() {
                    self.sign()?;
                }
                self.subscribe(id, admitted.and(*asked), bill).await
            }
            Incoming::Init(headers) => {
                let call = operation(self.door.settings.metrics.clone());
                let step = Arc::clone(&call).answering(self.init(headers)).await;
                call.answered();
                step
            }
            Incoming::Ping => {
                self.sign()?;
                self.say(&Outgoing::Pong).await
            }
            Incoming::Pong => self.sign(),
            Incoming::Complete(id) => {
                self.forget(&id);
                self.sign()
            }
        }
    }

    /// A sign of life is free, and no way to keep the service busy.
    fn sign(&self) -> Step {
        self.signs.check().map_err(|_| Close::Flooding)
    }

    /// Charges the account that the socket is known to be, or the address that it comes from.
    fn admitted(&self, bill: &Arc<Bill>) -> Result<(), Refusal> {
        match &self.who {
            Some((headers, _)) => Asker::of(headers, bill).admitted(&*self.door.house),
            None => bill.admit(None),
        }
    }

    /// Without a token there is nothing to listen to, so nobody's socket stays open.
    async fn init(&mut self, mut headers: HeaderMap) -> Step {
        if self.who.is_some() {
            return Err(Close::InitTwice);
        }
        if !headers.contains_key(header::AUTHORIZATION) {
            return Err(Close::Forbidden);
        }
        headers.extend(self.page.drain());
        let asker = Asker::of(&headers, &self.bill);
        let viewer = asker.viewer(&self.door).await.map_err(|refusal| refused(&refusal))?;
        let permitted = permitted(&self.door, asker.origin.as_ref(), &viewer).await;
        permitted.map_err(|problem| refused(&problem.into()))?;
        let most = self.door.settings.limits.asking(&viewer).streams;
        let open = opened(&self.door.streams, &viewer, 1, most).map_err(|_| Close::TooMany)?;
        self.who = Some((headers, open));
        if let Some(place) = &self.place {
            place.busy();
        }
        self.say(&Outgoing::ConnectionAck).await
    }

    /// Whether the token is still worth something; that nobody can tell for the moment closes nothing.
    async fn is_still(&mut self) -> Step {
        let Some((headers, _)) = &self.who else { return Ok(()) };
        match Asker::of(headers, &self.bill).looked_up(&self.door).await {
            Err(refusal) if ends_caller(refusal.problem()) => Err(Close::Forbidden),
            Ok(_) | Err(_) => Ok(()),
        }
    }

    async fn subscribe(&mut self, id: String, asked: Result<Asked, Refusal>, bill: &Arc<Bill>) -> Step {
        let Some((headers, _)) = &self.who else { return Err(Close::Unauthorized) };
        if self.operations.contains_key(&id) {
            return Err(Close::Duplicate);
        }
        if self.operations.len() >= self.door.settings.limits.general.operations {
            return self.fail(&id, Problem::TooManyStreams.into()).await;
        }
        let call = operation(self.door.settings.metrics.clone());
        // As over `POST`, who asks is asked with each operation.
        let received = match asked {
            Ok(asked) => Received::said(&self.door, headers.clone(), Asker::of(headers, bill), asked),
            Err(refusal) => {
                call.note(|notes| notes.code = Some(refusal.problem()));
                call.answered();
                return self.fail(&id, refusal).await;
            }
        };
        let Operation { items, begun } = Operation::begin(&self.door, received, false);
        self.beginning = Some(begun);
        let (handle, registration) = AbortHandle::new_pair();
        self.operations.insert(id.clone(), (handle, Arc::clone(&call)));
        let last = stream::once(async { None });
        let items = call.following(items).map(Some).chain(last).map(move |item| (id.clone(), item));
        self.items.push(Abortable::new(items, registration).boxed());
        Ok(())
    }

    async fn tell(&mut self, id: String, item: Option<Item>) -> Step {
        let Some((_, call)) = self.operations.get(&id) else { return Ok(()) };
        let call = Arc::clone(call);
        match item {
            Some(Item::Next(answer)) => {
                let payload = payload(&answer).ok_or(Close::BadMessage)?;
                let frame = Outgoing::Next { id: &id, payload: &payload }.frame().ok_or(Close::BadMessage)?;
                call.wrote(length(&frame));
                self.send(frame).await
            }
            Some(Item::Failed(errors)) => {
                self.forget(&id);
                self.say(&Outgoing::Error { id: &id, payload: &errors }).await
            }
            Some(Item::Ended(refusal)) if ends_caller(refusal.problem()) => Err(Close::Forbidden),
            Some(Item::Ended(refusal)) => {
                self.forget(&id);
                self.fail(&id, refusal).await
            }
            None => {
                self.forget(&id);
                self.say(&Outgoing::Complete { id: &id }).await
            }
        }
    }

    fn forget(&mut self, id: &str) {
        if let Some((operation, _)) = self.operations.remove(id) {
            operation.abort();
        }
    }

    async fn fail(&mut self, id: &str, refusal: Refusal) -> Step {
        self.say(&Outgoing::Error { id, payload: &[refusal.into()] }).await
    }

    async fn say(&mut self, message: &Outgoing<'_>) -> Step {
        let frame = message.frame().ok_or(Close::BadMessage)?;
        self.send(frame).await
    }

    /// Waits until the client's side has taken it, and no longer than it may.
    async fn send(&mut self, frame: Frame) -> Step {
        let time = Duration::from_secs(self.door.settings.limits.general.send_seconds);
        match timeout(time, self.socket.send(frame)).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_gone)) => Err(Close::Done),
            Err(_elapsed) => Err(Close::TooSlow),
        }
    }
}

/// Pending for ever where nothing is about to begin. One that ended without beginning has begun, too.
async fn begun(beginning: &mut Option<oneshot::Receiver<()>>) {
    match beginning {
        Some(begun) => {
            let _ = begun.await;
        }
        None => std::future::pending().await,
    }
}

/// Why a socket is closed whose token was refused; what is no refusal is the service's own trouble.
fn refused(refusal: &Refusal) -> Close {
    match refusal.problem().status().as_u16() {
        401 | 403 | 400 => Close::Forbidden,
        _ => Close::Stopping,
    }
}

fn length(frame: &Frame) -> u64 {
    match frame {
        Frame::Text(text) => u64::try_from(text.len()).unwrap_or_default(),
        Frame::Binary(_) | Frame::Ping(_) | Frame::Pong(_) | Frame::Close(_) => 0,
    }
}

/// Why a socket is closed that can't be read.
fn broken(error: &axum::Error) -> Close {
    let text = error.to_string();
    if text.contains(meter::SPENT) {
        return Close::Flooding;
    }
    if text.contains("too long") || text.contains("too big") { Close::TooLarge } else { Close::BadMessage }
}
