//! The policy: in which forms it comes, what is said of a mistake, and marks that change.

use anyhow::{Context, Result, ensure};
use saath_tests::{Engine, Page, Pages, until};
use serde_json::{Value, json};

use crate::viewer;

const USES: [&str; 3] = ["record", "share", "frame"];
const FORMS: [&str; 3] = ["object", "text", "page"];

async fn page() -> Result<(Pages, Page)> {
    let pages = Pages::start().await?;
    let page = Page::start(Engine::from_env()?, "policy").await?;
    page.goto(&format!("{}/policies.html", pages.origin)).await?;
    until("the page", async || {
        let there = page.eval("return typeof attempt === 'function'", json!([])).await?;
        ensure!(there == true, "not there");
        Ok::<_, anyhow::Error>(())
    })
    .await;
    Ok((pages, page))
}

/// What is shown, and what the console says.
async fn attempt(page: &Page, uses: &str, policies: &[(&str, &str)]) -> Result<(String, String)> {
    let done = page.eval("return attempt(...arguments)", json!([uses, policies])).await?;
    let text = |name: &str| done[name].as_str().unwrap_or_default().to_owned();
    Ok((text("shown"), text("said")))
}

/// However it is given, and to whatever, it means the same.
#[tokio::test]
async fn a_policy_is_the_same_in_each_form() -> Result<()> {
    let (_pages, page) = page().await?;
    let policy = r#"{ "redactedViews": [".account:is(p, .b)", { "selector": ".name", "urls": ["*/no*"] }],
        "unredactedViews": ["*"], "patterns": "off" }"#;
    for form in FORMS {
        for uses in USES {
            let (shown, said) = attempt(&page, uses, &[(form, policy)]).await?;
            ensure!(said.is_empty(), "{uses}, {form}: {said}");
            if uses == "record" {
                let fits = shown.contains("canary-name") && !shown.contains("canary-account");
                ensure!(fits && shown.contains('█'), "{form}: {shown}");
            }
        }
    }
    Ok(())
}

/// Wherever a mistake is, everything is masked, and it is said where and what it is; in each engine in
/// the same words.
#[tokio::test]
async fn a_mistake_masks_everything_and_has_a_line() -> Result<()> {
    let (_pages, page) = page().await?;
    let all = "\"unredactedViews\": [\"*\"]";
    let mistakes = [
        ("\n\"redactViews\": []", "redactViews", 2, "there is no such key; a policy has mode"),
        ("\"mode\":\n\"loose\"", "mode", 2, "\"values\" or \"strict\""),
        ("\n\n\"redactedViews\": [\".a\", \"p[\"]", "redactedViews[1]", 3, "is not closed"),
        (
            "\"redactedViews\": [\"a, }\"]",
            "redactedViews[0]",
            1,
            "no selector that this browser knows",
        ),
        (
            "\"redactedViews\": [\"svg|a\"]",
            "redactedViews[0]",
            1,
            "no selector that this browser knows",
        ),
        // What browsers pass over in silence.
        (
            "\n\"redactedViews\": [{ \"urls\": [\"*\"],\n\"selector\": \":is(.account, :bogus)\" }]",
            "redactedViews[0].selector",
            3,
            "it would be left out",
        ),
        (
            "\"redactedViews\": [\".account:is(svg|p)\"]",
            "redactedViews[0]",
            1,
            "it would be left out",
        ),
        ("\"redactedViews\": [\".account, .x:where(> p)\"]", "redactedViews[0]", 1, "left out"),
        ("\"redactedViews\": [\".x/*\", \".account\"]", "redactedViews[0]", 1, "is not closed"),
        ("\"redactedViews\": [\".x\\\\\", \".account\"]", "redactedViews[0]", 1, "is not closed"),
        (
            "\"redactedViews\": [\".x:not(.y\", \".account\"]",
            "redactedViews[0]",
            1,
            "is not closed",
        ),
        ("\"redactedViews\": [\".account::before\"]", "redactedViews[0]", 1, "no elements"),
        ("\"redactedViews\": [\".account::-webkit-x\"]", "redactedViews[0]", 1, "no elements"),
        ("\"redactedViews\": [\":scope > .account\"]", "redactedViews[0]", 1, "leave them away"),
        ("\"redactedViews\": [\"& .account\"]", "redactedViews[0]", 1, "leave them away"),
        (
            "\"redactedViews\": [{ \"selector\": \".account\", \"urls\": [\"/policies*\"] }]",
            "redactedViews[0].urls[0]",
            1,
            "it begins with * or https://",
        ),
    ];
    for (mistake, path, line, why) in mistakes {
        let policy = format!("{{ {all}, {mistake} }}");
        for form in FORMS {
            let place = if form == "object" { String::new() } else { format!(", line {line}, ") };
            let place = format!("{path}{place}");
            for uses in USES {
                let (shown, said) = attempt(&page, uses, &[(form, &policy)]).await?;
                ensure!(
                    said.starts_with("saath: everything is masked, as the policy has a mistake. ")
                        && said.contains(&place)
                        && said.contains(why),
                    "{uses}, {form}, {policy}: {said}"
                );
                ensure!(!shown.contains("canary"), "{form}, {policy} shows {shown}");
                ensure!(uses != "record" || shown.contains('█'), "{form}, {policy}: {shown}");
            }
        }
    }
    Ok(())
}

/// What only a text can have wrong, and what only a script can.
#[tokio::test]
async fn what_is_no_policy_masks_everything() -> Result<()> {
    let (_pages, page) = page().await?;
    let good = r#"{ "unredactedViews": ["*"] }"#;
    for (policies, said) in [
        (&[][..], "there is no masking policy"),
        (&[("object", "null")], "there is no masking policy"),
        (&[("object", "false")], "the policy: a policy is an object"),
        (&[("object", "0")], "the policy: a policy is an object"),
        (&[("text", "")], "the policy, line 1, column 1: this is not JSON; here should be a value"),
        (
            &[("page", "\n{\n}}")],
            "the policy, line 3, column 2: this is not JSON; here should be nothing",
        ),
        (
            &[("text", "{\n\"mode\": \"values\",\n}")],
            "the policy, line 3, column 1: this is not JSON",
        ),
        (
            &[("page", "{\"unredactedViews\": [\"*\"],\n\"unredactedViews\": [\"*\"]}")],
            "unredactedViews, line 2, column 1: this key is there twice",
        ),
        (&[("object", "[\"*\"]")], "the policy: a policy is an object"),
        (&[("object", r#"{ "mode": "promise" }"#)], "the policy: a policy is an object"),
        (&[("object", r#"{ "mode": "map" }"#)], "the policy: a policy is an object"),
        (&[("object", r#"{ "mode": "response" }"#)], "the policy: a policy is an object"),
        (
            &[("object", r#"{ "unredactedViews": ["*"], "redactedViews": "undefined" }"#)],
            "redactedViews[0]: here should be",
        ),
        (
            &[("object", r#"{ "unredactedViews": ["*"], "redactedViews": "function" }"#)],
            "redactedViews: here should be a list",
        ),
        (
            &[("object", r#"{ "unredactedViews": ["*"], "redactedViews": "itself" }"#)],
            "redactedViews[0].unredactedViews: there is no such key",
        ),
        // Two of them, whatever they say.
        (&[("object", good), ("page", good)], "more than one"),
        (&[("text", good), ("page", good)], "more than one"),
        (&[("page", good), ("page", good)], "more than one"),
    ] {
        let (shown, heard) = attempt(&page, "record", policies).await?;
        ensure!(
            heard.contains(said) && heard.contains("everything is masked"),
            "{policies:?}: {heard}"
        );
        ensure!(!shown.contains("canary") && shown.contains('█'), "{policies:?}: {shown}");
    }
    let (shown, said) = attempt(&page, "record", &[("text", good)]).await?;
    ensure!(shown.contains("canary-account") && said.is_empty(), "{shown}, {said}");
    Ok(())
}

/// Opens the page whose marks change, with a policy.
async fn marked(policy: &Value) -> Result<(Pages, Page)> {
    let query = format!("&policy={}", crate::record::urlencoded(&policy.to_string()));
    viewer::start("policy", "marked", &query).await
}

/// Does something on the page, reads what has changed, and gives back what was read and what is shown.
async fn then(page: &Page, step: &str) -> Result<(Value, String)> {
    let body = format!(
        "const {{ document: doc, inner, history, location }} = viewer.page();
         viewer.flush();
         viewer.page().counted();
         {step};
         viewer.flush();
         return [viewer.page().counted(), viewer.document().body.textContent + viewer.document().querySelector('#c').shadowRoot.textContent]"
    );
    let done = page.eval(&body, json!([])).await?;
    Ok((done[0].clone(), done[1].as_str().context("no text")?.to_owned()))
}

/// Whatever it is that changes a mark, what it is on is read again, and nothing else; and what has come
/// in the meantime is never seen.
#[tokio::test]
async fn a_mark_that_changes_reads_its_subtree_again() -> Result<()> {
    let (_pages, page) =
        marked(&json!({ "patterns": "off", "unredactedViews": ["*"], "redactedViews": [
        ".secret", "#a.on + #b"] }))
        .await?;
    for (step, read, hidden, shown) in [
        ("0", json!({}), "", "alpha-0 beta-0 gamma-0 delta-0 epsilon-0 zeta-0"),
        // A mark of the page's, by a class; and back.
        (
            "doc.querySelector('#b').className = 'secret'; doc.querySelector('#text-b').textContent = 'beta-1'",
            json!({ "b": 1, "inner": 1 }),
            "beta-0 beta-1",
            "alpha-0",
        ),
        ("doc.querySelector('#b').className = ''", json!({ "b": 1, "inner": 1 }), "", "beta-1"),
        // By an attribute of the page's own.
        (
            "doc.querySelector('#inner').setAttribute('data-saath-mask', '')",
            json!({ "inner": 1 }),
            "",
            "beta-1",
        ),
        // By a sibling, whose own text is not read again.
        (
            "doc.querySelector('#text-b').firstChild.data = 'beta-2'; doc.querySelector('#a').classList.add('on')",
            json!({ "b": 1, "inner": 1 }),
            "beta-1 beta-2",
            "alpha-0",
        ),
        // Moved to where it is not masked, and back.
        ("doc.body.append(doc.querySelector('#text-b'))", json!({}), "", "alpha-0 beta-2"),
        (
            "doc.querySelector('#text-b').textContent = 'beta-3'; doc.querySelector('#inner').append(doc.querySelector('#text-b'))",
            json!({}),
            "beta-2 beta-3",
            "alpha-0",
        ),
    ] {
        let (counts, held) = then(&page, step).await?;
        for word in hidden.split_whitespace() {
            ensure!(!held.contains(word), "{step}: {word} is in {held}");
        }
        for word in shown.split_whitespace() {
            ensure!(held.contains(word), "{step}: {word} is not in {held}");
        }
        assert_eq!(counts, read, "{step}");
    }
    Ok(())
}

/// Each by itself, as what is asked anew for one of them is asked for all: the text that comes with the
/// change is never seen, though no record of it says that a mark has changed.
#[tokio::test]
async fn whatever_changes_a_mark_it_holds_at_once() -> Result<()> {
    let (pages, page) = marked(&json!({})).await?;
    for (selector, step, hidden) in [
        ("form:has(:checked) #note", "doc.querySelector('#tick').checked = true", "note"),
        ("#tick:indeterminate ~ #note", "doc.querySelector('#tick').indeterminate = true", "note"),
        (
            "#text-b:empty ~ div, body:has(#text-b:empty) #note",
            "doc.querySelector('#text-b').firstChild.data = ''",
            "note",
        ),
        (":host(.x) #d p", "inner.host.className = 'x'", "root"),
        ("#d:has([viewBox='1'])", "doc.querySelector('svg').setAttribute('viewBox', '1')", "d"),
        ("[viewBox='1']", "doc.querySelector('svg').setAttribute('viewBox', '1')", "letters"),
        ("[/**/lang=hi] #note", "doc.documentElement.lang = 'hi'", "note"),
        ("[data-\\78] #note", "doc.documentElement.dataset.x = ''", "note"),
        (
            "#note:not(:only-of-type)",
            "doc.querySelector('#note').after(doc.createElement('p'))",
            "note",
        ),
    ] {
        let policy =
            json!({ "patterns": "off", "unredactedViews": ["*"], "redactedViews": [selector] });
        let query = format!("&policy={}", crate::record::urlencoded(&policy.to_string()));
        viewer::open(&pages, &page, "marked", &query).await?;
        let said = page.eval("return viewer.complaints", json!([])).await?;
        assert_eq!(said, json!([]), "{selector}");
        let text = match hidden {
            "root" => "inner.querySelector('p')".to_owned(),
            hidden => format!("doc.querySelector('#{hidden}')"),
        };
        let text = format!("{text}.firstChild");
        let (_, held) = then(&page, &format!("{text}.data = 'canary-1'")).await?;
        ensure!(held.contains("canary-1"), "{selector}: {held}");
        let (_, held) = then(&page, &format!("{text}.data = 'canary-2'; {step}")).await?;
        ensure!(!held.contains("canary"), "{selector}: {held}");
    }
    Ok(())
}

/// A selector for some addresses holds from the moment the address is one of them.
#[tokio::test]
async fn the_address_changes_the_marks() -> Result<()> {
    let (_pages, page) = marked(&json!({ "patterns": "off", "unredactedViews": ["*"], "redactedViews": [
        { "selector": "#text-b", "urls": ["*/private*"] }, { "selector": "#text-a", "urls": ["*#secret"] } ] }))
    .await?;
    for (step, read, hidden, shown) in [
        ("0", json!({}), "", "alpha-0 beta-0"),
        (
            "history.pushState({}, '', '/private/1'); doc.querySelector('#text-b').textContent = 'beta-1'",
            json!({}),
            "beta",
            "alpha-0",
        ),
        (
            "history.replaceState({}, '', '/private/2?c'); doc.querySelector('#text-b').textContent = 'beta-2'",
            json!({}),
            "beta",
            "alpha-0",
        ),
        (
            "history.replaceState({}, '', '/private/2?c#secret'); doc.querySelector('#text-a').textContent = 'alpha-1'",
            json!({}),
            "beta alpha",
            "",
        ),
        ("location.hash = 'open'", json!({}), "beta", "alpha-1"),
        ("history.pushState({}, '', '/')", json!({}), "", "alpha-1 beta-2"),
    ] {
        let (counts, held) = then(&page, step).await?;
        for word in hidden.split_whitespace() {
            ensure!(!held.contains(word), "{step}: {word} is in {held}");
        }
        for word in shown.split_whitespace() {
            ensure!(held.contains(word), "{step}: {word} is not in {held}");
        }
        assert_eq!(counts, read, "{step}");
    }
    // At the page's own pace: back and forward, and text that comes after the address.
    let body = "
        const { document: doc, history } = viewer.page();
        const seen = [];
        const look = () => seen.push(viewer.document()?.body?.innerText ?? '');
        viewer.onTheWay = (frame) => { look(); return frame; };
        const text = doc.querySelector('#text-b');
        const pause = (ms) => new Promise((done) => setTimeout(done, ms));
        for (let i = 0; i < 5; i++) {
          history.pushState({}, '', '/private/' + i);
          text.textContent = 'private-' + i;
          await pause(40);
          text.firstChild.data = 'private-too';
          await pause(40);
          text.textContent = 'public';
          const back = new Promise((done) => viewer.page().addEventListener('popstate', done, { once: true }));
          history.back();
          await back;
          await pause(80);
          look();
        }
        await pause(1500);
        look();
        return seen.join('|')";
    let seen = page.eval_async(body, Value::Null).await?;
    let seen = seen.as_str().unwrap_or_default();
    ensure!(seen.contains("public") && seen.contains('█') && !seen.contains("private"), "{seen}");
    Ok(())
}
