//! Does on the page what an agent asked for, as if the customer's hands had done it.
//!
//! Pages listen to all sorts of events, so an action is the whole sequence that a browser would
//! fire, in its order, with each step's right to prevent the next. What a browser does by itself
//! only for real input (carets, implicit submission, moving focus) is done here.
//!
//! This is the last place before the page. Masks, exclusions and the level were checked before;
//! what is checked here is what only the live page knows: whether the customer could do the same
//! at this moment. Fields that hold secrets are refused once more, whatever was decided above.

mod choice;
mod events;
pub(crate) mod focus;
mod guard;
mod keys;
mod pointer;
mod scroll;
mod text;
mod travel;

use crate::frames::is_shown;
use guard::Field;
use saath_core::{
    message::action::{Action, Outcome},
    session::Grant,
};
use web_sys::Element;

/// Performs an action. The grant is the proof of consent; nothing else makes one.
///
/// Events run the page's own handlers before this returns, and with them our listeners: the caller
/// must hold no borrow that they need.
pub(crate) fn perform(_grant: &Grant, action: &Action, target: &Element) -> Outcome {
    match attempt(action, target) {
        Ok(()) => Outcome::Done,
        Err(refused) => refused,
    }
}

/// Whether the customer could do something in this frame of another origin now; it comes into view
/// for that. What is within it only its own client can say.
pub(crate) fn reach_frame(action: &Action, frame: &Element) -> Result<(), Outcome> {
    match action {
        Action::Scroll { .. } => Ok(()),
        Action::Key { .. } => guard::is_able(frame),
        Action::Click { .. }
        | Action::InsertText { .. }
        | Action::SetValue { .. }
        | Action::Select { .. }
        | Action::Check { .. } => guard::reach(frame, None).map(|_| ()),
    }
}

/// The button that Enter in this field presses, if the field is in a form that has one. A policy
/// that excludes a button, or wants its pressing confirmed, means this way to press it too.
pub(crate) fn implicit_submitter(field: &Element) -> Option<Element> {
    keys::default_button(field)
}

type Attempt = Result<(), Outcome>;

fn attempt(action: &Action, target: &Element) -> Attempt {
    if !is_shown(target) {
        return Err(Outcome::Gone);
    }
    if guard::is_secret(target) {
        return Err(Outcome::Masked);
    }
    match action {
        Action::Click { at, modifiers, .. } => {
            if matches!(Field::of(target), Field::Option) {
                return Err(Outcome::Unsuitable);
            }
            let point = guard::reach(target, Some(*at))?;
            pointer::click(target, point, *modifiers);
            Ok(())
        }
        Action::InsertText { text, .. } => {
            guard::reach(target, None)?;
            text::insert(target, text)
        }
        Action::Key { key, modifiers, .. } => {
            guard::is_able(target)?;
            keys::press(target, key, *modifiers)
        }
        Action::SetValue { value, .. } => {
            guard::reach(target, None)?;
            text::replace(target, value)
        }
        Action::Select { options, .. } => {
            guard::reach(target, None)?;
            choice::select(target, options)
        }
        Action::Check { checked, .. } => {
            let point = guard::reach(target, None)?;
            choice::check(target, *checked, point)
        }
        Action::Scroll { left, top, .. } => scroll::to(target, *left, *top),
    }
}
