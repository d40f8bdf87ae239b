//! What each of the three sites is: its folder, its headers, what it answers besides files.
//!
//! Pure: a request in, an answer out. The sockets are in `server`.

use std::fs;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::Urls;
use super::token::{Agent, Signer};
use crate::shell;

/// One site, on its own origin.
pub(super) struct Site {
    origin: String,
    urls: Urls,
    folder: PathBuf,
    /// The npm package, under `/saath/`.
    package: Option<PathBuf>,
    headers: Vec<(&'static str, String)>,
    role: Role,
}

enum Role {
    Portal { jwks: String },
    Crm { signer: Signer },
    Console,
}

/// What the sockets hand in.
#[derive(Clone, Copy)]
pub(super) struct Request<'a> {
    pub(super) method: &'a str,
    /// Without the query.
    pub(super) path: &'a str,
    pub(super) host: &'a str,
    /// None where the browser sent none.
    pub(super) origin: Option<&'a str>,
    pub(super) body: &'a [u8],
}

/// What they send back, with the site's headers.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) mime: &'static str,
    pub(super) location: Option<String>,
    pub(super) body: Vec<u8>,
}

impl Site {
    pub(super) fn portal(urls: &Urls, package: &Path, jwks: String) -> Self {
        // Whose pages it has in frames besides its own: in the demo nobody's, in a test its own.
        let frames = std::env::var("SAATH_DEMO_FRAMES").unwrap_or_default();
        let csp = format!(
            "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; \
             img-src 'self' data: blob:; connect-src 'self' {}; frame-src 'self' {frames}; \
             object-src 'none'; base-uri 'none'",
            urls.relay
        );
        Self::new(urls, &urls.portal, "portal", Some(package), csp, Role::Portal { jwks })
    }

    pub(super) fn crm(urls: &Urls, signer: Signer) -> Self {
        let csp = format!(
            "default-src 'self'; frame-src {}; object-src 'none'; base-uri 'none'; \
             frame-ancestors 'none'",
            urls.console
        );
        Self::new(urls, &urls.crm, "crm", None, csp, Role::Crm { signer })
    }

    /// The page that shows other people's pages: besides its own files nothing may be loaded.
    pub(super) fn console(urls: &Urls, package: &Path) -> Self {
        let csp = format!(
            "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self' {}; \
             img-src 'self' data: blob:; font-src data: blob:; style-src 'self' 'unsafe-inline'; \
             frame-src 'none'; form-action 'none'; base-uri 'none'; frame-ancestors {}",
            urls.relay, urls.crm
        );
        Self::new(urls, &urls.console, "console", Some(package), csp, Role::Console)
    }

    fn new(
        urls: &Urls,
        origin: &str,
        name: &str,
        package: Option<&Path>,
        csp: String,
        role: Role,
    ) -> Self {
        let mut headers = vec![
            ("content-security-policy", csp),
            ("referrer-policy", "no-referrer".to_owned()),
            ("x-content-type-options", "nosniff".to_owned()),
            ("x-dns-prefetch-control", "off".to_owned()),
        ];
        if matches!(role, Role::Console) {
            headers.push(("cross-origin-opener-policy", "same-origin".to_owned()));
        }
        Self {
            origin: origin.to_owned(),
            urls: urls.clone(),
            folder: shell::root().join("www").join(name),
            package: package.map(Path::to_path_buf),
            headers,
            role,
        }
    }

    /// The headers of every answer.
    pub(super) fn headers(&self) -> &[(&'static str, String)] {
        &self.headers
    }

    /// The answer to a request.
    pub(super) fn answer(&self, request: Request<'_>) -> Answer {
        // A page elsewhere must not reach this server under a name of its own.
        if format!("http://{}", request.host).replace("127.0.0.1", "localhost") != self.origin {
            return Answer::text(421, "This site has another name.");
        }
        match (&self.role, request.method, request.path) {
            (Role::Crm { signer }, "POST", "/token") => self.token(signer, request),
            (Role::Portal { jwks }, "GET" | "HEAD", "/.well-known/saath-jwks.json") => {
                Answer::json(jwks.clone().into_bytes())
            }
            (_, "GET" | "HEAD", path) => self.file(path),
            _ => Answer::text(405, "This cannot be done here."),
        }
    }

    fn token(&self, signer: &Signer, request: Request<'_>) -> Answer {
        #[derive(Deserialize)]
        struct Body {
            agent: String,
        }
        if request.origin.is_some_and(|origin| origin != self.origin) {
            return Answer::text(403, "Tokens are for this site's own pages.");
        }
        let Ok(body) = serde_json::from_slice::<Body>(request.body) else {
            return Answer::text(400, "Please send { \"agent\": \"…\" }.");
        };
        let agents = fs::read(self.folder.join("agents.json"))
            .map_err(anyhow::Error::from)
            .and_then(|text| Ok(serde_json::from_slice::<Vec<Agent>>(&text)?));
        let agents = match agents {
            Ok(agents) => agents,
            Err(error) => {
                eprintln!("demo: www/crm/agents.json: {error}");
                return Answer::text(500, "The list of agents cannot be read.");
            }
        };
        let Some(agent) = agents.iter().find(|agent| agent.id == body.agent) else {
            return Answer::text(404, "There is no such agent.");
        };
        match signer.mint(agent) {
            Ok(token) => {
                Answer::json(serde_json::json!({ "token": token }).to_string().into_bytes())
            }
            Err(error) => {
                eprintln!("demo: no token: {error:#}");
                Answer::text(500, "No token could be made.")
            }
        }
    }

    fn file(&self, path: &str) -> Answer {
        let Some(relative) = plain(path) else { return Answer::not_found() };
        let (folder, relative, own) = match (&self.package, relative.strip_prefix("saath/")) {
            (Some(package), Some(file)) => (package, file, false),
            _ => (&self.folder, relative, true),
        };
        let mut file = folder.join(relative);
        if file.is_dir() {
            if !path.ends_with('/') {
                return Answer::redirect(format!("{path}/"));
            }
            file.push("index.html");
        }
        // A link in the folder must not lead out of it.
        let inside = match (file.canonicalize(), folder.canonicalize()) {
            (Ok(file), Ok(folder)) => file.starts_with(folder),
            _ => false,
        };
        let Some(mime) = mime(&file).filter(|_| inside) else { return Answer::not_found() };
        let Ok(body) = fs::read(&file) else { return Answer::not_found() };
        let substituted = own && ["html", "js", "json"].iter().any(|e| has_extension(&file, e));
        let body = if substituted { self.substitute(body) } else { body };
        Answer { status: 200, mime, location: None, body }
    }

    /// Puts the links of this run into a page.
    fn substitute(&self, body: Vec<u8>) -> Vec<u8> {
        match String::from_utf8(body) {
            Ok(text) => text
                .replace("{{relay}}", &self.urls.relay)
                .replace("{{portal}}", &self.urls.portal)
                .replace("{{crm}}", &self.urls.crm)
                .replace("{{console}}", &self.urls.console)
                .into_bytes(),
            Err(error) => error.into_bytes(),
        }
    }
}

impl Answer {
    /// A short sentence for a person.
    pub(super) fn text(status: u16, text: &str) -> Self {
        let body = format!("{text}\n").into_bytes();
        Self { status, mime: "text/plain; charset=utf-8", location: None, body }
    }

    /// Pages are always the newest; pictures and fonts are nobody's secret and change rarely.
    pub(super) fn caching(&self) -> &'static str {
        let lasts = self.mime.starts_with("image/") || self.mime.starts_with("font/");
        if lasts { "max-age=3600" } else { "no-store" }
    }

    fn json(body: Vec<u8>) -> Self {
        Self { status: 200, mime: "application/json", location: None, body }
    }

    fn redirect(location: String) -> Self {
        Self { location: Some(location), ..Self::text(308, "It is a folder.") }
    }

    fn not_found() -> Self {
        Self::text(404, "There is no such page.")
    }
}

/// The path below the folder, if it is made of plain names: no `..`, nothing hidden, no escapes.
fn plain(path: &str) -> Option<&str> {
    let relative = path.strip_prefix('/')?;
    let plain_name = |name: &str| {
        !name.is_empty()
            && !name.starts_with('.')
            && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b))
    };
    let names = relative.strip_suffix('/').unwrap_or(relative);
    (names.is_empty() && relative.is_empty() || names.split('/').all(plain_name))
        .then_some(relative)
}

fn has_extension(file: &Path, extension: &str) -> bool {
    file.extension().is_some_and(|found| found == extension)
}

/// What a file is; none for what a site has no business to serve.
fn mime(file: &Path) -> Option<&'static str> {
    Some(match file.extension()?.to_str()? {
        "html" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "json" => "application/json",
        "webmanifest" => "application/manifest+json",
        "wasm" => "application/wasm",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "webp" => "image/webp",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        "pdf" => "application/pdf",
        "txt" => "text/plain; charset=utf-8",
        _ => return None,
    })
}

#[cfg(test)]
mod tests;
