//! Known answers of everything that seals, to be computed anew wherever the code runs.
//!
//! The same check runs natively (`core/tests/vectors.rs`) and in the browser's wasm engine; who
//! does not call it does not carry it. The CPace values are those of draft-irtf-cfrg-cpace-21,
//! appendix B.3; the others were computed once and checked by a second implementation in the
//! tests.

use saath_protocol::envelope::Side;
use saath_protocol::pin::Pin;
use thiserror::Error;
use zeroize::Zeroizing;

use super::keys::sha256;
use super::pake::{Cpace, Pake, scalar_from_wide, shared_point};
use super::{
    AgentHello, AgentResume, Channel, CustomerHello, CustomerResume, Entropy, Established,
};

/// One run of CPace-Ristretto255-SHA512, initiator/responder.
pub struct CpaceVector {
    /// `PRS`
    pub password: &'static [u8],
    /// `CI`
    pub channel: &'static [u8],
    /// `sid`
    pub session: [u8; 16],
    /// `g`
    pub generator: [u8; 32],
    /// `ya`, little-endian
    pub initiator_scalar: [u8; 32],
    /// `ADa`
    pub initiator_data: &'static [u8],
    /// `Ya`
    pub initiator_share: [u8; 32],
    /// `yb`, little-endian
    pub responder_scalar: [u8; 32],
    /// `ADb`
    pub responder_data: &'static [u8],
    /// `Yb`
    pub responder_share: [u8; 32],
    /// `K`
    pub shared_point: [u8; 32],
    /// `ISK_IR`
    pub session_key: [u8; 64],
    /// Points with which the protocol must abort: not an encoding, and the neutral element.
    pub invalid_points: [[u8; 32]; 2],
}

/// draft-irtf-cfrg-cpace-21, B.3.
pub const CPACE_B3: CpaceVector = CpaceVector {
    password: b"Password",
    channel: b"\x0bA_initiator\x0bB_responder",
    session: hex("7e4b4791d6a8ef019b936c79fb7f2c57"),
    generator: hex("222b6b195fe84b1652badb6f6a3ae3d24341e7306967f0b8115b40d5698c7e56"),
    initiator_scalar: hex("da3d23700a9e5699258aef94dc060dfda5ebb61f02a5ea77fad53f4ff0976d08"),
    initiator_data: b"ADa",
    initiator_share: hex("d6bac480f2c386c394efc7c47adb9925dcd2630b64f240c50f8d0eec482b9157"),
    responder_scalar: hex("d2316b454718c35362d83d69df6320f38578ed5984651435e2949762d900b80d"),
    responder_data: b"ADb",
    responder_share: hex("3ea7e0b19560d7c0b0f5734f63b955286dfa8232b5ebe63324e2d9e7433f7258"),
    shared_point: hex("80b69a8a76457ab6a4d7f887a4bf6b55a2f80ac19c333f917a05fc9887c8b40f"),
    session_key: hex("b69effbf61b51d56401c0f65601abe428de8206feaaf0e32198896dcae7b35cd\
         2b38950a39dfd5d4a79164614c2984f7daa460b588c1e80c3fa2068af7900447"),
    invalid_points: [
        hex("2b3c6b8c4f3800e7aef6864025b4ed79bd599117e427c41bd47d93d654b4a51c"),
        [0; 32],
    ],
};

/// A whole session's sealing with [`FixedEntropy`]: what each end must send.
pub struct SessionVector {
    /// The customer's and the agent's number.
    pub pin: &'static str,
    /// The portal's origin.
    pub origin: &'static str,
    /// The relay's name for the session.
    pub session: [u8; 16],
    /// HS1, agent to customer.
    pub hs1: [u8; 36],
    /// HS2, customer to agent.
    pub hs2: [u8; 36],
    /// HS3, agent to customer.
    pub hs3: [u8; 82],
    /// HS4, customer to agent.
    pub hs4: [u8; 34],
    /// On both screens.
    pub check: u8,
    /// TH.
    pub transcript: [u8; 32],
    /// SHA-256 of the first record from the customer, with [`MESSAGE`](Self::MESSAGE) in it.
    pub customer_record: [u8; 32],
    /// SHA-256 of the first record from the agent, with [`MESSAGE`](Self::MESSAGE) in it.
    pub agent_record: [u8; 32],
    /// By which the relay pairs the ends.
    pub resume_id: [u8; 16],
    /// RS1, customer to agent.
    pub rs1: [u8; 34],
    /// RS2, agent to customer.
    pub rs2: [u8; 66],
    /// RS3, customer to agent.
    pub rs3: [u8; 34],
    /// SHA-256 of the first record from the customer in epoch 1.
    pub resumed_record: [u8; 32],
}

impl SessionVector {
    /// What the records carry.
    pub const MESSAGE: &'static [u8] = b"masked page";
}

/// The customer draws from `FixedEntropy(1)`, the agent from `FixedEntropy(101)`.
pub const SESSION: SessionVector = SessionVector {
    pin: "482159309",
    origin: "https://portal.example",
    session: hex("000102030405060708090a0b0c0d0e0f"),
    hs1: hex("0101b85a01cbc6cc4c9b63676d86e8742b8fb60f4e0ac62e73c4408abd2c9c8a6b9b0101"),
    hs2: hex("0102c40ba4bcbf6342cefaae2107cc99129a2edb5d70eea3ce73320c22b00235084c0101"),
    hs3: hex(
        "01031837bb2bffc25194db2d9fa1ebaf00180955a83e0f03e48687e50b4433753046a5a6a7a8a9aaabacadaeafb0b1b2b3b416d46d862b009cf76b4d8b5b2305f75fcc48c0ea777c922a8ac71cc83f0ca43f",
    ),
    hs4: hex("01047863ec8caa6b8e314e0530d5a7c7f045f8a4330d10e726288cfc1e1c84b5011e"),
    check: 26,
    transcript: hex("2d031e93b377fb59c16570460da85699bc914325987b4bcf4368d4c9feeef90e"),
    customer_record: hex("fcc29b28efbbc7b448c048b65ba44ea0ed59e82bc00c92c5f225253390b8e50b"),
    agent_record: hex("04b07c0cd53986ec8ab650e44b60833d657c5477f1c951f64a080013a703438f"),
    resume_id: hex("66e0b21e0f7921d5e2e446bd09da9112"),
    rs1: hex("01115406a14856d6b9258bd14c9b2b591111ab965c93e961ac5aa8451b0ce0d43037"),
    rs2: hex(
        "011212b9f581c97dc489931d9665aa94170e3cf2b2ef1833beb91a858be42a3d6353203697e0ca8531952e9813d82535ed89f5f13ddd9c7bea5255c0c24db4489470",
    ),
    rs3: hex("0113afc61b66c1ea26d21f013981836468dfe1386b6e834274ff56f0d12308c03491"),
    resumed_record: hex("7f6534be70802ea2d05d18fa0a11e5920637ec6aa374da3452a7360cf40977bd"),
};

/// Counts upwards. For known answers only.
pub struct FixedEntropy(pub u8);

impl Entropy for FixedEntropy {
    fn fill(&mut self, buf: &mut [u8]) {
        for byte in buf {
            *byte = self.0;
            self.0 = self.0.wrapping_add(1);
        }
    }
}

/// What does not come out as it must. The module must not be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum SelfTestError {
    /// The key exchange.
    #[error("CPace does not give the draft's values")]
    Cpace,
    /// The handshake's messages, check number or transcript.
    #[error("the handshake does not give the known values")]
    Handshake,
    /// The records.
    #[error("the records are not the known ones")]
    Records,
    /// The resume's messages or the next epoch's records.
    #[error("the resume does not give the known values")]
    Resume,
}

/// Computes all known answers.
///
/// # Errors
/// [`SelfTestError`] with what differs.
pub fn self_test() -> Result<(), SelfTestError> {
    cpace().ok_or(SelfTestError::Cpace)?;
    let (customer, agent) = handshake().ok_or(SelfTestError::Handshake)?;
    records(&customer, &agent).ok_or(SelfTestError::Records)?;
    resume(&customer, &agent).ok_or(SelfTestError::Resume)
}

fn cpace() -> Option<()> {
    let vector = CPACE_B3;
    let scalar = |bytes: [u8; 32]| {
        let mut wide = Zeroizing::new([0; 64]);
        wide[..32].copy_from_slice(&bytes);
        scalar_from_wide(&wide).ok()
    };
    let run = |bytes| {
        Cpace::with_scalar(vector.password, vector.channel, &vector.session, scalar(bytes)?).ok()
    };
    let one = {
        let mut bytes = [0; 32];
        bytes[0] = 1;
        bytes
    };
    let (initiator, responder) = (run(vector.initiator_scalar)?, run(vector.responder_scalar)?);
    let shares = run(one)?.share() == &vector.generator
        && initiator.share() == &vector.initiator_share
        && responder.share() == &vector.responder_share;
    let point = shared_point(&scalar(vector.initiator_scalar)?, &vector.responder_share).ok()?;
    let rejected = vector.invalid_points.iter().all(|point| {
        [Side::Customer, Side::Agent].into_iter().all(|side| {
            run(vector.initiator_scalar)
                .is_some_and(|end| end.finish(side, point, b"", b"").is_err())
        })
    });
    let data = (vector.initiator_data, vector.responder_data);
    let at_initiator =
        initiator.finish(Side::Customer, &vector.responder_share, data.0, data.1).ok()?;
    let at_responder =
        responder.finish(Side::Agent, &vector.initiator_share, data.0, data.1).ok()?;
    let keys = at_initiator.is(&vector.session_key) && at_responder.is(&vector.session_key);
    (shares && *point == vector.shared_point && rejected && keys).then_some(())
}

fn handshake() -> Option<(Established, Established)> {
    let known = SESSION;
    let pin = Pin::parse(known.pin).ok()?;
    let (mut customers, mut agents) = (FixedEntropy(1), FixedEntropy(101));
    let (agent, hs1) = AgentHello::start(&pin, known.origin, known.session, &mut agents).ok()?;
    let customer = CustomerHello::new(pin, known.origin, known.session);
    let (customer, hs2) = customer.hs1(&hs1, &mut customers).ok()?;
    let (agent, hs3) = agent.hs2(&hs2).ok()?;
    let (customer, hs4) = customer.hs3(&hs3).ok()?;
    let agent = agent.hs4(&hs4).ok()?;
    let sent = hs1 == known.hs1 && hs2 == known.hs2 && hs3 == known.hs3 && hs4 == known.hs4;
    let agreed = [&customer, &agent]
        .iter()
        .all(|end| end.check == known.check && end.transcript == known.transcript);
    (sent && agreed).then_some((customer, agent))
}

fn records(customer: &Established, agent: &Established) -> Option<()> {
    let known = SESSION;
    let mut customer = Channel::new(Side::Customer, &customer.secrets);
    let mut agent = Channel::new(Side::Agent, &agent.secrets);
    let down = customer.send(SessionVector::MESSAGE).pop()?;
    let up = agent.send(SessionVector::MESSAGE).pop()?;
    let sent = sha256(&[&down]) == known.customer_record && sha256(&[&up]) == known.agent_record;
    let opened = agent.receive(&down).ok()?? == SessionVector::MESSAGE
        && customer.receive(&up).ok()?? == SessionVector::MESSAGE;
    (sent && opened).then_some(())
}

fn resume(customer: &Established, agent: &Established) -> Option<()> {
    let known = SESSION;
    let (mut customers, mut agents) = (FixedEntropy(51), FixedEntropy(151));
    let key = customer.secrets.resume_key().clone();
    let named = key.id() == known.resume_id;
    let (customer, rs1) = CustomerResume::start(key, &mut customers).ok()?;
    let (agent, rs2) = AgentResume::rs1(agent.secrets.resume_key(), &rs1, &mut agents).ok()?;
    let (customer, rs3) = customer.rs2(&rs2).ok()?;
    let agent = agent.rs3(&rs3).ok()?;
    let sent = rs1 == known.rs1 && rs2 == known.rs2 && rs3 == known.rs3;
    let record = Channel::new(Side::Customer, &customer).send(SessionVector::MESSAGE).pop()?;
    let opened =
        Channel::new(Side::Agent, &agent).receive(&record).ok()?? == SessionVector::MESSAGE;
    (named && sent && opened && sha256(&[&record]) == known.resumed_record).then_some(())
}

/// Reads hexadecimal digits when this is compiled.
const fn hex<const N: usize>(digits: &str) -> [u8; N] {
    const fn nibble(digit: u8) -> u8 {
        match digit {
            b'0'..=b'9' => digit - b'0',
            b'a'..=b'f' => digit - b'a' + 10,
            _ => panic!("not a hexadecimal digit"),
        }
    }
    assert!(digits.len() == 2 * N);
    let digits = digits.as_bytes();
    let mut bytes = [0; N];
    let mut at = 0;
    while at < N {
        bytes[at] = nibble(digits[2 * at]) << 4 | nibble(digits[2 * at + 1]);
        at += 1;
    }
    bytes
}

#[cfg(test)]
mod tests {
    #[test]
    fn known_answers() {
        assert_eq!(super::self_test(), Ok(()));
    }
}
