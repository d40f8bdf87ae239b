//! Which pages there are: what lies in the folders, so that a new page is one new file.
//!
//! Ours lie in `tests/fidelity/`; those that we did not write are built by `cargo xtask` from
//! `tests/real/`, into the target directory, where there is npm.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::demo::built;

/// A page of the suite.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Case {
    /// `group/page`, the group being one of `fidelity.md`'s or `real/…`.
    pub name: String,
    /// Where the site has it.
    pub path: String,
}

/// All pages, in order, whose names contain one of the words; all if there are none.
///
/// # Errors
/// When a folder cannot be read.
pub fn cases(words: &[String]) -> Result<Vec<Case>> {
    let ours = Path::new(env!("CARGO_MANIFEST_DIR")).join("fidelity");
    let mut cases = Vec::new();
    for (root, names, paths) in
        [(ours, "", "/fidelity/"), (built()?.join("real/site"), "real/", "/real/")]
    {
        for file in pages(&root)? {
            let file = file.strip_prefix(&root)?.to_str().context("a name that is no text")?;
            let name = file.rsplit_once('.').map_or(file, |(name, _)| name);
            cases.push(Case { name: format!("{names}{name}"), path: format!("{paths}{file}") });
        }
    }
    cases.retain(|case| words.is_empty() || words.iter().any(|word| case.name.contains(word)));
    Ok(cases)
}

/// The pages in the folders of a folder; `parts/` holds what pages are made of.
fn pages(root: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let entries = match std::fs::read_dir(root) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(found),
        Err(error) => return Err(error.into()),
    };
    for entry in entries {
        let path = entry?.path();
        if path.is_dir() && !path.ends_with("parts") {
            found.extend(pages(&path)?);
        } else if path.extension().is_some_and(|e| e == "html" || e == "xhtml") {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}
