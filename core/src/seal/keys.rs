//! The key schedule: every secret of an epoch comes out of one HKDF-SHA256 tree.
//!
//! Expand is written out over HMAC for outputs of at most one block, which all of ours are: so it
//! cannot fail, and no path exists on which a key would stay zero. A test holds it to the `hkdf`
//! crate.

use std::fmt;

use hkdf::HmacImpl;
use hkdf::hmac::Hmac;
use saath_protocol::envelope::{ResumeId, Side};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

/// Bytes that are cleared on drop, compared in constant time and never printed.
#[derive(Clone)]
pub(crate) struct Secret<const N: usize>(Zeroizing<[u8; N]>);

impl<const N: usize> Secret<N> {
    pub(crate) fn new(bytes: [u8; N]) -> Self {
        Self(Zeroizing::new(bytes))
    }

    pub(crate) fn as_bytes(&self) -> &[u8; N] {
        &self.0
    }

    /// Whether these are the same bytes, in a time that does not depend on them.
    pub(crate) fn is(&self, other: &[u8]) -> bool {
        self.0.as_slice().ct_eq(other).into()
    }
}

impl<const N: usize> fmt::Debug for Secret<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// All secrets of one epoch. Used up by [`Channel::new`](super::Channel::new).
#[derive(Debug)]
pub struct Secrets {
    pub(crate) from_customer: Secret<32>,
    pub(crate) from_agent: Secret<32>,
    pub(crate) resume: ResumeKey,
}

impl Secrets {
    /// What the next epoch is made from.
    pub fn resume_key(&self) -> &ResumeKey {
        &self.resume
    }

    /// Numbered from 0, one more after each resume.
    pub fn epoch(&self) -> u32 {
        self.resume.epoch
    }

    /// The key of the records that `side` sends.
    pub(crate) fn sent_by(&self, side: Side) -> &Secret<32> {
        match side {
            Side::Customer => &self.from_customer,
            Side::Agent => &self.from_agent,
        }
    }
}

/// What lets the two ends of a session find and recognise each other again, once.
///
/// It opens nothing that was ever sent: the next epoch's keys also need a fresh key agreement.
#[derive(Clone, Debug)]
pub struct ResumeKey {
    pub(crate) id: ResumeId,
    pub(crate) master: Secret<32>,
    pub(crate) epoch: u32,
}

impl ResumeKey {
    /// From where it was stored.
    pub(crate) fn restore(id: ResumeId, master: [u8; 32], epoch: u32) -> Self {
        Self { id, master: Secret::new(master), epoch }
    }

    /// By which the relay pairs the ends.
    pub fn id(&self) -> ResumeId {
        self.id
    }

    /// The epoch it was made in.
    pub fn epoch(&self) -> u32 {
        self.epoch
    }
}

/// The root of an epoch, from which everything of it is expanded.
pub(super) struct Schedule {
    prk: Secret<32>,
    epoch: u32,
}

impl Schedule {
    pub(super) fn new(salt: &[u8; 32], ikm: &[&[u8]], epoch: u32) -> Self {
        Self { prk: Secret::new(hmac(salt, ikm)), epoch }
    }

    /// `X(label, N)`: Expand with `"cb1 " ‖ label ‖ epoch`.
    pub(super) fn derive<const N: usize>(&self, label: &[u8]) -> Secret<N> {
        expand(&self.prk, &[b"cb1 ", label, &self.epoch.to_be_bytes()])
    }

    pub(super) fn secrets(&self) -> Secrets {
        Secrets {
            from_customer: self.derive(b"keyT>A"),
            from_agent: self.derive(b"keyA>T"),
            resume: ResumeKey {
                id: *self.derive(b"rid").as_bytes(),
                master: self.derive(b"resume"),
                epoch: self.epoch,
            },
        }
    }
}

/// HKDF-SHA256-Expand for outputs of at most one block.
pub(super) fn expand<const N: usize>(prk: &Secret<32>, info: &[&[u8]]) -> Secret<N> {
    const { assert!(N <= 32) };
    let mut mac = <Hmac<Sha256> as HmacImpl>::new_from_slice(prk.as_bytes());
    info.iter().for_each(|part| HmacImpl::update(&mut mac, part));
    HmacImpl::update(&mut mac, &[1]);
    let block = Zeroizing::new(<[u8; 32]>::from(HmacImpl::finalize(mac)));
    let mut out = Secret::new([0; N]);
    out.0.copy_from_slice(&block[..N]);
    out
}

/// HMAC-SHA256; HKDF's Extract is this with the salt as the key.
pub(super) fn hmac(key: &[u8], message: &[&[u8]]) -> [u8; 32] {
    let mut mac = <Hmac<Sha256> as HmacImpl>::new_from_slice(key);
    message.iter().for_each(|part| HmacImpl::update(&mut mac, part));
    HmacImpl::finalize(mac).into()
}

/// SHA-256 of the parts, one after the other.
pub(super) fn sha256(parts: &[&[u8]]) -> [u8; 32] {
    let mut hash = Sha256::new();
    parts.iter().for_each(|part| Digest::update(&mut hash, part));
    hash.finalize().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expand_and_extract_are_those_of_the_hkdf_crate() {
        let (salt, ikm) = ([7; 32], b"keying material");
        let (prk, reference) = hkdf::Hkdf::<Sha256>::extract(Some(&salt), ikm);
        assert_eq!(hmac(&salt, &[&ikm[..6], &ikm[6..]]), <[u8; 32]>::from(prk));
        let schedule = Schedule::new(&salt, &[ikm], 3);
        let mut full = [0; 32];
        reference.expand(b"cb1 confA\0\0\0\x03", &mut full).unwrap();
        assert!(schedule.derive::<32>(b"confA").is(&full));
        let mut short = [0; 8];
        reference.expand(b"cb1 sas\0\0\0\x03", &mut short).unwrap();
        assert!(schedule.derive::<8>(b"sas").is(&short));
    }

    #[test]
    fn nothing_secret_is_printed() {
        let secrets = Schedule::new(&[1; 32], &[b"x"], 0).secrets();
        let text = format!("{secrets:?}");
        assert!(!text.contains("master: [") && text.contains("Secret(…)"), "{text}");
    }
}
