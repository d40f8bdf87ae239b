//! A directory as a site on this machine, with the package under `/saath/`.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use url::Url;

/// As a console must be served: a replica that wants to load something is stopped.
const CONSOLE: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; \
    connect-src 'self'; img-src data: blob:; font-src data: blob:; \
    style-src 'self' 'unsafe-inline'; form-action 'none'; base-uri 'none'";

/// Whose pages they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    Portal,
    Console,
}

/// Serves for as long as it lives.
pub(super) struct Site {
    /// Without a trailing slash.
    pub(super) origin: String,
    server: JoinHandle<()>,
}

impl Site {
    pub(super) async fn start(root: PathBuf, package: &Path, role: Role) -> Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let port = listener.local_addr()?.port();
        let root = root.canonicalize().with_context(|| root.display().to_string())?;
        let package = package.canonicalize()?;
        let server = tokio::spawn(async move {
            while let Ok((socket, _)) = listener.accept().await {
                let (root, package) = (root.clone(), package.clone());
                // A browser that goes away in the middle is no news.
                tokio::spawn(async move { answer(socket, &root, &package, role).await.ok() });
            }
        });
        Ok(Self { origin: format!("http://localhost:{port}"), server })
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        self.server.abort();
    }
}

async fn answer(mut socket: TcpStream, root: &Path, package: &Path, role: Role) -> Result<()> {
    let mut request = Vec::new();
    while !request.windows(4).any(|end| end == b"\r\n\r\n") {
        let mut part = [0; 4096];
        let read = socket.read(&mut part).await?;
        ensure!(read > 0 && request.len() < 1 << 16, "no request");
        request.extend_from_slice(&part[..read]);
    }
    let request = String::from_utf8_lossy(&request);
    let target = request.split(' ').nth(1).context("no path")?;
    let url = Url::parse("http://localhost")?.join(target)?;
    let path = percent_decoded(url.path())?;
    let (status, body) = match file(&path, root, package) {
        Ok(body) => ("200 OK", body),
        Err(_) => ("404 Not Found", b"There is no such page.\n".to_vec()),
    };
    let csp = match role {
        Role::Console => format!("content-security-policy: {CONSOLE}\r\n"),
        Role::Portal => String::new(),
    };
    let head = format!(
        "HTTP/1.1 {status}\r\ncontent-type: {}\r\ncontent-length: {}\r\n{csp}\
         cache-control: no-store\r\nconnection: close\r\n\r\n",
        mime(&path),
        body.len()
    );
    socket.write_all(head.as_bytes()).await?;
    socket.write_all(&body).await?;
    Ok(socket.shutdown().await?)
}

/// Nothing from outside of the two, whatever the path says or a link in them.
fn file(path: &str, root: &Path, package: &Path) -> Result<Vec<u8>> {
    let relative = path.strip_prefix('/').context("no path")?;
    let (folder, relative) = match relative.strip_prefix("saath/") {
        Some(rest) => (package, rest),
        None => (root, relative),
    };
    let mut file = folder.join(relative).canonicalize()?;
    if file.is_dir() {
        file = file.join("index.html").canonicalize()?;
    }
    ensure!(file.starts_with(folder), "outside");
    Ok(std::fs::read(file)?)
}

fn percent_decoded(path: &str) -> Result<String> {
    let mut out = Vec::with_capacity(path.len());
    let mut bytes = path.bytes();
    while let Some(byte) = bytes.next() {
        out.push(if byte == b'%' {
            let digits = [bytes.next().context("%")?, bytes.next().context("%")?];
            u8::from_str_radix(std::str::from_utf8(&digits)?, 16)?
        } else {
            byte
        });
    }
    Ok(String::from_utf8(out)?)
}

fn mime(path: &str) -> &'static str {
    match path.rsplit('.').next() {
        Some("js" | "mjs") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("json") => "application/json",
        Some("webmanifest") => "application/manifest+json",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("gif") => "image/gif",
        Some("jpg" | "jpeg") => "image/jpeg",
        Some("webp") => "image/webp",
        Some("ico") => "image/x-icon",
        Some("woff2") => "font/woff2",
        Some("ttf") => "font/ttf",
        Some("pdf") => "application/pdf",
        Some("wasm") => "application/wasm",
        Some("xhtml") => "application/xhtml+xml; charset=utf-8",
        _ => "text/html; charset=utf-8",
    }
}
