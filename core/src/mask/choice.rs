//! Which treatment a text gets, by what it is and by the zone that it lies in.

use super::attributes::mirrors;
use super::treat::{self, Treatment};
use super::zone::Zone;
use super::{Masker, Mode, flow};
use crate::node::{AttrKind, Namespace, Prop};

impl Masker<'_> {
    pub(super) fn text_treatment(&self, zone: Zone) -> Treatment {
        if self.hides_text(zone) { Treatment::Blocks } else { Treatment::Net }
    }

    pub(super) fn hides_text(&self, zone: Zone) -> bool {
        zone.is_hidden()
            || !zone.is_shown() && (zone.has(Zone::VALUE) || self.policy.mode == Mode::Strict)
    }

    pub(super) fn prop_treatment(
        &self,
        tag: &str,
        prop: Prop,
        zone: Zone,
        hidden: bool,
    ) -> Treatment {
        match prop {
            Prop::Value if zone.has(Zone::NEVER) => Treatment::Secret,
            Prop::Value if hidden => Treatment::Blocks,
            Prop::Value if tag == "option" => Treatment::Empty,
            Prop::Value => Treatment::Net,
            Prop::Sheet | Prop::Adopted if self.hides_text(zone) => Treatment::QuietSheet,
            Prop::Sheet | Prop::Adopted if zone.is_shown() => Treatment::ShownSheet,
            Prop::Sheet | Prop::Adopted => Treatment::Sheet,
            // What moves in a control, or is coloured, can be its value.
            Prop::Animations
                if zone.has(Zone::BLOCK)
                    || Self::withholds(zone)
                    || zone.has(Zone::DRAWN) && !zone.is_shown() =>
            {
                Treatment::NamedMotion
            }
            Prop::Animations if self.hides_text(zone) => Treatment::QuietMotion,
            Prop::Animations => Treatment::Motion,
            // Told by word, each where it belongs.
            Prop::Withheld
            | Prop::Picture
            | Prop::State
            | Prop::Scheme
            | Prop::Selection
            | Prop::Slotted => Treatment::Empty,
            // What the page is scrolled by is where the customer is.
            Prop::Scroll if self.hides_text(zone) && !matches!(tag, "" | "html" | "body") => {
                Treatment::Steps
            }
            // Pictures and frames have a size of their own.
            Prop::Size if zone.has(Zone::BLOCK) && !flow::is_replaced(tag) => {
                if flow::breaks(Namespace::Html, tag) { Treatment::Box } else { Treatment::LineBox }
            }
            Prop::Checked
            | Prop::Indeterminate
            | Prop::Selected
            | Prop::Scroll
            | Prop::TopLayer
            | Prop::Size => Treatment::Keep,
        }
    }

    /// How an attribute's value is treated; `None` leaves the attribute away.
    pub(super) fn attr_treatment(
        &self,
        tag: &str,
        name: &str,
        kind: AttrKind,
        value: &str,
        zone: Zone,
    ) -> Option<Treatment> {
        if zone.has(Zone::BLOCK) {
            return matches!(name, "class" | "hidden" | "slot").then_some(Treatment::Net);
        }
        let hidden = zone.is_hidden();
        let shown = zone.is_shown();
        match kind {
            // Whether the sheet is in force was settled at this end.
            AttrKind::Data if tag == "style" && matches!(name, "media" | "title") => None,
            // The live state is a prop; the attribute would tell the first one.
            AttrKind::Structure if matches!(name, "checked" | "selected") => None,
            AttrKind::Structure if hidden && !treat::is_layout(name) => None,
            // On an element of the page's own making such a name can mean anything.
            AttrKind::Structure if tag.contains('-') && !treat::is_layout(name) => {
                (!Self::withholds(zone)).then_some(Treatment::Net)
            }
            AttrKind::Structure if hidden && matches!(name, "width" | "height") => {
                Some(Treatment::Rough)
            }
            // Geometry and flags: the net would take the numbers of a drawing for somebody's.
            AttrKind::Structure => Some(Treatment::Keep),
            AttrKind::Name
                if matches!(name, "class" | "part" | "exportparts") && Self::withholds(zone) =>
            {
                Some(Treatment::ControlClass)
            }
            AttrKind::Name => Some(Treatment::Net),
            // What is drawn by it is the value.
            AttrKind::Style if !shown && zone.has(Zone::DRAWN) => None,
            // A field is as large as it is laid out, at most with its lines.
            AttrKind::Style if Self::withholds(zone) && !is_field(tag) => {
                Some(Treatment::ControlStyle)
            }
            AttrKind::Style if is_field(tag) && !shown => Some(Treatment::QuietStyle),
            AttrKind::Style if self.hides_text(zone) => Some(Treatment::QuietStyle),
            AttrKind::Style if shown => Some(Treatment::ShownStyle),
            AttrKind::Style => Some(Treatment::Style),
            AttrKind::Link => Some(Treatment::Link),
            AttrKind::Fragment => value.starts_with('#').then_some(Treatment::Net),
            AttrKind::Seen if shown => Some(Treatment::Net),
            AttrKind::Seen => Some(Treatment::Blocks),
            AttrKind::Data if name == "value" && tag == "li" && !hidden => Some(Treatment::Keep),
            AttrKind::Data if shown => Some(Treatment::Net),
            AttrKind::Data if !name.contains('-') && !name.starts_with('_') => None,
            AttrKind::Data if name.starts_with("aria-") => None,
            // Selectors ask for presence and for states; anything else may be data.
            AttrKind::Data if !hidden && treat::is_state_word(value) && !mirrors(name) => {
                Some(Treatment::Keep)
            }
            AttrKind::Data => Some(Treatment::Empty),
        }
    }
}

fn is_field(tag: &str) -> bool {
    matches!(tag, "input" | "select" | "textarea")
}
