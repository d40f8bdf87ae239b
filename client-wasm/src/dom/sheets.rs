//! What reads style sheets, and what shows them: parts that are put together.

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

#[wasm_bindgen(module = "/src/dom/cascade.js")]
extern "C" {
    pub(super) type Cascade;
    #[wasm_bindgen(constructor)]
    fn new(looks: Looks) -> Cascade;
}

#[wasm_bindgen(module = "/src/dom/looks.js")]
extern "C" {
    type Looks;
    #[wasm_bindgen(constructor)]
    fn new(adwaita: Adwaita) -> Looks;
}

#[wasm_bindgen(module = "/src/dom/adwaita.js")]
extern "C" {
    type Adwaita;
    #[wasm_bindgen(constructor)]
    fn new() -> Adwaita;
}

/// For one page.
pub(super) fn of_page() -> Sheets {
    Sheets::new(Edits::new(), Alternates::new(), Registered::new())
}

/// For one replica.
pub(super) fn of_replica() -> Cascade {
    Cascade::new(Looks::new(Adwaita::new()))
}
