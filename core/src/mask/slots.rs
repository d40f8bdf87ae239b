//! Slots of shadow trees: what is slotted is seen where its slot stands, and masked as that.
//!
//! A child of a host is read and told in its own place, with the marks around that; what hides its
//! slot hides it, too. The slots are remembered, since a child may be read without them. Of what
//! stands under a block or is drawn in a tick nothing is told, slots neither: where a shadow tree has
//! such a part, a child that no other slot takes is masked.

use super::zone::Zone;
use super::{Element, Masker};
use crate::ids::IdMap;
use crate::node::{NodeId, Prop};
use crate::reading::{Parts, SettingName, Span};
use crate::tree::{Kind, Setting, Tree};

/// The slots that were read, by the shadow tree that they are in.
#[derive(Debug, Default)]
pub struct Slots {
    slots: IdMap<NodeId, Vec<Slot>>,
    /// Of each slot its shadow root.
    roots: IdMap<NodeId, NodeId>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Slot {
    id: NodeId,
    takes: Takes,
    /// The bits that hide what is in it.
    bits: u16,
}

/// What goes into a slot.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Takes {
    Name(Box<str>),
    /// What a script puts there.
    Any,
    /// It is not a slot, but holds perhaps some that are not told.
    Rest,
}

/// What a node's children stand in.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Within {
    pub(super) zone: Zone,
    /// The shadow root that they are below, and its zone.
    pub(super) tree: Option<(NodeId, Zone)>,
    /// The shadow root of which they fill the slots.
    pub(super) host_of: Option<NodeId>,
    /// The element itself, if it is masked otherwise than before.
    pub(super) changed: Option<NodeId>,
}

impl Slots {
    /// What hides a child of the host of this shadow root.
    fn bits(&self, root: NodeId, name: &str) -> u16 {
        let slots = self.slots.get(&root).map_or(&[][..], Vec::as_slice);
        let mut bits = None;
        for slot in slots {
            let fits = match &slot.takes {
                Takes::Name(own) => **own == *name,
                Takes::Any => true,
                Takes::Rest => false,
            };
            if fits {
                bits = Some(bits.unwrap_or(0) | slot.bits);
            }
        }
        let rest = slots.iter().filter(|slot| slot.takes == Takes::Rest);
        bits.unwrap_or_else(|| rest.fold(0, |bits, slot| bits | slot.bits))
    }

    /// Notes a slot, or that it is none any more; the shadow roots for which this is news.
    fn note(&mut self, id: NodeId, slot: Option<(NodeId, Takes, u16)>) -> [Option<NodeId>; 2] {
        let before = self.roots.get(&id).copied();
        let Some((root, takes, bits)) = slot else { return [self.remove(id), None] };
        let left = if before.is_some_and(|before| before != root) { self.remove(id) } else { None };
        let slot = Slot { id, takes, bits };
        self.roots.insert(id, root);
        let slots = self.slots.entry(root).or_default();
        let known = slots.iter().position(|known| known.id == id);
        let before = known.map(|at| slots.swap_remove(at));
        // A slot that hides nothing takes something out of hiding only where there is some.
        let hides = slots.iter().chain(&before).any(|slot| slot.bits != 0) || slot.bits != 0;
        let is_news = hides && before.as_ref() != Some(&slot);
        slots.push(slot);
        [left, is_news.then_some(root)]
    }

    /// Forgets a node; the shadow root that it was a slot of, if some slot there hides anything.
    pub(crate) fn remove(&mut self, id: NodeId) -> Option<NodeId> {
        let root = self.roots.remove(&id)?;
        let slots = self.slots.get_mut(&root)?;
        let hides = slots.iter().any(|slot| slot.bits != 0);
        slots.retain(|slot| slot.id != id);
        if slots.is_empty() {
            self.slots.remove(&root);
        }
        hides.then_some(root)
    }
}

/// The children of the host of a shadow root, whatever slots they are in.
pub(crate) fn light(tree: &Tree, root: NodeId) -> Vec<NodeId> {
    let host = tree.parent(root).filter(|_| tree.kind(root) == Some(Kind::Shadow));
    host.into_iter().flat_map(|host| tree.children(host)).filter(|&id| id != root).collect()
}

/// The shadow root of a host that is in the tree.
pub(super) fn shadow_of(tree: &Tree, host: NodeId) -> Option<NodeId> {
    tree.children(host).next().filter(|&id| tree.kind(id) == Some(Kind::Shadow))
}

impl Within {
    /// For the children of a node in the tree.
    pub(super) fn of(tree: &Tree, parent: Option<NodeId>) -> Self {
        let Some(parent) = parent else { return Self::default() };
        let above = std::iter::successors(Some(parent), |&id| {
            let goes_on = !matches!(tree.kind(id), Some(Kind::Shadow | Kind::Document));
            tree.parent(id).filter(|_| goes_on)
        });
        let root = above.last().filter(|&id| tree.kind(id) == Some(Kind::Shadow));
        Self {
            zone: Zone(tree.zone(parent)),
            tree: root.map(|id| (id, Zone(tree.zone(id)))),
            host_of: shadow_of(tree, parent),
            changed: None,
        }
    }
}

impl Masker<'_> {
    /// The zone around a text: that of its parent, and what hides its slot.
    pub(super) fn slotted_text(&mut self, within: &Within) -> Zone {
        let Some(root) = within.host_of else { return within.zone };
        self.filled.insert(root);
        within.zone.with(self.slots.bits(root, ""), true)
    }

    /// The same for an element.
    pub(super) fn slotted_element(&mut self, within: &Within, element: &Element) -> Zone {
        let Some(root) = within.host_of else { return within.zone };
        self.filled.insert(root);
        let name = self.attr(element.settings, "slot").unwrap_or("");
        within.zone.with(self.slots.bits(root, name), true)
    }

    /// Notes what an element of a shadow tree takes in, if it is a slot, or may hold slots of which
    /// nothing is told.
    pub(super) fn note_slot(
        &mut self,
        element: &Element,
        zone: Zone,
        within: &Within,
        is_withheld: bool,
        tree: &Tree,
    ) {
        let slot = within.tree.and_then(|(root, above)| {
            let bits = zone.0 & Zone::SLOTTED & !above.0;
            if is_withheld {
                Some((root, Takes::Rest, Zone::MASK))
            } else if self.raw.strings.get(element.tag) == "slot" {
                let by_hand = self.by_hand.contains(&root)
                    || tree.setting(root, Setting::Prop(Prop::Slotted)).is_some();
                let name = self.attr(element.settings, "name").unwrap_or("");
                let takes = if by_hand { Takes::Any } else { Takes::Name(name.into()) };
                Some((root, takes, bits))
            } else {
                None
            }
        });
        if slot.is_none() && !self.slots.roots.contains_key(&element.id) {
            return;
        }
        let news = self.slots.note(element.id, slot).into_iter().flatten();
        self.refilled.extend(news);
    }

    /// Notes whether the slots of a shadow root are filled by a script.
    pub(super) fn note_root(&mut self, id: NodeId, parts: Parts, span: Span) {
        let settings = self.raw.settings.get(span.range()).unwrap_or(&[]);
        let is = |(name, _): &(SettingName, _)| *name == SettingName::Prop(Prop::Slotted);
        if parts.has(Parts::SETTINGS) && settings.iter().any(is) {
            self.by_hand.push(id);
        }
    }
}
