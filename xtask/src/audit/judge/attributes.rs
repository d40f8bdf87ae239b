//! Attributes: what they carry is told of few, of addresses never.

use super::super::field::{Field, Judged, Kind, Verdict};
use super::super::seen::Node;
use super::super::text::{Became, compare};
use super::Judge;
use super::beside::names;

/// Attributes in which pages have text or data, besides `data-…`.
const DATA: &[&str] = &[
    "abbr",
    "alt",
    "aria-description",
    "aria-label",
    "aria-placeholder",
    "aria-roledescription",
    "aria-valuetext",
    "content",
    "datetime",
    "download",
    "label",
    "placeholder",
    "standby",
    "summary",
    "title",
];
/// Attributes that give an address.
const ADDRESSES: &[&str] = &[
    "action",
    "background",
    "cite",
    "data",
    "formaction",
    "href",
    "longdesc",
    "ping",
    "poster",
    "src",
    "srcset",
    "xlink:href",
];
/// Names, which are told, but for what the net finds in them.
const NAMES: &[&str] = &["class", "for", "id", "name"];

impl Judge<'_> {
    /// What pages carry for their own servers, in elements that are never sent.
    pub(super) fn token(&self, node: &Node, judged: &mut Judged) {
        let name = node.attribute("name").unwrap_or_default().to_ascii_lowercase();
        let is_token = node.tag == "meta"
            && ["csrf", "xsrf", "token", "nonce"].iter().any(|word| name.contains(word));
        if !is_token {
            return;
        }
        let told = self.replica.get(node.at.as_str()).and_then(|r| r.attribute("content"));
        let verdict = if told.is_some() { Verdict::Shown } else { Verdict::Never };
        let mut field = self.field(node, Kind::Attribute, verdict, "");
        field.rule = "meta elements are not sent".to_owned();
        self.put(judged, node, field, told.is_some());
    }

    pub(super) fn attributes(&self, node: &Node, judged: &mut Judged) {
        let found = self.replica.get(node.at.as_str()).copied();
        let told = |name: &str| {
            let found = found?;
            found.attribute(name).or_else(|| found.attribute(&format!("saath-{name}")))
        };
        for (name, value) in node.attributes.iter().filter(|(_, value)| !value.trim().is_empty()) {
            let is_of_data = name.starts_with("data-") && !name.starts_with("data-saath-");
            if ADDRESSES.contains(&name.as_str()) && !value.starts_with('#') {
                judged.addresses.found += 1;
                if told(name).is_some_and(|told| told == value) {
                    judged.addresses.sent += 1;
                    self.put(judged, node, self.attribute(node, name, Verdict::Shown, value), true);
                }
                continue;
            }
            if NAMES.contains(&name.as_str()) {
                let parts = match told(name).map(|told| compare(value, told)) {
                    Some(Became::Partly(parts)) => parts,
                    Some(Became::Blocks) => vec![value.clone()],
                    _ => continue,
                };
                let seen = told(name).unwrap_or_default();
                let mut field = self.attribute(node, name, Verdict::Caught, seen);
                field.pattern = Some(names(&parts));
                self.put(judged, node, field, false);
                continue;
            }
            if !is_of_data && !DATA.contains(&name.as_str()) {
                continue;
            }
            let became = told(name).map_or(Became::Nothing, |told| compare(value, told));
            match &became {
                Became::Nothing | Became::Blocks => judged.attributes.masked += 1,
                Became::Partly(parts) => {
                    let seen = told(name).unwrap_or_default();
                    let mut field = self.attribute(node, name, Verdict::Caught, seen);
                    field.pattern = Some(names(parts));
                    self.put(judged, node, field, self.rules.hides(node));
                }
                Became::Same | Became::Other => {
                    let seen = told(name).unwrap_or_default();
                    let field = self.attribute(node, name, Verdict::Shown, seen);
                    self.put(judged, node, field, self.rules.hides(node));
                }
            }
        }
    }

    fn attribute(&self, node: &Node, name: &str, verdict: Verdict, seen: &str) -> Field {
        let mut field = self.field(node, Kind::Attribute, verdict, seen);
        field.attribute = Some(name.to_owned());
        field
    }
}
