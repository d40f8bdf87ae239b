//! The relay: brings the two ends of a session together and forwards what it cannot read.
//!
//! ```text
//!  socket ── routes (origin, upgrade) ── peer (one task) ──▶ hub (one lock) ── rooms (pure)
//!                                          │   ▲               │
//!                                          ▼   │               └── directory, limits, auth
//!                                    the other's outbox
//! ```
//!
//! A control message goes through the hub to the rooms; a frame goes from one peer's task into
//! the other's outbox and nowhere else. The relay does not depend on the crate that could open it.

pub mod auth;
pub mod directory;
mod hub;
pub mod limits;
mod metrics;
mod outbox;
mod peer;
mod progress;
pub mod rooms;
mod routes;
mod sockets;

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use hyper::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::{Service, service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use saath_protocol::envelope::FromRelay;
use thiserror::Error;
use tokio::net::{TcpListener, TcpSocket};
use tokio::time::{sleep, timeout};

use auth::{KeysError, Verifier};
use directory::Directory;
use directory::memory::MemoryDirectory;
use hub::{Hub, Released};
use limits::{Limits, Source};
use metrics::Metrics;
use rooms::Rooms;
use sockets::{Sockets, Ticket};

/// The largest head of an HTTP request, in bytes.
const MAX_HEAD: usize = 16 << 10;
/// Connections the kernel holds until we accept them.
const BACKLOG: u32 = 1024;
/// How long sockets may take to close after the time to leave by themselves is over.
const LAST_CALL: Duration = Duration::from_secs(3);
/// "Going away".
const AWAY: u16 = 1001;

/// What a relay needs to know.
#[derive(Debug, Clone)]
pub struct Config {
    /// Where to listen; port 0 takes a free one.
    pub listen: SocketAddr,
    /// Pages of these origins may connect; exactly as browsers send them.
    pub origins: Vec<String>,
    /// A JWKS file with the keys of the agents' organisation.
    pub jwks: PathBuf,
    /// What it bears.
    pub limits: Limits,
}

/// The relay does not start.
#[derive(Debug, Error)]
pub enum StartError {
    /// The agents' keys cannot be used.
    #[error(transparent)]
    Keys(#[from] KeysError),
    /// The address cannot be listened on.
    #[error("cannot listen")]
    Listen(#[from] io::Error),
}

/// A relay that listens, but does not accept yet.
pub struct Relay {
    listener: TcpListener,
    shared: Arc<Shared>,
}

/// What all connections share.
pub(crate) struct Shared {
    limits: Limits,
    origins: Vec<String>,
    hub: Hub,
    directory: Arc<dyn Directory>,
    verifier: Verifier,
    metrics: Metrics,
    sockets: Arc<Sockets>,
    draining: AtomicBool,
}

impl Relay {
    /// Reads the keys and starts to listen. Call it within a tokio runtime.
    ///
    /// # Errors
    /// [`StartError`].
    pub fn bind(config: Config) -> Result<Self, StartError> {
        let verifier = Verifier::from_file(&config.jwks)?;
        let listener = listen(config.listen, &config.limits)?;
        let shared = Shared {
            hub: Hub::new(&config.limits),
            directory: Arc::new(MemoryDirectory::new(config.limits.nameplate_rest)),
            verifier,
            metrics: Metrics::default(),
            sockets: Sockets::new(&config.limits),
            draining: AtomicBool::new(false),
            origins: config.origins,
            limits: config.limits,
        };
        Ok(Self { listener, shared: Arc::new(shared) })
    }

    /// The address it listens on.
    ///
    /// # Errors
    /// As the operating system has it.
    pub fn local_addr(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }

    /// Serves until `stop` says for how long sockets may still leave by themselves; then tells
    /// them, waits so long, closes the rest and returns.
    pub async fn run(self, stop: impl Future<Output = Duration>) {
        let Self { listener, shared } = self;
        let expiry = async {
            loop {
                let released = shared.hub.tick().await;
                shared.release(released);
            }
        };
        let serving = async {
            let patience = tokio::select! {
                patience = stop => patience,
                () = accept(&listener, &shared) => return,
            };
            drop(listener);
            shared.drain(patience).await;
        };
        tokio::select! {
            () = expiry => {}
            () = serving => {}
        }
    }
}

impl Shared {
    pub(crate) fn draining(&self) -> bool {
        self.draining.load(Ordering::Relaxed)
    }

    /// Does `f` to the rooms, and then what they want done.
    pub(crate) fn rooms<T>(&self, f: impl FnOnce(&mut Rooms, Instant) -> T) -> T {
        let (result, released) = self.hub.with(|state| f(&mut state.rooms, Instant::now()));
        self.release(released);
        result
    }

    /// Tells the directory, which may take its time.
    pub(crate) fn release(&self, Released(nameplates): Released) {
        // Without a runtime the process is at its end, and the directory expires them itself.
        let Ok(runtime) = tokio::runtime::Handle::try_current() else { return };
        for nameplate in nameplates {
            let directory = self.directory.clone();
            runtime.spawn(async move { directory.release(Instant::now(), nameplate).await });
        }
    }

    async fn drain(&self, patience: Duration) {
        self.draining.store(true, Ordering::Relaxed);
        tracing::info!(?patience, "stopping");
        // So that the last to leave has time to.
        let spread_s = u8::try_from(patience.as_secs() * 2 / 3).unwrap_or(u8::MAX);
        self.hub.broadcast(&FromRelay::Drain { spread_s });
        if timeout(patience, self.sockets.empty()).await.is_err() {
            self.hub.close_all(AWAY);
            // Those who do not go now are cut off by the end of the process.
            let _ = timeout(LAST_CALL, self.sockets.empty()).await;
        }
    }
}

fn listen(address: SocketAddr, limits: &Limits) -> io::Result<TcpListener> {
    let socket = match address {
        SocketAddr::V4(_) => TcpSocket::new_v4(),
        SocketAddr::V6(_) => TcpSocket::new_v6(),
    }?;
    socket.set_reuseaddr(true)?;
    // Accepted sockets inherit these. Small, so that what a slow reader has not taken waits where
    // we count it.
    socket.set_send_buffer_size(limits.socket_buffer)?;
    socket.set_recv_buffer_size(limits.socket_buffer)?;
    socket.bind(address)?;
    socket.listen(BACKLOG)
}

async fn accept(listener: &TcpListener, shared: &Arc<Shared>) {
    let service = TowerToHyperService::new(warp::service(routes::routes(shared)));
    loop {
        let (stream, address) = match listener.accept().await {
            Ok(accepted) => accepted,
            Err(error) => {
                // Out of descriptors, most likely: one may be free soon.
                tracing::warn!(%error, "cannot accept");
                sleep(Duration::from_millis(50)).await;
                continue;
            }
        };
        let Some(ticket) = shared.sockets.admit(Source::from(address.ip())) else {
            tracing::info!("too many sockets");
            continue;
        };
        let (service, header_timeout) = (service.clone(), shared.limits.header_timeout);
        tokio::spawn(async move {
            let service = service_fn(|request| service.call(with_ticket(request, &ticket)));
            let served = stream.set_nodelay(true).map(|()| {
                http1::Builder::new()
                    .timer(TokioTimer::new())
                    .header_read_timeout(header_timeout)
                    .max_buf_size(MAX_HEAD)
                    .serve_connection(TokioIo::new(stream), service)
                    .with_upgrades()
            });
            if let Ok(connection) = served {
                // Its errors are the client's: it went, or took too long.
                let _ = connection.await;
            }
        });
    }
}

fn with_ticket(mut request: Request<Incoming>, ticket: &Arc<Ticket>) -> Request<Incoming> {
    request.extensions_mut().insert(ticket.clone());
    request
}
