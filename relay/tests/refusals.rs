//! What the relay does not take, by name, and that nothing else breaks by it.

mod common;

use std::time::Duration;

use common::{Client, Harness, Issuer, ORIGIN, PATIENCE, Received, get, now, request, upgrade};
use futures::SinkExt;
use saath_protocol::envelope::{FromRelay, MAX_FRAME, Refusal, Side};
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::{Error, Message};

#[tokio::test]
async fn other_origins() {
    let relay = Harness::start().await;
    for origin in [
        None,
        Some("null"),
        Some(""),
        Some("https://portal.example.evil.com"),
        Some("https://evil.com/https://portal.example"),
        Some("https://portal.example:8443"),
        Some("https://portal.example/"),
        Some("https://Portal.example"),
        Some("http://portal.example"),
        Some("https://xportal.example"),
        Some("https://portal.exampl"),
        Some("https://portal.example https://other.example"),
    ] {
        let stream = TcpStream::connect(relay.address).await.unwrap();
        let refused = tokio_tungstenite::client_async(upgrade(relay.address, origin), stream).await;
        match refused {
            Err(Error::Http(response)) => assert_eq!(response.status(), 403, "{origin:?}"),
            other => panic!("{origin:?} {other:?}"),
        }
    }
    assert_eq!(relay.metric("saath_relay_origin_refused_total").await, 12);
    for origin in [ORIGIN, "https://other.example"] {
        let stream = TcpStream::connect(relay.address).await.unwrap();
        let request = upgrade(relay.address, Some(origin));
        tokio_tungstenite::client_async(request, stream).await.unwrap();
    }
}

#[tokio::test]
async fn other_requests() {
    let relay = Harness::start().await;
    let origin = format!("origin: {ORIGIN}");
    let status = async |head: &str| request(relay.address, &format!("{head}\r\n\r\n")).await.0;
    assert_eq!(status(&format!("GET /ws HTTP/1.1\r\nhost: x\r\n{origin}")).await, 426);
    let old = "upgrade: websocket\r\nconnection: upgrade\r\nsec-websocket-version: 8\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==";
    assert_eq!(status(&format!("GET /ws HTTP/1.1\r\nhost: x\r\n{origin}\r\n{old}")).await, 426);
    assert_eq!(status("GET /nothing HTTP/1.1\r\nhost: x\r\nconnection: close").await, 404);
    assert_eq!(
        status("POST /ws HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: 0").await,
        405
    );
    assert_eq!(get(relay.address, "/healthz").await.0, 200);
    assert_eq!(get(relay.address, "/readyz").await.0, 200);
    let long = "x".repeat(64 << 10);
    let mut stream = TcpStream::connect(relay.address).await.unwrap();
    let _ = stream.write_all(format!("GET / HTTP/1.1\r\nlong: {long}\r\n\r\n").as_bytes()).await;
    let mut answer = Vec::new();
    let _ = timeout(PATIENCE, stream.read_to_end(&mut answer)).await.unwrap();
    assert!(!answer.starts_with(b"HTTP/1.1 2"));
}

#[tokio::test]
async fn bad_tokens_leave_the_nameplate_live() {
    let relay = Harness::start().await;
    let (mut customer, nameplate, _) = relay.customer().await;
    let issuer = &relay.issuer;
    let good = issuer.token("meera");
    let claims = Issuer::claims("meera");
    let public = issuer.jwks()["keys"][0].to_string();
    let hs256 = |key: &[u8]| {
        let mut header = jsonwebtoken::Header::new(jsonwebtoken::Algorithm::HS256);
        header.kid = Some("k1".into());
        let key = jsonwebtoken::EncodingKey::from_secret(key);
        jsonwebtoken::encode(&header, &claims, &key).unwrap()
    };
    let (head, signature) = good.rsplit_once('.').unwrap();
    let (header, _) = good.split_once('.').unwrap();
    let other_claims = issuer.token("somebody else");
    let other_body = other_claims.split('.').nth(1).unwrap();
    for (what, token) in [
        ("none at all", String::new()),
        ("no token", "meera".into()),
        ("not base64", "!.!.!".into()),
        ("expired", issuer.token_but(json!({ "exp": now() - 60 }))),
        ("not yet valid", issuer.token_but(json!({ "nbf": now() + 60 }))),
        ("of another audience", issuer.token_but(json!({ "aud": "https://portal.example" }))),
        ("of no audience", issuer.token_but(json!({ "aud": null }))),
        ("without end", issuer.token_but(json!({ "exp": null }))),
        ("without beginning", issuer.token_but(json!({ "nbf": null }))),
        ("of nobody", issuer.token_but(json!({ "sub": null }))),
        ("alg none", Issuer::forge(&json!({ "alg": "none", "kid": "k1" }), &claims, b"")),
        ("alg None", Issuer::forge(&json!({ "alg": "None", "kid": "k1" }), &claims, b"")),
        ("alg ES384", Issuer::forge(&json!({ "alg": "ES384", "kid": "k1" }), &claims, &[1; 96])),
        (
            "alg of another key",
            Issuer::forge(&json!({ "alg": "EdDSA", "kid": "k1" }), &claims, &[1; 64]),
        ),
        ("unsigned", format!("{head}.")),
        (
            "signed by zeros",
            Issuer::forge(&json!({ "alg": "ES256", "kid": "k1" }), &claims, &[0; 64]),
        ),
        ("HS256 with the public key", hs256(public.as_bytes())),
        ("HS256 with nothing", hs256(b"")),
        ("unknown kid", Issuer::forge(&json!({ "alg": "ES256", "kid": "k9" }), &claims, &[1; 64])),
        ("no kid", Issuer::forge(&json!({ "alg": "ES256" }), &claims, &[1; 64])),
        ("claims swapped", format!("{header}.{other_body}.{signature}")),
        ("too long", format!("{good}{}", "A".repeat(8 << 10))),
    ] {
        let mut agent = relay.client().await;
        agent.claim(nameplate, &token).await;
        assert_eq!(agent.control().await, FromRelay::Refused(Refusal::Unauthorized), "{what}");
        agent.closed(4401).await;
        // Who comes back may have a token that expired meanwhile: `tokens.rs`.
        if matches!(what, "expired" | "not yet valid") {
            continue;
        }
        let mut agent = relay.client().await;
        agent.rejoin(Side::Agent, [1; 16], &token).await;
        agent.refused(Refusal::Unauthorized).await;
    }
    for (key, agent_name) in [("k1", "meera"), ("k2", "arjun")] {
        let mut agent = relay.client().await;
        agent.claim(nameplate, &issuer.sign(key, &Issuer::claims(agent_name))).await;
        if key == "k1" {
            assert!(matches!(agent.control().await, FromRelay::Claimed { .. }));
            assert_eq!(customer.control().await, FromRelay::Joined);
        } else {
            // EdDSA gets as far as asking for what is taken.
            agent.refused(Refusal::Gone).await;
        }
    }
}

#[tokio::test]
async fn an_expired_token_that_came_back_claims_nothing() {
    let relay = Harness::start().await;
    let (mut customer, nameplate, _) = relay.customer().await;
    let expired = json!({ "nbf": now() - 7200, "exp": now() - 3600 });
    let expired = relay.issuer.token_but(expired);
    for token in [expired.as_str(), ""] {
        let mut agent = relay.client().await;
        // Any id is good: the relay may have been restarted.
        agent.rejoin(Side::Agent, [3; 16], &expired).await;
        agent.claim(nameplate, token).await;
        agent.refused(Refusal::Unauthorized).await;
    }
    // With a fresh one the same socket may, and the nameplate is still live.
    let mut agent = relay.client().await;
    agent.rejoin(Side::Agent, [3; 16], &expired).await;
    agent.claim(nameplate, &relay.issuer.token("meera")).await;
    assert!(matches!(agent.control().await, FromRelay::Claimed { .. }));
    assert_eq!(customer.control().await, FromRelay::Joined);
}

#[tokio::test]
async fn other_versions() {
    let relay = Harness::start().await;
    for bytes in [&[0, 1, 2, 0][..], &[0, 3, 0], &[0, 7, 9, 9, 9]] {
        let mut client = relay.client().await;
        client.bytes(bytes.to_vec()).await;
        client.refused(Refusal::Version).await;
    }
}

#[tokio::test]
async fn what_is_no_message_closes_its_socket_and_loses_its_peer() {
    let relay = Harness::with(|limits| limits.opens_per_minute = 1_000).await;
    let binary = |bytes: Vec<u8>| Message::Binary(bytes.into());
    for (message, code) in [
        (Message::text("hello"), 1003),
        (Message::text(""), 1003),
        (binary(vec![2; MAX_FRAME + 1]), 1009),
        (binary(vec![2; 1 << 20]), 1009),
        (binary(vec![]), 1008),
        (binary(vec![3]), 1008),
        (binary(vec![0]), 1008),
        (binary(vec![0, 99]), 1008),
        (binary(vec![0, 2, 1]), 1008),
        (binary(vec![0, 1, 1, 0, 0]), 1008),
        (binary(vec![0, 8, 9]), 1008),
    ] {
        let (mut customer, mut agent) = relay.pair().await;
        // The relay may close before it took all of a large one.
        let _ = customer.0.send(message).await;
        customer.closed(code).await;
        assert_eq!(agent.control().await, FromRelay::PeerLost);
    }
    let (mut customer, mut agent) = relay.pair().await;
    customer.bytes(vec![2]).await;
    assert_eq!(agent.opaque().await, [2][..], "others are not disturbed");
}

#[tokio::test]
async fn a_frame_before_anything_else() {
    let relay = Harness::start().await;
    for kind in [1, 2] {
        let mut client = relay.client().await;
        client.bytes(vec![kind, 1, 2, 3]).await;
        client.closed(1008).await;
    }
}

#[tokio::test]
async fn garbage() {
    let relay = Harness::with(|limits| limits.opens_per_minute = 10_000).await;
    let mut state = 1_u64;
    let mut byte = || {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 56) as u8
    };
    // Behind the upgrade, as raw bytes: no frame of any protocol.
    for _ in 0..50 {
        let mut client = relay.client().await;
        let noise: Vec<u8> = (0..200).map(|_| byte()).collect();
        let _ = client.0.get_mut().write_all(&noise).await;
        drop(client);
    }
    // As whole messages, most of which look like control messages.
    for _ in 0..200 {
        let mut client = relay.client().await;
        let mut noise: Vec<u8> = (0..byte() % 60).map(|_| byte()).collect();
        if let [first, second, third, ..] = &mut noise[..] {
            (*first, *second, *third) = (0, *second % 16, 1);
        }
        let _ = client.0.send(Message::Binary(noise.into())).await;
        drop(client);
    }
    let (mut customer, mut agent) = relay.pair().await;
    customer.bytes(vec![2]).await;
    assert_eq!(agent.opaque().await, [2][..]);
    drop((customer, agent));
    relay.metric_becomes("saath_relay_sockets", 0).await;
}

#[tokio::test]
async fn who_says_nothing() {
    let relay = Harness::with(|limits| {
        limits.first_message = Duration::from_millis(200);
        limits.header_timeout = Duration::from_millis(200);
    })
    .await;
    relay.client().await.closed(1008).await;
    // Half a request.
    let mut stream = TcpStream::connect(relay.address).await.unwrap();
    stream.write_all(b"GET /ws HTTP/1.1\r\nhost:").await.unwrap();
    let mut answer = Vec::new();
    let _ = timeout(PATIENCE, stream.read_to_end(&mut answer)).await.expect("closed");
    // Who has a number may wait.
    let (mut customer, nameplate, _) = relay.customer().await;
    let silence = timeout(Duration::from_millis(600), customer.next()).await;
    assert!(silence.is_err(), "{silence:?}");
    let mut agent = relay.client().await;
    agent.claim(nameplate, &relay.issuer.token("meera")).await;
    assert!(matches!(agent.control().await, FromRelay::Claimed { .. }));
}

#[tokio::test]
async fn too_many_pins_of_one_address() {
    let relay = Harness::with(|limits| limits.opens_per_minute = 3).await;
    let mut client = relay.client().await;
    for _ in 0..3 {
        client.open().await;
    }
    let mut other = relay.client().await;
    other.bytes(vec![0, 1, 1, 0]).await;
    other.refused(Refusal::TooMany).await;
    // Of those three the last is live; asking anew gave the others up.
    assert_eq!(relay.metric("saath_relay_rooms{state=\"unclaimed\"}").await, 1);
    assert_eq!(relay.metric("saath_relay_refused_total{why=\"too_many\"}").await, 1);
}

#[tokio::test]
async fn an_agent_who_guesses_is_locked_out() {
    let relay = Harness::start().await;
    let (_customer, nameplate, _) = relay.customer().await;
    let wrong = ["111", "222"].map(|text| saath_protocol::pin::Nameplate::parse(text).unwrap());
    let wrong = wrong.into_iter().find(|wrong| *wrong != nameplate).unwrap();
    for _ in 0..5 {
        let mut agent = relay.client().await;
        agent.claim(wrong, &relay.issuer.token("mallory")).await;
        agent.refused(Refusal::Gone).await;
    }
    let mut agent = relay.client().await;
    agent.claim(nameplate, &relay.issuer.token("mallory")).await;
    agent.refused(Refusal::TooMany).await;
    let mut agent = relay.client().await;
    agent.claim(nameplate, &relay.issuer.token("meera")).await;
    assert!(matches!(agent.control().await, FromRelay::Claimed { .. }));
}

#[tokio::test]
async fn too_many_claims_of_one_agent() {
    let relay = Harness::with(|limits| limits.claims_per_minute = 2).await;
    for _ in 0..2 {
        relay.pair().await;
    }
    let (_customer, nameplate, _) = relay.customer().await;
    let mut agent = relay.client().await;
    agent.claim(nameplate, &relay.issuer.token("meera")).await;
    agent.refused(Refusal::TooMany).await;
}

#[tokio::test]
async fn too_many_sockets_of_one_address() {
    let relay = Harness::with(|limits| limits.sockets_per_ip = 2).await;
    let (first, _second) = (relay.client().await, relay.client().await);
    let mut third = TcpStream::connect(relay.address).await.unwrap();
    let mut answer = Vec::new();
    let _ = timeout(PATIENCE, third.read_to_end(&mut answer)).await.expect("closed");
    assert!(answer.is_empty());
    drop(first);
    let again = async {
        loop {
            let stream = TcpStream::connect(relay.address).await.unwrap();
            let request = upgrade(relay.address, Some(ORIGIN));
            if let Ok((socket, _)) = tokio_tungstenite::client_async(request, stream).await {
                return Client(socket);
            }
        }
    };
    timeout(PATIENCE, again).await.expect("one left, one may come").open().await;
}

#[tokio::test]
async fn a_flood_of_pings() {
    let relay = Harness::start().await;
    let (mut customer, mut agent) = relay.pair().await;
    for _ in 0..50 {
        let _ = customer.0.feed(Message::Ping(Vec::new().into())).await;
    }
    let _ = customer.0.flush().await;
    assert!(matches!(customer.next().await, Received::Closed(1008) | Received::Cut));
    assert_eq!(agent.control().await, FromRelay::PeerLost);
}

#[tokio::test]
async fn a_relay_that_stops() {
    let mut relay = Harness::start().await;
    let (mut customer, mut agent) = relay.pair().await;
    let mut newcomer = relay.client().await;
    relay.stop(Duration::from_secs(3));
    assert_eq!(customer.control().await, FromRelay::Drain { spread_s: 2 });
    assert_eq!(agent.control().await, FromRelay::Drain { spread_s: 2 });
    assert_eq!(newcomer.control().await, FromRelay::Drain { spread_s: 2 });
    newcomer.bytes(vec![0, 1, 1, 0]).await;
    newcomer.refused(Refusal::Busy).await;
    // The session goes on until its ends go elsewhere.
    customer.bytes(vec![2]).await;
    assert_eq!(agent.opaque().await, [2][..]);
    customer.0.close(None).await.unwrap();
    drop(customer);
    assert_eq!(agent.control().await, FromRelay::PeerLost);
    agent.closed(1001).await;
    drop((agent, newcomer));
    relay.stopped().await;
}
