//! The relay's program: flags, logs, signals.
//!
//! Stdout has one line, for those who start the relay and wait for it; logs go to stderr. Logs are
//! of this crate only, at every level: libraries log the frames and headers they see.

use std::io::Write;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::Context;
use clap::Parser;
use saath_relay::limits::Limits;
use saath_relay::{Config, Relay};
use tokio::signal::unix::{self, SignalKind};
use tokio::sync::oneshot;
use tracing::level_filters::LevelFilter;
use tracing_subscriber::Layer;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

/// Brings the two ends of a co-browsing session together and forwards what it cannot read.
#[derive(Parser)]
#[command(version)]
struct Options {
    /// Address to listen on; port 0 takes a free one
    #[arg(long, env = "SAATH_LISTEN", default_value = "127.0.0.1:4400")]
    listen: SocketAddr,
    /// Origin whose pages may connect, as browsers send it (https://portal.example); repeatable
    #[arg(long, env = "SAATH_ALLOW_ORIGIN", value_delimiter = ',', required = true)]
    allow_origin: Vec<String>,
    /// JWKS file with the public keys that sign agent tokens (ES256, EdDSA, RS256)
    #[arg(long, env = "SAATH_JWKS")]
    jwks: PathBuf,
    /// Log in JSON lines
    #[arg(long, env = "SAATH_JSON_LOGS")]
    json_logs: bool,
    /// Least important level that is logged: error, warn, info, debug, trace
    #[arg(long, env = "SAATH_LOG", default_value = "info")]
    log: LevelFilter,
    #[command(flatten)]
    limits: Limits,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let options = Options::parse();
    log(options.log, options.json_logs);
    tracing::info!(origins = ?options.allow_origin, limits = ?options.limits, "starting");
    let mut signals = Signals::new().context("cannot listen to signals")?;
    let drain = options.limits.drain;
    let relay = Relay::bind(Config {
        listen: options.listen,
        origins: options.allow_origin,
        jwks: options.jwks,
        limits: options.limits,
    })
    .with_context(|| format!("on {}", options.listen))?;
    let address = relay.local_addr().context("no address")?;
    let mut stdout = std::io::stdout();
    writeln!(stdout, "listening on ws://{address}/ws").and_then(|()| stdout.flush())?;

    let (stop, stopped) = oneshot::channel();
    let run = relay.run(async { stopped.await.unwrap_or_default() });
    tokio::pin!(run);
    let patience = tokio::select! {
        () = &mut run => return Ok(()),
        signal = signals.next() => match signal {
            Signal::Terminate => drain,
            Signal::Interrupt => Duration::ZERO,
        },
    };
    // The relay holds the other half for as long as it runs.
    let _ = stop.send(patience);
    tokio::select! {
        () = run => tracing::info!("stopped"),
        _ = signals.next() => tracing::warn!("stopped by a second signal"),
    }
    Ok(())
}

struct Signals {
    terminate: unix::Signal,
    interrupt: unix::Signal,
}

enum Signal {
    /// An operator's: sockets get time to go elsewhere.
    Terminate,
    /// Somebody's at the keyboard.
    Interrupt,
}

impl Signals {
    fn new() -> std::io::Result<Self> {
        Ok(Self {
            terminate: unix::signal(SignalKind::terminate())?,
            interrupt: unix::signal(SignalKind::interrupt())?,
        })
    }

    async fn next(&mut self) -> Signal {
        tokio::select! {
            _ = self.terminate.recv() => Signal::Terminate,
            _ = self.interrupt.recv() => Signal::Interrupt,
        }
    }
}

fn log(level: LevelFilter, json: bool) {
    let format = tracing_subscriber::fmt::layer().with_writer(std::io::stderr).with_target(false);
    let format = match json {
        true => format.json().boxed(),
        false => format.boxed(),
    };
    let ours = Targets::new().with_target("saath_relay", level);
    tracing_subscriber::registry().with(format.with_filter(ours)).init();
}
