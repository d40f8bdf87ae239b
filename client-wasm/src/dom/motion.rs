//! The glue for what runs, lies on top or is selected: half of it reads, half writes.

use wasm_bindgen::prelude::*;

#[wasm_bindgen(module = "/src/dom/motion.js")]
extern "C" {
    pub(super) type Motion;
    #[wasm_bindgen(constructor)]
    pub(super) fn new() -> Motion;
}

#[wasm_bindgen(module = "/src/dom/toplayer.js")]
extern "C" {
    pub(super) type TopLayer;
    #[wasm_bindgen(constructor)]
    pub(super) fn new() -> TopLayer;
}

#[wasm_bindgen(module = "/src/dom/selected.js")]
extern "C" {
    pub(super) type Selected;
    #[wasm_bindgen(constructor)]
    pub(super) fn new() -> Selected;
}

#[wasm_bindgen(module = "/src/dom/play.js")]
extern "C" {
    pub(super) type Player;
    #[wasm_bindgen(constructor)]
    pub(super) fn new() -> Player;
}

#[wasm_bindgen(module = "/src/dom/layers.js")]
extern "C" {
    pub(super) type Layers;
    #[wasm_bindgen(constructor)]
    pub(super) fn new() -> Layers;
}

#[wasm_bindgen(module = "/src/dom/select.js")]
extern "C" {
    pub(super) type Selector;
    #[wasm_bindgen(constructor)]
    pub(super) fn new() -> Selector;
}
