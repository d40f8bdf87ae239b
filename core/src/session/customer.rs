//! The customer's end: shows a PIN, finds out who the agent is, asks, and shares the page.
//!
//! ```text
//!  Opening ─▶ Pending ─▶ Greeting ─▶ Confirming ─▶ Identifying ─▶ Verifying ─▶ Asking ─▶ Active
//!     ▲          │           └── numbers do not match ──┘             │           │      │  ▲
//!     │       expired                   │                             └─ denied ──┴─▶    ▼  │
//!     └─ NewPin ─┴───────◀──────────────┘                                  Ended ◀────── Lost
//! ```
//!
//! Nothing about the page is sent in any state but Active, and every right of the agent is checked
//! here, at the page it is about.

mod api;
mod clock;
mod live;
mod pairing;
mod resuming;

use std::collections::VecDeque;

use saath_protocol::envelope::{
    BurnReason, FrameKind, FromRelay, Refusal, SessionId, Side, ToRelay,
};
use saath_protocol::pin::Pin;

use self::clock::Clock;
use self::live::Live;
use self::pairing::Shared;
use self::resuming::Resuming;
use super::backoff::Backoff;
use super::{GRACE_MS, HANDSHAKE_MS, Link, earliest, plain_text};
use crate::message::FromCustomer;
use crate::message::action::{Act, ActionResult};
use crate::message::control::{DenyReason, EndReason, Level, LevelChanged};
use crate::seal::{CustomerConfirm, CustomerHello, Entropy};

pub use self::api::{AgentIdentity, Config, Effect, Event};
pub use super::{Ended, Grant, Millis, ResumeExpired, ResumeSecret, State};

/// What was agreed and outlives a page load.
#[derive(Clone)]
pub(super) struct Terms {
    pub(super) agent: AgentIdentity,
    pub(super) level: Level,
    pub(super) ends_unix_s: u64,
}

/// The customer's end of a session.
pub struct Customer {
    config: Config,
    clock: Clock,
    stage: Stage,
    link: Link,
    backoff: Backoff,
    /// PINs that were used up in vain since the customer last asked for one.
    misses: u8,
    effects: VecDeque<Effect>,
    #[cfg(feature = "self-test")]
    plains: Vec<Vec<u8>>,
}

/// What the session is about right now.
enum Stage {
    /// Without a PIN, until the customer asks for one.
    Unpinned,
    /// On the way to a PIN.
    Opening,
    Pending {
        pin: Pin,
        session: SessionId,
        expires: Millis,
    },
    /// The PIN was typed; waiting for HS1.
    Greeting {
        hello: CustomerHello,
        until: Millis,
    },
    /// Waiting for HS3.
    Confirming {
        confirm: CustomerConfirm,
        until: Millis,
    },
    /// The agent knows the PIN; waiting for who it is.
    Identifying {
        shared: Shared,
        until: Millis,
    },
    Verifying {
        shared: Shared,
        until: Millis,
    },
    Asking {
        shared: Shared,
        agent: AgentIdentity,
        until: Millis,
    },
    Active(Box<Live>),
    Lost(Resuming),
    Ended,
}

impl Customer {
    /// A session that wants a PIN. `now_unix_s` is the time of day, in seconds since 1970.
    pub fn new(config: Config, now_unix_s: u64) -> Self {
        let mut customer = Self::at(config, now_unix_s, Stage::Opening);
        customer.dial();
        customer
    }

    /// Goes on with the session that the page before this one left in the tab's storage.
    ///
    /// # Errors
    /// [`ResumeExpired`] if it is too old.
    pub fn resume(
        config: Config,
        secret: ResumeSecret,
        now_unix_s: u64,
    ) -> Result<Self, ResumeExpired> {
        if now_unix_s >= secret.expires_unix_s.min(secret.terms.ends_unix_s) {
            return Err(ResumeExpired);
        }
        let resuming = Resuming::new(secret.key.clone(), secret.terms.clone(), None);
        let mut customer = Self::at(config, now_unix_s, Stage::Lost(resuming));
        // The customer may leave this page, too, before the session goes on.
        customer.effects.push_back(Effect::StoreResume(secret));
        customer.dial();
        Ok(customer)
    }

    /// Takes one event. Drain [`poll`](Self::poll) before the next one.
    pub fn handle(&mut self, now: Millis, event: Event, entropy: &mut dyn Entropy) {
        self.clock.start(now);
        self.expire(now);
        if matches!(self.stage, Stage::Ended) {
            return;
        }
        match event {
            Event::Opened => self.opened(),
            Event::Received(frame) => self.received(now, &frame, entropy),
            Event::Closed => self.closed(now, entropy),
            Event::Tick => {}
            Event::NewPin => self.new_pin(),
            Event::AgentVerified(agent) => self.agent_verified(now, &agent),
            Event::AgentRejected => self.deny(DenyReason::NotVerified),
            Event::Allow => self.allow(now),
            Event::Decline => self.decline(DenyReason::Declined),
            Event::Report => self.decline(DenyReason::Reported),
            Event::Malformed => self.broken(now, entropy),
            Event::Stop => self.end(EndReason::CustomerEnded, None),
            Event::AllowLevel
            | Event::DeclineLevel
            | Event::RevokeLevel(_)
            | Event::Page { .. }
            | Event::View(_)
            | Event::Pointer(_)
            | Event::ActionDone(_)
            | Event::Offer(_)
            | Event::Asset(_) => self.while_active(now, event),
        }
    }

    /// The next thing to do.
    pub fn poll(&mut self) -> Option<Effect> {
        self.effects.pop_front()
    }

    /// What went into records since the last call, as it was before it was sealed.
    #[cfg(feature = "self-test")]
    pub fn take_plains(&mut self) -> Vec<Vec<u8>> {
        std::mem::take(&mut self.plains)
    }

    /// When `Event::Tick` is due.
    pub fn next_timeout(&self) -> Option<Millis> {
        let stage = match &self.stage {
            Stage::Pending { expires, .. } => Some(*expires),
            Stage::Greeting { until, .. }
            | Stage::Confirming { until, .. }
            | Stage::Identifying { until, .. }
            | Stage::Verifying { until, .. }
            | Stage::Asking { until, .. } => Some(*until),
            Stage::Active(live) => live.next_timeout(self.clock),
            Stage::Lost(resuming) => resuming.until,
            Stage::Unpinned | Stage::Opening | Stage::Ended => None,
        };
        earliest([self.link.retry(), stage])
    }

    /// Where the session is.
    pub fn state(&self) -> State {
        match &self.stage {
            Stage::Opening => State::Connecting,
            Stage::Unpinned | Stage::Pending { .. } => State::Pending,
            Stage::Greeting { .. }
            | Stage::Confirming { .. }
            | Stage::Identifying { .. }
            | Stage::Verifying { .. }
            | Stage::Asking { .. } => State::Authorizing,
            Stage::Active(_) => State::Active,
            Stage::Lost(_) => State::Lost,
            Stage::Ended => State::Ended,
        }
    }

    /// What the agent may do, while the page is shared.
    pub fn level(&self) -> Option<Level> {
        match &self.stage {
            Stage::Active(live) => Some(live.terms.level),
            _ => None,
        }
    }

    /// Who the agent is, once the customer allowed it; also after a page load.
    pub fn agent(&self) -> Option<&AgentIdentity> {
        match &self.stage {
            Stage::Active(live) => Some(&live.terms.agent),
            Stage::Lost(resuming) => Some(&resuming.terms.agent),
            _ => None,
        }
    }

    /// Whether a page may be sent now.
    pub fn room(&self) -> bool {
        matches!(&self.stage, Stage::Active(live) if live.room())
    }

    fn at(config: Config, now_unix_s: u64, stage: Stage) -> Self {
        Self {
            config,
            clock: Clock::new(now_unix_s),
            stage,
            link: Link::DOWN,
            backoff: Backoff::default(),
            misses: 0,
            effects: VecDeque::new(),
            #[cfg(feature = "self-test")]
            plains: Vec::new(),
        }
    }

    /// Everything whose time has come.
    fn expire(&mut self, now: Millis) {
        if self.link.retry().is_some_and(|retry| retry <= now) {
            self.dial();
        }
        match &mut self.stage {
            Stage::Pending { expires, .. } if *expires <= now => self.pin_expired(),
            Stage::Greeting { until, .. }
            | Stage::Confirming { until, .. }
            | Stage::Identifying { until, .. }
                if *until <= now =>
            {
                self.renew(BurnReason::Ended);
            }
            Stage::Verifying { until, .. } if *until <= now => self.deny(DenyReason::NotVerified),
            Stage::Asking { until, .. } if *until <= now => self.decline(DenyReason::Declined),
            Stage::Active(_) => self.expire_live(now),
            Stage::Lost(resuming) => {
                let until = *resuming.until.get_or_insert(now.plus(GRACE_MS));
                if until <= now {
                    self.finish(Ended::ConnectionLost, Some(BurnReason::Ended));
                }
            }
            _ => {}
        }
    }

    fn opened(&mut self) {
        if self.link != Link::Dialing {
            return;
        }
        self.link = Link::Up;
        match &self.stage {
            Stage::Opening => self.tell_relay(&ToRelay::Open { flags: 0 }),
            Stage::Lost(resuming) => {
                let id = resuming.key.id();
                let token = String::new();
                self.tell_relay(&ToRelay::Rejoin { side: Side::Customer, id, token });
            }
            _ => self.hang_up(),
        }
    }

    fn closed(&mut self, now: Millis, entropy: &mut dyn Entropy) {
        if matches!(self.link, Link::Down { .. }) {
            return;
        }
        self.link = Link::DOWN;
        match &self.stage {
            Stage::Unpinned | Stage::Ended => return,
            Stage::Active(_) | Stage::Lost(_) => self.suspend(now),
            _ => self.stage = Stage::Opening,
        }
        let retry_ms = self.retry(now, entropy);
        self.effects.push_back(Effect::Lost { retry_ms });
    }

    fn received(&mut self, now: Millis, frame: &[u8], entropy: &mut dyn Entropy) {
        if self.link != Link::Up {
            return;
        }
        match FrameKind::of(frame) {
            Some(FrameKind::Control) => match FromRelay::decode(frame) {
                Ok(message) => self.relay_said(now, &message, entropy),
                Err(_) => self.broken(now, entropy),
            },
            Some(FrameKind::Handshake) => self.handshake(now, frame, entropy),
            Some(FrameKind::Record) => self.record(now, frame, entropy),
            None => self.broken(now, entropy),
        }
    }

    fn relay_said(&mut self, now: Millis, message: &FromRelay, entropy: &mut dyn Entropy) {
        match *message {
            FromRelay::Opened { nameplate, session, ttl_s, .. } => {
                self.pin_opened(now, nameplate, session, ttl_s, entropy);
            }
            FromRelay::Joined => self.joined(now),
            FromRelay::Expired => match self.stage {
                Stage::Pending { .. } => self.pin_expired(),
                Stage::Lost(_) => self.finish(Ended::ConnectionLost, None),
                _ => {}
            },
            FromRelay::Refused(refusal) => self.refused(now, refusal, entropy),
            FromRelay::PeerLost => self.peer_lost(now, entropy),
            FromRelay::Rejoined => self.rejoined(entropy),
            // The relay's word alone does not say who ended it.
            FromRelay::Ended(_) => match self.stage {
                Stage::Greeting { .. } | Stage::Confirming { .. } | Stage::Identifying { .. } => {
                    self.mismatch();
                }
                Stage::Verifying { .. } | Stage::Asking { .. } => self.renew(BurnReason::Ended),
                Stage::Active(_) | Stage::Lost(_) => self.finish(Ended::ConnectionLost, None),
                _ => {}
            },
            FromRelay::Drain { spread_s } => self.drain(now, spread_s, entropy),
            // Only an agent claims.
            FromRelay::Claimed { .. } => self.broken(now, entropy),
        }
    }

    /// What came cannot be.
    fn broken(&mut self, now: Millis, entropy: &mut dyn Entropy) {
        match self.stage {
            Stage::Unpinned | Stage::Opening | Stage::Pending { .. } => {
                self.hang_up();
                self.stage = Stage::Opening;
                let retry_ms = self.retry(now, entropy);
                self.effects.push_back(Effect::Lost { retry_ms });
            }
            Stage::Greeting { .. } | Stage::Confirming { .. } => self.mismatch(),
            _ => self.end(EndReason::ProtocolError, Some(Ended::PeerBroken)),
        }
    }

    /// Seals an END if there are keys, and ends; `told` is what this end is told, if not the
    /// reason.
    fn end(&mut self, reason: EndReason, told: Option<Ended>) {
        self.send(&FromCustomer::End(reason));
        self.finish(told.unwrap_or(Ended::Reason(reason)), Some(BurnReason::Ended));
    }

    /// Drops the keys and ends.
    fn finish(&mut self, ended: Ended, burn: Option<BurnReason>) {
        self.stage = Stage::Ended;
        // What was sealed goes out, or the peer would miss a record; nothing else is done any more.
        self.effects.retain(|effect| matches!(effect, Effect::Send(_)));
        if let Some(reason) = burn {
            self.tell_relay(&ToRelay::Burn { reason });
        }
        self.hang_up();
        self.effects.push_back(Effect::ClearResume);
        self.effects.push_back(Effect::Ended(ended));
    }

    /// Seals and sends, if there are keys; gives the bytes it took.
    fn send(&mut self, message: &FromCustomer) -> usize {
        let channel = match &mut self.stage {
            Stage::Identifying { shared, .. }
            | Stage::Verifying { shared, .. }
            | Stage::Asking { shared, .. } => &mut shared.channel,
            Stage::Active(live) => &mut live.channel,
            _ => return 0,
        };
        let records = channel.send(&saath_protocol::wire::encode(message));
        #[cfg(feature = "self-test")]
        self.plains.extend(channel.take_plains());
        let bytes = records.iter().map(Vec::len).sum();
        self.effects.extend(records.into_iter().map(Effect::Send));
        bytes
    }

    fn tell_relay(&mut self, message: &ToRelay) {
        if self.link == Link::Up {
            self.effects.push_back(Effect::Send(message.encode()));
        }
    }

    fn dial(&mut self) {
        self.link = Link::Dialing;
        self.effects.push_back(Effect::Connect);
    }

    fn hang_up(&mut self) {
        if !matches!(self.link, Link::Down { .. }) {
            self.effects.push_back(Effect::CloseSocket);
        }
        self.link = Link::DOWN;
    }

    fn retry(&mut self, now: Millis, entropy: &mut dyn Entropy) -> u64 {
        let retry_ms = self.backoff.next_ms(entropy);
        self.link = Link::Down { retry: Some(now.plus(retry_ms)) };
        retry_ms
    }
}
