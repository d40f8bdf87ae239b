//! What `audit-mask` is asked for.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};

use crate::{shell, unknown};

pub(super) const USAGE: &str = "\
usage: cargo xtask audit-mask <URL…|DIR|FILE> [options]

Opens the pages in a real browser, captures each with the package as it is shipped, replays that as
an agent's console does, and says field by field what an agent would see. With a directory, each
.html in it is served on this machine and looked at; a file alone in the same way.

  --policy FILE          mask by this policy; without one, by that which the page itself names in
                         data-saath-policy; without any, everything is masked
  --script FILE          run this on each page, as the body of an async function, and look at it once
                         more; again for each further one
  --cookie NAME=VALUE    set it first, for pages that need a sign-in; again for each further one
  --storage KEY=VALUE    the same for localStorage
  --wait SELECTOR        the page is not there before this element is
  --fail-on-shown SELECTOR   exit with 1 if anything of this is shown; again for each further one
  --baseline FILE        exit with 1 if more is shown than in this report.json of an earlier run
  --out DIR              where report.html and report.json go (default: audit/ in cargo's target)
  --json                 print report.json, and no table
  --no-pictures          a report without pictures of the pages
  --engine NAME          chromium (default) or firefox
  --width N              CSS pixels (default 1280)
  --timeout N            seconds that a page may take to load (default 30)
  --build                build the package anew, also if there is one

Exit codes: 0 all is as expected, 1 something is shown that must not be, 2 it could not be told.
";

/// How an audit is run.
#[derive(Debug)]
pub(super) struct Options {
    /// What the pages are served from; none for addresses.
    pub(super) dir: Option<PathBuf>,
    /// Addresses, or paths below the directory.
    pub(super) pages: Vec<String>,
    pub(super) policy: Option<PathBuf>,
    pub(super) scripts: Vec<PathBuf>,
    pub(super) cookies: Vec<(String, String)>,
    pub(super) storage: Vec<(String, String)>,
    pub(super) wait: Option<String>,
    pub(super) deny: Vec<String>,
    pub(super) baseline: Option<PathBuf>,
    pub(super) out: Option<PathBuf>,
    pub(super) json: bool,
    pub(super) pictures: bool,
    pub(super) engine: String,
    pub(super) width: u32,
    pub(super) timeout: u64,
    pub(super) build: bool,
}

impl Options {
    pub(super) fn parse(args: &[String]) -> Result<Self> {
        let mut options = Self {
            dir: None,
            pages: vec![],
            policy: None,
            scripts: vec![],
            cookies: vec![],
            storage: vec![],
            wait: None,
            deny: vec![],
            baseline: None,
            out: None,
            json: false,
            pictures: true,
            engine: "chromium".to_owned(),
            width: 1280,
            timeout: 30,
            build: false,
        };
        let mut targets = Vec::new();
        let mut args = args.iter();
        while let Some(arg) = args.next() {
            // Also as `--name=value`.
            let (name, joined) = match arg.split_once('=') {
                Some((name, value)) if name.starts_with("--") => (name, Some(value.to_owned())),
                _ => (arg.as_str(), None),
            };
            let mut value = |what: &str| {
                let value = joined.clone().or_else(|| args.next().cloned());
                value.with_context(|| format!("`{name}` wants {what}"))
            };
            match name {
                "--policy" => options.policy = Some(value("a file")?.into()),
                "--script" => options.scripts.push(value("a file")?.into()),
                "--cookie" => options.cookies.push(pair(name, &value("NAME=VALUE")?)?),
                "--storage" => options.storage.push(pair(name, &value("KEY=VALUE")?)?),
                "--wait" => options.wait = Some(value("a selector")?),
                "--fail-on-shown" => options.deny.push(value("a selector")?),
                "--baseline" => options.baseline = Some(value("a file")?.into()),
                "--out" => options.out = Some(value("a directory")?.into()),
                "--json" if joined.is_none() => options.json = true,
                "--no-pictures" if joined.is_none() => options.pictures = false,
                "--engine" => options.engine = value("chromium or firefox")?,
                "--width" => options.width = number(name, &value("a number")?, 320..=3840)?,
                "--timeout" => options.timeout = number(name, &value("seconds")?, 1..=600)?,
                "--build" if joined.is_none() => options.build = true,
                _ if arg.starts_with('-') => return Err(unknown(arg)),
                _ => targets.push(arg.clone()),
            }
        }
        let engines = ["chromium", "firefox"];
        ensure!(
            engines.contains(&options.engine.as_str()),
            "`{}` is not chromium or firefox",
            options.engine
        );
        options.find(&targets)?;
        Ok(options)
    }

    /// A directory, or addresses.
    fn find(&mut self, targets: &[String]) -> Result<()> {
        let is_url = |text: &String| text.starts_with("http://") || text.starts_with("https://");
        match targets {
            [] => bail!("which pages? A URL or a directory is wanted"),
            urls if urls.iter().all(is_url) => self.pages = urls.to_vec(),
            [dir] if Path::new(dir).is_dir() => {
                self.pages = pages(Path::new(dir))?;
                ensure!(!self.pages.is_empty(), "there is no .html in {dir}");
                self.dir = Some(Path::new(dir).canonicalize()?);
            }
            [file] if Path::new(file).is_file() => {
                let file = Path::new(file).canonicalize()?;
                let name = file.file_name().and_then(|name| name.to_str()).context("its name")?;
                self.pages = vec![name.to_owned()];
                self.dir = file.parent().map(Path::to_path_buf);
            }
            [one] if one.contains("://") => bail!("`{one}`: only http and https can be audited"),
            [one] => bail!(
                "`{one}` is no directory, and no address that begins with http:// or https://"
            ),
            _ => bail!("either one directory, or addresses that begin with http:// or https://"),
        }
        Ok(())
    }
}

/// Every page below a directory, by its path in it.
fn pages(dir: &Path) -> Result<Vec<String>> {
    let mut found = Vec::new();
    for file in shell::files(dir)? {
        let relative = file.strip_prefix(dir)?;
        let hidden = |part: &std::ffi::OsStr| part.to_string_lossy().starts_with('.');
        let is_own = relative.iter().all(|part| !hidden(part) && part != "node_modules");
        if is_own && file.extension().is_some_and(|end| end == "html" || end == "htm") {
            let parts: Vec<_> = relative.iter().map(|part| part.to_string_lossy()).collect();
            found.push(parts.join("/"));
        }
    }
    Ok(found)
}

fn pair(name: &str, text: &str) -> Result<(String, String)> {
    let (key, value) =
        text.split_once('=').with_context(|| format!("`{name} {text}` has no `=`"))?;
    Ok((key.to_owned(), value.to_owned()))
}

fn number<N>(name: &str, text: &str, among: std::ops::RangeInclusive<N>) -> Result<N>
where
    N: std::str::FromStr + PartialOrd + std::fmt::Display,
{
    text.parse().ok().filter(|number| among.contains(number)).with_context(|| {
        format!("`{name} {text}`: it is a number from {} to {}", among.start(), among.end())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(args: &[&str]) -> Result<Options> {
        Options::parse(&args.iter().map(|arg| (*arg).to_owned()).collect::<Vec<_>>())
    }

    #[test]
    fn what_is_asked_for_is_read() {
        let told = parse(&[
            "https://a.example/",
            "--cookie",
            "sid=a=b",
            "https://a.example/b",
            "--fail-on-shown=input[name=pan]",
            "--width",
            "390",
        ])
        .unwrap();
        assert_eq!(told.pages, ["https://a.example/", "https://a.example/b"]);
        assert_eq!(told.cookies, [("sid".to_owned(), "a=b".to_owned())]);
        assert_eq!(told.deny, ["input[name=pan]"]);
        assert_eq!((told.width, told.dir), (390, None));
    }

    #[test]
    fn mistakes_are_told() {
        for (args, what) in [
            (&[][..], "which pages"),
            (&["nowhere"], "no directory"),
            (&["ftp://a.example/"], "only http"),
            (&["https://a.example/", "--policy"], "`--policy` wants a file"),
            (&["https://a.example/", "--json=yes"], "unknown argument `--json=yes`"),
            (&["https://a.example/", "--widht", "3"], "unknown argument `--widht`"),
            (&["https://a.example/", "--width", "3"], "from 320 to 3840"),
            (&["https://a.example/", "--cookie", "sid"], "has no `=`"),
            (&["https://a.example/", "--engine", "webkit"], "not chromium or firefox"),
            (&["https://a.example/", "here"], "either one directory"),
        ] {
            let error = format!("{:#}", parse(args).unwrap_err());
            assert!(error.contains(what), "{args:?}: {error}");
        }
    }
}
