//! What the agent sees, for the customer to look at: a replica of their own, fed with the very messages
//! that are sealed for the agent, and a list of what is in sight, to hide it or to show it.
//!
//! It is made when it is opened. It lives in Saath's own element, which is no part of the page, so it is
//! never read or sent; its frame is sealed as the agent's is, and requests nothing.

mod panel;

use super::{Driver, storage};
use crate::assets;
use crate::dom::Choice;
use panel::Panel;
use saath_core::assets::PIECE;
use saath_core::message::FromCustomer;
use saath_core::message::asset::Asset;
use saath_core::message::page::{Page, PageKind};
use saath_core::session::Millis;
use web_sys::{Element, HtmlElement};

/// How often the list is made anew at most, in milliseconds.
const LOOK_MS: u64 = 250;

/// What the customer, or the page for them, wants of it.
pub(crate) enum Event {
    /// Open it, or close it.
    Toggle,
    /// Show it in a place of the page's own, or nowhere.
    Place(Option<HtmlElement>),
    Close,
    /// The customer chooses what the agent sees of an element.
    Choose(Element, Choice),
}

/// It, while it is open.
pub(super) struct Preview {
    panel: Panel,
    looked: Option<Millis>,
}

impl Driver {
    pub(super) fn preview(&mut self, event: Event) {
        match event {
            Event::Toggle if self.preview.is_some() => self.close_preview(),
            Event::Toggle => self.open_preview(None),
            Event::Place(None) | Event::Close => self.close_preview(),
            Event::Place(place) => self.open_preview(place.as_ref()),
            Event::Choose(element, choice) => self.choose(&element, choice),
        }
    }

    fn open_preview(&mut self, place: Option<&HtmlElement>) {
        self.preview = None;
        let Some(source) = &mut self.source else { return };
        let locale = self.share.locale.clone().unwrap_or_else(super::page_language);
        let panel = match (&self.widget, place) {
            (_, Some(place)) => Panel::within(place, &locale, &self.inbox),
            (Some(widget), None) => Panel::above(widget, &self.inbox),
            (None, None) => return,
        };
        let Ok(panel) = panel else { return };
        self.preview = Some(Preview { panel, looked: None });
        // The agent is sent it afresh, too: so both are the same from their first message on.
        source.restart();
        let told = source.assets.told();
        if let Some(view) = self.view.clone() {
            self.watch(&FromCustomer::View(view));
        }
        for offer in told {
            self.watch(&FromCustomer::Offer(offer));
        }
        self.expand(true);
        self.next_frame.ask();
    }

    pub(super) fn close_preview(&mut self) {
        if self.preview.take().is_some() {
            self.expand(false);
        }
    }

    fn expand(&self, open: bool) {
        if let Some(widget) = &self.widget {
            widget.expand(open);
        }
    }

    fn choose(&mut self, element: &Element, choice: Choice) {
        let Some(source) = &mut self.source else { return };
        if source.choose(element, choice).is_err() {
            // What may not be seen cannot be told any more.
            return self.handle(saath_core::session::customer::Event::Stop);
        }
        storage::write_hides(&source.chosen.hides);
        self.next_frame.ask();
    }

    /// The preview takes what is sent to the agent.
    pub(super) fn watch(&mut self, message: &FromCustomer) {
        let (Some(preview), Some(source)) = (&mut self.preview, &mut self.source) else { return };
        match preview.panel.watch(message) {
            Ok(wanted) => wanted.into_iter().for_each(|number| source.assets.copy(number)),
            // What is not what the agent has must not be shown as if it were.
            Err(_) => match message {
                FromCustomer::Page(Page { kind: PageKind::Fresh, .. }) => self.close_preview(),
                FromCustomer::Page(_) => {
                    source.restart();
                    self.next_frame.ask();
                }
                _ => {}
            },
        }
    }

    /// A picture or a font for it. Whether that is what the event was.
    pub(super) fn copied(&mut self, event: &assets::Event) -> bool {
        let assets::Event::Whole { number, bytes, .. } = event else { return false };
        for (nth, piece) in bytes.chunks(PIECE as usize).enumerate() {
            let offset = u32::try_from(nth).unwrap_or(u32::MAX).saturating_mul(PIECE);
            let piece = Asset { number: *number, offset, bytes: piece.to_vec() };
            self.watch(&FromCustomer::Asset(piece));
        }
        true
    }

    /// Numbers of assets mean something else from now on.
    pub(super) fn restart_preview(&mut self) {
        if let Some(preview) = &mut self.preview {
            preview.panel.forget_assets();
        }
    }

    /// Lists what is in sight now.
    pub(super) fn look(&mut self) {
        let (Some(preview), Some(source)) = (&mut self.preview, &self.source) else { return };
        let now = crate::browser::now();
        // A frame comes each second in any case.
        if preview.looked.is_some_and(|looked| now.since(looked) < LOOK_MS) {
            return;
        }
        preview.looked = Some(now);
        preview.panel.list(source.items());
    }
}
