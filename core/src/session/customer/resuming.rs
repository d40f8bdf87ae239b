//! The connection is lost, or this is the next page of the tab: going on without a PIN.

use super::super::{GONE_MS, GRACE_MS};
use super::*;
use crate::message::control::LevelReason;
use crate::seal::{Channel, CustomerResume, ResumeKey};

/// A session between two epochs. There are no traffic keys.
pub(super) struct Resuming {
    pub(super) key: ResumeKey,
    pub(super) terms: Terms,
    /// When it is given up; set by the first event.
    pub(super) until: Option<Millis>,
    exchange: Option<CustomerResume>,
    /// Since when the relay says that the place is taken, and nothing else.
    gone_since: Option<Millis>,
}

impl Resuming {
    pub(super) fn new(key: ResumeKey, terms: Terms, until: Option<Millis>) -> Self {
        Self { key, terms, until, exchange: None, gone_since: None }
    }

    /// Whether to try again although the relay says that the place is taken.
    pub(super) fn gone_again(&mut self, now: Millis) -> bool {
        now.since(*self.gone_since.get_or_insert(now)) < GONE_MS
    }
}

impl Customer {
    /// Drops the traffic keys and keeps what is needed to go on.
    pub(super) fn suspend(&mut self, now: Millis) {
        match std::mem::replace(&mut self.stage, Stage::Opening) {
            Stage::Active(live) => {
                let until = Some(now.plus(GRACE_MS));
                self.stage = Stage::Lost(Resuming::new(live.key, live.terms, until));
            }
            Stage::Lost(resuming) => {
                self.stage = Stage::Lost(Resuming { exchange: None, gone_since: None, ..resuming });
            }
            other => self.stage = other,
        }
    }

    /// Leaves this socket for another one, at once.
    pub(super) fn reconnect(&mut self, now: Millis) {
        self.suspend(now);
        self.hang_up();
        self.effects.push_back(Effect::Lost { retry_ms: 0 });
        self.dial();
    }

    pub(super) fn peer_lost(&mut self, now: Millis, entropy: &mut dyn Entropy) {
        match self.stage {
            Stage::Active(_) => self.reconnect(now),
            Stage::Lost(_) => {
                self.suspend(now);
                self.hang_up();
                let retry_ms = self.retry(now, entropy);
                self.effects.push_back(Effect::Lost { retry_ms });
            }
            Stage::Greeting { .. }
            | Stage::Confirming { .. }
            | Stage::Identifying { .. }
            | Stage::Verifying { .. }
            | Stage::Asking { .. } => self.renew(BurnReason::Ended),
            Stage::Unpinned | Stage::Opening | Stage::Pending { .. } | Stage::Ended => {}
        }
    }

    pub(super) fn rejoined(&mut self, entropy: &mut dyn Entropy) {
        let Stage::Lost(resuming) = &mut self.stage else { return };
        match CustomerResume::start(resuming.key.clone(), entropy) {
            Ok((exchange, rs1)) => {
                resuming.exchange = Some(exchange);
                self.effects.push_back(Effect::Send(rs1));
            }
            Err(_) => self.finish(Ended::ConnectionLost, Some(BurnReason::Ended)),
        }
    }

    /// Takes RS2. Whoever sent it has the resume key, or the session is over.
    pub(super) fn resume_answer(&mut self, now: Millis, frame: &[u8], entropy: &mut dyn Entropy) {
        let Stage::Lost(resuming) = &mut self.stage else { return };
        let Some(Ok((secrets, rs3))) = resuming.exchange.take().map(|end| end.rs2(frame)) else {
            return self.broken(now, entropy);
        };
        let mut terms = resuming.terms.clone();
        // Acting must be asked for again: who sits before the page may have changed.
        terms.level = terms.level.min(Level::Point);
        let level = terms.level;
        let channel = Channel::new(Side::Customer, &secrets);
        self.backoff.reset();
        // Stored before the agent can know of it: the agent's end tries both epochs.
        self.activate(now, Live::new(now, channel, secrets.resume_key().clone(), terms));
        self.effects.push_back(Effect::Send(rs3));
        self.change_level(now, level, LevelReason::Resumed);
        self.effects.push_back(Effect::Active { level, resumed: true });
    }
}
