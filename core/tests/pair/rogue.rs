//! Ends that keep to the sealing and to nothing else: what a patched console or page could send.

use proptest::prelude::*;
use saath_core::message::action::{Act, Action, Outcome};
use saath_core::message::annotation::Annotate;
use saath_core::message::control::{
    EndReason, Granted, Identify, Level, LevelChanged, LevelReason, RequestLevel,
};
use saath_core::message::page::{Applied, Page, PageKind, Repair};
use saath_core::message::{FromAgent, FromCustomer};
use saath_core::node::NodeId;
use saath_core::seal::{AgentHello, Channel, CustomerHello, CustomerResume, ResumeKey};
use saath_core::session::agent::{self, Agent};
use saath_core::session::customer::{self, Customer};
use saath_core::session::{Ended, Millis};
use saath_protocol::envelope::{FrameKind, FromRelay, Side};
use saath_protocol::pin::{Nameplate, Pin};
use saath_protocol::wire;

use crate::click;
use crate::world::{ORIGIN, Seeded, config, identity};

/// A customer's end, and an agent made by hand.
struct RogueAgent {
    customer: Customer,
    channel: Channel,
    entropy: Seeded,
    now: u64,
    effects: Vec<customer::Effect>,
    /// What the customer's end said under the keys.
    heard: Vec<FromCustomer>,
}

impl RogueAgent {
    /// As far as the agent being identified.
    fn identified() -> Self {
        let mut entropy = Seeded::new(99);
        let mut customer = Customer::new(config(), 0);
        let mut step = |event, entropy: &mut Seeded| {
            customer.handle(Millis(0), event, entropy);
            std::iter::from_fn(|| customer.poll()).collect::<Vec<_>>()
        };
        step(customer::Event::Opened, &mut entropy);
        let received = |message: &FromRelay| customer::Event::Received(message.encode());
        let opened = FromRelay::Opened {
            nameplate: Nameplate::parse("482").unwrap(),
            session: [3; 16],
            token: [0; 32],
            ttl_s: 300,
        };
        let shown = step(received(&opened), &mut entropy);
        let Some(customer::Effect::ShowPin { pin, .. }) = shown.into_iter().last() else {
            panic!("no PIN")
        };
        step(received(&FromRelay::Joined), &mut entropy);
        let frame = |effects: Vec<customer::Effect>| match effects.into_iter().next() {
            Some(customer::Effect::Send(bytes)) => bytes,
            other => panic!("{other:?}"),
        };
        let (hello, hs1) = AgentHello::start(&pin, ORIGIN, [3; 16], &mut entropy).unwrap();
        let hs2 = frame(step(customer::Event::Received(hs1), &mut entropy));
        let (confirm, hs3) = hello.hs2(&hs2).unwrap();
        let hs4 = frame(step(customer::Event::Received(hs3), &mut entropy));
        let established = confirm.hs4(&hs4).unwrap();
        let channel = Channel::new(Side::Agent, &established.secrets);
        let (effects, heard) = (Vec::new(), Vec::new());
        Self { customer, channel, entropy, now: 0, effects, heard }
    }

    fn asking() -> Self {
        let mut rogue = Self::identified();
        let identify = Identify { token: "jwt".into(), proof: vec![1] };
        rogue.send(&FromAgent::Identify(identify));
        rogue.event(customer::Event::AgentVerified(identity()));
        rogue
    }

    fn sharing(level: Level) -> Self {
        let mut rogue = Self::asking();
        rogue.event(customer::Event::Allow);
        if level == Level::Act {
            rogue.send(&FromAgent::RequestLevel(RequestLevel { level, reason: String::new() }));
            rogue.event(customer::Event::AllowLevel);
        }
        rogue.effects.clear();
        rogue.heard.clear();
        rogue
    }

    fn send(&mut self, message: &FromAgent) {
        self.send_bytes(&wire::encode(message));
    }

    fn send_bytes(&mut self, message: &[u8]) {
        for record in self.channel.send(message) {
            self.event(customer::Event::Received(record));
        }
    }

    fn event(&mut self, event: customer::Event) {
        self.customer.handle(Millis(self.now), event, &mut self.entropy);
        while let Some(effect) = self.customer.poll() {
            match effect {
                customer::Effect::Send(bytes)
                    if FrameKind::of(&bytes) == Some(FrameKind::Record) =>
                {
                    let message = self.channel.receive(&bytes).unwrap().expect("is one record");
                    self.heard.push(wire::decode(&message).unwrap());
                }
                other => self.effects.push(other),
            }
        }
    }

    fn count(&self, name: &str) -> usize {
        self.effects.iter().filter(|effect| format!("{effect:?}") == name).count()
    }

    fn refused(&self) -> usize {
        let refused = |message: &&FromCustomer| matches!(message, FromCustomer::ActionResult(r) if r.outcome == Outcome::NotAllowed);
        self.heard.iter().filter(refused).count()
    }

    fn is_thrown_out(&self) -> bool {
        let ended = self
            .effects
            .iter()
            .any(|effect| matches!(effect, customer::Effect::Ended(Ended::PeerBroken)));
        ended && self.heard.last() == Some(&FromCustomer::End(EndReason::ProtocolError))
    }
}

fn act(serial: u32) -> FromAgent {
    FromAgent::Act(Act { serial, action: click() })
}

#[test]
fn acting_without_the_level_is_refused() {
    for level in [Level::View, Level::Point] {
        let mut rogue = RogueAgent::sharing(level);
        (1..=5).for_each(|serial| rogue.send(&act(serial)));
        assert_eq!((rogue.count("Perform"), rogue.refused()), (0, 5));
    }
}

#[test]
fn a_number_is_done_once() {
    let mut rogue = RogueAgent::sharing(Level::Act);
    for serial in [1, 1, 2, 1, 2, 0, 3, 3] {
        rogue.send(&act(serial));
    }
    assert_eq!((rogue.count("Perform"), rogue.refused()), (3, 0));
}

#[test]
fn a_thousand_actions_a_second_are_refused() {
    let mut rogue = RogueAgent::sharing(Level::Act);
    for serial in 1..=1000 {
        rogue.now = u64::from(serial);
        rogue.send(&act(serial));
    }
    let done = rogue.count("Perform");
    assert!((30..=61).contains(&done), "{done}");
    assert_eq!(done + rogue.refused(), 1000);
}

#[test]
fn acting_after_it_was_revoked_or_released_is_refused() {
    let mut rogue = RogueAgent::sharing(Level::Act);
    rogue.send(&act(1));
    rogue.event(customer::Event::RevokeLevel(Level::Act));
    rogue.send(&act(2));
    assert_eq!((rogue.count("Perform"), rogue.refused()), (1, 1));
    let mut rogue = RogueAgent::sharing(Level::Act);
    rogue.send(&FromAgent::ReleaseLevel(Level::Point));
    rogue.send(&act(1));
    rogue.send(&FromAgent::Annotate(Annotate::Clear));
    assert_eq!((rogue.count("Perform"), rogue.count("Annotate")), (0, 0));
    assert_eq!(rogue.customer.level(), Some(Level::View));
}

#[test]
fn more_than_the_token_gives_is_not_even_asked_for() {
    let mut rogue = RogueAgent::identified();
    rogue.send(&FromAgent::Identify(Identify { token: "jwt".into(), proof: vec![1] }));
    let weak = customer::AgentIdentity { max_level: Level::View, ..identity() };
    rogue.event(customer::Event::AgentVerified(weak));
    rogue.event(customer::Event::Allow);
    assert_eq!(rogue.customer.level(), Some(Level::View), "though the page would give more");
    rogue.send(&FromAgent::RequestLevel(RequestLevel { level: Level::Act, reason: "x".into() }));
    assert_eq!(rogue.count("AskLevel"), 0);
    let declined = LevelChanged { level: Level::View, why: LevelReason::Declined };
    assert_eq!(rogue.heard.last(), Some(&FromCustomer::Level(declined)));
}

#[test]
fn the_customer_is_asked_once_however_often_the_agent_asks() {
    let mut rogue = RogueAgent::sharing(Level::Point);
    let request = RequestLevel { level: Level::Act, reason: "please".into() };
    (0..50).for_each(|_| rogue.send(&FromAgent::RequestLevel(request.clone())));
    assert_eq!(rogue.count("AskLevel"), 1);
}

#[test]
fn messages_out_of_place_end_the_session() {
    let identify = || FromAgent::Identify(Identify { token: "jwt".into(), proof: vec![1] });
    let out_of_place: [(RogueAgent, FromAgent); 8] = [
        (RogueAgent::identified(), act(1)),
        (RogueAgent::asking(), act(1)),
        (RogueAgent::asking(), FromAgent::Repair(Repair { number: 0, digest: vec![] })),
        (RogueAgent::sharing(Level::Point), identify()),
        (RogueAgent::sharing(Level::Point), FromAgent::Applied(Applied { number: 1 })),
        (
            RogueAgent::sharing(Level::Point),
            FromAgent::Repair(Repair { number: 9, digest: vec![] }),
        ),
        (
            RogueAgent::sharing(Level::Point),
            FromAgent::Repair(Repair { number: 0, digest: vec![7] }),
        ),
        (RogueAgent::sharing(Level::Point), FromAgent::End(EndReason::CustomerEnded)),
    ];
    for (mut rogue, message) in out_of_place {
        rogue.send(&message);
        assert!(rogue.is_thrown_out(), "{message:?}");
        assert_eq!(rogue.count("Perform") + rogue.count("SendFresh"), 0);
    }
}

#[test]
fn an_action_that_was_let_in_is_not_done_after_stop() {
    let mut rogue = RogueAgent::sharing(Level::Act);
    let record = rogue.channel.send(&wire::encode(&act(1))).remove(0);
    // The adapter did not drain in between.
    rogue.customer.handle(Millis(0), customer::Event::Received(record), &mut rogue.entropy);
    rogue.event(customer::Event::Stop);
    assert_eq!(rogue.count("Perform"), 0);
    assert_eq!(rogue.heard.last(), Some(&FromCustomer::End(EndReason::CustomerEnded)));
}

#[test]
fn ten_megabytes_of_text_end_the_session() {
    let mut rogue = RogueAgent::sharing(Level::Act);
    let text = "x".repeat(10 << 20);
    let action = Action::InsertText { target: NodeId(1), text };
    rogue.send(&FromAgent::Act(Act { serial: 1, action }));
    assert!(rogue.is_thrown_out());
}

/// An agent's end, and a customer made by hand.
struct RogueCustomer {
    agent: Agent,
    channel: Channel,
    key: ResumeKey,
    entropy: Seeded,
    effects: Vec<agent::Effect>,
    heard: Vec<FromAgent>,
    /// The last message of a handshake that came.
    handshake: Vec<u8>,
}

impl RogueCustomer {
    fn waiting() -> Self {
        let mut entropy = Seeded::new(98);
        let pin = Pin::new("482", [1, 2, 3, 4, 5]).unwrap();
        let config = agent::Config {
            origin: ORIGIN.into(),
            relay_token: "r".into(),
            customer_token: "t".into(),
        };
        let mut agent = Agent::new(config, pin.clone());
        let mut step = |event, entropy: &mut Seeded| {
            agent.handle(Millis(0), event, entropy);
            std::iter::from_fn(|| agent.poll()).collect::<Vec<_>>()
        };
        let frame = |effects: Vec<agent::Effect>| match effects.into_iter().next() {
            Some(agent::Effect::Send(bytes)) => bytes,
            other => panic!("{other:?}"),
        };
        step(agent::Event::Opened, &mut entropy);
        let claimed = FromRelay::Claimed { session: [3; 16], token: [0; 32] };
        let hs1 = frame(step(agent::Event::Received(claimed.encode()), &mut entropy));
        let hello = CustomerHello::new(pin, ORIGIN, [3; 16]);
        let (confirm, hs2) = hello.hs1(&hs1, &mut entropy).unwrap();
        let hs3 = frame(step(agent::Event::Received(hs2), &mut entropy));
        let (established, hs4) = confirm.hs3(&hs3).unwrap();
        step(agent::Event::Received(hs4), &mut entropy);
        let channel = Channel::new(Side::Customer, &established.secrets);
        let key = established.secrets.resume_key().clone();
        let (effects, heard) = (Vec::new(), Vec::new());
        let mut rogue =
            Self { agent, channel, key, entropy, effects, heard, handshake: Vec::new() };
        rogue.event(agent::Event::Signed(vec![1]));
        assert!(matches!(rogue.heard[..], [FromAgent::Identify(_)]));
        rogue
    }

    fn sharing() -> Self {
        let mut rogue = Self::waiting();
        rogue.send(&FromCustomer::Granted(Granted { level: Level::Point, policy: [0; 32] }));
        rogue
    }

    /// Lost, and found again under the next epoch's keys.
    fn resumed() -> Self {
        let mut rogue = Self::sharing();
        rogue.event(agent::Event::Received(FromRelay::PeerLost.encode()));
        rogue.event(agent::Event::Received(FromRelay::Rejoined.encode()));
        let (customer, rs1) = CustomerResume::start(rogue.key.clone(), &mut rogue.entropy).unwrap();
        rogue.event(agent::Event::Received(rs1));
        let (secrets, rs3) = customer.rs2(&rogue.handshake).unwrap();
        rogue.channel = Channel::new(Side::Customer, &secrets);
        rogue.event(agent::Event::Received(rs3));
        rogue
    }

    fn send(&mut self, message: &FromCustomer) {
        self.send_bytes(&wire::encode(message));
    }

    fn send_bytes(&mut self, message: &[u8]) {
        for record in self.channel.send(message) {
            self.event(agent::Event::Received(record));
        }
    }

    fn event(&mut self, event: agent::Event) {
        self.agent.handle(Millis(0), event, &mut self.entropy);
        while let Some(effect) = self.agent.poll() {
            match effect {
                agent::Effect::Send(bytes) if FrameKind::of(&bytes) == Some(FrameKind::Record) => {
                    let message = self.channel.receive(&bytes).unwrap().expect("is one record");
                    self.heard.push(wire::decode(&message).unwrap());
                }
                agent::Effect::Send(bytes)
                    if FrameKind::of(&bytes) == Some(FrameKind::Handshake) =>
                {
                    self.handshake = bytes;
                }
                other => self.effects.push(other),
            }
        }
    }

    fn is_thrown_out(&self) -> bool {
        let ended =
            |effect: &agent::Effect| matches!(effect, agent::Effect::Ended(Ended::PeerBroken));
        self.effects.iter().any(ended)
            && self.heard.last() == Some(&FromAgent::End(EndReason::ProtocolError))
    }
}

fn page(number: u32, kind: PageKind) -> FromCustomer {
    FromCustomer::Page(Page { number, kind, batch: vec![1], hash: 0 })
}

#[test]
fn pages_out_of_order_end_the_session() {
    let granted = FromCustomer::Granted(Granted { level: Level::Act, policy: [0; 32] });
    let resumed = LevelChanged { level: Level::Act, why: LevelReason::Resumed };
    let cases: [&[FromCustomer]; 6] = [
        &[page(2, PageKind::Fresh)],
        &[page(1, PageKind::Change)],
        &[page(1, PageKind::Fresh), page(3, PageKind::Change)],
        &[page(1, PageKind::Fresh), page(1, PageKind::Fresh)],
        &[granted],
        &[FromCustomer::End(EndReason::AgentEnded)],
    ];
    for messages in cases {
        let mut rogue = RogueCustomer::sharing();
        messages.iter().for_each(|message| rogue.send(message));
        assert!(rogue.is_thrown_out(), "{messages:?}");
    }
    for early in [
        page(1, PageKind::Fresh),
        FromCustomer::Level(LevelChanged { why: LevelReason::Allowed, ..resumed }),
    ] {
        let mut rogue = RogueCustomer::resumed();
        rogue.send(&early);
        assert!(rogue.is_thrown_out(), "before the level is said: {early:?}");
    }
    let mut rogue = RogueCustomer::resumed();
    rogue.send(&FromCustomer::Level(resumed));
    rogue.send(&page(1, PageKind::Fresh));
    assert_eq!(rogue.agent.level(), Some(Level::Act));
    for early in [page(1, PageKind::Fresh), FromCustomer::Level(resumed)] {
        let mut rogue = RogueCustomer::waiting();
        rogue.send(&early);
        assert!(rogue.is_thrown_out(), "before anything was granted: {early:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// Sealed by somebody who has the keys, and still no message.
    #[test]
    fn bytes_that_are_no_message_end_the_session(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        prop_assume!(wire::decode::<FromAgent>(&bytes).is_err());
        let mut rogue = RogueAgent::sharing(Level::Act);
        rogue.send_bytes(&bytes);
        prop_assert!(rogue.is_thrown_out());
    }

    #[test]
    fn bytes_that_are_no_message_end_the_session_at_the_agents(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        prop_assume!(wire::decode::<FromCustomer>(&bytes).is_err());
        let mut rogue = RogueCustomer::sharing();
        rogue.send_bytes(&bytes);
        prop_assert!(rogue.is_thrown_out());
    }

    /// Frames from nowhere, at any moment: never a panic.
    #[test]
    fn frames_from_nowhere(
        frames in prop::collection::vec(
            (0u8..4, prop::collection::vec(any::<u8>(), 0..100)).prop_map(|(kind, mut rest)| {
                rest.insert(0, kind);
                rest
            }),
            1..6,
        ),
        stage in 0..6,
    ) {
        for frame in frames {
            match stage {
                0 => RogueAgent::identified().event(customer::Event::Received(frame)),
                1 => RogueAgent::asking().event(customer::Event::Received(frame)),
                2 => RogueAgent::sharing(Level::Act).event(customer::Event::Received(frame)),
                3 => RogueCustomer::waiting().event(agent::Event::Received(frame)),
                4 => RogueCustomer::sharing().event(agent::Event::Received(frame)),
                _ => {
                    let mut customer = Customer::new(config(), 0);
                    let mut entropy = Seeded::new(1);
                    customer.handle(Millis(0), customer::Event::Opened, &mut entropy);
                    customer.handle(Millis(0), customer::Event::Received(frame), &mut entropy);
                }
            }
        }
    }
}
