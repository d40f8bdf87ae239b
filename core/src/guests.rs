//! Frames of other origins whose own clients take part: each is checked like a customer's page at
//! the agent's end, and then made part of the page's tree.
//!
//! The page keeps no texts, so it cannot send again what a guest has sent. When a part of a guest is
//! forgotten, by a repair or because a mark has changed, all of it is, and its client begins anew.

mod intake;
mod waiting;

use crate::assets::Addresses;
use crate::mask::{Policy, Terms, guest_terms};
use crate::message::guest::{Begin, GuestAsset, GuestPage};
use crate::message::page::PageKind;
use crate::node::NodeId;
use crate::ops::{Batch, Op};
use crate::replica::{Replica, Verdict};
use crate::tree::Tree;
use intake::{Intake, Lent, count_new};
use std::cell::RefCell;
use std::collections::{HashMap, HashSet};
use thiserror::Error;

pub use waiting::Waiting;

/// How many guests a page has at most.
pub const MAX_GUESTS: usize = 16;
/// How many nodes a guest has at most.
pub const MAX_GUEST_NODES: usize = 1 << 16;
/// The longest batch of a guest, in bytes.
pub const MAX_GUEST_BATCH: usize = 4 << 20;
/// How many numbers of the page all guests may use up, one after the other: half of all that there
/// are, so that none can take them from the page.
const MAX_SPENT: u32 = NodeId::MAX / 2;

/// A guest whose pages differ so often in a row is none.
const MAX_MISSES: u8 = 3;

/// Which guest: given by the page when one is admitted, and not used again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Seat(u32);

/// What a guest is to be told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reply {
    /// Its page is taken.
    Applied,
    /// What was taken differs: repair by this digest, or send all if there is none.
    Repair(Vec<u8>),
    /// That its page is done with, though it goes on from what is not there any more.
    Nothing,
    /// Nothing at all: it has begun anew since, and numbers its pages from the first on.
    Late,
}

/// A guest that sent what no honest one does, or more than there is room for: it is to be dismissed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("a frame of another origin broke the rules")]
pub struct Unwelcome;

/// The guests of a page.
#[derive(Debug, Default)]
pub(crate) struct Guests {
    seats: Vec<(Seat, Guest)>,
    last: u32,
    /// Whose a node of the page's tree is, and which it is there.
    owners: HashMap<NodeId, (Seat, NodeId)>,
    /// Whether a guest has another frame since they were settled.
    unsettled: bool,
    /// Numbers of the page that went to guests.
    spent: u32,
}

#[derive(Debug)]
struct Guest {
    /// The number of its `iframe` for now.
    frame: Option<NodeId>,
    turn: u32,
    holds: Holds,
    replica: Replica,
    /// The numbers of its nodes on the page.
    numbers: HashMap<NodeId, NodeId>,
    /// Those of its pictures and fonts.
    assets: HashMap<u32, u32>,
    /// That it has to be told of the turn.
    untold: bool,
    /// Pages in a row that were not what the guest said.
    misses: u8,
}

/// What the page's tree has of a guest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Holds {
    Nothing,
    /// Nothing yet: it was asked.
    Asked(Terms),
    /// Its document.
    Document(NodeId, Terms),
}

impl Holds {
    fn terms(self) -> Option<Terms> {
        match self {
            Self::Nothing => None,
            Self::Asked(terms) | Self::Document(_, terms) => Some(terms),
        }
    }
}

impl Guests {
    /// A place for one more, if there is any.
    pub(crate) fn admit(&mut self) -> Option<Seat> {
        if self.seats.len() >= MAX_GUESTS {
            return None;
        }
        self.last += 1;
        let guest = Guest {
            frame: None,
            turn: 0,
            holds: Holds::Nothing,
            replica: Replica::default(),
            numbers: HashMap::new(),
            assets: HashMap::new(),
            untold: false,
            misses: 0,
        };
        self.seats.push((Seat(self.last), guest));
        Some(Seat(self.last))
    }

    /// Takes a guest out, with all that the tree has of it.
    pub(crate) fn dismiss(&mut self, seat: Seat, tree: &mut Tree, ops: &mut Vec<Op>) {
        if let Some(at) = self.seats.iter().position(|(other, _)| *other == seat)
            && let (_, guest) = self.seats.remove(at)
            && let Holds::Document(document, _) = guest.holds
        {
            self.remove(document, tree, ops);
        }
        self.owners.retain(|_, (owner, _)| *owner != seat);
    }

    /// Says which number a guest's `iframe` has now.
    pub(crate) fn seat(&mut self, seat: Seat, frame: Option<NodeId>) {
        if let Some(guest) = find(&mut self.seats, seat)
            && guest.frame != frame
        {
            guest.frame = frame;
            self.unsettled = true;
        }
    }

    /// The page is read anew: nothing of any guest is there.
    pub(crate) fn restart(&mut self) {
        self.owners.clear();
        for (_, guest) in &mut self.seats {
            guest.holds = Holds::Nothing;
            guest.untold = false;
        }
    }

    /// Whether [`Self::settle`] has something to do though the page has not changed.
    pub(crate) fn is_unsettled(&self) -> bool {
        self.unsettled
    }

    /// Whether a node is a guest's document, which the page's own reading does not know.
    pub(crate) fn is_document(&self, id: NodeId) -> bool {
        self.owners.get(&id).is_some_and(|(_, own)| *own == NodeId::DOCUMENT)
    }

    /// Whether a node is a guest's; whose then, and its number there.
    pub(crate) fn owner(&self, id: NodeId) -> Option<(Seat, NodeId)> {
        self.owners.get(&id).copied()
    }

    /// The `iframe` of a guest.
    pub(crate) fn frame(&self, seat: Seat) -> Option<NodeId> {
        self.seats.iter().find(|(other, _)| *other == seat)?.1.frame
    }

    /// Makes what the tree has of the guests fit what it says of their frames by now: who has lost its
    /// place, or has to be on other terms, is taken out, and begins anew where it may.
    pub(crate) fn settle(&mut self, policy: &Policy, tree: &mut Tree, ops: &mut Vec<Op>) {
        self.unsettled = false;
        let mut removed = vec![];
        for (seat, guest) in &mut self.seats {
            let terms = terms(&self.owners, *seat, guest.frame, policy, tree);
            if let Holds::Document(document, _) = guest.holds {
                let in_place = tree.contains(document) && tree.parent(document) == guest.frame;
                if !in_place || guest.holds.terms() != terms {
                    removed.push(document);
                    guest.holds = Holds::Nothing;
                }
            }
            if guest.holds.terms() != terms {
                guest.holds = Holds::Nothing;
            }
            if guest.holds == Holds::Nothing
                && let Some(terms) = terms
            {
                guest.turn += 1;
                guest.replica = Replica::default();
                guest.numbers.clear();
                guest.assets.clear();
                guest.holds = Holds::Asked(terms);
                guest.untold = true;
            }
        }
        for document in removed {
            self.remove(document, tree, ops);
        }
    }

    /// Whom to tell to begin.
    pub(crate) fn take_begins(&mut self) -> Vec<(Seat, Begin)> {
        let untold = |(seat, guest): &mut (Seat, Guest)| {
            let terms = guest.holds.terms()?;
            let begin = Begin { turn: guest.turn, masked: terms == Terms::Masked };
            std::mem::take(&mut guest.untold).then_some((*seat, begin))
        };
        self.seats.iter_mut().filter_map(untold).collect()
    }

    /// Guests of which a part was forgotten are forgotten wholly, at the other end too.
    pub(crate) fn forgotten(
        &mut self,
        touched: impl Iterator<Item = NodeId>,
        tree: &mut Tree,
        ops: &mut Vec<Op>,
    ) {
        let seats: HashSet<Seat> =
            touched.filter_map(|id| self.owners.get(&id).map(|(seat, _)| *seat)).collect();
        for seat in seats {
            let Some(guest) = find(&mut self.seats, seat) else { continue };
            if let Holds::Document(document, _) =
                std::mem::replace(&mut guest.holds, Holds::Nothing)
            {
                self.remove(document, tree, ops);
            }
        }
    }

    /// Nodes of the page that are gone.
    pub(crate) fn forget(&mut self, gone: &[NodeId]) {
        if !self.owners.is_empty() {
            for id in gone {
                self.owners.remove(id);
            }
        }
    }

    fn remove(&mut self, document: NodeId, tree: &mut Tree, ops: &mut Vec<Op>) {
        let op = Op::Remove(document);
        let owners = &mut self.owners;
        let gone = |id: NodeId| {
            owners.remove(&id);
        };
        if tree.apply_reporting(&op, &Batch::default(), gone).is_ok() {
            ops.push(op);
        }
    }

    /// What becomes of a page of a guest while the page is read anew.
    pub(crate) fn leave(&self, seat: Seat, message: &GuestPage) -> Reply {
        let mut seats = self.seats.iter();
        let is_late = seats.any(|(other, guest)| *other == seat && message.turn != guest.turn);
        if is_late { Reply::Late } else { Reply::Nothing }
    }

    /// Takes a page of a guest into the tree; what that comes to is added to `out`. `reserve` gives
    /// the first of so many numbers that no node of the page has or had.
    ///
    /// # Errors
    /// [`Unwelcome`]: the guest is to be dismissed. The tree and `out` fit each other all the same.
    pub(crate) fn take(
        &mut self,
        seat: Seat,
        message: &GuestPage,
        host: Host<'_>,
        reserve: impl FnOnce(u32) -> u32,
    ) -> Result<Reply, Unwelcome> {
        let Host { policy, tree, addresses, out } = host;
        let guest = find(&mut self.seats, seat).ok_or(Unwelcome)?;
        if message.turn != guest.turn {
            return Ok(Reply::Late);
        }
        let now = terms(&self.owners, seat, guest.frame, policy, tree);
        // It may be on its way since before its frame went or was masked.
        let (Some(frame), Some(terms)) = (guest.frame, now) else { return Ok(Reply::Nothing) };
        if guest.holds.terms() != Some(terms) {
            return Ok(Reply::Nothing);
        }
        if message.page.batch.len() > MAX_GUEST_BATCH {
            return Err(Unwelcome);
        }
        if guest.untold {
            // Nobody has told it of this turn.
            return Err(Unwelcome);
        }
        let applied = guest.replica.apply(&message.page).map_err(|_| Unwelcome)?;
        if guest.replica.tree().len() > MAX_GUEST_NODES {
            return Err(Unwelcome);
        }
        if applied.verdict == Verdict::LeftOut {
            // It was asked to repair, and goes on as if it were not.
            return Err(Unwelcome);
        }
        let new = count_new(&applied.batch);
        self.spent = self.spent.saturating_add(new);
        if self.spent > MAX_SPENT {
            return Err(Unwelcome);
        }
        let intake = Intake {
            seat,
            frame,
            terms,
            policy,
            batch: &applied.batch,
            tree,
            out,
            numbers: &mut guest.numbers,
            assets: RefCell::new(Lent { numbers: &mut guest.assets, addresses }),
            owners: &mut self.owners,
            next: reserve(new),
            texts: HashMap::new(),
        };
        let is_fresh = message.page.kind == PageKind::Fresh;
        let taken = intake.take(is_fresh.then(|| guest.holds.document()));
        for id in &applied.gone {
            guest.numbers.remove(id);
        }
        guest.holds = match guest.numbers.get(&NodeId::DOCUMENT) {
            Some(&document) => Holds::Document(document, terms),
            None => Holds::Asked(terms),
        };
        taken?;
        match applied.verdict {
            Verdict::Differs(digest) => {
                guest.misses += 1;
                if guest.misses > MAX_MISSES { Err(Unwelcome) } else { Ok(Reply::Repair(digest)) }
            }
            Verdict::Equal | Verdict::LeftOut => {
                guest.misses = 0;
                Ok(Reply::Applied)
            }
        }
    }
}

impl Guests {
    /// The page's number for an asset of a guest; none if the guest began anew since, is masked, or
    /// no page of it has named the asset.
    pub(crate) fn asset(&self, seat: Seat, asset: &GuestAsset) -> Option<u32> {
        let (_, guest) = self.seats.iter().find(|(other, _)| *other == seat)?;
        if asset.turn != guest.turn || guest.untold || guest.holds.terms() != Some(Terms::Own) {
            return None;
        }
        guest.assets.get(&asset.number).copied()
    }

    /// Numbers that `named` does not know are not those of assets any more.
    pub(crate) fn withdraw(&mut self, named: impl Fn(u32) -> bool) {
        for (_, guest) in &mut self.seats {
            guest.assets.retain(|_, &mut number| named(number));
        }
    }
}

impl Holds {
    fn document(self) -> Option<NodeId> {
        match self {
            Self::Document(document, _) => Some(document),
            Self::Nothing | Self::Asked(_) => None,
        }
    }
}

fn find(seats: &mut [(Seat, Guest)], seat: Seat) -> Option<&mut Guest> {
    seats.iter_mut().find(|(other, _)| *other == seat).map(|(_, guest)| guest)
}

/// The terms for a guest where its frame is now; none if something else is in it.
fn terms(
    owners: &HashMap<NodeId, (Seat, NodeId)>,
    seat: Seat,
    frame: Option<NodeId>,
    policy: &Policy,
    tree: &Tree,
) -> Option<Terms> {
    let frame = frame?;
    let is_own = |id| owners.get(&id).is_some_and(|(owner, _)| *owner == seat);
    guest_terms(policy, tree, frame).filter(|_| tree.children(frame).all(is_own))
}

/// The page that a guest is taken into.
pub(crate) struct Host<'a> {
    pub(crate) policy: &'a Policy,
    pub(crate) tree: &'a mut Tree,
    pub(crate) addresses: &'a mut Addresses,
    /// What it comes to, to be sent.
    pub(crate) out: &'a mut Batch,
}

#[cfg(test)]
mod tests;
