//! Which states of an element are told.
//!
//! Whether a value is valid says something about it, and a trail over a masked keypad or along a
//! masked choice is as good as the answer.

use super::zone::Zone;
use crate::node::state::{self, Kind, State};

/// Not a state: the glue says by it that the focus is on a box to tick or an option.
const CHOICE: &str = "choice";

/// Where the element is.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    pub(super) zone: Zone,
    pub(super) parent: Zone,
    /// Whether it is a form control with a value.
    pub(super) is_control: bool,
}

/// Of the words of an element, those that are told.
pub(super) fn told(words: &str, tag: &str, place: Place) -> String {
    let choice = words.split_ascii_whitespace().any(|word| word == CHOICE);
    state::join(state::words(words).filter(|&state| is_told(state, tag, place, choice)))
}

fn is_told(state: State<'_>, tag: &str, place: Place, choice: bool) -> bool {
    let Place { zone, parent, is_control } = place;
    if zone.has(Zone::BLOCK) {
        return false;
    }
    match state.kind {
        // A form or a fieldset is as valid as what is in it; a button has nothing to tell.
        Kind::Value => {
            zone.is_shown() || !zone.is_hidden() && !is_control && matches!(tag, "button" | "input")
        }
        Kind::Trail if choice => zone.is_shown(),
        // Where what is hidden begins is seen anyway.
        Kind::Trail => !(zone.is_hidden() && parent.is_hidden()),
        Kind::Plain => true,
    }
}
