//! Sockets for the sites: hyper in, [`Site::answer`] out.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use http_body_util::{BodyExt, Full, Limited};
use hyper::body::{Bytes, Incoming};
use hyper::header::{CACHE_CONTROL, CONTENT_TYPE, HOST, LOCATION, ORIGIN};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::TcpListener;

use super::site::{self, Answer, Site};

/// More than any request of the demo has.
const MAX_BODY: usize = 4096;

/// Serves one site for as long as the program runs.
pub(super) async fn run(listener: TcpListener, site: Site) {
    let site = Arc::new(site);
    loop {
        let Ok((socket, _)) = listener.accept().await else {
            // Out of file descriptors, say: give others time to close theirs.
            tokio::time::sleep(Duration::from_millis(50)).await;
            continue;
        };
        let site = Arc::clone(&site);
        tokio::spawn(async move {
            let service = service_fn(move |request| respond(Arc::clone(&site), request));
            // A browser that hangs up in the middle is no news.
            let _ = http1::Builder::new()
                .timer(TokioTimer::new())
                .serve_connection(TokioIo::new(socket), service)
                .await;
        });
    }
}

async fn respond(
    site: Arc<Site>,
    request: Request<Incoming>,
) -> Result<Response<Full<Bytes>>, Infallible> {
    let (head, body) = request.into_parts();
    let header = |name| head.headers.get(name).and_then(|value| value.to_str().ok());
    let answer = match Limited::new(body, MAX_BODY).collect().await {
        Ok(body) => site.answer(site::Request {
            method: head.method.as_str(),
            path: head.uri.path(),
            host: header(HOST).unwrap_or_default(),
            origin: header(ORIGIN),
            body: &body.to_bytes(),
        }),
        Err(_) => Answer::text(413, "That is too much."),
    };

    let mut response = Response::builder()
        .status(answer.status)
        .header(CONTENT_TYPE, answer.mime)
        .header(CACHE_CONTROL, answer.caching());
    for (name, value) in site.headers() {
        response = response.header(*name, value);
    }
    if let Some(location) = &answer.location {
        response = response.header(LOCATION, location);
    }
    Ok(response.body(Full::new(answer.body.into())).unwrap_or_default())
}
