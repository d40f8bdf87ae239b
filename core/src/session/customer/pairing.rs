//! From a PIN to an agent who may see the page.

use saath_protocol::pin::{Nameplate, SECRET_DIGITS};

use super::super::{CONSENT_MS, TIME_LIMIT_MS};
use super::*;
use crate::message::FromAgent;
use crate::message::control::Granted;
use crate::seal::{Channel, Established, ResumeKey, random};

/// So many PINs in a row are used up in vain before the customer has to ask for another one: a
/// relay that plays the agent gets one guess at each.
const MISSES: u8 = 3;

/// What there is between the handshake and the customer's yes.
pub(super) struct Shared {
    pub(super) channel: Channel,
    pub(super) resume: ResumeKey,
    check: u8,
    ident_message: Vec<u8>,
}

impl Shared {
    fn new(established: &Established) -> Self {
        Self {
            channel: Channel::new(Side::Customer, &established.secrets),
            resume: established.secrets.resume_key().clone(),
            check: established.check,
            ident_message: established.ident_message(),
        }
    }
}

impl Customer {
    pub(super) fn pin_opened(
        &mut self,
        now: Millis,
        nameplate: Nameplate,
        session: SessionId,
        ttl_s: u16,
        entropy: &mut dyn Entropy,
    ) {
        if !matches!(self.stage, Stage::Opening) {
            return;
        }
        let Ok(pin) = Pin::new(nameplate.as_str(), secret_digits(entropy)) else {
            return self.broken(now, entropy);
        };
        self.backoff.reset();
        let ttl_ms = u64::from(ttl_s) * 1000;
        self.stage = Stage::Pending { pin: pin.clone(), session, expires: now.plus(ttl_ms) };
        self.effects.push_back(Effect::ShowPin { pin, ttl_ms });
    }

    pub(super) fn joined(&mut self, now: Millis) {
        if let Stage::Pending { pin, session, .. } = &self.stage {
            let hello = CustomerHello::new(pin.clone(), &self.config.origin, *session);
            self.stage = Stage::Greeting { hello, until: now.plus(HANDSHAKE_MS) };
            self.effects.push_back(Effect::Joining);
        }
    }

    pub(super) fn new_pin(&mut self) {
        match self.stage {
            Stage::Unpinned | Stage::Opening | Stage::Pending { .. } => {}
            _ => return,
        }
        self.misses = 0;
        self.tell_relay(&ToRelay::Burn { reason: BurnReason::Ended });
        self.hang_up();
        self.stage = Stage::Opening;
        self.dial();
    }

    pub(super) fn pin_expired(&mut self) {
        self.tell_relay(&ToRelay::Burn { reason: BurnReason::Ended });
        self.hang_up();
        self.stage = Stage::Unpinned;
        self.effects.push_back(Effect::PinExpired);
    }

    /// The PIN is used up: the keys of its handshake go, and another one is fetched.
    pub(super) fn renew(&mut self, reason: BurnReason) {
        self.tell_relay(&ToRelay::Burn { reason });
        self.hang_up();
        self.misses = self.misses.saturating_add(1);
        if self.misses < MISSES {
            self.stage = Stage::Opening;
            self.dial();
        } else {
            self.stage = Stage::Unpinned;
            self.effects.push_back(Effect::PinExpired);
        }
    }

    pub(super) fn mismatch(&mut self) {
        self.effects.push_back(Effect::Mismatch);
        self.renew(BurnReason::Mismatch);
    }

    pub(super) fn refused(&mut self, now: Millis, refusal: Refusal, entropy: &mut dyn Entropy) {
        let again = match (&mut self.stage, refusal) {
            (Stage::Opening | Stage::Lost(_), Refusal::Busy | Refusal::TooMany) => true,
            // The relay may not have noticed yet that our last socket is dead.
            (Stage::Lost(resuming), Refusal::Gone) => resuming.gone_again(now),
            (Stage::Opening | Stage::Lost(_), _) => false,
            _ => return,
        };
        if again {
            self.hang_up();
            let retry_ms = self.retry(now, entropy);
            self.effects.push_back(match self.stage {
                Stage::Lost(_) => Effect::Lost { retry_ms },
                _ => Effect::Refused(refusal),
            });
        } else {
            self.finish(Ended::Refused(refusal), None);
        }
    }

    pub(super) fn handshake(&mut self, now: Millis, frame: &[u8], entropy: &mut dyn Entropy) {
        let until = now.plus(HANDSHAKE_MS);
        match std::mem::replace(&mut self.stage, Stage::Opening) {
            Stage::Greeting { hello, .. } => match hello.hs1(frame, entropy) {
                Ok((confirm, hs2)) => {
                    self.stage = Stage::Confirming { confirm, until };
                    self.effects.push_back(Effect::Send(hs2));
                }
                Err(_) => self.mismatch(),
            },
            Stage::Confirming { confirm, .. } => match confirm.hs3(frame) {
                Ok((established, hs4)) => {
                    self.stage = Stage::Identifying { shared: Shared::new(&established), until };
                    self.effects.push_back(Effect::Send(hs4));
                }
                Err(_) => self.mismatch(),
            },
            Stage::Lost(resuming) => {
                self.stage = Stage::Lost(resuming);
                self.resume_answer(now, frame, entropy);
            }
            other => {
                self.stage = other;
                self.broken(now, entropy);
            }
        }
    }

    /// The only message before the customer's yes is who the agent is.
    pub(super) fn identified(
        &mut self,
        now: Millis,
        message: FromAgent,
        entropy: &mut dyn Entropy,
    ) {
        match (std::mem::replace(&mut self.stage, Stage::Opening), message) {
            (Stage::Identifying { shared, .. }, FromAgent::Identify(identify)) => {
                let signed = shared.ident_message.clone();
                self.stage = Stage::Verifying { shared, until: now.plus(HANDSHAKE_MS) };
                self.effects.push_back(Effect::VerifyAgent {
                    token: identify.token,
                    proof: identify.proof,
                    signed,
                });
            }
            (stage, FromAgent::End(reason)) => {
                self.stage = stage;
                self.agent_ended(now, reason, entropy);
            }
            (stage, _) => {
                self.stage = stage;
                self.broken(now, entropy);
            }
        }
    }

    pub(super) fn agent_verified(&mut self, now: Millis, agent: &AgentIdentity) {
        match std::mem::replace(&mut self.stage, Stage::Opening) {
            Stage::Verifying { shared, .. } => {
                let (agent, check) = (agent.plain(), shared.check);
                let until = now.plus(CONSENT_MS);
                self.stage = Stage::Asking { shared, agent: agent.clone(), until };
                self.effects.push_back(Effect::AskConsent { agent, check });
            }
            other => self.stage = other,
        }
    }

    pub(super) fn allow(&mut self, now: Millis) {
        match std::mem::replace(&mut self.stage, Stage::Opening) {
            Stage::Asking { shared, agent, .. } => {
                let level = self.config.grant.min(agent.max_level);
                let ends_unix_s = self.clock.unix_s(now) + TIME_LIMIT_MS / 1000;
                let terms = Terms { agent, level, ends_unix_s };
                let granted = Granted { level, policy: self.config.policy_hash };
                self.misses = 0;
                self.activate(now, Live::new(now, shared.channel, shared.resume, terms));
                self.send(&FromCustomer::Granted(granted));
                self.effects.push_back(Effect::Active { level, resumed: false });
            }
            other => self.stage = other,
        }
    }

    /// The customer's no, to the question asked.
    pub(super) fn decline(&mut self, reason: DenyReason) {
        if matches!(self.stage, Stage::Asking { .. }) {
            self.deny(reason);
        }
    }

    pub(super) fn deny(&mut self, reason: DenyReason) {
        if matches!(self.stage, Stage::Verifying { .. } | Stage::Asking { .. }) {
            self.send(&FromCustomer::Denied(reason));
            let burn = match reason {
                DenyReason::Declined | DenyReason::NotVerified => BurnReason::Declined,
                DenyReason::Reported => BurnReason::Reported,
            };
            self.finish(Ended::Denied(reason), Some(burn));
        }
    }
}

/// Five uniform digits: bytes that would favour some digits are drawn again.
fn secret_digits(entropy: &mut dyn Entropy) -> [u8; SECRET_DIGITS] {
    std::array::from_fn(|_| {
        loop {
            let [byte] = random(entropy);
            if byte < 250 {
                break byte % 10;
            }
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::seal::self_test::FixedEntropy;

    #[test]
    fn digits_are_uniform() {
        let mut counts = [0; 10];
        let mut entropy = FixedEntropy(0);
        for _ in 0..250 {
            secret_digits(&mut entropy).iter().for_each(|digit| counts[usize::from(*digit)] += 1);
        }
        assert_eq!(counts, [125; 10]);
    }
}
