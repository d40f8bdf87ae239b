//! The browsers' part of `cargo xtask audit-mask`: a job on stdin, a line of JSON for each page on
//! stdout.

use std::io::{Read, Write};
use std::process::ExitCode;

use anyhow::{Context, Result};
use saath_tests::audit;

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

#[tokio::main(flavor = "current_thread")]
async fn run() -> Result<()> {
    let mut job = String::new();
    std::io::stdin().read_to_string(&mut job)?;
    let job = serde_json::from_str(&job).context("the job")?;
    let mut out = std::io::stdout().lock();
    let mut told = Ok(());
    audit::run(&job, |seen| {
        told = serde_json::to_string(seen).map_err(anyhow::Error::from).and_then(|line| {
            writeln!(out, "{line}")?;
            Ok(out.flush()?)
        });
    })
    .await?;
    told
}
