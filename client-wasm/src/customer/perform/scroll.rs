//! Scrolling at once: a smooth scroll would be mirrored frame by frame.

use super::{Attempt, events::window_of};
use saath_core::message::action::Outcome;
use web_sys::{Element, ScrollBehavior, ScrollToOptions};

/// Scrolls the element, or the window if it is the document's, to these offsets.
pub(super) fn to(target: &Element, left: i32, top: i32) -> Attempt {
    let window = window_of(target).ok_or(Outcome::Gone)?;
    let options = ScrollToOptions::new();
    options.set_behavior(ScrollBehavior::Instant);
    options.set_left(f64::from(left));
    options.set_top(f64::from(top));

    let document = target.owner_document().ok_or(Outcome::Gone)?;
    let is = |other: Option<Element>| other.is_some_and(|other| target.is_same_node(Some(&other)));
    if is(document.document_element()) || is(document.scrolling_element()) {
        window.scroll_to_with_scroll_to_options(&options);
        return Ok(());
    }
    if target.get_client_rects().length() == 0 {
        return Err(Outcome::NotInteractive);
    }
    // What the customer cannot scroll, a page may have moved on purpose.
    let style = window.get_computed_style(target).ok().flatten().ok_or(Outcome::Unsuitable)?;
    let scrolls = ["overflow-x", "overflow-y"].into_iter().any(|axis| {
        matches!(style.get_property_value(axis).as_deref(), Ok("auto" | "scroll" | "overlay"))
    });
    if !scrolls {
        return Err(Outcome::Unsuitable);
    }
    target.scroll_to_with_scroll_to_options(&options);
    Ok(())
}
