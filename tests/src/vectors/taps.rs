//! What the taps give, from the two browsers of a session and from all that is between them.

use std::path::PathBuf;

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use super::ledger::{Piece, Tap};
use super::plain::Messages;
use super::site::{Vectors, unhex};
use crate::driver::Engine;
use crate::proxy::{Proxy, Sent};
use crate::{Demo, Page, Reply, Session, until};

/// All five.
pub(super) struct Taps {
    pub(super) customer: Proxy,
    pub(super) agent: Proxy,
    pub(super) log: PathBuf,
    messages: Messages,
    /// What pages sent while they went.
    parted: Vec<Piece>,
}

impl Taps {
    pub(super) fn new(customer: Proxy, agent: Proxy, log: PathBuf) -> Self {
        Self { customer, agent, log, messages: Messages::default(), parted: Vec::new() }
    }

    /// All that has come since the last call; of what lasts, as it is now. The replica must have
    /// `word` in it.
    pub(super) async fn drain(
        &mut self,
        session: &Session,
        vectors: &Vectors,
        demo: &Demo,
        word: &str,
    ) -> Result<Vec<Piece>> {
        let mut pieces = std::mem::take(&mut self.parted);
        pieces.extend(self.of_page(session, vectors).await?);
        pieces.extend(self.of_replica(session, word).await?);
        for (page, whose) in [(&session.customer, "customer"), (&session.agent, "agent")] {
            let kept = page.eval_async(KEPT, Value::Null).await?;
            pieces.push(piece(Tap::Page, &format!("storage of the {whose}"), kept.to_string()));
            let said = page.log().await?.join("\n");
            let what = format!("console of the {whose}, by the browser");
            // It says itself which of the page's own requests came to nothing.
            pieces.push(Piece { own: true, ..piece(Tap::Page, &what, said) });
        }
        let said =
            session.agent.eval("return [window.saathSaid, window.saathSaid = []][0]", json!([]));
        pieces.push(piece(Tap::Page, "console of the agent", said.await?.to_string()));
        pieces.extend(self.sent(demo));
        let log = std::fs::read_to_string(&self.log)?;
        ensure!(["CLAIM", "paired"].iter().all(|word| log.contains(word)), "no log: {log}");
        pieces.push(piece(Tap::Relay, "the relay's log", log));
        let relay = demo.relay.replace("ws://", "http://").replace("/ws", "");
        let metrics = Reply::to("GET", &relay, "/metrics", "").await?;
        ensure!(metrics.body.contains("saath_relay_"), "no metrics: {}", metrics.body);
        pieces.push(piece(Tap::Relay, "the relay's metrics", metrics.body));
        Ok(pieces)
    }

    /// What the page's own taps have.
    pub(super) async fn of_page(
        &mut self,
        session: &Session,
        vectors: &Vectors,
    ) -> Result<Vec<Piece>> {
        let taken = session.customer.eval("return kit.take()", json!([])).await?;
        let texts = |name: &str| -> Vec<String> {
            let list = taken[name].as_array().map_or(&[][..], Vec::as_slice);
            list.iter().filter_map(|text| text.as_str().map(str::to_owned)).collect()
        };
        let plains = texts("plains").iter().map(|hex| unhex(hex)).collect::<Result<Vec<_>>>()?;
        let mut pieces = self.messages.pieces(&plains)?;
        pieces.push(piece(Tap::Page, "console of the customer", texts("said").join("\n")));
        // A page that went may have sent it only now.
        let parting = vectors.parting();
        pieces.extend(Messages::default().pieces(&parting.plains)?);
        pieces.push(piece(Tap::Page, "console of a page that went", parting.said.join("\n")));
        Ok(pieces)
    }

    /// The page is about to go: what it still says and seals is sent to the test.
    pub(super) async fn part(&mut self, session: &Session, vectors: &Vectors) -> Result<()> {
        session.customer.eval("kit.leave()", json!([])).await?;
        let pieces = self.of_page(session, vectors).await?;
        self.put_by(pieces);
        self.messages = Messages::default();
        Ok(())
    }

    /// The agent's document with all that is in it, and what a screen reader has of it, once it has
    /// `word`.
    pub(super) async fn of_replica(&self, session: &Session, word: &str) -> Result<Vec<Piece>> {
        let held = session.agent.eval(HELD, json!([])).await?;
        let held = held.as_str().context("no document")?.to_owned();
        let read = until("the accessibility tree", async || {
            let read = match session.agent.engine() {
                Engine::Firefox => spoken_in_firefox(&session.agent).await?,
                _ => spoken_in_chromium(&session.agent).await?,
            };
            ensure!(read.contains(word), "{} bytes without {word}", read.len());
            Ok(read)
        })
        .await;
        Ok(vec![
            piece(Tap::Replica, "the agent's document", held),
            piece(Tap::Replica, "the agent's accessibility tree", read),
        ])
    }

    /// What was taken already goes with what is taken next.
    pub(super) fn put_by(&mut self, pieces: Vec<Piece>) {
        self.parted.extend(pieces);
    }

    /// The next session begins with nothing under way.
    pub(super) fn forget(&mut self) {
        (self.messages, self.parted) = (Messages::default(), Vec::new());
    }

    /// What both browsers have asked for and said in sockets.
    pub(super) fn sent(&self, demo: &Demo) -> Vec<Piece> {
        let of = |whose: &str, sent: Vec<Sent>| {
            // Which page asks is told with the request.
            let own = [format!("GET {}/", demo.portal), "GET http://other.example/".to_owned()];
            let whose = whose.to_owned();
            sent.into_iter().filter(|sent| !sent.what.contains("/vectors/tap/")).map(move |sent| {
                let own = own.iter().any(|start| sent.what.starts_with(start));
                let what = format!("{} by the {whose}", sent.what);
                Piece { tap: Tap::Network, what, bytes: sent.bytes, own }
            })
        };
        of("customer", self.customer.take()).chain(of("agent", self.agent.take())).collect()
    }
}

impl Messages {
    fn pieces(&mut self, plains: &[Vec<u8>]) -> Result<Vec<Piece>> {
        let mut pieces = Vec::new();
        for plain in plains {
            pieces.push(piece(Tap::Seal, "a plaintext", plain.clone()));
            if let Some(message) = self.push(plain)? {
                pieces.push(piece(Tap::Seal, "a message", message));
            }
        }
        Ok(pieces)
    }
}

pub(super) fn piece(tap: Tap, what: &str, bytes: impl Into<Vec<u8>>) -> Piece {
    Piece { tap, what: what.to_owned(), bytes: bytes.into(), own: false }
}

async fn spoken_in_chromium(page: &Page) -> Result<String> {
    let mut frames =
        vec![page.driver.cdp("Page.getFrameTree", json!({})).await?["frameTree"].take()];
    let mut all = String::new();
    while let Some(mut frame) = frames.pop() {
        let asked = json!({ "frameId": frame["frame"]["id"] });
        // A frame may be gone by now.
        if let Ok(tree) = page.driver.cdp("Accessibility.getFullAXTree", asked).await {
            for node in tree["nodes"].as_array().into_iter().flatten() {
                all += &format!(
                    "{}\n",
                    json!([node["name"], node["value"], node["description"], node["properties"]])
                );
            }
        }
        if let Value::Array(children) = frame["childFrames"].take() {
            frames.extend(children);
        }
    }
    Ok(all)
}

async fn spoken_in_firefox(page: &Page) -> Result<String> {
    page.driver.send("moz/context", Some(json!({ "context": "chrome" }))).await?;
    let read = page.eval(SPOKEN, json!([])).await;
    page.driver.send("moz/context", Some(json!({ "context": "content" }))).await?;
    Ok(read?.as_str().unwrap_or_default().to_owned())
}

/// All that a browser tells screen readers of the page in front.
const SPOKEN: &str = "
const { gBrowser } = window;
// It is there as long as somebody holds it.
const service = window.saathSpoken ??= Cc['@mozilla.org/accessibilityService;1'].getService(Ci.nsIAccessibilityService);
const words = [];
const walk = (node) => {
  const part = (name) => { try { return node[name]; } catch { return ''; } };
  words.push([part('name'), part('value'), part('description')].join(' | '));
  try { node.attributes && words.push(...[...node.attributes.enumerate()].map(({ key, value }) => `${key}=${value}`)); } catch {}
  for (let child = node.firstChild; child; child = child.nextSibling) walk(child);
};
const root = service.getAccessibleFor(gBrowser.selectedBrowser);
if (root) walk(root);
return words.join('\\n')";

/// All of the console's document: markup, live values, shadow roots, frames, style sheets.
const HELD: &str = "
const parts = [];
const take = (root) => {
  parts.push(root.innerHTML ?? root.documentElement.outerHTML, root.title ?? '');
  // Of elements that follow each other, as a person reads them.
  parts.push((root.documentElement ?? root).textContent);
  for (const sheet of [...root.styleSheets, ...(root.adoptedStyleSheets ?? [])])
    for (const rule of sheet.cssRules) parts.push(rule.cssText);
  for (const e of root.querySelectorAll('*')) {
    for (const name of ['value', 'defaultValue', 'text', 'label', 'title', 'placeholder'])
      if (typeof e[name] === 'string') parts.push(e[name]);
    if (e.shadowRoot) take(e.shadowRoot);
    if (e.contentDocument?.documentElement) take(e.contentDocument);
  }
};
take(document);
return parts.join('\\n')";

/// What a page has left in its browser.
const KEPT: &str = "
const kept = { cookie: document.cookie, local: { ...localStorage }, session: { ...sessionStorage }, databases: {} };
for (const { name } of await indexedDB.databases()) {
  const database = await new Promise((done, failed) => {
    const open = indexedDB.open(name);
    open.onsuccess = () => done(open.result);
    open.onerror = open.onblocked = () => failed(open.error);
  });
  for (const store of database.objectStoreNames) {
    const all = await new Promise((done) => {
      const wanted = database.transaction(store).objectStore(store);
      const entries = [];
      wanted.openCursor().onsuccess = ({ target: { result } }) => {
        if (!result) return done(entries);
        entries.push([result.key, result.value]);
        result.continue();
      };
    });
    const plain = async (value) => {
      if (value instanceof Blob) return plain(await value.arrayBuffer());
      if (value instanceof ArrayBuffer) return plain(new Uint8Array(value));
      if (ArrayBuffer.isView(value)) return String.fromCharCode(...new Uint8Array(value.buffer).slice(0, 100000));
      if (Array.isArray(value)) return Promise.all(value.map(plain));
      if (value && typeof value === 'object')
        return Object.fromEntries(await Promise.all(Object.entries(value).map(async ([key, value]) => [key, await plain(value)])));
      return value;
    };
    kept.databases[`${name}/${store}`] = await plain(all);
  }
  database.close();
}
return kept";
