//! One socket, to and from the rooms.
//!
//! One task reads and writes: the reader stops while the peer's outbox is full, the writer waits
//! for its own. What either finds wrong ends both, and the room hears of it before the socket is
//! closed politely.

use std::sync::Arc;
use std::time::{Duration, Instant};

use futures::stream::{SplitSink, SplitStream};
use futures::{SinkExt, StreamExt};
use saath_protocol::envelope::{DecodeError, FrameKind, Refusal, Side, ToRelay, close};
use saath_protocol::pin::Nameplate;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::{sleep_until, timeout, timeout_at};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::error::{CapacityError, Error};
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tokio_tungstenite::tungstenite::{Bytes, Message};

use crate::Shared;
use crate::auth::{AgentKey, Denied};
use crate::hub::{Link, refuse};
use crate::limits::{Rate, Source};
use crate::outbox::Outgoing;
use crate::progress::{Progress, Written};
use crate::rooms::PeerId;

/// What a socket is made of.
pub(crate) type Socket = WebSocketStream<Progress<TcpStream>>;

/// How long a closing socket may take to say goodbye.
const GOODBYE: Duration = Duration::from_secs(2);
/// How many bytes of a closing socket are thrown away before it is cut.
const GOODBYE_BYTES: usize = 1 << 20;
/// More bytes than pings alone make in the time one is waited for.
const PINGS: u64 = 1 << 10;

/// Serves one socket until it is closed.
pub(crate) async fn serve(shared: Arc<Shared>, mut socket: Socket, source: Source) {
    let (id, link) = shared.hub.attach(&shared.limits);
    let seat = Seat { shared: &shared, id };
    shared.metrics.socket_opened();
    tracing::debug!(peer = id.0, "socket opened");
    let written = socket.get_ref().written();
    let (mut sink, mut stream) = (&mut socket).split();
    let mut peer = Peer { shared: &shared, id, link: &link, source, side: None, agent: None };
    let end = tokio::select! {
        end = peer.read(&mut stream, &written) => end,
        end = write(&shared, &link, &mut sink, &written) => end,
    };
    drop((sink, stream));
    drop(seat);
    tracing::debug!(peer = id.0, ?end, "socket closed");
    match end {
        End::Gone => {}
        End::Stalled => {
            shared.metrics.stalled();
            goodbye(socket, close::STALLED.into()).await;
        }
        End::Close(code) => goodbye(socket, code).await,
    }
}

/// Leaves its room and the hub when dropped, also in a panic.
struct Seat<'a> {
    shared: &'a Arc<Shared>,
    id: PeerId,
}

impl Drop for Seat<'_> {
    fn drop(&mut self) {
        let released = self.shared.hub.detach(self.id);
        self.shared.release(released);
        self.shared.metrics.socket_closed();
    }
}

/// Why a socket is at its end.
#[derive(Debug)]
enum End {
    /// It closed, broke or went silent.
    Gone,
    /// It takes nothing.
    Stalled,
    /// We close it.
    Close(CloseCode),
}

struct Peer<'a> {
    shared: &'a Arc<Shared>,
    id: PeerId,
    link: &'a Link,
    source: Source,
    /// Of the room it is in, or was last.
    side: Option<Side>,
    /// Verified on this socket, by an earlier message. Lets it come back, and outlasts the token
    /// for that: a session may be longer than a token lives, and goes on over every page of the
    /// customer's. Lets it claim nothing.
    agent: Option<AgentKey>,
}

impl Peer<'_> {
    async fn read(&mut self, stream: &mut SplitStream<&mut Socket>, written: &Written) -> End {
        let limits = &self.shared.limits;
        let first_message = Instant::now() + limits.first_message;
        let mut pings = Rate::new(limits.pings_per_second, Duration::from_secs(1));
        let mut roomless_since = None;
        let mut before = written.bytes();
        loop {
            // Whatever comes in shows that the peer is alive. While we wait for room in the
            // other's outbox we do not read, and do not blame this one for it.
            let mut deadline = Instant::now() + limits.ping + limits.pong;
            if self.side.is_none() {
                deadline = deadline.min(first_message);
            }
            let message = match timeout_at(deadline.into(), stream.next()).await {
                Err(_) if self.side.is_none() && Instant::now() >= first_message => {
                    return End::Close(CloseCode::Policy);
                }
                // Its pong may be behind much that a slow network has still to carry to it.
                Err(_) if written.bytes() > before + PINGS => {
                    before = written.bytes();
                    continue;
                }
                Err(_) | Ok(None) => return End::Gone,
                Ok(Some(Err(error))) => return end_of(&error),
                Ok(Some(Ok(message))) => message,
            };
            before = written.bytes();
            match message {
                Message::Binary(frame) => match FrameKind::of(&frame) {
                    Some(FrameKind::Control) => match ToRelay::decode(&frame) {
                        Ok(message) => self.control(message).await,
                        Err(DecodeError::Version) => self.refuse(Refusal::Version),
                        Err(_) => return End::Close(CloseCode::Policy),
                    },
                    Some(_) if self.side.is_some() => self.forward(frame).await,
                    _ => return End::Close(CloseCode::Policy),
                },
                Message::Text(_) => return End::Close(CloseCode::Unsupported),
                Message::Ping(_) if !pings.allow(Instant::now(), ()) => {
                    return End::Close(CloseCode::Policy);
                }
                Message::Pong(_) => {
                    if self.shared.hub.lock().rooms.seated(self.id) {
                        roomless_since = None;
                    } else if roomless_since.get_or_insert_with(Instant::now).elapsed()
                        >= limits.roomless
                    {
                        return End::Close(CloseCode::Normal);
                    }
                }
                // Closing is answered by reading on until the end.
                Message::Ping(_) | Message::Close(_) | Message::Frame(_) => {}
            }
        }
    }

    /// Gives a frame to the peer, as soon as it has room. Without one, or when it leaves in the
    /// meantime, the frame is for nobody.
    async fn forward(&self, frame: Bytes) {
        let (Some((pair, to)), Some(side)) = (self.link.peer(), self.side) else { return };
        let len = frame.len();
        if to.outbox.push(pair, frame).await.is_ok() {
            self.shared.metrics.forwarded(side, len);
        }
    }

    async fn control(&mut self, message: ToRelay) {
        tracing::debug!(peer = self.id.0, message = message.name(), "received");
        let done = match message {
            ToRelay::Open { flags: _ } => self.open().await,
            ToRelay::Claim { nameplate, token } => self.claim(nameplate, &token).await,
            ToRelay::Rejoin { side: Side::Customer, id, token: _ } => self.rejoin_customer(id),
            ToRelay::Rejoin { side: Side::Agent, id, token } => self.rejoin_agent(id, &token),
            ToRelay::Burn { reason } => {
                self.shared.metrics.burnt(reason);
                self.shared.rooms(|rooms, now| rooms.burn(now, self.id, reason));
                Ok(())
            }
        };
        if let Err(refusal) = done {
            self.refuse(refusal);
        }
    }

    async fn open(&mut self) -> Result<(), Refusal> {
        self.admit_customer()?;
        let (session, token) = (random()?, random()?);
        let now = Instant::now();
        let ttl = self.shared.limits.pin_ttl;
        let nameplate = self.shared.directory.allocate(now, ttl).await.ok_or(Refusal::Busy)?;
        self.shared.rooms(|rooms, now| rooms.open(now, self.id, nameplate, session, token));
        self.side = Some(Side::Customer);
        self.shared.metrics.opened();
        Ok(())
    }

    async fn claim(&mut self, nameplate: Nameplate, token: &str) -> Result<(), Refusal> {
        self.admit()?;
        // Always: who was let in as one that comes back may have shown an expired token.
        let agent = self.verified(self.shared.verifier.verify(token))?;
        self.admit_agent(&agent)?;
        let room_token = random()?;
        let now = Instant::now();
        if self.shared.hub.lock().misses.locked(now, &agent) {
            return Err(Refusal::TooMany);
        }
        let claimed = if self.shared.directory.claim(now, nameplate).await {
            self.shared.rooms(|rooms, now| rooms.claim(now, self.id, nameplate, room_token))
        } else {
            Err(Refusal::Gone)
        };
        if claimed.is_err() {
            self.shared.hub.lock().misses.miss(now, agent);
            return claimed;
        }
        self.side = Some(Side::Agent);
        self.shared.metrics.claimed();
        Ok(())
    }

    fn rejoin_customer(&mut self, id: [u8; 16]) -> Result<(), Refusal> {
        self.admit_customer()?;
        self.rejoin(Side::Customer, id)
    }

    fn rejoin_agent(&mut self, id: [u8; 16], token: &str) -> Result<(), Refusal> {
        self.admit()?;
        let agent = match &self.agent {
            Some(agent) => agent.clone(),
            None => self.verified(self.shared.verifier.verify_returning(token))?,
        };
        self.admit_agent(&agent)?;
        self.rejoin(Side::Agent, id)
    }

    fn rejoin(&mut self, side: Side, id: [u8; 16]) -> Result<(), Refusal> {
        self.shared.rooms(|rooms, now| rooms.rejoin(now, self.id, side, id))?;
        self.side = Some(side);
        self.shared.metrics.rejoined();
        Ok(())
    }

    /// Customers need no account: only their number is limited.
    fn admit_customer(&self) -> Result<(), Refusal> {
        self.admit()?;
        let allowed = self.shared.hub.lock().opens.allow(Instant::now(), self.source);
        if allowed { Ok(()) } else { Err(Refusal::TooMany) }
    }

    /// Remembers the agent on this socket, if the token was good.
    fn verified(&mut self, token: Result<AgentKey, Denied>) -> Result<AgentKey, Refusal> {
        let agent = token.map_err(|denied| {
            tracing::info!(peer = self.id.0, %denied, "agent token");
            Refusal::Unauthorized
        })?;
        self.agent = Some(agent.clone());
        Ok(agent)
    }

    fn admit_agent(&self, agent: &AgentKey) -> Result<(), Refusal> {
        let allowed = self.shared.hub.lock().claims.allow(Instant::now(), agent.clone());
        if allowed { Ok(()) } else { Err(Refusal::TooMany) }
    }

    fn admit(&self) -> Result<(), Refusal> {
        if self.shared.draining() { Err(Refusal::Busy) } else { Ok(()) }
    }

    fn refuse(&self, refusal: Refusal) {
        self.shared.metrics.refused(refusal);
        refuse(self.id, self.link, refusal);
    }
}

/// Writes what is queued, and pings, until the outbox is closed or the socket takes nothing.
async fn write(
    shared: &Shared,
    link: &Link,
    sink: &mut SplitSink<&mut Socket, Message>,
    written: &Written,
) -> End {
    let mut ping = Instant::now() + shared.limits.ping;
    loop {
        let next = tokio::select! {
            biased;
            () = sleep_until(ping.into()) => None,
            next = link.outbox.next() => Some(next),
        };
        let writing = async {
            match next {
                None => {
                    ping = Instant::now() + shared.limits.ping;
                    sink.feed(Message::Ping(Bytes::new())).await?;
                }
                Some(Outgoing::Message(message)) => {
                    sink.feed(Message::Binary(message)).await?;
                }
                Some(Outgoing::Close(code)) => {
                    sink.flush().await?;
                    return Ok(Some(code));
                }
            }
            if link.outbox.is_empty() {
                sink.flush().await?;
            }
            Ok::<_, Error>(None)
        };
        match while_progress(writing, written, shared.limits.stall).await {
            Some(Ok(None)) => {}
            Some(Ok(Some(code))) => return End::Close(code),
            Some(Err(error)) => return end_of(&error),
            None => return End::Stalled,
        }
    }
}

/// Lets `writing` take as long as it likes, so long as bytes go out. `None` if none did for
/// `patience`.
async fn while_progress<T>(
    writing: impl Future<Output = T>,
    written: &Written,
    patience: Duration,
) -> Option<T> {
    tokio::pin!(writing);
    let mut before = written.bytes();
    loop {
        if let Ok(done) = timeout(patience, &mut writing).await {
            return Some(done);
        }
        let now = written.bytes();
        if now == before {
            return None;
        }
        before = now;
    }
}

/// Sends a close frame and waits for the peer to go: closing with bytes unread would reset the
/// connection, and the peer might never read why.
async fn goodbye(mut socket: Socket, code: CloseCode) {
    let polite = async {
        let frame = CloseFrame { code, reason: "".into() };
        socket.send(Message::Close(Some(frame))).await.ok()?;
        let raw = socket.get_mut();
        raw.shutdown().await.ok()?;
        let (mut scrap, mut left) = ([0; 2048], GOODBYE_BYTES);
        while left > 0 {
            match raw.read(&mut scrap).await {
                Ok(0) | Err(_) => break,
                Ok(len) => left = left.saturating_sub(len),
            }
        }
        Some(())
    };
    // Late or not, the socket is dropped.
    let _ = timeout(GOODBYE, polite).await;
}

fn end_of(error: &Error) -> End {
    match error {
        Error::Capacity(CapacityError::MessageTooLong { .. }) => End::Close(CloseCode::Size),
        Error::Protocol(_) => End::Close(CloseCode::Protocol),
        Error::Utf8(_) => End::Close(CloseCode::Unsupported),
        _ => End::Gone,
    }
}

fn random<const N: usize>() -> Result<[u8; N], Refusal> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|_| Refusal::Busy)?;
    Ok(bytes)
}
