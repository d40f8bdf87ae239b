//! What an action touches besides its target, and whether it would leave the portal.
//!
//! A click on a label presses its control, one on an icon the button around it, and Enter in a
//! field the form's first button: the masks and exclusions of all of them count.

use super::perform::implicit_submitter;
use crate::browser::window;
use saath_core::message::action::Action;
use wasm_bindgen::JsCast;
use web_sys::{Document, Element, HtmlInputElement, HtmlLabelElement, Node, ShadowRoot, Url};

/// The elements whose rules an action has to keep, its target first.
pub(super) fn involved(action: &Action, target: &Element) -> Vec<Element> {
    let mut involved = vec![target.clone()];
    match action {
        Action::Scroll { .. } => involved.clear(),
        Action::Click { .. } | Action::Check { .. } => {
            involved.extend(around(target, "a, area, button, summary, option, select"));
            let label = around(target, "label").map(JsCast::unchecked_into);
            let control = label.and_then(|label: HtmlLabelElement| label.control());
            involved.extend(control.map(Element::from));
        }
        Action::Key { key, .. } if key == "Enter" => {
            involved.extend(implicit_submitter(target));
            involved.extend(around(target, "a, area, button, summary"));
        }
        // An arrow chooses another button of the group.
        Action::Key { key, .. } if key.starts_with("Arrow") => involved.extend(group(target)),
        Action::Key { .. }
        | Action::InsertText { .. }
        | Action::SetValue { .. }
        | Action::Select { .. } => {}
    }
    involved
}

/// Whether pressing this opens another tab, downloads, or goes to another origin.
pub(super) fn leaves(element: &Element) -> bool {
    if !matches!(element.local_name().as_str(), "a" | "area") {
        return false;
    }
    let attribute = |name| element.get_attribute(name);
    let Some(address) = attribute("href").or_else(|| attribute("xlink:href")) else { return false };
    let own = window().and_then(|window| window.location().origin().ok());
    let base = element.base_uri().ok().flatten().unwrap_or_default();
    let origin = Url::new_with_base(&address, &base).map(|url| url.origin()).ok();
    attribute("download").is_some()
        || !matches!(attribute("target").as_deref(), None | Some("" | "_self"))
        || origin.is_none()
        || origin != own
}

/// The nearest such element around, also outside the shadow trees that the element is in.
fn around(element: &Element, selector: &str) -> Option<Element> {
    let mut element = element.clone();
    loop {
        if let Some(found) = element.closest(selector).ok().flatten() {
            return Some(found);
        }
        element = host(&element.get_root_node())?;
    }
}

/// By the kind of node: `instanceof` does not hold for what is in a frame.
fn host(root: &Node) -> Option<Element> {
    (root.node_type() == Node::DOCUMENT_FRAGMENT_NODE)
        .then(|| root.unchecked_ref::<ShadowRoot>().host())
}

fn group(target: &Element) -> Vec<Element> {
    let radio = target.unchecked_ref::<HtmlInputElement>();
    if target.local_name() != "input" || radio.type_() != "radio" {
        return vec![];
    }
    let root = radio.get_root_node();
    let all = match root.node_type() {
        Node::DOCUMENT_FRAGMENT_NODE => {
            root.unchecked_ref::<ShadowRoot>().query_selector_all("input[type=radio i]")
        }
        Node::DOCUMENT_NODE => {
            root.unchecked_ref::<Document>().query_selector_all("input[type=radio i]")
        }
        _ => return vec![],
    };
    let Ok(all) = all else { return vec![] };
    (0..all.length())
        .filter_map(|index| all.item(index).map(JsCast::unchecked_into::<HtmlInputElement>))
        .filter(|other| other.name() == radio.name())
        .map(Element::from)
        .collect()
}
