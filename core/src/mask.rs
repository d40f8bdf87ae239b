//! The wall: what stands on the page goes in as [`Raw`], and only what may leave comes out as
//! [`Masked`].
//!
//! Every element gets a zone from its own marks, its kind and its parent's zone; every text and
//! attribute is then treated as its zone asks. The rules and their order are those of SECURITY.md.

mod attributes;
mod choice;
mod controls;
mod flow;
mod guest;
mod joined;
mod names;
mod pictures;
mod policy;
mod selection;
mod settings;
mod sight;
mod slots;
mod states;
mod texts;
mod treat;
mod treated;
mod zone;

pub(crate) use guest::{Terms, access as guest_access, terms as guest_terms};
pub use policy::{
    Expected, Kind, Member, Mode, Patterns, Place, Policy, PolicyError, Scoped, Selectors, Value,
    View, Why,
};
pub use saath_patterns::{find, find_joined};
pub use sight::{Sight, sight};
pub use slots::Slots;
pub(crate) use slots::light;
pub use zone::{Access, access, mask_text};

use crate::assets::Addresses;
use crate::css::{self, Asked, Screen};
use crate::ids::IdSet;
use crate::node::{GAP, Namespace, NodeId};
use crate::ops::{StrId, Strings, cut};
use crate::reading::{Item, Marks, Parts, Raw, Reading, SettingName, Span};
use crate::tree::{self, Tree};
use flow::Flow;
use joined::Joined;
use names::Names;
use pictures::Pictures;
use slots::Within;
use std::borrow::Cow;
use treat::Treatment;
use treated::Treated;
use zone::Zone;

/// Texts that may leave the browser. Only [`mask`] makes them.
#[derive(Debug, Default)]
pub struct Masked(Strings);

impl Masked {
    pub(crate) fn get(&self, id: StrId) -> &str {
        self.0.get(id)
    }

    pub(crate) fn len(&self) -> u32 {
        self.0.len()
    }
}

/// A masked reading with what the masks decided.
#[derive(Debug)]
pub struct Masking {
    pub(crate) reading: Reading<Masked>,
    pub(crate) zones: Vec<(NodeId, u16)>,
    /// What is masked otherwise than before, and was not read as that. The reading is of no use: it
    /// may have what is in it, as that was before.
    pub reread: Vec<NodeId>,
    /// Texts without which others could not be judged: the reading is to be taken again with them.
    /// What could not be judged is masked.
    pub lacks: Vec<NodeId>,
    /// Whether a text was too long to be sent whole.
    pub(crate) left_out: bool,
}

/// Masks what was read. `tree` tells the zones of the ancestors that were not read again, `screen`
/// what style sheets ask of the customer's browser; `asked` takes the states that they ask for, and
/// `addresses` numbers the pictures and fonts that may be sent.
pub fn mask(
    policy: &Policy,
    tree: &Tree,
    reading: &Reading<Raw>,
    screen: &dyn Screen,
    asked: &mut Asked,
    addresses: &mut Addresses,
    slots: &mut Slots,
) -> Masking {
    let mut flow = Flow::of(reading);
    let mut joined = Joined::default();
    if policy.patterns == Patterns::On {
        joined = Joined::of(tree, reading, &mut flow);
    }
    let mut masker = Masker {
        policy,
        screen,
        asked,
        pictures: Pictures::new(addresses),
        raw: reading,
        flow,
        names: Names::of(reading.strings.len()),
        anchors: vec![None; reading.strings.len() as usize],
        treated: Treated::of(reading.strings.len()),
        strings: Strings::default(),
        items: Vec::with_capacity(reading.items.len()),
        settings: Vec::with_capacity(reading.settings.len()),
        zones: Vec::with_capacity(reading.items.len()),
        reread: vec![],
        slots,
        by_hand: vec![],
        refilled: vec![],
        filled: IdSet::default(),
        selection: None,
        left_out: false,
    };
    let mut open: Vec<Within> = vec![];
    // Shadow roots whose hosts are read as a whole.
    let mut hosted = IdSet::default();
    // How deep in what is not even told to have children.
    let mut withheld = 0_usize;
    for (index, item) in reading.items.iter().enumerate() {
        if withheld > 0 {
            match *item {
                Item::End => withheld -= 1,
                Item::Element { parts, .. }
                | Item::Shadow { parts, .. }
                | Item::Document { parts, .. } => {
                    withheld += usize::from(parts.has(Parts::CHILDREN));
                }
                Item::Known(_) => {
                    masker.reread.extend(open.last().and_then(|within| within.changed));
                }
                Item::Text { .. } => {}
            }
            if withheld > 0 {
                continue;
            }
        }
        let parent = |id| match open.last() {
            Some(&within) => within,
            None => Within::of(tree, tree.parent(id)),
        };
        match *item {
            Item::Document { id, compat, marks, parts, settings } => {
                // The document of a frame is in the frame's zone.
                let above = if id == NodeId::DOCUMENT {
                    Zone::default()
                        .with(Zone::MASK, policy.is_mask_all())
                        .with(Zone::SHOW, policy.shows_all())
                } else {
                    parent(id).zone
                };
                let zone = masker.marked(above, marks);
                let settings = masker.plain_settings(zone, parts, settings);
                masker.zones.push((id, zone.0));
                masker.items.push(Item::Document { id, compat, marks, parts, settings });
                if parts.has(Parts::CHILDREN) {
                    open.push(Within { zone, ..Within::default() });
                }
            }
            Item::Shadow { id, parts, settings } => {
                let zone = parent(id).zone;
                masker.note_root(id, parts, settings);
                if let Some(host) = open.last_mut() {
                    host.host_of = Some(id);
                    hosted.insert(id);
                }
                let settings = masker.plain_settings(zone, parts, settings);
                masker.zones.push((id, zone.0));
                masker.items.push(Item::Shadow { id, parts, settings });
                if parts.has(Parts::CHILDREN) {
                    open.push(Within { zone, tree: Some((id, zone)), ..Within::default() });
                }
            }
            Item::Element { id, namespace, tag, marks, parts, settings } => {
                let element = Element { id, namespace, tag, marks, parts, settings };
                let within = parent(id);
                let around = masker.slotted_element(&within, &element);
                let zone = masker.element(&element, around, tree);
                let list = matches!(reading.strings.get(tag), "select" | "datalist");
                let tells = list || zone.has(Zone::DRAWN);
                let is_withheld = zone.has(Zone::BLOCK) || tells && !zone.is_shown();
                if parts.has(Parts::SETTINGS) {
                    masker.note_slot(&element, zone, &within, is_withheld && !list, tree);
                }
                if parts.has(Parts::CHILDREN) {
                    let is_other = tree.contains(id) && tree.zone(id) != zone.0;
                    let changed = Some(id).filter(|_| is_other);
                    open.push(Within { zone, tree: within.tree, host_of: None, changed });
                    withheld = usize::from(is_withheld);
                }
            }
            Item::Text { id, text } => {
                let zone = masker.slotted_text(&parent(id));
                let text = masker.text(id, text, zone, joined.place(index), tree);
                masker.items.push(Item::Text { id, text });
            }
            Item::Known(id) => {
                // A shadow tree comes first.
                let opens = index.checked_sub(1).and_then(|before| reading.items.get(before));
                let is_first = matches!(opens, Some(Item::Element { .. }));
                if is_first
                    && tree.kind(id) == Some(tree::Kind::Shadow)
                    && let Some(host) = open.last_mut()
                {
                    host.host_of = Some(id);
                }
                // Its list was read, and not what is in it.
                masker.reread.extend(open.last().and_then(|within| within.changed));
                masker.items.push(*item);
            }
            Item::End => {
                open.pop();
                masker.items.push(*item);
            }
        }
    }
    masker.selection(tree);
    // Where a host is read as a whole, its shadow tree comes first.
    let refilled: IdSet<_> = masker.refilled.iter().filter(|root| !hosted.contains(root)).collect();
    for &root in refilled {
        masker.reread.extend(tree.parent(root).filter(|_| masker.filled.contains(&root)));
        masker.reread.extend(light(tree, root));
    }
    Masking {
        reading: Reading {
            items: masker.items,
            settings: masker.settings,
            strings: Masked(masker.strings),
        },
        zones: masker.zones,
        reread: masker.reread,
        lacks: joined.lacks,
        left_out: masker.left_out,
    }
}

#[derive(Debug)]
struct Element {
    id: NodeId,
    namespace: Namespace,
    tag: StrId,
    marks: Marks,
    parts: Parts,
    settings: Span,
}

struct Masker<'a> {
    policy: &'a Policy,
    screen: &'a dyn Screen,
    asked: &'a mut Asked,
    pictures: Pictures<'a>,
    raw: &'a Reading<Raw>,
    flow: Flow<'a>,
    names: Names<'a>,
    /// Of each raw text, whether an identifier may hang on what is in it.
    anchors: Vec<Option<bool>>,
    treated: Treated,
    strings: Strings,
    items: Vec<Item>,
    settings: Vec<(SettingName, StrId)>,
    zones: Vec<(NodeId, u16)>,
    reread: Vec<NodeId>,
    slots: &'a mut Slots,
    /// Shadow roots of the reading whose slots are filled by a script.
    by_hand: Vec<NodeId>,
    /// Shadow roots whose slots are others than they were.
    refilled: Vec<NodeId>,
    /// Shadow roots whose slots were asked for.
    filled: IdSet<NodeId>,
    /// Which setting is the selection: what it lies in is masked later.
    selection: Option<usize>,
    left_out: bool,
}

impl Masker<'_> {
    fn element(&mut self, element: &Element, parent: Zone, tree: &Tree) -> Zone {
        let Element { id, namespace, tag, marks, parts, settings } = *element;
        let name = self.raw.strings.get(tag);
        let zone = if parts.has(Parts::SETTINGS) {
            let breaks = self.flow.breaks(element, tree);
            self.own_zone(name, parent, marks, settings).with(Zone::INLINE, !breaks)
        } else {
            Zone(tree.zone(id))
        };
        let told = self.replica_tag(namespace, tag);
        let span = if parts.has(Parts::SETTINGS) {
            self.element_settings(namespace, name, told == GAP, zone, parent, settings)
        } else {
            self.empty_span()
        };
        if parts.has(Parts::SETTINGS) {
            let known = tree.contains(id);
            if known && tree.zone(id) != zone.0 && !parts.has(Parts::CHILDREN) {
                self.reread.push(id);
            }
            self.zones.push((id, zone.0));
        }
        // A gap or a box is an HTML element wherever it stands.
        let namespace = if told == name { namespace } else { Namespace::Html };
        let tag = self.own_text(tag, told);
        self.items.push(Item::Element { id, namespace, tag, marks, parts, settings: span });
        zone
    }

    fn marked(&self, zone: Zone, marks: Marks) -> Zone {
        #[cfg(feature = "self-test")]
        if self.policy.is_broken() {
            return Zone(Zone::SHOW);
        }
        let marked = |bit| marks.0 & bit != 0;
        zone.with(Zone::MASK, marked(Marks::MASK))
            .with(Zone::SHOW, marked(Marks::SHOW))
            .with(Zone::BLOCK, marked(Marks::BLOCK))
            .with(Zone::NO_ACT, marked(Marks::NO_ACT))
            .with(Zone::CONFIRM, marked(Marks::CONFIRM))
    }

    fn own_zone(&self, tag: &str, parent: Zone, marks: Marks, span: Span) -> Zone {
        #[cfg(feature = "self-test")]
        if self.policy.is_broken() {
            return Zone(Zone::SHOW);
        }
        let above = Zone(parent.0 & !(Zone::DRAWN | Zone::INLINE));
        self.marked(above, marks)
            .with(self.control_zone(tag, span), true)
            .with(Zone::NEVER, marks.0 & Marks::EVER_SECRET != 0 || self.is_secret(tag, span))
    }

    /// Never-zones that the kind of the control tells.
    fn is_secret(&self, tag: &str, span: Span) -> bool {
        if !matches!(tag, "input" | "textarea" | "select") {
            return false;
        }
        let own = |name| self.attr(span, name).unwrap_or("");
        let attr = |name| own(name).to_ascii_lowercase();
        if tag == "input" && matches!(attr("type").as_str(), "password" | "hidden" | "file") {
            return true;
        }
        let autocomplete = attr("autocomplete");
        autocomplete.split_ascii_whitespace().any(|token| {
            matches!(token, "one-time-code" | "cc-csc" | "current-password" | "new-password")
        }) || ["name", "id"].iter().any(|name| treat::names_a_secret(own(name)))
    }

    /// Whether a control's state is somebody's answer, as a button's is not.
    fn holds_value(&self, tag: &str, span: Span) -> bool {
        match tag {
            "textarea" | "select" => true,
            "input" => {
                let kind = self.attr(span, "type").unwrap_or("text").to_ascii_lowercase();
                !matches!(kind.as_str(), "button" | "submit" | "reset" | "image")
            }
            _ => false,
        }
    }

    fn attr(&self, span: Span, name: &str) -> Option<&str> {
        let settings = self.raw.settings.get(span.range())?;
        settings.iter().find_map(|&(key, value)| match key {
            SettingName::Attr(key) if self.raw.strings.get(key).eq_ignore_ascii_case(name) => {
                Some(self.raw.strings.get(value))
            }
            _ => None,
        })
    }

    fn treat(&mut self, raw: StrId, treatment: Treatment) -> StrId {
        if let Some(done) = self.treated.get(raw, treatment) {
            return done;
        }
        let text = self.raw.strings.get(raw);
        let text = match treatment {
            Treatment::Sheet
            | Treatment::ShownSheet
            | Treatment::Style
            | Treatment::ControlStyle
            | Treatment::ShownStyle => {
                let here = on_screen(treatment, text, self.screen, self.asked);
                Cow::Owned(treat::treat(self.policy, &self.pictures, treatment, &here).into_owned())
            }
            Treatment::QuietSheet | Treatment::QuietStyle => {
                // What it says of attributes is masked as it is.
                let mut asked = Asked::default();
                let here = on_screen(treatment, text, self.screen, &mut asked);
                self.asked.note_states(asked);
                Cow::Owned(treat::treat(self.policy, &self.pictures, treatment, &here).into_owned())
            }
            _ => treat::treat(self.policy, &self.pictures, treatment, text),
        };
        let done = self.push_cut(&text);
        self.treated.put(raw, treatment, done);
        done
    }

    fn push_cut(&mut self, text: &str) -> StrId {
        let (whole, is_cut) = cut(text);
        self.left_out |= is_cut;
        self.strings.push(whole)
    }

    /// A name from the allow-lists, shared by all that have the same raw text; mostly, as some are
    /// other elements elsewhere (`path`), or attributes (`link`).
    fn own_text(&mut self, raw: StrId, name: &str) -> StrId {
        let known = self.treated.get(raw, Treatment::Name);
        known.filter(|&known| self.strings.get(known) == name).unwrap_or_else(|| {
            let done = self.strings.push(name);
            self.treated.put(raw, Treatment::Name, done);
            done
        })
    }
}

/// CSS as the customer's screen shows it.
fn on_screen<'t>(
    treatment: Treatment,
    text: &'t str,
    screen: &dyn Screen,
    asked: &mut Asked,
) -> Cow<'t, str> {
    match treatment {
        Treatment::Style
        | Treatment::ControlStyle
        | Treatment::ShownStyle
        | Treatment::QuietStyle => css::style_on(text, screen, asked),
        _ => css::sheet_on(text, screen, asked),
    }
}
