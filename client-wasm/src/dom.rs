//! The page's document: live nodes by number, read in bulk and written in bulk.
//!
//! The only place that maps numbers to live nodes. The glue decides nothing; see `dom/reader.js`,
//! `dom/state.js`, `dom/sheets.js` and `dom/writer.js`.

use js_sys::JsString;
use saath_core::css;
use saath_core::mask::Selectors;
use saath_core::node::NodeId;
use saath_core::reading::{Raw, Reading};
use std::cell::Cell;
use wasm_bindgen::prelude::*;
use web_sys::{Document, HtmlIFrameElement, Node};

mod words;

pub(crate) use words::{Writing, Written};

#[wasm_bindgen(module = "/src/dom/sheets.js")]
extern "C" {
    type Sheets;
    #[wasm_bindgen(constructor)]
    fn new() -> Sheets;
}

#[wasm_bindgen(module = "/src/dom/pseudo.js")]
extern "C" {
    type Pseudos;
    #[wasm_bindgen(constructor)]
    fn new() -> Pseudos;
}

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
    fn new(sheets: Sheets, pseudos: Pseudos, screen: &Screen) -> States;
    #[wasm_bindgen(method)]
    fn ask(this: &States, words: Vec<JsString>);
    #[wasm_bindgen(method, js_name = findScrolled)]
    fn find_scrolled(this: &States);
}

#[wasm_bindgen(module = "/src/dom/shadows.js")]
extern "C" {
    type Shadows;
    #[wasm_bindgen(constructor)]
    fn new() -> Shadows;
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
    ) -> Reader;
    #[wasm_bindgen(method, catch)]
    fn select(
        this: &Reader,
        mask: &str,
        show: &str,
        block: &str,
        no_act: &str,
        confirm: &str,
    ) -> Result<(), JsValue>;
    #[wasm_bindgen(method, catch)]
    fn dirt(this: &Reader) -> Result<Vec<u32>, JsValue>;
    #[wasm_bindgen(method, catch)]
    fn read(this: &Reader, request: &[u32]) -> Result<(), JsValue>;
    #[wasm_bindgen(method, js_name = takeWords)]
    fn take_words(this: &Reader) -> Vec<u32>;
    #[wasm_bindgen(method, js_name = takeText)]
    fn take_text(this: &Reader) -> String;
    #[wasm_bindgen(method, js_name = takeLengths)]
    fn take_lengths(this: &Reader) -> Vec<u32>;
    #[wasm_bindgen(method)]
    fn forget(this: &Reader, gone: &[u32]);
    #[wasm_bindgen(method)]
    fn reset(this: &Reader);
    #[wasm_bindgen(method)]
    fn node(this: &Reader, id: u32) -> Option<Node>;
    #[wasm_bindgen(method)]
    fn id(this: &Reader, node: &Node) -> u32;
    #[wasm_bindgen(method)]
    fn stop(this: &Reader);
}

#[wasm_bindgen(module = "/src/dom/cascade.js")]
extern "C" {
    type Cascade;
    #[wasm_bindgen(constructor)]
    fn new() -> Cascade;
}

#[wasm_bindgen(module = "/src/dom/writer.js")]
extern "C" {
    type Writer;
    #[wasm_bindgen(constructor)]
    fn new(frame: &HtmlIFrameElement, cascade: Cascade) -> Writer;
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
}

/// The customer's document. Dropping it stops the observation and leaves the page as it was.
#[must_use]
pub(crate) struct Mirror {
    reader: Reader,
    states: States,
    screen: Screen,
    /// How many states style sheets ask for, as far as the glue knows.
    asked: Cell<usize>,
    _wake: Closure<dyn FnMut()>,
}

impl Mirror {
    /// Observes a document. `wake` is called when something may have changed, and must only note
    /// that it was.
    pub(crate) fn new(document: &Document, wake: impl FnMut() + 'static) -> Self {
        let wake = Closure::new(wake);
        let screen = Screen::new(document.default_view());
        let states = States::new(Sheets::new(), Pseudos::new(), &screen);
        let reader = Reader::new(document, &wake, &states, Shadows::new());
        Self { reader, states, screen, asked: Cell::new(0), _wake: wake }
    }

    /// The selectors of the marks; an error is a selector that does not parse.
    pub(crate) fn select(&self, selectors: &Selectors) -> Result<(), JsValue> {
        let Selectors { mask, show, block, no_act, confirm } = selectors;
        self.reader.select(mask, show, block, no_act, confirm)
    }

    /// Pairs of node and parts that may have changed since the last call.
    pub(crate) fn dirt(&self) -> Result<Vec<u32>, JsValue> {
        self.reader.dirt()
    }

    /// Reads what is asked for.
    pub(crate) fn read(&self, request: &[u32]) -> Result<Reading<Raw>, JsValue> {
        self.reader.read(request)?;
        let (words, text) = (self.reader.take_words(), self.reader.take_text());
        Reading::parse(&words, &text, &self.reader.take_lengths())
            .map_err(|error| JsValue::from_str(&error.to_string()))
    }

    pub(crate) fn forget(&self, gone: &[NodeId]) {
        if !gone.is_empty() {
            self.reader.forget(&numbers(gone));
        }
    }

    /// Forgets all numbers; none is given again.
    pub(crate) fn reset(&self) {
        self.reader.reset();
    }

    pub(crate) fn node(&self, id: NodeId) -> Option<Node> {
        self.reader.node(id.0)
    }

    pub(crate) fn id(&self, node: &Node) -> Option<NodeId> {
        Some(self.reader.id(node)).filter(|&id| id != 0).map(NodeId)
    }

    /// From now on these states are watched; only more of them come.
    pub(crate) fn ask(&self, asked: &css::Asked) {
        let words: Vec<_> = asked.words().map(JsString::from).collect();
        if self.asked.replace(words.len()) != words.len() {
            self.states.ask(words);
        }
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
    }
}

/// The document of a replica, in a frame that runs nothing.
pub(crate) struct Canvas {
    writer: Writer,
}

impl Canvas {
    pub(crate) fn new(frame: &HtmlIFrameElement) -> Self {
        Self { writer: Writer::new(frame, Cascade::new()) }
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

    pub(crate) fn id(&self, node: &Node) -> Option<NodeId> {
        Some(self.writer.id(node)).filter(|&id| id != 0).map(NodeId)
    }
}

fn numbers(ids: &[NodeId]) -> Vec<u32> {
    ids.iter().map(|id| id.0).collect()
}
