//! A relay that changes what it forwards: either the receiver sees exactly a beginning of what was
//! sent, or the session is dead.

use proptest::prelude::*;
use saath_core::message::annotation::Annotate;
use saath_core::message::control::Level;
use saath_core::session::{Ended, State, agent, customer};
use saath_protocol::envelope::Side;

use crate::relay::Tamper;
use crate::world::World;
use crate::{ask, click};

/// What was sent and what came, over a journey of many messages with a page load in it.
struct Journey {
    world: World,
    /// Pages by epoch, as they were sent.
    sent: Vec<Vec<String>>,
    acted: u32,
}

impl Journey {
    fn new(seed: u64, tampers: &[(usize, Tamper)]) -> Self {
        let mut world = World::new(seed);
        world.relay.tamper = tampers.iter().cloned().collect();
        Self { world, sent: Vec::new(), acted: 0 }
    }

    fn run(mut self) -> Self {
        self.world.run(500);
        self.world.join();
        self.world.run(500);
        self.share();
        self.world.load_page();
        self.world.run(2000);
        self.share();
        self.world.run(1000);
        self
    }

    /// Both ends are busy, if they are together.
    fn share(&mut self) {
        let world = &mut self.world;
        if world.customer.state() != State::Active {
            return;
        }
        world.agent(ask(Level::Act));
        world.run(50);
        world.customer(customer::Event::AllowLevel);
        world.run(50);
        self.sent.push(Vec::new());
        for number in 0..6 {
            let text = format!("page {number} {}", "x".repeat(number * 300));
            if world.page(number == 0, &text) {
                self.sent.last_mut().unwrap().push(text);
            }
            if world.agent.as_ref().unwrap().level() == Some(Level::Act) {
                world.agent(agent::Event::Act(click()));
                self.acted += 1;
            }
            world.agent(agent::Event::Annotate(Annotate::Clear));
            world.run(15);
        }
        world.run(200);
    }

    fn check(&self) {
        let came: Vec<Vec<String>> = self
            .world
            .pages
            .iter()
            .map(|epoch| epoch.iter().map(|p| String::from_utf8_lossy(&p.batch).into()).collect())
            .collect();
        for epoch in came.iter().filter(|epoch| !epoch.is_empty()) {
            let whole = self.sent.iter().any(|sent| sent.starts_with(epoch));
            assert!(whole, "{came:?} of {:?}", self.sent);
        }
        let mut last = 0;
        for effect in &self.world.at_customer {
            if let customer::Effect::Perform(_, act) = effect {
                assert_eq!(act.action, click());
                assert!(act.serial > last && act.serial <= self.acted);
                last = act.serial;
            }
        }
        assert!(!self.world.at_customer.iter().any(|effect| {
            matches!(effect, customer::Effect::Annotate(what) if *what != Annotate::Clear)
        }));
    }
}

#[test]
fn an_honest_relay_is_no_obstacle() {
    let journey = Journey::new(40, &[]).run();
    journey.check();
    assert_eq!(journey.sent.len(), 2);
    assert!(journey.sent.iter().all(|epoch| epoch.len() == 6));
    let came: Vec<usize> = journey.world.pages.iter().map(Vec::len).collect();
    assert_eq!(came, [6, 6]);
    let performed = |effect: &&customer::Effect| matches!(effect, customer::Effect::Perform(..));
    let done = journey.world.at_customer.iter().filter(performed).count();
    assert!(journey.acted == 12 && done as u32 == journey.acted, "{done} {}", journey.acted);
}

/// Every single forwarded message, changed in each way that must not go unnoticed.
#[test]
fn one_changed_message_kills_what_it_was_part_of() {
    let count = Journey::new(40, &[]).run().world.relay.seen.len();
    assert!(count > 50);
    for at in 0..count {
        let tampers = [
            Tamper::Flip { byte: at * 7, bit: at as u8 },
            Tamper::Cut { at: at * 5 },
            Tamper::Twice,
            Tamper::Reflect,
            Tamper::Inject(vec![2; 300]),
        ];
        for tamper in tampers {
            let journey = Journey::new(40, &[(at, tamper.clone())]).run();
            journey.check();
            let world = &journey.world;
            let noticed = world.customer_ended().is_some()
                || world.agent_ended().is_some()
                || world.customer_saw("Mismatch")
                || world.agent_saw("Mismatch");
            assert!(noticed, "message {at}: {tamper:?}");
            let quiet = |ended: Option<Ended>| ended != Some(Ended::PinExpired);
            assert!(quiet(world.customer_ended()) && quiet(world.agent_ended()));
        }
    }
}

#[test]
fn two_sessions_cannot_be_crossed() {
    let (mut one, mut other) = (World::sharing(41), World::sharing(42));
    one.page(true, "of one");
    let before = one.relay.seen.len();
    assert!(other.page(true, "of the other"));
    other.run(5);
    one.run(100);
    other.run(100);
    let (_, stolen) = other.relay.seen.last().unwrap().clone();
    one.relay.tamper.insert(before + 2, Tamper::Inject(stolen));
    (0..4).for_each(|n| {
        one.page(false, &n.to_string());
        one.run(50);
    });
    assert!(one.replica().iter().all(|page| page != "of the other"));
    assert!(one.agent_ended().is_some() || one.customer_ended().is_some());
}

#[test]
fn the_relays_word_alone_does_not_end_a_session_in_somebodys_name() {
    use saath_protocol::envelope::{BurnReason, FromRelay};
    let mut world = World::sharing(43);
    world.relay.say_all(&FromRelay::Ended(BurnReason::Ended));
    world.run(100);
    assert_eq!(world.customer_ended(), Some(Ended::ConnectionLost));
    assert_eq!(world.agent_ended(), Some(Ended::ConnectionLost));
    let mut world = World::sharing(44);
    world.cut(Side::Customer);
    assert_eq!(world.customer_ended(), None, "a closed socket is no end");
}

fn tamper() -> impl Strategy<Value = Tamper> {
    prop_oneof![
        (any::<usize>(), any::<u8>()).prop_map(|(byte, bit)| Tamper::Flip { byte, bit }),
        any::<usize>().prop_map(|at| Tamper::Cut { at }),
        Just(Tamper::Drop),
        Just(Tamper::Twice),
        Just(Tamper::Later),
        Just(Tamper::Reflect),
        prop::collection::vec(any::<u8>(), 1..400).prop_map(|mut bytes| {
            // The ends' own control messages are the relay's right.
            bytes[0] = 1 + bytes[0] % 3;
            Tamper::Inject(bytes)
        }),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(120))]

    #[test]
    fn whatever_the_relay_does(
        seed in 0u64..50,
        tampers in prop::collection::vec((0usize..100, tamper()), 1..4),
    ) {
        Journey::new(seed, &tampers).run().check();
    }
}
