//! The npm package as texts, to be put into a page without a request.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use base64ct::{Base64, Encoding};

/// What a page loads of it.
pub(super) struct Package {
    /// By path within the package.
    pub(super) scripts: BTreeMap<String, String>,
    /// The WebAssembly module, in base64.
    pub(super) module: String,
}

impl Package {
    pub(super) fn read(folder: &Path) -> Result<Self> {
        let module = folder.join("saath_bg.wasm");
        let bytes = fs::read(&module).with_context(|| module.display().to_string())?;
        let mut scripts = BTreeMap::new();
        collect(folder, "", &mut scripts)?;
        Ok(Self { scripts, module: Base64::encode_string(&bytes) })
    }
}

fn collect(folder: &Path, start: &str, scripts: &mut BTreeMap<String, String>) -> Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path.file_name().and_then(|name| name.to_str()).context("a file name")?;
        if path.is_dir() {
            collect(&path, &format!("{start}{name}/"), scripts)?;
        } else if name.ends_with(".js") {
            scripts.insert(format!("{start}{name}"), fs::read_to_string(&path)?);
        }
    }
    Ok(())
}
