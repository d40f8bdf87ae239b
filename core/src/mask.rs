//! The wall: what stands on the page goes in as [`Raw`], and only what may leave comes out as
//! [`Masked`].
//!
//! Every element gets a zone from its own marks, its kind and its parent's zone; every text and
//! attribute is then treated as its zone asks. The rules and their order are those of SECURITY.md.

mod patterns;
mod policy;
mod treat;

pub use patterns::{find, find_joined};
pub use policy::{Mode, Patterns, Policy, PolicyError, Selectors, View};

use crate::node::{AttrKind, AttrName, Namespace, NodeId, Prop, replica_tag};
use crate::ops::{StrId, Strings};
use crate::reading::{Item, Marks, Parts, Raw, Reading, SettingName, Span};
use crate::tree::Tree;
use treat::Treatment;

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
    /// Elements whose zone changed while their children were not read: read them whole.
    pub reread: Vec<NodeId>,
}

/// What an element's place and kind say of what is in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Zone(u16);

impl Zone {
    const MASK: u16 = 1;
    const SHOW: u16 = 2;
    const BLOCK: u16 = 4;
    const NO_ACT: u16 = 8;
    const CONFIRM: u16 = 16;
    /// A never-zone: no mark shows it.
    const NEVER: u16 = 32;
    /// What is in it is a value, not the page's own text.
    const VALUE: u16 = 64;

    fn has(self, bits: u16) -> bool {
        self.0 & bits != 0
    }

    fn with(self, bits: u16, when: bool) -> Self {
        if when { Self(self.0 | bits) } else { self }
    }

    /// Whether a show mark covers it and nothing masks it.
    fn is_shown(self) -> bool {
        self.has(Self::SHOW) && !self.is_hidden()
    }

    fn is_hidden(self) -> bool {
        self.has(Self::MASK | Self::NEVER | Self::BLOCK)
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
    let withheld = tree.setting(id, crate::tree::Setting::Prop(Prop::Withheld)).is_some();
    if zone.is_hidden() || withheld || policy.is_mask_all() {
        Access::Masked
    } else if zone.has(Zone::NO_ACT) {
        Access::Excluded
    } else if zone.has(Zone::CONFIRM) {
        Access::Confirm
    } else {
        Access::Free
    }
}

/// Masks a text that belongs to the whole page: its title or the path of its address.
pub fn mask_text(policy: &Policy, text: &str) -> String {
    if policy.mode == Mode::Strict || policy.is_mask_all() {
        treat::blocks(text)
    } else {
        treat::net(policy, text).into_owned()
    }
}

/// Masks what was read. `tree` tells the zones of the ancestors that were not read again.
pub fn mask(policy: &Policy, tree: &Tree, reading: &Reading<Raw>) -> Masking {
    let mut masker = Masker {
        policy,
        raw: reading,
        treated: vec![[None; Treatment::COUNT]; reading.strings.len() as usize],
        strings: Strings::default(),
        items: Vec::with_capacity(reading.items.len()),
        settings: Vec::with_capacity(reading.settings.len()),
        zones: vec![],
        reread: vec![],
    };
    let mut open: Vec<Zone> = vec![];
    // How deep in what is not even told to have children.
    let mut withheld = 0_usize;
    for item in &reading.items {
        if withheld > 0 {
            match *item {
                Item::End => withheld -= 1,
                Item::Element { parts, .. }
                | Item::Shadow { parts, .. }
                | Item::Document { parts, .. } => {
                    withheld += usize::from(parts.has(Parts::CHILDREN));
                }
                Item::Text { .. } | Item::Known(_) => {}
            }
            if withheld > 0 {
                continue;
            }
        }
        let parent = |id| match open.last() {
            Some(&zone) => zone,
            None => Zone(tree.parent(id).map_or(0, |parent| tree.zone(parent))),
        };
        match *item {
            Item::Document { id, compat, marks, parts, settings } => {
                let zone = Zone::default()
                    .with(Zone::MASK, policy.is_mask_all())
                    .with(Zone::SHOW, policy.shows_all());
                let zone = masker.marked(zone, marks);
                let settings = masker.plain_settings(zone, parts, settings);
                masker.zones.push((id, zone.0));
                masker.items.push(Item::Document { id, compat, marks, parts, settings });
                if parts.has(Parts::CHILDREN) {
                    open.push(zone);
                }
            }
            Item::Shadow { id, parts, settings } => {
                let zone = parent(id);
                let settings = masker.plain_settings(zone, parts, settings);
                masker.zones.push((id, zone.0));
                masker.items.push(Item::Shadow { id, parts, settings });
                if parts.has(Parts::CHILDREN) {
                    open.push(zone);
                }
            }
            Item::Element { id, namespace, tag, marks, parts, settings } => {
                let element = Element { id, namespace, tag, marks, parts, settings };
                let zone = masker.element(&element, parent(id), tree);
                if parts.has(Parts::CHILDREN) {
                    open.push(zone);
                    let list = matches!(reading.strings.get(tag), "select" | "datalist");
                    let hides_children = zone.has(Zone::BLOCK) || list && !zone.is_shown();
                    withheld = usize::from(hides_children);
                }
            }
            Item::Text { id, text } => {
                let treatment = masker.text_treatment(parent(id));
                let text = masker.treat(text, treatment);
                masker.items.push(Item::Text { id, text });
            }
            Item::Known(_) => masker.items.push(*item),
            Item::End => {
                open.pop();
                masker.items.push(*item);
            }
        }
    }
    Masking {
        reading: Reading {
            items: masker.items,
            settings: masker.settings,
            strings: Masked(masker.strings),
        },
        zones: masker.zones,
        reread: masker.reread,
    }
}

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
    raw: &'a Reading<Raw>,
    /// For each raw text what it became, by treatment: equal texts are treated once.
    treated: Vec<[Option<StrId>; Treatment::COUNT]>,
    strings: Strings,
    items: Vec<Item>,
    settings: Vec<(SettingName, StrId)>,
    zones: Vec<(NodeId, u16)>,
    reread: Vec<NodeId>,
}

impl Masker<'_> {
    fn element(&mut self, element: &Element, parent: Zone, tree: &Tree) -> Zone {
        let Element { id, namespace, tag, marks, parts, settings } = *element;
        let name = self.raw.strings.get(tag);
        let zone = if parts.has(Parts::SETTINGS) {
            self.own_zone(name, parent, marks, settings)
        } else {
            Zone(tree.zone(id))
        };
        let span = if parts.has(Parts::SETTINGS) {
            self.element_settings(namespace, name, zone, settings)
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
        let tag = self.own_text(tag, replica_tag(namespace, name));
        let namespace = self.replica_namespace(namespace, name);
        self.items.push(Item::Element { id, namespace, tag, marks, parts, settings: span });
        zone
    }

    /// A gap or a box is an HTML element wherever it stands.
    fn replica_namespace(&self, namespace: Namespace, name: &str) -> Namespace {
        if replica_tag(namespace, name) == name { namespace } else { Namespace::Html }
    }

    fn marked(&self, zone: Zone, marks: Marks) -> Zone {
        let marked = |bit| marks.0 & bit != 0;
        zone.with(Zone::MASK, marked(Marks::MASK))
            .with(Zone::SHOW, marked(Marks::SHOW))
            .with(Zone::BLOCK, marked(Marks::BLOCK))
            .with(Zone::NO_ACT, marked(Marks::NO_ACT))
            .with(Zone::CONFIRM, marked(Marks::CONFIRM))
    }

    fn own_zone(&self, tag: &str, parent: Zone, marks: Marks, span: Span) -> Zone {
        let holds_value =
            matches!(tag, "select" | "datalist" | "output" | "textarea" | "meter" | "progress")
                || self
                    .attr(span, "contenteditable")
                    .is_some_and(|v| !v.eq_ignore_ascii_case("false"));
        self.marked(parent, marks)
            .with(Zone::VALUE, holds_value)
            .with(Zone::NEVER, marks.0 & Marks::EVER_SECRET != 0 || self.is_secret(tag, span))
    }

    /// Never-zones that the kind of the control tells.
    fn is_secret(&self, tag: &str, span: Span) -> bool {
        if !matches!(tag, "input" | "textarea" | "select") {
            return false;
        }
        let attr = |name| self.attr(span, name).unwrap_or("").to_ascii_lowercase();
        if tag == "input" && matches!(attr("type").as_str(), "password" | "hidden" | "file") {
            return true;
        }
        let autocomplete = attr("autocomplete");
        autocomplete.split_ascii_whitespace().any(|token| {
            matches!(token, "one-time-code" | "cc-csc" | "current-password" | "new-password")
        }) || ["name", "id"].iter().any(|name| treat::names_a_secret(&attr(name)))
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

    fn empty_span(&self) -> Span {
        let at = u32::try_from(self.settings.len()).unwrap_or(u32::MAX);
        Span { start: at, end: at }
    }

    fn close_span(&self, span: Span) -> Span {
        Span { end: self.empty_span().end, ..span }
    }

    /// Settings of a document or shadow root: style sheets and scroll offsets only.
    fn plain_settings(&mut self, zone: Zone, parts: Parts, span: Span) -> Span {
        let start = self.empty_span();
        if parts.has(Parts::SETTINGS) {
            for &(name, value) in self.raw.settings.get(span.range()).unwrap_or(&[]) {
                let SettingName::Prop(prop) = name else { continue };
                let treatment = self.prop_treatment("", prop, zone, false);
                let value = self.treat(value, treatment);
                self.settings.push((name, value));
            }
        }
        self.close_span(start)
    }

    fn element_settings(
        &mut self,
        namespace: Namespace,
        tag: &str,
        zone: Zone,
        span: Span,
    ) -> Span {
        let start = self.empty_span();
        let control = matches!(tag, "input" | "textarea" | "select" | "option");
        let mut withheld = zone.has(Zone::BLOCK)
            || control && zone.is_hidden()
            || tag == "select" && !zone.is_shown();
        for &(name, value) in self.raw.settings.get(span.range()).unwrap_or(&[]) {
            match name {
                SettingName::Attr(key) => {
                    let raw_name = self.raw.strings.get(key);
                    let Some((attr, kind)) = AttrName::parse(raw_name) else { continue };
                    let kind = if namespace != Namespace::Html && attr.as_str() == "href" {
                        AttrKind::Fragment
                    } else {
                        kind
                    };
                    let text = self.raw.strings.get(value);
                    if let Some(t) = self.attr_treatment(tag, attr.as_str(), kind, text, zone) {
                        let key = self.own_text(key, raw_name);
                        let value = self.treat(value, t);
                        self.settings.push((SettingName::Attr(key), value));
                    }
                }
                SettingName::Prop(prop) => {
                    if zone.has(Zone::BLOCK) && !matches!(prop, Prop::Size) {
                        continue;
                    }
                    let value_prop = matches!(
                        prop,
                        Prop::Value | Prop::Checked | Prop::Indeterminate | Prop::Selected
                    );
                    let hidden = value_prop && !zone.is_shown();
                    withheld |= hidden;
                    // Whether a box is ticked is told by the mere presence of the state.
                    if hidden && prop != Prop::Value {
                        continue;
                    }
                    let treatment = self.prop_treatment(tag, prop, zone, hidden);
                    let value = self.treat(value, treatment);
                    self.settings.push((name, value));
                }
            }
        }
        if withheld && tag != "option" {
            let word = if zone.has(Zone::BLOCK) { "blocked" } else { "masked" };
            let value = self.strings.push(word);
            self.settings.push((SettingName::Prop(Prop::Withheld), value));
        }
        self.close_span(start)
    }

    fn text_treatment(&self, zone: Zone) -> Treatment {
        let hidden = zone.is_hidden()
            || !zone.is_shown() && (zone.has(Zone::VALUE) || self.policy.mode == Mode::Strict);
        if hidden { Treatment::Blocks } else { Treatment::Net }
    }

    fn prop_treatment(&self, tag: &str, prop: Prop, zone: Zone, hidden: bool) -> Treatment {
        match prop {
            Prop::Value if zone.has(Zone::NEVER) => Treatment::Secret,
            Prop::Value if hidden => Treatment::Blocks,
            Prop::Value if tag == "option" => Treatment::Empty,
            Prop::Value => Treatment::Net,
            Prop::Sheet | Prop::Adopted => Treatment::Style,
            Prop::Withheld => Treatment::Empty,
            Prop::Checked
            | Prop::Indeterminate
            | Prop::Selected
            | Prop::Scroll
            | Prop::TopLayer
            | Prop::Size => Treatment::Keep,
        }
    }

    /// How an attribute's value is treated; `None` leaves the attribute away.
    fn attr_treatment(
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
            // The live state is a prop; the attribute would tell the first one.
            AttrKind::Structure if matches!(name, "checked" | "selected") => None,
            AttrKind::Structure if hidden && name.starts_with("aria-") => None,
            // Geometry and flags: the net would take the numbers of a drawing for somebody's.
            AttrKind::Structure => Some(Treatment::Keep),
            AttrKind::Name => Some(Treatment::Net),
            AttrKind::Style if hidden => Some(Treatment::QuietStyle),
            AttrKind::Style => Some(Treatment::Style),
            AttrKind::Link => Some(Treatment::Link),
            AttrKind::Fragment => value.starts_with('#').then_some(Treatment::Net),
            AttrKind::Seen if shown => Some(Treatment::Net),
            AttrKind::Seen => Some(Treatment::Blocks),
            AttrKind::Data if name == "value" && tag == "li" => Some(Treatment::Keep),
            AttrKind::Data if shown => Some(Treatment::Net),
            AttrKind::Data if !name.contains('-') && !name.starts_with('_') => None,
            AttrKind::Data if name.starts_with("aria-") => None,
            // Selectors ask for presence and for states; anything else may be data.
            AttrKind::Data if !hidden && treat::is_state_word(value) => Some(Treatment::Keep),
            AttrKind::Data => Some(Treatment::Empty),
        }
    }

    fn treat(&mut self, raw: StrId, treatment: Treatment) -> StrId {
        let index = raw.0 as usize;
        let slot = treatment as usize;
        if let Some(done) = self.treated.get(index).and_then(|row| row.get(slot)).copied().flatten()
        {
            return done;
        }
        let text = treat::treat(self.policy, treatment, self.raw.strings.get(raw));
        let done = self.strings.push(&text);
        if let Some(entry) = self.treated.get_mut(index).and_then(|row| row.get_mut(slot)) {
            *entry = Some(done);
        }
        done
    }

    /// A name from the allow-lists, shared by all that have the same raw text.
    fn own_text(&mut self, raw: StrId, name: &str) -> StrId {
        let slot = Treatment::Name as usize;
        let row = self.treated.get_mut(raw.0 as usize).and_then(|row| row.get_mut(slot));
        match row {
            Some(Some(done)) => *done,
            Some(entry) => *entry.insert(self.strings.push(name)),
            None => self.strings.push(name),
        }
    }
}
