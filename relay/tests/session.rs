//! The two ends of a session over real sockets: how they meet, talk, part and meet again.

mod common;

use std::time::Duration;

use common::{Harness, PATIENCE, Received};
use futures::{SinkExt, StreamExt};
use saath_protocol::envelope::{BurnReason, FromRelay, MAX_FRAME, Refusal, Side};
use saath_protocol::pin::Nameplate;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Message;

#[tokio::test]
async fn open_claim_talk_burn() {
    let relay = Harness::start().await;
    let (mut customer, mut agent) = relay.pair().await;
    for number in 0..300_u16 {
        let [high, low] = number.to_be_bytes();
        let len = usize::from(number) * 7;
        agent.bytes([vec![1, high, low], vec![0xA5; len]].concat()).await;
        customer.bytes([vec![2, high, low], vec![0x5A; len]].concat()).await;
        // Interleaved, or neither would read.
        let (to_customer, to_agent) = (customer.opaque().await, agent.opaque().await);
        assert_eq!((&to_customer[..3], to_customer.len()), (&[1, high, low][..], len + 3));
        assert_eq!((&to_agent[..3], to_agent.len()), (&[2, high, low][..], len + 3));
    }
    let largest = [vec![2], vec![0; MAX_FRAME - 1]].concat();
    customer.bytes(largest.clone()).await;
    assert_eq!(agent.opaque().await, largest);

    // What was said before the end arrives before it.
    customer.bytes(vec![2, 99]).await;
    customer.burn(BurnReason::Ended).await;
    assert_eq!(agent.opaque().await, [2, 99][..]);
    assert_eq!(agent.control().await, FromRelay::Ended(BurnReason::Ended));
    assert_eq!(relay.metric("saath_relay_frames_total{from=\"agent\"}").await, 300);
    assert_eq!(relay.metric("saath_relay_frames_total{from=\"customer\"}").await, 302);
    assert_eq!(relay.metric("saath_relay_burnt_total{reason=\"ended\"}").await, 1);
}

#[tokio::test]
async fn each_reason_reaches_the_other_end_and_the_metrics() {
    let relay = Harness::start().await;
    for reason in BurnReason::ALL {
        let (mut customer, mut agent) = relay.pair().await;
        agent.burn(reason).await;
        assert_eq!(customer.control().await, FromRelay::Ended(reason));
        let name = format!("saath_relay_burnt_total{{reason=\"{}\"}}", reason.name());
        assert_eq!(relay.metric(&name).await, 1);
        // The same socket may ask for another number, and the old one is dead.
        customer.open().await;
    }
}

#[tokio::test]
async fn two_sessions_do_not_touch() {
    let relay = Harness::start().await;
    let (mut customer, mut agent) = relay.pair().await;
    let (mut other_customer, mut other_agent) = relay.pair().await;
    customer.bytes(vec![2, 1]).await;
    other_customer.bytes(vec![2, 2]).await;
    agent.bytes(vec![1, 3]).await;
    other_agent.bytes(vec![1, 4]).await;
    assert_eq!(agent.opaque().await, [2, 1][..]);
    assert_eq!(other_agent.opaque().await, [2, 2][..]);
    assert_eq!(customer.opaque().await, [1, 3][..]);
    assert_eq!(other_customer.opaque().await, [1, 4][..]);
}

#[tokio::test]
async fn second_claim_and_unknown_nameplate_are_the_same() {
    let relay = Harness::start().await;
    let (mut customer, nameplate, _) = relay.customer().await;
    let mut first = relay.client().await;
    first.claim(nameplate, &relay.issuer.token("meera")).await;
    assert!(matches!(first.control().await, FromRelay::Claimed { .. }));
    let unknown = ["100", "200", "300"].map(|text| Nameplate::parse(text).unwrap());
    let unknown = unknown.into_iter().find(|other| *other != nameplate).unwrap();
    for nameplate in [nameplate, unknown] {
        let mut second = relay.client().await;
        second.claim(nameplate, &relay.issuer.token("arjun")).await;
        second.refused(Refusal::Gone).await;
    }
    // The first is not disturbed.
    assert_eq!(customer.control().await, FromRelay::Joined);
    first.bytes(vec![1]).await;
    assert_eq!(customer.opaque().await, [1][..]);
}

#[tokio::test]
async fn of_many_claims_at_once_one_wins() {
    const CLAIMS: usize = 200;
    let relay = Harness::with(|limits| limits.claims_per_minute = 1_000).await;
    let (mut customer, nameplate, _) = relay.customer().await;
    let mut agents = Vec::new();
    for _ in 0..CLAIMS {
        agents.push(relay.client().await);
    }
    let tokens: Vec<_> =
        (0..CLAIMS).map(|agent| relay.issuer.token(&format!("agent {agent}"))).collect();
    let claims = agents.iter_mut().zip(&tokens).map(|(agent, token)| async {
        agent.claim(nameplate, token).await;
        match agent.control().await {
            FromRelay::Claimed { .. } => true,
            FromRelay::Refused(Refusal::Gone) => false,
            other => panic!("{other:?}"),
        }
    });
    let won = futures::future::join_all(claims).await.into_iter().filter(|won| *won).count();
    assert_eq!(won, 1);
    assert_eq!(customer.control().await, FromRelay::Joined);
}

#[tokio::test]
async fn an_unclaimed_nameplate_expires() {
    let relay = Harness::with(|limits| limits.pin_ttl = Duration::from_millis(200)).await;
    let (mut customer, nameplate, _) = relay.customer().await;
    assert_eq!(customer.control().await, FromRelay::Expired);
    let mut agent = relay.client().await;
    agent.claim(nameplate, &relay.issuer.token("meera")).await;
    agent.refused(Refusal::Gone).await;
    // The customer asks for another on the same socket.
    let (another, _) = customer.open().await;
    assert_ne!(another, nameplate);
}

#[tokio::test]
async fn a_customer_who_leaves_takes_the_nameplate_along() {
    let relay = Harness::start().await;
    let (customer, nameplate, _) = relay.customer().await;
    drop(customer);
    relay.metric_becomes("saath_relay_rooms{state=\"unclaimed\"}", 0).await;
    let mut agent = relay.client().await;
    agent.claim(nameplate, &relay.issuer.token("meera")).await;
    agent.refused(Refusal::Gone).await;
}

#[tokio::test]
async fn a_lost_customer_comes_back() {
    let relay = Harness::start().await;
    let (customer, mut agent) = relay.pair().await;
    drop(customer);
    assert_eq!(agent.control().await, FromRelay::PeerLost);
    // On the socket it has, and without a token: this socket has shown one.
    agent.rejoin(Side::Agent, [9; 16], "").await;
    let mut customer = relay.client().await;
    customer.rejoin(Side::Customer, [9; 16], "").await;
    assert_eq!(customer.control().await, FromRelay::Rejoined);
    assert_eq!(agent.control().await, FromRelay::Rejoined);
    customer.bytes(vec![1, 0x11]).await;
    assert_eq!(agent.opaque().await, [1, 0x11][..]);
    agent.bytes(vec![1, 0x12]).await;
    assert_eq!(customer.opaque().await, [1, 0x12][..]);
}

#[tokio::test]
async fn both_come_back_to_a_relay_that_knows_nothing() {
    let relay = Harness::start().await;
    let (mut customer, mut agent) = (relay.client().await, relay.client().await);
    agent.rejoin(Side::Agent, [5; 16], &relay.issuer.token("meera")).await;
    customer.rejoin(Side::Customer, [5; 16], "").await;
    assert_eq!(agent.control().await, FromRelay::Rejoined);
    assert_eq!(customer.control().await, FromRelay::Rejoined);
    // A copied tab comes too late, and disturbs nobody.
    let mut copy = relay.client().await;
    copy.rejoin(Side::Customer, [5; 16], "").await;
    copy.refused(Refusal::Gone).await;
    customer.bytes(vec![2]).await;
    assert_eq!(agent.opaque().await, [2][..]);
}

#[tokio::test]
async fn who_does_not_come_back_is_not_waited_for_longer_than_the_grace() {
    let relay = Harness::with(|limits| limits.grace = Duration::from_millis(200)).await;
    let (customer, mut agent) = relay.pair().await;
    drop(agent.0.close(None).await);
    let mut customer = customer;
    assert_eq!(customer.control().await, FromRelay::PeerLost);
    customer.refused(Refusal::Gone).await;
    let mut alone = relay.client().await;
    alone.rejoin(Side::Customer, [1; 16], "").await;
    alone.refused(Refusal::Gone).await;
    relay.metric_becomes("saath_relay_rooms{state=\"lost\"}", 0).await;
}

#[tokio::test]
async fn a_slow_reader_slows_the_sender_and_loses_nothing() {
    let relay = Harness::start().await;
    let (customer, mut agent) = relay.pair().await;
    let (mut out, mut back) = customer.0.split();
    let frame = |number: u32| {
        let mut bytes = vec![2; 16 << 10];
        bytes[1..5].copy_from_slice(&number.to_be_bytes());
        Message::Binary(bytes.into())
    };
    // The agent does not read, until the customer cannot write.
    let mut sent = 0;
    while timeout(Duration::from_millis(500), out.send(frame(sent))).await.is_ok() {
        sent += 1;
        assert!(sent < 4_096, "64 MiB went somewhere");
    }
    let bytes = (sent + 1) * (16 << 10);
    assert!(bytes > 256 << 10, "the queue was used: {bytes}");
    assert!(bytes < 2 << 20, "what waits is bounded: {bytes}");
    // The one that did not fit is still to be flushed; then more, now that there is a reader.
    let total = sent + 201;
    let sending = async {
        out.flush().await.unwrap();
        for number in sent + 1..total {
            out.send(frame(number)).await.unwrap();
        }
    };
    let reading = async {
        for number in 0..total {
            let bytes = agent.opaque().await;
            assert_eq!(bytes[1..5], number.to_be_bytes());
            assert_eq!(bytes.len(), 16 << 10);
        }
    };
    timeout(PATIENCE, futures::future::join(sending, reading)).await.expect("all arrives");
    assert!(timeout(Duration::from_millis(1), back.next()).await.is_err(), "nobody was lost");
}

#[tokio::test]
async fn a_reader_that_is_stuck_is_cut_off_and_its_peer_told() {
    let relay = Harness::with(|limits| limits.stall = Duration::from_millis(300)).await;
    let (mut customer, mut agent) = relay.pair().await;
    let flood = async {
        // Ends when the relay stops reading, and starts again when the agent is gone.
        for _ in 0..1_000 {
            let _ = customer.0.feed(Message::Binary(vec![2; 16 << 10].into())).await;
        }
        customer.control().await
    };
    assert_eq!(timeout(PATIENCE, flood).await.unwrap(), FromRelay::PeerLost);
    assert_eq!(relay.metric("saath_relay_stalled_total").await, 1);
    let end = loop {
        match agent.next().await {
            Received::Opaque(_) => {}
            other => break other,
        }
    };
    assert!(matches!(end, Received::Cut | Received::Closed(4408)), "{end:?}");
}

#[tokio::test]
async fn a_silent_socket_is_noticed() {
    let relay = Harness::with(|limits| {
        limits.ping = Duration::from_millis(100);
        limits.pong = Duration::from_millis(200);
    })
    .await;
    // An agent who does not read does not answer pings; the customer, who reads, does.
    let (mut customer, _agent) = relay.pair().await;
    assert_eq!(customer.control().await, FromRelay::PeerLost);
    let waited = timeout(Duration::from_secs(1), customer.next()).await;
    assert!(waited.is_err(), "{waited:?}");
}
