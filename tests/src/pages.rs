//! A small site for pages of our own, beside the package: one page a behaviour.
//!
//! The demo's portal is a portal; what is rare, broken or hostile has no place in it. Pages ask by
//! their query for what a server may do otherwise (see [`answer`]), and write
//! `https://other.example` for this same site under another origin.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::{Context, Result};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use url::Url;

use crate::demo::built;

/// Where what is asked for lies, by the start of its path: in the target directory or in `tests/`.
const BUILT: [(&str, &str); 4] = [
    ("/saath/", "npm"),
    ("/saath-test/", "npm-test"),
    ("/saath-bench/", "npm-bench"),
    ("/real/", "real/site"),
];
const FOLDERS: [(&str, &str); 2] = [("/fidelity/", "fidelity"), ("/", "pages")];

/// The console's policy, but for the frame with the page: a replica that wants to load something
/// is stopped, and the viewer hears of it.
const VIEWER: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; \
    connect-src 'self'; img-src data: blob:; font-src data: blob:; \
    style-src 'self' 'unsafe-inline'; frame-src 'self'; form-action 'none'; base-uri 'none'";

/// Serves `tests/pages/`, `tests/fidelity/` under `/fidelity/`, what was built of `tests/real/` under
/// `/real/`, with the package under `/saath/` and the one with the self-test under `/saath-test/`, for as long as
/// it lives.
pub struct Pages {
    /// Without a trailing slash.
    pub origin: String,
    asked: Arc<Mutex<Vec<Asked>>>,
    server: JoinHandle<()>,
}

/// What a browser asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// Path and query.
    pub target: String,
    /// The address of the document that wanted it; a replica's is the viewer's.
    pub by: String,
}

impl Pages {
    /// Starts it on a free port.
    ///
    /// # Errors
    /// When there is none.
    pub async fn start() -> Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let port = listener.local_addr()?.port();
        let asked = Arc::new(Mutex::new(Vec::new()));
        let log = Arc::clone(&asked);
        let server = tokio::spawn(async move {
            while let Ok((socket, _)) = listener.accept().await {
                let log = Arc::clone(&log);
                // A browser that goes away in the middle is no news.
                tokio::spawn(async move { answer(socket, port, &log).await.ok() });
            }
        });
        Ok(Self { origin: format!("http://localhost:{port}"), asked, server })
    }

    /// All that was asked for since the last call.
    #[must_use]
    pub fn asked(&self) -> Vec<Asked> {
        std::mem::take(&mut self.asked.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Drop for Pages {
    fn drop(&mut self) {
        self.server.abort();
    }
}

/// Answers one request. A query may ask for: `wait=` milliseconds; `member`, only with the cookie
/// `member=yes`; `to=` an address to be sent on to; `cors`, for other origins to read; `cached`;
/// `csp=` a policy.
async fn answer(mut socket: TcpStream, port: u16, log: &Mutex<Vec<Asked>>) -> Result<()> {
    let mut request = Vec::new();
    while !request.windows(4).any(|end| end == b"\r\n\r\n") {
        let mut part = [0; 4096];
        let read = socket.read(&mut part).await?;
        anyhow::ensure!(read > 0, "no request");
        request.extend_from_slice(&part[..read]);
    }
    let request = String::from_utf8_lossy(&request);
    let target = request.split(' ').nth(1).context("no path")?;
    log.lock().unwrap_or_else(PoisonError::into_inner).push(Asked {
        target: target.to_owned(),
        by: header(&request, "referer").unwrap_or_default().to_owned(),
    });
    let url = Url::parse("http://localhost")?.join(target)?;
    let wish = |name: &str| {
        url.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
    };
    if let Some(wait) = wish("wait") {
        tokio::time::sleep(Duration::from_millis(wait.parse()?)).await;
    }
    // What we did not write is served as sites serve it.
    let kind = mime(url.path());
    let lasts = wish("cached").is_some()
        || url.path().starts_with("/real/")
            && (kind.starts_with("image/") || kind.starts_with("font/"));
    let mut headers = vec![
        // So that a request says which document it is for, whatever its origin.
        ("referrer-policy", "unsafe-url".to_owned()),
        ("cache-control", if lasts { "max-age=60" } else { "no-store" }.to_owned()),
    ];
    if wish("cors").is_some() {
        headers.push(("access-control-allow-origin", "*".to_owned()));
    }
    let policy = wish("csp").or_else(|| (url.path() == "/viewer.html").then(|| VIEWER.to_owned()));
    headers.extend(policy.map(|policy| ("content-security-policy", policy)));
    let stranger = wish("member").is_some()
        && !header(&request, "cookie").is_some_and(|cookie| cookie.contains("member=yes"));
    let (status, body) = if stranger {
        ("403 Forbidden", Vec::new())
    } else if let Some(to) = wish("to") {
        headers.push(("location", to));
        ("302 Found", Vec::new())
    } else {
        match body(url.path(), port) {
            Ok(body) => ("200 OK", body),
            Err(_) => ("404 Not Found", Vec::new()),
        }
    };
    headers.push(("content-type", kind.to_owned()));
    headers.push(("content-length", body.len().to_string()));
    headers.push(("connection", "close".to_owned()));
    let headers: String =
        headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
    socket.write_all(format!("HTTP/1.1 {status}\r\n{headers}\r\n").as_bytes()).await?;
    socket.write_all(&body).await?;
    Ok(socket.shutdown().await?)
}

fn header<'a>(request: &'a str, name: &str) -> Option<&'a str> {
    request.lines().find_map(|line| {
        let (key, value) = line.split_once(':')?;
        key.eq_ignore_ascii_case(name).then(|| value.trim())
    })
}

fn body(path: &str, port: u16) -> Result<Vec<u8>> {
    let body = std::fs::read(file(path)?)?;
    let ours = path.starts_with("/fidelity/") || path.starts_with("/real/");
    match String::from_utf8(body) {
        Ok(text) if ours => {
            Ok(text.replace("https://other.example", &format!("http://127.0.0.1:{port}")).into())
        }
        Ok(text) => Ok(text.into()),
        Err(bytes) => Ok(bytes.into_bytes()),
    }
}

fn file(path: &str) -> Result<PathBuf> {
    anyhow::ensure!(!path.contains(".."), "outside");
    if let Some((start, folder)) = BUILT.iter().find(|(start, _)| path.starts_with(start)) {
        return Ok(built()?.join(folder).join(&path[start.len()..]));
    }
    let (start, folder) =
        FOLDERS.iter().find(|(start, _)| path.starts_with(start)).context("no such folder")?;
    Ok(PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(folder).join(&path[start.len()..]))
}

fn mime(path: &str) -> &'static str {
    match path.rsplit('.').next() {
        Some("html") => "text/html; charset=utf-8",
        Some("xhtml") => "application/xhtml+xml; charset=utf-8",
        Some("js" | "mjs") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("json") => "application/json",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("gif") => "image/gif",
        Some("jpg") => "image/jpeg",
        Some("webp") => "image/webp",
        Some("webm") => "video/webm",
        Some("ttf") => "font/ttf",
        Some("woff2") => "font/woff2",
        Some("pdf") => "application/pdf",
        Some("wasm") => "application/wasm",
        _ => "application/octet-stream",
    }
}
