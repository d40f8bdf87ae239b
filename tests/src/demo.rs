//! The demo, as `cargo xtask demo` runs it, on ports of its own.

use std::path::PathBuf;
use std::process::{Command, Stdio};

use anyhow::{Context, Result};
use rustix::process::Signal;
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::child::{Child, free_ports};

/// A running relay, portal, CRM and console; gone when dropped.
pub struct Demo {
    /// `ws://…/ws`
    pub relay: String,
    /// The origin of the portal, without a trailing slash; so the others.
    pub portal: String,
    /// The origin of the CRM.
    pub crm: String,
    /// The origin of the console.
    pub console: String,
    child: Child,
}

impl Demo {
    /// Starts it from what was built last and returns when all four answer.
    ///
    /// # Errors
    /// When nothing was built, or it does not start.
    pub fn start() -> Result<Self> {
        Self::start_with(&[])
    }

    /// Starts it with these variables in its environment: the relay's limits can be set so.
    ///
    /// # Errors
    /// As [`Demo::start`].
    pub fn start_with(variables: &[(&str, &str)]) -> Result<Self> {
        Self::launch(variables, Stdio::inherit())
    }

    /// As [`Demo::start_with`]; what the relay and the demo log goes to a file.
    ///
    /// # Errors
    /// As [`Demo::start`].
    pub fn logged(variables: &[(&str, &str)], log: std::fs::File) -> Result<Self> {
        Self::launch(variables, log.into())
    }

    fn launch(variables: &[(&str, &str)], stderr: Stdio) -> Result<Self> {
        let mut command = Command::new(xtask()?);
        command.envs(variables.iter().copied());
        command.args(["demo", "--json", "--no-build", "--port-base"]);
        command.arg(free_ports(4)?.to_string());
        let mut child = Child::start(&command, stderr)?;
        let line = child.wait_for_line(|line| line.starts_with('{'))?;
        let urls: Value = serde_json::from_str(&line)?;
        let url = |name: &str| {
            urls[name].as_str().map(str::to_owned).with_context(|| format!("no {name} in {line}"))
        };
        Ok(Self {
            relay: url("relay")?,
            portal: url("portal")?,
            crm: url("crm")?,
            console: url("console")?,
            child,
        })
    }

    /// Takes the relay down as a crash would.
    ///
    /// # Errors
    /// When the demo has ended.
    pub fn stop_relay(&self) -> Result<()> {
        self.child.signal(Signal::USR1)
    }

    /// Brings it back on the same port, with nothing remembered.
    ///
    /// # Errors
    /// When the demo has ended.
    pub fn start_relay(&self) -> Result<()> {
        self.child.signal(Signal::USR2)
    }

    /// A number that the relay counts: the sum of all lines of a metric.
    ///
    /// # Errors
    /// When the relay does not answer, or does not count that.
    pub async fn count(&self, metric: &str) -> Result<f64> {
        let site = self.relay.replace("ws://", "http://").replace("/ws", "");
        let reply = Reply::to("GET", &site, "/metrics", "").await?;
        let name = format!("saath_relay_{metric}");
        let counts: Vec<f64> = reply
            .body
            .lines()
            .filter_map(|line| line.strip_prefix(&name))
            .filter(|rest| rest.starts_with(['{', ' ']))
            .filter_map(|rest| rest.rsplit(' ').next()?.parse().ok())
            .collect();
        anyhow::ensure!(!counts.is_empty(), "no {name} in {}", reply.body);
        Ok(counts.iter().sum())
    }

    /// How many rooms the relay has that are unclaimed, paired, and lost by an end.
    ///
    /// # Errors
    /// As [`Demo::count`].
    pub async fn rooms(&self) -> Result<[f64; 3]> {
        let count = async |state| self.count(&format!("rooms{{state=\"{state}\"}}")).await;
        Ok([count("unclaimed").await?, count("paired").await?, count("lost").await?])
    }

    /// An agent token, as the CRM gets it.
    ///
    /// # Errors
    /// When the CRM does not mint one.
    pub async fn token(&self, agent: &str) -> Result<String> {
        let body = serde_json::json!({ "agent": agent }).to_string();
        let reply = Reply::to("POST", &self.crm, "/token", &body).await?;
        let token: Value = serde_json::from_str(&reply.body).context(reply.body)?;
        Ok(token["token"].as_str().context("no token")?.to_owned())
    }
}

/// What a site answers, without a browser in between that would hide it.
#[derive(Debug)]
pub struct Reply {
    /// The HTTP status.
    pub status: u16,
    headers: Vec<(String, String)>,
    /// As text.
    pub body: String,
}

impl Reply {
    /// Sends `path` as it is, dots and all.
    ///
    /// # Errors
    /// When the site cannot be reached, or does not speak HTTP.
    pub async fn to(method: &str, site: &str, path: &str, body: &str) -> Result<Self> {
        let host = site.strip_prefix("http://").context("http only")?;
        let mut socket = TcpStream::connect(host.replace("localhost", "127.0.0.1")).await?;
        let request = format!(
            "{method} {path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\
             content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        );
        socket.write_all(request.as_bytes()).await?;
        let mut reply = Vec::new();
        socket.read_to_end(&mut reply).await?;
        let reply = String::from_utf8_lossy(&reply);
        let (head, body) = reply.split_once("\r\n\r\n").context("no HTTP")?;
        let mut lines = head.lines();
        let status = lines.next().and_then(|line| line.split(' ').nth(1)).context("no status")?;
        let headers = lines
            .filter_map(|line| line.split_once(": "))
            .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
            .collect();
        Ok(Self { status: status.parse()?, headers, body: body.to_owned() })
    }

    /// A header, or nothing.
    #[must_use]
    pub fn header(&self, name: &str) -> &str {
        self.headers.iter().find(|(found, _)| found == name).map_or("", |(_, value)| value)
    }
}

/// Cargo's target directory: the test lies in `<target>/<profile>/deps/`.
pub(crate) fn target() -> Result<PathBuf> {
    let exe = std::env::current_exe()?;
    Ok(exe.ancestors().nth(3).context("tests run from cargo's target")?.to_path_buf())
}

/// Where the demo that is tested has its package, its relay and all that is built.
pub(crate) fn built() -> Result<PathBuf> {
    Ok(xtask()?.ancestors().nth(2).context("xtask lies in cargo's target")?.to_path_buf())
}

fn xtask() -> Result<PathBuf> {
    let path = match std::env::var_os("SAATH_XTASK") {
        Some(path) => PathBuf::from(path),
        None => target()?.join("xtask/xtask"),
    };
    anyhow::ensure!(path.is_file(), "run `cargo xtask test`, which builds what is tested");
    Ok(path)
}
