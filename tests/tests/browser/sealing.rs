//! The known answers of sealing, computed by the browser's own wasm engine; and that what is
//! published does not carry the test.

use anyhow::{Result, ensure};
use saath_tests::{Engine, Page, Pages};
use serde_json::{Value, json};

#[tokio::test]
async fn known_answers_are_known_in_wasm() -> Result<()> {
    let pages = Pages::start().await?;
    let page = Page::start(Engine::from_env()?, "sealing").await?;
    page.goto(&format!("{}/blank.html", pages.origin)).await?;
    let body = "
        const { default: init, selfTest } = await import('/saath-test/saath.js');
        await init();
        selfTest();
        return typeof selfTest";
    assert_eq!(page.eval_async(body, Value::Null).await?, "function");
    Ok(())
}

#[tokio::test]
async fn the_package_exports_what_its_manual_names() -> Result<()> {
    let pages = Pages::start().await?;
    let page = Page::start(Engine::from_env()?, "sealing").await?;
    page.goto(&format!("{}/blank.html", pages.origin)).await?;
    let body = "
        const saath = await import('/saath/saath.js');
        const wasm = await WebAssembly.compile(await (await fetch('/saath/saath_bg.wasm')).arrayBuffer());
        const types = await (await fetch('/saath/saath.d.ts')).text();
        return {
          exports: Object.keys(saath).sort(),
          selfTest: WebAssembly.Module.exports(wasm).some(({ name }) => /self_?test/i.test(name)) ||
            /self_?test/i.test(types),
        }";
    let seen = page.eval_async(body, Value::Null).await?;
    let names = [
        "AgentSession",
        "CustomerSession",
        "Framed",
        "Recorder",
        "Replica",
        "default",
        "forgetAssets",
        "frame",
        "initSync",
        "join",
        "record",
        "resume",
        "share",
    ];
    ensure!(seen == json!({ "exports": names, "selfTest": false }), "{seen}");
    Ok(())
}
