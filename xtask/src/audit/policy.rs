//! A policy from a file: what is wrong with it is told by line.

use std::path::Path;

use anyhow::{Context, Result, bail};
use serde_json::Value;

/// Reads its text, and looks whether it can be one before any browser starts.
///
/// # Errors
/// When there is no such file, or it is no JSON object: then with the line.
pub(super) fn read(file: &Path) -> Result<String> {
    let name = file.display();
    let text = std::fs::read_to_string(file).with_context(|| format!("--policy {name}"))?;
    match serde_json::from_str(&text) {
        Ok(Value::Object(_)) => Ok(text),
        Ok(_) => bail!("{name}:1: a policy is an object, as in {{ \"mode\": \"values\" }}"),
        Err(error) => bail!("{name}:{}:{}: no JSON: {error}", error.line(), error.column()),
    }
}

/// Where in the file stands what the package complains of: by its own account, or else the first line
/// that has a key or a selector which the complaint names.
pub(super) fn line_of(complaint: &str, text: &str) -> Option<usize> {
    let digits = |text: &str| text.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok();
    if let Some(line) = complaint.split("line ").nth(1).and_then(digits) {
        return Some(line);
    }
    let strings = text.split('"').skip(1).step_by(2);
    let named = strings.filter(|string| string.len() > 1 && complaint.contains(*string));
    let longest = named.max_by_key(|string| string.len())?;
    let quoted = format!("\"{longest}\"");
    text.lines().position(|line| line.contains(&quoted)).map(|line| line + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_complaint_has_a_line() {
        let text = "{\n  \"mode\": \"values\",\n  \"redactViews\": [\"#a\"],\n  \"unredactedViews\": [\"p[\"]\n}";
        for (complaint, line) in [
            ("saath: the masking policy is wrong: redactViews: unknown key", Some(3)),
            ("saath: SyntaxError: '[data-saath-show],p[' is not a valid selector", Some(4)),
            ("saath: a mistake. patterns, line 2, column 9: on or off", Some(2)),
            ("saath: something else", None),
        ] {
            assert_eq!(line_of(complaint, text), line, "{complaint}");
        }
    }
}
