//! What the sans-IO core is handed by the browser: time, entropy, frames and a bounded inbox.

use futures::channel::mpsc::{UnboundedReceiver, UnboundedSender, unbounded};
use gloo_render::{AnimationFrame, request_animation_frame};
use gloo_timers::callback::Timeout;
use saath_core::session::{Entropy, Millis};
use std::cell::RefCell;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};
use web_sys::{Document, Window};

/// The window; there is always one where this package runs.
pub(crate) fn window() -> Option<Window> {
    web_sys::window()
}

pub(crate) fn document() -> Option<Document> {
    window()?.document()
}

/// A clock that only goes forward, also while the machine sleeps in most browsers.
pub(crate) fn now() -> Millis {
    let ms = window().and_then(|window| window.performance()).map_or(0.0, |clock| clock.now());
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    Millis(ms as u64)
}

/// Seconds since 1970.
pub(crate) fn unix_seconds() -> u64 {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    {
        (js_sys::Date::now() / 1000.0) as u64
    }
}

/// `value`, not below `low`, not above `high`. (The standard `clamp` can panic, and its message prints
/// floats, which is 15 kB of code.)
pub(crate) fn within(value: f64, low: f64, high: f64) -> f64 {
    value.max(low).min(high)
}

/// A length for a style. The browser writes the number, for the same reason.
pub(crate) fn px(pixels: f64) -> String {
    number(pixels, 100.0) + "px"
}

/// A number for a style, rounded to one part in `parts`.
pub(crate) fn number(value: f64, parts: f64) -> String {
    let rounded = js_sys::Number::from((value * parts).round() / parts);
    rounded.to_string_with_radix(10).map(String::from).unwrap_or_default()
}

/// `crypto.getRandomValues`.
pub(crate) struct BrowserEntropy;

impl BrowserEntropy {
    /// Whether the browser has it; without it nothing may begin.
    pub(crate) fn is_there() -> bool {
        window().is_some_and(|window| window.crypto().is_ok())
    }
}

impl Entropy for BrowserEntropy {
    fn fill(&mut self, buf: &mut [u8]) {
        let filled = window()
            .and_then(|window| window.crypto().ok())
            .is_some_and(|crypto| crypto.get_random_values_with_u8_array(buf).is_ok());
        // Guessable keys are worse than none.
        assert!(filled, "no random numbers");
    }
}

/// Where browser callbacks put what happened. They touch nothing else.
pub(crate) struct Inbox<E>(UnboundedSender<E>);

impl<E> Clone for Inbox<E> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<E> Inbox<E> {
    pub(crate) fn new() -> (Self, UnboundedReceiver<E>) {
        let (sender, receiver) = unbounded();
        (Self(sender), receiver)
    }

    /// After the driver is gone nobody is interested any more.
    pub(crate) fn put(&self, event: E) {
        let _ = self.0.unbounded_send(event);
    }
}

/// A task that can also be run from inside a callback, up to where it has nothing more to do: before
/// the page stops.
#[derive(Default)]
pub(crate) struct Pump {
    task: RefCell<Option<Pin<Box<dyn Future<Output = ()>>>>>,
    waker: RefCell<Option<Waker>>,
}

impl Pump {
    pub(crate) fn start(self: Rc<Self>, task: impl Future<Output = ()> + 'static) {
        *self.task.borrow_mut() = Some(Box::pin(task));
        wasm_bindgen_futures::spawn_local(std::future::poll_fn(move |context| {
            *self.waker.borrow_mut() = Some(context.waker().clone());
            self.run();
            if self.task.borrow().is_some() { Poll::Pending } else { Poll::Ready(()) }
        }));
    }

    /// Does nothing while it is running already, further up.
    pub(crate) fn run(&self) {
        let waker = self.waker.borrow().clone();
        if let Some(waker) = waker
            && let Ok(mut task) = self.task.try_borrow_mut()
            && let Some(future) = task.as_mut()
            && future.as_mut().poll(&mut Context::from_waker(&waker)).is_ready()
        {
            *task = None;
            waker.wake();
        }
    }
}

/// Puts an event into the inbox at this time, unless it is dropped before.
pub(crate) fn alarm<E: 'static>(inbox: &Inbox<E>, at: Millis, make: fn() -> E) -> Timeout {
    // Browsers keep these in 31 bits; one that goes off too early is set anew.
    let wait = u32::try_from(at.since(now())).unwrap_or(u32::MAX).min(u32::MAX >> 1);
    let inbox = inbox.clone();
    Timeout::new(wait, move || inbox.put(make()))
}

/// One call at the next animation frame, or soon where there is none: in a hidden tab, and in a frame
/// of another origin that is not in sight. Asking again before that changes nothing.
pub(crate) struct NextFrame<E: 'static> {
    inbox: Inbox<E>,
    make: fn() -> E,
    pending: Rc<RefCell<Option<Pending>>>,
}

/// Dropping it cancels both.
type Pending = (AnimationFrame, Timeout);

/// How long changes are collected where there are no frames, in milliseconds.
const LATEST_MS: u32 = 250;

impl<E: 'static> Clone for NextFrame<E> {
    fn clone(&self) -> Self {
        Self { inbox: self.inbox.clone(), make: self.make, pending: Rc::clone(&self.pending) }
    }
}

impl<E: 'static> NextFrame<E> {
    pub(crate) fn new(inbox: Inbox<E>, make: fn() -> E) -> Self {
        Self { inbox, make, pending: Rc::default() }
    }

    pub(crate) fn ask(&self) {
        let Ok(mut pending) = self.pending.try_borrow_mut() else { return };
        if pending.is_some() {
            return;
        }
        let (inbox, make, slot) = (self.inbox.clone(), self.make, Rc::clone(&self.pending));
        let fire = move || {
            // Taken out, not dropped: one of them is running.
            let done = slot.take();
            inbox.put(make());
            drop(done);
        };
        let late = fire.clone();
        let frame = request_animation_frame(move |_| fire());
        *pending = Some((frame, Timeout::new(LATEST_MS, late)));
    }

    /// Whether a call is on its way.
    pub(crate) fn is_asked(&self) -> bool {
        self.pending.try_borrow().is_ok_and(|pending| pending.is_some())
    }

    pub(crate) fn cancel(&self) {
        if let Ok(mut pending) = self.pending.try_borrow_mut() {
            *pending = None;
        }
    }
}
