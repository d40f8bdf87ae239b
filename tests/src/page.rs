//! One browser with one page: what a person sees of it and does to it.
//!
//! Clicks and keys go through WebDriver's input, so that the page gets trusted events.

use std::path::PathBuf;

use anyhow::{Context, Result};
use fantoccini::Locator;
use fantoccini::actions::{InputSource, MOUSE_BUTTON_LEFT, MouseActions, PointerAction};
use serde_json::{Value, json};

use crate::demo;
use crate::driver::{Driver, Engine, Tap};
use crate::proxy::Proxy;

/// Width and height of the page in CSS pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Viewport(pub u32, pub u32);

/// A small laptop.
pub const LAPTOP: Viewport = Viewport(1280, 800);
/// A common phone.
pub const PHONE: Viewport = Viewport(390, 844);

/// A browser and the page in it; both are gone when dropped.
pub struct Page {
    pub(crate) driver: Driver,
    pub(crate) engine: Engine,
    name: &'static str,
}

impl Page {
    /// Starts a browser; `name` says whose it is, in screenshots.
    ///
    /// # Errors
    /// When the browser or its driver does not start.
    pub async fn start(engine: Engine, name: &'static str) -> Result<Self> {
        Self::open(engine, name, Tap::No).await
    }

    /// As [`Page::start`], and what is asked for is noted for [`Page::requests`].
    ///
    /// # Errors
    /// As [`Page::start`].
    pub async fn tapped(engine: Engine, name: &'static str) -> Result<Self> {
        Self::open(engine, name, Tap::Requests).await
    }

    /// As [`Page::start`], with all that it sends going through a proxy.
    ///
    /// # Errors
    /// As [`Page::start`].
    pub async fn through(engine: Engine, name: &'static str, proxy: &Proxy) -> Result<Self> {
        Self::open(engine, name, Tap::Proxy(proxy.port)).await
    }

    async fn open(engine: Engine, name: &'static str, tap: Tap) -> Result<Self> {
        let page = Self { driver: Driver::start(engine, tap).await?, engine, name };
        page.resize(LAPTOP).await?;
        Ok(page)
    }

    /// Loads a page and waits for its `load`.
    ///
    /// # Errors
    /// When it cannot be loaded.
    pub async fn goto(&self, url: &str) -> Result<()> {
        Ok(self.driver.client.goto(url).await?)
    }

    /// The address shown.
    ///
    /// # Errors
    /// When the browser is gone.
    pub async fn url(&self) -> Result<String> {
        Ok(self.driver.client.current_url().await?.into())
    }

    /// Gives the page this size. Firefox has no narrower window than 500 px.
    ///
    /// # Errors
    /// When the browser is gone.
    pub async fn resize(&self, Viewport(width, height): Viewport) -> Result<()> {
        match self.engine {
            Engine::Chromium => {
                let phone = width < 600;
                let metrics = json!({
                    "width": width, "height": height, "mobile": phone,
                    "deviceScaleFactor": if phone { 2 } else { 1 },
                });
                self.driver.cdp("Emulation.setDeviceMetricsOverride", metrics).await?;
            }
            Engine::Firefox | Engine::WebKit => {
                let chrome =
                    "return [outerWidth - innerWidth, outerHeight - innerHeight]".to_owned();
                let chrome = self.eval(&chrome, json!([])).await?;
                let side = |i: usize| chrome[i].as_u64().and_then(|px| u32::try_from(px).ok());
                let (w, h) = (side(0).unwrap_or(0), side(1).unwrap_or(0));
                self.driver.client.set_window_size(width + w, height + h).await?;
            }
        }
        Ok(())
    }

    /// Runs a function body in the page with `arguments`, and gives back what it returns.
    ///
    /// # Errors
    /// When it throws.
    pub async fn eval(&self, body: &str, arguments: Value) -> Result<Value> {
        let Value::Array(arguments) = arguments else { anyhow::bail!("arguments are an array") };
        Ok(self.driver.client.execute(body, arguments).await?)
    }

    /// Runs the body of an async function in the page with `argument`, and gives back what it
    /// returns in the end.
    ///
    /// # Errors
    /// When it throws.
    pub async fn eval_async(&self, body: &str, argument: Value) -> Result<Value> {
        let body = format!(
            "const [argument, done] = arguments;
             (async () => {{ {body} }})().then(
               value => done({{ value: value ?? null }}),
               error => done({{ error: `${{error}} ${{error?.stack ?? ''}}` }}))"
        );
        let done = self.driver.client.execute_async(&body, vec![argument]).await?;
        match done["error"].as_str() {
            Some(error) => anyhow::bail!("{error}"),
            None => Ok(done["value"].clone()),
        }
    }

    /// The browser's tabs, the oldest first, whatever opened them.
    ///
    /// # Errors
    /// When the browser is gone.
    pub async fn tabs(&self) -> Result<Vec<String>> {
        let handles = self.driver.send("window/handles", None).await?;
        let handles = handles.as_array().map_or(&[][..], Vec::as_slice);
        Ok(handles.iter().filter_map(|handle| handle.as_str().map(str::to_owned)).collect())
    }

    /// Goes to a tab, with all that comes after this.
    ///
    /// # Errors
    /// When it was closed.
    pub async fn switch_to(&self, tab: &str) -> Result<()> {
        self.driver.send("window", Some(json!({ "handle": tab }))).await?;
        self.resize(LAPTOP).await
    }

    /// Which browser this is.
    #[must_use]
    pub fn engine(&self) -> Engine {
        self.engine
    }

    /// The visible text of the first element that matches.
    ///
    /// # Errors
    /// When there is none.
    pub async fn text(&self, css: &str) -> Result<String> {
        let body = "const e = document.querySelector(arguments[0]); return e && e.innerText";
        let text = self.eval(body, json!([css])).await?;
        Ok(text.as_str().with_context(|| format!("no {css}"))?.to_owned())
    }

    /// The value of a form field.
    ///
    /// # Errors
    /// When there is none.
    pub async fn value(&self, css: &str) -> Result<String> {
        let body = "const e = document.querySelector(arguments[0]); return e && e.value";
        let value = self.eval(body, json!([css])).await?;
        Ok(value.as_str().with_context(|| format!("no {css}"))?.to_owned())
    }

    /// Scrolls the element into view and clicks its middle, as a hand would.
    ///
    /// # Errors
    /// When there is none, or something lies over it.
    pub async fn click(&self, css: &str) -> Result<()> {
        let body = format!(
            "const e = document.querySelector(arguments[0]); if (!e) return null; {MIDDLE}; \
             return middle(e, document)"
        );
        let spot = self.eval(&body, json!([css])).await?;
        self.press(css, &spot).await
    }

    /// Clicks the first button or link that says this.
    ///
    /// # Errors
    /// As [`Page::click`].
    pub async fn press_text(&self, text: &str) -> Result<()> {
        let body = format!(
            "const e = [...document.querySelectorAll('button, a')].find(
               e => e.innerText.includes(arguments[0]) && e.getClientRects().length);
             if (!e) return null; {MIDDLE}; return middle(e, document)"
        );
        let spot = self.eval(&body, json!([text])).await?;
        self.press(text, &spot).await
    }

    /// Types into the element as a keyboard would, after what is there already.
    ///
    /// # Errors
    /// When there is none, or it takes no text.
    pub async fn type_into(&self, css: &str, text: &str) -> Result<()> {
        Ok(self.driver.client.find(Locator::Css(css)).await?.send_keys(text).await?)
    }

    /// Presses keys wherever the focus is.
    ///
    /// # Errors
    /// When the browser is gone.
    pub async fn keys(&self, text: &str) -> Result<()> {
        let keys: Vec<Value> = text
            .chars()
            .flat_map(|key| {
                [
                    json!({ "type": "keyDown", "value": key }),
                    json!({ "type": "keyUp", "value": key }),
                ]
            })
            .collect();
        let body = json!({ "actions": [{ "type": "key", "id": "keyboard", "actions": keys }] });
        self.driver.send("actions", Some(body)).await?;
        Ok(())
    }

    /// Presses a key while another is held down.
    ///
    /// # Errors
    /// When the browser is gone.
    pub async fn chord(&self, held: char, key: char) -> Result<()> {
        let keys = json!([
            { "type": "keyDown", "value": held },
            { "type": "keyDown", "value": key },
            { "type": "keyUp", "value": key },
            { "type": "keyUp", "value": held },
        ]);
        let body = json!({ "actions": [{ "type": "key", "id": "keyboard", "actions": keys }] });
        self.driver.send("actions", Some(body)).await?;
        Ok(())
    }

    /// Waits until nothing scrolls any more: a wheel turned meanwhile would go nowhere.
    ///
    /// # Errors
    /// When the browser is gone.
    pub async fn until_still(&self) -> Result<()> {
        let body = "
            const done = arguments[arguments.length - 1];
            let last, same = 0;
            requestAnimationFrame(function look() {
              same = last === scrollY ? same + 1 : 0;
              last = scrollY;
              same < 4 ? requestAnimationFrame(look) : done();
            })";
        self.driver.client.execute_async(body, vec![]).await?;
        Ok(())
    }

    /// Turns the wheel by this many pixels with the mouse at a spot of the viewport.
    ///
    /// # Errors
    /// When it lies outside.
    pub async fn wheel_at(&self, x: f64, y: f64, down: i32) -> Result<()> {
        self.until_still().await?;
        #[expect(clippy::cast_possible_truncation, reason = "pixels of a screen")]
        let turn = json!({
            "type": "scroll", "x": x as i64, "y": y as i64, "deltaX": 0, "deltaY": down,
        });
        let body = json!({ "actions": [{ "type": "wheel", "id": "wheel", "actions": [turn] }] });
        self.driver.send("actions", Some(body)).await?;
        Ok(())
    }

    /// Presses the left button at a spot of the viewport, in CSS pixels.
    ///
    /// # Errors
    /// When it lies outside.
    pub async fn click_at(&self, x: f64, y: f64) -> Result<()> {
        let mouse = MouseActions::new("mouse".to_owned())
            .then(PointerAction::MoveTo { duration: None, x, y })
            .then(PointerAction::Down { button: MOUSE_BUTTON_LEFT })
            .then(PointerAction::Up { button: MOUSE_BUTTON_LEFT });
        Ok(self.driver.client.perform_actions(mouse).await?)
    }

    /// Moves the mouse there.
    ///
    /// # Errors
    /// When it lies outside.
    pub async fn hover_at(&self, x: f64, y: f64) -> Result<()> {
        let mouse = MouseActions::new("mouse".to_owned()).then(PointerAction::MoveTo {
            duration: None,
            x,
            y,
        });
        Ok(self.driver.client.perform_actions(mouse).await?)
    }

    /// Says no to what the page asks with `alert`, `confirm` or `prompt`.
    ///
    /// # Errors
    /// When it asks nothing.
    pub async fn dismiss(&self) -> Result<()> {
        Ok(self.driver.client.dismiss_alert().await?)
    }

    /// Spreads two fingers until the page is this much larger; Chromium as a phone only.
    ///
    /// # Errors
    /// When the browser cannot.
    pub async fn pinch(&self, scale: f64) -> Result<()> {
        let scale = json!({ "pageScaleFactor": scale });
        self.driver.cdp("Emulation.setPageScaleFactor", scale).await?;
        Ok(())
    }

    /// Puts the left button down where the mouse is, or lets it go.
    ///
    /// # Errors
    /// When the browser is gone.
    pub async fn button(&self, down: bool) -> Result<()> {
        let button = MOUSE_BUTTON_LEFT;
        let action =
            if down { PointerAction::Down { button } } else { PointerAction::Up { button } };
        let mouse = MouseActions::new("mouse".to_owned()).then(action);
        Ok(self.driver.client.perform_actions(mouse).await?)
    }

    /// Writes `target/screens/<browser>/<step>-<name>.png`.
    ///
    /// # Errors
    /// When there is no picture, or no room for it.
    pub async fn screenshot(&self, step: &str) -> Result<PathBuf> {
        let dir = demo::target()?.join("screens").join(self.engine.name());
        std::fs::create_dir_all(&dir)?;
        let file = dir.join(format!("{step}-{}.png", self.name));
        std::fs::write(&file, self.driver.client.screenshot().await?)?;
        Ok(file)
    }

    /// What is on the screen, as a PNG file.
    ///
    /// # Errors
    /// When the browser is gone.
    pub async fn picture(&self) -> Result<Vec<u8>> {
        Ok(self.driver.client.screenshot().await?)
    }

    /// Begins a profile of the page's scripts, sampled ten times a millisecond, or ends it and gives it
    /// back; only Chromium has one.
    ///
    /// # Errors
    /// When the browser is gone, or another one.
    pub async fn profile(&self, begins: bool) -> Result<Value> {
        if !begins {
            return Ok(self.driver.cdp("Profiler.stop", json!({})).await?["profile"].take());
        }
        self.driver.cdp("Profiler.enable", json!({})).await?;
        self.driver.cdp("Profiler.setSamplingInterval", json!({ "interval": 100 })).await?;
        self.driver.cdp("Profiler.start", json!({})).await
    }

    /// What the page has written to its console since the last call; only Chromium tells.
    ///
    /// # Errors
    /// When the browser is gone.
    pub async fn log(&self) -> Result<Vec<String>> {
        if self.engine != Engine::Chromium {
            return Ok(Vec::new());
        }
        let log = self.driver.send("se/log", Some(json!({ "type": "browser" }))).await?;
        let lines = log.as_array().map_or(&[][..], Vec::as_slice);
        Ok(lines.iter().map(|line| format!("{} {}", line["level"], line["message"])).collect())
    }

    /// The addresses of all that a [`Page::tapped`] has asked for since the last call, in frames and
    /// sockets, too; only Chromium tells.
    ///
    /// # Errors
    /// When the browser is gone.
    pub async fn requests(&self) -> Result<Vec<String>> {
        if self.engine != Engine::Chromium {
            return Ok(Vec::new());
        }
        let log = self.driver.send("se/log", Some(json!({ "type": "performance" }))).await?;
        let entries = log.as_array().map_or(&[][..], Vec::as_slice);
        let mut asked = Vec::new();
        for entry in entries {
            let entry: Value = serde_json::from_str(entry["message"].as_str().unwrap_or("{}"))?;
            let message = &entry["message"];
            let url = match message["method"].as_str() {
                Some("Network.requestWillBeSent") => &message["params"]["request"]["url"],
                Some("Network.webSocketCreated") => &message["params"]["url"],
                _ => continue,
            };
            asked.extend(url.as_str().map(str::to_owned));
        }
        Ok(asked)
    }

    /// Clicks a spot that [`MIDDLE`] gave.
    pub(crate) async fn press(&self, what: &str, spot: &Value) -> Result<()> {
        if let Some(over) = spot["over"].as_str() {
            anyhow::bail!("{what} is covered by {over}");
        }
        let (x, y) = spot["x"]
            .as_f64()
            .zip(spot["y"].as_f64())
            .with_context(|| format!("there is no {what}"))?;
        self.click_at(x, y).await
    }
}

/// `middle(element, root)`: brings it into view and says where it can be clicked.
pub(crate) const MIDDLE: &str = "
const middle = (element, root) => {
  element.scrollIntoView({ block: 'center', inline: 'center', behavior: 'instant' });
  const box = element.getBoundingClientRect();
  const x = Math.round(box.x + box.width / 2), y = Math.round(box.y + box.height / 2);
  const top = root.elementFromPoint(x, y);
  if (top && (element.contains(top) || top.contains(element))) return { x, y };
  return { over: top ? top.outerHTML.slice(0, 120) : 'nothing: it is off the screen' };
}";
