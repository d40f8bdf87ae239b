//! What is served over HTTP: health, metrics, and the way into the WebSocket.
//!
//! The upgrade is our own because warp's cannot set the read buffer: 128 KiB an idle socket.

use std::sync::Arc;

use hyper::upgrade::{OnUpgrade, Upgraded};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;
use tokio_tungstenite::tungstenite::protocol::{Role, WebSocketConfig};
use warp::filters::BoxedFilter;
use warp::http::header::{
    CONNECTION, CONTENT_TYPE, HeaderMap, HeaderName, ORIGIN, SEC_WEBSOCKET_ACCEPT,
    SEC_WEBSOCKET_KEY, SEC_WEBSOCKET_VERSION, UPGRADE,
};
use warp::http::{HeaderValue, Response, StatusCode};
use warp::{Filter, Reply};

use saath_protocol::envelope::MAX_FRAME;

use crate::Shared;
use crate::peer::{self, Socket};
use crate::progress::Progress;
use crate::sockets::Ticket;

/// Read in pieces of this size: what an idle socket holds.
const READ_BUFFER: usize = 4096;

/// All routes. Requests carry the [`Ticket`] of their connection as an extension.
pub(crate) fn routes(shared: &Arc<Shared>) -> BoxedFilter<(impl Reply + use<>,)> {
    let with = |shared: &Arc<Shared>| {
        let shared = shared.clone();
        warp::any().map(move || shared.clone())
    };
    let healthz = warp::path!("healthz").and(warp::get()).map(|| text(StatusCode::OK, "ok\n"));
    let readyz =
        warp::path!("readyz").and(warp::get()).and(with(shared)).map(|shared: Arc<Shared>| {
            match shared.draining() {
                false => text(StatusCode::OK, "ready\n"),
                true => text(StatusCode::SERVICE_UNAVAILABLE, "stopping\n"),
            }
        });
    let metrics =
        warp::path!("metrics").and(warp::get()).and(with(shared)).map(|shared: Arc<Shared>| {
            let census = shared.hub.lock().rooms.census();
            let mut response = text(StatusCode::OK, &shared.metrics.text(census));
            let prometheus = "text/plain; version=0.0.4; charset=utf-8";
            response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(prometheus));
            response
        });
    let ws = warp::path!("ws")
        .and(warp::get())
        .and(with(shared))
        .and(warp::header::headers_cloned())
        .and(warp::ext::get::<Arc<Ticket>>())
        .and(warp::ext::optional::<OnUpgrade>())
        .map(upgrade);
    healthz.or(readyz).unify().or(metrics).unify().or(ws).unify().boxed()
}

#[allow(clippy::needless_pass_by_value, reason = "warp hands values")]
fn upgrade(
    shared: Arc<Shared>,
    headers: HeaderMap,
    ticket: Arc<Ticket>,
    on_upgrade: Option<OnUpgrade>,
) -> Response<String> {
    // First of all: a page of another site learns nothing, not even whether we would upgrade.
    let origin = headers.get(ORIGIN).map(HeaderValue::as_bytes);
    if !shared.origins.iter().any(|allowed| Some(allowed.as_bytes()) == origin) {
        shared.metrics.origin_refused();
        tracing::info!("an upgrade from another origin");
        return text(StatusCode::FORBIDDEN, "this origin may not connect\n");
    }
    let wants = has_token(&headers, UPGRADE, "websocket")
        && has_token(&headers, CONNECTION, "upgrade")
        && headers.get(SEC_WEBSOCKET_VERSION).is_some_and(|version| version == "13");
    // Sixteen bytes in base64.
    let key = headers.get(SEC_WEBSOCKET_KEY).filter(|key| key.len() == 24);
    let (Some(key), Some(on_upgrade), true) = (key, on_upgrade, wants) else {
        let mut response = text(StatusCode::UPGRADE_REQUIRED, "this is a WebSocket\n");
        response.headers_mut().insert(UPGRADE, HeaderValue::from_static("websocket"));
        response.headers_mut().insert(SEC_WEBSOCKET_VERSION, HeaderValue::from_static("13"));
        return response;
    };
    let accept = derive_accept_key(key.as_bytes());
    tokio::spawn(async move {
        match on_upgrade.await {
            Ok(upgraded) => {
                if let Some(socket) = socket(upgraded).await {
                    peer::serve(shared, socket, ticket.source).await;
                }
            }
            Err(error) => tracing::debug!(%error, "no upgrade"),
        }
        // The connection counts until here.
        drop(ticket);
    });
    let mut response = text(StatusCode::SWITCHING_PROTOCOLS, "");
    let headers = response.headers_mut();
    headers.remove(CONTENT_TYPE);
    headers.insert(CONNECTION, HeaderValue::from_static("upgrade"));
    headers.insert(UPGRADE, HeaderValue::from_static("websocket"));
    if let Ok(accept) = HeaderValue::try_from(accept) {
        headers.insert(SEC_WEBSOCKET_ACCEPT, accept);
    }
    response
}

async fn socket(upgraded: Upgraded) -> Option<Socket> {
    // Always so in our own accept loop.
    let parts = upgraded.downcast::<TokioIo<TcpStream>>().ok()?;
    let stream = Progress::new(parts.io.into_inner());
    let config = WebSocketConfig::default()
        .read_buffer_size(READ_BUFFER)
        .write_buffer_size(0)
        .max_write_buffer_size(4 * MAX_FRAME)
        .max_message_size(Some(MAX_FRAME))
        .max_frame_size(Some(MAX_FRAME));
    // Not always the second: it makes reading small messages several times slower.
    Some(if parts.read_buf.is_empty() {
        WebSocketStream::from_raw_socket(stream, Role::Server, Some(config)).await
    } else {
        let read = parts.read_buf.to_vec();
        WebSocketStream::from_partially_read(stream, read, Role::Server, Some(config)).await
    })
}

fn has_token(headers: &HeaderMap, name: HeaderName, token: &str) -> bool {
    headers
        .get_all(name)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .any(|value| value.trim().eq_ignore_ascii_case(token))
}

fn text(status: StatusCode, body: &str) -> Response<String> {
    let mut response = Response::new(body.to_owned());
    *response.status_mut() = status;
    let plain = HeaderValue::from_static("text/plain; charset=utf-8");
    response.headers_mut().insert(CONTENT_TYPE, plain);
    // One connection, one request: nothing to keep. (hyper's own way to say so also takes the
    // `upgrade` out of the 101.)
    response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
    response
}
