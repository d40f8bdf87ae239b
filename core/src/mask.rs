//! The wall: what stands on the page goes in as [`Raw`], and only what may leave comes out as
//! [`Masked`].
//!
//! Every element gets a zone from its own marks, its kind and its parent's zone; every text and
//! attribute is then treated as its zone asks. The rules and their order are those of SECURITY.md.

mod attributes;
mod choice;
mod controls;
mod guest;
mod patterns;
mod pictures;
mod policy;
mod selection;
mod states;
mod treat;
mod zone;

pub(crate) use guest::{Terms, access as guest_access, terms as guest_terms};
pub use patterns::{find, find_joined};
pub use policy::{Mode, Patterns, Policy, PolicyError, Scoped, Selectors, Setting, View};
pub use zone::{Access, access, mask_text};

use crate::assets::Addresses;
use crate::css::{self, Asked, Screen};
use crate::node::{self, GAP, Namespace, NodeId, Prop, replica_tag};
use crate::ops::{StrId, Strings, cut};
use crate::reading::{Item, Marks, Parts, Raw, Reading, SettingName, Span};
use crate::tree::Tree;
use attributes::Owner;
use pictures::{Pictures, Shown, Shows};
use std::borrow::Cow;
use treat::Treatment;
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
    /// Elements whose zone changed while their children were not read: read them whole.
    pub reread: Vec<NodeId>,
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
) -> Masking {
    let mut masker = Masker {
        policy,
        screen,
        asked,
        pictures: Pictures::new(addresses),
        raw: reading,
        treated: vec![[None; Treatment::COUNT]; reading.strings.len() as usize],
        strings: Strings::default(),
        items: Vec::with_capacity(reading.items.len()),
        settings: Vec::with_capacity(reading.settings.len()),
        zones: vec![],
        reread: vec![],
        selection: None,
        left_out: false,
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
                // The document of a frame is in the frame's zone.
                let above = if id == NodeId::DOCUMENT {
                    Zone::default()
                        .with(Zone::MASK, policy.is_mask_all())
                        .with(Zone::SHOW, policy.shows_all())
                } else {
                    parent(id)
                };
                let zone = masker.marked(above, marks);
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
                    let tells = list || zone.has(Zone::DRAWN);
                    withheld = usize::from(zone.has(Zone::BLOCK) || tells && !zone.is_shown());
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
    masker.selection(tree);
    Masking {
        reading: Reading {
            items: masker.items,
            settings: masker.settings,
            strings: Masked(masker.strings),
        },
        zones: masker.zones,
        reread: masker.reread,
        left_out: masker.left_out,
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
    screen: &'a dyn Screen,
    asked: &'a mut Asked,
    pictures: Pictures<'a>,
    raw: &'a Reading<Raw>,
    /// For each raw text what it became, by treatment: equal texts are treated once.
    treated: Vec<[Option<StrId>; Treatment::COUNT]>,
    strings: Strings,
    items: Vec<Item>,
    settings: Vec<(SettingName, StrId)>,
    zones: Vec<(NodeId, u16)>,
    reread: Vec<NodeId>,
    /// Which setting is the selection: what it lies in is masked later.
    selection: Option<usize>,
    left_out: bool,
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
            self.element_settings(namespace, name, zone, parent, settings)
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
        let above = Zone(parent.0 & !Zone::DRAWN);
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
                if prop == Prop::Selection {
                    self.selection = Some(self.settings.len());
                    self.settings.push((name, value));
                    continue;
                }
                if prop == Prop::Scheme {
                    let scheme = css::scheme_on(self.raw.strings.get(value), self.screen);
                    if !scheme.is_empty() {
                        let value = self.strings.push(scheme);
                        self.settings.push((name, value));
                    }
                    continue;
                }
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
        parent: Zone,
        span: Span,
    ) -> Span {
        let start = self.empty_span();
        // By kind and zone alone: what the control holds must not tell.
        let gap = replica_tag(namespace, tag) == GAP;
        let withheld = zone.has(Zone::BLOCK) || !zone.is_shown() && self.holds_value(tag, span);
        let owner = Owner { namespace, tag, zone, settings: span };
        let picture = self.picture(zone, span);
        let natural = picture.as_ref().is_some_and(|picture| picture.natural);
        // The glue says so of a frame whose document cannot be read.
        let mut foreign = false;
        for &(name, value) in self.raw.settings.get(span.range()).unwrap_or(&[]) {
            match name {
                // What is never sent says nothing of itself but, for a linked style sheet, the sheet.
                SettingName::Attr(_) if gap => {}
                SettingName::Attr(key) => self.attribute(owner, key, value),
                SettingName::Prop(Prop::Withheld) => foreign = tag == "iframe",
                SettingName::Prop(Prop::Slotted) => {
                    let value = self.strings.push(&node::numbers(self.raw.strings.get(value)));
                    self.settings.push((name, value));
                }
                SettingName::Prop(Prop::State) => {
                    let place =
                        states::Place { zone, parent, is_control: self.holds_value(tag, span) };
                    let words = states::told(self.raw.strings.get(value), tag, place);
                    if !words.is_empty() {
                        let value = self.strings.push(&words);
                        self.settings.push((name, value));
                    }
                }
                SettingName::Prop(prop) => {
                    let kept = match prop {
                        Prop::Size => !natural,
                        Prop::Picture => false,
                        Prop::TopLayer | Prop::Animations => true,
                        _ => !zone.has(Zone::BLOCK),
                    };
                    if !kept {
                        continue;
                    }
                    let value_prop = matches!(
                        prop,
                        Prop::Value | Prop::Checked | Prop::Indeterminate | Prop::Selected
                    );
                    let hidden = value_prop && !zone.is_shown();
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
        if let Some(picture) = picture {
            let value = self.strings.push(&picture.value);
            self.settings.push((SettingName::Prop(Prop::Picture), value));
        }
        if withheld || foreign {
            let word = if zone.has(Zone::BLOCK) {
                "blocked"
            } else if foreign {
                "foreign"
            } else {
                "masked"
            };
            let value = self.strings.push(word);
            self.settings.push((SettingName::Prop(Prop::Withheld), value));
        }
        self.close_span(start)
    }

    /// What an element shows that is a picture, if its zone shows any.
    fn picture(&self, zone: Zone, span: Span) -> Option<Shows> {
        if self.hides_text(zone) {
            return None;
        }
        let settings = self.raw.settings.get(span.range())?;
        let (_, raw) =
            settings.iter().find(|(name, _)| *name == SettingName::Prop(Prop::Picture))?;
        self.pictures.of_element(Shown::of(zone), self.raw.strings.get(*raw))
    }

    fn treat(&mut self, raw: StrId, treatment: Treatment) -> StrId {
        let index = raw.0 as usize;
        let slot = treatment as usize;
        if let Some(done) = self.treated.get(index).and_then(|row| row.get(slot)).copied().flatten()
        {
            return done;
        }
        let text = self.raw.strings.get(raw);
        let text = match treatment {
            Treatment::Sheet | Treatment::ShownSheet | Treatment::Style | Treatment::ShownStyle => {
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
        let (whole, is_cut) = cut(&text);
        self.left_out |= is_cut;
        let done = self.strings.push(whole);
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

/// CSS as the customer's screen shows it.
fn on_screen<'t>(
    treatment: Treatment,
    text: &'t str,
    screen: &dyn Screen,
    asked: &mut Asked,
) -> Cow<'t, str> {
    match treatment {
        Treatment::Style | Treatment::ShownStyle | Treatment::QuietStyle => {
            css::style_on(text, screen, asked)
        }
        _ => css::sheet_on(text, screen, asked),
    }
}
