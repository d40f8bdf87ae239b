//! What becomes of the page when the session is over.

use super::widget::WidgetView;
use super::{Driver, Event, storage};
use crate::names;
use saath_core::session::Ended;

/// The widget says itself when it has said enough; this is for when it cannot, in milliseconds.
const FAREWELL_MS: u32 = 30_000;

impl Driver {
    pub(super) fn end(&mut self, ended: Ended) {
        // What touches the page goes first, whatever the widget still has to say.
        (self.source, self.watch, self.overlay, self.preview) = (None, None, None, None);
        storage::write_hides(&[]);
        (self.socket, self.view, self.pointer) = (None, None, None);
        self.next_frame.cancel();
        let reason = names::ended(ended);
        self.show(&WidgetView::Ended { reason });
        self.handle.state.set("ended");
        self.handle.emitter.emit("state", &"ended".into());
        self.emit("ended", &names::Reason { reason });
        let inbox = self.inbox.clone();
        let wait = if self.widget.is_some() { FAREWELL_MS } else { 0 };
        wasm_bindgen_futures::spawn_local(async move {
            gloo_timers::future::TimeoutFuture::new(wait).await;
            inbox.put(Event::Farewell);
        });
    }
}
