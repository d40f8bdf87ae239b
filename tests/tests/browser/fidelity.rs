//! The fidelity suite can fail: what is done to a replica by hand is found.

use anyhow::{Context, Result, ensure};
use saath_tests::Engine;
use saath_tests::fidelity::{Case, Fault, Suite, Verdict, cases};
use serde_json::json;
use std::time::Duration;

/// A replica is touched by `body`, which has its document as `doc`; then it is compared.
async fn touched(suite: &Suite, case: &Case, body: &str) -> Result<Option<Fault>> {
    suite.open(case).await?;
    let (_, fault) = suite.compare("before", Duration::from_secs(10)).await?;
    if let Some(fault) = fault {
        anyhow::bail!("{}", fault.what);
    }
    suite.page().eval(&format!("const doc = viewer.document(); {body}"), json!([])).await?;
    Ok(suite.compare("after", Duration::ZERO).await?.1)
}

#[tokio::test]
async fn a_wrong_replica_is_found() -> Result<()> {
    let suite = Suite::start(Engine::from_env()?).await?;
    let case = &cases(&["forms/inputs".to_owned()])?[0];

    let fault = touched(&suite, case, "").await?;
    ensure!(fault.is_none(), "{}", fault.map(|fault| fault.what).unwrap_or_default());

    let by_tree = [
        "doc.querySelector('p').remove()",
        "doc.querySelector('p').append('more')",
        "doc.querySelector('p').className = 'x'",
        "doc.querySelector('input').value = 'another'",
        "doc.querySelector('input[type=number]').remove()",
        "doc.body.style.color = 'red'",
        "doc.querySelector('p').attachShadow({ mode: 'open' })",
    ];
    for body in by_tree {
        let fault =
            touched(&suite, case, body).await?.with_context(|| format!("not found: {body}"))?;
        ensure!(fault.tree, "{body}: the tree is the same");
    }

    // What no line of the tree says.
    for filter in ["invert(1)", "drop-shadow(3px 0 red)"] {
        let body = format!(
            "const sheet = new doc.defaultView.CSSStyleSheet();
            sheet.replaceSync('p {{ filter: {filter} }}');
            doc.adoptedStyleSheets = [...doc.adoptedStyleSheets, sheet]"
        );
        let fault = touched(&suite, case, &body).await?.context("a filter is not found")?;
        ensure!(!fault.tree && fault.pictures.is_some(), "{}", fault.what);
    }
    Ok(())
}

#[tokio::test]
async fn a_replica_that_loads_is_found() -> Result<()> {
    let suite = Suite::start(Engine::from_env()?).await?;
    let case = &cases(&["forms/inputs".to_owned()])?[0];
    suite.open(case).await?;
    ensure!(suite.loaded(case).await?.is_empty(), "{:?}", suite.loaded(case).await?);
    let bodies = [
        "doc.body.append(Object.assign(doc.createElement('img'), { src: '/fidelity/parts/photo.png' }))",
        "doc.body.style.background = 'url(/fidelity/parts/photo.png)'",
        "doc.head.append(Object.assign(doc.createElement('link'), { rel: 'stylesheet', href: 'https://other.example/a.css' }))",
    ];
    for body in bodies {
        suite.open(case).await?;
        suite.page().eval(&format!("const doc = viewer.document(); {body}"), json!([])).await?;
        suite.compare("after", Duration::ZERO).await?;
        ensure!(!suite.loaded(case).await?.is_empty(), "not found: {body}");
    }
    Ok(())
}

#[tokio::test]
async fn what_an_engine_lacks_is_said() -> Result<()> {
    let suite = Suite::start(Engine::from_env()?).await?;
    let case = Case { name: "lacking".to_owned(), path: "/lacking.html".to_owned() };
    let outcome = suite.run(&case).await;
    ensure!(
        matches!(&outcome.verdict, Verdict::Lacks(names) if names == &["time machines"]),
        "{outcome:?}"
    );
    Ok(())
}
