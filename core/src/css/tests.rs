//! What becomes of a page's styles on another screen.

use super::*;
use cssparser::{ParseError, Parser, Token};
use proptest::prelude::*;
use std::borrow::Cow;

/// A dark screen of a browser that does not know all.
struct Dark;

impl Screen for Dark {
    fn media(&self, feature: &str) -> Answer {
        match feature {
            "(prefers-color-scheme: dark)" | "(hover)" | "( pointer : fine )" => Answer::Yes,
            "(prefers-color-scheme: light)" | "(min-resolution: 2dppx)" => Answer::No,
            _ => Answer::Unknown,
        }
    }

    fn knows(&self, pseudo_class: &str) -> bool {
        pseudo_class != ":-moz-ui-invalid"
    }
}

fn check(css: &str, expected: &str) {
    let mut asked = Asked::default();
    assert_eq!(sheet_on(css, &Dark, &mut asked), expected);
    assert_eq!(sheet_on(expected, &Dark, &mut asked), expected, "twice");
}

/// One rule with this selector.
fn select(selector: &str, expected: &str) {
    check(&format!("{selector}{{a:b}}"), &format!("{expected}{{a:b}}"));
    check(
        &format!("@media all{{p{{{selector} {{a:b}}}}}}"),
        &format!("@media all{{p{{{expected} {{a:b}}}}}}"),
    );
}

fn same(css: &str) {
    check(css, css);
}

#[test]
fn states_are_asked_for_by_attribute() {
    select("a:hover", "a[data-saath-state~=hover]");
    select(
        ".x:FOCUS-visible > b:Active",
        ".x[data-saath-state~=focus-visible] > b[data-saath-state~=active]",
    );
    select("a:hover::before", "a[data-saath-state~=hover]::before");
    select("a:h\\6f ver b", "a[data-saath-state~=hover] b");
    select("a:/* c */hover", "a[data-saath-state~=hover]");
    select(
        ":is(a, b:hover):not(:focus)",
        ":is(a, b[data-saath-state~=hover]):not([data-saath-state~=focus])",
    );
    select("p:has(> :where(:invalid))", "p:has(> :where([data-saath-state~=invalid]))");
    select(
        ":host(:hover) ::slotted(:focus)",
        ":host([data-saath-state~=hover]) ::slotted([data-saath-state~=focus])",
    );
    select(":host-context(p:hover)", ":host-context(p[data-saath-state~=hover])");
    select("li:nth-child(2n + 1 of :hover)", "li:nth-child(2n + 1 of [data-saath-state~=hover])");
    select("&:hover", "&[data-saath-state~=hover]");
    select("a:visited, a:link", "a[data-saath-state~=visited], a:any-link");
    select("my-x:not(:defined)", "my-x:not(:not([data-saath-state~=undefined]))");
}

#[test]
fn custom_states_are_asked_for_by_attribute() {
    select("x-y:state(open)", "x-y[data-saath-state~=state-open]");
    select(":host(:STATE( a_1 )) b", ":host([data-saath-state~=state-a_1]) b");
    select("x:not(:state(a)):hover", "x:not([data-saath-state~=state-a])[data-saath-state~=hover]");
    let mut asked = Asked::default();
    sheet_on("x:state(open){} y:state(a\\.b){}", &Dark, &mut asked);
    assert_eq!(asked.words().collect::<Vec<_>>(), ["state-open"]);
}

#[test]
fn what_is_no_state_stays() {
    for selector in [
        "a:before",
        "a::before:hover",
        "::-webkit-scrollbar-thumb:hover",
        "p:first-child",
        "[data-a=':hover']",
        "#\\:hover",
        ".a\\:hover",
        ":lang(hover)",
        "x:state(a\\.b)",
        "x:state(a b)",
        "x:state()",
        "x::part(a):state(b)",
        "[data-a=':state(b)']",
        "a:hoverx",
        ".hover",
        "hover",
        "a: hover",
        ":checked",
        ":disabled",
        ":is(dialog:modal)",
        "::part(a):first-child",
        "::view-transition-group(video)",
        ".video",
        "#video",
        "svg|video",
        "[data-video]",
        "::cue(:hover)",
    ] {
        select(selector, selector);
    }
    same("a{color:hover;b:c:hover;--x:{a:hover{}};--y::hover;content:':hover'}");
    same("@supports selector(a:hover){p{q:r}} @container x style(--a:hover){p{q:r}}");
    same("@keyframes hover{from{a:b}} @font-face{src:url(:hover)} @import 'x:hover';");
    same("/* a:hover{} */ <!-- p{} -->");
}

#[test]
fn parts_have_states_as_more_names() {
    select("x-y::part(a):hover", "x-y:not([data-saath-state~=part])::part(a saath-hover)");
    select(
        "x::part(a b):focus:active::after",
        "x:not([data-saath-state~=part]):not([data-saath-state~=part])::part(a b saath-focus saath-active)::after",
    );
}

#[test]
fn replaced_elements_go_by_another_name() {
    select("video", "saath-video");
    select("p > CANVAS.x, *|audio", "p > saath-canvas.x, *|saath-audio");
    select(":not(object):hover", ":not(saath-object)[data-saath-state~=hover]");
    same("p{object-fit:cover;will-change:video}");
}

#[test]
fn what_the_browser_does_not_know_stays_unknown() {
    select("a:-moz-ui-invalid", "a:saath-unknown");
    select("a:user-invalid", "a[data-saath-state~=user-invalid]");
}

#[test]
fn rules_and_declarations_are_told_apart() {
    check(
        "a{color:red;b:hover{color:blue}color:hover;&:focus{x:y}}",
        "a{color:red;b[data-saath-state~=hover]{color:blue}color:hover;&[data-saath-state~=focus]{x:y}}",
    );
    check("a{--x:hover{a:b};b:hover{}}", "a{--x:hover{a:b};b[data-saath-state~=hover]{}}");
    check(
        "@scope (a:hover) to (:focus){:scope{a:b}}",
        "@scope (a[data-saath-state~=hover]) to ([data-saath-state~=focus]){:scope{a:b}}",
    );
    check(
        "@layer a{@container (width>1px){@starting-style{b:hover{c:d}}}}",
        "@layer a{@container (width>1px){@starting-style{b[data-saath-state~=hover]{c:d}}}}",
    );
}

#[test]
fn media_queries_are_answered() {
    let media = |query: &str, expected: &str| {
        check(&format!("@media {query} {{a{{b:c}}}}"), &format!("@media {expected} {{a{{b:c}}}}"));
    };
    media("(prefers-color-scheme: dark)", "(min-width:0px)");
    media("screen and (prefers-color-scheme: light)", "screen and (max-width:-1px)");
    media("not ((hover) or ( pointer : fine ))", "not ((min-width:0px) or (min-width:0px))");
    media(
        "(min-width: 40em) and (min-resolution: 2dppx)",
        "(min-width: 40em) and (max-width:-1px)",
    );
    media("(400px < WIDTH <= calc(1px * (2)))", "(400px < WIDTH <= calc(1px * (2)))");
    media(
        "(max-aspect-ratio: 16/9), (orientation: landscape)",
        "(max-aspect-ratio: 16/9), (orientation: landscape)",
    );
    media("(strange), print", "(saath-unknown), print");
    same("@supports (prefers-color-scheme: dark){a{b:c}}");
}

#[test]
fn the_colour_scheme_is_the_one_in_use() {
    check(":root{color-scheme:light dark}", ":root{color-scheme: dark}");
    check(
        ":root{COLOR-SCHEME : dark light !important;a:b}",
        ":root{COLOR-SCHEME : dark  !important;a:b}",
    );
    same(":root{color-scheme:only light}b{color-scheme:normal}");
    let asked = &mut Asked::default();
    assert_eq!(style_on("a:b;color-scheme:light dark", &Dark, asked), "a:b;color-scheme: dark");
}

#[test]
fn asked_are_the_states_of_rules() {
    let mut asked = Asked::default();
    sheet_on(
        "a:hover{} b{c:active;d:focus{}} x::part(y):invalid{} z:not(:defined){}",
        &Dark,
        &mut asked,
    );
    let words: Vec<_> = asked.words().collect();
    assert_eq!(words, ["focus", "hover", "invalid", "undefined"]);
}

#[test]
fn plain_sheets_are_not_copied() {
    for css in ["a{b:c}p:first-child{d:e}", "@supports (a:b){.video-x{object-fit:fill}}"] {
        assert!(matches!(sheet_on(css, &Dark, &mut Asked::default()), Cow::Borrowed(_)), "{css}");
    }
}

/// A large sheet is no pause in the page's main thread. The bound is far off, for slow machines.
#[test]
fn large_sheets_take_milliseconds() {
    let css =
        ".a > .b:hover, .c:not(:focus) {color: #123456; margin: 0 1px 2px; background: none}\n"
            .repeat(6000);
    let start = std::time::Instant::now();
    let seen = sheet_on(&css, &Dark, &mut Asked::default());
    assert!(seen.len() > css.len());
    let bound = if cfg!(debug_assertions) { 4000 } else { 100 };
    assert!(start.elapsed().as_millis() < bound, "{:?}", start.elapsed());
}

#[test]
fn unclosed_and_endless_styles_do_no_harm() {
    for css in [
        "a:hover",
        "a:hover{",
        "a:hover{b:",
        "@media (hover",
        "@media (hover)",
        ":is(:hover",
        "x::part(a:hover{}",
        ":",
        "::",
        "a:\\",
    ] {
        sheet_on(css, &Dark, &mut Asked::default());
    }
    let deep = "a:hover{".repeat(100_000);
    sheet_on(&deep, &Dark, &mut Asked::default());
    sheet_on(&":not(".repeat(100_000), &Dark, &mut Asked::default());
    sheet_on(&format!("@media {}", "(".repeat(100_000)), &Dark, &mut Asked::default());
}

#[test]
fn attributes_of_the_pages_own_have_a_name_of_ours() {
    select(":host([tld])", ":host([saath-tld])");
    select("x-a[ Variant = ghost i ] b", "x-a[ saath-Variant = ghost i ] b");
    select("a:not([tone~='x'], [src])", "a:not([saath-tone~='x'], [saath-src])");
    select("[/**/\\74 ld]", "[/**/saath-\\74 ld]");
    select("[*|tld],[|tld]", "[*|saath-tld],[|saath-tld]");
    select("::slotted([tld]:hover)", "::slotted([saath-tld][data-saath-state~=hover])");
    select("[svg|tld]", "[svg|tld]");
    select(
        "[data-x=y][_z][type=radio][contentEditable][viewBox]",
        "[data-x=y][_z][type=radio][contentEditable][viewBox]",
    );
    check("@scope ([tld]){p{a:b}}", "@scope ([saath-tld]){p{a:b}}");
    check(
        "a::after{content:'[' attr(tip) attr( title ) attr(data-tip);grid-area:[tip]}",
        "a::after{content:'[' attr(saath-tip) attr( title ) attr(data-tip);grid-area:[tip]}",
    );
    for (shown, told) in [
        ("a{width:calc(attr( w px )*2)}", "a{width:calc(attr( saath-w px )*2)}"),
        (
            "a{b:var(--q,attr(tip)) ATTR(/**/w px,attr(v px))}",
            "a{b:var(--q,attr(saath-tip)) ATTR(/**/saath-w px,attr(saath-v px))}",
        ),
        (
            "a{--q:{b:[attr(w)]} f(attr(v));c:attr(tip)}",
            "a{--q:{b:[attr(saath-w)]} f(attr(saath-v));c:attr(saath-tip)}",
        ),
        (
            "@keyframes k{from{b:c}50%{b:attr(w px)}}",
            "@keyframes k{from{b:c}50%{b:attr(saath-w px)}}",
        ),
        ("@function --f(--v){result:attr(w px)}", "@function --f(--v){result:attr(saath-w px)}"),
        ("a{&:hover{b:(attr(w px))}}", "a{&[data-saath-state~=hover]{b:(attr(saath-w px))}}"),
        (
            "a{b:attr(data-w px) calc(attr(width px)) f(w attr(\"w\") attr(1 w) attr(w)}",
            "a{b:attr(data-w px) calc(attr(width px)) f(w attr(\"w\") attr(1 w) attr(saath-w)}",
        ),
    ] {
        check(shown, told);
    }
    let deep = format!("a{{b:{}attr(w){};c:attr(v)}}", "(".repeat(90), ")".repeat(90));
    check(&deep, &deep.replace("attr(v)", "attr(saath-v)"));
    let asked = &mut Asked::default();
    let style = "--a:attr(tip);width:calc(2*Attr(w px))";
    let told = "--a:attr(saath-tip);width:calc(2*Attr(saath-w px))";
    assert_eq!(style_on(style, &Dark, asked), told);
    for name in ["tip", "w"] {
        assert_eq!(asked.attributes.told(name, "any").as_deref(), Some(""), "{name}");
    }
    same("p{grid-template-columns:[tld] 1fr;--x:[tld]}");
    same("[tld");
    for css in ["[tld=", "[tld='", "[[tld]", "a[tld{b}", "a{b:attr(", "a{b:attr(tld"] {
        sheet_on(css, &Dark, &mut Asked::default());
    }
}

/// Parts of selectors, each with what it weighs: classes and the like, then names.
const PARTS: &[(&str, (u32, u32))] = &[
    ("a", (0, 1)),
    ("video", (0, 1)),
    (".x", (1, 0)),
    (":hover", (1, 0)),
    (":focus-within", (1, 0)),
    (":defined", (1, 0)),
    (":visited", (1, 0)),
    (":link", (1, 0)),
    (":first-child", (1, 0)),
    ("[data-q=':hover']", (1, 0)),
    ("[tld=':hover']", (1, 0)),
    ("/**/:hover", (1, 0)),
    (":not(:active)", (1, 0)),
    (":is(a, :hover b)", (1, 1)),
    (":where(:hover)", (0, 0)),
];

/// What a selector of such parts weighs: a selector engine in small.
fn weight(parser: &mut Parser<'_>) -> (u32, u32) {
    let (mut most, mut sum) = ((0, 0), (0, 0));
    let mut colon = false;
    while let Ok(token) = parser.next_including_whitespace_and_comments() {
        let was_colon = std::mem::replace(&mut colon, matches!(token, Token::Colon));
        match token {
            Token::Comma => {
                most = most.max(sum);
                sum = (0, 0);
            }
            Token::Delim('.') => sum.0 += 1,
            Token::SquareBracketBlock => sum.0 += 1,
            Token::Ident(_) if was_colon => sum.0 += 1,
            Token::Ident(name) if *name != "x" => sum.1 += 1,
            Token::Function(name) => {
                let counts = !name.eq_ignore_ascii_case("where");
                let inner =
                    parser.parse_nested_block(|b| Ok::<_, ParseError<()>>(weight(b))).unwrap();
                if counts {
                    sum = (sum.0 + inner.0, sum.1 + inner.1);
                }
            }
            _ => {}
        }
    }
    most.max(sum)
}

proptest! {
    #[test]
    fn weights_stay(parts in proptest::collection::vec(0..PARTS.len(), 1..6)) {
        // A name comes first or after a space.
        let (mut selector, mut expected) = (String::new(), (0, 0));
        for part in parts {
            let (text, (classes, names)) = PARTS[part];
            if text.starts_with(|c: char| c.is_ascii_alphabetic()) {
                selector.push(' ');
            }
            selector.push_str(text);
            expected = (expected.0 + classes, expected.1 + names);
        }
        prop_assert_eq!(weight(&mut Parser::new(&selector)), expected);
        let css = format!("{selector}{{a:b}}");
        let seen = sheet_on(&css, &Dark, &mut Asked::default());
        let seen = seen.strip_suffix("{a:b}").unwrap();
        prop_assert_eq!(weight(&mut Parser::new(seen)), expected, "{}", seen);
        prop_assert!(!seen.replace("':hover'", "").contains(":hover"), "{}", seen);
    }

    /// Whatever a page writes: a second time changes nothing, and no more braces come or go.
    #[test]
    fn any_text_is_changed_once(parts in proptest::collection::vec(prop_oneof![
            Just("a"), Just(":hover"), Just(":"), Just("{"), Just("}"), Just(";"), Just("("), Just(")"), Just("@media "),
            Just("(hover)"), Just("'"), Just("\\"), Just("/*"), Just("*/"), Just("::part(x)"), Just(":is("), Just("--x"),
            Just("color-scheme:light dark"), Just(" "), Just("["), Just("]"), Just("[tld=x]"), Just("attr(tld)"), Just("video"), Just("|"), Just("*"),
            Just("@scope "), Just("url("), Just("é"), Just(","), Just("\n")
        ], 0..24)) {
        let css = parts.concat();
        let mut asked = Asked::default();
        let once = sheet_on(&css, &Dark, &mut asked).into_owned();
        prop_assert_eq!(&sheet_on(&once, &Dark, &mut asked), &once);
        for bracket in ['{', '}', ';', '\'', '\\'] {
            let count = |text: &str| text.matches(bracket).count();
            prop_assert!(count(&once) <= count(&css), "{}", once);
        }
    }
}

#[test]
fn amounts_are_told_roughly() {
    for (declarations, told) in [
        ("width: 63.78%; height: 4px", "width: 60%; height: 4px"),
        ("width: 637px; margin: -25px 12px", "width: 632px; margin: -24px 12px"),
        ("width: calc(1px * 786049136059 / 786049136059)", "width: calc(1px * 1000000 / 1000000)"),
        ("width: 786049136059px; left: 786049136059%", "width: 65536px; left: 81920%"),
        (
            "flex: 0.6378 1 0; opacity: .87; line-height: 1.5",
            "flex: 0.63 1 0; opacity: .87; line-height: 1.5",
        ),
        ("z-index: 4821; font-weight: 600", "z-index: 4800; font-weight: 600"),
        ("width: 11ch; margin: 11em 3ch", "width: 8ch; margin: 11em 3ch"),
        ("inset: 4+2884px a.00001 12345.6.5", "inset: 4+2880px a.0 12000/**/.5"),
        // Digits that a number of the engine has no room for.
        ("width: 8.0000000786049px; opacity: 1.00000078604", "width: 8px; opacity: 1"),
        (
            "width: 12asha4821; height: 4PX; margin: 1e3px",
            "width: 12saath; height: 4PX; margin: 1e3px",
        ),
        ("width: 0.00000078604%; order: -0.00001", "width: 0%; order: -0"),
        (
            "color: rgb(17 99 254 / 0.5); width: calc(100% / 3)",
            "color: rgb(17 99 254 / 0.5); width: calc(100% / 3)",
        ),
    ] {
        assert_eq!(coarse(declarations), told);
    }
}

/// What is nested too deep is taken out, and its brackets stay: what follows is not swallowed.
#[test]
fn what_is_too_deep_is_left_out_by_itself() {
    for open in ["calc(", "(", "["] {
        let close = if open == "[" { "]" } else { ")" };
        let (before, after) = (open.repeat(60), close.repeat(60));
        let (begun, ended) = (open.repeat(49), close.repeat(49));
        let deep = format!("width: {before}786049px{after}; left: 786049px");
        assert_eq!(coarse(&deep), format!("width: {begun}{ended}; left: 65536px"));
        let deep = format!("a:is({before}[b=c]{after}) [d=e] {{}}");
        let told = format!("a:is({}{}) [d=\"\"] {{}}", open.repeat(48), close.repeat(48));
        assert_eq!(without_values(&deep), told);
    }
}

#[test]
fn masked_sheets_ask_for_no_values() {
    for (sheet, told) in [
        ("#a [title^=Asha] { color: red }", "#a [title^=\"\"] { color: red }"),
        ("@media screen { a:not([b|c ~= x i]) {} }", "@media screen { a:not([b|c ~=\"\"]) {} }"),
        ("[a=x [b=y]] [open] { grid-area: [line] 1 }", "[a=\"\"] [open] { grid-area: [line] 1 }"),
        ("[a=", "[a=\"\""),
        ("a { color: red }", "a { color: red }"),
    ] {
        assert_eq!(without_values(sheet), told);
    }
}
