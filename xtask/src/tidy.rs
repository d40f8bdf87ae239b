//! The rules of the house that no compiler holds; ARCHITECTURE.md lists them.
//!
//! Each rule is a function from one file to what is wrong in it, so that each can be tested on
//! three lines of text. They read text, not syntax: a rule that needs more than that belongs in a
//! type or a crate boundary.

mod rules;
mod source;

use std::fs;
use std::process::Command;

use anyhow::{Result, bail};

use crate::shell;
use source::Source;

/// Checks every file that git knows or would add.
///
/// # Errors
/// When a rule is broken; each breach is printed as `file:line: what`.
pub(crate) fn run() -> Result<()> {
    let sources = sources()?;
    let mut breaches: Vec<String> =
        sources.iter().flat_map(|source| rules::ALL.iter().flat_map(|rule| rule(source))).collect();
    breaches.extend(messages_are_documented(&sources));
    breaches.extend(relay_cannot_read()?);
    for breach in &breaches {
        eprintln!("{breach}");
    }
    if !breaches.is_empty() {
        bail!("{} breaches of the rules of the house", breaches.len());
    }
    eprintln!("tidy: {} files", sources.len());
    Ok(())
}

/// Texts only: pictures and the like are not valid UTF-8.
fn sources() -> Result<Vec<Source>> {
    let list = shell::output(Command::new("git").current_dir(shell::root()).args([
        "ls-files",
        "--cached",
        "--others",
        "--exclude-standard",
    ]))?;
    Ok(list
        .lines()
        .filter_map(|path| {
            let text = fs::read_to_string(shell::root().join(path)).ok()?;
            Some(Source { path: path.to_owned(), text })
        })
        .collect())
}

fn messages_are_documented(sources: &[Source]) -> Vec<String> {
    let text = |path: &str| sources.iter().find(|s| s.path == path).map_or("", |s| s.text.as_str());
    rules::messages_without_a_row(text("core/src/message.rs"), text("PROTOCOL.md"))
}

/// The relay must not be able to decode a session: it may not even link the code for it.
fn relay_cannot_read() -> Result<Option<String>> {
    let tree = shell::output(shell::cargo("tree").args([
        "-p",
        "saath-relay",
        "-e",
        "normal,build",
        "--prefix",
        "none",
    ]))?;
    let breach = tree.lines().any(|line| line.starts_with("saath-core "));
    Ok(breach.then(|| "relay/Cargo.toml: the relay depends on saath-core".to_owned()))
}
