//! The parts of the glue that the reader and the writer are put together from.
//!
//! A module of the glue is packed only if it is named here; each has one class.

use wasm_bindgen::prelude::*;

macro_rules! parts {
    ($($module:literal $Part:ident($($of:ident: $Of:ident),*);)*) => {$(
        #[wasm_bindgen(module = $module)]
        extern "C" {
            pub(super) type $Part;
            #[wasm_bindgen(constructor)]
            pub(super) fn new($($of: $Of),*) -> $Part;
        }
    )*};
}

// What reads a page.
parts! {
    "/src/dom/alternates.js" Alternates();
    "/src/dom/documents.js" Documents();
    "/src/dom/edits.js" Edits();
    "/src/dom/marks.js" Marks();
    "/src/dom/motion.js" Motion();
    "/src/dom/pictures.js" Pictures();
    "/src/dom/pseudo.js" Pseudos();
    "/src/dom/registered.js" Registered();
    "/src/dom/secrets.js" Secrets();
    "/src/dom/selected.js" Selected();
    "/src/dom/shadows.js" Shadows();
    "/src/dom/sheets.js" Sheets(edits: Edits, alternates: Alternates, registered: Registered);
    "/src/dom/sights.js" Sights();
    "/src/dom/slots.js" Slots();
    "/src/dom/toplayer.js" TopLayer();
}

// What writes a replica.
parts! {
    "/src/dom/adwaita.js" Adwaita();
    "/src/dom/assets.js" Assets();
    "/src/dom/attributes.js" Attributes();
    "/src/dom/cascade.js" Cascade(looks: Looks);
    "/src/dom/frames.js" Frames();
    "/src/dom/layers.js" Layers();
    "/src/dom/looks.js" Looks(adwaita: Adwaita);
    "/src/dom/offsets.js" Offsets();
    "/src/dom/picture.js" Placer();
    "/src/dom/play.js" Player();
    "/src/dom/select.js" Selector();
}
