//! The customer's own part in what is shown: what the agent sees of what is in sight, what the customer
//! hides of it, and what the portal lets them show.
//!
//! A choice is a mark like those of the page, so all the rules of masking hold for it: what is hidden
//! stays so whatever else would show it, and what is shown is still below every mask and the pattern net.

use crate::dom::{Choice, native};
use crate::source::Source;
use saath_core::mask::Sight;
use wasm_bindgen::JsValue;
use web_sys::Element;

/// What the customer hides and shows on this page.
#[derive(Debug, Default)]
pub(crate) struct Chosen {
    /// Selectors of what is hidden, for as long as the session lasts.
    pub(crate) hides: Vec<String>,
    /// What is hidden and has no selector to be found by again.
    hidden: Vec<Element>,
    shown: Vec<Element>,
}

/// What became of an element.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Standing {
    /// The agent sees it.
    Shown,
    /// The agent does not, and nobody here can change it.
    Hidden,
    /// The customer has hidden it.
    HiddenByChoice,
    /// The customer has shown it.
    ShownByChoice,
    /// It is masked, and the customer may show it.
    Showable,
}

impl Standing {
    /// What a press changes it to.
    pub(crate) fn other(self) -> Option<Choice> {
        match self {
            Self::Shown => Some(Choice::Hide),
            Self::Hidden => None,
            Self::HiddenByChoice | Self::ShownByChoice => Some(Choice::None),
            Self::Showable => Some(Choice::Show),
        }
    }
}

/// Something in sight: a field, or a text that is no caption.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Item {
    pub(crate) element: Element,
    pub(crate) name: String,
    pub(crate) standing: Standing,
    /// Left, top, width and height in the page's window, in CSS pixels.
    pub(crate) place: [f64; 4],
}

impl Source {
    /// What is in sight, by the newest reading of it.
    pub(crate) fn items(&self) -> Vec<Item> {
        let sights = self.mirror.in_sight().into_iter();
        let item = |sight: crate::dom::InSight| {
            let element = sight.node();
            let standing = self.standing(&element);
            let place = [sight.x(), sight.y(), sight.width(), sight.height()];
            Item { element, name: sight.name(), standing, place }
        };
        sights.map(item).collect()
    }

    fn standing(&self, element: &Element) -> Standing {
        let Chosen { hides, hidden, shown } = &self.chosen;
        if hidden.contains(element) || hides.iter().any(|known| is_for(known, element)) {
            return Standing::HiddenByChoice;
        }
        let sight = self.mirror.id(element).map_or(Sight::Hidden, |id| self.capture.sight(id));
        match sight {
            Sight::Shown if shown.contains(element) => Standing::ShownByChoice,
            Sight::Shown => Standing::Shown,
            Sight::Unmarked if self.mirror.is_showable(element) => Standing::Showable,
            Sight::Unmarked | Sight::Hidden => Standing::Hidden,
        }
    }

    /// The customer chooses, which counts from the next turn on.
    ///
    /// # Errors
    /// If the marks cannot be found any more; nothing may be sent then.
    pub(crate) fn choose(&mut self, element: &Element, choice: Choice) -> Result<(), JsValue> {
        let selector = self.selector(element);
        let Chosen { hides, hidden, shown } = &mut self.chosen;
        hidden.retain(|known| known != element);
        shown.retain(|known| known != element);
        hides.retain(|known| !is_for(known, element));
        let mark = match (choice, selector) {
            (Choice::Hide, Some(selector)) => {
                hides.push(selector);
                Choice::None
            }
            (Choice::Hide, None) => {
                hidden.push(element.clone());
                choice
            }
            (Choice::Show, _) => {
                shown.push(element.clone());
                choice
            }
            (Choice::None, _) => choice,
        };
        self.mirror.choose(element, mark);
        self.select()
    }

    /// What was hidden on the page before this one. To be said before the first turn.
    ///
    /// # Errors
    /// As [`Self::choose`].
    pub(crate) fn hide(&mut self, hides: Vec<String>) -> Result<(), JsValue> {
        self.chosen.hides = hides;
        self.chosen.hides.retain(|selector| is_plain(selector));
        self.select()
    }

    /// The page is in front again: what was hidden meanwhile, on others, and nothing that was shown
    /// by hand before it was left.
    ///
    /// # Errors
    /// As [`Self::choose`].
    pub(crate) fn come_back(&mut self, hides: Vec<String>) -> Result<(), JsValue> {
        for element in std::mem::take(&mut self.chosen.shown) {
            self.mirror.choose(&element, Choice::None);
        }
        self.hide(hides)
    }

    /// By what an element is found again when the page has made it anew, or another page has it, too:
    /// its `id` or its name, if it alone has that.
    fn selector(&self, element: &Element) -> Option<String> {
        if !native::root_of(element).is_same_node(Some(&self.document)) {
            return None;
        }
        let selectors = ["id", "name"].into_iter().filter_map(|name| {
            let value = element.get_attribute(name)?;
            is_name(&value).then(|| format!("[{name}=\"{value}\"]"))
        });
        let mut alone = selectors.filter(|selector| native::count(&self.document, selector) == 1);
        alone.next()
    }
}

fn is_for(selector: &str, element: &Element) -> bool {
    element.matches(selector).unwrap_or(false)
}

fn is_plain(selector: &str) -> bool {
    ["[id=\"", "[name=\""].iter().any(|start| {
        let value = selector.strip_prefix(start).and_then(|rest| rest.strip_suffix("\"]"));
        value.is_some_and(is_name)
    })
}

/// Nothing that would need an escape.
fn is_name(text: &str) -> bool {
    (1..=64).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_needs_no_escape_is_taken_from_storage() {
        for selector in ["[id=\"pan\"]", "[name=\"a-b_1\"]"] {
            assert!(is_plain(selector), "{selector}");
        }
        for selector in
            ["", "*", "[id=\"\"]", "[id=\"a\"],*", "[id=\"a\\\"]", "[class=\"a\"]", "[id=\"a b\"]"]
        {
            assert!(!is_plain(selector), "{selector}");
        }
    }

    #[test]
    fn a_press_can_be_taken_back() {
        assert_eq!(Standing::Shown.other(), Some(Choice::Hide));
        assert_eq!(Standing::HiddenByChoice.other(), Some(Choice::None));
        assert_eq!(Standing::Showable.other(), Some(Choice::Show));
        assert_eq!(Standing::ShownByChoice.other(), Some(Choice::None));
        assert_eq!(Standing::Hidden.other(), None);
    }
}
