//! Pages of a portal as an agent would see them: opened in one browser, captured by the package as it
//! is shipped, replayed in another; what stands in the two is told element by element.
//!
//! Nothing is judged here: `cargo xtask audit-mask` is given both sides and says what became of what.

mod browser;
mod package;
mod site;

use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::driver::Engine;
use crate::page::{Page, Viewport};
use package::Package;
use site::Site;

const INJECT: &str = include_str!("../audit/inject.js");
const PRISTINE: &str = include_str!("../audit/pristine.js");
const SURVEY: &str = include_str!("../audit/survey.js");

/// A page that changes for longer than this is taken as it is.
const PATIENCE: Duration = Duration::from_secs(8);
/// What is quiet for this long has come to rest, in milliseconds.
const QUIET: u32 = 400;
/// How long a page may take to let a script in.
const STARTS: Duration = Duration::from_secs(4);
const PAUSE: Duration = Duration::from_millis(50);
/// Pictures of pages are cut off here.
const TALLEST: u64 = 6000;
/// No shorter window than a small laptop's.
const HEIGHT: u32 = 800;

/// What is to be looked at, and how.
#[derive(Debug, Deserialize)]
pub struct Job {
    engine: String,
    width: u32,
    /// A directory to serve, whose pages have paths for addresses.
    dir: Option<PathBuf>,
    pages: Vec<String>,
    /// Where the package lies.
    package: PathBuf,
    /// The text of a policy, instead of what the page says itself.
    policy: Option<String>,
    cookies: Vec<(String, String)>,
    storage: Vec<(String, String)>,
    /// An element that is there when the page is.
    wait: Option<String>,
    /// Names and bodies of async functions, each run on the page as it was left by the one before.
    scripts: Vec<(String, String)>,
    /// Selectors of what must not be shown.
    deny: Vec<String>,
    pictures: bool,
    /// In seconds.
    timeout: u64,
}

/// What was seen of a page.
#[derive(Debug, Serialize)]
pub struct Seen {
    /// As it was named.
    page: String,
    /// Where its policy is from, and why it does not hold, if it does not.
    policy: Value,
    /// What the package has said on the page's console.
    said: Vec<String>,
    states: Vec<State>,
    /// Why there is nothing more.
    error: Option<String>,
}

/// A page and its replica at a moment.
#[derive(Debug, Serialize)]
struct State {
    /// `loaded`, or which script it is after.
    name: String,
    page: Value,
    replica: Value,
    /// PNG files in base64, of both.
    pictures: Option<[String; 2]>,
}

/// Looks at all pages, in order; each is handed out when it was seen.
///
/// # Errors
/// When a browser does not start, or there is no package.
pub async fn run(job: &Job, mut tell: impl FnMut(&Seen)) -> Result<()> {
    let engine = Engine::parse(&job.engine)?;
    let package = Package::read(&job.package)?;
    let own = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("audit");
    let viewer = Site::start(own, &job.package, site::Role::Console).await?;
    let portal = match &job.dir {
        Some(dir) => Some(Site::start(dir.clone(), &job.package, site::Role::Portal).await?),
        None => None,
    };
    let (page, agent) = tokio::try_join!(audited(engine, job), agent(engine, job, &viewer.origin))?;
    let mut audit = Audit { job, package, page, agent };
    for name in &job.pages {
        let url = match &portal {
            Some(site) => format!("{}/{name}", site.origin),
            None => name.clone(),
        };
        let mut seen = Seen {
            page: name.clone(),
            policy: Value::Null,
            said: vec![],
            states: vec![],
            error: None,
        };
        if let Err(error) = audit.look(&url, &mut seen).await {
            seen.error = Some(format!("{error:#}"));
            // Whatever state it is in.
            audit.page = audited(engine, job).await?;
        }
        tell(&seen);
    }
    Ok(())
}

/// A browser for the portal's pages. Their policies must let our script in, whatever they say.
async fn audited(engine: Engine, job: &Job) -> Result<Page> {
    let page = Page::start(engine, "audit").await?;
    page.resize(Viewport(job.width, HEIGHT)).await?;
    page.set_aside_policies().await?;
    let timeouts = json!({ "pageLoad": job.timeout * 1000, "script": (job.timeout + 30) * 1000 });
    page.driver.send("timeouts", Some(timeouts)).await?;
    Ok(page)
}

async fn agent(engine: Engine, job: &Job, viewer: &str) -> Result<Page> {
    let page = Page::start(engine, "audit-agent").await?;
    // Room for the frame beside its scrollbar.
    page.resize(Viewport(job.width + 40, HEIGHT + 40)).await?;
    page.goto(&format!("{viewer}/viewer.html")).await?;
    let body = "while (!window.viewer) await new Promise(requestAnimationFrame);
        await viewer.ready";
    page.eval_async(body, Value::Null).await.context("the replica's page")?;
    for selector in &job.deny {
        let body = "document.querySelector(arguments[0])";
        let parsed = page.eval(body, json!([selector])).await;
        parsed.map_err(|_| anyhow::anyhow!("--fail-on-shown: `{selector}` is no CSS selector"))?;
    }
    Ok(page)
}

struct Audit<'j> {
    job: &'j Job,
    package: Package,
    page: Page,
    agent: Page,
}

impl Audit<'_> {
    async fn look(&self, url: &str, seen: &mut Seen) -> Result<()> {
        self.open(url).await?;
        let argument = json!({
            "files": self.package.scripts,
            "wasm": self.package.module,
            "given": self.job.policy,
        });
        self.page.eval(INJECT, json!([argument])).await.context("the page cannot be captured")?;
        let begun = self.begun().await?;
        if let Some(error) = begun["error"].as_str() {
            bail!("the page cannot be captured: {error}");
        }
        seen.policy = begun["policy"].clone();
        let said = begun["said"].as_str().unwrap_or_default().lines();
        seen.said = said.map(str::to_owned).collect();
        let holds = seen.policy["error"].is_null()
            && !seen.said.iter().any(|text| text.contains("everything is masked"));

        let size = self.page.eval("return [innerWidth, innerHeight]", json!([])).await?;
        self.agent.eval("viewer.begin(...arguments)", size).await?;
        self.state("loaded", holds, seen).await?;
        for (name, body) in &self.job.scripts {
            let body = format!(
                "try {{ await (async () => {{ {body}\n }})() }} catch (error) {{ return String(error) }}"
            );
            let failed = self.page.eval_async(&body, Value::Null).await;
            let failed = failed.with_context(|| format!("the script {name}"))?;
            ensure!(failed.is_null(), "the script {name} fails on the page: {failed}");
            self.state(&format!("after {name}"), holds, seen).await.with_context(|| {
                format!(
                    "after the script {name}; one that leads to another page cannot be followed"
                )
            })?;
        }
        Ok(())
    }

    /// Opens a page, with what the customer would bring.
    async fn open(&self, url: &str) -> Result<()> {
        let timeout = self.job.timeout;
        self.load(url).await?;
        if !self.job.cookies.is_empty() || !self.job.storage.is_empty() {
            for (name, value) in &self.job.cookies {
                let cookie = json!({ "cookie": { "name": name, "value": value } });
                self.page
                    .driver
                    .send("cookie", Some(cookie))
                    .await
                    .with_context(|| format!("the browser takes no cookie `{name}`"))?;
            }
            let body = "for (const [key, value] of arguments[0]) localStorage.setItem(key, value)";
            self.page.eval(body, json!([self.job.storage])).await.context("--storage")?;
            self.load(url).await?;
        }
        let about = "return [document.contentType, document.URL.startsWith('http'), performance.getEntriesByType('navigation')[0]?.responseStatus ?? 0]";
        let about = self.page.eval(about, json!([])).await?;
        ensure!(about[1] == true, "the browser shows an error of its own in place of it");
        let kind = about[0].as_str().unwrap_or_default();
        ensure!(kind.ends_with("html") || kind.ends_with("xml"), "it is no page, but {kind}");
        let status = about[2].as_u64().unwrap_or(0);
        ensure!(status < 400, "the server answers {status}");
        if let Some(css) = &self.job.wait {
            let body =
                "return Document.prototype.querySelector.call(document, arguments[0]) !== null";
            let start = Instant::now();
            while self.page.eval(body, json!([css])).await.context("--wait")? != true {
                let in_time = start.elapsed() < Duration::from_secs(timeout);
                ensure!(in_time, "no `{css}` came within {timeout} s (--wait)");
                tokio::time::sleep(PAUSE).await;
            }
        }
        self.rest().await
    }

    async fn load(&self, url: &str) -> Result<()> {
        let Err(error) = self.page.goto(url).await else { return Ok(()) };
        let text = format!("{error:#}");
        let known = [
            ("ERR_NAME_NOT_RESOLVED", "there is no such host"),
            ("dnsNotFound", "there is no such host"),
            ("ERR_CONNECTION_REFUSED", "nothing listens there: is the portal running?"),
            ("connectionFailure", "nothing listens there: is the portal running?"),
            ("ERR_CERT", "its certificate does not hold"),
            ("insecure certificate", "its certificate does not hold"),
            ("timeout", "it does not load in time; --timeout gives it longer"),
            ("Timed out", "it does not load in time; --timeout gives it longer"),
            ("unexpected alert", "it opens an alert, and waits for an answer"),
        ];
        match known.iter().find(|(word, _)| text.contains(word)) {
            Some((_, what)) => bail!("{what}"),
            None => bail!("it cannot be opened: {}", text.lines().next().unwrap_or_default()),
        }
    }

    /// What the page was captured with, once it is.
    async fn begun(&self) -> Result<Value> {
        let body = "const audit = window.__saathAudit;
            if (!audit?.state) return { waits: audit ? 'package' : 'page' };
            const { source, error, text, shown } = audit.policy ?? {};
            return { error: audit.error, policy: { source, error, text: text ?? shown }, said: audit.said.join('\\n') }";
        let start = Instant::now();
        loop {
            let begun = self.page.eval(body, json!([])).await?;
            let waited = start.elapsed();
            match begun["waits"].as_str() {
                None => return Ok(begun),
                Some("page") if waited > STARTS => {
                    bail!(
                        "the page cannot be captured: its content security policy lets no script in"
                    )
                }
                Some(_) if waited > 5 * STARTS => {
                    bail!("the page cannot be captured: the package does not start")
                }
                Some(_) => tokio::time::sleep(PAUSE).await,
            }
        }
    }

    /// Waits until nothing of the page has changed for a while.
    async fn rest(&self) -> Result<()> {
        let watch = "
            const rest = window.__saathRest = { last: performance.now() };
            try {
              rest.observer = new MutationObserver(() => { rest.last = performance.now(); });
              rest.observer.observe(document, { subtree: true, childList: true, attributes: true, characterData: true });
            } catch {
              // A page that has one of its own is looked at after a while.
            }";
        self.page.eval(watch, json!([])).await?;
        let body = "return performance.now() - window.__saathRest.last";
        self.quiet(body).await?;
        self.page.eval("window.__saathRest.observer?.disconnect()", json!([])).await.map(drop)
    }

    /// Waits until nothing has come for a while, by what the page says.
    async fn quiet(&self, body: &str) -> Result<()> {
        let start = Instant::now();
        while start.elapsed() < PATIENCE {
            let quiet = self.page.eval(body, json!([])).await?;
            if quiet.as_f64() > Some(f64::from(QUIET)) {
                break;
            }
            tokio::time::sleep(PAUSE).await;
        }
        Ok(())
    }

    /// Takes the page as it is now, and shows it to the agent.
    async fn state(&self, name: &str, policy_holds: bool, seen: &mut Seen) -> Result<()> {
        self.rest().await?;
        // Pictures and fonts come after the page.
        let flush = "const audit = window.__saathAudit; audit.recorder.flush(); return performance.now() - audit.heard";
        self.quiet(flush).await?;
        // In one turn: what is surveyed is what was emitted.
        let body = format!(
            "const SURVEY = arguments[2];
             {PRISTINE}
             const audit = window.__saathAudit;
             audit.recorder.flush();
             let value;
             if (arguments[0]) value = parse(audit.policy.text ?? audit.policy.shown);
             audit.secrets ??= new WeakSet();
             const policy = {{ value, href: document.URL, deny: parse(arguments[1]) }};
             const page = survey(document, policy, audit.secrets, window[Symbol.for('saath.roots')]);
             const text = bytes => {{
               let out = '';
               for (let at = 0; at < bytes.length; at++) out += String.fromCharCode(bytes[at]);
               return btoa(out);
             }};
             let frames = '';
             for (const frame of audit.frames) frames += text(frame) + ' ';
             audit.frames.length = 0;
             return stringify({{ page, frames }})"
        );
        let deny = serde_json::to_string(&self.job.deny)?;
        let taken = self.page.eval(&body, json!([policy_holds, deny, SURVEY])).await;
        let taken: Value = parsed(&taken.context("the page")?)?;
        let frames: Vec<&str> = taken["frames"].as_str().unwrap_or_default().split(' ').collect();
        let frames: Vec<&&str> = frames.iter().filter(|frame| !frame.is_empty()).collect();
        let body = "return viewer.apply(argument)";
        let refused = self.agent.eval_async(body, json!(frames)).await?;
        ensure!(refused.is_null(), "the replica refuses what was captured: {refused}");
        let body = format!("const root = viewer.document(); let policy, secrets, closed; {SURVEY}");
        let replica = parsed(&self.agent.eval(&body, json!([])).await.context("the replica")?)?;
        let page = parsed(&taken["page"])?;
        let pictures = match self.job.pictures {
            true => Some(self.pictures(&page).await.context("pictures")?),
            false => None,
        };
        seen.states.push(State { name: name.to_owned(), page, replica, pictures });
        Ok(())
    }

    async fn pictures(&self, survey: &Value) -> Result<[String; 2]> {
        let height = survey["height"].as_u64().context("height")?.min(TALLEST);
        let width = survey["width"].as_u64().context("width")?;
        let page = self.page.whole(width, height).await?;
        self.agent.eval("viewer.unfold(arguments[0])", json!([height])).await?;
        let replica = self.agent.whole(width, height).await?;
        self.agent.eval("viewer.fold()", json!([])).await?;
        Ok([page, replica])
    }
}

/// What a script has told, as text: pages change how it would be made one.
fn parsed(told: &Value) -> Result<Value> {
    Ok(serde_json::from_str(told.as_str().context("no survey")?)?)
}
