//! The checks that CI runs, cheapest first, so that most mistakes are told within seconds.
//!
//! The browsers test what users run: the demo of this same program, over the package in
//! `target/npm` and the relay's own binary.

use std::path::PathBuf;
use std::process::Command;
use std::time::Instant;

use anyhow::{Context, Result, bail};

use crate::{demo, dist, fidelity, published, schema, shell, size, tidy, tools};

struct Step {
    name: &'static str,
    what: &'static str,
    run: fn() -> Result<()>,
}

const STEPS: &[Step] = &[
    Step { name: "fmt", what: "the code is formatted", run: fmt },
    Step { name: "tidy", what: "the rules of the house", run: tidy::run },
    Step { name: "clippy", what: "no warnings, natively and for wasm", run: clippy },
    Step { name: "unit", what: "the native tests", run: unit },
    Step { name: "schema", what: "the policy's JSON Schema", run: schema::check },
    Step { name: "dist", what: "the package, its budgets, the relay", run: build },
    Step { name: "published", what: "nothing for tests is in the package", run: published::run },
    Step { name: "browsers", what: "end to end in Chromium and Firefox", run: browsers },
    Step { name: "fidelity", what: "replicas beside their pages", run: replicas },
];

/// Runs all steps, or those named, and stops at the first that fails.
///
/// # Errors
/// With the name of the step, how long it took and the command that failed.
pub(crate) fn run(names: &[String]) -> Result<()> {
    if let Some(name) = names.iter().find(|name| STEPS.iter().all(|step| step.name != **name)) {
        bail!(
            "no step `{name}`; there are: {}",
            STEPS.iter().map(|s| s.name).collect::<Vec<_>>().join(" ")
        );
    }
    let chosen: Vec<&Step> = STEPS
        .iter()
        .filter(|step| names.is_empty() || names.iter().any(|name| name == step.name))
        .collect();
    let start = Instant::now();
    for (place, step) in chosen.iter().enumerate() {
        eprintln!("\n── {}/{} {}: {}", place + 1, chosen.len(), step.name, step.what);
        let began = Instant::now();
        (step.run)().with_context(|| {
            format!(
                "`cargo xtask test {}` failed after {:.1} s",
                step.name,
                began.elapsed().as_secs_f32()
            )
        })?;
        eprintln!("── {} ok, {:.1} s", step.name, began.elapsed().as_secs_f32());
    }
    println!("test result: ok. {} steps in {:.1} s", chosen.len(), start.elapsed().as_secs_f32());
    Ok(())
}

fn fmt() -> Result<()> {
    shell::run(shell::cargo("fmt").args(["--all", "--check"]))
}

fn clippy() -> Result<()> {
    tools::wasm_target()?;
    let strict = ["--", "--deny", "warnings"];
    shell::run(shell::cargo("clippy").args(["--workspace", "--all-targets"]).args(strict))?;
    let wasm = ["--package", "saath", "--target", "wasm32-unknown-unknown"];
    shell::run(shell::cargo("clippy").args(wasm).args(strict))
}

fn unit() -> Result<()> {
    // In the profile in which their dependencies are compiled already; generated tests take a fraction
    // of the time there.
    let what = ["--workspace", "--exclude", "saath-tests", "--profile", "xtask"];
    shell::run(shell::cargo("test").args(what))
}

fn build() -> Result<()> {
    dist::run(&dist::Options::default())?;
    size::run(&[])?;
    // For the browsers' own run of the known answers.
    dist::run(&dist::Options { self_test: true, dev: true, ..Default::default() })?;
    demo::build_relay()
}

/// Both at a time: each mostly waits. With `BROWSER` only that one.
fn browsers() -> Result<()> {
    let programs = tools::browsers()?.programs;
    if std::env::var_os("BROWSER").is_some() {
        return shell::run(&mut tests(&[], &programs)?);
    }
    // What both would wait for.
    shell::run(&mut tests(&["--no-run"], &programs)?)?;
    let (mut chromium, mut firefox) = (tests(&[], &programs)?, tests(&[], &programs)?);
    let firefox = std::thread::spawn(move || shell::told(firefox.env("BROWSER", "firefox")));
    let in_chromium = shell::run(chromium.env("BROWSER", "chromium"));
    let (told, in_firefox) =
        firefox.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))?;
    eprintln!("── and in Firefox\n{told}");
    in_chromium.context("in Chromium")?;
    in_firefox.context("in Firefox")
}

/// All pages in three engines, and what one records in another.
fn replicas() -> Result<()> {
    fidelity::suite(&[])
}

fn tests(how: &[&str], programs: &[(&str, PathBuf)]) -> Result<Command> {
    let mut cargo = shell::cargo("test");
    cargo
        .args(["--package", "saath-tests", "--profile", "xtask"])
        .args(how)
        // One after the other: the two browsers of a session are as many as half a small machine bears.
        .args(["--", "--test-threads=1"])
        .env("SAATH_XTASK", std::env::current_exe()?)
        .envs(programs.iter().cloned());
    Ok(cargo)
}
