//! The agent's end of pictures and fonts: what came is checked, stored and put in place.

use crate::agent::stage::Stage;
use js_sys::{Promise, Uint8Array};
use saath_core::assets::{Hostile, Incoming, Step};
use saath_core::message::asset::{Asset, Hash, Offer};
use std::rc::Rc;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

#[wasm_bindgen(module = "/src/agent/store.js")]
extern "C" {
    type Store;
    #[wasm_bindgen(constructor)]
    fn new(keeps: bool) -> Store;
    #[wasm_bindgen(method)]
    fn look(this: &Store, hash: &[u8]) -> Promise;
    #[wasm_bindgen(method)]
    fn put(this: &Store, hash: &[u8], kind: &str, bytes: &Uint8Array, keep: bool);
    #[wasm_bindgen(method)]
    fn get(this: &Store, hash: &[u8]) -> JsValue;
    #[wasm_bindgen(method)]
    fn release(this: &Store, hash: &[u8]);
    #[wasm_bindgen(method)]
    fn close(this: &Store);
    #[wasm_bindgen(catch)]
    async fn forget() -> Result<JsValue, JsValue>;
}

/// Deletes what is kept between sessions.
pub(crate) async fn forget_all() -> Result<(), JsValue> {
    forget().await.map(drop)
}

/// Where an answer of the console's storage goes: the hash, and the size of the copy if there is one.
pub(crate) type Looked = Rc<dyn Fn(Hash, Option<u32>)>;

/// What to send to the customer's end.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Replies {
    pub(crate) want: Vec<u32>,
    pub(crate) got: Option<u64>,
}

/// The assets of a replica. Dropping it takes their blobs away.
#[must_use]
pub(crate) struct Gallery {
    incoming: Incoming,
    store: Store,
    /// None: nothing is kept between sessions, and nothing looked for.
    looked: Option<Looked>,
}

impl Gallery {
    pub(crate) fn new(looked: Option<Looked>) -> Self {
        let store = Store::new(looked.is_some());
        Self { incoming: Incoming::default(), store, looked }
    }

    /// A new epoch.
    pub(crate) fn restart(&mut self, stage: &Stage) {
        self.incoming.restart();
        stage.forget_assets();
    }

    pub(crate) fn offered(&mut self, offer: &Offer, stage: &Stage) -> Result<Replies, Hostile> {
        self.incoming.offered(offer)?;
        Ok(self.follow(stage))
    }

    pub(crate) fn came(&mut self, piece: &Asset, stage: &Stage) -> Result<Replies, Hostile> {
        self.incoming.came(piece)?;
        Ok(self.follow(stage))
    }

    pub(crate) fn looked(&mut self, hash: Hash, size: Option<u32>, stage: &Stage) -> Replies {
        self.incoming.looked(hash, size);
        self.follow(stage)
    }

    /// How many pictures and fonts of the page cannot be shown.
    pub(crate) fn missing(&self) -> usize {
        self.incoming.missing()
    }

    fn follow(&mut self, stage: &Stage) -> Replies {
        let mut replies = Replies::default();
        while let Some(step) = self.incoming.poll() {
            match step {
                Step::Look(hash) => self.look(hash),
                Step::Want(number) => replies.want.push(number),
                Step::Got(bytes) => replies.got = Some(bytes),
                Step::Store { hash, kind, bytes, keep } => {
                    let bytes = Uint8Array::from(bytes.as_slice());
                    self.store.put(&hash, kind.media_type(), &bytes, keep);
                }
                Step::Show { number, hash } => stage.show_asset(number, &self.store.get(&hash)),
                Step::Missing(number) => stage.show_asset(number, &JsValue::NULL),
                Step::Release(hash) => self.store.release(&hash),
            }
        }
        replies
    }

    fn look(&mut self, hash: Hash) {
        let Some(looked) = self.looked.clone() else {
            return self.incoming.looked(hash, None);
        };
        let look = self.store.look(&hash);
        wasm_bindgen_futures::spawn_local(async move {
            let size = JsFuture::from(look).await.ok().and_then(|size| size.as_f64());
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
            let size = size.map(|size| size as u32).filter(|&size| size > 0);
            looked(hash, size);
        });
    }
}

impl Drop for Gallery {
    fn drop(&mut self) {
        self.store.close();
    }
}
