//! A relay as the ends see it, and what a malicious one can do to what it forwards.

use std::collections::{HashMap, VecDeque};

use saath_protocol::envelope::{FrameKind, FromRelay, Refusal, ResumeId, Side, ToRelay};
use saath_protocol::pin::Nameplate;

use crate::world::RELAY_TOKEN;

pub(crate) const TTL_S: u16 = 300;

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) struct Socket {
    pub(crate) side: Side,
    number: u32,
}

pub(crate) enum Out {
    Message(Vec<u8>),
    Close,
}

/// What is done to one forwarded message.
#[derive(Clone, Debug)]
pub(crate) enum Tamper {
    Flip {
        byte: usize,
        bit: u8,
    },
    Cut {
        at: usize,
    },
    Drop,
    Twice,
    /// The next one in the same direction goes first.
    Later,
    /// Also back to where it came from.
    Reflect,
    /// Something else goes before it.
    Inject(Vec<u8>),
}

#[derive(Default)]
pub(crate) struct Relay {
    pub(crate) down: bool,
    pub(crate) out: VecDeque<(Socket, Out)>,
    /// All that was forwarded, by sender.
    pub(crate) seen: Vec<(Side, Vec<u8>)>,
    /// What to do to which forwarded message, counted from 0.
    pub(crate) tamper: HashMap<usize, Tamper>,
    /// What was refused last.
    pub(crate) refused: Option<Refusal>,
    held: Option<(Socket, Vec<u8>)>,
    sockets: u32,
    nameplates: u32,
    rooms: HashMap<Nameplate, (Socket, u64)>,
    peers: HashMap<Socket, Socket>,
    /// Who holds which side of which id, there or thought to be.
    seats: HashMap<(ResumeId, Side), Socket>,
}

impl Relay {
    pub(crate) fn socket(&mut self, side: Side) -> Socket {
        self.sockets += 1;
        Socket { side, number: self.sockets }
    }

    pub(crate) fn forget(&mut self) {
        self.rooms.clear();
        self.peers.clear();
        self.seats.clear();
        self.held = None;
    }

    pub(crate) fn expire(&mut self, now: u64) {
        self.rooms.retain(|_, (_, until)| *until > now);
    }

    pub(crate) fn closed(&mut self, socket: Socket) {
        self.rooms.retain(|_, (customer, _)| *customer != socket);
        self.leave(socket);
    }

    pub(crate) fn received(&mut self, now: u64, socket: Socket, bytes: &[u8]) {
        if self.down {
            return;
        }
        if FrameKind::of(bytes) != Some(FrameKind::Control) {
            self.seen.push((socket.side, bytes.to_vec()));
            if let Some(peer) = self.peers.get(&socket).copied() {
                self.forward(socket, peer, bytes.to_vec());
            }
            return;
        }
        match ToRelay::decode(bytes).expect("the ends speak to the relay as they must") {
            ToRelay::Open { .. } => {
                self.nameplates += 1;
                let digits = format!("{:03}", self.nameplates);
                let nameplate = Nameplate::parse(&digits).unwrap();
                self.rooms.insert(nameplate, (socket, now + u64::from(TTL_S) * 1000));
                let session = [self.nameplates as u8; 16];
                let opened = FromRelay::Opened { nameplate, session, token: [0; 32], ttl_s: TTL_S };
                self.say(socket, &opened);
            }
            ToRelay::Claim { nameplate, token } => {
                self.expire(now);
                if token != RELAY_TOKEN {
                    return self.refuse(socket, Refusal::Unauthorized);
                }
                let Some((customer, _)) = self.rooms.remove(&nameplate) else {
                    return self.refuse(socket, Refusal::Gone);
                };
                let number: u8 = nameplate.as_str().parse().unwrap();
                self.pair(socket, customer);
                self.say(socket, &FromRelay::Claimed { session: [number; 16], token: [0; 32] });
                self.say(customer, &FromRelay::Joined);
            }
            ToRelay::Rejoin { side, id, .. } => {
                assert_eq!(side, socket.side);
                match self.seats.get(&(id, side)) {
                    Some(holder) if *holder == socket => return,
                    Some(_) => return self.refuse(socket, Refusal::Gone),
                    None => self.leave(socket),
                }
                self.seats.insert((id, side), socket);
                if let Some(peer) = self.seats.get(&(id, side.peer())).copied() {
                    self.pair(socket, peer);
                    self.say(socket, &FromRelay::Rejoined);
                    self.say(peer, &FromRelay::Rejoined);
                }
            }
            ToRelay::Burn { reason } => {
                self.rooms.retain(|_, (customer, _)| *customer != socket);
                self.seats.retain(|_, holder| *holder != socket);
                if let Some(peer) = self.part(socket) {
                    self.seats.retain(|_, holder| *holder != peer);
                    self.say(peer, &FromRelay::Ended(reason));
                }
            }
        }
    }

    pub(crate) fn say(&mut self, socket: Socket, message: &FromRelay) {
        self.out.push_back((socket, Out::Message(message.encode())));
    }

    /// To both ends of every pair.
    pub(crate) fn say_all(&mut self, message: &FromRelay) {
        for socket in self.peers.keys().copied().collect::<Vec<_>>() {
            self.say(socket, message);
        }
    }

    fn refuse(&mut self, socket: Socket, refusal: Refusal) {
        self.refused = Some(refusal);
        self.say(socket, &FromRelay::Refused(refusal));
        self.out.push_back((socket, Out::Close));
    }

    /// The other end keeps its seat.
    fn leave(&mut self, socket: Socket) {
        self.seats.retain(|_, holder| *holder != socket);
        if let Some(peer) = self.part(socket) {
            self.say(peer, &FromRelay::PeerLost);
        }
    }

    fn pair(&mut self, one: Socket, other: Socket) {
        self.peers.insert(one, other);
        self.peers.insert(other, one);
    }

    fn part(&mut self, socket: Socket) -> Option<Socket> {
        let peer = self.peers.remove(&socket)?;
        self.peers.remove(&peer);
        Some(peer)
    }

    fn forward(&mut self, from: Socket, to: Socket, mut bytes: Vec<u8>) {
        let held = self.held.take_if(|(held_for, _)| *held_for == to);
        match self.tamper.remove(&(self.seen.len() - 1)) {
            None => {}
            Some(Tamper::Flip { byte, bit }) => {
                let at = byte % bytes.len();
                bytes[at] ^= 1 << (bit % 8);
            }
            Some(Tamper::Cut { at }) => bytes.truncate(at % bytes.len()),
            Some(Tamper::Drop) => return,
            Some(Tamper::Twice) => self.out.push_back((to, Out::Message(bytes.clone()))),
            Some(Tamper::Later) => {
                self.held = Some((to, bytes));
                return;
            }
            Some(Tamper::Reflect) => self.out.push_back((from, Out::Message(bytes.clone()))),
            Some(Tamper::Inject(other)) => self.out.push_back((to, Out::Message(other))),
        }
        self.out.push_back((to, Out::Message(bytes)));
        if let Some((to, bytes)) = held {
            self.out.push_back((to, Out::Message(bytes)));
        }
    }
}
