//! Who may claim: agents with a token that an organisation we know has signed for this relay.
//!
//! The algorithm comes from the key, never from the token, so that `none` and a public key used
//! as an HMAC secret have no way in. The relay does not tell anybody who the agent is: the
//! customer's end verifies a token of its own.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use jsonwebtoken::jwk::{AlgorithmParameters, EllipticCurve, Jwk, JwkSet, PublicKeyUse};
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header};
use serde::Deserialize;
use thiserror::Error;

/// The audience of tokens for the relay.
pub const AUDIENCE: &str = "saath-relay";
/// How far clocks may differ.
const LEEWAY: Duration = Duration::from_secs(30);
/// Sessions last two hours at most, and may then be lost for the grace time.
const LONGEST_SESSION: Duration = Duration::from_secs(2 * 60 * 60 + 120);
/// A key that is not in the file makes us read it again, but not more often than this.
const RELOAD: Duration = Duration::from_secs(60);
/// The shortest RSA modulus, in bytes.
const MIN_RSA: usize = 256;

/// An agent, the same for all tokens of his; good for counting, not for showing.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct AgentKey {
    issuer: String,
    subject: String,
}

/// The token is not good. Why, is for the log and not for the one who sent it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Denied {
    /// It is no token at all, or of an algorithm we do not know.
    #[error("malformed")]
    Malformed,
    /// Signed by no key of ours.
    #[error("unknown key")]
    UnknownKey,
    /// The signature, the times, the audience or a missing claim.
    #[error("invalid")]
    Invalid,
}

/// The keys cannot be used.
#[derive(Debug, Error)]
pub enum KeysError {
    /// The file cannot be read.
    #[error("cannot read the JWKS file")]
    Read(#[from] std::io::Error),
    /// It is not a JWKS.
    #[error("the JWKS does not parse")]
    Parse(#[from] serde_json::Error),
    /// It has no key that signs with ES256, EdDSA or RS256 (2048 bits or more).
    #[error("the JWKS has no key for ES256, EdDSA or RS256")]
    Empty,
}

/// Verifies agent tokens with the keys of a JWKS file, which may be replaced at any time.
pub struct Verifier {
    path: PathBuf,
    state: Mutex<State>,
}

struct State {
    keys: Keys,
    loaded: Instant,
}

struct Keys(HashMap<Option<String>, (DecodingKey, Algorithm)>);

#[derive(Deserialize)]
struct Claims {
    iss: String,
    sub: String,
}

impl Verifier {
    /// Reads the keys.
    ///
    /// # Errors
    /// [`KeysError`]: without keys no agent could ever be let in.
    pub fn from_file(path: &Path) -> Result<Self, KeysError> {
        let state = State { keys: Keys::load(path)?, loaded: Instant::now() };
        Ok(Self { path: path.to_owned(), state: Mutex::new(state) })
    }

    /// Checks the signature, `aud`, `exp` and `nbf` of `token`.
    ///
    /// # Errors
    /// [`Denied`].
    pub fn verify(&self, token: &str) -> Result<AgentKey, Denied> {
        self.verify_within(token, LEEWAY)
    }

    /// As [`Self::verify`] for an agent that comes back to a room: the token may have expired since
    /// the session began, but not longer ago than a session can last. What lets it in is the room's
    /// secret id, which only the two ends know; the token keeps others from trying ids.
    ///
    /// # Errors
    /// [`Denied`].
    pub fn verify_returning(&self, token: &str) -> Result<AgentKey, Denied> {
        self.verify_within(token, LONGEST_SESSION)
    }

    fn verify_within(&self, token: &str, leeway: Duration) -> Result<AgentKey, Denied> {
        let header = decode_header(token).map_err(|_| Denied::Malformed)?;
        let (key, algorithm) = self.key(&header.kid).ok_or(Denied::UnknownKey)?;
        let mut validation = Validation::new(algorithm);
        validation.leeway = leeway.as_secs();
        validation.validate_nbf = true;
        validation.set_audience(&[AUDIENCE]);
        validation.set_required_spec_claims(&["exp", "nbf", "aud", "iss", "sub"]);
        let claims: Claims = decode(token, &key, &validation).map_err(|_| Denied::Invalid)?.claims;
        Ok(AgentKey { issuer: claims.iss, subject: claims.sub })
    }

    fn key(&self, id: &Option<String>) -> Option<(DecodingKey, Algorithm)> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if !state.keys.0.contains_key(id) && state.loaded.elapsed() >= RELOAD {
            state.loaded = Instant::now();
            match Keys::load(&self.path) {
                Ok(keys) => state.keys = keys,
                Err(error) => tracing::warn!(%error, "keeping the keys as they were"),
            }
        }
        state.keys.0.get(id).cloned()
    }
}

impl Keys {
    fn load(path: &Path) -> Result<Self, KeysError> {
        let set: JwkSet = serde_json::from_slice(&std::fs::read(path)?)?;
        let keys: HashMap<_, _> = set
            .keys
            .iter()
            .filter_map(|jwk| Some((jwk.common.key_id.clone(), Self::usable(jwk)?)))
            .collect();
        if keys.is_empty() { Err(KeysError::Empty) } else { Ok(Self(keys)) }
    }

    fn usable(jwk: &Jwk) -> Option<(DecodingKey, Algorithm)> {
        if jwk.common.public_key_use.as_ref().is_some_and(|used| *used != PublicKeyUse::Signature) {
            return None;
        }
        let algorithm = match &jwk.algorithm {
            AlgorithmParameters::EllipticCurve(key) if key.curve == EllipticCurve::P256 => {
                Algorithm::ES256
            }
            AlgorithmParameters::OctetKeyPair(key) if key.curve == EllipticCurve::Ed25519 => {
                Algorithm::EdDSA
            }
            // Four characters of base64url are three bytes.
            AlgorithmParameters::RSA(key) if key.n.len() * 3 / 4 >= MIN_RSA => Algorithm::RS256,
            _ => return None,
        };
        let named = jwk.common.key_algorithm.map(Algorithm::try_from);
        if named.is_some_and(|named| named.ok() != Some(algorithm)) {
            return None;
        }
        DecodingKey::from_jwk(jwk).ok().map(|key| (key, algorithm))
    }
}
