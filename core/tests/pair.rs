//! Two sessions and a relay, honest or not, in virtual time: the whole journey and all that can go
//! wrong on it.

#[path = "pair/hostile.rs"]
mod hostile;
#[path = "pair/pins.rs"]
mod pins;
#[path = "pair/relay.rs"]
mod relay;
#[path = "pair/resume.rs"]
mod resume;
#[path = "pair/rogue.rs"]
mod rogue;
#[path = "pair/world.rs"]
mod world;

use saath_core::message::action::{Action, ActionResult, Modifiers, Outcome, Spot};
use saath_core::message::annotation::Annotate;
use saath_core::message::control::{DenyReason, EndReason, Level, LevelReason, RequestLevel};
use saath_core::message::page::{PageKind, Pointer, View, Waiting};
use saath_core::node::NodeId;
use saath_core::session::{Ended, State, agent, customer};
use saath_protocol::envelope::{FrameKind, Side};

use world::{World, part, whole};

pub(crate) fn click() -> Action {
    Action::Click { target: NodeId(7), at: Spot { x: 1, y: 2 }, modifiers: Modifiers::default() }
}

pub(crate) fn ask(level: Level) -> agent::Event {
    agent::Event::RequestLevel(RequestLevel { level, reason: "to fill in\u{202E} the form".into() })
}

pub(crate) fn records_from(world: &World, side: Side) -> usize {
    let record = |bytes: &[u8]| FrameKind::of(bytes) == Some(FrameKind::Record);
    world.relay.seen.iter().filter(|(from, bytes)| *from == side && record(bytes)).count()
}

#[test]
fn the_whole_journey() {
    let mut world = World::new(1);
    assert_eq!(world.customer.state(), State::Connecting);
    world.run(1000);
    assert_eq!(world.customer.state(), State::Pending);
    world.habits.allow = false;
    world.join();
    world.run(1000);
    assert_eq!(world.customer.state(), State::Authorizing);
    let asked = world.at_customer.iter().find_map(|effect| match effect {
        customer::Effect::AskConsent { agent, check } => Some((agent.clone(), *check)),
        _ => None,
    });
    let waiting = world.at_agent.iter().find_map(|effect| match effect {
        agent::Effect::Waiting { check } => Some(*check),
        _ => None,
    });
    let (identity, check) = asked.unwrap();
    assert_eq!((identity, Some(check)), (world::identity(), waiting));
    assert_eq!(records_from(&world, Side::Customer), 0);

    world.customer(customer::Event::Allow);
    world.run(100);
    assert_eq!(
        (world.customer.state(), world.customer.level()),
        (State::Active, Some(Level::Point))
    );
    assert_eq!(world.agent.as_ref().unwrap().level(), Some(Level::Point));
    assert!(world.page(true, "whole page"));
    assert!(world.page(false, "what changed"));
    world.run(100);
    assert_eq!(world.replica(), ["whole page", "what changed"]);

    let view = View {
        width: 1280,
        height: 720,
        scale: 1000,
        title: "ITR-1".into(),
        url: "https://portal.example/itr".into(),
        hidden: false,
        overlay_scrollbars: true,
        waiting: Some(Waiting::Alert),
        visual: None,
    };
    world.customer(customer::Event::View(view.clone()));
    world.customer(customer::Event::Pointer(Pointer { x: 3, y: 4, pressed: true }));
    let label = "here\u{202E}".to_owned();
    world.agent(agent::Event::Annotate(Annotate::Highlight { target: NodeId(3), label }));
    world.run(100);
    assert!(world.at_agent.iter().any(|e| matches!(e, agent::Effect::View(seen) if *seen == view)));
    assert!(world.agent_saw("Pointer"));
    let here = |effect: &customer::Effect| matches!(effect, customer::Effect::Annotate(Annotate::Highlight { label, .. }) if label == "here");
    assert!(world.at_customer.iter().any(here));

    world.agent(ask(Level::Act));
    world.run(100);
    let asked = |effect: &customer::Effect| matches!(effect, customer::Effect::AskLevel { level: Level::Act, reason } if reason == "to fill in the form");
    assert!(world.at_customer.iter().any(asked));
    world.customer(customer::Event::AllowLevel);
    world.run(100);
    assert_eq!(world.agent.as_ref().unwrap().level(), Some(Level::Act));
    world.agent(agent::Event::Act(click()));
    world.run(100);
    let performed = world.at_customer.iter().rev().find_map(|effect| match effect {
        customer::Effect::Perform(_, act) => Some(act.clone()),
        _ => None,
    });
    let act = performed.unwrap();
    assert_eq!((act.serial, act.action), (1, click()));
    let done = ActionResult { serial: 1, outcome: Outcome::Done };
    world.customer(customer::Event::ActionDone(done));
    world.run(100);
    assert!(
        matches!(world.at_agent.last(), Some(agent::Effect::ActionResult(result)) if *result == done)
    );

    world.customer(customer::Event::Stop);
    assert_eq!(world.customer.state(), State::Ended);
    assert_eq!(world.customer_ended(), Some(Ended::Reason(EndReason::CustomerEnded)));
    assert!(world.storage.is_none());
    world.run(100);
    assert_eq!(world.agent_ended(), Some(Ended::Reason(EndReason::CustomerEnded)));
}

#[test]
fn the_agent_stops() {
    let mut world = World::sharing(2);
    world.agent(agent::Event::Stop);
    world.run(100);
    assert_eq!(world.customer_ended(), Some(Ended::Reason(EndReason::AgentEnded)));
    assert_eq!(world.agent_ended(), Some(Ended::Reason(EndReason::AgentEnded)));
    assert!(world.storage.is_none());
}

#[test]
fn stop_is_local_also_when_the_relay_swallows_everything() {
    let mut world = World::sharing(3);
    world.relay.down = true;
    world.customer(customer::Event::Stop);
    assert_eq!(world.customer_ended(), Some(Ended::Reason(EndReason::CustomerEnded)));
    assert!(world.storage.is_none());
    let sent = world.at_customer.len();
    assert!(!world.page(false, "after"));
    world.customer(customer::Event::Page { kind: PageKind::Fresh, batch: vec![1], hash: 0 });
    world.customer(customer::Event::Stop);
    world.run(600_000);
    assert_eq!(world.at_customer.len(), sent, "nothing after the end");
    assert_eq!(world.customer.next_timeout(), None);
}

#[test]
fn stop_at_any_moment_of_the_way_in_ends_both() {
    for ms in (0..120).step_by(5) {
        for side in [Side::Customer, Side::Agent] {
            let mut world = World::new(4);
            world.run(1000);
            world.join();
            world.run(ms);
            match side {
                Side::Customer => world.customer(customer::Event::Stop),
                Side::Agent => world.agent(agent::Event::Stop),
            }
            world.run(1000);
            let stopped = match side {
                Side::Customer => world.customer_ended(),
                Side::Agent => world.agent_ended(),
            };
            let reason = match side {
                Side::Customer => EndReason::CustomerEnded,
                Side::Agent => EndReason::AgentEnded,
            };
            assert_eq!(stopped, Some(Ended::Reason(reason)), "{side:?} {ms}");
            if side == Side::Customer {
                assert!(world.agent_ended().is_some(), "{ms}");
            } else {
                let over = world.customer_ended().is_some();
                assert!(over || world.customer.state() == State::Pending, "a new PIN, {ms}");
            }
        }
    }
}

#[test]
fn nothing_of_the_page_leaves_before_allow() {
    let mut world = World::new(5);
    world.habits.allow = false;
    let push = |world: &mut World| {
        assert!(!world.customer.room());
        world.customer(customer::Event::Page {
            kind: PageKind::Fresh,
            batch: vec![7; 99],
            hash: 1,
        });
        world.customer(customer::Event::Pointer(Pointer { x: 1, y: 1, pressed: false }));
        world.run(7);
    };
    (0..20).for_each(|_| push(&mut world));
    world.join();
    (0..60).for_each(|_| push(&mut world));
    assert!(world.customer_saw("AskConsent"));
    assert_eq!(records_from(&world, Side::Customer), 0);

    world.customer(customer::Event::Decline);
    (0..20).for_each(|_| push(&mut world));
    assert_eq!(world.customer_ended(), Some(Ended::Denied(DenyReason::Declined)));
    assert_eq!(world.agent_ended(), Some(Ended::Denied(DenyReason::Declined)));
    assert!(world.agent_saw("Denied"));
    assert_eq!(records_from(&world, Side::Customer), 1, "the no itself");
    assert!(world.pages.is_empty());
}

#[test]
fn an_agent_who_does_not_verify_never_gets_to_the_question() {
    let mut world = World::new(6);
    world.habits.verify = false;
    world.run(1000);
    world.join();
    world.run(1000);
    assert!(!world.customer_saw("AskConsent"));
    assert_eq!(world.agent_ended(), Some(Ended::Denied(DenyReason::NotVerified)));
    let mut world = World::new(6);
    world.habits.allow = false;
    world.run(1000);
    world.join();
    world.run(1000);
    world.customer(customer::Event::Report);
    world.run(1000);
    assert_eq!(world.agent_ended(), Some(Ended::Denied(DenyReason::Reported)));
}

#[test]
fn levels_are_asked_for_declined_revoked_and_released() {
    let mut world = World::sharing(13);
    let level = |world: &World| (world.customer.level(), world.agent.as_ref().unwrap().level());
    let last = |world: &World| match world.at_agent.last() {
        Some(agent::Effect::Level(changed)) => *changed,
        other => panic!("{other:?}"),
    };
    world.agent(ask(Level::Act));
    world.run(50);
    world.customer(customer::Event::DeclineLevel);
    world.run(50);
    assert_eq!((last(&world).level, last(&world).why), (Level::Point, LevelReason::Declined));

    world.agent(ask(Level::Act));
    world.run(50);
    world.customer(customer::Event::AllowLevel);
    world.run(50);
    assert_eq!(level(&world), (Some(Level::Act), Some(Level::Act)));
    world.customer(customer::Event::RevokeLevel(Level::Act));
    assert_eq!(world.customer.level(), Some(Level::Point));
    // Sent before the agent's end knows.
    world.agent(agent::Event::Act(click()));
    world.run(50);
    assert!(!world.customer_saw("Perform"));
    let refused = ActionResult { serial: 1, outcome: Outcome::NotAllowed };
    assert!(matches!(world.at_agent.last(), Some(agent::Effect::ActionResult(r)) if *r == refused));
    // Known now: not even sent.
    let before = records_from(&world, Side::Agent);
    world.agent(agent::Event::Act(click()));
    world.run(50);
    assert_eq!(records_from(&world, Side::Agent), before);

    world.customer(customer::Event::AllowLevel);
    assert_eq!(world.customer.level(), Some(Level::Point), "nothing was asked");
    world.agent(ask(Level::Act));
    world.run(50);
    world.customer(customer::Event::RevokeLevel(Level::Act));
    world.customer(customer::Event::AllowLevel);
    assert_eq!(world.customer.level(), Some(Level::Point), "the question went with it");
    world.agent(ask(Level::Act));
    world.run(50);
    world.customer(customer::Event::AllowLevel);
    world.run(50);
    world.agent(agent::Event::ReleaseLevel(Level::Act));
    world.run(50);
    assert_eq!(level(&world), (Some(Level::Point), Some(Level::Point)));
    assert_eq!(last(&world).why, LevelReason::Released);

    world.customer(customer::Event::RevokeLevel(Level::View));
    world.run(50);
    assert_eq!(world.agent_ended(), Some(Ended::Reason(EndReason::CustomerEnded)));
}

#[test]
fn pages_stop_while_they_are_not_acknowledged() {
    let mut world = World::sharing(14);
    world.habits.acknowledge = false;
    assert!(world.page(true, "0"));
    let sent = 1 + (1..50).filter(|n| world.page(false, &n.to_string())).count();
    assert_eq!(sent, 8);
    world.run(1000);
    // An adapter that does not ask has its page left out, and is told to start anew.
    world.customer(customer::Event::Page { kind: PageKind::Change, batch: vec![1], hash: 0 });
    world.run(1000);
    assert_eq!(world.replica().len(), 8);
    world.at_customer.clear();
    world.agent(agent::Event::Applied(8));
    world.run(1000);
    assert!(world.customer_saw("SendFresh") && world.customer.room());
    assert!(world.page(false, "builds on what was left out"));
    world.run(100);
    assert_eq!(world.replica().len(), 8, "is left out, too");
    assert!(world.page(true, "anew"));
    world.run(100);
    assert_eq!(world.replica().last().unwrap(), "anew");

    // By bytes: these do not deflate.
    let mut world = World::sharing(15);
    world.habits.acknowledge = false;
    let noise: String = {
        use saath_core::session::Entropy;
        let mut bytes = vec![0; 300_000];
        world::Seeded::new(5).fill(&mut bytes);
        bytes.iter().map(|byte| char::from(byte & 0x7f)).collect()
    };
    assert!(world.page(true, &noise) && world.page(false, &noise) && !world.page(false, "x"));
    world.run(1000);
    assert_eq!(world.replica(), [noise.clone(), noise]);
    world.at_customer.clear();
    world.agent(agent::Event::Applied(1));
    world.run(1000);
    assert!(world.customer_saw("Room"));
}

#[test]
fn a_repair_sends_anew_and_frees_the_way() {
    let mut world = World::sharing(16);
    world.habits.acknowledge = false;
    (0..8).for_each(|n| assert!(world.page(n == 0, "page")));
    world.run(100);
    assert!(!world.customer.room());
    world.agent(agent::Event::Repair(whole(8)));
    world.run(100);
    assert!(world.customer_saw("SendFresh") && world.customer.room());
    world.at_customer.clear();
    (0..9).for_each(|_| world.agent(agent::Event::Repair(whole(3))));
    world.run(1000);
    assert!(!world.customer_saw("SendFresh"), "not more often than each two seconds");
    world.run(1000);
    let fresh = |effect: &&customer::Effect| matches!(effect, customer::Effect::SendFresh);
    assert_eq!(world.at_customer.iter().filter(fresh).count(), 1);
}

#[test]
fn a_digest_asks_for_a_part() {
    let mut world = World::sharing(21);
    assert!(world.page(true, "page") && world.page(false, "wrong"));
    world.run(100);
    world.agent(agent::Event::Repair(part(2)));
    world.run(100);
    assert!(world.customer_saw("SendRepair") && !world.customer_saw("SendFresh"));
    // The next has to wait, and with it what the replica would only leave out.
    world.at_customer.clear();
    world.agent(agent::Event::Repair(part(2)));
    world.run(100);
    assert!(!world.customer_saw("SendRepair") && !world.customer.room());
    world.run(2000);
    assert!(world.customer_saw("SendRepair") && world.customer.room());
}

/// A page from which the replica starts anew is on its way already when the repair comes.
#[test]
fn what_a_fresh_page_makes_right_is_not_repaired() {
    let mut world = World::sharing(22);
    assert!(world.page(true, "page") && world.page(false, "wrong"));
    world.run(100);
    assert!(world.page(true, "anew"));
    world.agent(agent::Event::Repair(part(2)));
    world.run(3000);
    assert!(!world.customer_saw("SendRepair") && !world.customer_saw("SendFresh"));
    // The same while the repair waits for its time.
    (0..2).for_each(|_| world.agent(agent::Event::Repair(part(3))));
    world.run(100);
    world.customer(customer::Event::Page { kind: PageKind::Fresh, batch: vec![1], hash: 0 });
    world.at_customer.clear();
    world.run(3000);
    assert!(!world.customer_saw("SendRepair") && world.customer.room());
}

/// An end that never sends what fits is not asked for ever.
#[test]
fn a_replica_that_never_comes_right_ends_the_session() {
    let mut world = World::sharing(23);
    assert!(world.page(true, "page"));
    world.run(100);
    let mut asked = [0, 0];
    while world.agent_ended().is_none() {
        world.at_customer.clear();
        world.agent(agent::Event::Repair(part(99)));
        world.run(2100);
        asked[0] += usize::from(world.customer_saw("SendRepair"));
        asked[1] += usize::from(world.customer_saw("SendFresh"));
    }
    assert_eq!(asked, [10, 10]);
    assert_eq!(world.agent_ended(), Some(Ended::PeerBroken));
    assert_eq!(world.customer_ended(), Some(Ended::Reason(EndReason::ProtocolError)));
}

#[test]
fn a_session_ends_when_idle_and_after_two_hours() {
    let mut world = World::sharing(17);
    world.run(16 * 60_000);
    assert!(world.customer_saw("IdleSoon") && world.customer.state() == State::Active);
    world.run(5 * 60_000);
    assert_eq!(world.customer_ended(), Some(Ended::Reason(EndReason::Idle)));
    assert_eq!(world.agent_ended(), Some(Ended::Reason(EndReason::Idle)));

    let mut world = World::sharing(18);
    for _ in 0..11 {
        world.run(10 * 60_000);
        assert!(world.page(true, "still here"));
    }
    assert_eq!(world.customer.state(), State::Active);
    world.run(11 * 60_000);
    assert_eq!(world.agent_ended(), Some(Ended::Reason(EndReason::TimeLimit)));
}

#[test]
fn the_question_does_not_stay_for_ever() {
    let mut world = World::new(19);
    world.habits.allow = false;
    world.run(1000);
    world.join();
    world.run(301_000);
    assert_eq!(world.customer_ended(), Some(Ended::Denied(DenyReason::Declined)));
    assert_eq!(world.agent_ended(), Some(Ended::Denied(DenyReason::Declined)));
}
