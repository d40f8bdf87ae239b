//! What only an audit asks of a browser: to let a script into any page, and a picture of all of one.

use anyhow::{Context, Result};
use serde_json::json;

use crate::driver::Engine;
use crate::page::Page;

impl Page {
    /// Lets scripts of ours into every page that is loaded from now on, whatever its content security
    /// policy says; in Firefox by an extension.
    pub(super) async fn set_aside_policies(&self) -> Result<()> {
        if self.engine == Engine::Chromium {
            self.driver.cdp("Page.setBypassCSP", json!({ "enabled": true })).await?;
            return Ok(());
        }
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/audit/firefox");
        let addon = json!({ "path": folder, "temporary": true });
        self.driver.send("moz/addon/install", Some(addon)).await.context("the extension")?;
        Ok(())
    }

    /// A picture of the page, so large in CSS pixels, also of what is scrolled away: a PNG file in
    /// base64.
    pub(super) async fn whole(&self, width: u64, height: u64) -> Result<String> {
        let file = match self.engine {
            Engine::Chromium => {
                let clip = json!({ "x": 0, "y": 0, "width": width, "height": height, "scale": 1 });
                let how = json!({ "captureBeyondViewport": true, "clip": clip });
                self.driver.cdp("Page.captureScreenshot", how).await?["data"].take()
            }
            _ => self.driver.send("moz/screenshot/full", None).await?,
        };
        Ok(file.as_str().context("a picture")?.to_owned())
    }
}
