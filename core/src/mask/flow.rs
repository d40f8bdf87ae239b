//! Which elements a line of text goes through, and which end it.
//!
//! By their names alone: what a style sheet makes of an element is known to the browser only, and a
//! name never changes. What has a name of no standard is in the line, as it is in browsers.

use super::Element;
use super::controls::is_drawn;
use super::zone::Zone;
use crate::node::Namespace;
use crate::ops::StrId;
use crate::reading::{Marks, Parts, Raw, Reading, SettingName};
use crate::tree::Tree;

/// Whether elements end a line, each name asked once.
#[derive(Debug)]
pub(super) struct Flow<'a> {
    reading: &'a Reading<Raw>,
    known: Vec<Option<bool>>,
}

impl<'a> Flow<'a> {
    pub(super) fn of(reading: &'a Reading<Raw>) -> Self {
        Self { reading, known: vec![None; reading.strings.len() as usize] }
    }

    /// Whether no line of text goes through an element. What may be withheld as a whole ends one, too.
    pub(super) fn breaks(&mut self, element: &Element, tree: &Tree) -> bool {
        if !element.parts.has(Parts::SETTINGS) {
            return !Zone(tree.zone(element.id)).has(Zone::INLINE);
        }
        self.breaks_by_name(element.namespace, element.tag)
            || element.marks.0 & Marks::BLOCK != 0
            || self.role(element).is_some_and(is_drawn)
    }

    fn role(&self, element: &Element) -> Option<&'a str> {
        let settings = self.reading.settings.get(element.settings.range())?;
        settings.iter().find_map(|&(name, value)| match name {
            SettingName::Attr(name) if self.text(name).eq_ignore_ascii_case("role") => {
                Some(self.text(value))
            }
            _ => None,
        })
    }

    fn breaks_by_name(&mut self, namespace: Namespace, tag: StrId) -> bool {
        let name = self.text(tag);
        // The same name means something else in another namespace; those are few.
        if namespace != Namespace::Html {
            return breaks(namespace, name);
        }
        match self.known.get_mut(tag.0 as usize) {
            Some(known) => *known.get_or_insert_with(|| breaks(namespace, name)),
            None => true,
        }
    }

    fn text(&self, id: StrId) -> &'a str {
        self.reading.strings.get(id)
    }
}

/// Whether an element is as large as what it shows from elsewhere.
pub(super) fn is_replaced(tag: &str) -> bool {
    let tags = ["applet", "audio", "canvas", "embed", "iframe", "img", "object", "svg", "video"];
    tags.contains(&tag)
}

/// Whether an element of this name ends a line.
pub(super) fn breaks(namespace: Namespace, tag: &str) -> bool {
    match namespace {
        Namespace::Html => BREAKS.binary_search(&tag).is_ok(),
        Namespace::Svg => !matches!(tag, "a" | "tspan" | "textPath" | "style" | "script"),
        Namespace::MathMl => matches!(tag, "mtable" | "mtr" | "mtd"),
    }
}

/// Blocks, cells, line breaks, controls, and what is a picture.
#[rustfmt::skip]
const BREAKS: &[&str] = &[
    "address", "applet", "article", "aside", "audio", "blockquote", "body", "br", "button", "canvas",
    "caption", "center", "col", "colgroup", "datalist", "dd", "details", "dialog", "dir", "div", "dl",
    "dt", "embed", "fieldset", "figcaption", "figure", "footer", "form", "frame", "frameset", "h1",
    "h2", "h3", "h4", "h5", "h6", "head", "header", "hgroup", "hr", "html", "iframe", "img", "input",
    "legend", "li", "main", "marquee", "menu", "meter", "nav", "object", "ol", "optgroup", "option",
    "p", "pre", "progress", "search", "section", "select", "summary", "table", "tbody", "td",
    "textarea", "tfoot", "th", "thead", "title", "tr", "ul", "video",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_go_through_what_is_inline() {
        assert!(BREAKS.is_sorted_by(|a, b| a < b));
        let html = |tag| breaks(Namespace::Html, tag);
        for tag in
            ["b", "span", "a", "label", "x-part", "invoice", "wbr", "script", "style", "slot"]
        {
            assert!(!html(tag), "{tag}");
        }
        for tag in ["p", "td", "br", "button", "input", "img", "address", "video"] {
            assert!(html(tag), "{tag}");
        }
        assert!(breaks(Namespace::Svg, "text") && !breaks(Namespace::Svg, "tspan"));
        assert!(breaks(Namespace::MathMl, "mtd") && !breaks(Namespace::MathMl, "mn"));
    }
}
