//! A proxy between a browser and everything else: it keeps what the browser sends, whatever the
//! engine, and can answer for sites that are not there.
//!
//! Nothing leaves this machine: of other hosts it knows only what it answers itself. Sockets come
//! through it as tunnels; what the browser says in them is kept frame by frame, unmasked.

use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Context, Result, ensure};
use tokio::io::{AsyncReadExt, AsyncWriteExt, copy};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use url::Url;

/// What a browser sent.
#[derive(Debug, Clone)]
pub struct Sent {
    /// The method and the address of a request, or of a socket and what of it this is.
    pub what: String,
    /// All of it: head and body of a request, the payload of a frame.
    pub bytes: Vec<u8>,
}

/// A request, as the proxy's own sites are asked.
#[derive(Debug)]
pub struct Request {
    /// `GET` and the like.
    pub method: String,
    /// The whole address.
    pub url: Url,
    /// The whole of what was sent before the body.
    pub head: String,
    /// The body.
    pub body: Vec<u8>,
}

/// What the proxy answers in place of a site.
#[derive(Debug, Default)]
pub struct Answer {
    /// `200 OK`
    pub status: &'static str,
    /// The headers but for the length.
    pub headers: Vec<(&'static str, String)>,
    /// The body.
    pub body: Vec<u8>,
}

/// What answers in place of a site, where it does.
pub type Site = dyn Fn(&Request) -> Option<Answer> + Send + Sync;

type Log = Arc<Mutex<Vec<Sent>>>;

/// A proxy for one browser, for as long as it lives.
pub struct Proxy {
    pub(crate) port: u16,
    log: Log,
    server: JoinHandle<()>,
}

impl Proxy {
    /// Starts it on a free port.
    ///
    /// # Errors
    /// When there is none.
    pub async fn start(site: Arc<Site>) -> Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let port = listener.local_addr()?.port();
        let log = Log::default();
        let kept = Arc::clone(&log);
        let server = tokio::spawn(async move {
            while let Ok((socket, _)) = listener.accept().await {
                let (kept, site) = (Arc::clone(&kept), Arc::clone(&site));
                // A browser that goes away in the middle is no news.
                tokio::spawn(async move { serve(socket, &site, &kept).await.ok() });
            }
        });
        Ok(Self { port, log, server })
    }

    /// All that was sent since the last call.
    #[must_use]
    pub fn take(&self) -> Vec<Sent> {
        std::mem::take(&mut self.log.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.server.abort();
    }
}

fn keep(log: &Log, what: &str, bytes: Vec<u8>) {
    log.lock().unwrap_or_else(PoisonError::into_inner).push(Sent { what: what.to_owned(), bytes });
}

async fn serve(mut socket: TcpStream, site: &Arc<Site>, log: &Log) -> Result<()> {
    let (head, rest) = read_head(&mut socket).await?;
    let mut words = head.split(' ');
    let (method, target) = (words.next().context("a method")?, words.next().context("a target")?);
    if method == "CONNECT" {
        keep(log, &format!("CONNECT {target}"), head.clone().into_bytes());
        return tunnel(socket, target, rest, log).await;
    }
    let (method, url) = (method.to_owned(), Url::parse(target)?);
    let length = header(&head, "content-length").map_or(Ok(0), str::parse)?;
    let mut body = rest;
    while body.len() < length {
        ensure!(socket.read_buf(&mut body).await? > 0, "half a body");
    }
    keep(log, &format!("{method} {url}"), [head.as_bytes(), &body].concat());
    let request = Request { method, url, head, body };
    if let Some(answer) = site(&request) {
        return reply(socket, answer).await;
    }
    match upstream(&request.url).await {
        Ok(server) => pass_on(socket, server, &request).await,
        Err(_) => reply(socket, Answer { status: "502 Bad Gateway", ..Answer::default() }).await,
    }
}

async fn read_head(socket: &mut TcpStream) -> Result<(String, Vec<u8>)> {
    let mut read = Vec::new();
    loop {
        if let Some(end) = end_of_head(&read) {
            let rest = read.split_off(end);
            return Ok((String::from_utf8_lossy(&read).into_owned(), rest));
        }
        ensure!(socket.read_buf(&mut read).await? > 0, "no request");
    }
}

fn end_of_head(bytes: &[u8]) -> Option<usize> {
    bytes.windows(4).position(|end| end == b"\r\n\r\n").map(|at| at + 4)
}

/// A header of a request; its name in lower case.
pub(crate) fn header<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    head.lines().find_map(|line| {
        let (key, value) = line.split_once(':')?;
        key.eq_ignore_ascii_case(name).then(|| value.trim())
    })
}

async fn reply(mut socket: TcpStream, answer: Answer) -> Result<()> {
    let mut head = format!("HTTP/1.1 {}\r\n", answer.status);
    for (name, value) in &answer.headers {
        head += &format!("{name}: {value}\r\n");
    }
    head += &format!("content-length: {}\r\nconnection: close\r\n\r\n", answer.body.len());
    socket.write_all(head.as_bytes()).await?;
    socket.write_all(&answer.body).await?;
    Ok(socket.shutdown().await?)
}

/// Only this machine is there.
async fn upstream(url: &Url) -> Result<TcpStream> {
    let host = url.host_str().context("a host")?;
    ensure!(matches!(host, "localhost" | "127.0.0.1"), "{host} is somewhere else");
    let port = url.port_or_known_default().context("a port")?;
    Ok(TcpStream::connect(("127.0.0.1", port)).await?)
}

async fn pass_on(mut socket: TcpStream, mut server: TcpStream, request: &Request) -> Result<()> {
    let url = &request.url;
    let query = url.query().map_or_else(String::new, |query| format!("?{query}"));
    let mut head = format!("{} {}{query} HTTP/1.1\r\n", request.method, url.path());
    for line in request.head.lines().skip(1).filter(|line| !line.is_empty()) {
        let name = line.split(':').next().unwrap_or_default().to_ascii_lowercase();
        if !matches!(name.as_str(), "connection" | "proxy-connection" | "keep-alive") {
            head += &format!("{line}\r\n");
        }
    }
    head += "connection: close\r\n\r\n";
    server.write_all(head.as_bytes()).await?;
    server.write_all(&request.body).await?;
    copy(&mut server, &mut socket).await?;
    Ok(socket.shutdown().await?)
}

async fn tunnel(mut socket: TcpStream, target: &str, rest: Vec<u8>, log: &Log) -> Result<()> {
    let Ok(server) = upstream(&Url::parse(&format!("http://{target}"))?).await else {
        return reply(socket, Answer { status: "502 Bad Gateway", ..Answer::default() }).await;
    };
    socket.write_all(b"HTTP/1.1 200 Connection established\r\n\r\n").await?;
    let (from_browser, mut to_browser) = socket.into_split();
    let (mut from_server, to_server) = server.into_split();
    let up = watch(from_browser, to_server, Frames::new(target, rest), log);
    let down = async {
        copy(&mut from_server, &mut to_browser).await?;
        Ok(to_browser.shutdown().await?)
    };
    tokio::try_join!(up, down).map(drop)
}

/// What is kept is kept before it goes on: who has it at the other end knows that it was seen.
async fn watch(
    mut from: OwnedReadHalf,
    mut to: OwnedWriteHalf,
    mut frames: Frames,
    log: &Log,
) -> Result<()> {
    let mut part = frames.read.clone();
    loop {
        frames.tell(log);
        to.write_all(&part).await?;
        part.clear();
        if from.read_buf(&mut part).await? == 0 {
            return Ok(to.shutdown().await?);
        }
        frames.read.extend_from_slice(&part);
    }
}

/// A browser's side of a socket, taken apart.
struct Frames {
    what: String,
    upgraded: bool,
    read: Vec<u8>,
}

impl Frames {
    fn new(target: &str, read: Vec<u8>) -> Self {
        Self { what: format!("socket to {target}"), upgraded: false, read }
    }

    fn tell(&mut self, log: &Log) {
        if !self.upgraded {
            let Some(end) = end_of_head(&self.read) else { return };
            self.upgraded = true;
            keep(log, &format!("upgrade, {}", self.what), self.read.drain(..end).collect());
        }
        while let Some((from, to, key)) = frame(&self.read) {
            let mut payload = self.read[from..to].to_vec();
            for (byte, key) in payload.iter_mut().zip(key.into_iter().cycle()) {
                *byte ^= key;
            }
            self.read.drain(..to);
            keep(log, &format!("frame, {}", self.what), payload);
        }
    }
}

/// Where the payload of the first frame is, and what masks it; none if it is not whole.
fn frame(bytes: &[u8]) -> Option<(usize, usize, [u8; 4])> {
    let &[_, second, ..] = bytes else { return None };
    let (length, at) = match second & 127 {
        126 => (u16::from_be_bytes(*bytes.get(2..)?.first_chunk()?).into(), 4),
        127 => (usize::try_from(u64::from_be_bytes(*bytes.get(2..)?.first_chunk()?)).ok()?, 10),
        short => (usize::from(short), 2),
    };
    let (key, from) = match second & 128 {
        0 => ([0; 4], at),
        _ => (*bytes.get(at..)?.first_chunk()?, at + 4),
    };
    let to = from.checked_add(length)?;
    (bytes.len() >= to).then_some((from, to, key))
}
