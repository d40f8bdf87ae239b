//! Which pages there are: what lies in the folders, so that a new page is one new file.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

/// Folders with pages: under `tests/`, and in addresses.
const FOLDERS: [&str; 2] = ["fidelity", "real"];

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
    let mut cases = Vec::new();
    for folder in FOLDERS {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
        for file in pages(&root)? {
            let path = file.strip_prefix(&root)?.with_extension("");
            let path = path.to_str().context("a name that is no text")?.to_owned();
            let name = if folder == "fidelity" { path } else { format!("{folder}/{path}") };
            let extension = file.extension().and_then(|e| e.to_str()).unwrap_or_default();
            let folder = if folder == "fidelity" { "/fidelity/" } else { "/" };
            cases.push(Case { path: format!("{folder}{name}.{extension}"), name });
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
        if path.is_dir() && !path.ends_with("parts") && !path.ends_with("node_modules") {
            found.extend(pages(&path)?);
        } else if path.extension().is_some_and(|e| e == "html" || e == "xhtml") {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}
