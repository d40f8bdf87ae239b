//! The pages of the vectors, composed from the fixtures and put into the portal of the demo.
//!
//! They have the portal's origin, and so its keys and its relay, and the package with the self-test
//! where the portal has what users run. All else is the demo's.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Context, Result};

use super::fixture::{Fixture, folder};
use crate::Demo;
use crate::demo::built;
use crate::proxy::{Answer, Request, Site};

/// What a page sent while it went, by its tap.
#[derive(Debug, Default)]
pub(super) struct Parting {
    /// Plaintexts of records.
    pub(super) plains: Vec<Vec<u8>>,
    /// Words for the console.
    pub(super) said: Vec<String>,
}

/// The site, and what comes to it.
pub(super) struct Vectors {
    pages: BTreeMap<String, String>,
    portal: String,
    parting: Mutex<Parting>,
}

impl Vectors {
    /// The pages of these fixtures in the portal of this demo.
    ///
    /// # Errors
    /// When nothing was built.
    pub(super) fn new(fixtures: &[Fixture], demo: &Demo) -> Result<Arc<Self>> {
        let mut by_page: BTreeMap<&str, Vec<&Fixture>> = BTreeMap::new();
        for fixture in fixtures {
            for page in fixture.pages() {
                by_page.entry(page).or_default().push(fixture);
            }
        }
        // To go away to.
        by_page.entry("elsewhere").or_default();
        let pages = by_page
            .into_iter()
            .map(|(name, fixtures)| (name.to_owned(), compose(name, &fixtures, demo)))
            .collect();
        let portal = demo.portal.clone();
        Ok(Arc::new(Self { pages, portal, parting: Mutex::default() }))
    }

    /// As the proxy asks it.
    #[must_use]
    pub(super) fn site(self: &Arc<Self>) -> Arc<Site> {
        let vectors = Arc::clone(self);
        Arc::new(move |request: &Request| vectors.answer(request))
    }

    /// What pages have sent while they went, since the last call.
    #[must_use]
    pub(super) fn parting(&self) -> Parting {
        std::mem::take(&mut self.parting.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// None for what is the demo's.
    fn answer(&self, request: &Request) -> Option<Answer> {
        let url = &request.url;
        // Another site has nothing but what frames and pictures of other origins need.
        let elsewhere = url.host_str() == Some("other.example");
        if !elsewhere && url.origin().ascii_serialization() != self.portal {
            return None;
        }
        let names: Vec<&str> = url.path_segments()?.collect();
        let body = match names.as_slice() {
            ["vectors", "tap", kind] => {
                self.note(kind, &request.body);
                Some(Vec::new())
            }
            ["vectors", "page", name, ..] => self.pages.get(*name).cloned().map(String::into_bytes),
            ["vectors", "made", .., name] if name.ends_with(".woff2") => {
                std::fs::read(folder().join("../fidelity/parts/blocks.woff2")).ok()
            }
            ["vectors", "made", .., name] => Some(made(name, url.query().unwrap_or_default())),
            ["vectors", name] => std::fs::read(folder().join(name)).ok(),
            ["saath", rest @ ..] => {
                let file = built().ok()?.join("npm-test").join(rest.join("/"));
                std::fs::read(file).ok()
            }
            _ => return None,
        };
        let Some(body) = body else {
            return Some(Answer { status: "404 Not Found", ..Answer::default() });
        };
        let name = names.last().copied().unwrap_or_default();
        // Such a page the browser may keep for *Back*.
        let kept = names.contains(&"background") || names.contains(&"elsewhere");
        let headers = vec![
            ("content-type", mime(if names.contains(&"page") { ".html" } else { name }).to_owned()),
            ("cache-control", if kept { "no-cache" } else { "no-store" }.to_owned()),
            ("access-control-allow-origin", "*".to_owned()),
        ];
        Some(Answer { status: "200 OK", headers, body })
    }

    fn note(&self, kind: &str, body: &[u8]) {
        let text = String::from_utf8_lossy(body).into_owned();
        let mut parting = self.parting.lock().unwrap_or_else(PoisonError::into_inner);
        match kind {
            "plains" => parting.plains.extend(unhex(&text)),
            _ => parting.said.push(text),
        }
    }
}

/// Bytes that a script wrote as hexadecimal digits.
///
/// # Errors
/// When it did not.
pub(super) fn unhex(text: &str) -> Result<Vec<u8>> {
    let digit = |at| text.get(at..at + 2).context("half a byte");
    (0..text.len()).step_by(2).map(|at| Ok(u8::from_str_radix(digit(at)?, 16)?)).collect()
}

fn compose(name: &str, fixtures: &[&Fixture], demo: &Demo) -> String {
    // A policy that is none, or not there, is a page's own.
    let policy = match name {
        "policy-none" => String::new(),
        _ if super::hides_all(name) => format!(" data-saath-policy=\"/vectors/{name}.json\""),
        _ => " data-saath-policy=\"/vectors/policy.json\"".to_owned(),
    };
    let sections: String = fixtures.iter().map(|fixture| fixture.html()).collect();
    let control = super::controls(name);
    format!(
        "<!doctype html>
<html lang=\"en\">
<meta charset=\"utf-8\">
<meta name=\"viewport\" content=\"width=device-width\">
<script src=\"/saath/early.js\"></script>
<script src=\"/vectors/kit.js\"></script>
<script>kit.relay = \"{relay}\"</script>
<link rel=\"stylesheet\" href=\"/vectors/kit.css\">
<style id=\"beacon-style\">#beacon-text {{ order: 1 }}</style>
<link rel=\"icon\" href=\"data:,\">
<section data-saath-show>
<p id=\"beacon-text\"></p>
<p id=\"beacon-turn\"></p>
<input id=\"beacon-value\">
<iframe id=\"beacon-frame\"></iframe>
</section>
<section data-control>
<p>{text}</p>
<input value=\"{value}\" data-saath-show>
</section>
<main>
{sections}</main>
<title>Vectors: {name}</title>
<script type=\"module\" src=\"/saath/loader.js\" data-saath-relay=\"{relay}\"{policy}
  data-saath-jwks=\"/.well-known/saath-jwks.json\"></script>
",
        relay = demo.relay,
        text = control.text,
        value = control.value,
    )
}

/// What fixtures load: a picture, a style sheet, a page that says what was asked of it.
fn made(name: &str, query: &str) -> Vec<u8> {
    let text = match name.rsplit('.').next() {
        Some("svg") => "<svg xmlns='http://www.w3.org/2000/svg' width='8' height='8'>\
            <rect width='8' height='8' fill='teal'/></svg>"
            .to_owned(),
        Some("css") => ".made { color: teal }".to_owned(),
        Some("vtt") => format!("WEBVTT\n\n00:00.000 --> 10:00.000\n{query}\n"),
        Some("html") => format!("<!doctype html><title>{query}</title><p>{query}</p>"),
        _ => query.to_owned(),
    };
    text.into_bytes()
}

fn mime(name: &str) -> &'static str {
    match name.rsplit('.').next() {
        Some("html") => "text/html; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("woff2") => "font/woff2",
        Some("css") => "text/css; charset=utf-8",
        Some("json") => "application/json",
        Some("svg") => "image/svg+xml",
        Some("vtt") => "text/vtt",
        Some("wasm") => "application/wasm",
        _ => "text/plain; charset=utf-8",
    }
}
