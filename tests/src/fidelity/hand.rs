//! What a page's step wants done by a hand, which no script can do: hovering, pressing, typing.
//!
//! A step gives back one wish or a list: `{ hover: css }`, `{ click: css }`, `{ press: css }` (the
//! button stays down), `{ release: true }`, `{ leave: true }` (the mouse goes elsewhere),
//! `{ wheel: [css, pixels] }`, `{ keys: text }`, `{ size: [width, height] }`.

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};

use crate::page::Page;

/// Below the two frames.
const ELSEWHERE: (f64, f64) = (10.0, 780.0);

/// Does all of it, in order.
pub(super) async fn perform(page: &Page, wishes: &Value) -> Result<()> {
    let one = [wishes.clone()];
    let list = match wishes {
        Value::Array(list) => list.as_slice(),
        Value::Object(_) => &one,
        _ => &[],
    };
    for wish in list {
        let (name, value) =
            wish.as_object().and_then(|wish| wish.iter().next()).context("an empty wish")?;
        match name.as_str() {
            "hover" => {
                let (x, y) = spot(page, value).await?;
                page.hover_at(x, y).await?;
            }
            "click" => {
                let (x, y) = spot(page, value).await?;
                page.click_at(x, y).await?;
            }
            "press" => {
                let (x, y) = spot(page, value).await?;
                page.hover_at(x, y).await?;
                page.button(true).await?;
            }
            "release" => page.button(false).await?,
            "leave" => leave(page).await?,
            "wheel" => {
                let (x, y) = spot(page, &value[0]).await?;
                let pixels = value[1].as_i64().and_then(|p| i32::try_from(p).ok());
                page.wheel_at(x, y, pixels.context("pixels")?).await?;
            }
            "keys" => page.keys(value.as_str().context("keys are a text")?).await?,
            "size" => {
                let size = json!([value[0], value[1]]);
                page.eval("viewer.resize(...arguments)", size).await?;
            }
            other => bail!("no hand knows how to {other}"),
        }
    }
    Ok(())
}

/// Takes the mouse from the page.
pub(super) async fn leave(page: &Page) -> Result<()> {
    page.hover_at(ELSEWHERE.0, ELSEWHERE.1).await
}

async fn spot(page: &Page, css: &Value) -> Result<(f64, f64)> {
    let spot = page.eval("return viewer.spot(arguments[0])", json!([css])).await?;
    spot["x"].as_f64().zip(spot["y"].as_f64()).with_context(|| format!("no {css}"))
}
