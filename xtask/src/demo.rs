//! The whole product on one machine: the relay, and apart from it three sites on ports, and so on
//! origins, of their own.
//!
//! The relay is the binary that is shipped, run as a child; the sites are served from here. When
//! the relay dies it is started again, as a supervisor would. On Unix SIGUSR1 takes it down and
//! SIGUSR2 brings it back: that is how the browser tests make an outage.

mod relay;
mod server;
mod site;
mod token;

use std::net::{Ipv4Addr, SocketAddr};
use std::ops::RangeInclusive;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use serde::Serialize;
use tokio::net::TcpListener;
use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::{dist, shell, unknown};
use relay::Relay;
use site::Site;

/// How the demo is run.
pub(crate) struct Options {
    json: bool,
    build: bool,
    dev: bool,
    port_base: u16,
}

impl Options {
    pub(crate) fn parse(args: &[String]) -> Result<Self> {
        let mut options = Self { json: false, build: true, dev: false, port_base: 4400 };
        let mut args = args.iter();
        while let Some(arg) = args.next() {
            match arg.as_str() {
                "--json" => options.json = true,
                "--no-build" => options.build = false,
                "--dev" => options.dev = true,
                "--port-base" => {
                    let value = args.next().context("`--port-base` wants a number")?;
                    options.port_base = value
                        .parse()
                        .ok()
                        .filter(|base| (1..=u16::MAX - 3).contains(base))
                        .with_context(|| format!("`{value}` is not a port below 65533"))?;
                }
                _ => return Err(unknown(arg)),
            }
        }
        Ok(options)
    }
}

/// Where everything is, without trailing slashes.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Urls {
    pub(crate) relay: String,
    pub(crate) portal: String,
    pub(crate) crm: String,
    pub(crate) console: String,
}

impl Urls {
    fn new(base: u16) -> Self {
        let http = |offset| format!("http://localhost:{}", base + offset);
        Self {
            relay: format!("ws://localhost:{base}/ws"),
            portal: http(1),
            crm: http(2),
            console: http(3),
        }
    }
}

/// Builds, starts, and runs until it is told to stop.
///
/// # Errors
/// When something cannot be built or a port is taken.
pub(crate) fn run(options: &Options) -> Result<()> {
    for port in ports(options) {
        // Minutes of building would be for nothing.
        drop(std::net::TcpListener::bind(local(port)).with_context(|| taken(port))?);
    }
    if options.build {
        dist::run(&dist::Options { dev: options.dev, ..Default::default() })?;
        build_relay()?;
    }
    tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(serve(options))
}

/// Builds the relay as it is shipped.
///
/// # Errors
/// When cargo fails.
pub(crate) fn build_relay() -> Result<()> {
    shell::run(shell::cargo("build").args(["--package", "saath-relay", "--profile", "relay"]))
}

fn relay_binary() -> Result<PathBuf> {
    let binary = shell::target()?.join("relay/saath-relay");
    if !binary.is_file() {
        bail!("{} is not there; run without `--no-build`", binary.display());
    }
    Ok(binary)
}

async fn serve(options: &Options) -> Result<()> {
    let base = options.port_base;
    let urls = Urls::new(base);
    let package = dist::package()?;
    if !package.join("saath.js").is_file() {
        bail!("{} is not there; run without `--no-build`", package.display());
    }

    // All ports before anything is started: half a demo helps nobody.
    let mut listeners = Vec::new();
    for port in ports(options) {
        listeners.push(listen(port).await?);
    }
    drop(listeners.remove(0));

    let signer = token::Signer::new(&urls)?;
    let sites = [
        Site::portal(&urls, &package, signer.jwks()),
        Site::crm(&urls, signer.clone()),
        Site::console(&urls, &package),
    ];
    let mut relay = Relay::new(relay_binary()?, base, &urls, &signer.jwks())?;
    relay.start().await?;
    for (listener, site) in listeners.into_iter().zip(sites) {
        tokio::spawn(server::run(listener, site));
    }
    // Before anyone can know that we are here, and signal.
    let mut signals = Signals::new()?;
    announce(options, &urls)?;
    until_stopped(&mut relay, &mut signals).await
}

async fn listen(port: u16) -> Result<TcpListener> {
    TcpListener::bind(local(port)).await.with_context(|| taken(port))
}

fn ports(options: &Options) -> RangeInclusive<u16> {
    options.port_base..=options.port_base + 3
}

fn local(port: u16) -> SocketAddr {
    SocketAddr::from((Ipv4Addr::LOCALHOST, port))
}

fn taken(port: u16) -> String {
    let other = if port < 4500 { 4500 } else { 4400 };
    format!("port {port} cannot be used; choose others, for example `--port-base {other}`")
}

fn announce(options: &Options, urls: &Urls) -> Result<()> {
    if options.json {
        println!("{}", serde_json::to_string(urls)?);
        return Ok(());
    }
    println!(
        "
  1  taxpayer  {:<24}press *Co-browse*, read the help PIN out
  2  helpdesk  {:<24}take the call, press *Co-browse*: the console opens
  3  console   {:<24}type the PIN, press *Start session*

The relay is at {}. Ctrl+C stops everything.",
        urls.portal, urls.crm, urls.console, urls.relay
    );
    Ok(())
}

struct Signals {
    interrupt: Signal,
    terminate: Signal,
    hang_up: Signal,
    take_down: Signal,
    bring_back: Signal,
}

impl Signals {
    fn new() -> Result<Self> {
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
            hang_up: signal(SignalKind::hangup())?,
            take_down: signal(SignalKind::user_defined1())?,
            bring_back: signal(SignalKind::user_defined2())?,
        })
    }
}

async fn until_stopped(relay: &mut Relay, signals: &mut Signals) -> Result<()> {
    loop {
        tokio::select! {
            // A Ctrl+C reaches the relay too: that must not look like a crash.
            biased;
            _ = signals.interrupt.recv() => break,
            _ = signals.terminate.recv() => break,
            _ = signals.hang_up.recv() => break,
            _ = signals.take_down.recv() => relay.stop().await,
            _ = signals.bring_back.recv() => relay.start().await?,
            status = relay.died() => {
                eprintln!("demo: the relay stopped ({status}); starting it again");
                tokio::time::sleep(Duration::from_millis(500)).await;
                relay.start().await?;
            }
        }
    }
    relay.stop().await;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(args: &[&str]) -> Result<Options> {
        Options::parse(&args.iter().map(ToString::to_string).collect::<Vec<_>>())
    }

    #[test]
    fn options() {
        let options = parse(&["--json", "--port-base", "5000", "--no-build"]).unwrap();
        assert!(options.json && !options.build && options.port_base == 5000);
        for bad in [&["--port-base"][..], &["--port-base", "65533"], &["--port-base", "x"], &["-x"]]
        {
            assert!(parse(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn a_port_in_use_is_named_with_the_way_out() {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let taken = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
            let port = taken.local_addr().unwrap().port();
            let error = listen(port).await.unwrap_err().to_string();
            assert!(error.contains(&port.to_string()) && error.contains("--port-base"), "{error}");
        });
    }
}
