//! The rooms together with the outboxes of the peers in them, and the limits on who may ask.
//!
//! Everything behind one lock: it is taken once for a control message, never for a frame. A frame
//! only looks at its own [`Link`].

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use saath_protocol::envelope::{FromRelay, Refusal};
use saath_protocol::pin::Nameplate;
use tokio::sync::Notify;

use crate::auth::AgentKey;
use crate::limits::{Limits, Misses, Rate, Source};
use crate::outbox::Outbox;
use crate::rooms::{Output, PairId, PeerId, Rooms, Waits};

pub(crate) struct Hub {
    state: Mutex<State>,
    /// The next deadline may be another.
    changed: Notify,
}

pub(crate) struct State {
    pub(crate) rooms: Rooms,
    pub(crate) opens: Rate<Source>,
    pub(crate) claims: Rate<AgentKey>,
    pub(crate) misses: Misses<AgentKey>,
    peers: HashMap<PeerId, Arc<Link>>,
    next: u64,
}

/// A peer's own outbox, and where what it says goes.
pub(crate) struct Link {
    pub(crate) outbox: Outbox,
    to: Mutex<Option<(PairId, Arc<Link>)>>,
}

impl Link {
    /// The pairing and the peer that frames go to now.
    pub(crate) fn peer(&self) -> Option<(PairId, Arc<Link>)> {
        self.lock().clone()
    }

    fn point(&self, to: Option<(PairId, Arc<Link>)>) {
        self.outbox.accept(to.as_ref().map(|(pair, _)| *pair));
        *self.lock() = to;
    }

    fn lock(&self) -> MutexGuard<'_, Option<(PairId, Arc<Link>)>> {
        self.to.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Hub {
    pub(crate) fn new(limits: &Limits) -> Self {
        let minute = Duration::from_secs(60);
        let state = State {
            rooms: Rooms::new(Waits { claim: limits.pin_ttl, grace: limits.grace }),
            opens: Rate::new(limits.opens_per_minute, minute),
            claims: Rate::new(limits.claims_per_minute, minute),
            misses: Misses::new(limits.claim_misses, limits.claim_lock),
            peers: HashMap::new(),
            next: 0,
        };
        Self { state: Mutex::new(state), changed: Notify::new() }
    }

    /// A socket is there.
    pub(crate) fn attach(&self, limits: &Limits) -> (PeerId, Arc<Link>) {
        let outbox = Outbox::new(limits.queue_messages, limits.queue_bytes);
        let link = Arc::new(Link { outbox, to: Mutex::default() });
        let mut state = self.lock();
        let id = PeerId(state.next);
        state.next += 1;
        state.peers.insert(id, link.clone());
        (id, link)
    }

    /// A socket is gone.
    pub(crate) fn detach(&self, peer: PeerId) -> Released {
        let ((), released) = self.with(|state| state.rooms.leave(Instant::now(), peer));
        self.lock().peers.remove(&peer);
        released
    }

    /// Does `f` to the rooms and then what the rooms want done. Returns the nameplates nobody
    /// waits under any more, for the directory, besides what `f` returned.
    pub(crate) fn with<T>(&self, f: impl FnOnce(&mut State) -> T) -> (T, Released) {
        let mut state = self.lock();
        let result = f(&mut state);
        let mut released = Vec::new();
        while let Some(output) = state.rooms.poll() {
            match output {
                Output::Release(nameplate) => released.push(nameplate),
                other => state.carry_out(other),
            }
        }
        self.changed.notify_one();
        (result, Released(released))
    }

    /// Tells every peer.
    pub(crate) fn broadcast(&self, message: &FromRelay) {
        self.lock().peers.values().for_each(|link| link.outbox.control(message));
    }

    /// Closes every socket.
    pub(crate) fn close_all(&self, code: u16) {
        self.lock().peers.values().for_each(|link| link.outbox.close(code.into()));
    }

    /// Waits until a room's time is over, and closes it.
    pub(crate) async fn tick(&self) -> Released {
        loop {
            let deadline = self.lock().rooms.next_deadline();
            let sleep = async {
                match deadline {
                    Some(deadline) => tokio::time::sleep_until(deadline.into()).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                () = sleep => return self.with(|state| state.rooms.tick(Instant::now())).1,
                () = self.changed.notified() => {}
            }
        }
    }

    pub(crate) fn lock(&self) -> MutexGuard<'_, State> {
        // A panic in the pure rooms would be a bug there; the other rooms go on.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Nameplates to be released in the directory.
#[must_use]
pub(crate) struct Released(pub(crate) Vec<Nameplate>);

impl State {
    fn carry_out(&self, output: Output) {
        let link = |peer: &PeerId| self.peers.get(peer);
        match output {
            Output::Send(peer, message) => {
                tracing::debug!(peer = peer.0, message = message.name(), "send");
                if let Some(link) = link(&peer) {
                    link.outbox.control(&message);
                }
            }
            Output::Refuse(peer, refusal) => {
                if let Some(link) = link(&peer) {
                    refuse(peer, link, refusal);
                }
            }
            Output::Pair(pair, a, b) => {
                tracing::info!(pair = pair.0, a = a.0, b = b.0, "paired");
                if let (Some(a), Some(b)) = (link(&a), link(&b)) {
                    a.point(Some((pair, b.clone())));
                    b.point(Some((pair, a.clone())));
                }
            }
            Output::Part(peer) => {
                if let Some(link) = link(&peer) {
                    link.point(None);
                }
            }
            // Taken out by `Hub::with`.
            Output::Release(_) => {}
        }
    }
}

/// Tells a peer that it is refused, and has its socket closed.
pub(crate) fn refuse(peer: PeerId, link: &Link, refusal: Refusal) {
    tracing::info!(peer = peer.0, refusal = refusal.name(), "refused");
    link.outbox.control(&FromRelay::Refused(refusal));
    link.outbox.close(refusal.close_code().into());
}
