//! Into the customer's widget: its shadow root is closed to the page, and so to scripts that a
//! driver runs there.
//!
//! Each driver has its own way in. Chromium's debugging protocol sees closed roots; geckodriver
//! gives them out as WebDriver's shadow root references.

use anyhow::{Context, Result};
use serde_json::{Value, json};

use crate::driver::Engine;
use crate::page::{MIDDLE, Page};

/// The key of a shadow root reference, from the WebDriver standard.
const SHADOW: &str = "shadow-6066-11e4-a52e-4f735466cecf";
const HOST: &str = "saath-ui";

/// Finds a control by its `data-do`, its accessible name or its text, or the first of a kind.
const FIND: &str = "
const find = (root, name) => {
  const named = e => e.getAttribute('aria-label') === name || e.innerText.trim() === name;
  const all = [...root.querySelectorAll('button, a, input, summary, [role=button], [data-do]')];
  const seen = all.filter(e => e.getClientRects().length > 0);
  return seen.find(e => e.dataset.do === name) ?? seen.find(named) ??
    seen.find(e => e.localName === name);
}";

impl Page {
    /// The visible text of the widget; nothing where there is no widget.
    ///
    /// # Errors
    /// When the browser is gone.
    pub async fn widget_text(&self) -> Result<Option<String>> {
        let body = "return [...root.children].map(e => e.innerText ?? '').join('\\n').trim()";
        let text = self.in_shadow(HOST, body, Value::Null).await?;
        Ok(text.map(|text| text.as_str().unwrap_or_default().to_owned()))
    }

    /// Clicks a control of the widget, found by `data-do`, accessible name or text.
    ///
    /// # Errors
    /// When there is none, or something lies over it.
    pub async fn press_in_widget(&self, name: &str) -> Result<()> {
        self.press_in(HOST, name).await
    }

    /// Clicks a control in the closed shadow root under the first `host` element.
    ///
    /// # Errors
    /// As [`Page::press_in_widget`].
    pub async fn press_in(&self, host: &str, name: &str) -> Result<()> {
        let body = format!(
            "{FIND}; {MIDDLE}; const e = find(root, argument); return e ? middle(e, root) : null"
        );
        let spot = self
            .in_shadow(host, &body, json!(name))
            .await?
            .with_context(|| format!("there is no <{host}>"))?;
        self.press(&format!("`{name}` in <{host}>"), &spot).await
    }

    /// Runs a function body with `root`, the shadow root under the first `host` element, and
    /// `argument`. Nothing where there is no such element, or it has no shadow root.
    ///
    /// # Errors
    /// When the script throws.
    pub async fn in_shadow(
        &self,
        host: &str,
        body: &str,
        argument: Value,
    ) -> Result<Option<Value>> {
        match self.engine {
            Engine::Chromium => self.chromium(host, body, argument).await,
            Engine::Firefox | Engine::WebKit => self.standard(host, body, argument).await,
        }
    }

    async fn chromium(&self, host: &str, body: &str, argument: Value) -> Result<Option<Value>> {
        let driver = &self.driver;
        let document =
            driver.cdp("DOM.getDocument", json!({ "depth": -1, "pierce": true })).await?;
        let Some(root) = shadow_of(&document["root"], host) else { return Ok(None) };
        let object = driver.cdp("DOM.resolveNode", json!({ "backendNodeId": root })).await?;
        let call = json!({
            "objectId": object["object"]["objectId"],
            "functionDeclaration": format!("function (argument) {{ const root = this; {body} }}"),
            "arguments": [{ "value": argument }],
            "returnByValue": true,
        });
        let answer = driver.cdp("Runtime.callFunctionOn", call).await?;
        if !answer["exceptionDetails"].is_null() {
            anyhow::bail!("{}", answer["exceptionDetails"]);
        }
        Ok(Some(answer["result"]["value"].clone()))
    }

    async fn standard(&self, host: &str, body: &str, argument: Value) -> Result<Option<Value>> {
        let found = self
            .driver
            .send("elements", Some(json!({ "using": "css selector", "value": host })))
            .await?;
        let Some(element) = found[0].as_object().and_then(|ids| ids.values().next()) else {
            return Ok(None);
        };
        let element = element.as_str().context("an element id")?;
        let root = match self.driver.send(&format!("element/{element}/shadow"), None).await {
            Ok(root) => root,
            // It went while we asked, or was never filled.
            Err(error)
                if ["stale element", "no such shadow root"]
                    .iter()
                    .any(|kind| format!("{error:?}").contains(kind)) =>
            {
                return Ok(None);
            }
            Err(error) => return Err(error),
        };
        let body = format!("const [root, argument] = arguments; {body}");
        Ok(Some(self.eval(&body, json!([{ SHADOW: root[SHADOW] }, argument])).await?))
    }
}

/// The backend id of the shadow root under the first `host` element.
fn shadow_of(node: &Value, host: &str) -> Option<Value> {
    if node["localName"] == host {
        return node["shadowRoots"][0].get("backendNodeId").cloned();
    }
    let under = |name: &str| node[name].as_array().map_or(&[][..], Vec::as_slice);
    under("children").iter().chain(under("shadowRoots")).find_map(|child| shadow_of(child, host))
}
