//! The reader of policies under any text: what it takes is JSON by another reader too, with known keys
//! only, and what it refuses has its place in the text. What it took selects on any address.

#![no_main]

use libfuzzer_sys::fuzz_target;
use saath_core::mask::Policy;
use serde_json::Value;

const KEYS: [&str; 9] = [
    "$schema",
    "mode",
    "patterns",
    "redactedViews",
    "unredactedViews",
    "ignoredViews",
    "disabledViews",
    "confirmedViews",
    "showableViews",
];

fuzz_target!(|input: (&str, &str, u8)| {
    let (text, address, salt) = input;
    // A browser that knows about half of all selectors, and always the same.
    let parses = |selector: &str| {
        selector.bytes().fold(salt, |sum, byte| sum.wrapping_mul(31).wrapping_add(byte)) % 2 == 0
    };
    match Policy::parse(text, parses) {
        Ok(policy) => {
            let same: Value = serde_json::from_str(text).expect("JSON");
            let members = same.as_object().expect("an object");
            assert!(members.keys().all(|key| KEYS.contains(&key.as_str())), "{text:?}");
            assert!(!policy.is_mask_all());
            let _ = policy.selectors(address);
            assert_eq!(Policy::parse(text, parses), Ok(policy), "a second time");
        }
        Err(error) => {
            let place = error.place.expect("a place, as there is a text");
            let lines: Vec<&str> = text.split('\n').collect();
            assert!((1..=lines.len()).contains(&place.line), "{error} in {text:?}");
            let line = lines[place.line - 1];
            assert!((1..=line.chars().count() + 1).contains(&place.column), "{error} in {text:?}");
            assert!(!error.to_string().is_empty());
        }
    }
});
