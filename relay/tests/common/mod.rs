//! A relay in this process, clients on real sockets, and an organisation that signs tokens.

#![allow(dead_code, unreachable_pub, reason = "each test uses some of it")]

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, SystemTime};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use futures::{SinkExt, StreamExt};
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use p256::elliptic_curve::sec1::ToEncodedPoint;
use p256::pkcs8::EncodePrivateKey;
use rsa::RsaPrivateKey;
use rsa::pkcs1::EncodeRsaPrivateKey;
use rsa::rand_core::OsRng;
use rsa::traits::PublicKeyParts;
use saath_protocol::envelope::{
    BurnReason, FromRelay, Refusal, ResumeId, SessionId, Side, ToRelay,
};
use saath_protocol::pin::Nameplate;
use saath_relay::limits::Limits;
use saath_relay::{Config, Relay};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::handshake::client::Request;
use tokio_tungstenite::tungstenite::{self, Bytes, Message};

pub const ORIGIN: &str = "https://portal.example";
/// Far more than anything takes: a test that waits so long has failed.
pub const PATIENCE: Duration = Duration::from_secs(20);

pub struct Harness {
    pub address: SocketAddr,
    pub issuer: Issuer,
    stop: Option<oneshot::Sender<Duration>>,
    task: JoinHandle<()>,
}

impl Harness {
    pub async fn start() -> Self {
        Self::with(|_| {}).await
    }

    pub async fn with(change: impl FnOnce(&mut Limits)) -> Self {
        let issuer = Issuer::new();
        let mut limits = Limits::default();
        change(&mut limits);
        let config = Config {
            listen: "127.0.0.1:0".parse().unwrap(),
            origins: vec!["https://other.example".into(), ORIGIN.into()],
            jwks: issuer.jwks_file(),
            limits,
        };
        let relay = Relay::bind(config).unwrap();
        let address = relay.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel();
        let task = tokio::spawn(relay.run(async { stopped.await.unwrap_or_default() }));
        Self { address, issuer, stop: Some(stop), task }
    }

    pub fn stop(&mut self, drain: Duration) {
        self.stop.take().unwrap().send(drain).unwrap();
    }

    pub async fn stopped(self) {
        timeout(PATIENCE, self.task).await.expect("the relay stops").unwrap();
    }

    pub async fn client(&self) -> Client {
        Client::connect(self.address).await
    }

    /// A customer who has a nameplate.
    pub async fn customer(&self) -> (Client, Nameplate, SessionId) {
        let mut client = self.client().await;
        let (nameplate, session) = client.open().await;
        (client, nameplate, session)
    }

    /// Both ends in a room.
    pub async fn pair(&self) -> (Client, Client) {
        let (mut customer, nameplate, session) = self.customer().await;
        let mut agent = self.client().await;
        agent.claim(nameplate, &self.issuer.token("meera")).await;
        let FromRelay::Claimed { session: same, .. } = agent.control().await else { panic!() };
        assert_eq!(session, same);
        assert_eq!(customer.control().await, FromRelay::Joined);
        (customer, agent)
    }

    /// The value of a line of `/metrics`.
    pub async fn metric(&self, name: &str) -> u64 {
        let (_, body) = get(self.address, "/metrics").await;
        let line =
            body.lines().find(|line| line.starts_with(name)).unwrap_or_else(|| panic!("{name}"));
        line.rsplit(' ').next().unwrap().parse().unwrap()
    }

    pub async fn metric_becomes(&self, name: &str, value: u64) {
        let become_so = async {
            while self.metric(name).await != value {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        };
        timeout(PATIENCE, become_so).await.unwrap_or_else(|_| panic!("{name} is never {value}"));
    }
}

pub async fn get(address: SocketAddr, path: &str) -> (u16, String) {
    request(address, &format!("GET {path} HTTP/1.1\r\nhost: relay\r\n\r\n")).await
}

/// Sends a whole request; the status and the body of the answer, up to where the relay closes.
pub async fn request(address: SocketAddr, request: &str) -> (u16, String) {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    timeout(PATIENCE, stream.read_to_end(&mut answer)).await.expect("an answer").unwrap();
    let answer = String::from_utf8(answer).unwrap();
    let status = answer.split(' ').nth(1).unwrap_or_else(|| panic!("{answer:?}")).parse().unwrap();
    let body = answer.split_once("\r\n\r\n").map(|(_, body)| body.to_owned()).unwrap_or_default();
    (status, body)
}

pub fn upgrade(address: SocketAddr, origin: Option<&str>) -> Request {
    let mut request = format!("ws://{address}/ws").into_client_request().unwrap();
    if let Some(origin) = origin {
        request.headers_mut().insert("origin", origin.parse().unwrap());
    }
    request
}

pub struct Client(pub WebSocketStream<TcpStream>);

#[derive(Debug, PartialEq)]
pub enum Received {
    Control(FromRelay),
    Opaque(Bytes),
    /// With the code of the close frame.
    Closed(u16),
    /// Without a close frame.
    Cut,
}

impl Client {
    pub async fn connect(address: SocketAddr) -> Self {
        // Small buffers, so that what waits in the kernel is little.
        let socket = TcpSocket::new_v4().unwrap();
        socket.set_send_buffer_size(32 << 10).unwrap();
        socket.set_recv_buffer_size(32 << 10).unwrap();
        let stream = socket.connect(address).await.unwrap();
        let request = upgrade(address, Some(ORIGIN));
        let (socket, _) = tokio_tungstenite::client_async(request, stream).await.unwrap();
        Self(socket)
    }

    pub async fn say(&mut self, message: &ToRelay) {
        self.bytes(message.encode()).await;
    }

    pub async fn bytes(&mut self, bytes: Vec<u8>) {
        self.0.send(Message::Binary(bytes.into())).await.unwrap();
    }

    /// The next message. Pings are answered on the way.
    pub async fn next(&mut self) -> Received {
        loop {
            let next = timeout(PATIENCE, self.0.next()).await.expect("something from the relay");
            return match next {
                Some(Ok(Message::Binary(bytes))) if bytes.first() == Some(&0) => {
                    Received::Control(FromRelay::decode(&bytes).unwrap())
                }
                Some(Ok(Message::Binary(bytes))) => Received::Opaque(bytes),
                Some(Ok(Message::Close(Some(frame)))) => Received::Closed(frame.code.into()),
                Some(Ok(Message::Ping(_) | Message::Pong(_))) => continue,
                Some(Ok(other)) => panic!("{other:?}"),
                Some(Err(tungstenite::Error::Protocol(_) | tungstenite::Error::Io(_))) | None => {
                    Received::Cut
                }
                Some(Err(error)) => panic!("{error}"),
            };
        }
    }

    pub async fn control(&mut self) -> FromRelay {
        match self.next().await {
            Received::Control(message) => message,
            other => panic!("{other:?}"),
        }
    }

    pub async fn opaque(&mut self) -> Bytes {
        match self.next().await {
            Received::Opaque(bytes) => bytes,
            other => panic!("{other:?}"),
        }
    }

    pub async fn closed(&mut self, code: u16) {
        assert_eq!(self.next().await, Received::Closed(code));
    }

    pub async fn refused(&mut self, refusal: Refusal) {
        assert_eq!(self.control().await, FromRelay::Refused(refusal));
        self.closed(refusal.close_code()).await;
    }

    pub async fn open(&mut self) -> (Nameplate, SessionId) {
        self.say(&ToRelay::Open { flags: 0 }).await;
        let FromRelay::Opened { nameplate, session, .. } = self.control().await else { panic!() };
        (nameplate, session)
    }

    pub async fn claim(&mut self, nameplate: Nameplate, token: &str) {
        self.say(&ToRelay::Claim { nameplate, token: token.into() }).await;
    }

    pub async fn rejoin(&mut self, side: Side, id: ResumeId, token: &str) {
        self.say(&ToRelay::Rejoin { side, id, token: token.into() }).await;
    }

    pub async fn burn(&mut self, reason: BurnReason) {
        self.say(&ToRelay::Burn { reason }).await;
    }
}

/// An organisation with keys of all kinds, which signs what it is told to.
pub struct Issuer {
    keys: Vec<Key>,
}

struct Key {
    id: &'static str,
    algorithm: Algorithm,
    secret: EncodingKey,
    jwk: Value,
}

impl Issuer {
    /// `k1` signs ES256, `k2` EdDSA, `k3` RS256 (if asked for: it takes long to make).
    pub fn new() -> Self {
        let base64 = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
        let secret = p256::SecretKey::from_slice(&[7; 32]).unwrap();
        let point = secret.public_key().to_encoded_point(false);
        let es256 = Key {
            id: "k1",
            algorithm: Algorithm::ES256,
            secret: EncodingKey::from_ec_der(secret.to_pkcs8_der().unwrap().as_bytes()),
            jwk: json!({
                "kid": "k1", "kty": "EC", "crv": "P-256",
                "x": base64(point.x().unwrap()), "y": base64(point.y().unwrap()),
            }),
        };
        let secret = ed25519_dalek::SigningKey::from_bytes(&[8; 32]);
        let eddsa = Key {
            id: "k2",
            algorithm: Algorithm::EdDSA,
            secret: EncodingKey::from_ed_der(secret.to_pkcs8_der().unwrap().as_bytes()),
            jwk: json!({
                "kid": "k2", "kty": "OKP", "crv": "Ed25519", "alg": "EdDSA", "use": "sig",
                "x": base64(secret.verifying_key().as_bytes()),
            }),
        };
        Self { keys: vec![es256, eddsa] }
    }

    pub fn with_rsa(mut self, bits: usize) -> Self {
        let base64 = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
        let secret = RsaPrivateKey::new(&mut OsRng, bits).unwrap();
        let (n, e) = (base64(&secret.n().to_bytes_be()), base64(&secret.e().to_bytes_be()));
        let der = secret.to_pkcs1_der().unwrap();
        self.keys.push(Key {
            id: "k3",
            algorithm: Algorithm::RS256,
            secret: EncodingKey::from_rsa_der(der.as_bytes()),
            jwk: json!({ "kid": "k3", "kty": "RSA", "alg": "RS256", "n": n, "e": e }),
        });
        self
    }

    pub fn jwks(&self) -> Value {
        json!({ "keys": self.keys.iter().map(|key| &key.jwk).collect::<Vec<_>>() })
    }

    pub fn jwks_file(&self) -> PathBuf {
        write_temporary(&self.jwks().to_string())
    }

    pub fn claims(agent: &str) -> Value {
        let now = now();
        json!({
            "iss": "https://crm.example", "sub": agent, "aud": "saath-relay",
            "iat": now, "nbf": now, "exp": now + 600, "jti": "1",
        })
    }

    /// A good token.
    pub fn token(&self, agent: &str) -> String {
        self.sign("k1", &Self::claims(agent))
    }

    /// A token that differs from a good one in these claims; null takes one away.
    pub fn token_but(&self, but: Value) -> String {
        let mut claims = Self::claims("meera");
        let Value::Object(but) = but else { panic!() };
        for (name, value) in but {
            match value {
                Value::Null => claims.as_object_mut().unwrap().remove(&name),
                value => claims.as_object_mut().unwrap().insert(name, value),
            };
        }
        self.sign("k1", &claims)
    }

    pub fn sign(&self, id: &str, claims: &Value) -> String {
        let key = self.keys.iter().find(|key| key.id == id).unwrap();
        let mut header = Header::new(key.algorithm);
        header.kid = Some(id.into());
        jsonwebtoken::encode(&header, claims, &key.secret).unwrap()
    }

    /// `header.claims.` with any signature.
    pub fn forge(header: &Value, claims: &Value, signature: &[u8]) -> String {
        let part = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
        let (header, claims) = (header.to_string(), claims.to_string());
        [part(header.as_bytes()), part(claims.as_bytes()), part(signature)].join(".")
    }
}

pub fn now() -> u64 {
    SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_secs()
}

pub fn write_temporary(text: &str) -> PathBuf {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let next = NEXT.fetch_add(1, Ordering::Relaxed);
    let name = format!("relay-{}-{next}.json", std::process::id());
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::write(&path, text).unwrap();
    path
}
