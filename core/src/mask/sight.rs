//! What the agent sees of an element, for the customer who looks at it: their own part in it, and
//! which part of it is theirs to change.

use super::zone::Zone;
use super::{Mode, Policy};
use crate::node::{NodeId, Prop};
use crate::tree::{Setting, Tree};

/// What the agent sees of an element.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sight {
    /// What is in it, but for what the pattern net finds.
    Shown,
    /// A value, masked by mode `values` and by nothing else: a show mark would show it.
    Unmarked,
    /// Nothing: it is masked or blocked by a mark, a never-zone, or was not sent.
    Hidden,
}

/// What the agent sees of an element, by the newest reading of it.
pub fn sight(policy: &Policy, tree: &Tree, id: NodeId) -> Sight {
    let zone = Zone(tree.zone(id));
    if !tree.contains(id) || policy.is_mask_all() || zone.is_hidden() {
        return Sight::Hidden;
    }
    let withheld = tree.setting(id, Setting::Prop(Prop::Withheld)).is_some();
    match policy.mode {
        _ if zone.is_shown() => Sight::Shown,
        Mode::Strict => Sight::Hidden,
        Mode::Values if withheld || zone.has(Zone::VALUE | Zone::DRAWN) => Sight::Unmarked,
        Mode::Values => Sight::Shown,
    }
}
