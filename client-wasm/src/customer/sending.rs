//! What goes to the agent of itself: changes of the page, where it stands, pictures and fonts; as
//! much as the network takes.

use super::Driver;
use super::watch::{self, Watch};
use crate::socket::Socket;
use crate::source::{Broken, Source};
use saath_core::mask::Access;
use saath_core::message::FromCustomer;
use saath_core::message::page::{Page, View};
use saath_core::session::customer::Event as Session;

/// Not more than this waits for the network; what changes meanwhile is dirt.
const MAX_BUFFERED: u32 = 256 << 10;
/// Nor more than this when a piece of an asset is to follow: pages must not wait behind it.
const MAX_BUFFERED_ASSETS: u32 = 64 << 10;
/// A page that cannot be read this often in a row is not shared any longer.
const MAX_FAILURES: u32 = 3;

impl Driver {
    /// Sends what has changed since the last frame, if there is room for it.
    pub(super) fn frame(&mut self) {
        let told = self.view.as_ref();
        if let Some(view) = told.and_then(|told| self.source.as_ref()?.resized(told)) {
            self.tell_view(view);
        }
        self.send_some();
        self.answer_for_guests();
        let Some(source) = &mut self.source else { return };
        // A document that a script opens anew has lost its listeners.
        if std::mem::replace(&mut self.openings, source.openings()) != source.openings() {
            self.watch = Watch::start(&self.inbox, &self.next_frame);
        }
        // After the page: how its title is masked is known only then.
        let view = source.view(self.view.as_ref());
        if source.is_behind() && self.session.room() {
            self.next_frame.ask();
        }
        if self.view.as_ref() != Some(&view) {
            self.tell_view(view);
        }
        if let Some((pointer, over)) = self.pointer.take()
            && let Some(source) = &self.source
        {
            // A trail over a masked keypad would be as good as its digits.
            let private = over.is_some_and(|element| source.access(&element) == Access::Masked);
            let pointer = if private { watch::POINTER_GONE } else { pointer };
            self.handle(Session::Pointer(pointer));
        }
        if let Some(source) = &mut self.source {
            source.read_assets();
        }
        self.send_assets();
        self.look();
    }

    fn tell_view(&mut self, view: View) {
        self.view = Some(view.clone());
        self.watch(&FromCustomer::View(view.clone()));
        self.handle(Session::View(view));
    }

    /// Sends of pictures and fonts what there is room for. What changes on the page goes first.
    pub(super) fn send_assets(&mut self) {
        let Some(source) = self.source.as_mut().filter(|source| source.has_assets()) else {
            return;
        };
        if !source.may_send_assets() {
            // With the page that is due. If there is no room for one, there is a frame when there is.
            if self.session.room() {
                self.next_frame.ask();
            }
            return;
        }
        for piece in source.assets.take_pieces() {
            self.handle(Session::Asset(piece));
        }
        while let Some(offer) = self.source.as_mut().and_then(|source| source.assets.offer()) {
            self.watch(&FromCustomer::Offer(offer.clone()));
            self.handle(Session::Offer(offer));
        }
        if self.buffered() > MAX_BUFFERED_ASSETS {
            return self.next_frame.ask();
        }
        if !self.next_frame.is_asked()
            && let Some(source) = &mut self.source
        {
            source.assets.advance();
        }
    }

    /// Tells what became of what guests were asked to do.
    pub(super) fn answer_for_guests(&mut self) {
        let answers = self.source.as_mut().map(Source::guests_answers).unwrap_or_default();
        for result in answers {
            self.handle(Session::ActionDone(result));
        }
    }

    /// A turn a frame; what it leaves is for the next.
    pub(super) fn send_some(&mut self) {
        let Some(source) = &mut self.source else { return };
        if source.rests() || self.send_page() {
            self.next_frame.ask();
        }
    }

    /// All that is dirty, if there is room for it.
    pub(super) fn send_all(&mut self) {
        while self.send_page() {}
    }

    /// Whether there may be more to send now.
    pub(super) fn send_page(&mut self) -> bool {
        // The tree is the queue: while there is no room nothing is read, and one diff catches up.
        if !self.session.room() || self.buffered() >= MAX_BUFFERED {
            return false;
        }
        let Some(source) = &mut self.source else { return false };
        match source.turn() {
            Ok(page) => {
                let behind = source.is_behind();
                if let Some(page) = page {
                    self.failures = 0;
                    if self.preview.is_some() {
                        self.watch(&FromCustomer::Page(page.clone()));
                    }
                    let Page { kind, batch, hash, .. } = page;
                    self.handle(Session::Page { kind, batch, hash });
                }
                behind
            }
            Err(Broken) => {
                self.failures += 1;
                if self.failures >= MAX_FAILURES {
                    self.handle(Session::Stop);
                }
                false
            }
        }
    }

    pub(super) fn buffered(&self) -> u32 {
        self.socket.as_ref().map_or(0, Socket::buffered)
    }
}
