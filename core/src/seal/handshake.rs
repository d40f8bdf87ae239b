//! The four messages by which a PIN becomes an epoch's keys.
//!
//! ```text
//!  agent                                customer
//!  HS1 01 01  commitment, caps   ─────▶
//!                                ◀─────  HS2 01 02  Ya, caps
//!  HS3 01 03  Yb, r, confirmation ────▶             first to prove: it claimed the nameplate
//!                                ◀─────  HS4 01 04  confirmation
//! ```
//!
//! The agent commits to its share before it sees the customer's, so that a relay in the middle
//! that did guess the PIN still cannot choose shares for equal check numbers on both screens.
//! Each step consumes the one before: a handshake is run once, and a failure erases it.

use pakery_core::encoding::{lv_cat, prepend_len};
use saath_protocol::envelope::{SessionId, Side};
use saath_protocol::pin::Pin;
use subtle::ConstantTimeEq;
use thiserror::Error;

use super::keys::{Schedule, Secret, Secrets, sha256};
use super::pake::{Cpace, Pake, Share};
use super::{Entropy, random};

/// What an agent signs begins with this; the handshake's transcript follows.
pub const IDENT_LABEL: &[u8; 9] = b"cb1 ident";

const HS1: [u8; 2] = [1, 1];
const HS2: [u8; 2] = [1, 2];
const HS3: [u8; 2] = [1, 3];
const HS4: [u8; 2] = [1, 4];

/// Why a handshake failed. The PIN must not be used again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum HandshakeError {
    /// The message is not the one that is due.
    #[error("the handshake message is malformed")]
    Malformed,
    /// The ends do not have the same PIN, or somebody is between them.
    #[error("the numbers do not match")]
    Mismatch,
}

/// What both ends have after the handshake.
#[derive(Debug)]
pub struct Established {
    /// The keys of epoch 0.
    pub secrets: Secrets,
    /// 0 to 99: the same on both screens, or somebody is between them.
    pub check: u8,
    /// Hash of all that was said; what the agent signs to prove who it is.
    pub transcript: [u8; 32],
}

impl Established {
    /// The bytes the agent signs and the customer verifies.
    pub fn ident_message(&self) -> Vec<u8> {
        [&IDENT_LABEL[..], &self.transcript].concat()
    }
}

/// The customer's end, waiting for HS1.
pub struct CustomerHello {
    pin: Pin,
    channel: Vec<u8>,
    session: SessionId,
}

impl CustomerHello {
    /// For `pin`, shown on the page of `origin`, in the relay's `session`.
    pub fn new(pin: Pin, origin: &str, session: SessionId) -> Self {
        let channel = channel_identifier(origin, &pin);
        Self { pin, channel, session }
    }

    /// Takes HS1; gives HS2.
    ///
    /// # Errors
    /// [`HandshakeError`]
    pub fn hs1(
        self,
        frame: &[u8],
        entropy: &mut dyn Entropy,
    ) -> Result<(CustomerConfirm, Vec<u8>), HandshakeError> {
        let body = frame.strip_prefix(&HS1).ok_or(HandshakeError::Malformed)?;
        let (commitment, caps) = body.split_first_chunk().ok_or(HandshakeError::Malformed)?;
        let peer_caps = Capabilities::check(caps)?;
        let pake = start(&self.pin, &self.channel, &self.session, entropy)?;
        let customer_data = Capabilities::ours();
        let hs2 = [&HS2[..], pake.share(), &customer_data].concat();
        let confirm = CustomerConfirm {
            pake,
            commitment: *commitment,
            customer_data,
            agent_data: [peer_caps, &commitment[..]].concat(),
            channel: self.channel,
            session: self.session,
        };
        Ok((confirm, hs2))
    }
}

/// The customer's end, waiting for HS3.
pub struct CustomerConfirm {
    pake: Cpace,
    commitment: [u8; 32],
    customer_data: Vec<u8>,
    agent_data: Vec<u8>,
    channel: Vec<u8>,
    session: SessionId,
}

impl CustomerConfirm {
    /// Takes HS3; if the agent proved that it knows the PIN, gives HS4 and the keys.
    ///
    /// # Errors
    /// [`HandshakeError`]
    pub fn hs3(self, frame: &[u8]) -> Result<(Established, Vec<u8>), HandshakeError> {
        let body = frame.strip_prefix(&HS3).ok_or(HandshakeError::Malformed)?;
        let (share, body) = body.split_first_chunk::<32>().ok_or(HandshakeError::Malformed)?;
        let (opening, proof) = body.split_first_chunk::<16>().ok_or(HandshakeError::Malformed)?;
        let proof = <&[u8; 32]>::try_from(proof).map_err(|_| HandshakeError::Malformed)?;
        let honest: bool = commitment(share, opening).ct_eq(&self.commitment).into();
        if !honest {
            return Err(HandshakeError::Mismatch);
        }
        let ours = *self.pake.share();
        let agreed = Agreed::new(
            &Transcript {
                session: &self.session,
                channel: &self.channel,
                customer: (&ours, &self.customer_data),
                agent: (share, &self.agent_data),
            },
            Side::Customer,
            self.pake,
        )?;
        if !agreed.from_agent.is(proof) {
            return Err(HandshakeError::Mismatch);
        }
        let hs4 = [&HS4[..], agreed.from_customer.as_bytes()].concat();
        Ok((agreed.established, hs4))
    }
}

/// The agent's end, waiting for HS2.
pub struct AgentHello {
    pake: Cpace,
    opening: [u8; 16],
    agent_data: Vec<u8>,
    channel: Vec<u8>,
    session: SessionId,
}

impl AgentHello {
    /// For the PIN that was typed, the portal's `origin` and the relay's `session`; gives HS1.
    ///
    /// # Errors
    /// [`HandshakeError::Mismatch`] if the PIN leads to no generator, which does not happen.
    pub fn start(
        pin: &Pin,
        origin: &str,
        session: SessionId,
        entropy: &mut dyn Entropy,
    ) -> Result<(Self, Vec<u8>), HandshakeError> {
        let channel = channel_identifier(origin, pin);
        let pake = start(pin, &channel, &session, entropy)?;
        let opening = random::<16>(entropy);
        let commitment = commitment(pake.share(), &opening);
        let caps = Capabilities::ours();
        let hs1 = [&HS1[..], &commitment, &caps].concat();
        let agent_data = [&caps[..], &commitment].concat();
        Ok((Self { pake, opening, agent_data, channel, session }, hs1))
    }

    /// Takes HS2; gives HS3, which proves that this end knows the PIN.
    ///
    /// # Errors
    /// [`HandshakeError`]
    pub fn hs2(self, frame: &[u8]) -> Result<(AgentConfirm, Vec<u8>), HandshakeError> {
        let body = frame.strip_prefix(&HS2).ok_or(HandshakeError::Malformed)?;
        let (share, caps) = body.split_first_chunk::<32>().ok_or(HandshakeError::Malformed)?;
        let customer_data = Capabilities::check(caps)?;
        let ours = *self.pake.share();
        let agreed = Agreed::new(
            &Transcript {
                session: &self.session,
                channel: &self.channel,
                customer: (share, customer_data),
                agent: (&ours, &self.agent_data),
            },
            Side::Agent,
            self.pake,
        )?;
        let hs3 = [&HS3[..], &ours, &self.opening, agreed.from_agent.as_bytes()].concat();
        let confirm =
            AgentConfirm { expected: agreed.from_customer, established: agreed.established };
        Ok((confirm, hs3))
    }
}

/// The agent's end, waiting for HS4.
pub struct AgentConfirm {
    expected: Secret<32>,
    established: Established,
}

impl AgentConfirm {
    /// Takes HS4, which proves that the customer's end knows the PIN.
    ///
    /// # Errors
    /// [`HandshakeError`]
    pub fn hs4(self, frame: &[u8]) -> Result<Established, HandshakeError> {
        let proof = frame.strip_prefix(&HS4).ok_or(HandshakeError::Malformed)?;
        if self.expected.is(proof) { Ok(self.established) } else { Err(HandshakeError::Mismatch) }
    }
}

/// What an end can do: the newest version it speaks and its features, ascending.
/// There are no features yet; what a peer names beyond ours is authenticated and left unused.
struct Capabilities;

impl Capabilities {
    const VERSION: u8 = 1;
    /// So that the length takes one byte.
    const MAX: usize = 127;

    /// Ours, with the length in front.
    fn ours() -> Vec<u8> {
        prepend_len(&[Self::VERSION])
    }

    /// Those of the peer, with the length in front, if they are well-formed.
    fn check(bytes: &[u8]) -> Result<&[u8], HandshakeError> {
        let (len, caps) = bytes.split_first().ok_or(HandshakeError::Malformed)?;
        let (version, features) = caps.split_first().ok_or(HandshakeError::Malformed)?;
        let (features, rest) = features.as_chunks::<2>();
        let ascending = features.windows(2).all(|two| two[0] < two[1]);
        let whole = usize::from(*len) == caps.len() && caps.len() <= Self::MAX;
        if whole && rest.is_empty() && ascending && *version >= Self::VERSION {
            Ok(bytes)
        } else {
            Err(HandshakeError::Malformed)
        }
    }
}

/// All that both ends said, in the order of the roles.
struct Transcript<'a> {
    session: &'a SessionId,
    channel: &'a [u8],
    customer: (&'a Share, &'a [u8]),
    agent: (&'a Share, &'a [u8]),
}

/// The keys, and the two proofs of having them.
struct Agreed {
    from_customer: Secret<32>,
    from_agent: Secret<32>,
    established: Established,
}

impl Agreed {
    fn new(said: &Transcript<'_>, side: Side, pake: Cpace) -> Result<Self, HandshakeError> {
        let peer = match side {
            Side::Customer => said.agent.0,
            Side::Agent => said.customer.0,
        };
        let shared = pake
            .finish(side, peer, said.customer.1, said.agent.1)
            .map_err(|_| HandshakeError::Mismatch)?;
        let transcript = sha256(&[&lv_cat(&[
            b"cb1",
            said.session,
            said.channel,
            said.customer.0,
            said.customer.1,
            said.agent.0,
            said.agent.1,
        ])]);
        let schedule = Schedule::new(&transcript, &[shared.as_bytes()], 0);
        let check = u64::from_be_bytes(*schedule.derive(b"sas").as_bytes()) % 100;
        Ok(Self {
            from_customer: schedule.derive(b"confT"),
            from_agent: schedule.derive(b"confA"),
            established: Established {
                secrets: schedule.secrets(),
                check: check as u8,
                transcript,
            },
        })
    }
}

fn start(
    pin: &Pin,
    channel: &[u8],
    session: &SessionId,
    entropy: &mut dyn Entropy,
) -> Result<Cpace, HandshakeError> {
    Cpace::start(pin.as_ascii().as_bytes(), channel, session, entropy)
        .map_err(|_| HandshakeError::Mismatch)
}

/// `CI`: which protocol, which portal, which nameplate.
fn channel_identifier(origin: &str, pin: &Pin) -> Vec<u8> {
    lv_cat(&[b"cobrowse-e2ee/1", origin.as_bytes(), pin.nameplate().as_bytes()])
}

fn commitment(share: &Share, opening: &[u8; 16]) -> [u8; 32] {
    sha256(&[b"cb1 com", share, opening])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::seal::self_test::FixedEntropy;

    const ORIGIN: &str = "https://portal.example";
    const SESSION: SessionId = [1; 16];

    fn pin(digit: u8) -> Pin {
        Pin::new("482", [digit; 5]).unwrap()
    }

    fn agent(pin: &Pin, seed: u8) -> (AgentHello, Vec<u8>) {
        AgentHello::start(pin, ORIGIN, SESSION, &mut FixedEntropy(seed)).unwrap()
    }

    fn customer(hs1: &[u8]) -> (CustomerConfirm, Vec<u8>) {
        CustomerHello::new(pin(1), ORIGIN, SESSION).hs1(hs1, &mut FixedEntropy(1)).unwrap()
    }

    #[test]
    fn who_does_not_know_the_pin_gets_no_answer() {
        let (hello, hs1) = agent(&pin(2), 100);
        let (customer, hs2) = customer(&hs1);
        let (agent, hs3) = hello.hs2(&hs2).unwrap();
        assert_eq!(customer.hs3(&hs3).err(), Some(HandshakeError::Mismatch));
        assert_eq!(agent.hs4(&[&HS4[..], &[0; 32]].concat()).err(), Some(HandshakeError::Mismatch));
    }

    #[test]
    fn another_portal_or_session_is_no_match() {
        for (origin, session) in [("https://portal.example.evil", SESSION), (ORIGIN, [2; 16])] {
            let (hello, hs1) =
                AgentHello::start(&pin(1), origin, session, &mut FixedEntropy(9)).unwrap();
            let (customer, hs2) = customer(&hs1);
            let (_, hs3) = hello.hs2(&hs2).unwrap();
            assert_eq!(customer.hs3(&hs3).err(), Some(HandshakeError::Mismatch));
        }
    }

    /// With the right PIN, and a share chosen after the customer's was seen.
    #[test]
    fn a_broken_commitment_is_no_match() {
        let (committed, hs1) = agent(&pin(1), 100);
        let (customer, hs2) = customer(&hs1);
        let (other, _) = agent(&pin(1), 200);
        let other = AgentHello { agent_data: committed.agent_data, ..other };
        let (_, hs3) = other.hs2(&hs2).unwrap();
        assert_eq!(customer.hs3(&hs3).err(), Some(HandshakeError::Mismatch));
    }

    #[test]
    fn the_check_number_and_transcript_are_those_of_one_run() {
        let run = |seed| {
            let (hello, hs1) = agent(&pin(1), seed);
            let (customer, hs2) = customer(&hs1);
            let (agent, hs3) = hello.hs2(&hs2).unwrap();
            let (ours, hs4) = customer.hs3(&hs3).unwrap();
            let theirs = agent.hs4(&hs4).unwrap();
            assert_eq!((ours.check, ours.transcript), (theirs.check, theirs.transcript));
            assert!(ours.check < 100);
            (ours.check, ours.transcript)
        };
        assert_ne!(run(100), run(101));
    }

    #[test]
    fn capabilities_are_taken_from_a_later_version_only_well_formed() {
        for good in [&[1, 1][..], &[1, 9], &[5, 1, 0, 1, 0, 2]] {
            assert!(Capabilities::check(good).is_ok(), "{good:?}");
        }
        let malformed: [&[u8]; 9] = [
            &[],
            &[0],
            &[1],
            &[1, 0],
            &[2, 1],
            &[1, 1, 0],
            &[2, 1, 0],
            &[5, 1, 0, 2, 0, 1],
            &[5, 1, 0, 1, 0, 1],
        ];
        for bad in malformed {
            assert!(Capabilities::check(bad).is_err(), "{bad:?}");
        }
    }
}
