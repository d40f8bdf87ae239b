//! A driver process, its browser, and WebDriver commands that fantoccini has no word for.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

use anyhow::{Context, Result, bail};
use fantoccini::wd::WebDriverCompatibleCommand;
use fantoccini::{Client, ClientBuilder};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};

use crate::child::{Child, free_ports};
use crate::until::until;

/// Which browser.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    /// Blink, through chromedriver.
    Chromium,
    /// Gecko, through geckodriver.
    Firefox,
    /// WebKitGTK's own small browser, through WebKitWebDriver. It has no headless mode: it gets a
    /// display of its own.
    WebKit,
}

impl Engine {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Chromium, Self::Firefox, Self::WebKit];

    /// The one that `BROWSER` names; Chromium if none.
    ///
    /// # Errors
    /// When it names another.
    pub fn from_env() -> Result<Self> {
        std::env::var("BROWSER").map_or(Ok(Self::Chromium), |name| Self::parse(&name))
    }

    /// The one of this name.
    ///
    /// # Errors
    /// When there is none.
    pub fn parse(name: &str) -> Result<Self> {
        let engine = Self::ALL.into_iter().find(|engine| engine.name() == name);
        engine.with_context(|| format!("`{name}` is not chromium, firefox or webkit"))
    }

    /// As in file names and in `BROWSER`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Chromium => "chromium",
            Self::Firefox => "firefox",
            Self::WebKit => "webkit",
        }
    }
}

/// What else is to be heard of a browser.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tap {
    No,
    /// All that it asks any network for; only Chromium tells.
    Requests,
    /// The same through a proxy on this port, and in Firefox what it tells screen readers.
    Proxy(u16),
}

/// A driver with one session.
pub(crate) struct Driver {
    pub(crate) client: Client,
    // Dropped in this order: the browser first, then what it writes to.
    _child: Child,
    _display: Option<Child>,
    _profile: Profile,
}

impl Driver {
    pub(crate) async fn start(engine: Engine, tap: Tap) -> Result<Self> {
        let profile = Profile::new()?;
        let port = free_ports(1)?;
        let mut display = None;
        let (command, capabilities) = match engine {
            Engine::Chromium => chromium(port, &profile.0, tap),
            Engine::Firefox => firefox(port, &profile.0, tap)?,
            Engine::WebKit => {
                let (child, name) = screen()?;
                display = Some(child);
                webkit(port, &profile.0, &name)?
            }
        };
        // Browsers grumble about the machine at every start.
        let child = Child::start(&command, Stdio::null())
            .with_context(|| command.get_program().to_string_lossy().into_owned())?;
        let url = format!("http://127.0.0.1:{port}");
        let address = format!("127.0.0.1:{port}");
        until("the driver to listen", async || {
            tokio::net::TcpStream::connect(&address).await.map(drop).map_err(|e| e.to_string())
        })
        .await;
        let Value::Object(capabilities) = capabilities else { bail!("capabilities") };
        let client = ClientBuilder::new(HttpConnector::new())
            .capabilities(capabilities)
            .connect(&url)
            .await?;
        Ok(Self { client, _child: child, _display: display, _profile: profile })
    }

    /// A command of the driver's own, at `/session/{id}/<path>`.
    pub(crate) async fn send(&self, path: &str, body: Option<Value>) -> Result<Value> {
        Ok(self.client.issue_cmd(Raw { path: path.to_owned(), body }).await?)
    }

    /// A command of the Chrome DevTools Protocol.
    pub(crate) async fn cdp(&self, cmd: &str, params: Value) -> Result<Value> {
        let body = json!({ "cmd": cmd, "params": params });
        self.send("goog/cdp/execute", Some(body)).await.with_context(|| cmd.to_owned())
    }
}

fn program(variable: &str, name: &str) -> PathBuf {
    std::env::var_os(variable).map_or_else(|| name.into(), PathBuf::from)
}

fn chromium(port: u16, profile: &Path, tap: Tap) -> (Command, Value) {
    let mut command = Command::new(program("SAATH_CHROMEDRIVER", "chromedriver"));
    command.arg(format!("--port={port}")).arg("--log-level=OFF");
    let proxy = match tap {
        // Also for what is on this machine.
        Tap::Proxy(port) => vec![
            format!("--proxy-server=http://127.0.0.1:{port}"),
            "--proxy-bypass-list=<-loopback>".to_owned(),
        ],
        Tap::No | Tap::Requests => Vec::new(),
    };
    let mut capabilities = json!({
        "browserName": "chrome",
        "goog:loggingPrefs": match tap {
            Tap::No | Tap::Proxy(_) => json!({ "browser": "ALL" }),
            Tap::Requests => json!({ "browser": "ALL", "performance": "ALL" }),
        },
        "goog:chromeOptions": {
            "binary": program("SAATH_CHROMIUM", "/usr/bin/chromium"),
            "args": [
                "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic",
                "--disable-dev-shm-usage", "--no-first-run", "--disable-background-networking",
                "--disable-component-update", "--disable-sync",
                // No link is visited: which are, no script may know, and so no replica.
                "--incognito",
                format!("--user-data-dir={}", profile.display()),
            ],
        },
    });
    if let Value::Array(args) = &mut capabilities["goog:chromeOptions"]["args"] {
        args.extend(proxy.into_iter().map(Value::from));
    }
    (command, capabilities)
}

fn firefox(port: u16, profile: &Path, tap: Tap) -> Result<(Command, Value)> {
    let mut command = Command::new(program("SAATH_GECKODRIVER", "geckodriver"));
    command
        .args(["--log", "fatal", "--port", &port.to_string()])
        // Its default is one fixed port: two drivers at a time would fight for it.
        .args(["--websocket-port", &free_ports(1)?.to_string(), "--profile-root"])
        .arg(profile);
    let mut capabilities = json!({
        "browserName": "firefox",
        "moz:firefoxOptions": {
            "binary": program("SAATH_FIREFOX", "/usr/bin/firefox-esr"),
            "args": ["-headless"],
            "prefs": {
                "app.update.auto": false,
                "datareporting.policy.dataSubmissionEnabled": false,
                // No link is visited, as in Chromium.
                "layout.css.visited_links_enabled": false,
                // Scrollbars that take room and do not fade, as Chromium has them here.
                "widget.gtk.overlay-scrollbars.enabled": false,
            },
        },
    });
    if let Tap::Proxy(port) = tap {
        command.arg("--allow-system-access");
        let prefs = &mut capabilities["moz:firefoxOptions"]["prefs"];
        for (name, value) in [
            ("network.proxy.type", json!(1)),
            ("network.proxy.http", json!("127.0.0.1")),
            ("network.proxy.http_port", json!(port)),
            ("network.proxy.ssl", json!("127.0.0.1")),
            ("network.proxy.ssl_port", json!(port)),
            ("network.proxy.no_proxies_on", json!("")),
            // Also for what is on this machine.
            ("network.proxy.allow_hijacking_localhost", json!(true)),
        ] {
            prefs[name] = value;
        }
    }
    Ok((command, capabilities))
}

fn webkit(port: u16, profile: &Path, display: &str) -> Result<(Command, Value)> {
    let mut command = Command::new(program("SAATH_WEBKITDRIVER", "WebKitWebDriver"));
    command
        .arg(format!("--port={port}"))
        .env("DISPLAY", display)
        .env("GDK_BACKEND", "x11")
        // A container has neither the namespaces for its sandbox nor a graphics card.
        .env("WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS", "1")
        .env("LIBGL_ALWAYS_SOFTWARE", "1")
        // Else each tile is painted by Skia or by GL, as there is time, and edges differ.
        .env("WEBKIT_SKIA_ENABLE_CPU_RENDERING", "1")
        .env("GTK_A11Y", "none")
        .env("NO_AT_BRIDGE", "1");
    // Scrollbars as in Firefox.
    std::fs::create_dir_all(profile.join("gtk-3.0"))?;
    let settings = "[Settings]\ngtk-overlay-scrolling=0\n";
    std::fs::write(profile.join("gtk-3.0/settings.ini"), settings)?;
    for variable in ["XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_RUNTIME_DIR"] {
        command.env(variable, profile);
    }
    let capabilities = json!({
        "webkitgtk:browserOptions": { "binary": mini_browser()?, "args": ["--automation"] },
    });
    Ok((command, capabilities))
}

/// WebKitGTK's browser lies in a directory with the version of the library in its name, in one
/// with the machine's.
fn mini_browser() -> Result<PathBuf> {
    let folders = |dir: &Path| -> Vec<PathBuf> {
        std::fs::read_dir(dir).into_iter().flatten().flatten().map(|entry| entry.path()).collect()
    };
    let mut found: Vec<PathBuf> = ["/usr/lib", "/usr/libexec"]
        .into_iter()
        .flat_map(|dir| [vec![PathBuf::from(dir)], folders(Path::new(dir))].concat())
        .flat_map(|dir| folders(&dir))
        .filter(|dir| dir.to_string_lossy().contains("/webkit2gtk-"))
        .map(|dir| dir.join("MiniBrowser"))
        .filter(|program| program.is_file())
        .collect();
    found.sort();
    found.pop().context("no MiniBrowser under /usr/lib: install webkit2gtk-driver")
}

/// A screen in memory, and its name.
fn screen() -> Result<(Child, String)> {
    let mut command = Command::new(program("SAATH_XVFB", "Xvfb"));
    command.args(["-displayfd", "1", "-screen", "0", "1400x1000x24", "-nolisten", "tcp"]);
    let mut child = Child::start(&command, Stdio::null()).context("Xvfb")?;
    let number = child.wait_for_line(|line| line.trim().parse::<u32>().is_ok())?;
    Ok((child, format!(":{}", number.trim())))
}

/// A directory for one browser, removed with it.
struct Profile(PathBuf);

impl Profile {
    fn new() -> Result<Self> {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let dir =
            std::env::temp_dir().join(format!("saath-browser-{}-{number}", std::process::id()));
        std::fs::create_dir_all(&dir)?;
        Ok(Self(dir))
    }
}

impl Drop for Profile {
    fn drop(&mut self) {
        // What is left is in the temporary directory.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

#[derive(Debug)]
struct Raw {
    path: String,
    body: Option<Value>,
}

impl WebDriverCompatibleCommand for Raw {
    fn endpoint(
        &self,
        base: &url::Url,
        session: Option<&str>,
    ) -> Result<url::Url, url::ParseError> {
        base.join(&format!("session/{}/{}", session.unwrap_or_default(), self.path))
    }

    fn method_and_body(&self, _: &url::Url) -> (http::Method, Option<String>) {
        match &self.body {
            Some(body) => (http::Method::POST, Some(body.to_string())),
            None => (http::Method::GET, None),
        }
    }
}
