//! The envelope's bytes: golden ones, as PROTOCOL.md has them, round trips and hostile input.

use proptest::prelude::*;
use saath_protocol::envelope::{
    BurnReason, DecodeError, FrameKind, FromRelay, MAX_FRAME, MAX_TOKEN, Refusal, Side, ToRelay,
};
use saath_protocol::pin::Nameplate;

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn np(text: &str) -> Nameplate {
    Nameplate::parse(text).unwrap()
}

#[test]
fn golden_to_relay() {
    let check = |message: ToRelay, golden: &str| {
        assert_eq!(hex(&message.encode()), golden, "{message:?}");
        assert!(ToRelay::decode(&message.encode()) == Ok(message));
    };
    check(ToRelay::Open { flags: 0 }, "00010100");
    check(
        ToRelay::Claim { nameplate: np("482"), token: "a.b.c".into() },
        "000301033438320005612e622e63",
    );
    let id = *b"0123456789abcdef";
    check(
        ToRelay::Rejoin { side: Side::Customer, id, token: String::new() },
        "00070100303132333435363738396162636465660000",
    );
    check(
        ToRelay::Rejoin { side: Side::Agent, id, token: "t".into() },
        "0007010130313233343536373839616263646566000174",
    );
    check(ToRelay::Burn { reason: BurnReason::Ended }, "000800");
    check(ToRelay::Burn { reason: BurnReason::Mismatch }, "000801");
    check(ToRelay::Burn { reason: BurnReason::Declined }, "000802");
    check(ToRelay::Burn { reason: BurnReason::Reported }, "000803");
}

#[test]
fn golden_from_relay() {
    let check = |message: FromRelay, golden: &str| {
        assert_eq!(hex(&message.encode()), golden, "{message:?}");
        assert!(FromRelay::decode(&message.encode()) == Ok(message));
    };
    let (session, token) = ([0x11; 16], [0x22; 32]);
    let (sid, rtok) = ("11".repeat(16), "22".repeat(32));
    check(
        FromRelay::Opened { nameplate: np("004821"), session, token, ttl_s: 300 },
        &format!("000206303034383231{sid}{rtok}012c"),
    );
    check(FromRelay::Claimed { session, token }, &format!("0004{sid}{rtok}"));
    check(FromRelay::Joined, "0005");
    check(FromRelay::Refused(Refusal::Gone), "000601");
    check(FromRelay::Refused(Refusal::Unauthorized), "000602");
    check(FromRelay::Refused(Refusal::Busy), "000603");
    check(FromRelay::Refused(Refusal::Version), "000604");
    check(FromRelay::Refused(Refusal::TooMany), "000605");
    check(FromRelay::PeerLost, "0009");
    check(FromRelay::Rejoined, "000a");
    check(FromRelay::Ended(BurnReason::Mismatch), "000b01");
    check(FromRelay::Expired, "000c");
    check(FromRelay::Drain { spread_s: 20 }, "000d14");
}

#[test]
fn refusals_have_stable_names_and_close_codes() {
    let table: Vec<_> =
        Refusal::ALL.map(|refusal| (refusal.name(), refusal.close_code())).into_iter().collect();
    assert_eq!(
        table,
        [
            ("gone", 4404),
            ("unauthorized", 4401),
            ("busy", 4429),
            ("version", 4400),
            ("too_many", 4429)
        ]
    );
}

#[test]
fn refuses() {
    let check = |bytes: &[u8], error| assert!(ToRelay::decode(bytes) == Err(error), "{bytes:?}");
    check(b"", DecodeError::Unknown);
    check(b"\x01\x01\x01\x00", DecodeError::Unknown);
    check(b"\x00\x63", DecodeError::Unknown);
    check(b"\x00", DecodeError::Malformed);
    check(b"\x00\x01", DecodeError::Malformed);
    check(b"\x00\x01\x02", DecodeError::Version);
    check(b"\x00\x03\x02\xff\xff", DecodeError::Version);
    check(b"\x00\x01\x01\x00\x00", DecodeError::Malformed);
    check(b"\x00\x03\x01\x0212\x00\x00", DecodeError::Malformed);
    check(b"\x00\x03\x01\x07\x31\x32\x33\x34\x35\x36\x37\x00\x00", DecodeError::Malformed);
    check(b"\x00\x03\x01\x0312a\x00\x00", DecodeError::Malformed);
    check(b"\x00\x03\x01\x03123\x00\x05ab", DecodeError::Malformed);
    check(b"\x00\x03\x01\x03123\x00\x02\xff\xfe", DecodeError::Malformed);
    check(b"\x00\x07\x01\x02", DecodeError::Malformed);
    check(b"\x00\x08\x04", DecodeError::Malformed);
    assert!(FromRelay::decode(b"\x00\x06\x00") == Err(DecodeError::Malformed));
    assert!(FromRelay::decode(b"\x00\x06\x06") == Err(DecodeError::Malformed));
    let long = ToRelay::Claim { nameplate: np("123"), token: "x".repeat(MAX_TOKEN + 1) };
    assert!(
        ToRelay::decode(&long.encode())
            == Ok(ToRelay::Claim { nameplate: np("123"), token: String::new() })
    );
}

#[test]
fn debug_says_names_only() {
    let claim = ToRelay::Claim { nameplate: np("482"), token: "secret".into() };
    assert_eq!(format!("{claim:?}"), "CLAIM");
    let opened =
        FromRelay::Opened { nameplate: np("482"), session: [7; 16], token: [8; 32], ttl_s: 9 };
    assert_eq!(format!("{opened:?}"), "OPENED");
}

#[test]
fn the_first_byte_says_for_whom() {
    assert_eq!(FrameKind::of(&[0, 1]), Some(FrameKind::Control));
    assert_eq!(FrameKind::of(&[1]), Some(FrameKind::Handshake));
    assert_eq!(FrameKind::of(&[2, 0]), Some(FrameKind::Record));
    assert_eq!(FrameKind::of(&[3]), None);
    assert_eq!(FrameKind::of(&[]), None);
}

fn to_relay() -> impl Strategy<Value = ToRelay> {
    let side = prop::sample::select(&[Side::Customer, Side::Agent]);
    prop_oneof![
        any::<u8>().prop_map(|flags| ToRelay::Open { flags }),
        ("[0-9]{3,6}", ".{0,200}")
            .prop_map(|(text, token)| ToRelay::Claim { nameplate: np(&text), token }),
        (side, any::<[u8; 16]>(), ".{0,200}").prop_map(|(side, id, token)| ToRelay::Rejoin {
            side,
            id,
            token
        }),
        prop::sample::select(&BurnReason::ALL).prop_map(|reason| ToRelay::Burn { reason }),
    ]
}

fn from_relay() -> impl Strategy<Value = FromRelay> {
    prop_oneof![
        ("[0-9]{3,6}", any::<[u8; 16]>(), any::<[u8; 32]>(), any::<u16>()).prop_map(
            |(text, session, token, ttl_s)| FromRelay::Opened {
                nameplate: np(&text),
                session,
                token,
                ttl_s
            }
        ),
        (any::<[u8; 16]>(), any::<[u8; 32]>())
            .prop_map(|(session, token)| FromRelay::Claimed { session, token }),
        Just(FromRelay::Joined),
        prop::sample::select(&Refusal::ALL).prop_map(FromRelay::Refused),
        Just(FromRelay::PeerLost),
        Just(FromRelay::Rejoined),
        prop::sample::select(&BurnReason::ALL).prop_map(FromRelay::Ended),
        Just(FromRelay::Expired),
        any::<u8>().prop_map(|spread_s| FromRelay::Drain { spread_s }),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn to_relay_round_trip(message in to_relay()) {
        let bytes = message.encode();
        prop_assert!(bytes.len() <= MAX_FRAME);
        prop_assert!(ToRelay::decode(&bytes) == Ok(message));
        for cut in 0..bytes.len() {
            prop_assert!(ToRelay::decode(&bytes[..cut]).is_err());
        }
        prop_assert!(ToRelay::decode(&[&bytes[..], &[0]].concat()).is_err());
    }

    #[test]
    fn from_relay_round_trip(message in from_relay()) {
        let bytes = message.encode();
        prop_assert!(FromRelay::decode(&bytes) == Ok(message));
        for cut in 0..bytes.len() {
            prop_assert!(FromRelay::decode(&bytes[..cut]).is_err());
        }
        prop_assert!(FromRelay::decode(&[&bytes[..], &[0]].concat()).is_err());
    }

    #[test]
    fn what_decodes_encodes_to_the_same_bytes(tag in 0_u8..16, rest in prop::collection::vec(any::<u8>(), 0..80)) {
        let bytes = [&[0, tag][..], &rest].concat();
        if let Ok(message) = ToRelay::decode(&bytes) {
            prop_assert_eq!(message.encode(), bytes.clone());
        }
        if let Ok(message) = FromRelay::decode(&bytes) {
            prop_assert_eq!(message.encode(), bytes);
        }
    }

    #[test]
    fn never_panics(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let _ = (ToRelay::decode(&bytes), FromRelay::decode(&bytes), FrameKind::of(&bytes));
    }
}
