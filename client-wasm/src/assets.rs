//! The customer's end of pictures and fonts: their bytes, read by the browser and sent as there is
//! room.

use crate::dom::Mirror;
use js_sys::{Promise, Uint8Array};
use saath_core::assets::{Flow, Found, NeverSent, Outgoing, Piece, Use};
use saath_core::message::asset::{Asset, Hash, Offer, Why};
use saath_core::message::guest::GuestAsset;
use saath_core::node::NodeId;
use std::rc::Rc;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::Node;

#[wasm_bindgen(module = "/src/customer/assets.js")]
extern "C" {
    #[wasm_bindgen(js_name = Assets)]
    type Reader;
    #[wasm_bindgen(constructor, js_class = "Assets")]
    fn new(pictures: &JsValue, painted: Painted, loaded: Loaded, tell: &Tell) -> Reader;
    #[wasm_bindgen(method)]
    fn add(this: &Reader, number: u32, used: u32, base: &str, address: &str, node: Option<Node>);
    #[wasm_bindgen(method)]
    fn left(this: &Reader, room: f64);
    #[wasm_bindgen(method)]
    fn read(this: &Reader, number: u32, offset: u32, length: u32) -> Promise;
    #[wasm_bindgen(method)]
    fn copy(this: &Reader, number: u32) -> Promise;
    #[wasm_bindgen(method)]
    fn withdraw(this: &Reader, numbers: &[u32]);
    #[wasm_bindgen(method)]
    fn given(this: &Reader, number: u32, bytes: &[u8], keep: bool, painted: bool);
    #[wasm_bindgen(method)]
    fn stop(this: &Reader);
}

#[wasm_bindgen(module = "/src/customer/painted.js")]
extern "C" {
    type Painted;
    #[wasm_bindgen(constructor)]
    fn new() -> Painted;
}

#[wasm_bindgen(module = "/src/customer/loaded.js")]
extern "C" {
    type Loaded;
    #[wasm_bindgen(constructor)]
    fn new() -> Loaded;
}

/// Number, hash, size or why there is none, when its turn is, whether it may be kept, whether it was
/// painted.
type Tell = Closure<dyn FnMut(u32, Option<Vec<u8>>, u32, u32, bool, bool)>;

/// What the browser has read.
pub(crate) enum Event {
    /// An asset, or why there is none.
    Loaded { number: u32, content: Result<(Hash, u32), Why>, turn: u32, keep: bool, painted: bool },
    /// A piece of one.
    Read(Piece, Option<Vec<u8>>),
    /// All of one, for the page around a frame or for the customer's own eyes; empty if it cannot be
    /// had.
    Whole { number: u32, keep: bool, painted: bool, bytes: Vec<u8> },
}

/// What there is to send of pictures and fonts. Dropping it stops all reading.
#[must_use]
pub(crate) struct Assets {
    reader: Reader,
    outgoing: Outgoing,
    /// What was read since the page was last known to be read to the end.
    heard: Vec<Event>,
    tell: Rc<dyn Fn(Event)>,
    _tell: Tell,
}

impl Assets {
    /// `tell` must only note what it is told.
    pub(crate) fn new(mirror: &Mirror, flow: Flow, tell: Rc<dyn Fn(Event)>) -> Self {
        let heard = Rc::clone(&tell);
        let closure = Tell::new(move |number, hash: Option<Vec<u8>>, size, turn, keep, painted| {
            let content = match hash.and_then(|hash| Hash::try_from(hash).ok()) {
                Some(hash) => Ok((hash, size)),
                None => Err(match size {
                    1 => Why::TooLarge,
                    2 => Why::OverBudget,
                    _ => Why::Unreadable,
                }),
            };
            heard(Event::Loaded { number, content, turn, keep, painted });
        });
        let reader = Reader::new(mirror.pictures(), Painted::new(), Loaded::new(), &closure);
        Self { reader, outgoing: Outgoing::new(flow), heard: vec![], tell, _tell: closure }
    }

    /// These were met for the first time. Their reading begins when the page is idle.
    pub(crate) fn found(&mut self, mirror: &Mirror, found: Vec<Found>) {
        for Found { number, used, base, address } in found {
            let (code, node) = match used {
                Use::Picture => (0, None),
                Use::Font => (1, None),
                Use::Live => (2, address.parse().ok().and_then(|id| mirror.node(NodeId(id)))),
            };
            self.outgoing.named(number, false);
            self.reader.add(number, code, &base, &address, node);
        }
    }

    /// The page does not name these any more: nothing of them leaves.
    pub(crate) fn withdraw(&mut self, numbers: &[u32]) {
        numbers.iter().for_each(|&number| self.outgoing.withdraw(number));
        self.reader.withdraw(numbers);
    }

    /// The browser has read something. It waits until it is known that the page still names it.
    pub(crate) fn note(&mut self, event: Event) {
        self.heard.push(event);
    }

    /// Whether nothing waits to be told or sent.
    pub(crate) fn is_idle(&self) -> bool {
        self.heard.is_empty() && self.outgoing.is_idle()
    }

    /// Takes in what was noted; the pieces that come of it.
    pub(crate) fn take_pieces(&mut self) -> Vec<Asset> {
        let heard = std::mem::take(&mut self.heard);
        heard.into_iter().filter_map(|event| self.heard(event)).collect()
    }

    /// A piece to send comes of it if it is still wanted.
    fn heard(&mut self, event: Event) -> Option<Asset> {
        match event {
            Event::Loaded { number, .. } if !self.outgoing.is_named(number) => {
                // It was read as it was withdrawn.
                self.reader.withdraw(&[number]);
            }
            Event::Loaded { number, content: Ok((hash, size)), turn, painted: true, .. } => {
                self.outgoing.painted(number, turn, hash, size);
            }
            Event::Loaded { number, content: Ok((hash, size)), turn, keep, .. } => {
                self.outgoing.ready(number, turn, hash, size, keep);
                #[expect(clippy::cast_precision_loss)]
                self.reader.left(self.outgoing.room() as f64);
            }
            Event::Loaded { number, content: Err(why), .. } => self.outgoing.missing(number, why),
            Event::Read(piece, bytes) => return self.outgoing.read(piece, bytes),
            // In a frame only.
            Event::Whole { .. } => {}
        }
        None
    }

    /// As [`Self::take_pieces`] in a frame of another origin, whose page around takes assets as a
    /// whole.
    pub(crate) fn take_whole(&mut self) -> Vec<Event> {
        let heard = std::mem::take(&mut self.heard);
        let whole = heard.into_iter().filter_map(|event| self.heard_in_frame(event)).collect();
        // Nobody asks.
        while self.outgoing.offer().is_some() {}
        whole
    }

    fn heard_in_frame(&mut self, event: Event) -> Option<Event> {
        let (Event::Loaded { number, .. } | Event::Whole { number, .. }) = event else {
            return None;
        };
        let is_named = self.outgoing.is_named(number);
        let Event::Loaded { number, ref content, keep, painted, .. } = event else {
            return is_named.then_some(event);
        };
        let size = content.as_ref().map_or(0, |(_, size)| *size);
        self.heard(event);
        if !is_named {
            return None;
        }
        self.tell_whole(self.reader.read(number, 0, size), number, keep, painted);
        None
    }

    fn tell_whole(&self, reading: Promise, number: u32, keep: bool, painted: bool) {
        let tell = Rc::clone(&self.tell);
        wasm_bindgen_futures::spawn_local(async move {
            let bytes = JsFuture::from(reading).await.ok();
            let bytes = bytes.and_then(|bytes| bytes.dyn_into::<Uint8Array>().ok());
            let bytes = bytes.map(|bytes| bytes.to_vec()).unwrap_or_default();
            tell(Event::Whole { number, keep, painted, bytes });
        });
    }

    /// All of one, for the customer who looks at what the agent sees, as [`Event::Whole`].
    pub(crate) fn copy(&self, number: u32) {
        self.tell_whole(self.reader.copy(number), number, false, false);
    }

    /// All that the agent's end was told of.
    pub(crate) fn told(&self) -> Vec<Offer> {
        self.outgoing.told()
    }

    /// A picture or a font of a guest: with the page's number it is the page's from here on.
    pub(crate) fn of_guest(&mut self, number: u32, asset: &GuestAsset) {
        self.outgoing.named(number, true);
        self.reader.given(number, &asset.bytes, asset.keep, asset.painted);
    }

    /// What to tell the agent's end.
    pub(crate) fn offer(&mut self) -> Option<Offer> {
        self.outgoing.offer()
    }

    pub(crate) fn want(&mut self, numbers: &[u32]) {
        self.outgoing.want(numbers);
    }

    pub(crate) fn got(&mut self, bytes: u64) -> Result<(), NeverSent> {
        self.outgoing.got(bytes)
    }

    /// A new epoch.
    pub(crate) fn restart(&mut self) {
        self.outgoing.restart();
    }

    /// Reads the next piece, if one is wanted and there is room for it.
    pub(crate) fn advance(&mut self) {
        let Some(piece) = self.outgoing.next_piece() else { return };
        let reading = self.reader.read(piece.number, piece.offset, piece.length);
        let tell = Rc::clone(&self.tell);
        wasm_bindgen_futures::spawn_local(async move {
            let bytes = JsFuture::from(reading).await.ok();
            let bytes = bytes.and_then(|bytes| bytes.dyn_into::<Uint8Array>().ok());
            tell(Event::Read(piece, bytes.map(|bytes| bytes.to_vec())));
        });
    }
}

impl Drop for Assets {
    fn drop(&mut self) {
        self.reader.stop();
    }
}
