//! Names for nodes, and what a node of a replica may be.
//!
//! A replica is built from what another browser sent. [`Tag`] and [`AttrName`] are parsed
//! against allow-lists and have no other constructor, so a script, an event handler or an address
//! that would be fetched cannot be named at all.

use wincode::{SchemaRead, SchemaWrite};

mod names;
pub mod state;

const MAX_NAME: usize = 128;

/// A node of the customer's page, numbered from 1 in the order it was first read. The number
/// means nothing outside one capture. The document itself is [`NodeId::DOCUMENT`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, SchemaRead, SchemaWrite)]
pub struct NodeId(pub u32);

impl NodeId {
    /// The document.
    pub const DOCUMENT: Self = Self(1);
    /// The largest number a node may have: a bound on what a hostile peer can make us reserve.
    pub const MAX: u32 = 1 << 28;
}

/// The namespace of an element.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Namespace {
    /// HTML.
    Html,
    /// SVG.
    Svg,
    /// MathML.
    MathMl,
}

impl Namespace {
    /// From its number on the wire and in the glue.
    pub fn from_code(code: u32) -> Option<Self> {
        match code {
            0 => Some(Self::Html),
            1 => Some(Self::Svg),
            2 => Some(Self::MathMl),
            _ => None,
        }
    }

    /// Its number on the wire and in the glue.
    pub fn code(self) -> u32 {
        match self {
            Self::Html => 0,
            Self::Svg => 1,
            Self::MathMl => 2,
        }
    }
}

/// What stands for an element that is never sent (a script, a template…): it keeps its place, so
/// that `:nth-child` counts as on the customer's page.
pub const GAP: &str = "saath-gap";
/// What stands for an old-fashioned frame, whose document is not sent: an empty box of its size.
pub const BOX: &str = "saath-box";
/// What stands for an element with a name of no standard: it has no looks of its own, but what is in
/// it is seen.
pub const OTHER: &str = "saath-other";

/// What a replica calls an element that shows something from elsewhere, and that would fetch or run
/// under its own name: a custom element, so that style sheets can still mean each kind by its own.
/// `name` can be in any case.
pub fn replaced_name(name: &str) -> Option<&'static str> {
    const NAMES: &[(&str, &str)] = &[
        ("applet", "saath-applet"),
        ("audio", "saath-audio"),
        ("canvas", "saath-canvas"),
        ("embed", "saath-embed"),
        ("object", "saath-object"),
        ("video", "saath-video"),
    ];
    let found = NAMES.iter().find(|(own, _)| own.eq_ignore_ascii_case(name));
    found.map(|&(_, replaced)| replaced)
}

/// The name of an element that a replica may hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Tag<'a>(&'a str);

impl<'a> Tag<'a> {
    /// The tag itself if a replica may hold it.
    pub fn parse(namespace: Namespace, name: &'a str) -> Option<Self> {
        let known = match namespace {
            Namespace::Html => names::is_html_tag(name) || is_custom_element(name),
            Namespace::Svg => names::is_svg_tag(name),
            Namespace::MathMl => names::is_mathml_tag(name),
        };
        known.then_some(Self(name))
    }

    /// Its local name.
    pub fn as_str(self) -> &'a str {
        self.0
    }
}

/// What an element of the customer's page becomes in a replica.
pub fn replica_tag(namespace: Namespace, name: &str) -> &str {
    match Tag::parse(namespace, name) {
        Some(_) => name,
        None if names::is_frame(name) => BOX,
        None => match replaced_name(name) {
            Some(replaced) => replaced,
            None if namespace == Namespace::Html && !names::is_hidden(name) => OTHER,
            None => GAP,
        },
    }
}

/// The name of an attribute that a replica may hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct AttrName<'a>(&'a str);

/// What the value of an attribute can be, which decides how it is masked and cleaned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AttrKind {
    /// Layout and state: sizes, roles, flags, geometry.
    Structure,
    /// Names chosen by the page's author: `class`, `id`, `for`, `name`. Selectors need them.
    Name,
    /// CSS declarations.
    Style,
    /// A reference into the same page: `#id`.
    Fragment,
    /// An address: only that there is one is kept, for `:link`.
    Link,
    /// Words that are seen: `placeholder`, `label`.
    Seen,
    /// Words for those who listen or hover, and data for scripts: `alt`, `title`, `data-…`.
    Data,
}

impl<'a> AttrName<'a> {
    /// The name itself if a replica may hold it, with what its value can be.
    ///
    /// Allowed are the names that the HTML, SVG and MathML standards give and that neither run
    /// script nor fetch, and names to which the standards will never give a meaning: with a hyphen
    /// or a leading underscore, or with a sign that they do not use.
    pub fn parse(name: &'a str) -> Option<(Self, AttrKind)> {
        if let Some(kind) = names::attribute_kind(name) {
            return Some((Self(name), kind));
        }
        let is_own = |c: char| !c.is_ascii_alphanumeric() && !matches!(c, '.' | ':' | '_');
        let own =
            (name.contains(is_own) || name.starts_with(['_', '.', ':'])) && !names::is_active(name);
        (own && is_attribute_shaped(name)).then_some((Self(name), AttrKind::Data))
    }

    /// The name.
    pub fn as_str(self) -> &'a str {
        self.0
    }
}

/// All names of standards that [`AttrName::parse`] allows.
#[cfg(test)]
pub(crate) fn attribute_names() -> impl Iterator<Item = &'static str> {
    names::attributes()
}

/// What the name of an attribute of the page's own begins with in a replica: so it means nothing
/// to any standard, now or later.
pub const OWN: &str = "saath-";

/// Whether a replica has no attribute of this name, but one that begins with [`OWN`].
pub fn is_own(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    AttrName::parse(name).is_none()
        && AttrName::parse(&lower).is_none()
        && !names::is_active(&lower)
        && !name.is_empty()
        && name.len() + OWN.len() <= MAX_NAME
        && is_made_of_parts(name)
}

/// Whether the value of such an attribute can be shown where the page is: not if it is an address or
/// a script.
pub fn has_own_value(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    !name.starts_with("on") && !names::is_address(&name)
}

/// The numbers of nodes in a text, with a space between them, and nothing else that may stand there.
pub fn numbers(text: &str) -> String {
    let ids = text.split(' ').filter_map(|word| word.parse::<u32>().ok());
    let words: Vec<_> =
        ids.filter(|id| (1..=NodeId::MAX).contains(id)).map(|id| id.to_string()).collect();
    words.join(" ")
}

/// State of an element that is no attribute.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum Prop {
    /// The value of a form control as it is now.
    Value = 0,
    /// `1` while a checkbox or radio button is ticked.
    Checked = 1,
    /// `1` while a checkbox is neither ticked nor clear.
    Indeterminate = 2,
    /// `1` while an option is chosen.
    Selected = 3,
    /// Scroll offset `left,top` in CSS pixels.
    Scroll = 4,
    /// While in the top layer: `modal`, `popover` or `fullscreen`, a number that grows from the lowest
    /// to the highest, and of a popover the number of the button that opened it.
    TopLayer = 5,
    /// The text of the style sheet that the element owns.
    Sheet = 6,
    /// The text of the adopted style sheets of a document or shadow root.
    Adopted = 7,
    /// `width,height` in CSS pixels of an element that is shown as an empty box.
    Size = 8,
    /// `masked` or `blocked` on an element whose content is withheld, `foreign` on a frame of
    /// another origin, for the console to mark.
    Withheld = 9,
    /// Words for what only the customer's page has, sorted: `focus hover`. See [`state`].
    State = 10,
    /// The picture of an element that is one: [`crate::assets::Picture`].
    Picture = 11,
    /// The running animations, as [`crate::motion`] has them.
    Animations = 12,
    /// `light` or `dark` on a document that says in its head which colour schemes it has.
    Scheme = 13,
    /// What the customer has selected, as [`crate::selection`] has it, on the document.
    Selection = 14,
    /// On a slot, the nodes that a script has put into it, in their order: see [`numbers`]. On a
    /// shadow root, that this is how its slots are filled; then without a value.
    Slotted = 15,
}

impl Prop {
    /// All of them, in order of their numbers.
    pub const ALL: [Self; 16] = [
        Self::Value,
        Self::Checked,
        Self::Indeterminate,
        Self::Selected,
        Self::Scroll,
        Self::TopLayer,
        Self::Sheet,
        Self::Adopted,
        Self::Size,
        Self::Withheld,
        Self::State,
        Self::Picture,
        Self::Animations,
        Self::Scheme,
        Self::Selection,
        Self::Slotted,
    ];

    /// From its number on the wire and in the glue.
    pub fn from_code(code: u32) -> Option<Self> {
        Self::ALL.into_iter().find(|prop| prop.code() == code)
    }

    /// Its number on the wire and in the glue.
    pub fn code(self) -> u32 {
        self as u32
    }
}

fn is_custom_element(name: &str) -> bool {
    name.contains('-')
        && name.len() <= MAX_NAME
        && name.starts_with(|c: char| c.is_ascii_lowercase())
        && name.chars().all(|c| {
            c.is_ascii_lowercase()
                || c.is_ascii_digit()
                || matches!(c, '-' | '.' | '_')
                || !c.is_ascii()
        })
        && !name.chars().any(|c| c.is_whitespace() || c.is_control())
}

fn is_attribute_shaped(name: &str) -> bool {
    name.len() <= MAX_NAME
        && is_made_of_parts(name)
        && !name.get(..2).is_some_and(|start| start.eq_ignore_ascii_case("on"))
}

/// Whether all of it is what a parser takes as a part of an attribute's name, but for quotes and `<`,
/// by which it says that it is wrong.
fn is_made_of_parts(name: &str) -> bool {
    name.chars().all(|c| {
        !c.is_whitespace() && !c.is_control() && !matches!(c, '"' | '\'' | '<' | '>' | '/' | '=')
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_runs_or_fetches_can_be_named() {
        for name in [
            "script", "object", "embed", "link", "meta", "base", "template", "SCRIPT", "portal",
            "frame", "a b", "",
        ] {
            assert_eq!(Tag::parse(Namespace::Html, name), None, "{name}");
        }
        for name in ["script", "animate", "set", "foreignobject", "a\u{0}"] {
            assert_eq!(Tag::parse(Namespace::Svg, name), None, "{name}");
        }
        for name in [
            "onclick",
            "on-click",
            "onx-y",
            "ONLOAD",
            "srcdoc",
            "sandbox",
            "allow",
            "csp",
            "credentialless",
            "referrerpolicy",
            "src",
            "srcset",
            "action",
            "formaction",
            "ping",
            "http-equiv",
            "background",
            "poster",
            "data",
            "accept-charset",
            "nonce",
            "",
            "a=b-c",
            "x y-z",
            "a:title",
            "@a=b",
            "@a\"b",
            "@a/b",
            "@a\u{a0}b",
            "on@click",
        ] {
            assert_eq!(AttrName::parse(name), None, "{name}");
        }
    }

    #[test]
    fn numbers_of_nodes_are_nothing_else() {
        assert_eq!(numbers("7 12 x 3 0 -4 4294967295 +5 <b>"), "7 12 3 5");
        assert_eq!(numbers(""), "");
    }

    #[test]
    fn ordinary_pages_can_be_named() {
        for name in ["div", "table", "input", "dialog", "my-widget", "app-täst"] {
            assert!(Tag::parse(Namespace::Html, name).is_some(), "{name}");
        }
        for name in ["svg", "path", "linearGradient", "use", "foreignobject-not"] {
            assert_eq!(Tag::parse(Namespace::Svg, name).is_some(), name != "foreignobject-not");
        }
        assert_eq!(AttrName::parse("data-state").map(|n| n.1), Some(AttrKind::Data));
        assert_eq!(AttrName::parse("_ngcontent-abc").map(|n| n.1), Some(AttrKind::Data));
        for name in ["@click", ":bind", "[value]", "(input)", "#ref", "*if", "{{y}}", "data-ü", "✓"]
        {
            assert_eq!(AttrName::parse(name).map(|n| n.1), Some(AttrKind::Data), "{name}");
        }
        assert_eq!(AttrName::parse("class").map(|n| n.1), Some(AttrKind::Name));
        assert_eq!(AttrName::parse("viewBox").map(|n| n.1), Some(AttrKind::Structure));
        assert_eq!(AttrName::parse("href").map(|n| n.1), Some(AttrKind::Link));
    }

    #[test]
    fn what_cannot_be_named_keeps_its_place() {
        assert_eq!(replica_tag(Namespace::Html, "script"), GAP);
        assert_eq!(replica_tag(Namespace::Html, "frameset"), BOX);
        assert_eq!(replica_tag(Namespace::Html, "canvas"), "saath-canvas");
        assert!(Tag::parse(Namespace::Html, "canvas").is_none());
        assert_eq!(replica_tag(Namespace::Html, "p"), "p");
        assert!(
            Tag::parse(Namespace::Html, GAP).is_some()
                && Tag::parse(Namespace::Html, BOX).is_some()
        );
    }

    #[test]
    fn what_has_a_name_of_no_standard_is_seen_without_it() {
        let tag = |name| replica_tag(Namespace::Html, name);
        for name in ["script", "template", "noscript", "link", "meta", "base"] {
            assert_eq!(tag(name), GAP, "{name}");
        }
        for name in ["invoice", "a\"b", "x:y", "DIV", "fencedframe", "1", ""] {
            assert_eq!(tag(name), OTHER, "{name}");
        }
        assert_eq!(tag("frame"), BOX);
        assert_eq!(tag("video"), "saath-video");
        assert_eq!(replica_tag(Namespace::Svg, "script"), GAP);
        assert!([GAP, BOX, OTHER].iter().all(|name| tag(name) == *name));
    }

    #[test]
    fn name_tables_are_sorted() {
        names::assert_sorted();
    }
}
