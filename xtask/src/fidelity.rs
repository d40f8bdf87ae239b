//! The fidelity suite: pages beside their replicas, in three engines.
//!
//! What runs is a program of `saath-tests`; this brings what it needs, the package and the browsers.

use anyhow::Result;

use crate::{dist, real, shell, tools};

/// Builds the package unless told not to, and runs the suite with the other arguments.
///
/// # Errors
/// When something cannot be built, or a replica is not its page.
pub(crate) fn run(args: &[String]) -> Result<()> {
    let (no_build, rest): (Vec<&str>, Vec<&str>) =
        args.iter().map(String::as_str).partition(|arg| *arg == "--no-build");
    if no_build.is_empty() {
        dist::run(&dist::Options { dev: true, ..Default::default() })?;
    }
    suite(&rest)
}

/// Runs the suite on what was built last.
///
/// # Errors
/// When a replica is not its page.
pub(crate) fn suite(args: &[&str]) -> Result<()> {
    real::build()?;
    let browsers = tools::browsers()?;
    let mut cargo = shell::cargo("run");
    cargo
        .args(["--quiet", "--package", "saath-tests", "--profile", "xtask", "--bin", "fidelity"])
        .arg("--")
        .args(args)
        .env("SAATH_XTASK", std::env::current_exe()?)
        .envs(browsers.programs);
    shell::run(&mut cargo)
}
