//! The portal's policy, wherever it is: an object, JSON text, or a script element of the page.
//!
//! All three are read by `core`, so they mean the same and the same mistakes are told. With none of
//! them, with two, or with a mistake everything is masked, and the page's console says why.

use crate::browser::document;
use crate::dom::native;
use crate::options::{get, list};
use js_sys::{Array, Object};
use saath_core::mask::{Kind, Member, Policy, Value};
use wasm_bindgen::prelude::*;

/// A policy is four deep; an object that is in itself has no end.
const DEEPEST: usize = 8;

/// The policy in force, of the `policy` option and what is on the page.
pub(crate) fn of(option: &JsValue) -> Policy {
    let found = read(option);
    match found {
        Ok(Some(policy)) => return policy,
        Ok(None) => web_sys::console::warn_1(
            &"saath: there is no masking policy, so everything is masked. Give one as the option `policy`, \
              or in a <script type=\"application/json\" data-saath-policy>: {} is one."
                .into(),
        ),
        Err(mistake) => {
            let text = format!("saath: everything is masked, as the policy has a mistake. {mistake}");
            web_sys::console::error_1(&text.into());
        }
    }
    Policy::mask_all()
}

fn read(option: &JsValue) -> Result<Option<Policy>, String> {
    let document = document().ok_or("there is no document")?;
    let parses = |selector: &str| native::parses(&document, selector);
    let on_page = native::policies(&document);
    let is_given = !option.is_undefined() && !option.is_null();
    if on_page.len() + usize::from(is_given) > 1 {
        return Err("there is more than one; which of them holds?".to_owned());
    }
    let text = option.as_string().or_else(|| on_page.first().map(String::from));
    let policy = match text {
        Some(text) => Policy::parse(&text, parses),
        None if is_given => Policy::read(&value(option, 0), parses),
        None => return Ok(None),
    };
    policy.map(Some).map_err(|error| error.to_string())
}

/// Whether an object is a list, or nothing but its members. A promise or a map has none, and would
/// pass for a policy that says nothing.
fn is_plain(object: &JsValue) -> bool {
    let above = |object: &JsValue| Object::get_prototype_of(object);
    let kind = above(object);
    Array::is_array(object) || kind.is_null() || above(&kind).is_null()
}

/// What a script has made, as far as a policy can be made of it.
fn value(object: &JsValue, depth: usize) -> Value {
    let kind = if let Some(word) = object.as_string() {
        Kind::Word(word)
    } else if depth > DEEPEST || !object.is_object() || !is_plain(object) {
        Kind::Other
    } else if Array::is_array(object) {
        Kind::List(list(object, |item| Some(value(item, depth + 1))).unwrap_or_default())
    } else {
        let member = |key: JsValue| {
            let key = key.as_string()?;
            let value = value(&get(object, &key), depth + 1);
            Some(Member { at: 0, key, value })
        };
        let keys = Object::keys(object.unchecked_ref::<Object>());
        Kind::Object(keys.iter().filter_map(member).collect())
    };
    Value { at: 0, kind }
}
