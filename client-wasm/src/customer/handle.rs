//! What the page's own script holds of a session: it asks, the loop does.

use super::widget::WidgetEvent;
use super::{Event, preview};
use crate::browser::Inbox;
use crate::emitter::Emitter;
use std::cell::Cell;
use web_sys::HtmlElement;

/// What the page's own script holds of the session.
pub(crate) struct Handle {
    pub(crate) emitter: Emitter,
    pub(super) state: Cell<&'static str>,
    pub(super) inbox: Inbox<Event>,
    /// The page asks the customer itself.
    pub(super) own_ui: bool,
}

impl Handle {
    pub(crate) fn state(&self) -> &'static str {
        self.state.get()
    }

    fn press(&self, event: WidgetEvent) {
        self.inbox.put(Event::Widget(event));
    }

    /// Where our widget asks, only a person's press on it is a yes.
    fn say_yes(&self, event: WidgetEvent) {
        if self.own_ui {
            self.press(event);
        } else {
            web_sys::console::warn_1(&"saath: the widget asks the customer".into());
        }
    }

    pub(crate) fn stop(&self) {
        self.press(WidgetEvent::Stop);
    }

    pub(crate) fn allow(&self) {
        self.say_yes(WidgetEvent::Allow);
    }

    pub(crate) fn decline(&self) {
        self.press(WidgetEvent::Decline);
    }

    pub(crate) fn new_pin(&self) {
        self.press(WidgetEvent::NewPin);
    }

    pub(crate) fn allow_control(&self) {
        self.say_yes(WidgetEvent::AllowLevel);
    }

    pub(crate) fn decline_control(&self) {
        self.press(WidgetEvent::DeclineLevel);
    }

    pub(crate) fn preview(&self, place: Option<HtmlElement>) {
        self.inbox.put(Event::Preview(preview::Event::Place(place)));
    }

    pub(crate) fn revoke_control(&self) {
        self.press(WidgetEvent::Revoke);
    }
}
