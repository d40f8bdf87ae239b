//! What becomes of the texts of a page, each by itself and with those that it stands with.

use super::joined::{Place, is_blank};
use super::treat::{self, Treatment};
use super::zone::Zone;
use super::{Masker, Patterns};
use crate::node::NodeId;
use crate::ops::StrId;
use crate::tree::Tree;

impl Masker<'_> {
    /// Masks a text of a zone, and notes what it could be a part of.
    pub(super) fn text(
        &mut self,
        id: NodeId,
        raw: StrId,
        zone: Zone,
        place: Place<'_>,
        tree: &Tree,
    ) -> StrId {
        let treatment = self.text_treatment(zone);
        let text = match (treatment, place) {
            (Treatment::Net, Place::Found(covers)) => {
                let masked = treat::covered(self.raw.strings.get(raw), covers);
                self.push_cut(&masked)
            }
            (Treatment::Net, Place::Unsure) => self.treat(raw, Treatment::Blocks),
            // Most texts cannot be a part of anything.
            (Treatment::Net, Place::Alone) if !self.is_anchor(raw) => {
                self.treat(raw, Treatment::Keep)
            }
            _ => self.treat(raw, treatment),
        };
        if self.policy.patterns == Patterns::On {
            let own = self.raw.strings.get(raw);
            let caught = place != Place::Alone
                || self.is_anchor(raw)
                    && treatment == Treatment::Net
                    && self.strings.get(text) != own;
            let marks = Zone::default()
                .with(Zone::SOLID, !is_blank(own))
                .with(Zone::ANCHOR, self.is_anchor(raw))
                .with(Zone::CAUGHT, caught);
            if marks.0 != tree.zone(id) {
                self.zones.push((id, marks.0));
            }
        }
        text
    }

    fn is_anchor(&mut self, raw: StrId) -> bool {
        if self.policy.patterns == Patterns::Off {
            return false;
        }
        let text = self.raw.strings.get(raw);
        match self.anchors.get_mut(raw.0 as usize) {
            Some(known) => *known.get_or_insert_with(|| saath_patterns::may_hold_any(text)),
            None => true,
        }
    }
}
