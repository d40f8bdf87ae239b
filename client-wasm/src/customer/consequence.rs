//! What an action touches besides its target, and whether it would leave the portal.
//!
//! A click on a label presses its control, one on an icon the button around it, and Enter in a
//! field the form's first button: the masks and exclusions of all of them count.

use super::perform::implicit_submitter;
use crate::browser::window;
use saath_core::message::action::Action;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlAnchorElement, HtmlLabelElement};

/// The elements whose rules an action has to keep, its target first.
pub(super) fn involved(action: &Action, target: &Element) -> Vec<Element> {
    let mut involved = vec![target.clone()];
    match action {
        Action::Scroll { .. } => involved.clear(),
        Action::Click { .. } | Action::Check { .. } => {
            let around = |selector| target.closest(selector).ok().flatten();
            involved.extend(around("a, button, summary, option, select"));
            let label = around("label").and_then(|label| label.dyn_into::<HtmlLabelElement>().ok());
            involved.extend(label.and_then(|label| label.control()).map(Element::from));
        }
        Action::Key { key, .. } if key == "Enter" => involved.extend(implicit_submitter(target)),
        Action::Key { .. }
        | Action::InsertText { .. }
        | Action::SetValue { .. }
        | Action::Select { .. } => {}
    }
    involved
}

/// Whether pressing this opens another tab, downloads, or goes to another origin.
pub(super) fn leaves(element: &Element) -> bool {
    let Some(link) = element.dyn_ref::<HtmlAnchorElement>() else { return false };
    if !link.has_attribute("href") {
        return false;
    }
    let own = window().and_then(|window| window.location().origin().ok());
    link.has_attribute("download")
        || !matches!(link.target().as_str(), "" | "_self")
        || own.is_none_or(|own| link.origin() != own)
}
