//! What a fresh machine lacks, and how it gets it.
//!
//! Each function finds the tool or installs it and says so; where that needs a right or a program
//! that is not there, it says the one line to run instead.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::shell;

const WASM: &str = "wasm32-unknown-unknown";
const GECKODRIVER: &str = "0.37.1";
const BINARYEN: &str = "132.0.0";
const ESBUILD: &str = "0.28.2";

const CHROMIUM: &[&str] = &["chromium", "chromium-browser", "google-chrome"];
const CHROMEDRIVER: &[&str] = &["chromedriver"];
const FIREFOX: &[&str] = &["firefox-esr", "firefox"];

/// The browsers and their drivers.
pub(crate) struct Browsers {
    /// Each with the name of the variable that tells the tests where it is.
    pub(crate) programs: Vec<(&'static str, PathBuf)>,
}

/// The standard library for WebAssembly.
///
/// # Errors
/// When it is neither there nor to be had through rustup.
pub(crate) fn wasm_target() -> Result<()> {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let dir = shell::output(Command::new(rustc).current_dir(shell::root()).args([
        "--print",
        "target-libdir",
        "--target",
        WASM,
    ]))?;
    if Path::new(dir.trim()).is_dir() {
        return Ok(());
    }
    say(&format!("the Rust standard library for {WASM}, with rustup"));
    shell::run(Command::new("rustup").current_dir(shell::root()).args(["target", "add", WASM]))
        .with_context(|| format!("run `rustup target add {WASM}`"))
}

/// Chromium, Firefox, WebKitGTK and a driver for each.
///
/// # Errors
/// When one is missing and cannot be installed from here; the message is the line to run.
pub(crate) fn browsers() -> Result<Browsers> {
    require(&[
        (CHROMIUM, "chromium"),
        (CHROMEDRIVER, "chromium-driver"),
        (FIREFOX, "firefox-esr"),
        (&["WebKitWebDriver"], "webkit2gtk-driver"),
        (&["Xvfb"], "xvfb"),
    ])?;
    Ok(Browsers {
        programs: vec![
            ("SAATH_CHROMIUM", there(CHROMIUM)?),
            ("SAATH_CHROMEDRIVER", there(CHROMEDRIVER)?),
            ("SAATH_FIREFOX", there(FIREFOX)?),
            ("SAATH_GECKODRIVER", geckodriver()?),
            ("SAATH_WEBKITDRIVER", there(&["WebKitWebDriver"])?),
            ("SAATH_XVFB", there(&["Xvfb"])?),
        ],
    })
}

/// One browser and its driver: `chromium` or `firefox`.
///
/// # Errors
/// As [`browsers`].
pub(crate) fn browser(name: &str) -> Result<Vec<(&'static str, PathBuf)>> {
    let is_firefox = name == "firefox";
    let mut wanted: Vec<(&[&str], &str)> = vec![];
    if is_firefox {
        wanted.push((FIREFOX, "firefox-esr"));
    } else {
        wanted.extend([(CHROMIUM, "chromium"), (CHROMEDRIVER, "chromium-driver")]);
    }
    require(&wanted)?;
    Ok(if is_firefox {
        vec![("SAATH_FIREFOX", there(FIREFOX)?), ("SAATH_GECKODRIVER", geckodriver()?)]
    } else {
        vec![("SAATH_CHROMIUM", there(CHROMIUM)?), ("SAATH_CHROMEDRIVER", there(CHROMEDRIVER)?)]
    })
}

/// Installs what is missing.
fn require(wanted: &[(&[&str], &'static str)]) -> Result<()> {
    let missing: Vec<&str> = wanted
        .iter()
        .filter(|(names, _)| find(names).is_none())
        .map(|(_, package)| *package)
        .collect();
    if missing.is_empty() { Ok(()) } else { install_packages(&missing) }
}

fn there(names: &[&str]) -> Result<PathBuf> {
    find(names).with_context(|| format!("{} is not on PATH", names.join(" or ")))
}

/// `wasm-opt` of npm's binaryen, or nothing where there is no npm.
///
/// # Errors
/// When npm is there and fails.
pub(crate) fn wasm_opt() -> Result<Option<PathBuf>> {
    from_npm("wasm-opt", &format!("binaryen@{BINARYEN}"))
}

/// npm's `esbuild`, or nothing where there is no npm.
///
/// # Errors
/// When npm is there and fails.
pub(crate) fn esbuild() -> Result<Option<PathBuf>> {
    from_npm("esbuild", &format!("esbuild@{ESBUILD}"))
}

/// npm, which brings node.
///
/// # Errors
/// When it is missing and cannot be installed from here; the message is the line to run.
pub(crate) fn npm() -> Result<PathBuf> {
    if find(&["npm"]).is_none() {
        install_packages(&["npm"])?;
    }
    find(&["npm"]).context("npm is not on PATH")
}

fn from_npm(program: &str, package: &str) -> Result<Option<PathBuf>> {
    let home = shell::target()?.join("tools");
    let path = home.join("node_modules/.bin").join(program);
    if path.exists() {
        return Ok(Some(path));
    }
    let Some(npm) = find(&["npm"]) else {
        eprintln!("dist: no npm, so no {program}; the package is larger");
        return Ok(None);
    };
    say(&format!("{package} from npm into {}", home.display()));
    shell::run(Command::new(npm).args(["install", "--no-audit", "--no-fund", "--prefix"]).args([
        home.as_os_str(),
        "--ignore-scripts".as_ref(),
        package.as_ref(),
    ]))?;
    Ok(Some(path))
}

fn install_packages(missing: &[&str]) -> Result<()> {
    let list = missing.join(" ");
    let Some(apt) = find(&["apt-get"]) else {
        bail!("please install {list}, with their programs on PATH");
    };
    let user = shell::output(Command::new("id").arg("-u"))?;
    if user.trim() != "0" {
        bail!("programs are missing; run `sudo apt-get install {list}`");
    }
    say(&format!("the Debian packages {list}"));
    shell::run(Command::new(&apt).args(["update", "-q"]))?;
    shell::run(
        Command::new(&apt)
            .env("DEBIAN_FRONTEND", "noninteractive")
            .args(["install", "-y", "-q", "--no-install-recommends"])
            .args(missing),
    )
}

/// Debian has none: it is built once, into the user's cache.
fn geckodriver() -> Result<PathBuf> {
    if let Some(found) = find(&["geckodriver"]) {
        return Ok(found);
    }
    let home = cache()?;
    let built = home.join("bin/geckodriver");
    if !built.exists() {
        say(&format!(
            "geckodriver {GECKODRIVER} from crates.io into {} (minutes, once)",
            home.display()
        ));
        let mut cargo = shell::cargo("install");
        cargo.args(["--version", GECKODRIVER, "geckodriver", "--root"]).arg(&home);
        if std::env::var_os("CI").is_none() {
            cargo.arg("--locked");
        }
        shell::run(&mut cargo)?;
    }
    Ok(built)
}

fn cache() -> Result<PathBuf> {
    let cache = match std::env::var_os("XDG_CACHE_HOME") {
        Some(dir) => PathBuf::from(dir),
        None => PathBuf::from(std::env::var_os("HOME").context("HOME is not set")?).join(".cache"),
    };
    Ok(cache.join("saath-tools"))
}

/// The first of these programs on PATH.
pub(crate) fn find(names: &[&str]) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    names.iter().find_map(|name| {
        std::env::split_paths(&path).map(|dir| dir.join(name)).find(|program| program.is_file())
    })
}

pub(crate) fn say(what: &str) {
    eprintln!("xtask: installing {what}");
}
