//! What an element would be called by someone who points at it.

use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlInputElement};

/// Longest name, in characters.
const LONGEST: usize = 40;

/// From the element's label, its own text or its description; may be empty.
pub(super) fn of(element: &Element) -> String {
    let own = |name: &str| element.get_attribute(name).unwrap_or_default();
    let candidates: [&dyn Fn() -> String; 7] = [
        &|| labels(element),
        &|| own("aria-label"),
        &|| labelled_by(element),
        // The text of a field is what someone wrote into it, that of a select all its options.
        &|| if is_field(element) { String::new() } else { text(element) },
        &|| own("alt"),
        &|| own("title"),
        &|| own("placeholder"),
    ];
    candidates
        .iter()
        .map(|candidate| short(&candidate()))
        .find(|name| !name.is_empty())
        .unwrap_or_default()
}

fn is_field(element: &Element) -> bool {
    matches!(element.local_name().as_str(), "input" | "select" | "textarea")
}

fn labels(element: &Element) -> String {
    if !is_field(element) {
        return String::new();
    }
    // The three kinds of field have the property alike.
    let labels = element.unchecked_ref::<HtmlInputElement>().labels();
    let label = labels.and_then(|labels| labels.get(0));
    label.map_or_else(String::new, |label| text(label.unchecked_ref()))
}

fn labelled_by(element: &Element) -> String {
    let document = element.owner_document();
    let by = element.get_attribute("aria-labelledby").unwrap_or_default();
    let named = by.split_ascii_whitespace().find_map(|id| document.as_ref()?.get_element_by_id(id));
    named.map_or_else(String::new, |named| text(&named))
}

fn text(element: &Element) -> String {
    element.text_content().unwrap_or_default()
}

/// One line, cut with an ellipsis.
fn short(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().take(LONGEST).collect();
    let line = words.join(" ");
    if line.chars().count() <= LONGEST {
        return line;
    }
    let cut: String = line.chars().take(LONGEST - 1).collect();
    format!("{}…", cut.trim_end())
}
