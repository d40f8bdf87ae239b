//! What is told of the customer's selection.
//!
//! It stands on the document, which is read before what it lies in, so it is judged last.

use super::Masker;
use super::zone::Zone;
use crate::ids::IdMap;
use crate::node::NodeId;
use crate::selection;
use crate::tree::Tree;

impl Masker<'_> {
    /// Puts the selection in its place, now that all that it can lie in has a zone.
    pub(super) fn selection(&mut self, tree: &Tree) {
        let Some(raw) = self.selection.and_then(|place| self.settings.get(place)) else { return };
        let zones: IdMap<NodeId, u16> = self.zones.iter().copied().collect();
        let zone = |id| match zones.get(&id) {
            Some(&zone) => Some(Zone(zone)),
            None => tree.contains(id).then(|| Zone(tree.zone(id))),
        };
        let text = selection::clean(
            self.raw.strings.get(raw.1),
            // Places in a text of which a part is masked would tell how long that was.
            |id, within| {
                !zone(id).is_some_and(|zone| zone.has(Zone::CAUGHT))
                    && zone(within).is_some_and(|zone| !self.hides_text(zone))
            },
            |id| zone(id).is_some_and(|zone| !zone.has(Zone::BLOCK)),
        );
        let value = self.strings.push(&text);
        if let Some(setting) = self.selection.and_then(|place| self.settings.get_mut(place)) {
            setting.1 = value;
        }
    }
}
