//! The sites without sockets: headers, files, tokens, and what must not be had.

use std::sync::atomic::{AtomicU32, Ordering};

use super::*;

static FOLDERS: AtomicU32 = AtomicU32::new(0);

/// A site over a folder of its own, removed at the end.
struct Fixture {
    site: Site,
    home: PathBuf,
}

impl Drop for Fixture {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.home);
    }
}

fn fixture(make: fn(&Urls, &Path) -> Site) -> Fixture {
    let number = FOLDERS.fetch_add(1, Ordering::Relaxed);
    let home = std::env::temp_dir().join(format!("saath-site-{}-{number}", std::process::id()));
    let (folder, package) = (home.join("site"), home.join("npm"));
    for dir in [&folder, &package, &folder.join("help")] {
        fs::create_dir_all(dir).unwrap();
    }
    fs::write(folder.join("index.html"), "<p>{{relay}} {{portal}} {{crm}} {{console}}").unwrap();
    fs::write(folder.join("help/index.html"), "help").unwrap();
    fs::write(folder.join("style.css"), "/* {{relay}} */").unwrap();
    fs::write(folder.join(".hidden.txt"), "hidden").unwrap();
    fs::write(home.join("outside.txt"), "outside").unwrap();
    fs::write(package.join("saath.js"), "'{{relay}}'").unwrap();
    fs::write(package.join("saath_bg.wasm"), b"\0asm").unwrap();
    fs::write(
        folder.join("agents.json"),
        r#"[{"id":"meera","name":"Meera","sub":"HD-1","unit":"Jaipur"}]"#,
    )
    .unwrap();
    let mut site = make(&Urls::new(4400), &package);
    site.folder = folder;
    Fixture { site, home }
}

fn portal() -> Fixture {
    fixture(|urls, package| Site::portal(urls, package, "{\"keys\":[]}".to_owned()))
}

fn crm() -> Fixture {
    fixture(|urls, _| Site::crm(urls, Signer::new(urls).unwrap()))
}

fn ask(site: &Site, method: &str, path: &str, body: &[u8]) -> Answer {
    let host = site.origin.trim_start_matches("http://");
    site.answer(Request { method, path, host, origin: None, body })
}

fn get(site: &Site, path: &str) -> Answer {
    ask(site, "GET", path, b"")
}

#[test]
fn files_have_their_types() {
    let portal = portal();
    for (path, mime) in [
        ("/", "text/html; charset=utf-8"),
        ("/help/", "text/html; charset=utf-8"),
        ("/style.css", "text/css; charset=utf-8"),
        ("/saath/saath.js", "text/javascript; charset=utf-8"),
        ("/saath/saath_bg.wasm", "application/wasm"),
        ("/.well-known/saath-jwks.json", "application/json"),
    ] {
        let answer = get(&portal.site, path);
        assert_eq!((answer.status, answer.mime), (200, mime), "{path}");
    }
    assert_eq!(get(&portal.site, "/help").location.as_deref(), Some("/help/"));
}

#[test]
fn links_are_put_into_pages_and_nothing_else() {
    let portal = portal();
    let page = String::from_utf8(get(&portal.site, "/index.html").body).unwrap();
    assert_eq!(
        page,
        "<p>ws://localhost:4400/ws http://localhost:4401 http://localhost:4402 \
         http://localhost:4403"
    );
    assert_eq!(get(&portal.site, "/style.css").body, b"/* {{relay}} */");
    assert_eq!(get(&portal.site, "/saath/saath.js").body, b"'{{relay}}'");
}

#[cfg(unix)]
#[test]
fn nothing_outside_the_folder_is_served() {
    let portal = portal();
    std::os::unix::fs::symlink(
        portal.home.join("outside.txt"),
        portal.site.folder.join("link.txt"),
    )
    .unwrap();
    for path in [
        "/../outside.txt",
        "/saath/../../outside.txt",
        "/%2e%2e/outside.txt",
        "/help//../../outside.txt",
        "/..\\outside.txt",
        "//outside.txt",
        "/.hidden.txt",
        "/./index.html",
        "/link.txt",
        "outside.txt",
        "",
        "/saath/",
        "/nothing.html",
    ] {
        assert_eq!(get(&portal.site, path).status, 404, "{path}");
    }
}

#[test]
fn only_the_crm_mints_and_only_for_its_own_pages_and_agents() {
    let crm = crm();
    let body = br#"{"agent":"meera"}"#;
    let answer = ask(&crm.site, "POST", "/token", body);
    let token: serde_json::Value = serde_json::from_slice(&answer.body).unwrap();
    assert_eq!(token["token"].as_str().unwrap().split('~').count(), 3);

    assert_eq!(ask(&crm.site, "POST", "/token", br#"{"agent":"mallory"}"#).status, 404);
    assert_eq!(ask(&crm.site, "POST", "/token", b"agent=meera").status, 400);
    assert_eq!(ask(&crm.site, "POST", "/", body).status, 405);
    assert_eq!(get(&crm.site, "/token").status, 404);
    assert_eq!(get(&crm.site, "/saath/saath.js").status, 404);
    let elsewhere = Some("http://localhost:4401");
    let request =
        Request { method: "POST", path: "/token", host: "localhost:4402", origin: elsewhere, body };
    assert_eq!(crm.site.answer(request).status, 403);
    assert_eq!(ask(&portal().site, "POST", "/token", body).status, 405);
}

#[test]
fn a_foreign_host_name_is_refused() {
    let portal = portal();
    for (host, status) in [
        ("localhost:4401", 200),
        ("127.0.0.1:4401", 200),
        ("localhost:4402", 421),
        ("rebound.example:4401", 421),
        ("", 421),
    ] {
        let request = Request { method: "GET", path: "/", host, origin: None, body: b"" };
        assert_eq!(portal.site.answer(request).status, status, "{host}");
    }
}

#[test]
fn the_console_can_load_nothing_that_a_replica_asks_for() {
    let console = fixture(Site::console);
    let header = |name| &console.site.headers.iter().find(|(n, _)| *n == name).unwrap().1;
    let csp = header("content-security-policy");
    for directive in [
        "default-src 'none'",
        "script-src 'self' 'wasm-unsafe-eval'",
        "connect-src 'self' ws://localhost:4400/ws",
        "frame-src 'none'",
        "form-action 'none'",
        "base-uri 'none'",
        "frame-ancestors http://localhost:4402",
    ] {
        assert!(csp.split("; ").any(|d| d == directive), "{directive} in {csp}");
    }
    assert_eq!(header("x-dns-prefetch-control"), "off");
    assert_eq!(header("referrer-policy"), "no-referrer");
}
