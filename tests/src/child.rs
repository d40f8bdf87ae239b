//! Programs that end when the test does, also when it panics or is killed.
//!
//! A shell leads a process group of its own and holds a pipe from us. When the pipe closes, for
//! whatever reason, it ends the whole group.

use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::ops::Range;
use std::os::unix::process::CommandExt;
use std::process::{Child as Process, ChildStdout, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use rustix::process::{Pid, Signal};

/// The program's number is the first line, before anything of its own. At the end TERM, five seconds to
/// obey, then KILL to the group.
const LEASH: &str = r#"
sh -c 'echo $$; exec "$@"' sh "$@" & job=$!
cat > /dev/null
kill -TERM $job
(sleep 5; kill -KILL 0) &
wait $job 2> /dev/null
kill -KILL 0
"#;

const PATIENCE: Duration = Duration::from_secs(8);

/// A running program.
pub(crate) struct Child {
    shell: Process,
    pid: Pid,
    stdout: Option<BufReader<ChildStdout>>,
}

impl Child {
    /// Starts it; `command` gives the program, its arguments and environment. What it says on
    /// `stderr` goes there.
    pub(crate) fn start(command: &Command, stderr: Stdio) -> Result<Self> {
        let mut shell = Command::new("/bin/sh");
        shell.args(["-c", LEASH, "sh"]).arg(command.get_program()).args(command.get_args());
        for (name, value) in command.get_envs() {
            if let Some(value) = value {
                shell.env(name, value);
            }
        }
        let mut shell = shell
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(stderr)
            .process_group(0)
            .spawn()
            .context("/bin/sh")?;
        let mut stdout = BufReader::new(shell.stdout.take().context("stdout")?);
        let mut first = String::new();
        stdout.read_line(&mut first)?;
        let pid = first.trim().parse().ok().and_then(Pid::from_raw).context("a process id")?;
        Ok(Self { shell, pid, stdout: Some(stdout) })
    }

    /// Reads what it prints, to the first line that is wanted. Later lines are thrown away.
    pub(crate) fn wait_for_line(&mut self, is_it: impl Fn(&str) -> bool) -> Result<String> {
        let mut stdout = self.stdout.take().context("waited already")?;
        loop {
            let mut line = String::new();
            if stdout.read_line(&mut line)? == 0 {
                bail!("the program ended before it was ready");
            }
            if is_it(&line) {
                std::thread::spawn(move || std::io::copy(&mut stdout, &mut std::io::sink()));
                return Ok(line);
            }
        }
    }

    pub(crate) fn signal(&self, signal: Signal) -> Result<()> {
        rustix::process::kill_process(self.pid, signal).context("the program has ended")
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        drop(self.shell.stdin.take());
        let start = Instant::now();
        while matches!(self.shell.try_wait(), Ok(None)) {
            if start.elapsed() > PATIENCE {
                if let Ok(group) = i32::try_from(self.shell.id())
                    && let Some(group) = Pid::from_raw(group)
                {
                    // Nothing more can be done in a drop.
                    let _ = rustix::process::kill_process_group(group, Signal::KILL);
                }
                let _ = self.shell.wait();
                return;
            }
            std::thread::sleep(Duration::from_millis(5));
        }
    }
}

/// The first of `count` neighbouring ports that are free now.
///
/// They are not of those that the system gives to connections, some of which every browser opens
/// before these are used; and each process begins at another place.
pub(crate) fn free_ports(count: u16) -> Result<u16> {
    const PORTS: Range<u32> = 10_000..32_000;
    static NEXT: AtomicU32 = AtomicU32::new(0);
    for _ in 0..100 {
        let place =
            std::process::id() % 1000 * 97 + NEXT.fetch_add(u32::from(count), Ordering::Relaxed);
        let base = u16::try_from(PORTS.start + place % (PORTS.end - PORTS.start))?;
        let listeners: Vec<_> =
            (base..base + count).map(|port| TcpListener::bind(("127.0.0.1", port))).collect();
        if listeners.iter().all(Result::is_ok) {
            return Ok(base);
        }
    }
    bail!("no {count} neighbouring ports are free")
}
