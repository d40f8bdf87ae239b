//! Two sessions and a relay in one process, in virtual time: a run depends on its seed alone.

use std::collections::BTreeMap;

use saath_core::message::control::Level;
use saath_core::message::page::{Page, PageKind, Repair};
use saath_core::session::agent::{self, Agent};
use saath_core::session::customer::{self, AgentIdentity, Customer};
use saath_core::session::{Ended, Entropy, Millis, ResumeSecret};
use saath_protocol::envelope::Side;
use saath_protocol::pin::Pin;

use crate::relay::{Out, Relay, Socket};

pub(crate) const ORIGIN: &str = "https://portal.example";
pub(crate) const CUSTOMER_TOKEN: &str = "jwt for the customer";
pub(crate) const RELAY_TOKEN: &str = "jwt for the relay";
/// One way, in milliseconds.
const LATENCY: u64 = 10;
/// The time of day when the virtual clock shows zero.
const UNIX_S: u64 = 1_790_000_000;

/// xorshift64*: good enough to be different each time, and the same for each seed.
pub(crate) struct Seeded(u64);

impl Seeded {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }
}

impl Entropy for Seeded {
    fn fill(&mut self, buf: &mut [u8]) {
        for byte in buf {
            self.0 ^= self.0 >> 12;
            self.0 ^= self.0 << 25;
            self.0 ^= self.0 >> 27;
            *byte = (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 56) as u8;
        }
    }
}

/// What arrives, and where.
enum Delivery {
    Opened(Side, Socket),
    Message(Side, Socket, Vec<u8>),
    Closed(Side, Socket),
    Customer(customer::Event),
    Agent(agent::Event),
    Relay(Socket, Vec<u8>),
    RelayClosed(Socket),
}

/// What the people and the adapters at the two ends do by themselves.
pub(crate) struct Habits {
    pub(crate) allow: bool,
    pub(crate) verify: bool,
    pub(crate) acknowledge: bool,
}

pub(crate) struct World {
    pub(crate) now: u64,
    pub(crate) customer: Customer,
    pub(crate) agent: Option<Agent>,
    pub(crate) relay: Relay,
    pub(crate) habits: Habits,
    /// Every effect of the customer's end but `Send`.
    pub(crate) at_customer: Vec<customer::Effect>,
    /// Every effect of the agent's end but `Send` and `Page`.
    pub(crate) at_agent: Vec<agent::Effect>,
    /// Pages that came, by epoch.
    pub(crate) pages: Vec<Vec<Page>>,
    /// The storage of the customer's tab.
    pub(crate) storage: Option<String>,
    sockets: [Option<Socket>; 2],
    queue: BTreeMap<(u64, u64), Delivery>,
    queued: u64,
    entropy: Seeded,
}

pub(crate) fn config() -> customer::Config {
    customer::Config { origin: ORIGIN.into(), policy_hash: [9; 32], grant: Level::Point }
}

pub(crate) fn identity() -> AgentIdentity {
    AgentIdentity {
        name: "Meera Iyer".into(),
        staff: "E-1042".into(),
        unit: "Helpdesk Pune".into(),
        max_level: Level::Act,
    }
}

impl World {
    pub(crate) fn new(seed: u64) -> Self {
        let mut world = Self {
            now: 0,
            customer: Customer::new(config(), UNIX_S),
            agent: None,
            relay: Relay::default(),
            habits: Habits { allow: true, verify: true, acknowledge: true },
            at_customer: Vec::new(),
            at_agent: Vec::new(),
            pages: Vec::new(),
            storage: None,
            sockets: [None; 2],
            queue: BTreeMap::new(),
            queued: 0,
            entropy: Seeded::new(seed),
        };
        world.drain_customer();
        world
    }

    /// As far as the page being shared.
    pub(crate) fn sharing(seed: u64) -> Self {
        let mut world = Self::new(seed);
        world.run(1000);
        world.join();
        world.run(1000);
        assert!(world.customer_saw("Active") && world.agent_saw("Active"));
        world
    }

    /// The PIN that the customer reads aloud.
    pub(crate) fn pin(&self) -> Pin {
        let shown = self.at_customer.iter().rev().find_map(|effect| match effect {
            customer::Effect::ShowPin { pin, .. } => Some(pin.clone()),
            _ => None,
        });
        shown.expect("a PIN is shown")
    }

    /// The agent types the customer's PIN.
    pub(crate) fn join(&mut self) {
        self.join_with(self.pin());
    }

    pub(crate) fn join_with(&mut self, pin: Pin) {
        let config = agent::Config {
            origin: ORIGIN.into(),
            relay_token: RELAY_TOKEN.into(),
            customer_token: CUSTOMER_TOKEN.into(),
        };
        self.agent = Some(Agent::new(config, pin));
        self.drain_agent();
    }

    /// Lets `ms` go by.
    pub(crate) fn run(&mut self, ms: u64) {
        let until = self.now + ms;
        self.flush_relay();
        for _ in 0..200_000 {
            let customer = self.customer.next_timeout();
            let agent = self.agent.as_ref().and_then(Agent::next_timeout);
            let timer = [customer, agent].into_iter().flatten().min().map(|at| at.0.max(self.now));
            let next = self.queue.first_key_value().map(|((at, _), _)| *at);
            let Some(at) = [timer, next].into_iter().flatten().min().filter(|at| *at <= until)
            else {
                self.now = until;
                return;
            };
            self.now = at;
            if next == Some(at) {
                let ((_, _), delivery) = self.queue.pop_first().expect("it was just seen");
                self.deliver(delivery);
            } else {
                self.relay.expire(self.now);
                if customer.is_some_and(|timer| timer.0 <= at) {
                    self.customer(customer::Event::Tick);
                }
                if agent.is_some_and(|timer| timer.0 <= at) {
                    self.agent(agent::Event::Tick);
                }
                let stuck = |timer: Option<Millis>| timer.is_some_and(|timer| timer.0 <= at);
                assert!(!stuck(self.customer.next_timeout()), "a timer that a tick leaves due");
                assert!(!stuck(self.agent.as_ref().and_then(Agent::next_timeout)));
            }
            self.flush_relay();
        }
        panic!("the ends do not come to rest");
    }

    pub(crate) fn customer(&mut self, event: customer::Event) {
        self.customer.handle(Millis(self.now), event, &mut self.entropy);
        self.drain_customer();
    }

    pub(crate) fn agent(&mut self, event: agent::Event) {
        if let Some(agent) = &mut self.agent {
            agent.handle(Millis(self.now), event, &mut self.entropy);
            self.drain_agent();
        }
    }

    /// Sends a page as the adapter does: only if there is room.
    pub(crate) fn page(&mut self, fresh: bool, text: &str) -> bool {
        let room = self.customer.room();
        if room {
            let batch = text.as_bytes().to_vec();
            let kind = if fresh { PageKind::Fresh } else { PageKind::Change };
            self.customer(customer::Event::Page { kind, batch, hash: text.len() as u64 });
        }
        room
    }

    /// All pages of the epoch that came last, as text.
    pub(crate) fn replica(&self) -> Vec<String> {
        let pages = self.pages.last().map(Vec::as_slice).unwrap_or_default();
        pages.iter().map(|page| String::from_utf8_lossy(&page.batch).into_owned()).collect()
    }

    /// Cuts an end's connection without a word.
    pub(crate) fn cut(&mut self, side: Side) {
        self.cut_noticed_after(side, 0);
    }

    /// The same, but the relay notices only after `ms`.
    pub(crate) fn cut_noticed_after(&mut self, side: Side, ms: u64) {
        if let Some(socket) = self.sockets[side as usize].take() {
            self.queue(ms, Delivery::RelayClosed(socket));
            match side {
                Side::Customer => self.customer(customer::Event::Closed),
                Side::Agent => self.agent(agent::Event::Closed),
            }
        }
    }

    /// The relay is killed and comes back after `ms`, knowing nothing.
    pub(crate) fn restart_relay(&mut self, ms: u64) {
        self.relay.down = true;
        self.relay.forget();
        self.cut(Side::Customer);
        self.cut(Side::Agent);
        self.run(ms);
        self.relay.down = false;
    }

    /// The customer follows a link: this page and its socket are gone, the next one looks into the
    /// tab's storage.
    pub(crate) fn load_page(&mut self) -> bool {
        if let Some(socket) = self.sockets[0].take() {
            self.queue(LATENCY, Delivery::RelayClosed(socket));
        }
        let Some(stored) = self.storage.take() else { return false };
        let secret = ResumeSecret::parse(&stored).expect("what was stored parses");
        let unix_s = UNIX_S + self.now / 1000;
        match Customer::resume(config(), secret, unix_s) {
            Ok(customer) => self.customer = customer,
            Err(_) => return false,
        }
        self.run(300);
        self.drain_customer();
        true
    }

    pub(crate) fn customer_saw(&self, name: &str) -> bool {
        self.at_customer.iter().any(|effect| format!("{effect:?}") == name)
    }

    pub(crate) fn agent_saw(&self, name: &str) -> bool {
        self.at_agent.iter().any(|effect| format!("{effect:?}") == name)
    }

    pub(crate) fn customer_ended(&self) -> Option<Ended> {
        self.at_customer.iter().find_map(|effect| match effect {
            customer::Effect::Ended(ended) => Some(*ended),
            _ => None,
        })
    }

    pub(crate) fn agent_ended(&self) -> Option<Ended> {
        self.at_agent.iter().find_map(|effect| match effect {
            agent::Effect::Ended(ended) => Some(*ended),
            _ => None,
        })
    }

    fn queue(&mut self, after: u64, delivery: Delivery) {
        self.queued += 1;
        self.queue.insert((self.now + after, self.queued), delivery);
    }

    fn deliver(&mut self, delivery: Delivery) {
        match delivery {
            Delivery::Opened(side, socket) => self.if_open(side, socket, |world| match side {
                Side::Customer => world.customer(customer::Event::Opened),
                Side::Agent => world.agent(agent::Event::Opened),
            }),
            Delivery::Message(side, socket, bytes) => {
                self.if_open(side, socket, |world| match side {
                    Side::Customer => world.customer(customer::Event::Received(bytes)),
                    Side::Agent => world.agent(agent::Event::Received(bytes)),
                });
            }
            Delivery::Closed(side, socket) => self.if_open(side, socket, |world| {
                world.sockets[side as usize] = None;
                match side {
                    Side::Customer => world.customer(customer::Event::Closed),
                    Side::Agent => world.agent(agent::Event::Closed),
                }
            }),
            Delivery::Customer(event) => self.customer(event),
            Delivery::Agent(event) => self.agent(event),
            Delivery::Relay(socket, bytes) => self.relay.received(self.now, socket, &bytes),
            Delivery::RelayClosed(socket) => self.relay.closed(socket),
        }
    }

    /// Nothing is reported of a socket that was closed.
    fn if_open(&mut self, side: Side, socket: Socket, then: impl FnOnce(&mut Self)) {
        if self.sockets[side as usize] == Some(socket) {
            then(self);
        }
    }

    fn flush_relay(&mut self) {
        while let Some((socket, out)) = self.relay.out.pop_front() {
            let side = socket.side;
            match out {
                Out::Message(bytes) => {
                    self.queue(LATENCY, Delivery::Message(side, socket, bytes));
                }
                Out::Close => self.queue(LATENCY, Delivery::Closed(side, socket)),
            }
        }
    }

    fn connect(&mut self, side: Side) {
        assert_eq!(self.sockets[side as usize], None, "one socket at a time");
        let socket = self.relay.socket(side);
        self.sockets[side as usize] = Some(socket);
        self.queue(
            LATENCY,
            if self.relay.down {
                Delivery::Closed(side, socket)
            } else {
                Delivery::Opened(side, socket)
            },
        );
    }

    fn send(&mut self, side: Side, bytes: Vec<u8>) {
        if let Some(socket) = self.sockets[side as usize] {
            self.queue(LATENCY, Delivery::Relay(socket, bytes));
        }
    }

    fn close(&mut self, side: Side) {
        if let Some(socket) = self.sockets[side as usize].take() {
            self.queue(LATENCY, Delivery::RelayClosed(socket));
        }
    }

    fn drain_customer(&mut self) {
        use customer::{Effect, Event};
        while let Some(effect) = self.customer.poll() {
            match &effect {
                Effect::Connect => self.connect(Side::Customer),
                Effect::Send(bytes) => {
                    self.send(Side::Customer, bytes.clone());
                    continue;
                }
                Effect::CloseSocket => self.close(Side::Customer),
                Effect::VerifyAgent { token, proof, signed } => {
                    let good = token == CUSTOMER_TOKEN && *proof == signature(signed);
                    self.queue(
                        1,
                        Delivery::Customer(if good && self.habits.verify {
                            Event::AgentVerified(identity())
                        } else {
                            Event::AgentRejected
                        }),
                    );
                }
                Effect::AskConsent { .. } if self.habits.allow => {
                    self.queue(1, Delivery::Customer(Event::Allow));
                }
                Effect::StoreResume(secret) => self.storage = Some(secret.to_text()),
                Effect::ClearResume => self.storage = None,
                _ => {}
            }
            self.at_customer.push(effect);
        }
        self.flush_relay();
    }

    fn drain_agent(&mut self) {
        use agent::{Effect, Event};
        while let Some(effect) = self.agent.as_mut().and_then(Agent::poll) {
            match &effect {
                Effect::Connect => self.connect(Side::Agent),
                Effect::Send(bytes) => {
                    self.send(Side::Agent, bytes.clone());
                    continue;
                }
                Effect::CloseSocket => self.close(Side::Agent),
                Effect::Sign { message } => {
                    let proof = signature(message);
                    self.queue(1, Delivery::Agent(Event::Signed(proof)));
                }
                Effect::Active { .. } => self.pages.push(Vec::new()),
                Effect::Page(page) => {
                    if self.habits.acknowledge {
                        self.queue(1, Delivery::Agent(Event::Applied(page.number)));
                    }
                    self.pages.last_mut().expect("Active comes before").push(page.clone());
                    continue;
                }
                _ => {}
            }
            self.at_agent.push(effect);
        }
        self.flush_relay();
    }
}

/// Stands for the agent's key.
fn signature(message: &[u8]) -> Vec<u8> {
    message.iter().map(|byte| byte ^ 0x5a).collect()
}

/// A repair of the whole page.
pub(crate) fn whole(number: u32) -> Repair {
    Repair { number, digest: Vec::new() }
}

/// A repair of what differs from a page with one text.
pub(crate) fn part(number: u32) -> Repair {
    use saath_core::{capture::Capture, mask::Policy, reading::Reading, replica::Replica};
    let mut capture = Capture::new(Policy::default());
    let reading = Reading::parse(&[5 | 3 << 6, 1, 2, 2, 0, 0], "text", &[4]).expect("words");
    let page = capture.turn(&reading).expect("it fits").page.expect("a page");
    let mut replica = Replica::default();
    replica.apply(&page).expect("it fits");
    Repair { number, digest: replica.tree().digest() }
}
