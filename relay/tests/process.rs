//! The program as operators run it: its one line, its logs, its signals.

mod common;

use std::net::SocketAddr;
use std::process::Stdio;
use std::time::Duration;

use common::{Client, Issuer, ORIGIN, PATIENCE, get};
use saath_protocol::envelope::{BurnReason, FromRelay, Side};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, BufReader};
use tokio::process::{Child, Command};
use tokio::time::timeout;

struct Process {
    child: Child,
    address: SocketAddr,
    stdout: BufReader<tokio::process::ChildStdout>,
}

async fn start(issuer: &Issuer, arguments: &[&str]) -> Process {
    let mut child = Command::new(env!("CARGO_BIN_EXE_saath-relay"))
        .args(["--listen", "127.0.0.1:0", "--allow-origin", ORIGIN, "--jwks"])
        .arg(issuer.jwks_file())
        .args(arguments)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let mut stdout = BufReader::new(child.stdout.take().unwrap());
    let mut line = String::new();
    timeout(PATIENCE, stdout.read_line(&mut line)).await.expect("a line").unwrap();
    let address = line.strip_prefix("listening on ws://").unwrap().strip_suffix("/ws\n").unwrap();
    Process { child, address: address.parse().unwrap(), stdout }
}

impl Process {
    fn signal(&self, name: &str) {
        let id = self.child.id().unwrap().to_string();
        assert!(std::process::Command::new("kill").args([name, &id]).status().unwrap().success());
    }

    /// The rest of stdout, and all of stderr, when it has ended well.
    async fn output(mut self) -> (String, String) {
        let (mut out, mut logs) = (String::new(), String::new());
        let mut stderr = self.child.stderr.take().unwrap();
        let ended = async {
            stderr.read_to_string(&mut logs).await.unwrap();
            self.stdout.read_to_string(&mut out).await.unwrap();
            self.child.wait().await.unwrap()
        };
        assert!(timeout(PATIENCE, ended).await.expect("it ends").success());
        (out, logs)
    }
}

#[tokio::test]
async fn logs_say_nothing_secret_at_any_level() {
    let issuer = Issuer::new();
    let relay = start(&issuer, &["--log", "trace", "--json-logs"]).await;
    let mut customer = Client::connect(relay.address).await;
    let (nameplate, session) = customer.open().await;
    let mut agent = Client::connect(relay.address).await;
    let (good, bad) = (issuer.token("agent-canary"), Issuer::forge(&"x".into(), &"y".into(), b"z"));
    agent.claim(nameplate, &good).await;
    let FromRelay::Claimed { token: room_token, .. } = agent.control().await else { panic!() };
    assert_eq!(customer.control().await, FromRelay::Joined);
    customer.bytes(b"\x02frame-canary".to_vec()).await;
    agent.opaque().await;
    let resume = *b"resume-canary-16";
    agent.rejoin(Side::Agent, resume, &good).await;
    assert_eq!(customer.control().await, FromRelay::PeerLost);
    customer.rejoin(Side::Customer, resume, "").await;
    assert_eq!(customer.control().await, FromRelay::Rejoined);
    customer.burn(BurnReason::Ended).await;
    let mut other = Client::connect(relay.address).await;
    other.claim(nameplate, &bad).await;
    assert!(matches!(other.control().await, FromRelay::Refused(_)));
    assert_eq!(get(relay.address, "/readyz").await.0, 200);

    let port = relay.address.port().to_string();
    relay.signal("-INT");
    let (out, logs) = relay.output().await;
    assert_eq!(out, "", "one line is all");
    assert!(logs.lines().count() > 10, "{logs}");
    assert!(logs.lines().all(|line| serde_json::from_str::<serde_json::Value>(line).is_ok()));
    let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    for canary in [
        "canary",
        "eyJ",
        "127.0.0.1",
        &port,
        &good,
        &hex(&session),
        &hex(&room_token),
        &hex(&resume),
        &format!("{session:?}"),
        &format!("\"{}\"", nameplate.as_str()),
        &format!("nameplate\":{}", nameplate.as_str()),
    ] {
        assert!(!logs.contains(canary), "{canary} in {logs}");
    }
}

#[tokio::test]
async fn sigterm_lets_sockets_leave() {
    let issuer = Issuer::new();
    let relay = start(&issuer, &["--drain", "20"]).await;
    let mut customer = Client::connect(relay.address).await;
    customer.open().await;
    relay.signal("-TERM");
    assert_eq!(customer.control().await, FromRelay::Drain { spread_s: 13 });
    let mut child = relay;
    assert!(timeout(Duration::from_millis(100), child.child.wait()).await.is_err(), "it waits");
    drop(customer);
    child.output().await;
}

#[tokio::test]
async fn a_second_signal_does_not_wait() {
    let issuer = Issuer::new();
    let relay = start(&issuer, &["--drain", "600"]).await;
    let mut customer = Client::connect(relay.address).await;
    customer.open().await;
    relay.signal("-TERM");
    assert_eq!(customer.control().await, FromRelay::Drain { spread_s: 255 });
    relay.signal("-TERM");
    relay.output().await;
}

#[tokio::test]
async fn what_it_cannot_start_without() {
    let run = async |arguments: &[&str]| {
        let command = Command::new(env!("CARGO_BIN_EXE_saath-relay")).args(arguments).output();
        let output = timeout(PATIENCE, command).await.expect("it ends").unwrap();
        assert!(!output.status.success() && output.stdout.is_empty());
        String::from_utf8(output.stderr).unwrap()
    };
    assert!(run(&[]).await.contains("--allow-origin"));
    assert!(run(&["--allow-origin", ORIGIN]).await.contains("--jwks"));
    let missing = ["--allow-origin", ORIGIN, "--jwks", "/nonexistent", "--listen", "127.0.0.1:0"];
    assert!(run(&missing).await.contains("JWKS"));
}
