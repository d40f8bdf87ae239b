//! What is there for the tests only is not in what is published.
//!
//! Looked for by its names, in every file of the package; the package for the tests must have them,
//! or the look would find nothing anywhere.

use std::path::Path;

use anyhow::{Context, Result, ensure};

use crate::{dist, shell};

/// What the feature `self-test` adds: an export, and what it asks the page's window for.
const NAMES: [&str; 3] = ["selfTest", "saathTap", "saathBroken"];

/// Looks through both packages.
///
/// # Errors
/// When the published one has such a name, or the one for the tests lacks one.
pub(crate) fn run() -> Result<()> {
    let published = dist::package()?;
    let found = found(&published)?;
    ensure!(found.is_empty(), "{} has what is for tests: {found:?}", published.display());
    let tests = published.with_file_name("npm-test");
    let found = self::found(&tests)?;
    ensure!(found == NAMES, "{} has only {found:?} of {NAMES:?}", tests.display());
    Ok(())
}

fn found(package: &Path) -> Result<Vec<&'static str>> {
    let mut found = Vec::new();
    let files = shell::files(package).with_context(|| package.display().to_string())?;
    ensure!(!files.is_empty(), "{} is empty", package.display());
    let contents = files.iter().map(std::fs::read).collect::<Result<Vec<_>, _>>()?;
    for name in NAMES {
        let has = |bytes: &Vec<u8>| bytes.windows(name.len()).any(|part| part == name.as_bytes());
        if contents.iter().any(has) {
            found.push(name);
        }
    }
    Ok(found)
}
