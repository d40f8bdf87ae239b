//! `cargo xtask audit-mask`: what an agent would see of a portal's pages, field by field.
//!
//! A portal's developer asks it before an agent can, and an auditor reads the proof. The browsers are
//! driven by a program of `saath-tests`, which tells what is on a page and what is in its replica; what
//! became of each field is judged here, and tested without a browser.

mod field;
mod html;
mod judge;
mod options;
mod policy;
mod report;
mod rules;
mod seen;
mod table;
mod text;

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, ExitCode, Stdio};

use anyhow::{Context, Result, anyhow, ensure};
use serde_json::Value;

use crate::{dist, shell, tools};
use html::Shot;
use options::{Options, USAGE};
use report::{FORMAT, Report};
use rules::Rules;
use seen::{Job, Seen, State};

/// It could not be told.
const UNKNOWN: u8 = 2;
/// As the pictures are cut off by `tests/src/audit.rs`.
const TALLEST: f64 = 6000.0;

/// Runs the audit: 0 all is as expected, 1 something is shown that must not be, 2 it could not be told.
pub(crate) fn run(args: &[String]) -> ExitCode {
    if args.iter().any(|arg| arg == "--help" || arg == "-h") {
        print!("{USAGE}");
        return ExitCode::SUCCESS;
    }
    let options = match Options::parse(args) {
        Ok(options) => options,
        Err(error) => {
            eprintln!("error: {error:#}\n`cargo xtask audit-mask --help` says how it is used");
            return ExitCode::from(UNKNOWN);
        }
    };
    match audit(&options) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::from(UNKNOWN)
        }
    }
}

/// Whether all is as expected.
fn audit(options: &Options) -> Result<bool> {
    // All that can be wrong is told before anything is built or started.
    let given = options.policy.as_deref().map(policy::read).transpose()?;
    let scripts = options.scripts.iter().map(|file| script(file)).collect::<Result<Vec<_>>>()?;
    let baseline = options.baseline.as_deref().map(baseline).transpose()?;
    let out = match &options.out {
        Some(out) => out.clone(),
        None => shell::target()?.join("audit"),
    };
    fs::create_dir_all(&out).with_context(|| format!("--out {}", out.display()))?;

    let package = dist::package()?;
    if options.build || !package.join("saath.js").is_file() {
        dist::run(&dist::Options { dev: true, ..Default::default() })?;
    }
    let job = Job {
        engine: &options.engine,
        width: options.width,
        dir: options.dir.as_deref(),
        pages: &options.pages,
        package: &package,
        policy: given.as_deref(),
        cookies: &options.cookies,
        storage: &options.storage,
        wait: options.wait.as_deref(),
        scripts: &scripts,
        deny: &options.deny,
        pictures: options.pictures,
        timeout: options.timeout,
    };
    let mut report = Report::new(&options.engine, options.width);
    let (mut shots, mut denied, mut unseen) = (Vec::new(), Vec::new(), Vec::new());
    browse(&job, |seen| {
        eprintln!("audit: {}", seen.page);
        unseen.extend(wrong(options, &seen));
        take(options, seen, &mut report, &mut shots, &mut denied);
    })?;
    report.expect(&options.deny, &denied);
    if let Some(baseline) = &baseline {
        report.compare(baseline);
    }

    let (json, page) = (out.join("report.json"), out.join("report.html"));
    fs::write(&json, report.json()?)?;
    fs::write(&page, html::html(&report, &shots))?;
    if options.json {
        print!("{}", report.json()?);
    } else {
        print!("{}", table::table(&report));
        println!("{}", page.display());
    }
    std::io::stdout().flush()?;
    ensure!(unseen.is_empty(), "{}", unseen.join("\nerror: "));
    Ok(report.findings.is_empty())
}

/// Judges a page in each of its states.
fn take(
    options: &Options,
    seen: Seen,
    report: &mut Report,
    shots: &mut Vec<Option<Shot>>,
    denied: &mut Vec<String>,
) {
    let told = seen.policy.unwrap_or_default();
    let rules = Rules::of(&told, &seen.said);
    let source = match (&options.policy, told.source.as_str()) {
        (Some(file), _) => file.file_name().map_or(String::new(), |n| n.to_string_lossy().into()),
        (None, source) => source.to_owned(),
    };
    for state in seen.states {
        denied.extend(state.page.denied.iter().cloned());
        let judged = judge::judge(&state, &rules);
        report.push(&seen.page, &state.name, &source, &rules, judged);
        let State { page, pictures, .. } = state;
        let (width, height) = (page.width, page.height.min(TALLEST));
        shots.push(pictures.map(|pictures| Shot { pictures, width, height }));
    }
}

/// Why a page, or its policy, is not what was meant to be audited.
fn wrong(options: &Options, seen: &Seen) -> Option<String> {
    if let Some(error) = &seen.error {
        return Some(format!("{}: {}", seen.page, field::clean_long(error)));
    }
    let told = seen.policy.as_ref()?;
    if let Some(error) = &told.error {
        let error = field::clean_long(error);
        return Some(format!("{}: its policy, {}: {error}", seen.page, field::clean(&told.source)));
    }
    let complaint = seen.said.iter().find(|text| text.contains("everything is masked"))?;
    if told.source == "none" {
        return None;
    }
    let complaint = field::clean_long(complaint.trim_start_matches("saath:").trim());
    let place = match &options.policy {
        Some(file) => {
            let text = fs::read_to_string(file).unwrap_or_default();
            let line = policy::line_of(&complaint, &text).map(|line| format!(":{line}"));
            format!("{}{}", file.display(), line.unwrap_or_default())
        }
        None => format!("{}: its policy, {}", seen.page, field::clean(&told.source)),
    };
    Some(format!("{place}: {complaint}"))
}

/// Lets the browsers look, and takes what they tell, page by page.
fn browse(job: &Job<'_>, mut tell: impl FnMut(Seen)) -> Result<()> {
    let programs = tools::browser(job.engine)?;
    let build = ["--quiet", "--package", "saath-tests", "--profile", "xtask", "--bin", "audit"];
    shell::run(shell::cargo("build").args(build))?;
    let mut command = Command::new(shell::target()?.join("xtask/audit"));
    command.envs(programs).env("SAATH_XTASK", std::env::current_exe()?);
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .with_context(|| shell::line(&command))?;
    let mut stdin = child.stdin.take().context("stdin")?;
    stdin.write_all(&serde_json::to_vec(job)?)?;
    drop(stdin);
    let lines = BufReader::new(child.stdout.take().context("stdout")?).lines();
    for line in lines {
        tell(serde_json::from_str(&line?).context("what the browsers tell")?);
    }
    let status = child.wait()?;
    ensure!(status.success(), "the browsers' part failed ({status})");
    Ok(())
}

fn script(file: &Path) -> Result<(String, String)> {
    let body = fs::read_to_string(file).with_context(|| format!("--script {}", file.display()))?;
    let name = file.file_name().unwrap_or(file.as_os_str()).to_string_lossy();
    Ok((name.into_owned(), body))
}

fn baseline(file: &Path) -> Result<Report> {
    let name = file.display();
    let text = fs::read_to_string(file).with_context(|| {
        format!(
            "--baseline {name}; to begin with one, copy a report.json there that you agree with"
        )
    })?;
    let value: Value = serde_json::from_str(&text)
        .map_err(|error| anyhow!("--baseline {name}:{}: {error}", error.line()))?;
    ensure!(
        value["format"] == FORMAT,
        "--baseline {name}: it is no report of this version ({FORMAT}): make it anew"
    );
    serde_json::from_value(value).with_context(|| format!("--baseline {name}"))
}

#[cfg(test)]
mod tests;
