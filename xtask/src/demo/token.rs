//! Agent tokens for the demo, signed by keys made at start.
//!
//! In production the organisation's identity provider mints these; what is in them is in
//! SECURITY.md. Nothing is written to disk but the public half.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result};
use base64ct::{Base64UrlUnpadded, Encoding};
use p256::ecdsa::signature::Signer as _;
use p256::ecdsa::{Signature, SigningKey};
use serde::Deserialize;
use serde_json::{Value, json};

use super::Urls;

const RELAY_AUDIENCE: &str = "saath-relay";
const RELAY_LIFETIME: Duration = Duration::from_secs(10 * 60);
const CUSTOMER_LIFETIME: Duration = Duration::from_secs(12 * 60 * 60);

/// One of `www/crm/agents.json`.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Agent {
    pub(super) id: String,
    name: String,
    sub: String,
    unit: String,
}

/// The organisation that vouches for its agents.
#[derive(Clone)]
pub(super) struct Signer {
    key: SigningKey,
    kid: String,
    issuer: String,
    portal: String,
}

impl Signer {
    pub(super) fn new(urls: &Urls) -> Result<Self> {
        Ok(Self {
            key: fresh_key()?,
            kid: random_id()?,
            issuer: urls.crm.clone(),
            portal: urls.portal.clone(),
        })
    }

    /// The public half, as the portal pins it and the relay reads it.
    pub(super) fn jwks(&self) -> String {
        let mut jwk = public_jwk(&self.key);
        jwk["kid"] = self.kid.as_str().into();
        jwk["alg"] = "ES256".into();
        jwk["use"] = "sig".into();
        json!({ "keys": [jwk] }).to_string()
    }

    /// `<jwt for the relay>~<jwt for the customer>~<private scalar of its cnf key>`.
    pub(super) fn mint(&self, agent: &Agent) -> Result<String> {
        let proof = fresh_key()?;
        let now = SystemTime::now().duration_since(UNIX_EPOCH)?;
        let relay = self.jwt(agent, RELAY_AUDIENCE, now, RELAY_LIFETIME, None)?;
        let cnf = json!({ "jwk": public_jwk(&proof) });
        let customer = self.jwt(agent, &self.portal, now, CUSTOMER_LIFETIME, Some(cnf))?;
        Ok(format!("{relay}~{customer}~{}", base64url(&proof.to_bytes())))
    }

    fn jwt(
        &self,
        agent: &Agent,
        audience: &str,
        now: Duration,
        lifetime: Duration,
        cnf: Option<Value>,
    ) -> Result<String> {
        let header = json!({ "alg": "ES256", "typ": "JWT", "kid": self.kid });
        let mut claims = json!({
            "iss": self.issuer,
            "sub": agent.sub,
            "aud": audience,
            "iat": now.as_secs(),
            "nbf": now.as_secs(),
            "exp": (now + lifetime).as_secs(),
            "jti": random_id()?,
            "name": agent.name,
            "unit": agent.unit,
            "roles": ["saath.agent"],
            "max_level": "act",
        });
        if let Some(cnf) = cnf {
            claims["cnf"] = cnf;
        }
        let signed = format!(
            "{}.{}",
            base64url(header.to_string().as_bytes()),
            base64url(claims.to_string().as_bytes())
        );
        let signature: Signature = self.key.sign(signed.as_bytes());
        Ok(format!("{signed}.{}", base64url(&signature.to_bytes())))
    }
}

fn fresh_key() -> Result<SigningKey> {
    // A scalar out of range has a chance of one in 2^32.
    loop {
        let mut scalar = [0; 32];
        getrandom::fill(&mut scalar).context("no random numbers")?;
        if let Ok(key) = SigningKey::from_slice(&scalar) {
            return Ok(key);
        }
    }
}

fn public_jwk(key: &SigningKey) -> Value {
    let point = key.verifying_key().to_sec1_point(false);
    let coordinate = |bytes: Option<&p256::FieldBytes>| bytes.map(|b| base64url(b));
    json!({ "kty": "EC", "crv": "P-256", "x": coordinate(point.x()), "y": coordinate(point.y()) })
}

fn random_id() -> Result<String> {
    let mut id = [0; 16];
    getrandom::fill(&mut id).context("no random numbers")?;
    Ok(base64url(&id))
}

fn base64url(bytes: &[u8]) -> String {
    Base64UrlUnpadded::encode_string(bytes)
}

#[cfg(test)]
mod tests {
    use p256::ecdsa::VerifyingKey;
    use p256::ecdsa::signature::Verifier;

    use super::*;

    fn meera() -> Agent {
        Agent {
            id: "meera".into(),
            name: "Meera Joshi".into(),
            sub: "HD-2291".into(),
            unit: "Jaipur".into(),
        }
    }

    fn bytes(text: &str) -> Vec<u8> {
        Base64UrlUnpadded::decode_vec(text).unwrap()
    }

    /// Verifies with the published key, as the relay and the customer's page do.
    fn open(jwks: &str, jwt: &str) -> Value {
        let jwks: Value = serde_json::from_str(jwks).unwrap();
        let key = &jwks["keys"][0];
        let mut point = vec![4];
        point.extend(bytes(key["x"].as_str().unwrap()));
        point.extend(bytes(key["y"].as_str().unwrap()));
        let (signed, signature) = jwt.rsplit_once('.').unwrap();
        let (header, claims) = signed.split_once('.').unwrap();
        let header: Value = serde_json::from_slice(&bytes(header)).unwrap();
        assert_eq!(header["kid"], key["kid"]);
        VerifyingKey::from_sec1_bytes(&point)
            .unwrap()
            .verify(signed.as_bytes(), &Signature::from_slice(&bytes(signature)).unwrap())
            .unwrap();
        serde_json::from_slice(&bytes(claims)).unwrap()
    }

    #[test]
    fn a_token_says_who_to_whom_and_until_when() {
        let urls = Urls::new(4400);
        let signer = Signer::new(&urls).unwrap();
        let token = signer.mint(&meera()).unwrap();
        let [relay, customer, scalar] = token.split('~').collect::<Vec<_>>()[..] else {
            panic!("three parts")
        };
        let relay = open(&signer.jwks(), relay);
        let customer = open(&signer.jwks(), customer);
        assert_eq!(relay["aud"], RELAY_AUDIENCE);
        assert_eq!(customer["aud"], "http://localhost:4401");
        for (claims, lifetime) in [(&relay, RELAY_LIFETIME), (&customer, CUSTOMER_LIFETIME)] {
            assert_eq!(claims["name"], "Meera Joshi");
            assert_eq!(claims["sub"], "HD-2291");
            let until = claims["exp"].as_u64().unwrap() - claims["nbf"].as_u64().unwrap();
            assert_eq!(until, lifetime.as_secs());
        }
        let proof = SigningKey::from_slice(&bytes(scalar)).unwrap();
        assert_eq!(customer["cnf"]["jwk"], public_jwk(&proof));
        assert!(relay.get("cnf").is_none());
    }

    #[test]
    fn no_two_tokens_and_no_two_starts_share_a_key() {
        let urls = Urls::new(4400);
        let signer = Signer::new(&urls).unwrap();
        let secret = |token: String| token.rsplit_once('~').unwrap().1.to_owned();
        let one = secret(signer.mint(&meera()).unwrap());
        let two = secret(signer.mint(&meera()).unwrap());
        assert_ne!(one, two);
        assert_ne!(signer.jwks(), Signer::new(&urls).unwrap().jwks());
    }
}
