//! Shares of what the package does, measured in a browser.
//!
//! What runs is a program of `saath-tests`; this builds the package as it is shipped, but for the names
//! of its functions, which a profile needs.

use anyhow::Result;

use crate::{dist, shell, tools};

/// Builds and measures.
///
/// # Errors
/// When something cannot be built or looked at.
pub(crate) fn run() -> Result<()> {
    let out = dist::package()?.with_file_name("npm-bench");
    dist::run(&dist::Options { names: true, out: Some(out), ..Default::default() })?;
    let browsers = tools::browsers()?;
    let mut cargo = shell::cargo("run");
    cargo
        .args(["--quiet", "--package", "saath-tests", "--profile", "xtask", "--bin", "bench"])
        .env("SAATH_XTASK", std::env::current_exe()?)
        .envs(browsers.programs);
    shell::run(&mut cargo)
}
