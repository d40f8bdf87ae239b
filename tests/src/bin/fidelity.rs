//! The fidelity suite as a program: `cargo xtask fidelity` runs it and hands its arguments on.
//!
//! A program and not a test, as its result is a table: all pages run, whatever the first does.

use std::process::ExitCode;
use std::sync::Mutex;

use anyhow::{Context, Result, bail, ensure};
use saath_tests::Engine;
use saath_tests::fidelity::{
    Case, Known, Outcome, PAIRS, Report, Row, Suite, Verdict, cases, folder,
};

const USAGE: &str = "usage: cargo xtask fidelity [--engine NAME,…] [--cross] [word…]";

fn main() -> ExitCode {
    match run(std::env::args().skip(1)) {
        Ok(0) => ExitCode::SUCCESS,
        Ok(wrong) => {
            eprintln!("error: {wrong} replicas are not their page");
            ExitCode::FAILURE
        }
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(mut args: impl Iterator<Item = String>) -> Result<usize> {
    let mut engines = Engine::ALL.to_vec();
    let mut cross = None;
    let mut words = Vec::new();
    while let Some(arg) = args.next() {
        match arg.as_str() {
            "--engine" => {
                let names = args.next().context(USAGE)?;
                engines = names.split(',').map(Engine::parse).collect::<Result<_>>()?;
                cross = cross.or(Some(false));
            }
            "--cross" => cross = Some(true),
            _ if arg.starts_with('-') => bail!("unknown argument `{arg}`\n{USAGE}"),
            _ => words.push(arg),
        }
    }
    let cases = cases(&words)?;
    ensure!(!cases.is_empty(), "no page is called {}", words.join(" or "));
    let report = Mutex::new(Report::default());
    let known = Known::read()?;
    // Two browsers at a time are as many as a small machine bears.
    let mut work: Vec<Work> = engines.into_iter().map(Work::Beside).collect();
    if cross.unwrap_or(true) && cases.iter().any(Case::travels) {
        work.push(Work::Across);
    }
    let queue = Mutex::new(work);
    let next =
        || queue.lock().ok().and_then(|mut queue| (!queue.is_empty()).then(|| queue.remove(0)));
    std::thread::scope(|scope| -> Result<()> {
        let work = || -> Result<()> {
            while let Some(work) = next() {
                match work {
                    Work::Beside(engine) => {
                        beside(engine, &cases, &known, &report).with_context(|| engine.name())?;
                    }
                    Work::Across => across(&cases, &known, &report)?,
                }
            }
            Ok(())
        };
        let threads = [scope.spawn(work), scope.spawn(work)];
        for thread in threads {
            thread.join().map_err(|_| anyhow::anyhow!("a test panicked"))??;
        }
        Ok(())
    })?;
    let report = report.into_inner().map_err(|_| anyhow::anyhow!("a test panicked"))?;
    let page = report.write(&folder()?)?;
    println!("{}", report.table());
    println!("{}", page.display());
    Ok(report.wrong())
}

enum Work {
    /// Each page beside its replica.
    Beside(Engine),
    /// Some pages here, their replicas there.
    Across,
}

/// How many pages a browser is for: after a quarter of an hour of them Firefox has stood still, more
/// than once, at whatever page was next.
const PAGES: usize = 40;

/// All pages in one engine. A browser that is gone says nothing of the page: it is for a new one to
/// try, once.
#[tokio::main(flavor = "current_thread")]
async fn beside(
    engine: Engine,
    cases: &[Case],
    known: &Known,
    report: &Mutex<Report>,
) -> Result<()> {
    for cases in cases.chunks(PAGES) {
        let mut suite = Suite::start(engine).await?;
        for case in cases {
            let mut outcome = suite.run(case).await;
            if !suite.is_alive().await {
                eprintln!("{} {}: the browser stands still; another one", engine.name(), case.name);
                suite = Suite::start(engine).await?;
                outcome = suite.run(case).await;
            }
            note(report, known, case.name.clone(), engine.name().to_owned(), outcome);
        }
    }
    Ok(())
}

/// The pages that travel, from each engine to another; one browser at a time.
#[tokio::main(flavor = "current_thread")]
async fn across(cases: &[Case], known: &Known, report: &Mutex<Report>) -> Result<()> {
    let travelling: Vec<&Case> = cases.iter().filter(|case| case.travels()).collect();
    let mut recordings = Vec::new();
    for (from, to) in PAIRS {
        let suite = Suite::start(from).await.with_context(|| from.name())?;
        for case in &travelling {
            match suite.record(case).await {
                Ok(recording) => recordings.extend(recording.map(|r| (from, to, r))),
                Err(error) => {
                    bail!("{} cannot be recorded in {}: {error:#}", case.name, from.name())
                }
            }
        }
    }
    for (_, to) in PAIRS {
        let suite = Suite::start(to).await.with_context(|| to.name())?;
        for (from, _, recording) in recordings.iter().filter(|(_, place, _)| *place == to) {
            let outcome = suite.replay(recording).await;
            let engines = format!("{} to {}", from.name(), to.name());
            note(report, known, recording.name.clone(), engines, outcome);
        }
    }
    Ok(())
}

/// Says it at once and keeps it for the report.
fn note(report: &Mutex<Report>, known: &Known, name: String, engine: String, mut outcome: Outcome) {
    outcome.verdict = known.judge(&engine, &name, outcome.verdict);
    say(&engine, &name, &outcome);
    if let Ok(mut report) = report.lock() {
        report.push(Row { name, engine, outcome });
    }
}

fn say(engine: &str, name: &str, outcome: &Outcome) {
    let Outcome { states, pixels, time, verdict } = outcome;
    let seconds = time.as_secs_f32();
    match verdict {
        Verdict::Same => {
            eprintln!(
                "{engine} {name}: ok, {states} states, {:.3} %, {seconds:.1} s",
                pixels * 100.0
            );
        }
        Verdict::Lacks(what) => eprintln!("{engine} {name}: skipped, no {}", what.join(", no ")),
        Verdict::Known(why, _) => {
            eprintln!("{engine} {name}: known to be wrong: {why}, {seconds:.1} s");
        }
        Verdict::Wrong(faults) => {
            eprintln!("{engine} {name}: WRONG, {states} states, {seconds:.1} s");
            for fault in faults {
                eprintln!("    {}: {}", fault.state, fault.what.replace('\n', "\n        "));
            }
        }
    }
}
