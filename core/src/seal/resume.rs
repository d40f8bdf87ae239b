//! The next epoch, after a full page load or a lost connection, without a PIN.
//!
//! ```text
//!  customer                              agent
//!  RS1 01 11  eT                 ─────▶
//!                                ◀─────  RS2 01 12  eA, mac
//!  RS3 01 13  mac                ─────▶
//! ```
//!
//! Both MACs are by the resume key, and the new keys also by a fresh key agreement: who copies a
//! stored resume key later opens nothing, and two tabs with the same one never share a nonce.

use pakery_core::encoding::prepend_len;
use subtle::ConstantTimeEq;
use thiserror::Error;

use super::Entropy;
use super::keys::{ResumeKey, Schedule, Secrets, expand, hmac, sha256};
use super::pake::{Ephemeral, Share};

const RS1: [u8; 2] = [1, 0x11];
const RS2: [u8; 2] = [1, 0x12];
const RS3: [u8; 2] = [1, 0x13];

/// The peer does not have the resume key, or the message was changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("the session cannot be resumed with this peer")]
pub struct ResumeError;

/// The customer's end, waiting for RS2.
pub struct CustomerResume {
    key: ResumeKey,
    ephemeral: Ephemeral,
}

impl CustomerResume {
    /// Gives RS1.
    ///
    /// # Errors
    /// [`ResumeError`] if the random bytes are all zero, or there are no more epochs.
    pub fn start(
        key: ResumeKey,
        entropy: &mut dyn Entropy,
    ) -> Result<(Self, Vec<u8>), ResumeError> {
        let ephemeral = Ephemeral::new(entropy).map_err(|_| ResumeError)?;
        let rs1 = [&RS1[..], ephemeral.share()].concat();
        Ok((Self { key, ephemeral }, rs1))
    }

    /// Takes RS2; if the agent proved itself, gives the next epoch and RS3.
    ///
    /// # Errors
    /// [`ResumeError`]
    pub fn rs2(self, frame: &[u8]) -> Result<(Secrets, Vec<u8>), ResumeError> {
        let body = frame.strip_prefix(&RS2).ok_or(ResumeError)?;
        let (theirs, proof) = body.split_first_chunk::<32>().ok_or(ResumeError)?;
        let said = Said { key: &self.key, customer: *self.ephemeral.share(), agent: *theirs };
        check(&said.mac(b"rsA"), proof)?;
        let rs3 = [&RS3[..], &said.mac(b"rsT")].concat();
        let secrets = said.next(self.ephemeral, theirs)?;
        Ok((secrets, rs3))
    }
}

/// The agent's end, waiting for RS3.
pub struct AgentResume {
    expected: [u8; 32],
    next: Secrets,
}

impl AgentResume {
    /// Takes RS1; gives RS2, which proves that this end has the resume key.
    ///
    /// # Errors
    /// [`ResumeError`]
    pub fn rs1(
        key: &ResumeKey,
        frame: &[u8],
        entropy: &mut dyn Entropy,
    ) -> Result<(Self, Vec<u8>), ResumeError> {
        let theirs = frame.strip_prefix(&RS1).ok_or(ResumeError)?;
        let theirs = <&Share>::try_from(theirs).map_err(|_| ResumeError)?;
        let ephemeral = Ephemeral::new(entropy).map_err(|_| ResumeError)?;
        let said = Said { key, customer: *theirs, agent: *ephemeral.share() };
        let rs2 = [&RS2[..], ephemeral.share(), &said.mac(b"rsA")].concat();
        let expected = said.mac(b"rsT");
        let next = said.next(ephemeral, theirs)?;
        Ok((Self { expected, next }, rs2))
    }

    /// Takes RS3, which proves that the customer's end has the resume key.
    ///
    /// # Errors
    /// [`ResumeError`]
    pub fn rs3(self, frame: &[u8]) -> Result<Secrets, ResumeError> {
        let proof = frame.strip_prefix(&RS3).ok_or(ResumeError)?;
        check(&self.expected, proof)?;
        Ok(self.next)
    }

    /// What the customer's end has if it did take RS2, which this end cannot know before RS3.
    pub fn next_key(&self) -> &ResumeKey {
        self.next.resume_key()
    }
}

/// A resume as far as it is public, and its key.
struct Said<'a> {
    key: &'a ResumeKey,
    customer: Share,
    agent: Share,
}

impl Said<'_> {
    fn mac(&self, label: &[u8]) -> [u8; 32] {
        let key = expand::<32>(&self.key.master, &[label]);
        hmac(key.as_bytes(), &[&prepend_len(&self.key.id), &self.customer, &self.agent])
    }

    fn next(&self, ephemeral: Ephemeral, peer: &Share) -> Result<Secrets, ResumeError> {
        let epoch = self.key.epoch.checked_add(1).ok_or(ResumeError)?;
        let shared = ephemeral.agree(peer).map_err(|_| ResumeError)?;
        let salt = sha256(&[b"cb1 rs", &self.key.id, &self.customer, &self.agent]);
        Ok(Schedule::new(&salt, &[self.key.master.as_bytes(), &*shared], epoch).secrets())
    }
}

fn check(expected: &[u8; 32], proof: &[u8]) -> Result<(), ResumeError> {
    let equal: bool = expected.as_slice().ct_eq(proof).into();
    if equal { Ok(()) } else { Err(ResumeError) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::seal::self_test::FixedEntropy;

    fn key(byte: u8) -> ResumeKey {
        ResumeKey::restore([7; 16], [byte; 32], 4)
    }

    fn customer() -> (CustomerResume, Vec<u8>) {
        CustomerResume::start(key(1), &mut FixedEntropy(10)).unwrap()
    }

    fn agent(master: u8, rs1: &[u8]) -> (AgentResume, Vec<u8>) {
        AgentResume::rs1(&key(master), rs1, &mut FixedEntropy(90)).unwrap()
    }

    #[test]
    fn both_ends_come_to_the_next_epoch() {
        let (ours, rs1) = customer();
        let (theirs, rs2) = agent(1, &rs1);
        let kept = theirs.next_key().id();
        let (ours, rs3) = ours.rs2(&rs2).unwrap();
        let theirs = theirs.rs3(&rs3).unwrap();
        assert_eq!((ours.epoch(), theirs.epoch()), (5, 5));
        assert!(ours.from_agent.is(theirs.from_agent.as_bytes()));
        assert!(!ours.from_agent.is(ours.from_customer.as_bytes()));
        assert_eq!(ours.resume_key().id(), kept);
        assert_ne!(kept, key(1).id());
    }

    #[test]
    fn who_has_another_key_is_refused_by_both() {
        let (ours, rs1) = customer();
        let (theirs, rs2) = agent(2, &rs1);
        assert!(ours.rs2(&rs2).is_err());
        let (_, rs2) = agent(1, &rs1);
        let (_, rs3) = customer().0.rs2(&rs2).unwrap();
        assert!(theirs.rs3(&rs3).is_err());
    }

    #[test]
    fn a_changed_message_is_refused() {
        let (_, rs1) = customer();
        let (_, rs2) = agent(1, &rs1);
        let (_, rs3) = customer().0.rs2(&rs2).unwrap();
        for bit in 0..rs2.len() * 8 {
            let mut changed = rs2.clone();
            changed[bit / 8] ^= 1 << (bit % 8);
            assert!(customer().0.rs2(&changed).is_err(), "RS2, bit {bit}");
        }
        for bit in 0..rs3.len() * 8 {
            let mut changed = rs3.clone();
            changed[bit / 8] ^= 1 << (bit % 8);
            assert!(agent(1, &rs1).0.rs3(&changed).is_err(), "RS3, bit {bit}");
        }
        let zero = [&RS1[..], &[0; 32]].concat();
        assert!(AgentResume::rs1(&key(1), &zero, &mut FixedEntropy(1)).is_err());
        let last = ResumeKey::restore([7; 16], [1; 32], u32::MAX);
        assert!(AgentResume::rs1(&last, &rs1, &mut FixedEntropy(1)).is_err());
    }
}
