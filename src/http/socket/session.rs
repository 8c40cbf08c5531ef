//! One socket, from its first message to its last: a single task, which waits for the client, its operations and the clock.
//!
//! Operations are asked for more only while nothing waits to be sent, so a client that does not read costs one answer of each, and its
//! operations meanwhile make of however many changes one. What one of them has begun goes on all the while.

use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::ws::{Message as Frame, WebSocket};
use axum::http::HeaderMap;
use governor::{DefaultDirectRateLimiter, Quota, RateLimiter};
use tokio::time::{Instant, MissedTickBehavior, interval, sleep, sleep_until, timeout};

use super::super::auth::Asker;
use super::super::bill::Bill;
use super::super::body::{Asked, KIB};
use super::super::closing::Staying;
use super::super::crowd::{Place, Standing, TAKING};
use super::super::graphql::Received;
use super::super::layers::operation;
use super::super::meter::Meter;
use super::super::rates::nonzero;
use super::super::stream::{Item, Operation, ends_caller};
use super::super::{Door, House};
use super::known::Known;
use super::message::{Incoming, Outgoing, length, payload};
use super::operations::Operations;
use super::{Close, READ_BYTES};
use crate::error::{Problem, Refusal};
use crate::telemetry::metrics::{Held, Opened};

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
    /// Who it is, once the first message has said so.
    who: Option<Known>,
    operations: Operations,
    /// What its place was told of them last.
    standing: Option<Standing>,
    /// How long the client may take for what it is told once it has to make room.
    taking: Duration,
    /// When it was given an answer last.
    answered_at: Option<Instant>,
    /// For what it closes once everything is answered.
    ends: Option<Close>,
    signs: DefaultDirectRateLimiter,
    /// The service waits for it when it stops.
    _staying: Staying,
    /// Counted as open while it is.
    _open: Option<Held>,
}

/// Goes on, or closes for a reason.
type Step = Result<(), Close>;

impl<H: House> Session<H> {
    pub(super) fn new(
        door: Arc<Door<H>>,
        (socket, meter, place): (WebSocket, Arc<Meter>, Option<Arc<Place>>),
        page: HeaderMap,
        bill: Arc<Bill>,
    ) -> Self {
        Session {
            socket,
            meter,
            place,
            page,
            bill,
            who: None,
            operations: Operations::default(),
            standing: None,
            taking: TAKING,
            answered_at: None,
            ends: None,
            signs: RateLimiter::direct(Quota::per_second(SIGNS.1).allow_burst(SIGNS.0)),
            _staying: door.settings.closing.stay(),
            _open: door.settings.metrics.as_ref().map(|metrics| metrics.opened(Opened::Socket)),
            door,
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
        // Who does not listen is left without it. Who is in the way has no time but for what it was given just now: what it
        // says meanwhile has to be read, or the system would throw away what it has yet to take.
        let takes = self.answered_at.is_some_and(|at| at.elapsed() < TAKING);
        let in_the_way = if takes { self.taking } else { Duration::ZERO };
        let time = if close == Close::NoRoom { in_the_way } else { FAREWELL };
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
        loop {
            self.stand();
            if let Some(why) = self.ends {
                return self.finish(why).await;
            }
            let is_beginning = self.operations.is_beginning();
            tokio::select! {
                () = closing.closed() => return self.finish(Close::Stopping).await,
                () = Place::told(self.place.as_deref()) => return self.finish(Close::NoRoom).await,
                () = sleep_until(init), if self.who.is_none() => return Err(Close::InitTimeout),
                _ = pings.tick() => {
                    if unanswered >= 2 {
                        return Err(Close::TooSlow);
                    }
                    unanswered += 1;
                    pinged = pinged.wrapping_add(1);
                    if self.is_outdated() {
                        self.ends = Some(Close::Forbidden);
                        continue;
                    }
                    if pinged.is_multiple_of(LOOK) {
                        self.is_still().await?;
                    }
                    self.send(Frame::Ping(Vec::new().into())).await?;
                }
                next = self.operations.next() => if let Some((id, item)) = next {
                    self.tell(id, item).await?;
                },
                frame = self.socket.recv(), if !is_beginning => {
                    unanswered = 0;
                    match frame {
                        None => return Ok(()),
                        Some(Err(error)) => return Err(Close::of(&error)),
                        Some(Ok(frame)) => self.hear(frame).await?,
                    }
                }
            }
        }
    }

    /// Tells its place what is under way.
    fn stand(&mut self) {
        let standing = self.operations.standing();
        if let Some(place) = self.place.as_ref().filter(|_| self.standing != Some(standing)) {
            place.stands(standing);
        }
        self.standing = Some(standing);
    }

    /// It has to close for this: what goes on ends, what was asked before is answered, and nothing more is heard.
    async fn finish(&mut self, why: Close) -> Step {
        loop {
            self.operations.end_subscriptions();
            if self.operations.len() == 0 {
                return Err(why);
            }
            if let Some((id, item)) = self.operations.next().await {
                self.tell(id, item).await?;
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
                self.operations.forget(&id);
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
            Some(known) => Asker::of(&known.headers, bill).admitted(&*self.door.house),
            None => bill.admit(None),
        }
    }

    async fn init(&mut self, mut headers: HeaderMap) -> Step {
        if self.who.is_some() {
            return Err(Close::InitTwice);
        }
        headers.extend(self.page.drain());
        self.who = Some(Known::of(&self.door, headers, &self.bill).await?);
        self.say(&Outgoing::ConnectionAck).await
    }

    /// Whether the policy is another than it was acknowledged under.
    fn is_outdated(&self) -> bool {
        self.who.as_ref().is_some_and(|known| !known.is_under(&self.door))
    }

    /// Goes on if the token still stands for whom it stood.
    async fn is_still(&mut self) -> Step {
        match &self.who {
            Some(known) if !known.is_still(&self.door, &self.bill).await => Err(Close::Forbidden),
            _ => Ok(()),
        }
    }

    async fn subscribe(&mut self, id: String, asked: Result<Asked, Refusal>, bill: &Arc<Bill>) -> Step {
        let Some(Known { headers, .. }) = &self.who else { return Err(Close::Unauthorized) };
        if self.operations.get(&id).is_some() {
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
        let policy = Arc::clone(&received.policy);
        let operation = Operation::begin(&self.door, received, false);
        self.operations.begin(id, operation, call, policy);
        Ok(())
    }

    async fn tell(&mut self, id: String, item: Option<Item>) -> Step {
        let Some(begun) = self.operations.get(&id) else { return Ok(()) };
        let (call, goes_on) = (Arc::clone(&begun.call), begun.goes_on);
        let is_withheld = match &item {
            // It was made a while ago.
            Some(Item::Next(..)) => !Arc::ptr_eq(&self.door.house.policy_hash(), &begun.policy),
            Some(Item::Ended(refusal)) => refusal.problem() == Problem::PolicyChanged,
            Some(Item::Failed(_)) | None => false,
        };
        if is_withheld {
            // What was asked since is answered before it closes.
            self.ends = Some(Close::Forbidden);
            self.operations.forget(&id);
            return if goes_on { Ok(()) } else { self.fail(&id, Problem::PolicyChanged.into()).await };
        }
        match item {
            // The turn lasts until it is taken.
            Some(Item::Next(answer, _turn)) => {
                let payload = payload(&answer).ok_or(Close::BadMessage)?;
                let frame = Outgoing::Next { id: &id, payload: &payload }.frame().ok_or(Close::BadMessage)?;
                call.wrote(length(&frame));
                self.answered_at = Some(Instant::now());
                self.send(frame).await
            }
            Some(Item::Failed(errors)) => {
                self.operations.forget(&id);
                self.say(&Outgoing::Error { id: &id, payload: &errors }).await
            }
            Some(Item::Ended(refusal)) if ends_caller(refusal.problem()) => Err(Close::Forbidden),
            Some(Item::Ended(refusal)) => {
                self.operations.forget(&id);
                self.fail(&id, refusal).await
            }
            None => {
                self.operations.forget(&id);
                self.say(&Outgoing::Complete { id: &id }).await
            }
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
        let mut told_at = None;
        let overstayed = async {
            Place::told(self.place.as_deref()).await;
            told_at = Some(Instant::now());
            sleep(self.taking).await;
        };
        let sent = tokio::select! {
            sent = timeout(time, self.socket.send(frame)) => match sent {
                Ok(Ok(())) => Ok(()),
                Ok(Err(_gone)) => Err(Close::Done),
                Err(_elapsed) => Err(Close::TooSlow),
            },
            () = overstayed => Err(Close::NoRoom),
        };
        if let Some(told_at) = told_at {
            self.taking = self.taking.saturating_sub(told_at.elapsed());
        }
        sent
    }
}
