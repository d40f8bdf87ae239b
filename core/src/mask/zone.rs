//! Zones: what an element's place and kind say of what is in it, and of what an agent may do there.

use super::{Mode, Policy, treat};
use crate::node::{NodeId, Prop};
use crate::tree::{Setting, Tree};

/// What an element's place and kind say of what is in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Zone(pub(super) u16);

impl Zone {
    pub(super) const MASK: u16 = 1;
    pub(super) const SHOW: u16 = 2;
    pub(super) const BLOCK: u16 = 4;
    pub(super) const NO_ACT: u16 = 8;
    pub(super) const CONFIRM: u16 = 16;
    /// A never-zone: no mark shows it.
    pub(super) const NEVER: u16 = 32;
    /// What is in it is a value, not the page's own text.
    pub(super) const VALUE: u16 = 64;
    /// It is in a control, or is one.
    pub(super) const CONTROL: u16 = 128;
    /// What is drawn in it is its value. Not for what is in it.
    pub(super) const DRAWN: u16 = 256;
    /// A line of text goes through it. Not for what is in it.
    pub(super) const INLINE: u16 = 512;

    /// Of a text: it is not blank.
    pub(super) const SOLID: u16 = 1 << 12;
    /// Of a text: an identifier may hang on what is in it.
    pub(super) const ANCHOR: u16 = 1 << 13;
    /// Of a text: a part of it is masked for an identifier.
    pub(super) const CAUGHT: u16 = 1 << 14;

    /// What holds for a slot, and so for what is slotted.
    pub(super) const SLOTTED: u16 = Self::MASK
        | Self::BLOCK
        | Self::NO_ACT
        | Self::CONFIRM
        | Self::NEVER
        | Self::VALUE
        | Self::CONTROL;

    pub(super) fn has(self, bits: u16) -> bool {
        self.0 & bits != 0
    }

    pub(super) fn with(self, bits: u16, when: bool) -> Self {
        if when { Self(self.0 | bits) } else { self }
    }

    /// Whether a show mark covers it and nothing masks it.
    pub(super) fn is_shown(self) -> bool {
        self.has(Self::SHOW) && !self.is_hidden()
    }

    pub(super) fn is_hidden(self) -> bool {
        self.has(Self::MASK | Self::NEVER | Self::BLOCK)
    }

    /// Of something that is not hidden.
    pub(super) fn access(self) -> Access {
        if self.has(Self::NO_ACT) {
            Access::Excluded
        } else if self.has(Self::CONFIRM) {
            Access::Confirm
        } else {
            Access::Free
        }
    }
}

/// What an agent may do with an element.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Act on it.
    Free,
    /// Nothing: it is masked or a never-zone.
    Masked,
    /// Nothing: the portal excluded it.
    Excluded,
    /// Act on it once the customer agrees.
    Confirm,
}

/// What an agent may do with an element of the page, by the newest reading of it. A form control
/// whose value is withheld counts as masked.
pub fn access(policy: &Policy, tree: &Tree, id: NodeId) -> Access {
    let zone = Zone(tree.zone(id));
    let withheld = tree.setting(id, Setting::Prop(Prop::Withheld)).is_some()
        || zone.has(Zone::VALUE | Zone::DRAWN) && !zone.is_shown();
    // What was never sent is not there for the agent.
    if !tree.contains(id) || zone.is_hidden() || withheld || policy.is_mask_all() {
        Access::Masked
    } else {
        zone.access()
    }
}

/// Masks a text that belongs to the whole page, its title or the path of its address, as the
/// element that stands for it is masked: the `title`, or the root.
pub fn mask_text(policy: &Policy, tree: &Tree, element: Option<NodeId>, text: &str) -> String {
    let known = element.filter(|&id| tree.contains(id));
    let hidden = known.is_none_or(|id| Zone(tree.zone(id)).is_hidden());
    if hidden || policy.mode == Mode::Strict || policy.is_mask_all() {
        treat::blocks(text)
    } else {
        treat::net(policy, text).into_owned()
    }
}
