//! `cargo xtask`: everything the project does besides compiling, in the language it is written in.
//!
//! A fresh clone has rustup and nothing else. Each command brings what it lacks, says so, and
//! needs no global install: the wasm-bindgen of the lock file is linked in, not called by path.

mod audit;
mod bench;
mod demo;
mod dist;
mod fidelity;
mod published;
mod real;
mod schema;
mod shell;
mod size;
mod test;
mod tidy;
mod tools;

use std::process::ExitCode;

const USAGE: &str = "\
usage: cargo xtask <command>

  demo    build everything and run it on this machine: relay, portal, CRM, console
            --json         print the links as one JSON line and nothing else
            --port-base N  relay on N, portal N+1, CRM N+2, console N+3 (default 4400)
            --no-build     run what was built last
            --dev          build the module in seconds rather than small and fast
  test    the checks that CI runs, in order; with names, only these:
            fmt tidy clippy unit schema dist browsers fidelity
            BROWSER=…       chromium or firefox: the end to end tests in only that one
  fidelity  pages beside their replicas, by tree and picture; a table, and a report with pictures;
            with words, only the pages whose names contain one
            --engine A,B   of chromium, firefox, webkit (default: all)
            --cross        also recorded in one engine and replayed in another (default without --engine)
            --no-build     the package that was built last
  audit-mask  what an agent would see of a portal's pages, field by field, with pictures
            URL… or DIR    the pages
            --policy FILE  mask by this one rather than by the page's own
            --help         the rest of it, and its exit codes
  bench   what parts of the work cost in a browser, as shares of one run
  dist    write the npm package to target/npm
            --dev          quick to build, larger and slower to run
            --opt          also run wasm-opt and esbuild (fetches them with npm)
            --self-test    for tests only: to target/npm-test, with selfTest(), a tap and a mask that can be broken
            --out DIR      write it there instead
  size    what the customer's browser downloads: raw, gzip, brotli; checks the budgets
            DIR            of this package instead of target/npm
  tidy    the rules of the house that a compiler cannot hold
";

fn main() -> ExitCode {
    let mut args = std::env::args().skip(1);
    let command = args.next();
    let rest: Vec<String> = args.collect();
    // Its exit codes say more than that something went wrong.
    if command.as_deref() == Some("audit-mask") {
        return audit::run(&rest);
    }
    let result = match command.as_deref() {
        Some("demo") => demo::Options::parse(&rest).and_then(|options| demo::run(&options)),
        Some("test") => test::run(&rest),
        Some("dist") => dist::Options::parse(&rest).and_then(|options| dist::run(&options)),
        Some("fidelity") => fidelity::run(&rest),
        Some("bench") => no_more(&rest).and_then(|()| bench::run()),
        Some("size") => size::run(&rest),
        Some("tidy") => no_more(&rest).and_then(|()| tidy::run()),
        Some("help" | "--help" | "-h") => {
            print!("{USAGE}");
            return ExitCode::SUCCESS;
        }
        _ => {
            eprint!("{USAGE}");
            return ExitCode::from(2);
        }
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn no_more(args: &[String]) -> anyhow::Result<()> {
    match args.first() {
        None => Ok(()),
        Some(arg) => Err(unknown(arg)),
    }
}

/// The error for an argument that no command knows.
fn unknown(arg: &str) -> anyhow::Error {
    anyhow::anyhow!("unknown argument `{arg}`; `cargo xtask help` lists what there is")
}
