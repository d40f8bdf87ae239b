//! The page's document: live nodes by number, read in bulk and written in bulk.
//!
//! The only place that maps numbers to live nodes. The glue decides nothing; see `dom/reader.js`,
//! `dom/state.js`, `dom/sheets.js` and `dom/writer.js`.

use crate::browser::within;
use js_sys::JsString;
use saath_core::css;
use saath_core::mask::Selectors;
use saath_core::message::page::{Visual, Waiting};
use saath_core::node::NodeId;
use saath_core::reading::{Marks as Bits, Raw, Reading};
use std::cell::Cell;
use wasm_bindgen::prelude::*;
use web_sys::{Document, Element, HtmlIFrameElement, MouseEvent, Node, Window};

pub(crate) mod native;
mod parts;
mod words;

use parts::{
    Adwaita, Alternates, Assets, Attributes, Cascade, Documents, Edits, Frames, Layers, Looks,
    Marks, Motion, Offsets, Pictures, Placer, Player, Pseudos, Registered, Secrets, Selected,
    Selector, Shadows, Sheets, Sights, Slots, TopLayer,
};
pub(crate) use words::{Writing, Written};

#[wasm_bindgen(module = "/src/dom/screen.js")]
extern "C" {
    type Screen;
    #[wasm_bindgen(constructor)]
    fn new(window: Option<web_sys::Window>) -> Screen;
    #[wasm_bindgen(method)]
    fn media(this: &Screen, feature: &str) -> u32;
    #[wasm_bindgen(method)]
    fn knows(this: &Screen, pseudo_class: &str) -> bool;
}

#[wasm_bindgen(module = "/src/dom/state.js")]
extern "C" {
    type States;
    #[wasm_bindgen(constructor)]
    fn new(
        sheets: Sheets,
        pseudos: Pseudos,
        screen: &Screen,
        motion: Motion,
        layers: TopLayer,
        selected: Selected,
        waits: &Waits,
        pictures: &Pictures,
        slots: Slots,
    ) -> States;
    #[wasm_bindgen(method)]
    fn ask(this: &States, words: Vec<JsString>);
    #[wasm_bindgen(method, js_name = noteAttributes)]
    fn note_attributes(this: &States, names: Vec<JsString>);
    #[wasm_bindgen(method, js_name = findScrolled)]
    fn find_scrolled(this: &States);
}

#[wasm_bindgen(module = "/src/dom/waits.js")]
extern "C" {
    type Waits;
    #[wasm_bindgen(constructor)]
    fn new() -> Waits;
    #[wasm_bindgen(method)]
    fn start(this: &Waits, tell: &Closure<dyn FnMut()>, wake: &Closure<dyn FnMut()>);
    #[wasm_bindgen(method)]
    fn kind(this: &Waits) -> u32;
    #[wasm_bindgen(method)]
    fn stop(this: &Waits);

    fn visual(window: &Window) -> Vec<f64>;
}

#[wasm_bindgen(module = "/src/dom/reader.js")]
extern "C" {
    type Reader;
    #[wasm_bindgen(constructor)]
    fn new(
        document: &Document,
        wake: &Closure<dyn FnMut()>,
        states: &States,
        shadows: Shadows,
        documents: Documents,
        marks: &Marks,
        secrets: Secrets,
    ) -> Reader;
    #[wasm_bindgen(method, catch)]
    fn select(
        this: &Reader,
        mask: &str,
        show: &str,
        block: &str,
        no_act: &str,
        confirm: &str,
        may_show: &str,
    ) -> Result<(), JsValue>;
    #[wasm_bindgen(method, catch)]
    fn dirt(this: &Reader) -> Result<Vec<u32>, JsValue>;
    #[wasm_bindgen(method, catch)]
    fn read(this: &Reader, request: &[u32], most: u32) -> Result<(), JsValue>;
    #[wasm_bindgen(method, getter)]
    fn behind(this: &Reader) -> bool;
    #[wasm_bindgen(method, js_name = takeWords)]
    fn take_words(this: &Reader) -> Vec<u32>;
    #[wasm_bindgen(method, js_name = takeText)]
    fn take_text(this: &Reader) -> String;
    #[wasm_bindgen(method, js_name = takeLengths)]
    fn take_lengths(this: &Reader) -> Vec<u32>;
    #[wasm_bindgen(method)]
    fn forget(this: &Reader, gone: &[u32]);
    #[wasm_bindgen(method)]
    fn reserve(this: &Reader, count: u32) -> u32;
    #[wasm_bindgen(method)]
    fn foreign(this: &Reader) -> js_sys::Array;
    #[wasm_bindgen(method)]
    fn reset(this: &Reader);
    #[wasm_bindgen(method)]
    fn node(this: &Reader, id: u32) -> Option<Node>;
    #[wasm_bindgen(method)]
    fn id(this: &Reader, node: &Node) -> u32;
    #[wasm_bindgen(method)]
    fn stop(this: &Reader);
    #[wasm_bindgen(method, js_name = onPointer)]
    fn on_pointer(this: &Reader, pointed: &Closure<dyn FnMut(MouseEvent)>);
    #[wasm_bindgen(method)]
    fn openings(this: &Reader) -> u32;
    #[wasm_bindgen(method, getter, js_name = isReplaced)]
    fn is_replaced(this: &Reader) -> bool;
}

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(method)]
    fn choose(this: &Marks, node: &Element, bit: u32);
    #[wasm_bindgen(method, js_name = isShowable)]
    fn is_showable(this: &Marks, node: &Element) -> bool;
    #[wasm_bindgen(method)]
    fn list(this: &Sights, reader: &Reader) -> Vec<InSight>;

    /// Something of the page in sight; see `sights.js`.
    pub(crate) type InSight;
    #[wasm_bindgen(method, getter, structural)]
    pub(crate) fn node(this: &InSight) -> Element;
    #[wasm_bindgen(method, getter, structural)]
    pub(crate) fn name(this: &InSight) -> String;
    #[wasm_bindgen(method, getter, structural)]
    pub(crate) fn x(this: &InSight) -> f64;
    #[wasm_bindgen(method, getter, structural)]
    pub(crate) fn y(this: &InSight) -> f64;
    #[wasm_bindgen(method, getter, structural)]
    pub(crate) fn width(this: &InSight) -> f64;
    #[wasm_bindgen(method, getter, structural)]
    pub(crate) fn height(this: &InSight) -> f64;
}

/// A mark that the customer makes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Choice {
    /// As the page and the policy have it.
    None,
    Hide,
    Show,
}

#[wasm_bindgen(module = "/src/dom/writer.js")]
extern "C" {
    type Writer;
    #[wasm_bindgen(constructor)]
    fn new(
        frame: &HtmlIFrameElement,
        attributes: Attributes,
        cascade: Cascade,
        frames: Frames,
        player: Player,
        layers: Layers,
        selector: Selector,
        offsets: Offsets,
        assets: Assets,
        placer: Placer,
    ) -> Writer;
    #[wasm_bindgen(method, catch)]
    fn write(
        this: &Writer,
        words: &[u32],
        text: &str,
        lengths: &[u32],
        gone: &[u32],
    ) -> Result<(), JsValue>;
    #[wasm_bindgen(method)]
    fn clear(this: &Writer);
    #[wasm_bindgen(method, js_name = hideScrollbars)]
    fn hide_scrollbars(this: &Writer, hide: bool);
    #[wasm_bindgen(method)]
    fn id(this: &Writer, node: &Node) -> u32;
    #[wasm_bindgen(method)]
    fn asset(this: &Writer, number: u32, asset: &JsValue);
    #[wasm_bindgen(method, js_name = forgetAssets)]
    fn forget_assets(this: &Writer);
}

/// The customer's document. Dropping it stops the observation and leaves the page as it was.
#[must_use]
pub(crate) struct Mirror {
    reader: Reader,
    marks: Marks,
    states: States,
    waits: Waits,
    window: Option<Window>,
    screen: Screen,
    /// How many states style sheets ask for, as far as the glue knows.
    asked: Cell<usize>,
    pictures: Pictures,
    _wake: Closure<dyn FnMut()>,
    _tell: Closure<dyn FnMut()>,
    pointed: Option<Closure<dyn FnMut(MouseEvent)>>,
}

impl Mirror {
    /// Observes a document. `wake` is called when something may have changed, and must only note
    /// that it was. `tell` is called before the page stops to wait for the customer, and must tell
    /// it before it returns.
    pub(crate) fn new(
        document: &Document,
        wake: impl FnMut() + 'static,
        tell: impl FnMut() + 'static,
    ) -> Self {
        let (wake, tell) = (Closure::new(wake), Closure::new(tell));
        let window = native::default_view(document);
        let screen = Screen::new(window.clone());
        let (waits, pictures) = (Waits::new(), Pictures::new());
        waits.start(&tell, &wake);
        let states = States::new(
            Sheets::new(Edits::new(), Alternates::new(), Registered::new()),
            Pseudos::new(),
            &screen,
            Motion::new(),
            TopLayer::new(),
            Selected::new(),
            &waits,
            &pictures,
            Slots::new(),
        );
        let (shadows, documents, marks) = (Shadows::new(), Documents::new(), Marks::new());
        let reader =
            Reader::new(document, &wake, &states, shadows, documents, &marks, Secrets::new());
        Self {
            reader,
            marks,
            states,
            waits,
            window,
            screen,
            asked: Cell::new(0),
            pictures,
            _wake: wake,
            _tell: tell,
            pointed: None,
        }
    }

    /// The selectors of the marks; an error is a selector that does not parse.
    pub(crate) fn select(&self, selectors: &Selectors) -> Result<(), JsValue> {
        let Selectors { mask, show, block, no_act, confirm, may_show } = selectors;
        self.reader.select(mask, show, block, no_act, confirm, may_show)
    }

    /// The customer makes a mark; what it is on is read again at the next turn.
    pub(crate) fn choose(&self, element: &Element, choice: Choice) {
        let bit = match choice {
            Choice::None => 0,
            Choice::Hide => Bits::MASK,
            Choice::Show => Bits::SHOW,
        };
        self.marks.choose(element, bit);
    }

    /// Whether the page lets the customer show an element.
    pub(crate) fn is_showable(&self, element: &Element) -> bool {
        self.marks.is_showable(element)
    }

    /// What of the page is in sight.
    pub(crate) fn in_sight(&self) -> Vec<InSight> {
        Sights::new().list(&self.reader)
    }

    /// Pairs of node and parts that may have changed since the last call.
    pub(crate) fn dirt(&self) -> Result<Vec<u32>, JsValue> {
        self.reader.dirt()
    }

    /// Reads what is asked for, of whole subtrees not more than so many nodes.
    pub(crate) fn read(&self, request: &[u32], most: u32) -> Result<Reading<Raw>, JsValue> {
        self.reader.read(request, most)?;
        let (words, text) = (self.reader.take_words(), self.reader.take_text());
        Reading::parse(&words, text, &self.reader.take_lengths())
            .map_err(|error| JsValue::from_str(&error.to_string()))
    }

    /// Whether the last turn left something for the next.
    pub(crate) fn is_behind(&self) -> bool {
        self.reader.behind()
    }

    pub(crate) fn forget(&self, gone: &[NodeId]) {
        if !gone.is_empty() {
            self.reader.forget(&numbers(gone));
        }
    }

    /// The first of so many numbers that no node gets.
    pub(crate) fn reserve(&self, count: u32) -> u32 {
        self.reader.reserve(count)
    }

    /// The frames of other origins.
    pub(crate) fn foreign(&self) -> js_sys::Array {
        self.reader.foreign()
    }

    /// Forgets all numbers; none is given again.
    pub(crate) fn reset(&self) {
        self.reader.reset();
    }

    pub(crate) fn node(&self, id: NodeId) -> Option<Node> {
        self.reader.node(id.0)
    }

    /// What knows which elements show which addresses.
    pub(crate) fn pictures(&self) -> &JsValue {
        &self.pictures
    }

    pub(crate) fn id(&self, node: &Node) -> Option<NodeId> {
        Some(self.reader.id(node)).filter(|&id| id != 0).map(NodeId)
    }

    /// What the page waits for.
    pub(crate) fn waiting(&self) -> Option<Waiting> {
        let kinds = [Waiting::Alert, Waiting::Confirm, Waiting::Prompt, Waiting::Print];
        kinds.get((self.waits.kind() as usize).checked_sub(1)?).copied()
    }

    /// The part of the window that is seen, if that is not all of it.
    pub(crate) fn visual(&self) -> Option<Visual> {
        match *visual(self.window.as_ref()?) {
            [left, top, width, height] => Some(Visual {
                left: hundredths(left),
                top: hundredths(top),
                width: hundredths(width),
                height: hundredths(height),
            }),
            _ => None,
        }
    }

    /// From now on these states are watched; only more of them come.
    pub(crate) fn ask(&self, asked: &css::Asked) {
        let words: Vec<_> = asked.words().map(JsString::from).collect();
        if self.asked.replace(words.len()) != words.len() {
            self.states.ask(words);
        }
    }

    /// What has one of these attributes is to be read again.
    pub(crate) fn read_again(&self, names: Vec<String>) {
        if !names.is_empty() {
            self.states.note_attributes(names.into_iter().map(JsString::from).collect());
        }
    }

    /// `pointed` hears of the pointer over the documents of frames.
    pub(crate) fn on_pointer(&mut self, pointed: impl FnMut(MouseEvent) + 'static) {
        let pointed = self.pointed.insert(Closure::new(pointed));
        self.reader.on_pointer(pointed);
    }

    /// How often the document was opened anew, as listeners on it are gone then.
    pub(crate) fn openings(&self) -> u32 {
        self.reader.openings()
    }

    /// Whether the document is so much another one that it has to be read as one.
    pub(crate) fn is_replaced(&self) -> bool {
        self.reader.is_replaced()
    }

    /// Looks for what was scrolled before the mirror began, while the page is idle.
    pub(crate) fn find_scrolled(&self) {
        self.states.find_scrolled();
    }
}

impl css::Screen for Mirror {
    fn media(&self, feature: &str) -> css::Answer {
        match self.screen.media(feature) {
            0 => css::Answer::No,
            1 => css::Answer::Yes,
            _ => css::Answer::Unknown,
        }
    }

    fn knows(&self, pseudo_class: &str) -> bool {
        self.screen.knows(pseudo_class)
    }
}

impl Drop for Mirror {
    fn drop(&mut self) {
        self.reader.stop();
        self.waits.stop();
    }
}

fn hundredths(pixels: f64) -> u32 {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    {
        (within(pixels, 0.0, 1e6) * 100.0) as u32
    }
}

/// The document of a replica, in a frame that runs nothing.
pub(crate) struct Canvas {
    writer: Writer,
}

impl Canvas {
    pub(crate) fn new(frame: &HtmlIFrameElement) -> Self {
        let (player, layers, selector) = (Player::new(), Layers::new(), Selector::new());
        let (offsets, assets, placer) = (Offsets::new(), Assets::new(), Placer::new());
        let (attributes, cascade, frames) =
            (Attributes::new(), Cascade::new(Looks::new(Adwaita::new())), Frames::new());
        Self {
            writer: Writer::new(
                frame, attributes, cascade, frames, player, layers, selector, offsets, assets,
                placer,
            ),
        }
    }

    /// Makes the changes, in their order.
    pub(crate) fn write(&self, written: &Written, gone: &[NodeId]) -> Result<(), JsValue> {
        let Written { words, text, lengths } = written;
        self.writer.write(words, text, lengths, &numbers(gone))
    }

    /// Empties the document at once.
    pub(crate) fn clear(&self) {
        self.writer.clear();
    }

    /// Where the customer's scrollbars lie over the page they must not take room in the replica.
    pub(crate) fn hide_scrollbars(&self, hide: bool) {
        self.writer.hide_scrollbars(hide);
    }

    /// A number is this asset, by a promise of it, or cannot be had, by null.
    pub(crate) fn asset(&self, number: u32, asset: &JsValue) {
        self.writer.asset(number, asset);
    }

    /// Numbers mean something else from now on.
    pub(crate) fn forget_assets(&self) {
        self.writer.forget_assets();
    }

    pub(crate) fn id(&self, node: &Node) -> Option<NodeId> {
        Some(self.writer.id(node)).filter(|&id| id != 0).map(NodeId)
    }
}

fn numbers(ids: &[NodeId]) -> Vec<u32> {
    ids.iter().map(|id| id.0).collect()
}
