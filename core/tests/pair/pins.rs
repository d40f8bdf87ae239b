//! PINs: wrong ones, mistyped ones, expired ones, taken ones.

use saath_core::session::{Ended, Millis, State, agent, customer};
use saath_protocol::envelope::{Refusal, Side, ToRelay};
use saath_protocol::pin::{Nameplate, Pin};

use crate::records_from;
use crate::relay::Out;
use crate::world::{ORIGIN, RELAY_TOKEN, Seeded, World};

#[test]
fn a_wrong_pin_is_told_to_both_and_is_dead() {
    let mut world = World::new(7);
    world.run(1000);
    let right = world.pin();
    let nameplate = right.nameplate().to_owned();
    let wrong = (0..10).map(|digit| Pin::new(&nameplate, [digit; 5]).unwrap());
    world.join_with(wrong.into_iter().find(|pin| *pin != right).unwrap());
    world.run(1000);
    assert!(world.customer_saw("Mismatch") && world.agent_saw("Mismatch"));
    assert_eq!(world.agent_ended(), Some(Ended::Mismatch));
    assert_eq!(records_from(&world, Side::Customer) + records_from(&world, Side::Agent), 0);
    // Another PIN is there by itself, and the old one is gone.
    assert_eq!(world.customer.state(), State::Pending);
    let next = world.pin();
    assert!(next != right);
    world.at_agent.clear();
    world.join_with(right);
    world.run(1000);
    assert_eq!(world.agent_ended(), Some(Ended::Refused(Refusal::Gone)));
    world.at_agent.clear();
    world.join_with(next);
    world.run(1000);
    assert_eq!(world.customer.state(), State::Active);
}

#[test]
fn after_three_wrong_pins_the_customer_is_asked() {
    let mut world = World::new(8);
    for _ in 0..3 {
        world.run(1000);
        let right = world.pin();
        let wrong = (0..10).map(|digit| Pin::new(right.nameplate(), [digit; 5]).unwrap());
        world.join_with(wrong.into_iter().find(|pin| *pin != right).unwrap());
    }
    world.run(60_000);
    assert!(world.customer_saw("PinExpired"));
    let opened = |world: &World| {
        let shown = |effect: &&customer::Effect| matches!(effect, customer::Effect::ShowPin { .. });
        world.at_customer.iter().filter(shown).count()
    };
    assert_eq!(opened(&world), 3, "no fourth guess by itself");
    world.customer(customer::Event::NewPin);
    world.run(1000);
    assert_eq!(opened(&world), 4);
    world.join();
    world.run(1000);
    assert_eq!(world.customer.state(), State::Active);
}

#[test]
fn a_typo_is_caught_before_anything_is_sent() {
    let mut world = World::new(9);
    world.run(1000);
    let pin = world.pin().as_ascii().to_owned();
    for at in 0..pin.len() {
        let mut typo = pin.clone().into_bytes();
        typo[at] = b'0' + (typo[at] - b'0' + 1) % 10;
        assert!(Pin::parse(std::str::from_utf8(&typo).unwrap()).is_err());
    }
}

#[test]
fn a_pin_expires_and_another_one_is_made_when_asked_for() {
    let mut world = World::new(10);
    world.run(1000);
    let old = world.pin();
    let ttl = world.at_customer.iter().find_map(|effect| match effect {
        customer::Effect::ShowPin { ttl_ms, .. } => Some(*ttl_ms),
        _ => None,
    });
    assert_eq!(ttl, Some(300_000));
    world.run(301_000);
    assert!(world.customer_saw("PinExpired"));
    world.join_with(old);
    world.run(1000);
    assert_eq!(world.agent_ended(), Some(Ended::Refused(Refusal::Gone)));
    world.at_agent.clear();
    world.customer(customer::Event::NewPin);
    world.run(1000);
    world.join();
    world.run(1000);
    assert_eq!(world.customer.state(), State::Active);
}

#[test]
fn a_pin_is_claimed_once() {
    let mut world = World::sharing(11);
    let pin = world.pin();
    let first = world.agent.take();
    let mut second = agent::Config {
        origin: ORIGIN.into(),
        relay_token: "expired".into(),
        customer_token: String::new(),
    };
    for (token, refusal) in [(RELAY_TOKEN, Refusal::Gone), ("no", Refusal::Unauthorized)] {
        second.relay_token = token.into();
        let mut relay = std::mem::take(&mut world.relay);
        let socket = relay.socket(Side::Agent);
        let claim = ToRelay::Claim {
            nameplate: Nameplate::parse(pin.nameplate()).unwrap(),
            token: token.into(),
        };
        relay.received(world.now, socket, &claim.encode());
        let (_, Out::Message(answer)) = relay.out.pop_front().unwrap() else { panic!() };
        world.relay = relay;
        world.relay.out.clear();
        let mut other = agent::Agent::new(second.clone(), pin.clone());
        let mut entropy = Seeded::new(1);
        let now = Millis(0);
        other.handle(now, agent::Event::Opened, &mut entropy);
        other.handle(now, agent::Event::Received(answer), &mut entropy);
        let mut effects = std::iter::from_fn(|| other.poll());
        assert!(
            effects.any(|e| matches!(e, agent::Effect::Ended(Ended::Refused(r)) if r == refusal))
        );
    }
    world.agent = first;
    assert!(world.page(true, "undisturbed"));
    world.run(100);
    assert_eq!(world.replica(), ["undisturbed"]);
}

#[test]
fn the_relay_is_not_there_and_then_is() {
    let mut world = World::new(12);
    world.relay.down = true;
    world.cut(Side::Customer);
    world.run(120_000);
    let waits: Vec<u64> = world
        .at_customer
        .iter()
        .filter_map(|effect| match effect {
            customer::Effect::Lost { retry_ms } => Some(*retry_ms),
            _ => None,
        })
        .collect();
    assert!(waits.len() >= 8 && waits.len() < 40, "{waits:?}");
    assert!(waits[0] <= 750 && waits.iter().all(|ms| *ms <= 20_000), "{waits:?}");
    world.relay.down = false;
    world.run(21_000);
    assert_eq!(world.customer.state(), State::Pending);
    world.join();
    world.run(1000);
    assert_eq!(world.customer.state(), State::Active);
}
