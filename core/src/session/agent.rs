//! The agent's end: proves that it knows the PIN and who it is, then shows the page and asks.
//!
//! ```text
//!  Dialing ─▶ Claiming ─▶ Greeting ─▶ Confirming ─▶ Signing ─▶ Waiting ─▶ Active ◀─▶ Lost
//! ```
//!
//! A PIN is good for one try: whatever fails before Active ends the session.

mod api;
mod live;
mod resuming;

use std::collections::VecDeque;

use saath_protocol::envelope::{
    BurnReason, FrameKind, FromRelay, Refusal, ResumeId, SessionId, Side, ToRelay,
};
use saath_protocol::pin::{Nameplate, Pin};
use saath_protocol::wire;

use self::live::Live;
use self::resuming::Resuming;
use super::backoff::Backoff;
use super::{CONSENT_MS, HANDSHAKE_MS, Link, earliest};
use crate::message::action::ActionResult;
use crate::message::control::{EndReason, Identify, Level};
use crate::message::page::Repair;
use crate::message::{FromAgent, FromCustomer};
use crate::seal::{AgentConfirm, AgentHello, Channel, Entropy, Established, ResumeKey};

pub use self::api::{Config, Effect, Event};
pub use super::{Ended, Millis, State};

/// The agent's end of a session.
pub struct Agent {
    config: Config,
    stage: Stage,
    link: Link,
    backoff: Backoff,
    /// The number of the last action.
    serial: u32,
    effects: VecDeque<Effect>,
}

/// What the session is about right now.
enum Stage {
    /// On the way to the relay.
    Dialing(Pin),
    /// The relay looks for the nameplate.
    Claiming {
        pin: Pin,
        until: Millis,
    },
    /// Waiting for HS2.
    Greeting {
        hello: AgentHello,
        until: Millis,
    },
    /// Waiting for HS4.
    Confirming {
        confirm: AgentConfirm,
        until: Millis,
    },
    /// Waiting for the signature.
    Signing {
        shared: Shared,
        until: Millis,
    },
    /// The customer is being asked.
    Waiting {
        shared: Shared,
        until: Millis,
    },
    Active(Box<Live>),
    Lost(Resuming),
    Ended,
}

/// What there is between the handshake and the customer's yes.
struct Shared {
    channel: Channel,
    key: ResumeKey,
    check: u8,
}

impl Agent {
    /// A session with the customer who read `pin` aloud.
    pub fn new(config: Config, pin: Pin) -> Self {
        let mut agent = Self {
            config,
            stage: Stage::Dialing(pin),
            link: Link::DOWN,
            backoff: Backoff::default(),
            serial: 0,
            effects: VecDeque::new(),
        };
        agent.dial();
        agent
    }

    /// Takes one event. Drain [`poll`](Self::poll) before the next one.
    pub fn handle(&mut self, now: Millis, event: Event, entropy: &mut dyn Entropy) {
        self.expire(now);
        if matches!(self.stage, Stage::Ended) {
            return;
        }
        match event {
            Event::Opened => self.opened(now),
            Event::Received(frame) => self.received(now, &frame, entropy),
            Event::Closed => self.closed(now, entropy),
            Event::Tick => {}
            Event::Signed(proof) => self.signed(now, proof),
            Event::RelayToken(token) => self.config.relay_token = token,
            Event::Malformed => self.broken(),
            Event::Stop => self.end(EndReason::AgentEnded, None),
            Event::RequestLevel(_)
            | Event::ReleaseLevel(_)
            | Event::Act(_)
            | Event::Annotate(_)
            | Event::Applied(_)
            | Event::Repair(_)
            | Event::Want(_)
            | Event::Got(_) => self.while_active(now, event),
        }
    }

    /// The next thing to do.
    pub fn poll(&mut self) -> Option<Effect> {
        self.effects.pop_front()
    }

    /// When `Event::Tick` is due.
    pub fn next_timeout(&self) -> Option<Millis> {
        let stage = match &self.stage {
            Stage::Claiming { until, .. }
            | Stage::Greeting { until, .. }
            | Stage::Confirming { until, .. }
            | Stage::Signing { until, .. }
            | Stage::Waiting { until, .. } => Some(*until),
            Stage::Active(live) => live.leave_at,
            Stage::Lost(resuming) => resuming.next_timeout(),
            Stage::Dialing(_) | Stage::Ended => None,
        };
        earliest([self.link.retry(), stage])
    }

    /// Where the session is.
    pub fn state(&self) -> State {
        match &self.stage {
            Stage::Dialing(_) => State::Connecting,
            Stage::Claiming { .. } => State::Pending,
            Stage::Greeting { .. }
            | Stage::Confirming { .. }
            | Stage::Signing { .. }
            | Stage::Waiting { .. } => State::Authorizing,
            Stage::Active(_) => State::Active,
            Stage::Lost(_) => State::Lost,
            Stage::Ended => State::Ended,
        }
    }

    /// What is allowed, while the page is shared.
    pub fn level(&self) -> Option<Level> {
        match &self.stage {
            Stage::Active(live) => Some(live.level),
            _ => None,
        }
    }

    /// The number of the last action; 0 for none.
    pub fn last_serial(&self) -> u32 {
        self.serial
    }

    /// Everything whose time has come.
    fn expire(&mut self, now: Millis) {
        if self.link.retry().is_some_and(|retry| retry <= now) {
            self.dial();
        }
        match &self.stage {
            Stage::Claiming { until, .. }
            | Stage::Greeting { until, .. }
            | Stage::Confirming { until, .. }
            | Stage::Signing { until, .. }
            | Stage::Waiting { until, .. }
                if *until <= now =>
            {
                self.finish(Ended::ConnectionLost, Some(BurnReason::Ended));
            }
            Stage::Active(live) if live.leave_at.is_some_and(|at| at <= now) => self.leave(now),
            Stage::Lost(_) => self.expire_resuming(now),
            _ => {}
        }
    }

    fn opened(&mut self, now: Millis) {
        if self.link != Link::Dialing {
            return;
        }
        self.link = Link::Up;
        match std::mem::replace(&mut self.stage, Stage::Ended) {
            Stage::Dialing(pin) => {
                // A Pin's nameplate is one.
                let Ok(nameplate) = Nameplate::parse(pin.nameplate()) else {
                    return self.finish(Ended::Mismatch, None);
                };
                self.stage = Stage::Claiming { pin, until: now.plus(HANDSHAKE_MS) };
                let token = self.config.relay_token.clone();
                self.tell_relay(&ToRelay::Claim { nameplate, token });
            }
            Stage::Lost(resuming) => {
                self.stage = Stage::Lost(resuming);
                self.rejoin(now);
            }
            other => {
                self.stage = other;
                self.hang_up();
            }
        }
    }

    fn closed(&mut self, now: Millis, entropy: &mut dyn Entropy) {
        if matches!(self.link, Link::Down { .. }) {
            return;
        }
        self.link = Link::DOWN;
        match &self.stage {
            Stage::Dialing(_) => {}
            Stage::Active(_) | Stage::Lost(_) => self.suspend(now),
            // The relay gives a nameplate away once.
            _ => return self.finish(Ended::ConnectionLost, None),
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
                Err(_) => self.broken(),
            },
            Some(FrameKind::Handshake) => self.handshake(now, frame, entropy),
            Some(FrameKind::Record) => self.record(frame),
            None => self.broken(),
        }
    }

    fn relay_said(&mut self, now: Millis, message: &FromRelay, entropy: &mut dyn Entropy) {
        match *message {
            FromRelay::Claimed { session, .. } => self.claimed(now, session, entropy),
            FromRelay::Refused(refusal) => self.refused(now, refusal, entropy),
            FromRelay::PeerLost => match self.stage {
                Stage::Active(_) | Stage::Lost(_) => self.peer_lost(now),
                Stage::Dialing(_) | Stage::Claiming { .. } | Stage::Ended => {}
                _ => self.finish(Ended::ConnectionLost, Some(BurnReason::Ended)),
            },
            FromRelay::Rejoined => self.rejoined(),
            // The relay's word alone does not say that the customer ended it.
            FromRelay::Ended(reason) => match (&self.stage, reason) {
                (Stage::Greeting { .. } | Stage::Confirming { .. }, BurnReason::Mismatch) => {
                    self.mismatch();
                }
                _ => self.finish(Ended::ConnectionLost, None),
            },
            FromRelay::Expired => self.finish(Ended::ConnectionLost, None),
            FromRelay::Drain { spread_s } => {
                if let Stage::Active(live) = &mut self.stage {
                    let [random] = crate::seal::random(entropy);
                    let ms = u64::from(spread_s) * 1000 * u64::from(random) / 255;
                    live.leave_at = Some(now.plus(ms));
                }
            }
            // These are for the customer.
            FromRelay::Opened { .. } | FromRelay::Joined => self.broken(),
        }
    }

    fn claimed(&mut self, now: Millis, session: SessionId, entropy: &mut dyn Entropy) {
        match std::mem::replace(&mut self.stage, Stage::Ended) {
            Stage::Claiming { pin, .. } => {
                match AgentHello::start(&pin, &self.config.origin, session, entropy) {
                    Ok((hello, hs1)) => {
                        self.stage = Stage::Greeting { hello, until: now.plus(HANDSHAKE_MS) };
                        self.effects.push_back(Effect::Send(hs1));
                    }
                    Err(_) => self.mismatch(),
                }
            }
            other => {
                self.stage = other;
                self.broken();
            }
        }
    }

    fn handshake(&mut self, now: Millis, frame: &[u8], entropy: &mut dyn Entropy) {
        let until = now.plus(HANDSHAKE_MS);
        match std::mem::replace(&mut self.stage, Stage::Ended) {
            Stage::Greeting { hello, .. } => match hello.hs2(frame) {
                Ok((confirm, hs3)) => {
                    self.stage = Stage::Confirming { confirm, until };
                    self.effects.push_back(Effect::Send(hs3));
                }
                Err(_) => self.mismatch(),
            },
            Stage::Confirming { confirm, .. } => match confirm.hs4(frame) {
                Ok(established) => {
                    let message = established.ident_message();
                    self.stage = Stage::Signing { shared: Shared::new(&established), until };
                    self.effects.push_back(Effect::Sign { message });
                }
                Err(_) => self.mismatch(),
            },
            Stage::Lost(resuming) => {
                self.stage = Stage::Lost(resuming);
                self.resume_step(frame, entropy);
            }
            other => {
                self.stage = other;
                self.broken();
            }
        }
    }

    fn signed(&mut self, now: Millis, proof: Vec<u8>) {
        match std::mem::replace(&mut self.stage, Stage::Ended) {
            Stage::Signing { shared, .. } => {
                let check = shared.check;
                // The customer's end decides when it has waited long enough; this one later.
                let until = now.plus(CONSENT_MS + 2 * HANDSHAKE_MS);
                self.stage = Stage::Waiting { shared, until };
                let token = self.config.customer_token.clone();
                self.send(&FromAgent::Identify(Identify { token, proof }));
                self.effects.push_back(Effect::Waiting { check });
            }
            other => self.stage = other,
        }
    }

    fn refused(&mut self, now: Millis, refusal: Refusal, entropy: &mut dyn Entropy) {
        let again = match (&mut self.stage, refusal) {
            (Stage::Lost(_), Refusal::Busy | Refusal::TooMany) => true,
            (Stage::Lost(resuming), Refusal::Gone) => resuming.gone_again(now),
            (Stage::Claiming { .. } | Stage::Lost(_), _) => false,
            _ => return self.broken(),
        };
        if again {
            self.hang_up();
            if let Stage::Lost(resuming) = &mut self.stage {
                resuming.turn();
            }
            let retry_ms = self.retry(now, entropy);
            self.effects.push_back(Effect::Lost { retry_ms });
        } else {
            self.finish(Ended::Refused(refusal), None);
        }
    }

    fn record(&mut self, frame: &[u8]) {
        let channel = match &mut self.stage {
            Stage::Signing { shared, .. } | Stage::Waiting { shared, .. } => &mut shared.channel,
            Stage::Active(live) => &mut live.channel,
            _ => return self.broken(),
        };
        let message = match channel.receive(frame) {
            Ok(None) => return,
            Ok(Some(bytes)) => wire::decode::<FromCustomer>(&bytes),
            Err(_) => return self.broken(),
        };
        match (message, std::mem::replace(&mut self.stage, Stage::Ended)) {
            (Ok(message), Stage::Active(live)) => {
                self.stage = Stage::Active(live);
                self.customer_said(message);
            }
            (Ok(FromCustomer::Granted(granted)), Stage::Waiting { shared, .. }) => {
                let live = Live::new(shared.channel, shared.key, granted.level, false);
                self.stage = Stage::Active(Box::new(live));
                self.effects.push_back(Effect::Active { level: granted.level, resumed: false });
            }
            (Ok(FromCustomer::Denied(reason)), Stage::Waiting { .. }) => {
                self.finish(Ended::Denied(reason), None);
            }
            (Ok(FromCustomer::End(reason)), stage) => {
                self.stage = stage;
                self.customer_ended(reason);
            }
            (_, stage) => {
                self.stage = stage;
                self.broken();
            }
        }
    }

    fn customer_ended(&mut self, reason: EndReason) {
        match reason {
            // Only this end can say that the agent did.
            EndReason::AgentEnded => self.broken(),
            EndReason::CustomerEnded
            | EndReason::ProtocolError
            | EndReason::TimeLimit
            | EndReason::Idle => self.finish(Ended::Reason(reason), None),
        }
    }

    fn mismatch(&mut self) {
        self.finish(Ended::Mismatch, Some(BurnReason::Mismatch));
    }

    /// What came cannot be.
    fn broken(&mut self) {
        match self.stage {
            Stage::Greeting { .. } | Stage::Confirming { .. } => self.mismatch(),
            _ => self.end(EndReason::ProtocolError, Some(Ended::PeerBroken)),
        }
    }

    /// Seals an END if there are keys, and ends; `told` is what this end is told, if not the
    /// reason.
    fn end(&mut self, reason: EndReason, told: Option<Ended>) {
        self.send(&FromAgent::End(reason));
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
        match ended {
            Ended::Mismatch => self.effects.push_back(Effect::Mismatch),
            Ended::Denied(reason) => self.effects.push_back(Effect::Denied(reason)),
            Ended::Refused(refusal) => self.effects.push_back(Effect::Refused(refusal)),
            Ended::Reason(_) | Ended::ConnectionLost | Ended::PinExpired | Ended::PeerBroken => {}
        }
        self.effects.push_back(Effect::Ended(ended));
    }

    /// Seals and sends, if there are keys.
    fn send(&mut self, message: &FromAgent) {
        let channel = match &mut self.stage {
            Stage::Signing { shared, .. } | Stage::Waiting { shared, .. } => &mut shared.channel,
            Stage::Active(live) => &mut live.channel,
            _ => return,
        };
        let records = channel.send(&wire::encode(message));
        self.effects.extend(records.into_iter().map(Effect::Send));
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

impl Shared {
    fn new(established: &Established) -> Self {
        Self {
            channel: Channel::new(Side::Agent, &established.secrets),
            key: established.secrets.resume_key().clone(),
            check: established.check,
        }
    }
}
