//! What tests take from npm (`tests/real/`): the real-world pages of the fidelity suite, built from it,
//! and a validator of JSON Schemas.
//!
//! Packages are installed and pages written below the target directory, once for each change of
//! their sources: a second run takes no time and no network.

use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use crate::{shell, tools};

/// Brings the pages up to date.
///
/// # Errors
/// When there is no npm and it cannot be installed from here, or it fails.
pub(crate) fn build() -> Result<()> {
    let (sources, home) = (shell::root().join("tests/real"), install()?);
    up_to_date(&home.join("built"), &digest(&contents(&sources)?), || {
        shell::run(Command::new("node").arg(sources.join("build.mjs")).arg(&home))
    })
}

/// Installs the packages, and says where.
///
/// # Errors
/// As [`build`].
pub(crate) fn install() -> Result<PathBuf> {
    let npm = tools::npm()?;
    let sources = shell::root().join("tests/real");
    let home = shell::target()?.join("real");
    fs::create_dir_all(&home)?;

    let lock = fs::read(sources.join("package-lock.json")).context("tests/real")?;
    up_to_date(&home.join("installed"), &digest(&[lock]), || {
        tools::say(&format!(
            "what tests/real/package.json asks for, with npm into {}",
            home.display()
        ));
        for file in ["package.json", "package-lock.json"] {
            fs::copy(sources.join(file), home.join(file))?;
        }
        let quiet = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];
        shell::run(Command::new(npm).current_dir(&home).args(quiet))
    })?;
    Ok(home)
}

/// Does it unless it was done for the same input, and notes that it is.
fn up_to_date(note: &Path, input: &str, work: impl FnOnce() -> Result<()>) -> Result<()> {
    if fs::read_to_string(note).is_ok_and(|noted| noted == input) {
        return Ok(());
    }
    // Half of it done is not done.
    let _ = fs::remove_file(note);
    work()?;
    Ok(fs::write(note, input)?)
}

fn contents(dir: &Path) -> Result<Vec<Vec<u8>>> {
    let mut all = Vec::new();
    for file in shell::files(dir)? {
        all.push(file.to_string_lossy().into_owned().into_bytes());
        all.push(fs::read(&file)?);
    }
    Ok(all)
}

/// For change, not against malice.
fn digest(parts: &[Vec<u8>]) -> String {
    let mut hasher = DefaultHasher::new();
    parts.hash(&mut hasher);
    format!("{:016x}", hasher.finish())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn work_is_done_again_when_its_input_has_changed_or_it_failed() {
        let dir = std::env::temp_dir().join(format!("saath-real-{}", std::process::id()));
        fs::create_dir_all(&dir).unwrap();
        let note = dir.join("note");
        let mut done = 0;
        for input in ["a", "a", "b"] {
            up_to_date(&note, input, || {
                done += 1;
                Ok(())
            })
            .unwrap();
        }
        assert_eq!(done, 2);
        assert!(up_to_date(&note, "c", || anyhow::bail!("no")).is_err());
        up_to_date(&note, "b", || {
            done += 1;
            Ok(())
        })
        .unwrap();
        assert_eq!(done, 3, "what was half replaced is not what was noted");
        fs::remove_dir_all(dir).unwrap();
    }

    #[test]
    fn the_lock_file_names_no_registry() {
        let lock = include_str!("../../tests/real/package-lock.json");
        assert!(!lock.contains("\"resolved\""));
        let manifest: serde_json::Value =
            serde_json::from_str(include_str!("../../tests/real/package.json")).unwrap();
        for (name, version) in manifest["devDependencies"].as_object().unwrap() {
            let version = version.as_str().unwrap();
            assert!(version.starts_with(|c: char| c.is_ascii_digit()), "{name} is not pinned");
        }
    }
}
