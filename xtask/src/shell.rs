//! Running other programs, and where things are in the repository.
//!
//! Errors name the whole command line, so that it can be run again by hand.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, anyhow, bail};

/// The root of the repository.
pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap_or(Path::new("."))
}

/// Cargo's target directory: this program lies in `<target>/<profile>/`.
///
/// # Errors
/// When the program was moved out of it.
pub(crate) fn target() -> Result<PathBuf> {
    let exe = std::env::current_exe().context("where is this program?")?;
    let target = exe.parent().and_then(Path::parent).context("xtask runs from cargo's target")?;
    Ok(target.to_path_buf())
}

/// Cargo, in the root; in CI nothing may change the lock file.
pub(crate) fn cargo(subcommand: &str) -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(root()).arg(subcommand);
    if subcommand != "fmt" && std::env::var_os("CI").is_some() {
        command.arg("--locked");
    }
    command
}

/// Runs to the end with nothing on stdin. What it prints goes to stderr: stdout is for results.
///
/// # Errors
/// When it cannot be started, or fails.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    command.stdin(Stdio::null()).stdout(std::io::stderr());
    let status = command.status().with_context(|| line(command))?;
    if !status.success() {
        bail!("`{}` failed ({status})", line(command));
    }
    Ok(())
}

/// Runs quietly and gives back all that was printed, and whether it failed.
///
/// # Errors
/// When it cannot be started.
pub(crate) fn told(command: &mut Command) -> Result<(String, Result<()>)> {
    command.stdin(Stdio::null());
    let out = command.output().with_context(|| line(command))?;
    let told = [out.stderr, out.stdout].concat();
    let done = if out.status.success() {
        Ok(())
    } else {
        Err(anyhow!("`{}` failed ({})", line(command), out.status))
    };
    Ok((String::from_utf8_lossy(&told).into_owned(), done))
}

/// Runs quietly and gives back what was printed.
///
/// # Errors
/// When it cannot be started, or fails; then with what it said.
pub(crate) fn output(command: &mut Command) -> Result<String> {
    command.stdin(Stdio::null());
    let out = command.output().with_context(|| line(command))?;
    if !out.status.success() {
        bail!("`{}` failed: {}", line(command), String::from_utf8_lossy(&out.stderr).trim());
    }
    Ok(String::from_utf8_lossy(&out.stdout).into_owned())
}

/// The command as one would type it.
pub(crate) fn line(command: &Command) -> String {
    let program = Path::new(command.get_program());
    let name = program.file_name().unwrap_or(command.get_program());
    std::iter::once(name)
        .chain(command.get_args())
        .map(|arg| arg.to_string_lossy().into_owned())
        .collect::<Vec<_>>()
        .join(" ")
}

/// All files under a directory; none where there is no directory.
///
/// # Errors
/// When one cannot be read.
pub(crate) fn files(dir: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    if dir.is_dir() {
        for entry in fs::read_dir(dir)? {
            let path = entry?.path();
            if path.is_dir() {
                found.extend(files(&path)?);
            } else {
                found.push(path);
            }
        }
    }
    found.sort();
    Ok(found)
}
