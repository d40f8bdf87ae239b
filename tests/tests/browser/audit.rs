//! `cargo xtask audit-mask` on pages of every verdict: what it says of them, and how it ends.
//!
//! The program is run as a portal's developer runs it, from its arguments to its exit code.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use anyhow::{Context, Result, ensure};
use saath_tests::Engine;
use serde_json::Value;

fn site(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("audit").join(name)
}

/// A directory for one test, empty.
fn folder(test: &str) -> Result<PathBuf> {
    let engine = Engine::from_env()?.name();
    let dir =
        std::env::temp_dir().join(format!("saath-audit-{}-{engine}-{test}", std::process::id()));
    if dir.exists() {
        std::fs::remove_dir_all(&dir)?;
    }
    std::fs::create_dir_all(&dir)?;
    Ok(dir)
}

/// Runs it in the directory.
fn audit(dir: &Path, args: &[&str]) -> Result<Output> {
    let xtask = std::env::var_os("SAATH_XTASK").context("run `cargo xtask test`")?;
    let mut command = Command::new(xtask);
    command.current_dir(dir).args(["audit-mask", "--engine", Engine::from_env()?.name()]);
    Ok(command.args(["--out", "out", "--no-pictures"]).args(args).output()?)
}

/// Its exit code, and what it said.
fn said(output: &Output) -> (Option<i32>, String) {
    let text = [output.stdout.as_slice(), &output.stderr].concat();
    (output.status.code(), String::from_utf8_lossy(&text).into_owned())
}

fn policy() -> String {
    site("site/policy.json").display().to_string()
}

/// A page of each verdict, in frames and shadow trees too, gives the report that is known to be right.
#[test]
fn pages_of_every_verdict_give_the_known_report() -> Result<()> {
    let dir = folder("verdicts")?;
    let pages = site("site").display().to_string();
    let output = audit(&dir, &[&pages, "--policy", &policy(), "--json"])?;
    let (code, text) = said(&output);
    ensure!(code == Some(0), "{code:?}: {text}");
    let mut report: Value = serde_json::from_slice(&output.stdout).context("no JSON on stdout")?;
    ensure!(report["engine"] == Engine::from_env()?.name(), "{}", report["engine"]);
    let file: Value = serde_json::from_slice(&std::fs::read(dir.join("out/report.json"))?)?;
    ensure!(file == report, "the file is another than what was printed");
    report["engine"] = "chromium".into();
    let expected: Value = serde_json::from_slice(&std::fs::read(site("expected.json"))?)?;
    // Page by page first: what differs is easier to read.
    let lists = report["pages"].as_array().zip(expected["pages"].as_array());
    for (found, expected) in lists.into_iter().flat_map(|(a, b)| a.iter().zip(b)) {
        assert_eq!(found, expected, "{}", expected["page"]);
    }
    assert_eq!(report, expected);
    Ok(())
}

/// What is shown that must not be ends with 1, by a selector and by a baseline; what is not, with 0.
#[test]
fn a_policy_that_shows_too_much_ends_with_one() -> Result<()> {
    let dir = folder("expectations")?;
    let page = site("site/masked.html").display().to_string();
    let (policy, out) = (policy(), dir.join("out/report.json"));

    let kept = ["--policy", &policy, "--fail-on-shown", "#name", "--fail-on-shown=#letter"];
    let (code, text) = said(&audit(&dir, &[&[page.as_str()][..], &kept].concat())?);
    ensure!(code == Some(0), "{code:?}: {text}");
    std::fs::copy(&out, dir.join("baseline.json"))?;

    // The mask is taken off one field, and off texts.
    let loose = dir.join("loose.json");
    std::fs::write(&loose, r##"{ "unredactedViews": ["#name"] }"##)?;
    // And one selector is misspelt: it would check nothing.
    let must_not = ["--fail-on-shown", "#name", "--fail-on-shown", "#nmae"];
    let loosely = [page.as_str(), "--policy", "loose.json", "--baseline", "baseline.json"];
    let (code, text) = said(&audit(&dir, &[&loosely[..], &must_not].concat())?);
    ensure!(code == Some(1), "{code:?}: {text}");
    for what in [
        "#name: shown, and must not be",
        "#name: shown now, and masked in the baseline",
        "#frame >>> p: masked in the baseline, and no rule is about it now",
        "#nmae: --fail-on-shown names nothing",
    ] {
        ensure!(text.contains(what), "{what} is not in {text}");
    }
    Ok(())
}

/// A page that lets no script in, whose form hides its properties and whose words are markup.
#[test]
fn a_hostile_page_is_audited_and_does_nothing_to_the_report() -> Result<()> {
    let dir = folder("hostile")?;
    let page = site("more/hostile.html").display().to_string();
    let shows = dir.join("shows.json");
    std::fs::write(&shows, "{}")?;
    let output = audit(&dir, &[&page, "--policy", "shows.json"])?;
    let (code, text) = said(&output);
    ensure!(code == Some(0), "{code:?}: {text}");
    ensure!(text.contains("<img src=x onerror=alert(1)> ·turned"), "{text}");
    let html = std::fs::read_to_string(dir.join("out/report.html"))?;
    ensure!(html.contains("&lt;img src=x onerror=alert(1)&gt;"), "the label is not in the report");
    ensure!(
        !html.contains("<img") && !html.contains("<script"),
        "markup of the page is in the report"
    );
    let report: Value = serde_json::from_slice(&std::fs::read(dir.join("out/report.json"))?)?;
    let found: Vec<String> = (0..5)
        .map(|at| &report["pages"][0]["fields"][at])
        .map(|field| format!("{} {} {}", field["selector"], field["verdict"], field["replica"]))
        .collect();
    let shown = r#""input[name=children]" "shown" "</script>""#;
    let masked = r#""input[name=matches]" "masked" "████""#;
    ensure!(found[0] == shown && found[2] == masked, "{found:?}");
    Ok(())
}

/// What a sign-in leaves is there when the page is; and each script makes another state of it.
#[test]
fn pages_behind_a_sign_in_and_after_scripts() -> Result<()> {
    let dir = folder("states")?;
    let page = site("more/states.html").display().to_string();
    std::fs::write(
        dir.join("who.js"),
        "document.querySelector('#who').textContent = 'PAN ABCPE1234F'",
    )?;
    std::fs::write(
        dir.join("hide.js"),
        "await 0; document.querySelector('#account').dataset.saathMask = ''",
    )?;
    std::fs::write(dir.join("policy.json"), "{}")?;
    let sign_in = ["--cookie", "sid=7", "--storage", "lang=hi", "--wait", "#account"];
    let scripts = ["--script", "who.js", "--script", "hide.js", "--policy", "policy.json"];
    let args = [&[page.as_str()][..], &sign_in, &scripts].concat();
    let (code, text) = said(&audit(&dir, &args)?);
    ensure!(code == Some(0), "{code:?}: {text}");
    let report: Value = serde_json::from_slice(&std::fs::read(dir.join("out/report.json"))?)?;
    let mut states = Vec::new();
    for page in report["pages"].as_array().context("pages")? {
        let fields = page["fields"].as_array().context("fields")?.iter();
        let fields = fields.map(|f| format!("{} {}", f["selector"], f["verdict"]).replace('"', ""));
        states.push((page["state"].clone(), fields.collect::<Vec<_>>().join(", ")));
    }
    assert_eq!(
        states,
        [
            ("loaded".into(), "#account shown".to_owned()),
            ("after who.js".into(), "#who pattern-caught, #account shown".to_owned()),
            ("after hide.js".into(), "#who pattern-caught, #account masked".to_owned()),
        ]
    );

    std::fs::write(dir.join("bad.js"), "nothing.like.that()")?;
    let (code, text) = said(&audit(&dir, &[&page, "--script", "bad.js"])?);
    ensure!(code == Some(2) && text.contains("the script bad.js fails"), "{code:?}: {text}");
    ensure!(text.contains("no policy, so everything is masked"), "{text}");
    Ok(())
}

/// Whatever cannot be told ends with 2, and says what to do; most of it before a browser starts.
#[test]
fn what_cannot_be_told_ends_with_two() -> Result<()> {
    let dir = folder("mistakes")?;
    let page = site("site/never.html").display().to_string();
    std::fs::write(dir.join("broken.json"), "{\n  \"mode\": \"values\",\n}")?;
    std::fs::write(
        dir.join("unknown.json"),
        "{\n  \"mode\": \"values\",\n  \"redactViews\": []\n}",
    )?;
    std::fs::write(dir.join("selector.json"), "{\n\n  \"redactedViews\": [\"p[\"]\n}")?;
    std::fs::create_dir_all(dir.join("empty"))?;
    // Free, and so nobody's.
    let port = std::net::TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port();
    let nobody = format!("http://localhost:{port}/");
    for (args, what) in [
        (&["no-such-place"][..], "no directory"),
        (&["empty"], "no .html in empty"),
        (&[&page, "--policy", "none.json"], "--policy none.json"),
        (&[&page, "--policy", "broken.json"], "broken.json:3:1: no JSON"),
        (&[&page, "--policy", "selector.json"], "selector.json:3: "),
        (&[&page, "--baseline", "none.json"], "copy a report.json there"),
        (&[&page, "--baseline", "unknown.json"], "no report of this version"),
        (&[&page, "--fail-on-shown", "p["], "`p[` is no CSS selector"),
        (&[&nobody], "nothing listens there"),
    ] {
        let (code, text) = said(&audit(&dir, args)?);
        ensure!(code == Some(2) && text.contains(what), "{args:?}: {code:?}: {text}");
    }
    Ok(())
}
