//! Who the agent is, as the organisation's keys vouch for it.

use crate::error::Error;
use js_sys::{Array, Uint8Array};
use saath_core::message::Level;
use saath_core::session::AgentIdentity;
use wasm_bindgen::prelude::*;

#[wasm_bindgen(module = "/src/identity.js")]
extern "C" {
    #[wasm_bindgen(catch, js_name = verify)]
    async fn verify_js(
        token: &str,
        proof: Uint8Array,
        signed: Uint8Array,
        jwks: &JsValue,
        audience: &str,
    ) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(catch, js_name = openKey)]
    async fn open_key_js(token: &str, secret: &str) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(catch, js_name = sign)]
    async fn sign_js(key: &JsValue, message: Uint8Array) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(catch, js_name = audienceOf)]
    fn audience_of(token: &str) -> Result<Option<String>, JsValue>;
}

/// Verifies a token and its proof; the reason for a refusal goes to the page's console.
pub(crate) async fn verify(
    token: &str,
    proof: &[u8],
    signed: &[u8],
    jwks: &JsValue,
    audience: &str,
) -> Option<AgentIdentity> {
    match verify_js(token, proof.into(), signed.into(), jwks, audience).await {
        Ok(claims) => {
            let claims = Array::from(&claims);
            let text = |index| claims.get(index).as_string().unwrap_or_default();
            let max_level = match text(3).as_str() {
                "act" => Level::Act,
                "point" => Level::Point,
                _ => Level::View,
            };
            let identity =
                AgentIdentity { name: text(0), staff: text(1), unit: text(2), max_level }.plain();
            let named = [&identity.name, &identity.staff, &identity.unit];
            named.iter().all(|text| !text.is_empty()).then_some(identity)
        }
        Err(error) => {
            web_sys::console::warn_2(&"saath: the agent could not be verified:".into(), &error);
            None
        }
    }
}

/// The agent's token: for the relay, for the customer, and the key that the latter names.
pub(crate) struct AgentToken {
    pub(crate) relay: String,
    pub(crate) customer: String,
    pub(crate) portal: String,
    key: JsValue,
}

impl AgentToken {
    /// Opens `<for the relay>~<for the customer>~<key>`.
    pub(crate) async fn open(token: &str) -> Result<Self, Error> {
        let mut parts = token.trim().split('~');
        let (Some(relay), Some(customer), Some(secret), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(Error::InvalidToken(
                "it has not three parts; open the console from the CRM again",
            ));
        };
        let portal = audience_of(customer)
            .ok()
            .flatten()
            .ok_or(Error::InvalidToken("it does not name a portal"))?;
        let key = open_key_js(customer, secret)
            .await
            .map_err(|_| Error::InvalidToken("its key does not fit"))?;
        Ok(Self { relay: relay.to_owned(), customer: customer.to_owned(), portal, key })
    }

    /// Something that signs with the key.
    pub(crate) fn signer(&self) -> Signer {
        Signer(self.key.clone())
    }
}

/// Signs with the agent's key, which it cannot read.
pub(crate) struct Signer(JsValue);

impl Signer {
    pub(crate) async fn sign(&self, message: &[u8]) -> Option<Vec<u8>> {
        let signature = sign_js(&self.0, message.into()).await.ok()?;
        Some(signature.dyn_into::<Uint8Array>().ok()?.to_vec())
    }
}
