//! Which keys verify which tokens, without sockets.

mod common;

use std::path::Path;

use common::{Issuer, write_temporary};
use saath_relay::auth::{Denied, KeysError, Verifier};
use serde_json::json;

#[test]
fn every_algorithm_by_its_key() {
    let issuer = Issuer::new().with_rsa(2048);
    let verifier = Verifier::from_file(&issuer.jwks_file()).unwrap();
    for key in ["k1", "k2", "k3"] {
        let token = issuer.sign(key, &Issuer::claims("meera"));
        assert!(verifier.verify(&token).is_ok(), "{key}");
    }
    let (one, two) = (verifier.verify(&issuer.token("a")), verifier.verify(&issuer.token("b")));
    assert!(one != two);
    assert!(one == verifier.verify(&issuer.sign("k2", &Issuer::claims("a"))));
}

#[test]
fn clocks_may_differ_by_half_a_minute() {
    let issuer = Issuer::new();
    let verifier = Verifier::from_file(&issuer.jwks_file()).unwrap();
    let now = common::now();
    for (claims, good) in [
        (json!({ "exp": now - 20 }), true),
        (json!({ "exp": now - 40 }), false),
        (json!({ "nbf": now + 20 }), true),
        (json!({ "nbf": now + 40 }), false),
        (json!({ "aud": ["x", "saath-relay"] }), true),
        (json!({ "aud": [] }), false),
        (json!({ "exp": "tomorrow" }), false),
        (json!({ "exp": -1 }), false),
    ] {
        let verified = verifier.verify(&issuer.token_but(claims.clone()));
        assert_eq!(verified.is_ok(), good, "{claims}");
        assert!(good || verified.err() == Some(Denied::Invalid), "{claims}");
    }
}

#[test]
fn who_comes_back_may_have_an_expired_token() {
    let issuer = Issuer::new();
    let verifier = Verifier::from_file(&issuer.jwks_file()).unwrap();
    let now = common::now();
    for (expired_s, good) in [(0, true), (2 * 60 * 60, true), (3 * 60 * 60, false)] {
        let token = issuer.token_but(json!({ "nbf": now - 86_400, "exp": now - expired_s }));
        assert_eq!(verifier.verify_returning(&token).is_ok(), good, "{expired_s}");
    }
    assert!(verifier.verify_returning(&issuer.token_but(json!({ "aud": "x" }))).is_err());
}

#[test]
fn keys_that_are_not_used() {
    let load = |text: &str| Verifier::from_file(&write_temporary(text));
    assert!(matches!(load("{"), Err(KeysError::Parse(_))));
    assert!(matches!(load(r#"{"keys":[]}"#), Err(KeysError::Empty)));
    let secret = r#"{"keys":[{"kid":"k","kty":"oct","k":"c2VjcmV0"}]}"#;
    assert!(matches!(load(secret), Err(KeysError::Empty)));
    let no_file = Verifier::from_file(Path::new("/nonexistent/jwks"));
    assert!(matches!(no_file, Err(KeysError::Read(_))));

    let mut encryption = Issuer::new().jwks();
    encryption["keys"].as_array_mut().unwrap().truncate(1);
    encryption["keys"][0]["use"] = "enc".into();
    assert!(matches!(load(&encryption.to_string()), Err(KeysError::Empty)));
    encryption["keys"][0]["use"] = "sig".into();
    encryption["keys"][0]["alg"] = "ES384".into();
    assert!(matches!(load(&encryption.to_string()), Err(KeysError::Empty)));
    encryption["keys"][0]["alg"] = "ES256".into();
    assert!(load(&encryption.to_string()).is_ok());

    let weak = Issuer::new().with_rsa(1024);
    let verifier = Verifier::from_file(&weak.jwks_file()).unwrap();
    let token = weak.sign("k3", &Issuer::claims("meera"));
    assert_eq!(verifier.verify(&token).err(), Some(Denied::UnknownKey));
}
