//! Golden bytes: every message, and everything that seals, held to the CPace draft and to a second
//! implementation written from the draft and PROTOCOL.md alone.

use chacha20poly1305::aead::inout::InOutBuf;
use chacha20poly1305::{AeadInOut, ChaCha20Poly1305, KeyInit};
use hkdf::Hkdf;
use hkdf::hmac::{Hmac, Mac};
use saath_core::message::action::{Act, Action, ActionResult, Modifiers, Outcome, Spot};
use saath_core::message::annotation::Annotate;
use saath_core::message::asset::{Asset, Content, Got, Offer, Offered, Want, Why};
use saath_core::message::control::{
    DenyReason, EndReason, Granted, Identify, Level, LevelChanged, LevelReason, RequestLevel,
};
use saath_core::message::guest::{Begin, Errand, FromGuest, GuestAsset, GuestPage, Mark, ToGuest};
use saath_core::message::page::{Applied, Page, PageKind, Pointer, Repair, View, Visual, Waiting};
use saath_core::message::{FromAgent, FromCustomer};
use saath_core::node::NodeId;
use saath_core::seal::self_test::{CPACE_B3, SESSION, SessionVector, self_test};
use saath_protocol::wire;
use sha2::{Digest, Sha256};

/// CPace-Ristretto255-SHA512 once more, from draft-irtf-cfrg-cpace-21 and nothing else.
mod reference {
    use curve25519_dalek::ristretto::{CompressedRistretto, RistrettoPoint};
    use curve25519_dalek::scalar::Scalar;
    use curve25519_dalek::traits::IsIdentity;
    use sha2::{Digest, Sha512};

    pub(crate) fn lv(parts: &[&[u8]]) -> Vec<u8> {
        let mut out = Vec::new();
        for part in parts {
            let mut len = part.len();
            while len >= 0x80 {
                out.push(len as u8 | 0x80);
                len >>= 7;
            }
            out.push(len as u8);
            out.extend_from_slice(part);
        }
        out
    }

    pub(crate) fn generator(prs: &[u8], ci: &[u8], sid: &[u8]) -> RistrettoPoint {
        let dsi = b"CPaceRistretto255";
        let pad = 127usize.saturating_sub(lv(&[prs]).len() + lv(&[dsi]).len());
        let hash = Sha512::digest(lv(&[dsi, prs, &vec![0; pad], ci, sid]));
        RistrettoPoint::from_uniform_bytes(&hash.into())
    }

    /// `None` is the draft's neutral element, on which the protocol aborts.
    pub(crate) fn scalar_mult_vfy(scalar: &Scalar, share: &[u8; 32]) -> Option<[u8; 32]> {
        let point = CompressedRistretto(*share).decompress()? * scalar;
        (!point.is_identity()).then(|| point.compress().to_bytes())
    }

    pub(crate) fn isk(
        sid: &[u8],
        point: &[u8; 32],
        (ya, ad_a): (&[u8], &[u8]),
        (yb, ad_b): (&[u8], &[u8]),
    ) -> [u8; 64] {
        let mut input = lv(&[b"CPaceRistretto255_ISK", sid, point]);
        input.extend(lv(&[ya, ad_a]));
        input.extend(lv(&[yb, ad_b]));
        Sha512::digest(input).into()
    }
}

use curve25519_dalek::ristretto::RistrettoPoint;
use curve25519_dalek::scalar::Scalar;

#[test]
fn all_known_answers() {
    assert_eq!(self_test(), Ok(()));
}

#[test]
fn the_reference_gives_the_drafts_values() {
    let vector = CPACE_B3;
    let generator = reference::generator(vector.password, vector.channel, &vector.session);
    assert_eq!(generator.compress().to_bytes(), vector.generator);
    let scalar = |bytes| Scalar::from_canonical_bytes(bytes).unwrap();
    let (ya, yb) = (scalar(vector.initiator_scalar), scalar(vector.responder_scalar));
    assert_eq!((generator * ya).compress().to_bytes(), vector.initiator_share);
    assert_eq!((generator * yb).compress().to_bytes(), vector.responder_share);
    for (scalar, share) in [(ya, vector.responder_share), (yb, vector.initiator_share)] {
        assert_eq!(reference::scalar_mult_vfy(&scalar, &share), Some(vector.shared_point));
    }
    let isk = reference::isk(
        &vector.session,
        &vector.shared_point,
        (&vector.initiator_share, vector.initiator_data),
        (&vector.responder_share, vector.responder_data),
    );
    assert_eq!(isk, vector.session_key);
    for point in vector.invalid_points {
        assert_eq!(reference::scalar_mult_vfy(&ya, &point), None);
    }
}

fn sha256(parts: &[&[u8]]) -> [u8; 32] {
    Sha256::digest(parts.concat()).into()
}

/// Counts upwards from `first`.
fn counted<const N: usize>(first: u8) -> [u8; N] {
    std::array::from_fn(|at| first.wrapping_add(at as u8))
}

fn expand<const N: usize>(prk: &[u8; 32], info: &[&[u8]]) -> [u8; N] {
    let mut out = [0; N];
    Hkdf::<Sha256>::from_prk(prk).unwrap().expand(&info.concat(), &mut out).unwrap();
    out
}

fn extract(salt: &[u8], ikm: &[u8]) -> [u8; 32] {
    Hkdf::<Sha256>::extract(Some(salt), ikm).0.into()
}

/// A record as PROTOCOL.md has it, with the vector's message in it.
fn record(key: [u8; 32], epoch: u32, seq: u64) -> Vec<u8> {
    let mut header = vec![2];
    header.extend(epoch.to_be_bytes());
    header.extend(seq.to_be_bytes());
    let message = SessionVector::MESSAGE;
    let mut plain = [&[0, 0, message.len() as u8], message].concat();
    plain.resize(256, 0);
    let nonce: [u8; 12] = [&[0; 4][..], &seq.to_be_bytes()].concat().try_into().unwrap();
    let tag = ChaCha20Poly1305::new(&key.into())
        .encrypt_inout_detached(&nonce.into(), &header, InOutBuf::from(plain.as_mut_slice()))
        .unwrap();
    [&header[..], &plain, &tag].concat()
}

#[test]
fn the_reference_gives_the_same_session() {
    let known = SESSION;
    let nameplate = &known.pin[..3];
    let ci = reference::lv(&[b"cobrowse-e2ee/1", known.origin.as_bytes(), nameplate.as_bytes()]);
    let generator = reference::generator(known.pin.as_bytes(), &ci, &known.session);
    let ya = Scalar::from_bytes_mod_order_wide(&counted(1));
    let yb = Scalar::from_bytes_mod_order_wide(&counted(101));
    let opening = counted::<16>(101 + 64);
    let customer = (generator * ya).compress().to_bytes();
    let agent = (generator * yb).compress().to_bytes();
    let commitment = sha256(&[b"cb1 com", &agent, &opening]);
    let caps = reference::lv(&[&[1]]);
    assert_eq!(known.hs1[..], [&[1, 1], &commitment[..], &caps].concat());
    assert_eq!(known.hs2[..], [&[1, 2], &customer[..], &caps].concat());

    let agent_data = [&caps[..], &commitment].concat();
    let point = reference::scalar_mult_vfy(&ya, &agent).unwrap();
    assert_eq!(reference::scalar_mult_vfy(&yb, &customer), Some(point));
    let isk = reference::isk(&known.session, &point, (&customer, &caps), (&agent, &agent_data));
    let transcript = sha256(&[&reference::lv(&[
        b"cb1",
        &known.session,
        &ci,
        &customer,
        &caps,
        &agent,
        &agent_data,
    ])]);
    assert_eq!(known.transcript, transcript);
    let prk = extract(&transcript, &isk);
    let epoch = 0u32.to_be_bytes();
    let confirm_agent: [u8; 32] = expand(&prk, &[b"cb1 confA", &epoch]);
    let confirm_customer: [u8; 32] = expand(&prk, &[b"cb1 confT", &epoch]);
    assert_eq!(known.hs3[..], [&[1, 3], &agent[..], &opening, &confirm_agent].concat());
    assert_eq!(known.hs4[..], [&[1, 4], &confirm_customer[..]].concat());
    let check = u64::from_be_bytes(expand(&prk, &[b"cb1 sas", &epoch])) % 100;
    assert_eq!(u64::from(known.check), check);
    let keys = [b"cb1 keyT>A", b"cb1 keyA>T"].map(|label| expand(&prk, &[label, &epoch]));
    assert_eq!(sha256(&[&record(keys[0], 0, 0)]), known.customer_record);
    assert_eq!(sha256(&[&record(keys[1], 0, 0)]), known.agent_record);

    let master: [u8; 32] = expand(&prk, &[b"cb1 resume", &epoch]);
    let id: [u8; 16] = expand(&prk, &[b"cb1 rid", &epoch]);
    assert_eq!(known.resume_id, id);
    let customer = Scalar::from_bytes_mod_order_wide(&counted(51));
    let agent = Scalar::from_bytes_mod_order_wide(&counted(151));
    let shares = [customer, agent].map(|s| RistrettoPoint::mul_base(&s).compress().to_bytes());
    let mac = |label: &[u8]| -> [u8; 32] {
        let key: [u8; 32] = expand(&master, &[label]);
        let mut mac = <Hmac<Sha256> as hkdf::hmac::KeyInit>::new_from_slice(&key).unwrap();
        mac.update(&[&reference::lv(&[&id])[..], &shares[0], &shares[1]].concat());
        mac.finalize().into_bytes().into()
    };
    assert_eq!(known.rs1[..], [&[1, 0x11], &shares[0][..]].concat());
    assert_eq!(known.rs2[..], [&[1, 0x12], &shares[1][..], &mac(b"rsA")].concat());
    assert_eq!(known.rs3[..], [&[1, 0x13], &mac(b"rsT")[..]].concat());
    let point = reference::scalar_mult_vfy(&customer, &shares[1]).unwrap();
    let salt = sha256(&[b"cb1 rs", &id, &shares[0], &shares[1]]);
    let prk = extract(&salt, &[&master[..], &point].concat());
    let key = expand(&prk, &[b"cb1 keyT>A", &1u32.to_be_bytes()]);
    assert_eq!(sha256(&[&record(key, 1, 0)]), known.resumed_record);
}

/// Its bytes are these, and read back as it.
fn check<T>(value: &T, golden: &str)
where
    T: std::fmt::Debug
        + PartialEq
        + wincode::SchemaWrite<wire::Wire, Src = T>
        + for<'de> wincode::SchemaRead<'de, wire::Wire, Dst = T>,
{
    let bytes = wire::encode(value);
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(hex, golden, "{value:?}");
    assert_eq!(wire::decode::<T>(&bytes).as_ref(), Ok(value));
    let longer = [&bytes[..], &[0]].concat();
    assert!(wire::decode::<T>(&longer).is_err(), "{value:?} with something after it");
    for cut in 0..bytes.len() {
        assert!(wire::decode::<T>(&bytes[..cut]).is_err(), "{value:?} cut to {cut}");
    }
}

/// Checks a vector of each variant, and that there is one of each. The `match` has no wildcard, so
/// a new variant does not compile until it is here.
macro_rules! golden {
    ($type:ty, $variants:pat => { $($value:expr => $hex:literal,)+ }) => {{
        let exhaustive = |value: &$type| match value { $variants => {} };
        let values: Vec<$type> = vec![$($value),+];
        values.iter().for_each(exhaustive);
        let mut names: Vec<_> = values.iter().map(std::mem::discriminant).collect();
        names.dedup();
        // Alternatives are separated by `|` in the pattern as it is written.
        let variants = stringify!($variants).split('|').count();
        assert_eq!(names.len(), variants, "each variant of {}", stringify!($type));
        for (value, hex) in values.iter().zip([$($hex),+]) {
            check(value, hex);
        }
    }};
}

#[test]
fn messages_from_the_customer() {
    use FromCustomer as M;
    golden!(M, M::Granted(_) | M::Denied(_) | M::End(_) | M::Page(_) | M::View(_) | M::Pointer(_)
        | M::ActionResult(_) | M::Level(_) | M::Offer(_) | M::Asset(_) => {
        M::Granted(Granted { level: Level::Point, policy: [0xab; 32] }) => "0001abababababababababababababababababababababababababababababababab",
        M::Denied(DenyReason::Reported) => "0102",
        M::End(EndReason::Idle) => "0204",
        M::Page(Page { number: 300, kind: PageKind::Fresh, batch: vec![1, 2, 3], hash: u64::MAX }) => "03fb2c010103010203fdffffffffffffffff",
        M::View(View { width: 1280, height: 720, scale: 1500, title: "आयकर".into(),
            url: "https://portal.example/".into(), hidden: false, overlay_scrollbars: true,
            waiting: Some(Waiting::Confirm), visual: Some(Visual { left: 0, top: 100, width: 64_000, height: 30_050 })
        }) => "04fb0005fbd002fbdc050ce0a486e0a4afe0a495e0a4b01768747470733a2f2f706f7274616c2e6578616d706c652f00010101010064fb00fafb6275",
        M::Pointer(Pointer { x: -1, y: 70_000, pressed: true }) => "0501fce022020001",
        M::ActionResult(ActionResult { serial: 7, outcome: Outcome::Masked }) => "060703",
        M::Level(LevelChanged { level: Level::Act, why: LevelReason::Resumed }) => "070204",
        M::Offer(Offer { assets: vec![
            Offered { number: 7, content: Content::Bytes { hash: [0xcd; 32], size: 300, keep: true } },
            Offered { number: 600, content: Content::Missing(Why::OverBudget) },
        ] }) => "08020700cdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdfb2c0101fb58020102",
        M::Asset(Asset { number: 7, offset: 300, bytes: vec![1, 2, 3] }) => "0907fb2c0103010203",
    });
}

#[test]
fn messages_from_the_agent() {
    use FromAgent as M;
    golden!(M, M::Identify(_) | M::End(_) | M::RequestLevel(_) | M::ReleaseLevel(_) | M::Act(_)
        | M::Annotate(_) | M::Applied(_) | M::Repair(_) | M::Want(_) | M::Got(_) => {
        M::Identify(Identify { token: "a.b.c".into(), proof: vec![0xee; 4] }) => "0005612e622e6304eeeeeeee",
        M::End(EndReason::AgentEnded) => "0101",
        M::RequestLevel(RequestLevel { level: Level::Act, reason: "why".into() }) => "020203776879",
        M::ReleaseLevel(Level::Act) => "0302",
        M::Act(Act { serial: 251, action: Action::Check { target: NodeId(9), checked: true } }) => "04fbfb00050901",
        M::Annotate(Annotate::Clear) => "0503",
        M::Applied(Applied { number: 65_536 }) => "06fc00000100",
        M::Repair(Repair { number: 2, digest: vec![5, 6] }) => "0702020506",
        M::Want(Want { numbers: vec![5, 600] }) => "080205fb5802",
        M::Got(Got { bytes: 300 }) => "09fb2c01",
    });
}

#[test]
fn messages_to_a_guest() {
    use ToGuest as M;
    let act = Act { serial: 251, action: Action::Check { target: NodeId(9), checked: true } };
    // Made without a session, an errand can only be read.
    let errand: Errand = wire::decode(&wire::encode(&wire::encode(&FromAgent::Act(act)))).unwrap();
    let annotate = Annotate::Pointer { target: NodeId(9), at: Spot { x: 1, y: 2 } };
    let mark = Mark::new(annotate, "Meera".into());
    golden!(M, M::Begin(_) | M::Applied(_) | M::Repair(_) | M::Act(_) | M::End | M::Mark(_) => {
        M::Begin(Begin { turn: 300, masked: true }) => "00fb2c0101",
        M::Applied(Applied { number: 65_536 }) => "01fc00000100",
        M::Repair(Repair { number: 2, digest: vec![5, 6] }) => "0202020506",
        M::Act(errand) => "030704fbfb00050901",
        M::End => "04",
        M::Mark(mark) => "05050500090102054d65657261",
    });
}

#[test]
fn messages_from_a_guest() {
    use FromGuest as M;
    let page = Page { number: 300, kind: PageKind::Fresh, batch: vec![1, 2, 3], hash: u64::MAX };
    let result = ActionResult { serial: 9, outcome: Outcome::Masked };
    let asset = GuestAsset { turn: 7, number: 2, keep: true, painted: false, bytes: vec![8, 9] };
    golden!(M, M::Page(_) | M::ActionResult(_) | M::End | M::Asset(_) => {
        M::Page(GuestPage { turn: 7, page }) => "0007fb2c010103010203fdffffffffffffffff",
        M::ActionResult(result) => "010903",
        M::End => "02",
        M::Asset(asset) => "0307020100020809",
    });
}

#[test]
fn actions() {
    use Action as A;
    let target = NodeId(9);
    let modifiers = Modifiers(0b1001);
    golden!(A, A::Click { .. } | A::InsertText { .. } | A::Key { .. } | A::SetValue { .. }
        | A::Select { .. } | A::Check { .. } | A::Scroll { .. } => {
        A::Click { target, at: Spot { x: 65_535, y: 250 }, modifiers } => "0009fbfffffa09",
        A::InsertText { target, text: "₹1".into() } => "010904e282b931",
        A::Key { target, key: "Enter".into(), modifiers } => "020905456e74657209",
        A::SetValue { target, value: "2026-11-23".into() } => "03090a323032362d31312d3233",
        A::Select { target, options: vec![0, 3] } => "0409020003",
        A::Check { target, checked: false } => "050900",
        A::Scroll { target, left: 0, top: -120 } => "060900ef",
    });
}

#[test]
fn annotations() {
    use Annotate as A;
    let target = NodeId(9);
    golden!(A, A::Pointer { .. } | A::PointerGone | A::Highlight { .. } | A::Clear => {
        A::Pointer { target, at: Spot { x: 1, y: 2 } } => "00090102",
        A::PointerGone => "01",
        A::Highlight { target, label: "here".into() } => "02090468657265",
        A::Clear => "03",
    });
}

#[test]
fn values() {
    golden!(Level, Level::View | Level::Point | Level::Act => {
        Level::View => "00", Level::Point => "01", Level::Act => "02",
    });
    golden!(PageKind, PageKind::Change | PageKind::Fresh | PageKind::Repair => {
        PageKind::Change => "00", PageKind::Fresh => "01", PageKind::Repair => "02",
    });
    use DenyReason as D;
    golden!(D, D::Declined | D::NotVerified | D::Reported => {
        D::Declined => "00", D::NotVerified => "01", D::Reported => "02",
    });
    use EndReason as E;
    golden!(E, E::CustomerEnded | E::AgentEnded | E::ProtocolError | E::TimeLimit | E::Idle => {
        E::CustomerEnded => "00", E::AgentEnded => "01", E::ProtocolError => "02", E::TimeLimit => "03",
        E::Idle => "04",
    });
    use LevelReason as L;
    golden!(L, L::Allowed | L::Declined | L::Revoked | L::Released | L::Resumed => {
        L::Allowed => "00", L::Declined => "01", L::Revoked => "02", L::Released => "03", L::Resumed => "04",
    });
    golden!(Why, Why::Unreadable | Why::TooLarge | Why::OverBudget | Why::Withdrawn => {
        Why::Unreadable => "00", Why::TooLarge => "01", Why::OverBudget => "02",
        Why::Withdrawn => "03",
    });
    use Outcome as O;
    golden!(O, O::Done | O::NotAllowed | O::Gone | O::Masked | O::Excluded | O::NotInteractive
        | O::Unsuitable
        | O::OnlyCustomer => {
        O::Done => "00", O::NotAllowed => "01", O::Gone => "02", O::Masked => "03", O::Excluded => "04",
        O::NotInteractive => "05", O::Unsuitable => "06", O::OnlyCustomer => "07",
    });
}
