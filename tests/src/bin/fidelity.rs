//! The fidelity suite as a program: `cargo xtask fidelity` runs it and hands its arguments on.
//!
//! A program and not a test, as its result is a table: all pages run, whatever the first does.

use std::process::ExitCode;
use std::sync::Mutex;

use anyhow::{Context, Result, bail, ensure};
use saath_tests::Engine;
use saath_tests::fidelity::{Case, Outcome, Report, Row, Suite, Verdict, cases, folder};

const USAGE: &str = "usage: cargo xtask fidelity [--engine NAME,…] [word…]";

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
    let mut words = Vec::new();
    while let Some(arg) = args.next() {
        match arg.as_str() {
            "--engine" => {
                let names = args.next().context(USAGE)?;
                engines = names.split(',').map(Engine::parse).collect::<Result<_>>()?;
            }
            _ if arg.starts_with('-') => bail!("unknown argument `{arg}`\n{USAGE}"),
            _ => words.push(arg),
        }
    }
    let cases = cases(&words)?;
    ensure!(!cases.is_empty(), "no page is called {}", words.join(" or "));
    let report = Mutex::new(Report::default());
    // Two browsers at a time are as many as a small machine bears.
    let queue = Mutex::new(engines);
    let next =
        || queue.lock().ok().and_then(|mut queue| (!queue.is_empty()).then(|| queue.remove(0)));
    std::thread::scope(|scope| -> Result<()> {
        let work = || -> Result<()> {
            while let Some(engine) = next() {
                all(engine, &cases, &report).with_context(|| engine.name())?;
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

/// All pages in one engine, in one browser; a new one when it is gone.
#[tokio::main(flavor = "current_thread")]
async fn all(engine: Engine, cases: &[Case], report: &Mutex<Report>) -> Result<()> {
    let mut suite = Suite::start(engine).await?;
    for case in cases {
        let outcome = suite.run(case).await;
        say(engine, case, &outcome);
        if let Ok(mut report) = report.lock() {
            report.push(Row { name: case.name.clone(), engine: engine.name().to_owned(), outcome });
        }
        if !suite.is_alive().await {
            suite = Suite::start(engine).await?;
        }
    }
    Ok(())
}

fn say(engine: Engine, case: &Case, outcome: &Outcome) {
    let (engine, name) = (engine.name(), &case.name);
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
        Verdict::Wrong(faults) => {
            eprintln!("{engine} {name}: WRONG, {states} states, {seconds:.1} s");
            for fault in faults {
                eprintln!("    {}: {}", fault.state, fault.what.replace('\n', "\n        "));
            }
        }
    }
}
