//! Rooms in virtual time: every way to wait, and what no order of events may break.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use proptest::prelude::*;
use saath_protocol::envelope::{BurnReason, FromRelay, Refusal, Side};
use saath_protocol::pin::Nameplate;
use saath_relay::directory::Directory;
use saath_relay::directory::memory::MemoryDirectory;
use saath_relay::rooms::{Census, Output, PairId, PeerId, Rooms, Waits};

const WAITS: Waits = Waits { claim: Duration::from_secs(300), grace: Duration::from_secs(120) };
const CUSTOMER: PeerId = PeerId(1);
const AGENT: PeerId = PeerId(2);
const LATE: PeerId = PeerId(3);
const RID: [u8; 16] = [7; 16];

fn np(text: &str) -> Nameplate {
    Nameplate::parse(text).unwrap()
}

/// Rooms with their own clock.
struct Clocked {
    rooms: Rooms,
    now: Instant,
}

impl Clocked {
    fn new() -> Self {
        Self { rooms: Rooms::new(WAITS), now: Instant::now() }
    }

    fn open(&mut self) {
        self.rooms.open(self.now, CUSTOMER, np("482"), [1; 16], [2; 32]);
        let opened = FromRelay::Opened {
            nameplate: np("482"),
            session: [1; 16],
            token: [2; 32],
            ttl_s: 300,
        };
        assert_eq!(self.outputs(), [Output::Send(CUSTOMER, opened)]);
    }

    fn claim(&mut self, peer: PeerId) -> Result<(), Refusal> {
        self.rooms.claim(self.now, peer, np("482"), [3; 32])
    }

    fn paired() -> Self {
        let mut clocked = Self::new();
        clocked.open();
        clocked.claim(AGENT).unwrap();
        clocked.outputs();
        clocked
    }

    fn rejoin(&mut self, peer: PeerId, side: Side) -> Result<(), Refusal> {
        self.rooms.rejoin(self.now, peer, side, RID)
    }

    fn leave(&mut self, peer: PeerId) {
        self.rooms.leave(self.now, peer);
    }

    fn burn(&mut self, peer: PeerId) {
        self.rooms.burn(self.now, peer, BurnReason::Ended);
    }

    fn after(&mut self, seconds: f64) -> Vec<Output> {
        self.now += Duration::from_secs_f64(seconds);
        self.rooms.tick(self.now);
        self.outputs()
    }

    fn outputs(&mut self) -> Vec<Output> {
        std::iter::from_fn(|| self.rooms.poll()).collect()
    }

    /// What peers are told, without how frames go.
    fn told(&mut self) -> Vec<Output> {
        let mut outputs = self.outputs();
        outputs.retain(|output| matches!(output, Output::Send(..) | Output::Refuse(..)));
        outputs
    }

    fn is_empty(&self) -> bool {
        self.rooms.census() == Census::default() && self.rooms.next_deadline().is_none()
    }
}

#[test]
fn a_claim_pairs() {
    let mut rooms = Clocked::new();
    rooms.open();
    rooms.claim(AGENT).unwrap();
    let outputs = rooms.outputs();
    let claimed = FromRelay::Claimed { session: [1; 16], token: [3; 32] };
    assert!(matches!(outputs[0], Output::Pair(_, CUSTOMER, AGENT)), "before anybody can answer");
    assert_eq!(
        outputs[1..],
        [Output::Send(CUSTOMER, FromRelay::Joined), Output::Send(AGENT, claimed)],
        "the agent speaks first and is told last"
    );
    assert_eq!(rooms.claim(LATE), Err(Refusal::Gone));
    assert_eq!(rooms.after(1e6), [], "a session has no deadline");
}

#[test]
fn a_nameplate_expires_on_time() {
    let mut rooms = Clocked::new();
    rooms.open();
    assert_eq!(rooms.after(299.9), []);
    let outputs = rooms.after(0.1);
    assert!(outputs.contains(&Output::Send(CUSTOMER, FromRelay::Expired)));
    assert!(outputs.contains(&Output::Release(np("482"))));
    assert_eq!(rooms.claim(AGENT), Err(Refusal::Gone));
    assert!(rooms.is_empty());
}

#[test]
fn a_customer_cannot_claim_the_own_nameplate() {
    let mut rooms = Clocked::new();
    rooms.open();
    assert_eq!(rooms.claim(CUSTOMER), Err(Refusal::Gone));
    assert!(rooms.is_empty());
}

#[test]
fn a_lost_end_is_waited_for() {
    let mut rooms = Clocked::paired();
    rooms.leave(CUSTOMER);
    let outputs = rooms.outputs();
    assert!(outputs.contains(&Output::Part(AGENT)));
    assert!(outputs.contains(&Output::Send(AGENT, FromRelay::PeerLost)));
    assert_eq!(rooms.after(119.9), []);
    assert!(rooms.after(0.1).contains(&Output::Refuse(AGENT, Refusal::Gone)));
    assert!(rooms.is_empty());
}

#[test]
fn ends_meet_again_in_either_order_and_again() {
    for first in [Side::Customer, Side::Agent] {
        let mut rooms = Clocked::paired();
        rooms.leave(CUSTOMER);
        rooms.outputs();
        let peer = |side| if side == Side::Customer { LATE } else { AGENT };
        rooms.rejoin(peer(first), first).unwrap();
        assert_eq!(rooms.told(), []);
        rooms.rejoin(peer(first.peer()), first.peer()).unwrap();
        let told = rooms.told();
        assert!(told.contains(&Output::Send(LATE, FromRelay::Rejoined)));
        assert!(told.contains(&Output::Send(AGENT, FromRelay::Rejoined)));
        // The network of the customer breaks once more, before there was another id.
        rooms.leave(LATE);
        assert_eq!(rooms.told(), [Output::Send(AGENT, FromRelay::PeerLost)]);
        rooms.rejoin(AGENT, Side::Agent).unwrap();
        rooms.rejoin(PeerId(4), Side::Customer).unwrap();
        assert_eq!(rooms.told().len(), 2);
        assert_eq!(rooms.rooms.census(), Census { unclaimed: 0, paired: 1, lost: 0 });
    }
}

#[test]
fn who_meets_again_is_paired_before_being_told() {
    for first in [Side::Customer, Side::Agent] {
        let mut rooms = Clocked::new();
        let peer = |side| if side == Side::Customer { CUSTOMER } else { AGENT };
        rooms.rejoin(peer(first), first).unwrap();
        rooms.outputs();
        rooms.rejoin(peer(first.peer()), first.peer()).unwrap();
        let outputs = rooms.outputs();
        assert!(matches!(outputs[0], Output::Pair(_, CUSTOMER, AGENT)), "{first:?}");
        let told = [AGENT, CUSTOMER].map(|peer| Output::Send(peer, FromRelay::Rejoined));
        assert_eq!(outputs[1..], told, "the customer speaks first and is told last, {first:?}");
    }
}

#[test]
fn the_first_of_a_side_has_it() {
    let mut rooms = Clocked::new();
    rooms.rejoin(CUSTOMER, Side::Customer).unwrap();
    assert_eq!(rooms.rejoin(LATE, Side::Customer), Err(Refusal::Gone));
    rooms.rejoin(CUSTOMER, Side::Customer).unwrap();
    assert_eq!(rooms.told(), []);
    rooms.rejoin(AGENT, Side::Agent).unwrap();
    assert_eq!(rooms.told().len(), 2);
    assert_eq!(rooms.rejoin(LATE, Side::Agent), Err(Refusal::Gone));
}

#[test]
fn one_peer_is_not_both_ends() {
    let mut rooms = Clocked::new();
    rooms.rejoin(CUSTOMER, Side::Customer).unwrap();
    rooms.rejoin(CUSTOMER, Side::Agent).unwrap();
    assert_eq!(rooms.told(), []);
    assert_eq!(rooms.rooms.census(), Census { unclaimed: 0, paired: 0, lost: 1 });
}

#[test]
fn who_comes_back_to_a_room_that_was_closed_is_told() {
    let mut rooms = Clocked::paired();
    rooms.leave(CUSTOMER);
    rooms.rejoin(AGENT, Side::Agent).unwrap();
    rooms.burn(AGENT);
    rooms.outputs();
    rooms.rejoin(LATE, Side::Customer).unwrap();
    assert_eq!(rooms.told(), [Output::Send(LATE, FromRelay::Ended(BurnReason::Ended))]);
    rooms.after(120.0);
    assert!(rooms.is_empty());
}

#[test]
fn a_burn_ends_it_for_both() {
    let mut rooms = Clocked::paired();
    rooms.burn(CUSTOMER);
    let outputs = rooms.outputs();
    assert!(outputs.contains(&Output::Part(CUSTOMER)) && outputs.contains(&Output::Part(AGENT)));
    assert!(outputs.contains(&Output::Send(AGENT, FromRelay::Ended(BurnReason::Ended))));
    rooms.burn(AGENT);
    rooms.leave(AGENT);
    rooms.leave(CUSTOMER);
    assert_eq!(rooms.outputs(), [], "nothing is left to end");
    assert!(rooms.is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_a_thousand_claims_at_once_one_wins() {
    let directory = Arc::new(MemoryDirectory::new(Duration::from_secs(600)));
    let now = Instant::now();
    let nameplate = directory.allocate(now, WAITS.claim).await.unwrap();
    let won = Arc::new(AtomicUsize::new(0));
    let start = Arc::new(tokio::sync::Barrier::new(1_000));
    let claims = (0..1_000).map(|_| {
        let (directory, won, start) = (directory.clone(), won.clone(), start.clone());
        tokio::spawn(async move {
            start.wait().await;
            if directory.claim(now, nameplate).await {
                won.fetch_add(1, Ordering::Relaxed);
            }
        })
    });
    futures::future::join_all(claims.collect::<Vec<_>>()).await;
    assert_eq!(won.load(Ordering::Relaxed), 1);
}

#[derive(Debug, Clone)]
enum Event {
    Open(u64),
    Claim(u64, usize),
    Rejoin(u64, bool, u8),
    Burn(u64),
    Leave(u64),
    Wait(u64),
}

fn event() -> impl Strategy<Value = Event> {
    let peer = 0_u64..6;
    prop_oneof![
        peer.clone().prop_map(Event::Open),
        (peer.clone(), 0_usize..4).prop_map(|(peer, back)| Event::Claim(peer, back)),
        (peer.clone(), any::<bool>(), 0_u8..3)
            .prop_map(|(peer, agent, id)| Event::Rejoin(peer, agent, id)),
        peer.clone().prop_map(Event::Burn),
        peer.prop_map(Event::Leave),
        (0_u64..200).prop_map(Event::Wait),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    /// Whatever happens: pairs are of two, a peer is in one pair, each claim is of a live
    /// nameplate and only once, and when all left or waited nothing is kept.
    #[test]
    fn pairs_are_of_two(events in prop::collection::vec(event(), 1..60)) {
        let mut clocked = Clocked::new();
        let mut pairs: HashMap<PeerId, (PairId, PeerId)> = HashMap::new();
        let mut given: Vec<Nameplate> = Vec::new();
        let mut released: Vec<Nameplate> = Vec::new();
        let mut claimed: Vec<Nameplate> = Vec::new();
        for event in events {
            let now = clocked.now;
            match event {
                Event::Open(peer) => {
                    let nameplate = np(&format!("{:03}", given.len()));
                    given.push(nameplate);
                    clocked.rooms.open(now, PeerId(peer), nameplate, [0; 16], [0; 32]);
                }
                Event::Claim(peer, back) => {
                    let Some(nameplate) = given.iter().rev().nth(back).copied() else { continue };
                    if clocked.rooms.claim(now, PeerId(peer), nameplate, [0; 32]).is_ok() {
                        prop_assert!(!claimed.contains(&nameplate));
                        prop_assert!(!released.contains(&nameplate));
                        claimed.push(nameplate);
                    }
                }
                Event::Rejoin(peer, agent, id) => {
                    let side = if agent { Side::Agent } else { Side::Customer };
                    let _ = clocked.rooms.rejoin(now, PeerId(peer), side, [id; 16]);
                }
                Event::Burn(peer) => clocked.burn(PeerId(peer)),
                Event::Leave(peer) => {
                    clocked.leave(PeerId(peer));
                    prop_assert!(!clocked.rooms.seated(PeerId(peer)));
                }
                Event::Wait(seconds) => {
                    clocked.now += Duration::from_secs(seconds);
                    clocked.rooms.tick(clocked.now);
                    prop_assert!(clocked.rooms.next_deadline().is_none_or(|at| at > clocked.now));
                }
            }
            for output in clocked.outputs() {
                match output {
                    Output::Pair(id, a, b) => {
                        prop_assert_ne!(a, b);
                        prop_assert!(pairs.insert(a, (id, b)).is_none());
                        prop_assert!(pairs.insert(b, (id, a)).is_none());
                    }
                    Output::Part(peer) => { pairs.remove(&peer); }
                    Output::Release(nameplate) => released.push(nameplate),
                    Output::Send(..) | Output::Refuse(..) => {}
                }
            }
            for (peer, (id, other)) in &pairs {
                prop_assert_eq!(pairs.get(other), Some(&(*id, *peer)));
            }
            prop_assert_eq!(clocked.rooms.census().paired * 2, pairs.len());
        }
        (0..6).for_each(|peer| clocked.leave(PeerId(peer)));
        clocked.after(1_000.0);
        prop_assert!(clocked.is_empty());
    }
}
