//! The relay as a child process: started, waited for, taken down and brought back.
//!
//! It dies with this handle; nothing is left behind holding the port.

use std::path::PathBuf;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

use super::Urls;
use crate::shell;

const READY: &str = "listening on";
const PATIENCE: Duration = Duration::from_secs(10);

/// The relay, running or not.
pub(super) struct Relay {
    binary: PathBuf,
    args: Vec<String>,
    child: Option<Child>,
}

impl Relay {
    /// Not started yet. The keys are handed over in a file.
    pub(super) fn new(binary: PathBuf, port: u16, urls: &Urls, jwks: &str) -> Result<Self> {
        let dir = shell::target()?.join("demo");
        std::fs::create_dir_all(&dir)?;
        let keys = dir.join(format!("jwks-{port}.json"));
        std::fs::write(&keys, jwks)?;
        let mut args = vec!["--listen".to_owned(), format!("127.0.0.1:{port}")];
        for origin in [&urls.portal, &urls.console] {
            args.extend(["--allow-origin".to_owned(), origin.clone()]);
        }
        args.extend(["--jwks".to_owned(), keys.display().to_string()]);
        Ok(Self { binary, args, child: None })
    }

    /// Starts it, if it does not run, and returns when it listens.
    pub(super) async fn start(&mut self) -> Result<()> {
        if self.child.is_some() {
            return Ok(());
        }
        let mut command = Command::new(&self.binary);
        if std::env::var_os("SAATH_LOG").is_none() {
            command.env("SAATH_LOG", "warn");
        }
        let mut child = command
            .args(&self.args)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .with_context(|| self.binary.display().to_string())?;
        let stdout = child.stdout.take().context("the relay's stdout")?;
        let mut lines = BufReader::new(stdout).lines();
        let ready = async {
            while let Some(line) = lines.next_line().await? {
                if line.contains(READY) {
                    return Ok(());
                }
            }
            bail!("the relay ended before it listened");
        };
        tokio::time::timeout(PATIENCE, ready).await.context("the relay does not start")??;
        // Whatever it prints later must not fill the pipe.
        tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
        self.child = Some(child);
        Ok(())
    }

    /// Ends it at once, as a crash or a power cut would.
    pub(super) async fn stop(&mut self) {
        if let Some(mut child) = self.child.take() {
            // Fails only if it has ended by itself.
            let _ = child.kill().await;
        }
    }

    /// Resolves when it has ended by itself; never while it is stopped.
    pub(super) async fn died(&mut self) -> String {
        let Some(child) = &mut self.child else { return std::future::pending().await };
        let status = child.wait().await;
        self.child = None;
        status.as_ref().map_or_else(ToString::to_string, ExitStatus::to_string)
    }
}
