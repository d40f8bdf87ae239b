//! What of a page of plain values may be told, by the rules as they are written down and without the
//! code under test.

use crate::page::{Page, PageKind, SECRET};
use std::collections::BTreeSet;
use std::fmt::Write;

/// What a policy says.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Rules {
    pub(crate) strict: bool,
    pub(crate) shows_all: bool,
    pub(crate) patterns: bool,
    pub(crate) masks_all: bool,
}

/// The page as the agent may have it.
pub(crate) struct Oracle {
    /// The words that are shown.
    pub(crate) shown: BTreeSet<String>,
    /// Elements, texts and values; what is masked is `█`.
    pub(crate) html: String,
}

/// What holds at a place.
#[derive(Debug, Clone, Copy, Default)]
struct Place {
    mask: bool,
    block: bool,
    show: bool,
    /// What is in it is a value.
    value: bool,
}

impl Place {
    fn hides(self) -> bool {
        self.mask || self.block
    }

    fn shows(self) -> bool {
        self.show && !self.hides()
    }

    /// With what holds for a slot as well: that it shows something does not count.
    fn slotted(self, slot: Self) -> Self {
        Self {
            mask: self.mask || slot.mask,
            block: self.block || slot.block,
            show: self.show,
            value: self.value || slot.value,
        }
    }
}

impl Oracle {
    pub(crate) fn of(page: &Page, rules: Rules) -> Self {
        let caught = if rules.patterns { identifiers(page) } else { BTreeSet::new() };
        let mut teller = Teller { page, rules, caught, shown: BTreeSet::new() };
        let start = Place { mask: rules.masks_all, show: rules.shows_all, ..Place::default() };
        let mut html = String::new();
        teller.node(0, start, &mut html);
        Self { shown: teller.shown, html }
    }
}

struct Teller<'p> {
    page: &'p Page,
    rules: Rules,
    /// Texts that are parts of identifiers.
    caught: BTreeSet<usize>,
    shown: BTreeSet<String>,
}

impl Teller<'_> {
    fn node(&mut self, id: usize, place: Place, out: &mut String) {
        let node = &self.page.nodes[id];
        match &node.kind {
            PageKind::Document | PageKind::Shadow => {
                let name = if node.kind == PageKind::Shadow { "shadow" } else { "document" };
                write!(out, "<{name}>").unwrap();
                self.children(id, place, out);
                out.push_str("</>");
            }
            PageKind::Text(text) => {
                let is_masked = place.hides()
                    || !place.show && (place.value || self.rules.strict)
                    || self.caught.contains(&id);
                self.text(text, is_masked, out);
            }
            PageKind::Element("script") => out.push_str("<saath-gap></>"),
            PageKind::Element(tag) => {
                let own = self.at(id, place);
                write!(out, "<{tag}").unwrap();
                self.attributes(id, own);
                if let Some(value) = node.value.as_ref().filter(|_| !own.block) {
                    out.push_str(" ~value=");
                    let is_secret = node.attrs.get("type").is_some_and(|kind| kind == "password");
                    self.text(value, is_secret || !own.shows(), out);
                }
                out.push('>');
                if !self.is_closed(id, own) {
                    self.children(id, own, out);
                }
                out.push_str("</>");
            }
        }
    }

    fn children(&mut self, id: usize, place: Place, out: &mut String) {
        let shadow = self.page.shadow(id);
        let slots = shadow.map(|root| {
            let mut slots = Slots::default();
            self.slots(root, place, &mut slots);
            slots
        });
        for &child in &self.page.nodes[id].children {
            let place = match &slots {
                Some(slots) if Some(child) != shadow => slots.of(self.page, child, place),
                _ => place,
            };
            self.node(child, place, out);
        }
    }

    /// Collects the slots below a node of a shadow tree.
    fn slots(&self, id: usize, place: Place, slots: &mut Slots) {
        // In what is a host itself, a child is where its slot is.
        let shadow = self.page.shadow(id);
        let inner = shadow.map(|root| {
            let mut inner = Slots::default();
            self.slots(root, place, &mut inner);
            inner
        });
        for &child in &self.page.nodes[id].children {
            if !matches!(self.page.nodes[child].kind, PageKind::Element(_)) || Some(child) == shadow
            {
                continue;
            }
            let around = inner.as_ref().map_or(place, |inner| inner.of(self.page, child, place));
            let own = self.at(child, around);
            let closed = self.is_closed(child, own) && self.is(child) != "select";
            if closed {
                slots.is_closed = true;
            }
            if self.is(child) == "slot" && !closed {
                let name = self.page.nodes[child].attrs.get("name").cloned().unwrap_or_default();
                slots.named.push((name, own));
            }
            if !self.is_closed(child, own)
                && self.is(child) != "script"
                && self.is(child) != "iframe"
            {
                self.slots(child, own, slots);
            }
        }
    }

    fn is(&self, id: usize) -> &'static str {
        match self.page.nodes[id].kind {
            PageKind::Element(tag) => tag,
            _ => "",
        }
    }

    /// What holds in an element.
    fn at(&self, id: usize, around: Place) -> Place {
        let attrs = &self.page.nodes[id].attrs;
        let has = |name| attrs.contains_key(name);
        let secret = attrs.get("type").is_some_and(|kind| kind == "password");
        let tag = self.is(id);
        Place {
            mask: around.mask || has("m") || secret,
            block: around.block || has("k"),
            show: around.show || has("s"),
            value: around.value || tag == "select",
        }
    }

    /// Whether nothing is told of what is in an element.
    fn is_closed(&self, id: usize, own: Place) -> bool {
        // Of a script no attribute is read.
        let is_choice = match self.is(id) {
            "select" => true,
            tag => tag != "script" && self.page.nodes[id].attrs.contains_key("role"),
        };
        own.block || is_choice && !own.shows()
    }

    fn text(&mut self, text: &str, is_masked: bool, out: &mut String) {
        if is_masked && !text.is_empty() {
            out.push('█');
        } else {
            self.show(text);
            out.push_str(text);
        }
    }

    fn attributes(&mut self, id: usize, own: Place) {
        for (name, value) in self.page.nodes[id].attrs.clone() {
            let is_shown = match name {
                "class" => true,
                "title" | "data-x" | "m" | "s" | "k" => own.shows(),
                _ => continue,
            };
            if is_shown {
                self.show(&value);
            }
        }
    }

    fn show(&mut self, text: &str) {
        if !text.is_empty() {
            self.shown.insert(trim(text).to_owned());
        }
    }
}

/// The slots of a shadow tree.
#[derive(Default)]
struct Slots {
    named: Vec<(String, Place)>,
    /// Whether nothing is told of a part of it.
    is_closed: bool,
}

impl Slots {
    /// Where a child of the host is seen.
    fn of(&self, page: &Page, child: usize, place: Place) -> Place {
        let attrs = &page.nodes[child].attrs;
        let name = attrs.get("slot").map_or("", String::as_str);
        let taken: Vec<_> = self.named.iter().filter(|(own, _)| own == name).collect();
        if taken.is_empty() && self.is_closed {
            return Place { mask: true, ..place };
        }
        taken.iter().fold(place, |place, (_, slot)| place.slotted(*slot))
    }
}

/// The texts in which a half of an identifier is followed by its other half.
fn identifiers(page: &Page) -> BTreeSet<usize> {
    let mut lines = vec![vec![]];
    line(page, 0, &mut lines);
    let mut caught = BTreeSet::new();
    for line in lines {
        for pair in line.windows(2) {
            let [(first, left), (second, right)] = pair else { continue };
            if left.starts_with('(') && right.ends_with(')') {
                caught.extend([*first, *second]);
            }
        }
    }
    caught
}

/// Adds the texts below a node to lines, each with its words.
fn line<'p>(page: &'p Page, id: usize, lines: &mut Vec<Vec<(usize, &'p str)>>) {
    let node = &page.nodes[id];
    let attrs = &node.attrs;
    match &node.kind {
        PageKind::Text(text) => {
            if !text.is_empty() {
                lines.last_mut().unwrap().push((id, text));
            }
        }
        PageKind::Element("script") if !attrs.contains_key("k") => {}
        kind => {
            let is_inline = matches!(kind, PageKind::Element("b" | "slot") | PageKind::Shadow)
                && !attrs.contains_key("k")
                && !attrs.contains_key("role");
            if !is_inline {
                lines.push(vec![]);
            }
            let is_read = !attrs.contains_key("k") && *kind != PageKind::Element("script");
            if is_read {
                node.children.iter().for_each(|&child| line(page, child, lines));
            }
            if !is_inline {
                lines.push(vec![]);
            }
        }
    }
}

fn trim(text: &str) -> &str {
    text.trim_start_matches(SECRET).trim_matches(['(', ')'])
}

/// All words that are anywhere on a page.
pub(crate) fn words(page: &Page) -> impl Iterator<Item = String> {
    let texts = page.nodes.iter().flat_map(|node| {
        let text = match &node.kind {
            PageKind::Text(text) => Some(text),
            _ => None,
        };
        let data = node.attrs.iter().filter(|(name, _)| crate::page::is_data(name));
        text.into_iter().chain(&node.value).chain(data.map(|(_, value)| value))
    });
    let words = texts.map(|text| trim(text).to_owned());
    words.chain([SECRET.to_owned()]).filter(|word| word.len() > 3).collect::<Vec<_>>().into_iter()
}

/// Markup of the replica without attributes, texts without quotes, and one block for many.
pub(crate) fn bare(html: &str) -> String {
    let mut out = String::new();
    let mut rest = html;
    while let Some(start) = rest.chars().next() {
        if start == '"' {
            let (text, after) = quoted(rest);
            push_text(text, &mut out);
            rest = after;
        } else {
            let end = rest.find([' ', '>']).unwrap();
            out.push_str(&rest[..end]);
            rest = &rest[end..];
            while let Some(attr) = rest.strip_prefix(' ') {
                let (name, value) = attr.split_once('=').unwrap();
                let (value, after) = quoted(value);
                if name == "~value" {
                    out.push_str(" ~value=");
                    push_text(value, &mut out);
                }
                rest = after;
            }
            out.push('>');
            rest = &rest[1..];
        }
    }
    out
}

fn quoted(text: &str) -> (&str, &str) {
    let end = text[1..].find('"').unwrap() + 1;
    (&text[1..end], &text[end + 1..])
}

fn push_text(text: &str, out: &mut String) {
    if text.contains('█') { out.push('█') } else { out.push_str(text) }
}
