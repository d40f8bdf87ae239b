//! A WebSocket as a handle: dropping it closes the socket and silences it.

use crate::browser::Inbox;
use gloo_events::EventListener;
use js_sys::{ArrayBuffer, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{BinaryType, MessageEvent, WebSocket};

/// What a socket tells.
pub(crate) enum SocketEvent {
    Opened,
    Received(Vec<u8>),
    Closed,
}

/// A socket to the relay.
#[must_use]
pub(crate) struct Socket {
    socket: WebSocket,
    _listeners: [EventListener; 3],
}

impl Socket {
    /// Opens a socket. `wrap` makes the driver's event of what the socket tells.
    pub(crate) fn open<E: 'static>(
        url: &str,
        inbox: &Inbox<E>,
        wrap: fn(SocketEvent) -> E,
    ) -> Result<Self, JsValue> {
        let socket = WebSocket::new(url)?;
        socket.set_binary_type(BinaryType::Arraybuffer);
        let on = |name: &'static str, event: fn(&web_sys::Event) -> SocketEvent| {
            let inbox = inbox.clone();
            EventListener::new(&socket, name, move |e| inbox.put(wrap(event(e))))
        };
        let listeners = [
            on("open", |_| SocketEvent::Opened),
            on("message", |event| {
                let data = event.dyn_ref::<MessageEvent>().map(MessageEvent::data);
                match data.and_then(|data| data.dyn_into::<ArrayBuffer>().ok()) {
                    Some(buffer) => SocketEvent::Received(Uint8Array::new(&buffer).to_vec()),
                    // A relay sends no text.
                    None => SocketEvent::Received(vec![]),
                }
            }),
            on("close", |_| SocketEvent::Closed),
        ];
        Ok(Self { socket, _listeners: listeners })
    }

    /// Sends one message. A socket that is closing drops it: its `close` event is on the way.
    pub(crate) fn send(&self, message: &[u8]) {
        let _ = self.socket.send_with_u8_array(message);
    }

    /// Bytes that wait for the network.
    pub(crate) fn buffered(&self) -> u32 {
        self.socket.buffered_amount()
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        // What was sent goes out before the closing handshake.
        let _ = self.socket.close();
    }
}
