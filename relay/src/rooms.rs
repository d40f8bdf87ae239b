//! Which two peers are in which room, in virtual time and without sockets.
//!
//! A room begins with a customer who waits for a nameplate to be claimed, or with either end that
//! comes back by its resume id (the relay may have been restarted, so any id is good). Every call
//! is one event; **drain [`Rooms::poll`] after each**.

use std::collections::{BTreeSet, HashMap, VecDeque};
use std::time::{Duration, Instant};

use saath_protocol::envelope::{
    BurnReason, FromRelay, Refusal, ResumeId, RoomToken, SessionId, Side,
};
use saath_protocol::pin::Nameplate;

/// One socket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PeerId(pub u64);

/// One meeting of two peers. Another each time, also of the same two in the same room.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct PairId(pub u64);

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
struct RoomId(u64);

/// How long rooms wait.
#[derive(Debug, Clone, Copy)]
pub struct Waits {
    /// For an agent to claim the nameplate.
    pub claim: Duration,
    /// For an end that was lost.
    pub grace: Duration,
}

/// What is to be done about an event.
#[derive(Debug, PartialEq, Eq)]
pub enum Output {
    /// Tell a peer.
    Send(PeerId, FromRelay),
    /// Tell a peer that it is refused, and close its socket.
    Refuse(PeerId, Refusal),
    /// From here on, what one says goes to the other. Comes before either is told.
    Pair(PairId, PeerId, PeerId),
    /// From here on, what this peer says goes nowhere and nothing comes to it.
    Part(PeerId),
    /// The nameplate is not waiting any more.
    Release(Nameplate),
}

/// Rooms by what they wait for.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Census {
    /// For an agent.
    pub unclaimed: usize,
    /// For nothing: both ends are there.
    pub paired: usize,
    /// For an end that was lost.
    pub lost: usize,
}

/// All rooms of this relay.
pub struct Rooms {
    waits: Waits,
    rooms: HashMap<RoomId, Room>,
    places: HashMap<PeerId, (RoomId, Side)>,
    nameplates: HashMap<Nameplate, RoomId>,
    resumes: HashMap<ResumeId, RoomId>,
    deadlines: BTreeSet<(Instant, RoomId)>,
    outputs: VecDeque<Output>,
    next: u64,
}

struct Room {
    customer: Option<PeerId>,
    agent: Option<PeerId>,
    kind: Kind,
    deadline: Option<Instant>,
}

enum Kind {
    Unclaimed(Nameplate, SessionId),
    Claimed,
    Resumed(ResumeId),
    /// One end closed the room while the other was away; kept to tell it.
    Burnt(ResumeId, BurnReason),
}

impl Room {
    fn place(&mut self, side: Side) -> &mut Option<PeerId> {
        match side {
            Side::Customer => &mut self.customer,
            Side::Agent => &mut self.agent,
        }
    }

    fn peers(&self) -> impl Iterator<Item = PeerId> + use<> {
        [self.customer, self.agent].into_iter().flatten()
    }
}

impl Rooms {
    /// No rooms.
    pub fn new(waits: Waits) -> Self {
        Self {
            waits,
            rooms: HashMap::new(),
            places: HashMap::new(),
            nameplates: HashMap::new(),
            resumes: HashMap::new(),
            deadlines: BTreeSet::new(),
            outputs: VecDeque::new(),
            next: 0,
        }
    }

    /// A customer waits for an agent under `nameplate`, which the directory gave for this.
    pub fn open(
        &mut self,
        now: Instant,
        peer: PeerId,
        nameplate: Nameplate,
        session: SessionId,
        token: RoomToken,
    ) {
        self.leave(now, peer);
        let id = self.create(Kind::Unclaimed(nameplate, session));
        self.seat(id, Side::Customer, peer);
        self.nameplates.insert(nameplate, id);
        self.wait(id, now + self.waits.claim);
        let ttl_s = self.waits.claim.as_secs_f64().ceil() as u16;
        self.send(peer, FromRelay::Opened { nameplate, session, token, ttl_s });
    }

    /// An agent takes the room of `nameplate`. The first one has it; the directory saw to that
    /// among relays, and this does among the peers of this one.
    ///
    /// # Errors
    /// [`Refusal::Gone`]: nobody waits under this nameplate.
    pub fn claim(
        &mut self,
        now: Instant,
        peer: PeerId,
        nameplate: Nameplate,
        token: RoomToken,
    ) -> Result<(), Refusal> {
        self.leave(now, peer);
        let id = self.nameplates.remove(&nameplate).ok_or(Refusal::Gone)?;
        self.stop_waiting(id);
        let room = self.rooms.get_mut(&id).ok_or(Refusal::Gone)?;
        let Kind::Unclaimed(_, session) = std::mem::replace(&mut room.kind, Kind::Claimed) else {
            return Err(Refusal::Gone);
        };
        let customer = room.customer.ok_or(Refusal::Gone)?;
        self.seat(id, Side::Agent, peer);
        // First, or what a fast end answers would go nowhere. The agent speaks first, so it is told
        // last.
        self.pair(customer, peer);
        self.send(customer, FromRelay::Joined);
        self.send(peer, FromRelay::Claimed { session, token });
        Ok(())
    }

    /// One end comes back. It leaves the room it is in, if any.
    ///
    /// # Errors
    /// [`Refusal::Gone`]: another socket holds this side of this id.
    pub fn rejoin(
        &mut self,
        now: Instant,
        peer: PeerId,
        side: Side,
        resume: ResumeId,
    ) -> Result<(), Refusal> {
        let known = self.resumes.get(&resume).copied();
        if let Some(holder) = known.and_then(|id| *self.rooms.get_mut(&id)?.place(side)) {
            return if holder == peer { Ok(()) } else { Err(Refusal::Gone) };
        }
        self.leave(now, peer);
        // Leaving may have closed the room, had the peer sat in it on the other side.
        let known = self.resumes.get(&resume).copied();
        if let Some(Kind::Burnt(_, reason)) =
            known.and_then(|id| self.rooms.get(&id)).map(|room| &room.kind)
        {
            let reason = *reason;
            self.send(peer, FromRelay::Ended(reason));
            return Ok(());
        }
        let id = known.unwrap_or_else(|| {
            let id = self.create(Kind::Resumed(resume));
            self.resumes.insert(resume, id);
            id
        });
        self.seat(id, side, peer);
        match self.rooms.get_mut(&id).and_then(|room| *room.place(side.peer())) {
            Some(other) => {
                self.stop_waiting(id);
                let (customer, agent) = match side {
                    Side::Customer => (peer, other),
                    Side::Agent => (other, peer),
                };
                // As in `claim`; here the customer speaks first.
                self.pair(customer, agent);
                self.send(agent, FromRelay::Rejoined);
                self.send(customer, FromRelay::Rejoined);
            }
            None => self.wait(id, now + self.waits.grace),
        }
        Ok(())
    }

    /// A peer closes its room. Without a room, nothing happens: the other end may have been faster.
    pub fn burn(&mut self, now: Instant, peer: PeerId, reason: BurnReason) {
        let Some((id, side)) = self.places.get(&peer).copied() else { return };
        let Some(room) = self.rooms.get_mut(&id) else { return };
        match (*room.place(side.peer()), &room.kind) {
            (Some(other), _) => {
                self.close(id);
                self.send(other, FromRelay::Ended(reason));
            }
            (None, &Kind::Resumed(resume)) => {
                self.close(id);
                let id = self.create(Kind::Burnt(resume, reason));
                self.resumes.insert(resume, id);
                self.wait(id, now + self.waits.grace);
            }
            (None, _) => self.close(id),
        }
    }

    /// A socket is gone, or goes to another room.
    pub fn leave(&mut self, now: Instant, peer: PeerId) {
        let Some((id, side)) = self.places.get(&peer).copied() else { return };
        let other = self.rooms.get_mut(&id).and_then(|room| *room.place(side.peer()));
        let Some(other) = other else {
            self.close(id);
            return;
        };
        self.unseat(peer);
        self.outputs.push_back(Output::Part(other));
        self.send(other, FromRelay::PeerLost);
        self.wait(id, now + self.waits.grace);
    }

    /// Closes the rooms that waited long enough.
    pub fn tick(&mut self, now: Instant) {
        while let Some((_, id)) = self.deadlines.first().copied().filter(|(at, _)| *at <= now) {
            let Some(room) = self.rooms.get(&id) else { return };
            let unclaimed = matches!(room.kind, Kind::Unclaimed(..));
            let peers = room.peers();
            self.close(id);
            for peer in peers {
                if unclaimed {
                    self.send(peer, FromRelay::Expired);
                } else {
                    self.outputs.push_back(Output::Refuse(peer, Refusal::Gone));
                }
            }
        }
    }

    /// When [`tick`](Self::tick) has something to do next.
    pub fn next_deadline(&self) -> Option<Instant> {
        self.deadlines.first().map(|(at, _)| *at)
    }

    /// The next thing to be done.
    pub fn poll(&mut self) -> Option<Output> {
        self.outputs.pop_front()
    }

    /// Whether a peer is in a room.
    pub fn seated(&self, peer: PeerId) -> bool {
        self.places.contains_key(&peer)
    }

    /// Counts the rooms; looks at each.
    pub fn census(&self) -> Census {
        let mut census = Census::default();
        for room in self.rooms.values() {
            match room.kind {
                Kind::Unclaimed(..) => census.unclaimed += 1,
                _ if room.customer.is_some() && room.agent.is_some() => census.paired += 1,
                _ => census.lost += 1,
            }
        }
        census
    }

    fn send(&mut self, peer: PeerId, message: FromRelay) {
        self.outputs.push_back(Output::Send(peer, message));
    }

    fn pair(&mut self, a: PeerId, b: PeerId) {
        let id = PairId(self.unique());
        self.outputs.push_back(Output::Pair(id, a, b));
    }

    fn unique(&mut self) -> u64 {
        self.next += 1;
        self.next
    }

    fn create(&mut self, kind: Kind) -> RoomId {
        let id = RoomId(self.unique());
        self.rooms.insert(id, Room { customer: None, agent: None, kind, deadline: None });
        id
    }

    fn seat(&mut self, id: RoomId, side: Side, peer: PeerId) {
        if let Some(room) = self.rooms.get_mut(&id) {
            *room.place(side) = Some(peer);
            self.places.insert(peer, (id, side));
        }
    }

    fn unseat(&mut self, peer: PeerId) {
        if let Some((id, side)) = self.places.remove(&peer) {
            if let Some(room) = self.rooms.get_mut(&id) {
                *room.place(side) = None;
            }
            self.outputs.push_back(Output::Part(peer));
        }
    }

    fn wait(&mut self, id: RoomId, until: Instant) {
        self.stop_waiting(id);
        if let Some(room) = self.rooms.get_mut(&id) {
            room.deadline = Some(until);
            self.deadlines.insert((until, id));
        }
    }

    fn stop_waiting(&mut self, id: RoomId) {
        if let Some(until) = self.rooms.get_mut(&id).and_then(|room| room.deadline.take()) {
            self.deadlines.remove(&(until, id));
        }
    }

    fn close(&mut self, id: RoomId) {
        self.stop_waiting(id);
        let Some(room) = self.rooms.get(&id) else { return };
        for peer in room.peers() {
            self.unseat(peer);
        }
        match self.rooms.remove(&id).map(|room| room.kind) {
            Some(Kind::Unclaimed(nameplate, _)) => {
                self.nameplates.remove(&nameplate);
                self.outputs.push_back(Output::Release(nameplate));
            }
            Some(Kind::Resumed(resume) | Kind::Burnt(resume, _)) => {
                self.resumes.remove(&resume);
            }
            Some(Kind::Claimed) | None => {}
        }
    }
}
