//! What the page waits for, told to the console once when it changes: what the customer's page says
//! itself, and an action that has no answer, as a page stopped by what the agent pressed cannot say
//! so in time.

use super::{Driver, Event};
use crate::names;
use gloo_timers::callback::Timeout;
use serde::Serialize;

/// An action without an answer for this long has stopped the page, in milliseconds.
const UNANSWERED_MS: u32 = 2_000;

/// What the console was told.
#[derive(Default)]
pub(super) struct Waiting {
    told: Option<&'static str>,
    overdue: bool,
    timer: Option<Timeout>,
}

#[derive(Serialize)]
struct Waits {
    kind: Option<&'static str>,
}

impl Driver {
    pub(super) fn acted(&mut self) {
        if self.waiting.timer.is_none() {
            let inbox = self.inbox.clone();
            let overdue = Timeout::new(UNANSWERED_MS, move || inbox.put(Event::Overdue));
            self.waiting.timer = Some(overdue);
        }
    }

    pub(super) fn answered(&mut self) {
        self.waiting.overdue = false;
        self.waiting.timer = None;
        if !self.acts.is_empty() {
            self.acted();
        }
        self.tell_waiting();
    }

    pub(super) fn overdue(&mut self) {
        self.waiting.timer = None;
        self.waiting.overdue = !self.acts.is_empty();
        self.tell_waiting();
    }

    pub(super) fn tell_waiting(&mut self) {
        let own = self.view.as_ref().and_then(|view| view.waiting).map(names::waiting);
        let kind = own.or(self.waiting.overdue.then_some("unanswered"));
        if self.waiting.told != kind {
            self.waiting.told = kind;
            self.emit("waiting", &Waits { kind });
        }
    }
}
