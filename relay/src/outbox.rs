//! What is queued for one peer: bounded, in order, and nothing of it is ever dropped or merged.
//!
//! When it is full, the one who sends waits, stops reading its socket, and TCP slows its end
//! down. Frames are taken from one pairing at a time, so that what a sender still holds when a
//! peer goes to another room can never arrive there.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use saath_protocol::envelope::FromRelay;
use tokio::sync::Notify;
use tokio_tungstenite::tungstenite::Bytes;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;

use crate::rooms::PairId;

pub(crate) struct Outbox {
    max_messages: usize,
    max_bytes: usize,
    state: Mutex<State>,
    /// There is something to take.
    filled: Notify,
    /// There may be room for a frame, or no use in waiting for it.
    drained: Notify,
}

#[derive(Default)]
struct State {
    queue: VecDeque<Queued>,
    frames: usize,
    bytes: usize,
    from: Option<PairId>,
    close: Option<CloseCode>,
}

enum Queued {
    Frame(Bytes),
    Control(Bytes),
}

/// What is to be written to the socket.
pub(crate) enum Outgoing {
    Message(Bytes),
    /// The last: nothing comes after.
    Close(CloseCode),
}

/// The peer is not there (any more) for frames of this pairing.
pub(crate) struct Parted;

impl Outbox {
    pub(crate) fn new(max_messages: usize, max_bytes: usize) -> Self {
        Self {
            max_messages,
            max_bytes,
            state: Mutex::default(),
            filled: Notify::new(),
            drained: Notify::new(),
        }
    }

    /// Queues a frame of a pairing, as soon as there is space for it.
    pub(crate) async fn push(&self, pair: PairId, frame: Bytes) -> Result<(), Parted> {
        loop {
            let drained = self.drained.notified();
            {
                let mut state = self.lock();
                if state.from != Some(pair) || state.close.is_some() {
                    return Err(Parted);
                }
                let fits =
                    state.frames < self.max_messages && state.bytes + frame.len() <= self.max_bytes;
                // A frame larger than all the space goes alone.
                if fits || state.frames == 0 {
                    state.frames += 1;
                    state.bytes += frame.len();
                    state.queue.push_back(Queued::Frame(frame));
                    self.filled.notify_one();
                    return Ok(());
                }
            }
            drained.await;
        }
    }

    /// Queues a message of the relay's own. These are few and small, and must not wait.
    pub(crate) fn control(&self, message: &FromRelay) {
        let mut state = self.lock();
        if state.close.is_none() {
            state.queue.push_back(Queued::Control(message.encode().into()));
            self.filled.notify_one();
        }
    }

    /// Accepts frames of this pairing only; of none if `None`.
    pub(crate) fn accept(&self, pair: Option<PairId>) {
        self.lock().from = pair;
        self.drained.notify_waiters();
    }

    /// Nothing more is queued; the socket is closed after what is. The first code counts.
    pub(crate) fn close(&self, code: CloseCode) {
        self.lock().close.get_or_insert(code);
        self.filled.notify_one();
        self.drained.notify_waiters();
    }

    /// Takes the next, or waits for it. For one caller at a time; may be cancelled.
    pub(crate) async fn next(&self) -> Outgoing {
        loop {
            if let Some(next) = self.try_next() {
                return next;
            }
            self.filled.notified().await;
        }
    }

    /// Whether there is nothing to take.
    pub(crate) fn is_empty(&self) -> bool {
        let state = self.lock();
        state.queue.is_empty() && state.close.is_none()
    }

    fn try_next(&self) -> Option<Outgoing> {
        let mut state = self.lock();
        match state.queue.pop_front() {
            Some(Queued::Control(message)) => Some(Outgoing::Message(message)),
            Some(Queued::Frame(frame)) => {
                state.frames -= 1;
                state.bytes -= frame.len();
                self.drained.notify_waiters();
                Some(Outgoing::Message(frame))
            }
            None => state.close.map(Outgoing::Close),
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // Nothing between lock and unlock can panic half-way.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use futures::FutureExt;

    use super::*;

    const PAIR: PairId = PairId(1);

    fn frame(len: usize) -> Bytes {
        vec![2; len].into()
    }

    fn push(outbox: &Outbox, pair: PairId, len: usize) -> Option<bool> {
        outbox.push(pair, frame(len)).now_or_never().map(|pushed| pushed.is_ok())
    }

    #[test]
    fn is_bounded_by_messages_and_by_bytes() {
        let outbox = Outbox::new(3, 100);
        outbox.accept(Some(PAIR));
        assert_eq!(push(&outbox, PAIR, 60), Some(true));
        assert_eq!(push(&outbox, PAIR, 41), None);
        assert_eq!(push(&outbox, PAIR, 40), Some(true));
        outbox.try_next();
        outbox.try_next();
        assert_eq!(push(&outbox, PAIR, 1000), Some(true), "alone");
        outbox.try_next();
        for _ in 0..3 {
            assert_eq!(push(&outbox, PAIR, 1), Some(true));
        }
        assert_eq!(push(&outbox, PAIR, 1), None);
    }

    #[test]
    fn control_never_waits_and_keeps_its_place() {
        let outbox = Outbox::new(1, 100);
        outbox.accept(Some(PAIR));
        assert_eq!(push(&outbox, PAIR, 1), Some(true));
        outbox.control(&FromRelay::PeerLost);
        outbox.close(CloseCode::Normal);
        outbox.control(&FromRelay::Joined);
        let taken: Vec<_> = std::iter::from_fn(|| outbox.try_next())
            .map_while(|next| match next {
                Outgoing::Message(message) => Some(message.to_vec()),
                Outgoing::Close(_) => None,
            })
            .collect();
        assert_eq!(taken, [vec![2], vec![0, 9]]);
        assert!(matches!(outbox.try_next(), Some(Outgoing::Close(CloseCode::Normal))));
    }

    #[test]
    fn a_waiting_frame_does_not_follow_into_another_room() {
        let outbox = Outbox::new(1, 100);
        outbox.accept(Some(PAIR));
        assert_eq!(push(&outbox, PAIR, 1), Some(true));
        let mut waiting = Box::pin(outbox.push(PAIR, frame(1)));
        assert!((&mut waiting).now_or_never().is_none());
        outbox.try_next();
        outbox.accept(Some(PairId(2)));
        assert!(matches!(waiting.now_or_never(), Some(Err(Parted))));
        assert_eq!(push(&outbox, PAIR, 1), Some(false));
        assert_eq!(push(&outbox, PairId(2), 1), Some(true));
    }
}
