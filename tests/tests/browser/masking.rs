//! What never leaves: searched for in all that the agent's browser holds of the page.

use anyhow::{Result, ensure};
use saath_tests::Session;
use serde_json::json;

/// On the pages of the portal, or typed by the journey. Without spaces: see `DUMP`.
const SECRETS: &[&str] = &[
    "ABCPV1234D",
    "999941057058",
    "50210047318693",
    "11780239906415",
    "NLGX0004321",
    "AshaVerma",
    "RajendraVerma",
    "1988-08-14",
    "14August1988",
    "919800000456",
    "9800000456",
    "asha.verma@example.com",
    "Gulmohar",
    "DeccanPrecision",
    "PNED04321F",
    "482913570120626",
    "318264750190725",
    "Sup3r-Geheim#42",
    "N0ch-Geheimer#43",
    "493817",
];

/// Fails if the agent's browser holds a secret.
pub(crate) async fn assert_nothing_leaks(session: &Session, page: &str) -> Result<()> {
    let held = session.replica(DUMP).await?;
    let held = held.as_str().unwrap_or_default();
    ensure!(held.len() > 2_000, "{page}: the replica is nearly empty: {held}");
    for secret in SECRETS {
        let secret = secret.to_lowercase();
        if let Some(at) = held.find(&secret) {
            let around: String =
                held[..at].chars().rev().take(200).collect::<Vec<_>>().iter().rev().collect();
            anyhow::bail!("{page}: {secret} is in the replica, after {around}");
        }
    }
    // The test itself can find what is there.
    let body = format!("const frame = null, doc = document; {DUMP}");
    let page_holds = session.customer.eval(&body, json!([])).await?;
    let page_holds = page_holds.as_str().unwrap_or_default();
    ensure!(
        SECRETS.iter().any(|secret| page_holds.contains(&secret.to_lowercase())),
        "{page}: no secret on the page itself"
    );
    Ok(())
}

/// All of a document: markup, live values, shadow roots, style sheets; no spaces, no case.
const DUMP: &str = "
const parts = [];
const take = root => {
  for (const sheet of [...(root.styleSheets ?? []), ...(root.adoptedStyleSheets ?? [])])
    for (const rule of sheet.cssRules) parts.push(rule.cssText);
  for (const e of root.querySelectorAll('*')) {
    for (const name of ['value', 'defaultValue', 'text', 'label', 'title'])
      if (typeof e[name] === 'string') parts.push(e[name]);
    if (e.shadowRoot) { parts.push(e.shadowRoot.innerHTML); take(e.shadowRoot); }
  }
};
parts.push(doc.documentElement.outerHTML, doc.documentElement.textContent, doc.title,
  frame ? document.querySelector('.strip').outerHTML : '');
take(doc);
return parts.join('\\n').replace(/\\s/g, '').toLowerCase()";
