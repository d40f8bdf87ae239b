//! A page that the browser keeps for *Back* is not gone: its socket stays open, and the relay would
//! wait for it while the next page wants to go on with the session.

use super::{Driver, Event, storage};
use crate::browser::{Inbox, unix_seconds, window};
use gloo_events::EventListener;
use js_sys::Reflect;
use saath_core::session::customer::{Customer, Event as Session};
use saath_core::session::{ResumeSecret, State};

/// Listens for as long as it lives.
pub(super) fn listen(inbox: &Inbox<Event>) -> Option<[EventListener; 2]> {
    let window = window()?;
    let on = |name: &'static str, tell: fn() -> Event| {
        let inbox = inbox.clone();
        EventListener::new(&window, name, move |event| {
            // Else it is gone, or was just loaded.
            if Reflect::get(event, &"persisted".into()).is_ok_and(|kept| kept.is_truthy()) {
                inbox.put(tell());
            }
        })
    };
    Some([on("pagehide", || Event::Kept), on("pageshow", || Event::Back)])
}

impl Driver {
    /// The session is the next page's.
    pub(super) fn keep(&mut self) {
        self.socket = None;
        self.handle(Session::Closed);
    }

    /// It is this page's again, as the page before has left it.
    pub(super) fn come_back(&mut self) {
        if self.session.state() != State::Lost {
            return;
        }
        let secret = storage::read().and_then(|text| ResumeSecret::parse(&text));
        let resumed =
            secret.map(|secret| Customer::resume(self.config.clone(), secret, unix_seconds()));
        match resumed {
            Some(Ok(session)) => {
                self.session = session;
                let hides = storage::read_hides();
                match self.source.as_mut().map(|source| source.come_back(hides)) {
                    None | Some(Ok(())) => self.drain(),
                    // Without what the customer has hidden nothing may be sent.
                    Some(Err(_)) => self.handle(Session::Stop),
                }
            }
            // It has ended there.
            _ => self.handle(Session::Stop),
        }
    }
}
