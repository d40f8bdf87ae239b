//! The password-authenticated key exchange, behind a trait small enough to put another one there.
//!
//! CPace's published state machines let the responder make its share only after it has seen the
//! initiator's. Our agent commits to its share first (or a relay in the middle could grind the
//! check number), so this uses the crate's generator, group and transcript instead.

use pakery_core::crypto::CpaceGroup;
use pakery_cpace::generator::calculate_generator;
use pakery_cpace::transcript::{CpaceMode, derive_isk};
use pakery_crypto::{CpaceRistretto255, Ristretto255Group};
use saath_protocol::envelope::Side;
use thiserror::Error;
use zeroize::Zeroizing;

use super::keys::Secret;
use super::{Entropy, random};

/// A public share as it travels.
pub(super) type Share = [u8; 32];

/// A scalar of ristretto255, cleared on drop.
pub(super) type Scalar = Zeroizing<<Ristretto255Group as CpaceGroup>::Scalar>;

/// The share is not a point that may be used: not canonical, or the neutral element.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("not a usable group element")]
pub(super) struct InvalidPoint;

/// A balanced PAKE whose sides make their shares independently of each other.
pub(super) trait Pake: Sized {
    /// Draws this end's ephemeral secret and makes its share.
    fn start(
        password: &[u8],
        channel: &[u8],
        session: &[u8],
        entropy: &mut dyn Entropy,
    ) -> Result<Self, InvalidPoint>;

    /// What goes to the peer.
    fn share(&self) -> &Share;

    /// The shared key, given the peer's share and the associated data of both. `side` is this end.
    fn finish(
        self,
        side: Side,
        peer: &Share,
        customer_data: &[u8],
        agent_data: &[u8],
    ) -> Result<Secret<64>, InvalidPoint>;
}

/// CPace-Ristretto255-SHA512 of draft-irtf-cfrg-cpace-21; the customer is the initiator.
pub(super) struct Cpace {
    scalar: Scalar,
    share: Share,
    session: Vec<u8>,
}

impl Cpace {
    /// With a given scalar, for the vectors.
    pub(super) fn with_scalar(
        password: &[u8],
        channel: &[u8],
        session: &[u8],
        scalar: Scalar,
    ) -> Result<Self, InvalidPoint> {
        let generator = calculate_generator::<CpaceRistretto255>(password, channel, session)
            .map_err(|_| InvalidPoint)?;
        let share = encode(&generator.scalar_mul(&scalar))?;
        Ok(Self { scalar, share, session: session.to_vec() })
    }
}

impl Pake for Cpace {
    fn start(
        password: &[u8],
        channel: &[u8],
        session: &[u8],
        entropy: &mut dyn Entropy,
    ) -> Result<Self, InvalidPoint> {
        Self::with_scalar(password, channel, session, random_scalar(entropy)?)
    }

    fn share(&self) -> &Share {
        &self.share
    }

    fn finish(
        self,
        side: Side,
        peer: &Share,
        customer_data: &[u8],
        agent_data: &[u8],
    ) -> Result<Secret<64>, InvalidPoint> {
        let point = shared_point(&self.scalar, peer)?;
        let (customer, agent) = match side {
            Side::Customer => (&self.share, peer),
            Side::Agent => (peer, &self.share),
        };
        let key = derive_isk::<CpaceRistretto255>(
            &self.session,
            &*point,
            customer,
            customer_data,
            agent,
            agent_data,
            CpaceMode::InitiatorResponder,
        );
        key.as_bytes().try_into().map(Secret::new).map_err(|_| InvalidPoint)
    }
}

/// An ephemeral Diffie-Hellman key over the same group, for resuming.
pub(super) struct Ephemeral {
    scalar: Scalar,
    share: Share,
}

impl Ephemeral {
    pub(super) fn new(entropy: &mut dyn Entropy) -> Result<Self, InvalidPoint> {
        let scalar = random_scalar(entropy)?;
        let share = encode(&Ristretto255Group::basepoint_mul(&scalar))?;
        Ok(Self { scalar, share })
    }

    pub(super) fn share(&self) -> &Share {
        &self.share
    }

    pub(super) fn agree(self, peer: &Share) -> Result<Zeroizing<Share>, InvalidPoint> {
        shared_point(&self.scalar, peer)
    }
}

/// 64 random bytes reduced by the group's order.
pub(super) fn scalar_from_wide(wide: &[u8; 64]) -> Result<Scalar, InvalidPoint> {
    Ristretto255Group::scalar_from_wide_bytes(wide).map(Zeroizing::new).map_err(|_| InvalidPoint)
}

fn random_scalar(entropy: &mut dyn Entropy) -> Result<Scalar, InvalidPoint> {
    scalar_from_wide(&Zeroizing::new(random::<64>(entropy)))
}

/// `scalar · peer`, refusing what is not canonical and the neutral element on both sides of it.
pub(super) fn shared_point(
    scalar: &Scalar,
    peer: &Share,
) -> Result<Zeroizing<Share>, InvalidPoint> {
    let peer = Ristretto255Group::from_bytes(peer).map_err(|_| InvalidPoint)?;
    if peer.is_identity() {
        return Err(InvalidPoint);
    }
    encode(&peer.scalar_mul(scalar)).map(Zeroizing::new)
}

fn encode(point: &Ristretto255Group) -> Result<Share, InvalidPoint> {
    if point.is_identity() {
        return Err(InvalidPoint);
    }
    let bytes = Zeroizing::new(point.to_bytes());
    bytes.as_slice().try_into().map_err(|_| InvalidPoint)
}
