//! The connection is lost, or the customer went to another page: going on without a PIN.
//!
//! When a resume breaks off after RS2, this end cannot know whether the customer's end has taken
//! it and is one epoch ahead. It then keeps both resume keys and tries one after the other.

use super::super::{GONE_MS, GRACE_MS};
use super::*;
use crate::seal::AgentResume;

/// How long to wait for the customer's end under one id when there are two, in milliseconds.
const ALTERNATE_MS: u64 = 5000;

/// A session between two epochs. There are no traffic keys.
pub(super) struct Resuming {
    /// The one that is tried now first.
    keys: Vec<ResumeKey>,
    until: Millis,
    alternate_at: Option<Millis>,
    exchange: Option<AgentResume>,
    /// Since when the relay says that the place is taken, and nothing else.
    gone_since: Option<Millis>,
}

impl Resuming {
    pub(super) fn next_timeout(&self) -> Option<Millis> {
        earliest([Some(self.until), self.alternate_at])
    }

    /// Whether to try again although the relay says that the place is taken.
    pub(super) fn gone_again(&mut self, now: Millis) -> bool {
        now.since(*self.gone_since.get_or_insert(now)) < GONE_MS
    }

    /// Makes ready for another attempt, by the other key if there are two.
    pub(super) fn turn(&mut self) {
        if let Some(exchange) = self.exchange.take() {
            // The customer's end came by the first key: it has that one or the next.
            self.keys.truncate(1);
            self.keys.push(exchange.next_key().clone());
        }
        self.alternate_at = None;
        self.keys.rotate_left(1);
    }

    fn id(&self) -> Option<ResumeId> {
        self.keys.first().map(ResumeKey::id)
    }
}

impl Agent {
    /// Drops the traffic keys and keeps what is needed to go on.
    pub(super) fn suspend(&mut self, now: Millis) {
        match std::mem::replace(&mut self.stage, Stage::Ended) {
            Stage::Active(live) => {
                self.stage = Stage::Lost(Resuming {
                    keys: vec![live.key],
                    until: now.plus(GRACE_MS),
                    alternate_at: None,
                    exchange: None,
                    gone_since: None,
                });
            }
            Stage::Lost(mut resuming) => {
                resuming.turn();
                resuming.gone_since = None;
                self.stage = Stage::Lost(resuming);
            }
            other => self.stage = other,
        }
    }

    /// Leaves this socket for another one, at once.
    pub(super) fn leave(&mut self, now: Millis) {
        self.suspend(now);
        self.hang_up();
        self.effects.push_back(Effect::Lost { retry_ms: 0 });
        self.dial();
    }

    /// The customer's end is gone: wait for it by the id it will come back with.
    pub(super) fn peer_lost(&mut self, now: Millis) {
        self.suspend(now);
        self.effects.push_back(Effect::Lost { retry_ms: 0 });
        self.rejoin(now);
    }

    pub(super) fn rejoin(&mut self, now: Millis) {
        let Stage::Lost(resuming) = &mut self.stage else { return };
        resuming.alternate_at = (resuming.keys.len() > 1).then(|| now.plus(ALTERNATE_MS));
        if let Some(id) = resuming.id() {
            let token = self.config.relay_token.clone();
            self.tell_relay(&ToRelay::Rejoin { side: Side::Agent, id, token });
        }
    }

    pub(super) fn expire_resuming(&mut self, now: Millis) {
        let Stage::Lost(resuming) = &self.stage else { return };
        if resuming.until <= now {
            self.finish(Ended::ConnectionLost, Some(BurnReason::Ended));
        } else if resuming.alternate_at.is_some_and(|at| at <= now) {
            self.leave(now);
        }
    }

    pub(super) fn rejoined(&mut self) {
        if let Stage::Lost(resuming) = &mut self.stage {
            resuming.alternate_at = None;
        }
    }

    /// Takes RS1 or RS3. Whoever sent it has the resume key, or the session is over.
    pub(super) fn resume_step(&mut self, frame: &[u8], entropy: &mut dyn Entropy) {
        let Stage::Lost(resuming) = &mut self.stage else { return };
        match resuming.exchange.take() {
            None => {
                let answer = resuming.keys.first().map(|key| AgentResume::rs1(key, frame, entropy));
                let Some(Ok((exchange, rs2))) = answer else { return self.broken() };
                resuming.exchange = Some(exchange);
                self.effects.push_back(Effect::Send(rs2));
            }
            Some(exchange) => {
                let Ok(secrets) = exchange.rs3(frame) else { return self.broken() };
                let channel = Channel::new(Side::Agent, &secrets);
                let key = secrets.resume_key().clone();
                let live = Live::new(channel, key, Level::View, true);
                self.backoff.reset();
                self.stage = Stage::Active(Box::new(live));
            }
        }
    }
}
