//! Builds the parts of `widget.html` node by node.
//!
//! The page's Trusted Types policy may forbid `innerHTML`, and an HTML parser has no place near a
//! consent prompt. The template is ours and small, so a reader of the little HTML it uses is
//! enough: elements, quoted attributes, text, comments, and SVG with `/>`.

use crate::customer::locales::Texts;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Document, Element, HtmlElement};

const TEMPLATE: &str = include_str!("../widget.html");
const SVG: &str = "http://www.w3.org/2000/svg";

/// Builds the top-level element whose `data-view` is `view`, with its texts in place:
/// `data-t="x"` becomes the content, `data-t-label="x"` the accessible name.
pub(crate) fn build(
    document: &Document,
    texts: &Texts,
    view: &str,
) -> Result<HtmlElement, JsValue> {
    let missing = || JsValue::from_str("widget.html lacks a view");
    let part = Parser { rest: TEMPLATE }.part(view).ok_or_else(missing)?;
    element(document, texts, &part, false)?.dyn_into().map_err(|_| missing())
}

fn element(
    document: &Document,
    texts: &Texts,
    part: &Part,
    in_svg: bool,
) -> Result<Element, JsValue> {
    let in_svg = in_svg || part.name == "svg";
    let element = if in_svg {
        document.create_element_ns(Some(SVG), part.name)?
    } else {
        document.create_element(part.name)?
    };
    for (name, value) in &part.attributes {
        match *name {
            "data-t" => element.set_text_content(texts.get(value)),
            "data-t-label" => {
                element.set_attribute("aria-label", texts.get(value).unwrap_or_default())?;
            }
            _ => element.set_attribute(name, value)?,
        }
    }
    for child in &part.children {
        if child.name.is_empty() {
            element.append_child(&document.create_text_node(" "))?;
        } else {
            let child = self::element(document, texts, child, in_svg)?;
            element.append_child(&child)?;
        }
    }
    Ok(element)
}

/// An element of the template, or a space between two of them if it has no name. All other text
/// comes from the locale.
#[derive(Debug, PartialEq)]
struct Part {
    name: &'static str,
    attributes: Vec<(&'static str, &'static str)>,
    children: Vec<Part>,
}

struct Parser {
    rest: &'static str,
}

impl Parser {
    /// The top-level element with this `data-view`.
    fn part(mut self, view: &str) -> Option<Part> {
        while let Some(part) = self.element() {
            if part.attributes.contains(&("data-view", view)) {
                return Some(part);
            }
        }
        None
    }

    /// The next element, or none at an end tag or at the end.
    fn element(&mut self) -> Option<Part> {
        loop {
            self.rest = &self.rest[self.rest.find('<')?..];
            match self.rest.strip_prefix("<!--") {
                Some(comment) => self.rest = &comment[comment.find("-->")? + 3..],
                None => break,
            }
        }
        if self.rest.starts_with("</") {
            return None;
        }
        self.rest = &self.rest[1..];
        let name = self.word();
        let mut attributes = Vec::new();
        loop {
            self.rest = self.rest.trim_start();
            if let Some(rest) = self.rest.strip_prefix("/>") {
                self.rest = rest;
                return Some(Part { name, attributes, children: Vec::new() });
            }
            if let Some(rest) = self.rest.strip_prefix('>') {
                self.rest = rest;
                break;
            }
            let attribute = self.word();
            if attribute.is_empty() {
                return None;
            }
            let value = match self.rest.strip_prefix("=\"") {
                Some(rest) => {
                    let (value, rest) = rest.split_once('"')?;
                    self.rest = rest;
                    value
                }
                None => "",
            };
            attributes.push((attribute, value));
        }
        let mut children = Vec::new();
        while let Some(child) = self.element() {
            children.push(child);
            if self.rest.starts_with(" <") && !self.rest.starts_with(" </") {
                children.push(Part { name: "", attributes: Vec::new(), children: Vec::new() });
            }
        }
        // The loop stopped at our end tag.
        self.rest = &self.rest[self.rest.find('>')? + 1..];
        Some(Part { name, attributes, children })
    }

    fn word(&mut self) -> &'static str {
        let end = self
            .rest
            .find(|c: char| c.is_ascii_whitespace() || matches!(c, '=' | '>' | '/'))
            .unwrap_or(self.rest.len());
        let (word, rest) = self.rest.split_at(end);
        self.rest = rest;
        word
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::customer::locales::texts;

    fn walk(part: &Part, visit: &mut dyn FnMut(&Part)) {
        visit(part);
        part.children.iter().for_each(|child| walk(child, visit));
    }

    fn all() -> Vec<Part> {
        let mut parser = Parser { rest: TEMPLATE };
        std::iter::from_fn(|| parser.element()).collect()
    }

    #[test]
    fn reads_the_html_it_is_given() {
        let part = Parser {
            rest: "<!-- <a> --> <p data-view=\"x\" hidden><svg a=\"1 2\"/> <b></b> </p><i></i>",
        };
        let expected = Part {
            name: "p",
            attributes: vec![("data-view", "x"), ("hidden", "")],
            children: vec![
                Part { name: "svg", attributes: vec![("a", "1 2")], children: vec![] },
                Part { name: "", attributes: vec![], children: vec![] },
                Part { name: "b", attributes: vec![], children: vec![] },
            ],
        };
        assert_eq!(part.part("x"), Some(expected));
        assert_eq!(Parser { rest: "<p" }.part("x"), None);
        assert_eq!(Parser { rest: "<p =\"" }.part("x"), None);
    }

    #[test]
    fn every_view_is_there_once_and_whole() {
        let views: Vec<_> =
            all().iter().filter_map(|part| part.attributes.first().copied()).collect();
        let expected =
            ["live", "note", "pin", "consent", "active", "preview", "item", "outline", "frame"];
        assert_eq!(views, expected.map(|view| ("data-view", view)));
        assert_eq!(TEMPLATE.matches("</").count() + TEMPLATE.matches("/>").count(), {
            let mut count = 0;
            all().iter().for_each(|part| {
                walk(part, &mut |part| count += usize::from(!part.name.is_empty()));
            });
            count
        });
    }

    #[test]
    fn every_text_named_in_the_template_exists() {
        let texts = texts("en");
        for part in all() {
            walk(&part, &mut |part| {
                for (name, value) in &part.attributes {
                    if name.starts_with("data-t") {
                        assert!(texts.get(value).is_some(), "{value}");
                        assert!(*name == "data-t-label" || part.children.is_empty(), "{value}");
                    }
                }
            });
        }
    }

    /// A page's `style-src 'self'` forbids style attributes, and scripts have no business here.
    #[test]
    fn the_template_is_plain() {
        for part in all() {
            walk(&part, &mut |part| {
                assert_ne!(part.name, "script");
                assert_ne!(part.name, "style");
                for (name, _) in &part.attributes {
                    assert!(*name != "style" && !name.starts_with("on"), "{name}");
                }
            });
        }
    }
}
