//! The demo stands, and the harness can see and press what it will have to.

use anyhow::Result;
use saath_tests::{Demo, Engine, LAPTOP, PHONE, Page, Reply, until, until_eq};
use serde_json::json;

#[tokio::test]
async fn the_three_sites_open() -> Result<()> {
    let demo = Demo::start()?;
    let page = Page::start(Engine::from_env()?, "demo").await?;
    for (name, site) in [("portal", &demo.portal), ("crm", &demo.crm), ("console", &demo.console)] {
        for (size, viewport) in [("laptop", LAPTOP), ("phone", PHONE)] {
            page.resize(viewport).await?;
            page.goto(&format!("{site}/")).await?;
            until("a page with something on it", async || {
                let text = page.text("body").await?;
                anyhow::ensure!(!text.trim().is_empty(), "nothing");
                Ok::<_, anyhow::Error>(())
            })
            .await;
            page.screenshot(&format!("0-{name}-{size}")).await?;
        }
    }
    Ok(())
}

/// Chromium tells what was refused by a page's own CSP, what was not found, what was thrown.
#[tokio::test]
async fn no_page_complains() -> Result<()> {
    let demo = Demo::start()?;
    let page = Page::start(Engine::from_env()?, "demo").await?;
    let portal = ["", "profile", "itr", "returns", "security", "notices", "help"];
    let sites = portal
        .iter()
        .map(|name| match *name {
            "" => format!("{}/", demo.portal),
            name => format!("{}/{name}.html", demo.portal),
        })
        .chain([format!("{}/", demo.crm), format!("{}/", demo.console)]);
    for url in sites {
        page.goto(&url).await?;
        let complaints = page.log().await?;
        assert!(complaints.is_empty(), "{url}: {complaints:#?}");
    }
    Ok(())
}

#[tokio::test]
async fn every_answer_carries_the_headers_of_its_site() -> Result<()> {
    let demo = Demo::start()?;
    for (site, directives) in [
        (&demo.portal, &["script-src 'self' 'wasm-unsafe-eval'", "style-src 'self'"][..]),
        (&demo.crm, &["frame-ancestors 'none'"]),
        (
            &demo.console,
            &["default-src 'none'", "frame-src 'none'", "form-action 'none'", "base-uri 'none'"],
        ),
    ] {
        for path in ["/", "/nothing-here.html"] {
            let reply = Reply::to("GET", site, path, "").await?;
            assert_eq!(reply.status, if path == "/" { 200 } else { 404 }, "{site}{path}");
            let csp = reply.header("content-security-policy");
            for directive in directives {
                assert!(csp.split("; ").any(|d| d == *directive), "{directive} in {csp}");
            }
            assert_eq!(reply.header("x-content-type-options"), "nosniff");
            assert_eq!(reply.header("referrer-policy"), "no-referrer");
            assert_eq!(reply.header("cache-control"), "no-store");
        }
    }
    let module = Reply::to("GET", &demo.portal, "/saath/saath_bg.wasm", "").await?;
    assert_eq!(module.header("content-type"), "application/wasm");
    let escape = Reply::to("GET", &demo.portal, "/../../Cargo.toml", "").await?;
    assert_eq!(escape.status, 404);
    Ok(())
}

#[tokio::test]
async fn the_crm_mints_what_the_portal_pins() -> Result<()> {
    let demo = Demo::start()?;
    let token = demo.token("meera").await?;
    assert_eq!(token.split('~').count(), 3);
    let keys = Reply::to("GET", &demo.portal, "/.well-known/saath-jwks.json", "").await?;
    let keys: serde_json::Value = serde_json::from_str(&keys.body)?;
    assert_eq!(keys["keys"][0]["crv"], "P-256");
    Ok(())
}

#[tokio::test]
async fn a_relay_that_went_comes_back() -> Result<()> {
    let demo = Demo::start()?;
    let health = async || {
        let relay = demo.relay.replace("ws://", "http://").replace("/ws", "");
        Ok::<_, anyhow::Error>(Reply::to("GET", &relay, "/healthz", "").await?.status)
    };
    until_eq("the relay", 200, health).await;
    demo.stop_relay()?;
    until("the relay to be gone", async || match health().await {
        Err(_) => Ok(()),
        Ok(status) => Err(status),
    })
    .await;
    demo.start_relay()?;
    until_eq("the relay", 200, health).await;
    Ok(())
}

/// A closed root like the widget's, on a page of the portal.
const CLOSED: &str = "
const host = document.documentElement.appendChild(document.createElement('saath-ui'));
host.style.cssText = 'position: fixed; inset: auto 0 0 auto; z-index: 2147483647';
const root = host.attachShadow({ mode: 'closed' });
const button = root.appendChild(document.createElement('button'));
button.dataset.do = 'stop';
button.textContent = 'Stop';
button.onclick = e => { button.textContent = e.isTrusted ? 'trusted' : 'synthetic' };
";

#[tokio::test]
async fn closed_shadow_roots_can_be_read_and_pressed() -> Result<()> {
    let demo = Demo::start()?;
    let page = Page::start(Engine::from_env()?, "demo").await?;
    page.goto(&format!("{}/", demo.portal)).await?;
    assert_eq!(page.widget_text().await?, None);
    page.eval(CLOSED, json!([])).await?;
    let hidden = page.eval("return document.querySelector('saath-ui').shadowRoot", json!([]));
    assert!(hidden.await?.is_null());
    assert_eq!(page.widget_text().await?.as_deref(), Some("Stop"));
    page.press_in_widget("Stop").await?;
    until_eq("the button to have been pressed", Some("trusted".to_owned()), async || {
        page.widget_text().await
    })
    .await;
    page.press_in_widget("stop").await?;
    assert!(page.press_in_widget("Go").await.is_err());
    Ok(())
}
