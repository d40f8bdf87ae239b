//! What reads style sheets: the parts of `sheets.js`, put together.

use wasm_bindgen::prelude::*;

#[wasm_bindgen(module = "/src/dom/sheets.js")]
extern "C" {
    pub(super) type Sheets;
    #[wasm_bindgen(constructor)]
    fn new(edits: Edits, alternates: Alternates, registered: Registered) -> Sheets;
}

#[wasm_bindgen(module = "/src/dom/registered.js")]
extern "C" {
    type Registered;
    #[wasm_bindgen(constructor)]
    fn new() -> Registered;
}

#[wasm_bindgen(module = "/src/dom/edits.js")]
extern "C" {
    type Edits;
    #[wasm_bindgen(constructor)]
    fn new() -> Edits;
}

#[wasm_bindgen(module = "/src/dom/alternates.js")]
extern "C" {
    type Alternates;
    #[wasm_bindgen(constructor)]
    fn new() -> Alternates;
}

/// For one page.
pub(super) fn new() -> Sheets {
    Sheets::new(Edits::new(), Alternates::new(), Registered::new())
}
