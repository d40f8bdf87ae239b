//! What the customer's browser downloads, and the budgets that hold it.
//!
//! The loader is on every page of the portal; the rest comes only when someone asks for help.

use std::fs;
use std::io::Write;
use std::path::PathBuf;

use anyhow::{Context, Result, bail};

use crate::{dist, shell, unknown};

/// Bytes, gzipped, that a page pays whether or not help is wanted.
const LOADER_BUDGET: usize = 1_500;
/// Bytes, gzipped, of all that a session on the customer's side loads: what it is without npm's
/// tools, and 5 %. From here it goes down only; the goal for module and scripts is 120 000.
const SESSION_BUDGET: usize = 456_500;

#[derive(Default, Clone, Copy)]
struct Size {
    raw: usize,
    gzip: usize,
    brotli: usize,
}

/// Prints the table and checks the budgets.
///
/// # Errors
/// When there is no package, or a budget is broken.
pub(crate) fn run(args: &[String]) -> Result<()> {
    let package = match args {
        [] => dist::package()?,
        [dir] => PathBuf::from(dir),
        [_, more, ..] => return Err(unknown(more)),
    };
    let module = Size::of(&[package.join("saath_bg.wasm")])?;
    let mut scripts = shell::files(&package.join("snippets"))?;
    scripts.push(package.join("saath.js"));
    let glue = Size::of(&scripts)?;
    let loader = Size::of(&[package.join("loader.js")])?;
    let early = Size::of(&[package.join("early.js")])?;
    let session = [module, glue, loader, early].into_iter().fold(Size::default(), Size::plus);

    println!("{:<24}{:>10}{:>10}{:>10}", "bytes", "raw", "gzip", "brotli");
    for (name, size) in [
        ("saath_bg.wasm", module),
        ("saath.js + snippets", glue),
        ("loader.js", loader),
        ("early.js", early),
        ("a session, all told", session),
    ] {
        println!("{name:<24}{:>10}{:>10}{:>10}", size.raw, size.gzip, size.brotli);
    }
    budget("loader.js", loader.gzip, LOADER_BUDGET)?;
    budget("a session", session.gzip, SESSION_BUDGET)
}

fn budget(what: &str, gzip: usize, limit: usize) -> Result<()> {
    if gzip > limit {
        bail!("{what} is {gzip} bytes gzipped; the budget is {limit}");
    }
    Ok(())
}

impl Size {
    /// Each file is compressed alone, as a server sends it.
    fn of(files: &[PathBuf]) -> Result<Self> {
        let mut total = Self::default();
        for file in files {
            let bytes = fs::read(file).with_context(|| {
                format!("{} (`cargo xtask dist` makes the package)", file.display())
            })?;
            total =
                total.plus(Self { raw: bytes.len(), gzip: gzip(&bytes)?, brotli: brotli(&bytes)? });
        }
        Ok(total)
    }

    fn plus(self, other: Self) -> Self {
        Self {
            raw: self.raw + other.raw,
            gzip: self.gzip + other.gzip,
            brotli: self.brotli + other.brotli,
        }
    }
}

fn gzip(bytes: &[u8]) -> Result<usize> {
    let mut out = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    out.write_all(bytes)?;
    Ok(out.finish()?.len())
}

fn brotli(bytes: &[u8]) -> Result<usize> {
    let mut out = Vec::new();
    let params = brotli::enc::BrotliEncoderParams { quality: 11, lgwin: 22, ..Default::default() };
    brotli::BrotliCompress(&mut &bytes[..], &mut out, &params)?;
    Ok(out.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_budget_is_a_limit() {
        assert!(budget("x", 10, 10).is_ok());
        assert!(budget("x", 11, 10).is_err());
    }

    #[test]
    fn compressors_compress() {
        let text = b"the loader ".repeat(100);
        assert!(gzip(&text).unwrap() < 100);
        assert!(brotli(&text).unwrap() < 100);
    }
}
