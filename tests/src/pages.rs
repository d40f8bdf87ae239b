//! A small site for pages of our own, beside the package: one page a behaviour.
//!
//! The demo's portal is a portal; what is rare, broken or hostile has no place in it.

use std::path::PathBuf;

use anyhow::{Context, Result};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

use crate::demo::built;

/// Serves `tests/pages/`, with the package under `/saath/` and the one with the self-test under
/// `/saath-test/`, for as long as it lives.
pub struct Pages {
    /// Without a trailing slash.
    pub origin: String,
    server: JoinHandle<()>,
}

impl Pages {
    /// Starts it on a free port.
    ///
    /// # Errors
    /// When there is none.
    pub async fn start() -> Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let origin = format!("http://localhost:{}", listener.local_addr()?.port());
        let server = tokio::spawn(async move {
            while let Ok((socket, _)) = listener.accept().await {
                // A browser that goes away in the middle is no news.
                tokio::spawn(async move { answer(socket).await.ok() });
            }
        });
        Ok(Self { origin, server })
    }
}

impl Drop for Pages {
    fn drop(&mut self) {
        self.server.abort();
    }
}

async fn answer(mut socket: TcpStream) -> Result<()> {
    let mut request = Vec::new();
    while !request.windows(4).any(|end| end == b"\r\n\r\n") {
        let mut part = [0; 4096];
        let read = socket.read(&mut part).await?;
        anyhow::ensure!(read > 0, "no request");
        request.extend_from_slice(&part[..read]);
    }
    let request = String::from_utf8_lossy(&request);
    let path = request.split(' ').nth(1).context("no path")?;
    let path = path.split('?').next().unwrap_or(path);
    let reply = match file(path).and_then(|file| Ok((mime(path), std::fs::read(file)?))) {
        Ok((mime, body)) => {
            let mut reply = format!(
                "HTTP/1.1 200 OK\r\ncontent-type: {mime}\r\ncontent-length: {}\r\n\
                 cache-control: no-store\r\nconnection: close\r\n\r\n",
                body.len()
            )
            .into_bytes();
            reply.extend(body);
            reply
        }
        Err(_) => {
            b"HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\nconnection: close\r\n\r\n".into()
        }
    };
    socket.write_all(&reply).await?;
    Ok(socket.shutdown().await?)
}

fn file(path: &str) -> Result<PathBuf> {
    anyhow::ensure!(!path.contains(".."), "outside");
    let path = path.trim_start_matches('/');
    Ok(if let Some(path) = path.strip_prefix("saath/") {
        built()?.join("npm").join(path)
    } else if let Some(path) = path.strip_prefix("saath-test/") {
        built()?.join("npm-test").join(path)
    } else {
        PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("pages").join(path)
    })
}

fn mime(path: &str) -> &'static str {
    match path.rsplit('.').next() {
        Some("html") => "text/html; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("json") => "application/json",
        Some("svg") => "image/svg+xml",
        Some("wasm") => "application/wasm",
        _ => "application/octet-stream",
    }
}
