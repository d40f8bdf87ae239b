//! The JSON Schema of the policy, which ships in the package: a validator of npm's says of each policy
//! of a table what the reader says of it (`core/tests/policies.rs`).

use std::process::Command;

use anyhow::Result;

use crate::{real, shell};

/// Runs the validator over the table.
///
/// # Errors
/// When the schema says otherwise of a policy, or there is no npm.
pub(crate) fn check() -> Result<()> {
    let (root, home) = (shell::root(), real::install()?);
    let tests = root.join("tests");
    shell::run(
        Command::new("node")
            .arg(tests.join("real/schema.mjs"))
            .arg(home)
            .arg(root.join("client-wasm/policy.schema.json"))
            .arg(tests.join("policies.txt")),
    )
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    /// What is written for a key in `interface Policy`, without its documentation.
    fn typescript(key: &str) -> Option<String> {
        let options = include_str!("../../client-wasm/src/options.rs");
        let (_, policy) = options.split_once("export interface Policy {").unwrap();
        let (policy, _) = policy.split_once("\n}").unwrap();
        let start = format!("{key}?: ");
        let line = policy.lines().find_map(|line| line.trim().strip_prefix(&start));
        line.map(|line| line.trim_end_matches(';').to_owned())
    }

    #[test]
    fn the_schema_and_the_types_have_the_same_keys() {
        let schema = include_str!("../../client-wasm/policy.schema.json");
        let schema: Value = serde_json::from_str(schema).unwrap();
        let properties = schema["properties"].as_object().unwrap();
        for (key, property) in properties {
            let expected = match (property["enum"].as_array(), property["type"].as_str()) {
                (Some(words), _) => {
                    let words: Vec<_> = words.iter().map(Value::to_string).collect();
                    words.join(" | ")
                }
                (None, Some(kind)) => kind.to_owned(),
                (None, None) => "View[]".to_owned(),
            };
            assert_eq!(typescript(key), Some(expected), "{key}");
        }
        let options = include_str!("../../client-wasm/src/options.rs");
        let (_, policy) = options.split_once("export interface Policy {").unwrap();
        let (policy, _) = policy.split_once("\n}").unwrap();
        assert_eq!(policy.matches("?: ").count(), properties.len());
    }
}
