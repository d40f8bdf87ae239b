//! The ops of a guest as those of the page: with the page's numbers, and as the page's masks have it.

use super::{Seat, Unwelcome};
use crate::assets::Addresses;
use crate::mask::{Policy, Terms};
use crate::node::{NodeId, Prop};
use crate::ops::{Batch, Key, MAX_TEXT, Op, Place, StrId};
use crate::selection;
use crate::tree::Tree;
use std::cell::RefCell;
use std::collections::HashMap;

/// One page of a guest on its way into the page's tree.
pub(super) struct Intake<'a> {
    pub(super) seat: Seat,
    pub(super) frame: NodeId,
    pub(super) terms: Terms,
    pub(super) policy: &'a Policy,
    /// Checked by the guest's replica: it fits, and only allowed names are in it.
    pub(super) batch: &'a Batch,
    pub(super) tree: &'a mut Tree,
    pub(super) out: &'a mut Batch,
    pub(super) numbers: &'a mut HashMap<NodeId, NodeId>,
    pub(super) assets: RefCell<Lent<'a>>,
    pub(super) owners: &'a mut HashMap<NodeId, (Seat, NodeId)>,
    /// The next number that is free.
    pub(super) next: u32,
    /// Names and texts that go as they are.
    pub(super) texts: HashMap<StrId, StrId>,
}

/// The page's numbers for the assets of a guest.
pub(super) struct Lent<'a> {
    pub(super) numbers: &'a mut HashMap<u32, u32>,
    pub(super) addresses: &'a mut Addresses,
}

impl Lent<'_> {
    /// The page's number for one of the guest's; none if there are too many.
    pub(super) fn number(&mut self, own: u32) -> Option<u32> {
        if let Some(&number) = self.numbers.get(&own) {
            return Some(number);
        }
        let number = self.addresses.lend()?;
        self.numbers.insert(own, number);
        Some(number)
    }
}

/// How many numbers a batch needs.
pub(super) fn count_new(batch: &Batch) -> u32 {
    let is_new = |op: &&Op| {
        matches!(
            op,
            Op::Document(_)
                | Op::Element { .. }
                | Op::Text { .. }
                | Op::Shadow { .. }
                | Op::Frame { .. }
        )
    };
    u32::try_from(batch.ops.iter().filter(is_new).count()).unwrap_or(u32::MAX)
}

/// Whether a state is about other nodes, by their numbers.
fn names_nodes(prop: Prop) -> bool {
    matches!(prop, Prop::Slotted | Prop::TopLayer | Prop::Selection)
}

impl Intake<'_> {
    /// Takes all of it; `fresh` is the document, if any, in whose place it comes.
    pub(super) fn take(mut self, fresh: Option<Option<NodeId>>) -> Result<(), Unwelcome> {
        if let Some(document) = fresh {
            self.numbers.clear();
            if let Some(document) = document {
                self.emit(Op::Remove(document))?;
            }
        }
        let batch = self.batch;
        // What names nodes may stand before them, and waits until all have their numbers.
        let mut naming = vec![];
        for op in &batch.ops {
            match *op {
                Op::Set { id, key: Key::Prop(prop), .. } if names_nodes(prop) => {
                    naming.push((id, prop, op));
                    continue;
                }
                Op::Unset { id, key: Key::Prop(prop) } if names_nodes(prop) => {
                    naming.retain(|&(other, key, _)| (other, key) != (id, prop));
                }
                _ => {}
            }
            self.one(op)?;
        }
        // Of what has gone again nothing is told.
        naming.retain(|(id, ..)| {
            self.numbers.get(id).is_some_and(|&number| self.tree.contains(number))
        });
        naming.into_iter().try_for_each(|(.., op)| self.one(op))
    }

    fn one(&mut self, op: &Op) -> Result<(), Unwelcome> {
        let batch = self.batch;
        let op = match *op {
            Op::Document(compat) => {
                Op::Frame { id: self.new_number(NodeId::DOCUMENT)?, host: self.frame, compat }
            }
            Op::Element { id, at, namespace, tag } => {
                let (at, tag) = (self.place(at)?, self.name(tag));
                Op::Element { id: self.new_number(id)?, at, namespace, tag }
            }
            Op::Text { id, at, text } => {
                let (at, text) = (self.place(at)?, self.text(text));
                Op::Text { id: self.new_number(id)?, at, text }
            }
            Op::Shadow { id, host } => {
                let host = self.number(host)?;
                Op::Shadow { id: self.new_number(id)?, host }
            }
            Op::Frame { id, host, compat } => {
                let host = self.number(host)?;
                Op::Frame { id: self.new_number(id)?, host, compat }
            }
            Op::Move { id, at } => Op::Move { id: self.number(id)?, at: self.place(at)? },
            Op::Remove(id) => Op::Remove(self.number(id)?),
            Op::SetText { id, text } => Op::SetText { id: self.number(id)?, text: self.text(text) },
            Op::Set { id, key: Key::Attr(name), value } => {
                let id = self.number(id)?;
                let (name_text, value) = (batch.text(name), batch.text(value));
                let numbers = |own| self.assets.borrow_mut().number(own);
                let told = self.terms.attribute(self.policy, &numbers, name_text, value);
                let key = Key::Attr(self.name(name));
                match told {
                    Some(told) => Op::Set { id, key, value: self.out.strings.push(&told) },
                    None => return self.unset(id, key),
                }
            }
            Op::Set { id, key: Key::Prop(prop), value } => {
                let id = self.number(id)?;
                match self.state(prop, batch.text(value)) {
                    Some(told) => {
                        let value = self.out.strings.push(&told);
                        Op::Set { id, key: Key::Prop(prop), value }
                    }
                    None => return self.unset(id, Key::Prop(prop)),
                }
            }
            Op::Unset { id, key } => {
                let id = self.number(id)?;
                let key = match key {
                    Key::Attr(name) => Key::Attr(self.name(name)),
                    Key::Prop(_) => key,
                };
                return self.unset(id, key);
            }
            // A replica clears by name.
            Op::Clear(_) => return Err(Unwelcome),
        };
        self.emit(op)
    }

    fn state(&self, prop: Prop, value: &str) -> Option<String> {
        let number = |word: &str| {
            let own = word.parse().ok().map(NodeId)?;
            self.numbers.get(&own).map(|id| id.0.to_string())
        };
        match prop {
            Prop::Slotted => {
                Some(value.split(' ').filter_map(number).collect::<Vec<_>>().join(" "))
            }
            Prop::TopLayer => {
                let mut words = value.split(' ');
                let kind =
                    words.next().filter(|w| ["modal", "popover", "fullscreen"].contains(w))?;
                let order: u32 = words.next()?.parse().ok()?;
                let opener = words.next().and_then(number);
                let opener = opener.map(|id| format!(" {id}")).unwrap_or_default();
                Some(format!("{kind} {order}{opener}"))
            }
            Prop::Selection => {
                let line = |line: &str| {
                    let mut words = line.split(' ');
                    let kind = words.next()?;
                    let mut out = kind.to_owned();
                    for (place, word) in words.enumerate() {
                        // Offsets are between a node and what it stands in.
                        let told = if place % 3 == 1 { word.to_owned() } else { number(word)? };
                        out = format!("{out} {told}");
                    }
                    Some(out)
                };
                let told: Vec<String> = value.lines().take(2).filter_map(line).collect();
                let told = selection::clean(&told.join("\n"), |_, _| true, |_| true);
                self.terms.state(&|_| None, prop, &told).map(Into::into)
            }
            _ => {
                let numbers = |own| self.assets.borrow_mut().number(own);
                self.terms.state(&numbers, prop, value).map(Into::into)
            }
        }
    }

    /// What was not told need not be taken back.
    fn unset(&mut self, id: NodeId, key: Key) -> Result<(), Unwelcome> {
        if self.tree.has_setting(id, key, self.out) {
            self.emit(Op::Unset { id, key })
        } else {
            Ok(())
        }
    }

    fn new_number(&mut self, own: NodeId) -> Result<NodeId, Unwelcome> {
        let id = NodeId(self.next);
        if !(2..=NodeId::MAX).contains(&id.0) {
            return Err(Unwelcome);
        }
        self.next += 1;
        self.numbers.insert(own, id);
        self.owners.insert(id, (self.seat, own));
        Ok(id)
    }

    fn number(&self, own: NodeId) -> Result<NodeId, Unwelcome> {
        self.numbers.get(&own).copied().ok_or(Unwelcome)
    }

    fn place(&self, at: Place) -> Result<Place, Unwelcome> {
        let before = at.before.map(|before| self.number(before)).transpose()?;
        Ok(Place { parent: self.number(at.parent)?, before })
    }

    fn name(&mut self, id: StrId) -> StrId {
        let (batch, out) = (self.batch, &mut *self.out);
        *self.texts.entry(id).or_insert_with(|| out.strings.push(batch.text(id)))
    }

    fn text(&mut self, id: StrId) -> StrId {
        match self.terms {
            Terms::Own => self.name(id),
            Terms::Masked => {
                let masked = self.terms.text(self.batch.text(id));
                self.out.strings.push(&masked)
            }
        }
    }

    /// What the guest's own replica took can only be too much for the page's tree.
    fn emit(&mut self, op: Op) -> Result<(), Unwelcome> {
        let owners = &mut *self.owners;
        let gone = |id: NodeId| {
            owners.remove(&id);
        };
        self.tree.apply_reporting(&op, self.out, gone).map_err(|_| Unwelcome)?;
        self.out.ops.push(op);
        // The same text may become another one in each place.
        if self.out.strings.bytes() > MAX_TEXT { Err(Unwelcome) } else { Ok(()) }
    }
}
