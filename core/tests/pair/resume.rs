//! Lost and found again: the network, the relay, the customer's page.

use saath_core::message::control::{EndReason, Level};
use saath_core::session::{Ended, GONE_MS, Millis, ResumeSecret, State, agent, customer};
use saath_protocol::envelope::{FromRelay, Refusal, Side};

use crate::relay::{Out, Tamper};
use crate::world::{Seeded, World};
use crate::{ask, click};

/// The session goes on, from a fresh page and at the level it should have.
fn goes_on(world: &mut World, level: Level) {
    assert_eq!(world.customer.state(), State::Active);
    assert_eq!(world.customer.level(), Some(level));
    assert_eq!(world.agent.as_ref().unwrap().level(), Some(level));
    let resumed = |effect: &agent::Effect| matches!(effect, agent::Effect::Active { resumed: true, level: now } if *now == level);
    assert!(world.at_agent.iter().any(resumed));
    let epochs = world.pages.len();
    assert!(!world.page(false, "a change of what the agent has not") || world.replica().is_empty());
    assert!(world.page(true, "fresh") && world.page(false, "more"));
    world.run(100);
    assert_eq!(world.pages.len(), epochs);
    assert_eq!(world.replica(), ["fresh", "more"]);
}

#[test]
fn either_side_loses_the_network() {
    for side in [Side::Customer, Side::Agent] {
        let mut world = World::sharing(20);
        world.page(true, "before");
        world.cut(side);
        world.run(5000);
        goes_on(&mut world, Level::Point);
    }
}

#[test]
fn the_relay_is_restarted() {
    let mut world = World::sharing(21);
    world.restart_relay(5000);
    assert_eq!(world.customer.state(), State::Lost);
    world.run(15_000);
    goes_on(&mut world, Level::Point);
}

#[test]
fn the_relay_says_that_it_will_stop() {
    let mut world = World::sharing(22);
    world.relay.say_all(&FromRelay::Drain { spread_s: 10 });
    world.run(12_000);
    goes_on(&mut world, Level::Point);
}

#[test]
fn the_customer_goes_from_page_to_page() {
    let mut world = World::sharing(23);
    for _ in 0..5 {
        assert!(world.load_page());
        world.run(1000);
        goes_on(&mut world, Level::Point);
        assert_eq!(world.customer.agent().unwrap().name, "Meera Iyer");
    }
    world.customer(customer::Event::Stop);
    world.run(100);
    assert_eq!(world.agent_ended(), Some(Ended::Reason(EndReason::CustomerEnded)));
    assert!(!world.load_page(), "nothing is left in the storage");
}

#[test]
fn the_customer_leaves_the_next_page_at_any_moment() {
    for ms in (0..200).step_by(5) {
        let mut world = World::sharing(24);
        assert!(world.load_page());
        // `load_page` lets 300 ms go by before the socket opens; here the page is left meanwhile.
        world.run(ms);
        assert!(world.load_page(), "{ms}");
        world.run(12_000);
        goes_on(&mut world, Level::Point);
    }
}

#[test]
fn the_connection_breaks_at_any_moment_of_a_resume() {
    for side in [Side::Customer, Side::Agent] {
        for ms in (0..150).step_by(5) {
            let mut world = World::sharing(25);
            world.cut(Side::Customer);
            world.run(500 + ms);
            world.cut(side);
            world.run(30_000);
            assert_eq!(world.customer.state(), State::Active, "{side:?} {ms}");
            goes_on(&mut world, Level::Point);
        }
    }
}

#[test]
fn the_last_message_of_a_resume_is_lost_with_the_connection() {
    let mut world = World::sharing(26);
    let forwarded = world.relay.seen.len();
    // RS1, RS2, RS3, and the first record after it.
    world.relay.tamper.insert(forwarded + 2, Tamper::Drop);
    world.relay.tamper.insert(forwarded + 3, Tamper::Drop);
    world.cut(Side::Customer);
    while world.customer.state() != State::Active {
        world.run(1);
    }
    world.run(50);
    assert_eq!(world.agent.as_ref().unwrap().state(), State::Lost, "it is one epoch behind");
    world.cut(Side::Customer);
    world.run(30_000);
    goes_on(&mut world, Level::Point);
}

/// Loses `side` in the middle of a resume, when it holds its place under an id; the relay notices
/// that only after `ms`.
fn lost_in_a_place(seed: u64, side: Side, ms: u64) -> World {
    let mut world = World::sharing(seed);
    let forwarded = world.relay.seen.len();
    world.cut(Side::Customer);
    while world.relay.seen.len() == forwarded {
        world.run(1);
    }
    world.cut_noticed_after(side, ms);
    world
}

#[test]
fn the_relay_takes_half_a_minute_to_notice_a_dead_socket() {
    for side in [Side::Customer, Side::Agent] {
        for seed in 40..50 {
            let mut world = lost_in_a_place(seed, side, 28_000);
            world.run(27_000);
            assert_eq!(world.relay.refused, Some(Refusal::Gone), "{side:?} {seed}");
            world.run(45_000);
            goes_on(&mut world, Level::Point);
        }
    }
}

#[test]
fn a_place_that_stays_taken_is_given_up() {
    for side in [Side::Customer, Side::Agent] {
        let mut world = lost_in_a_place(51, side, 600_000);
        let ended = |world: &World| match side {
            Side::Customer => world.customer_ended(),
            Side::Agent => world.agent_ended(),
        };
        world.run(GONE_MS);
        assert_eq!(ended(&world), None, "{side:?}");
        world.run(GONE_MS);
        assert_eq!(ended(&world), Some(Ended::Refused(Refusal::Gone)), "{side:?}");
    }
}

#[test]
fn viewing_goes_on_and_acting_is_asked_for_again() {
    let mut world = World::sharing(27);
    world.agent(ask(Level::Act));
    world.run(50);
    world.customer(customer::Event::AllowLevel);
    world.run(50);
    assert_eq!(world.agent.as_ref().unwrap().level(), Some(Level::Act));
    world.cut(Side::Customer);
    world.run(5000);
    goes_on(&mut world, Level::Point);
    world.agent(ask(Level::Act));
    world.run(50);
    world.customer(customer::Event::AllowLevel);
    world.run(50);
    assert!(world.load_page());
    world.run(1000);
    goes_on(&mut world, Level::Point);
    world.agent(agent::Event::Act(click()));
    world.run(50);
    assert!(!world.customer_saw("Perform"));

    world.customer(customer::Event::RevokeLevel(Level::Point));
    world.run(50);
    assert!(world.load_page());
    world.run(1000);
    goes_on(&mut world, Level::View);
}

#[test]
fn a_side_that_does_not_come_back_in_time() {
    let mut world = World::sharing(28);
    let mut left = World::sharing(28);
    world.relay.down = true;
    world.cut(Side::Customer);
    world.cut(Side::Agent);
    world.run(119_000);
    assert_eq!(world.customer.state(), State::Lost);
    world.run(2000);
    assert_eq!(world.customer_ended(), Some(Ended::ConnectionLost));
    assert_eq!(world.agent_ended(), Some(Ended::ConnectionLost));
    assert!(world.storage.is_none());

    // The customer closes the tab.
    left.storage = None;
    assert!(!left.load_page());
    left.customer = customer::Customer::new(crate::world::config(), 0);
    left.run(121_000);
    assert_eq!(left.agent_ended(), Some(Ended::ConnectionLost));
}

#[test]
fn a_stored_session_expires() {
    let world = World::sharing(29);
    let stored = world.storage.unwrap();
    let resume = |unix_s| {
        let secret = ResumeSecret::parse(&stored).unwrap();
        customer::Customer::resume(crate::world::config(), secret, unix_s)
    };
    assert!(resume(1_790_000_000 + 150).is_ok());
    assert!(resume(1_790_000_000 + 200).is_err());
    // While the session runs, what is stored is kept fresh.
    let mut world = World::sharing(29);
    world.run(600_000);
    let stored = world.storage.clone().unwrap();
    let secret = ResumeSecret::parse(&stored).unwrap();
    let later = 1_790_000_000 + 700;
    assert!(customer::Customer::resume(crate::world::config(), secret, later).is_ok());
}

#[test]
fn a_stored_session_reads_back_or_not_at_all() {
    let world = World::sharing(30);
    let text = world.storage.unwrap();
    let again = ResumeSecret::parse(&text).unwrap();
    assert_eq!(again.to_text(), text);
    assert_eq!(format!("{again:?}"), "ResumeSecret(…)");
    for cut in 0..text.len() {
        assert!(ResumeSecret::parse(&text[..cut]).is_none());
    }
    // What another script wrote there is not shown as it is.
    let hex = |text: &str| text.bytes().map(|byte| format!("{byte:02x}")).collect::<String>();
    let forged = text.replace(&hex("Meera"), &hex("Me\u{7}ra"));
    assert_ne!(forged, text);
    let secret = ResumeSecret::parse(&forged).unwrap();
    let resumed = customer::Customer::resume(crate::world::config(), secret, 1_790_000_000);
    assert_eq!(resumed.ok().unwrap().agent().unwrap().name, "Mera Iyer");
    for bad in ["", "zz", "00", "été", &"0".repeat(10_000), &format!("{text}00")] {
        assert!(ResumeSecret::parse(bad).is_none());
    }
}

#[test]
fn a_duplicated_tab_does_not_get_the_session() {
    let mut world = World::sharing(31);
    let copy = ResumeSecret::parse(world.storage.as_ref().unwrap()).unwrap();
    assert!(world.load_page());
    world.run(1000);
    // The copy is of the epoch before: its place under that id is taken.
    let mut tab = customer::Customer::resume(crate::world::config(), copy, 1_790_000_000).unwrap();
    tab.handle(Millis(0), customer::Event::Opened, &mut Seeded::new(1));
    let rejoin = std::iter::from_fn(|| tab.poll()).find_map(|effect| match effect {
        customer::Effect::Send(bytes) => Some(bytes),
        _ => None,
    });
    let socket = world.relay.socket(Side::Customer);
    world.relay.received(world.now, socket, &rejoin.unwrap());
    let refused = FromRelay::Refused(Refusal::Gone).encode();
    assert!(world.relay.out.iter().all(|(to, _)| *to == socket), "the session hears nothing of it");
    assert!(matches!(&world.relay.out[0].1, Out::Message(said) if *said == refused));
    goes_on(&mut world, Level::Point);
}
