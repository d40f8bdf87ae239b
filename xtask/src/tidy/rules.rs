//! One function a rule.

use super::source::{Source, has_word};

/// A rule for single files.
pub(super) type Rule = fn(&Source) -> Vec<String>;

/// All of them.
pub(super) const ALL: &[Rule] =
    &[sans_io, drop_is_the_teardown, one_file_exports, opens_with_why, no_machine, one_idea_a_file];

/// More lines than one idea needs.
const MAX_LINES: usize = 500;

/// `protocol` and `core` take time, entropy, sockets and the DOM as arguments.
fn sans_io(source: &Source) -> Vec<String> {
    const WORDS: &[&str] = &[
        "web_sys",
        "js_sys",
        "wasm_bindgen",
        "tokio",
        "getrandom",
        "rand",
        "Instant",
        "SystemTime",
    ];
    const CRATES: &[&str] = &["web-sys", "js-sys", "wasm-bindgen", "tokio", "getrandom", "rand"];
    if source.is_test() || !["protocol", "core"].iter().any(|krate| source.is_in(krate)) {
        return Vec::new();
    }
    if source.is_rust() {
        // Tests stand at the end of a file, and may take the time.
        let mut shipped = true;
        return each(source, |line| {
            shipped &= !line.starts_with("mod tests {");
            WORDS.iter().copied().find(|word| shipped && has_word(line, word))
        });
    }
    let mut breaches = Vec::new();
    let mut shipped = true;
    for (number, line) in source.text.lines().enumerate() {
        if line.starts_with('[') {
            shipped = !line.contains("dev-dependencies");
        }
        let name = line.split(['=', '.', ' ']).next().unwrap_or_default();
        let header = line.trim_matches(['[', ']']).rsplit('.').next().unwrap_or_default();
        if shipped && (CRATES.contains(&name) || line.starts_with('[') && CRATES.contains(&header))
        {
            breaches.push(source.breach(number + 1, "only the adapters may name this crate"));
        }
    }
    breaches
}

/// A handle owns its callback: what is forgotten cannot be taken off the customer's page.
fn drop_is_the_teardown(source: &Source) -> Vec<String> {
    if !source.is_in("client-wasm") || !source.is_rust() {
        return Vec::new();
    }
    const WAYS: &[&str] = &[".forget()", "mem::forget", "Box::leak", "ManuallyDrop"];
    each(source, |line| WAYS.iter().copied().find(|way| line.contains(way)))
}

/// The JS surface is small and in one place; imports may be anywhere.
fn one_file_exports(source: &Source) -> Vec<String> {
    if !source.is_in("client-wasm") || !source.is_rust() || source.path.ends_with("src/lib.rs") {
        return Vec::new();
    }
    let mut breaches = Vec::new();
    let mut import_block = false;
    let mut attribute: Option<usize> = None;
    let mut open_brackets = 0_i32;
    for (number, line) in source.code() {
        let code = line.trim_start();
        if import_block {
            import_block = !line.starts_with('}');
            continue;
        }
        let in_attribute = open_brackets > 0;
        if in_attribute || code.starts_with("#[") {
            if code.starts_with("#[wasm_bindgen") && !code.contains("typescript_custom_section") {
                attribute = Some(number);
            }
            open_brackets += balance(code);
            continue;
        }
        if code.is_empty() {
            continue;
        }
        let is_import = code.contains("extern \"C\"");
        if let Some(at) = attribute.take()
            && !is_import
        {
            breaches.push(source.breach(at, "exports belong in client-wasm/src/lib.rs"));
        }
        import_block = is_import && !code.ends_with('}');
    }
    breaches
}

/// Every file says first what it is and why.
fn opens_with_why(source: &Source) -> Vec<String> {
    if source.is_rust() && !source.text.starts_with("//! ") {
        return vec![source.breach(1, "a file opens with `//!`: what it is, then why")];
    }
    Vec::new()
}

/// Nothing in the repository knows the machine it was written on.
fn no_machine(source: &Source) -> Vec<String> {
    // In two halves, so that this file keeps its own rule.
    const PLACES: &[(&str, &str)] =
        &[("/wo", "rk/"), ("/ro", "ot/"), ("/tm", "p/"), ("/Us", "ers/"), ("file:/", "//")];
    each_line(source, |line| {
        PLACES.iter().any(|(a, b)| {
            line.match_indices(&format!("{a}{b}")).any(|(at, _)| {
                !line[..at].ends_with(|c: char| c.is_alphanumeric() || "/.}-_".contains(c))
            })
        })
    })
}

/// A file is one idea.
fn one_idea_a_file(source: &Source) -> Vec<String> {
    let held = [".rs", ".js", ".css"].iter().any(|end| source.path.ends_with(end));
    let lines = source.text.lines().count();
    if held && lines > MAX_LINES {
        return vec![source.breach(lines, &format!("more than {MAX_LINES} lines"))];
    }
    Vec::new()
}

/// Variants of the message enums that have no row in PROTOCOL.md's tables.
pub(super) fn messages_without_a_row(messages: &str, protocol: &str) -> Vec<String> {
    let variants = messages.lines().filter_map(|line| {
        let (name, rest) = line.trim().split_once('(')?;
        let is_variant = rest.ends_with("),") && name.starts_with(|c: char| c.is_ascii_uppercase());
        is_variant.then_some(name)
    });
    variants
        .filter(|variant| {
            let cell = format!("`{variant}`");
            !protocol.lines().any(|line| line.starts_with('|') && line.contains(&cell))
        })
        .map(|variant| format!("PROTOCOL.md: no row for the message `{variant}`"))
        .collect()
}

fn balance(code: &str) -> i32 {
    code.chars().map(|c| i32::from(c == '[') - i32::from(c == ']')).sum()
}

/// A breach for each line of code in which `find` finds something.
fn each(source: &Source, mut find: impl FnMut(&str) -> Option<&'static str>) -> Vec<String> {
    source
        .code()
        .filter_map(|(number, line)| {
            find(line).map(|found| source.breach(number, &format!("`{found}` may not be here")))
        })
        .collect()
}

fn each_line(source: &Source, is_bad: impl Fn(&str) -> bool) -> Vec<String> {
    source
        .text
        .lines()
        .enumerate()
        .filter(|(_, line)| is_bad(line))
        .map(|(index, _)| source.breach(index + 1, "a path of somebody's machine"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(rule: Rule, path: &str, text: &str, breaches: usize) {
        let source = Source { path: path.to_owned(), text: text.to_owned() };
        let found = rule(&source);
        assert_eq!(found.len(), breaches, "{found:?}");
    }

    #[test]
    fn core_names_no_clock_and_no_entropy() {
        check(sans_io, "core/src/a.rs", "use std::time::Instant;\nrand::random();", 2);
        check(sans_io, "protocol/src/a.rs", "let t = SystemTime::now();", 1);
        check(sans_io, "core/src/a.rs", "// no Instant here\nfn random(e: &mut dyn Entropy) {}", 0);
        check(sans_io, "core/src/a.rs", "use rand_core::CryptoRng;\nlet operand = 1;", 0);
        check(sans_io, "core/tests/a.rs", "use rand::Rng;", 0);
        check(sans_io, "core/src/a/tests.rs", "use rand::Rng;", 0);
        check(sans_io, "core/src/a.rs", "Instant::now();\nmod tests {\n    Instant::now();\n}", 1);
        check(sans_io, "relay/src/a.rs", "use tokio::net;", 0);
        check(
            sans_io,
            "core/Cargo.toml",
            "[dependencies]\nrand = \"1\"\ntokio.workspace = true",
            2,
        );
        check(sans_io, "core/Cargo.toml", "[dependencies.web-sys]\nversion = \"1\"", 1);
        check(sans_io, "core/Cargo.toml", "[dev-dependencies]\nrand = \"1\"", 0);
    }

    #[test]
    fn callbacks_are_owned() {
        check(drop_is_the_teardown, "client-wasm/src/a.rs", "closure.forget();", 1);
        check(drop_is_the_teardown, "client-wasm/src/a.rs", "// never .forget()", 0);
    }

    #[test]
    fn exports_are_in_one_file() {
        let import = "#[wasm_bindgen(module = \"/src/glue.js\")]\nextern \"C\" {\n    \
                      #[wasm_bindgen(js_name = read)]\n    fn read();\n}\n";
        let over_lines = "#[wasm_bindgen(\n    module = \"[x]\"\n)]\n// why\nextern \"C\" {\n}\n";
        let export = "#[wasm_bindgen]\npub fn share() {}\n";
        check(one_file_exports, "client-wasm/src/a.rs", import, 0);
        check(one_file_exports, "client-wasm/src/a.rs", over_lines, 0);
        check(one_file_exports, "client-wasm/src/a.rs", export, 1);
        check(one_file_exports, "client-wasm/src/a.rs", &format!("{import}{export}"), 1);
        check(one_file_exports, "client-wasm/src/lib.rs", export, 0);
    }

    #[test]
    fn files_say_why() {
        check(opens_with_why, "relay/src/a.rs", "//! A room.\n", 0);
        check(opens_with_why, "relay/src/a.rs", "use std::fs;\n", 1);
    }

    #[test]
    fn machines_are_unknown() {
        let place = ["/ro", "ot/.cache"].concat();
        check(no_machine, "README.md", &format!("see {place}"), 1);
        check(no_machine, "README.md", "https://example.org/tools/ and /portal/home/", 0);
        check(no_machine, "README.md", &format!("https://example.org{place}"), 0);
    }

    #[test]
    fn files_end() {
        check(one_idea_a_file, "core/src/a.rs", &"\n".repeat(MAX_LINES), 0);
        check(one_idea_a_file, "core/src/a.rs", &"\n".repeat(MAX_LINES + 1), 1);
        check(one_idea_a_file, "Cargo.lock", &"\n".repeat(MAX_LINES + 1), 0);
    }

    #[test]
    fn messages_have_rows() {
        let messages = "pub enum FromAgent {\n    /// Why.\n    Act(action::Act),\n    \
                        End(control::EndReason),\n}\n";
        assert!(messages_without_a_row(messages, "| 0 | `Act` | x |\n| 1 | `End` |").is_empty());
        assert_eq!(messages_without_a_row(messages, "| 0 | `Act` |\nthen `End`").len(), 1);
    }
}
