//! The wall: what stands on the page goes in as [`Raw`], and only what may leave comes out as
//! [`Masked`].
//!
//! Every element gets a zone from its own marks, its kind and its parent's zone; every text and
//! attribute is then treated as its zone asks. The rules and their order are those of SECURITY.md.

mod patterns;
mod pictures;
mod policy;
mod states;
mod treat;
mod zone;

pub use patterns::{find, find_joined};
pub use policy::{Mode, Patterns, Policy, PolicyError, Scoped, Selectors, Setting, View};
pub use zone::{Access, access, mask_text};

use crate::assets::Addresses;
use crate::css::{self, Asked, Screen};
use crate::node::{AttrKind, AttrName, GAP, Namespace, NodeId, Prop, replica_tag};
use crate::ops::{StrId, Strings};
use crate::reading::{Item, Marks, Parts, Raw, Reading, SettingName, Span};
use crate::tree::Tree;
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
        let picture = self.picture(zone, span);
        let natural = picture.as_ref().is_some_and(|picture| picture.natural);
        // The glue says so of a frame whose document cannot be read.
        let mut foreign = false;
        for &(name, value) in self.raw.settings.get(span.range()).unwrap_or(&[]) {
            match name {
                // What is never sent says nothing of itself but, for a linked style sheet, the sheet.
                SettingName::Attr(_) if gap => {}
                SettingName::Attr(key) => {
                    let raw_name = self.raw.strings.get(key);
                    let Some((attr, kind)) = AttrName::parse(raw_name) else { continue };
                    let reference = namespace != Namespace::Html && tag != "a";
                    let kind = if reference && attr.as_str() == "href" {
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
                SettingName::Prop(Prop::Withheld) => foreign = tag == "iframe",
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
                    let size = prop == Prop::Size;
                    if prop == Prop::Picture || zone.has(Zone::BLOCK) && !size || natural && size {
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

    fn text_treatment(&self, zone: Zone) -> Treatment {
        if self.hides_text(zone) { Treatment::Blocks } else { Treatment::Net }
    }

    fn hides_text(&self, zone: Zone) -> bool {
        zone.is_hidden()
            || !zone.is_shown() && (zone.has(Zone::VALUE) || self.policy.mode == Mode::Strict)
    }

    fn prop_treatment(&self, tag: &str, prop: Prop, zone: Zone, hidden: bool) -> Treatment {
        match prop {
            Prop::Value if zone.has(Zone::NEVER) => Treatment::Secret,
            Prop::Value if hidden => Treatment::Blocks,
            Prop::Value if tag == "option" => Treatment::Empty,
            Prop::Value => Treatment::Net,
            Prop::Sheet | Prop::Adopted if self.hides_text(zone) => Treatment::QuietSheet,
            Prop::Sheet | Prop::Adopted if zone.is_shown() => Treatment::ShownSheet,
            Prop::Sheet | Prop::Adopted => Treatment::Sheet,
            // Told by word, each where it belongs.
            Prop::Withheld | Prop::Picture | Prop::State | Prop::Scheme => Treatment::Empty,
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
            // Whether the sheet is in force was settled at this end.
            AttrKind::Data if tag == "style" && matches!(name, "media" | "title") => None,
            // The live state is a prop; the attribute would tell the first one.
            AttrKind::Structure if matches!(name, "checked" | "selected") => None,
            AttrKind::Structure if hidden && !is_layout(name) => None,
            // On an element of the page's own making such a name can mean anything.
            AttrKind::Structure if tag.contains('-') && !is_layout(name) => Some(Treatment::Net),
            // Geometry and flags: the net would take the numbers of a drawing for somebody's.
            AttrKind::Structure => Some(Treatment::Keep),
            AttrKind::Name => Some(Treatment::Net),
            AttrKind::Style if hidden || self.hides_text(zone) => Some(Treatment::QuietStyle),
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
        let text = self.raw.strings.get(raw);
        let text = match treatment {
            Treatment::Sheet | Treatment::ShownSheet | Treatment::QuietSheet => {
                let sheet = css::sheet_on(text, self.screen, self.asked);
                Cow::Owned(
                    treat::treat(self.policy, &self.pictures, treatment, &sheet).into_owned(),
                )
            }
            Treatment::Style | Treatment::ShownStyle | Treatment::QuietStyle => {
                let style = css::style_on(text, self.screen);
                Cow::Owned(
                    treat::treat(self.policy, &self.pictures, treatment, &style).into_owned(),
                )
            }
            _ => treat::treat(self.policy, &self.pictures, treatment, text),
        };
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

/// What lays an element out and says nothing of what is in it.
fn is_layout(name: &str) -> bool {
    const NAMES: &[&str] = &[
        "align",
        "autocomplete",
        "cols",
        "colspan",
        "contenteditable",
        "dir",
        "disabled",
        "height",
        "hidden",
        "multiple",
        "nowrap",
        "open",
        "popover",
        "readonly",
        "required",
        "role",
        "rows",
        "rowspan",
        "size",
        "span",
        "tabindex",
        "type",
        "valign",
        "viewBox",
        "width",
        "wrap",
    ];
    NAMES.contains(&name)
}
