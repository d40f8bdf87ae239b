//! What nodes are asked by the browser's own functions.
//!
//! A page may hide what a document or a form has by the names of what is in it, and libraries put
//! functions of their own in the place of the browser's; see `native.js`.

use js_sys::JsString;
use wasm_bindgen::prelude::*;
use web_sys::{Document, Element, Node, Window};

#[wasm_bindgen(module = "/src/dom/native.js")]
extern "C" {
    pub(crate) fn title(document: &Document) -> String;
    pub(crate) fn address(document: &Document) -> String;
    #[wasm_bindgen(js_name = documentElement)]
    pub(crate) fn document_element(document: &Document) -> Option<Element>;
    #[wasm_bindgen(js_name = defaultView)]
    pub(crate) fn default_view(document: &Document) -> Option<Window>;
    #[wasm_bindgen(js_name = isHidden)]
    pub(crate) fn hidden(document: &Document) -> bool;
    #[wasm_bindgen(js_name = nodeType)]
    pub(crate) fn node_type(node: &Node) -> u16;
    #[wasm_bindgen(js_name = titleElement)]
    pub(crate) fn title_element(document: &Document) -> Option<Element>;
    /// The texts of the policies that are on the page.
    pub(crate) fn policies(document: &Document) -> Vec<JsString>;
    /// How many elements of a document a selector is for.
    pub(crate) fn count(document: &Document, selector: &str) -> u32;
    #[wasm_bindgen(js_name = rootOf)]
    pub(crate) fn root_of(node: &Node) -> Node;
    /// Whether the browser knows a selector.
    pub(crate) fn parses(document: &Document, selector: &str) -> bool;
}
