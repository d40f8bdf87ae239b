//! What would fetch is found wherever it hides; what stays is as it was written.

use super::*;
use proptest::prelude::*;

fn check(css: &str, expected: &str) {
    assert_eq!(without_requests(css), expected);
}

#[test]
fn addresses_are_taken_out_wherever_they_hide() {
    check("a{background:url(http://x/?q) no-repeat}", "a{background:url(data:,) no-repeat}");
    check("fill:url(#a) red", "fill:url(#a) red");
    check("fill:url( '#a' );", "fill:url( '#a' );");
    check("url(#a)", "url(#a)");
    check("url('#a')", "url('#a')");
    for cut in ["url(#a", "url(#a\\)", "url('#a", "url('#a)", "url('#a\\')", "url('#a'"] {
        check(cut, "url(data:,)");
    }
    check("fill:url('#a' x)", "fill:url(data:,)");
    check("a{background:url( 'http://x' )}", "a{background:url(data:,)}");
    check("a{background:u\\72l(http://x)}", "a{background:url(data:,)}");
    check("background:URL(//x)", "background:url(data:,)");
    check(
        "a{b:image-set('http://x' 1x, url(y) 2x)}",
        "a{b:image-set(\"data:,\" 1x, url(data:,) 2x)}",
    );
    check("a{b:-webkit-image-set(url(y) 2x)}", "a{b:-webkit-image-set(url(data:,) 2x)}");
    check("a{b:-WebKit-Image-Set('y' 2x)}", "a{b:-WebKit-Image-Set(\"data:,\" 2x)}");
    check("a{b:image-set(var(--x) 1x)}", "a{b:image-set(\"data:,\" 1x)}");
    check("@import 'x.css';p{color:red}", " p{color:red}");
    check("@im\\70ort url(x.css) screen;p{}", " p{}");
    check(
        "@font-face{src:url(x.woff2) format('woff2')}",
        "@font-face{src:url(data:,) format('woff2')}",
    );
    check("@media print{@import url(q);b{c:url(d)}}", "@media print{ b{c:url(data:,)}}");
}

#[test]
fn strings_can_be_replaced() {
    let css = "a{content:'PAN';b:url('x');font-family:\"F\"}";
    let upper = with_strings(css, |text| (text == "PAN").then(|| "██".to_owned()));
    assert_eq!(upper, "a{content:\"██\";b:url(data:,);font-family:\"F\"}");
    assert_eq!(with_strings("a{b:c}", |_| None), "a{b:c}");
    // Not a string to a browser, but it would be told as one.
    assert_eq!(with_strings("a{b:'PAN\nc:d}", |_| Some(String::new())), "a{b:\"\nc:d}");
}

#[test]
fn other_styles_stay_as_they_are() {
    for css in [
        "a:hover::before{content:'url(not one) \\201c';width:calc(100% - (2px))}",
        "@media (min-width:30em){.a\\:b{color:rgb(1 2 3 / 50%)}}",
        "--x: {a:b}; color: red",
        "/* url(x) */ p > q { margin: 0 }",
        "@layer a,b;@container (width>1px){c{d:e}}",
    ] {
        check(css, css);
    }
}

#[test]
fn quiet_styles_carry_no_text() {
    let css = "width:calc(1px + 2px); --pan: ABCPV1234D; content: 'x'; color: red; grid: [a] 1fr; background: url(x)";
    assert_eq!(without_text(css), "width:calc(1px + 2px);color: red");
    assert_eq!(without_text("red"), "red");
    let hidden =
        "a: calc(('x')); b: min(1px, x('y')); c: (d); e: f /* g */; h: var(--i, url(j)); k: (''";
    assert_eq!(without_text(hidden), "c: (d)");
    let deep = format!("a: {}1px{}", "calc(".repeat(60), ")".repeat(60));
    assert_eq!(without_text(&deep), "");
}

#[test]
fn comments_are_texts() {
    let quiet = |css| with_strings(css, |_| Some(String::new()));
    assert_eq!(quiet("/*PAN*/a{b:c/*PAN"), "/**/a{b:c/**/}");
    let netted = with_strings("/*PAN*//*x*/", |text| (text == "PAN").then(|| "██".to_owned()));
    assert_eq!(netted, "/**//*x*/");
}

#[test]
fn unclosed_and_endless_styles_do_no_harm() {
    check("a{b:url(x", "a{b:url(data:,)}");
    check(&"a{".repeat(100_000).replace('a', "@"), "");
    check("a{b:url(x\ny)}", "a{b:url(data:,)}");
}

proptest! {
    #[test]
    fn no_address_survives(parts in proptest::collection::vec(
        prop_oneof![
            Just("url("), Just("u\\72l("), Just("'"), Just("\""), Just("http://evil/"), Just(")"), Just("{"),
            Just("}"), Just("\\"), Just("/*"), Just("*/"), Just("@import "), Just(";"), Just("image-set("),
            Just("\n"), Just("a"), Just("src("), Just("<!--"), Just("["), Just("]"), Just("U+1"), Just("%"),
            Just("var("), Just("--x:"), Just("cross-fade("), Just("url(#"), Just("#a"), Just("url('#")
        ], 0..24)) {
        let css = parts.concat();
        let once = without_requests(&css).into_owned();
        assert_harmless(&mut Parser::new(&once), false);
        let twice = without_requests(&once).into_owned();
        // The cut-off end may be written in full once more, but that is the end of it.
        prop_assert_eq!(&without_requests(&twice), &twice);
    }
}

fn assert_harmless(parser: &mut Parser<'_>, addresses: bool) {
    while let Ok(token) = parser.next_including_whitespace_and_comments() {
        let mut inner = addresses;
        match token {
            Token::UnquotedUrl(url) => assert!(url.starts_with('#') || &**url == "data:,"),
            Token::QuotedString(text) if addresses => assert_eq!(&**text, "data:,"),
            Token::AtKeyword(name) => assert!(!name.eq_ignore_ascii_case("import")),
            Token::Function(name) => {
                if name.eq_ignore_ascii_case("url") {
                    assert!(only_string(parser).is_some_and(|text| text.starts_with('#')));
                    continue;
                }
                assert!(!addresses || !substitutes(name));
                inner = takes_addresses(name) || addresses;
            }
            Token::ParenthesisBlock | Token::SquareBracketBlock | Token::CurlyBracketBlock => {
                inner = false;
            }
            _ => continue,
        }
        if matches!(
            token,
            Token::Function(_)
                | Token::ParenthesisBlock
                | Token::SquareBracketBlock
                | Token::CurlyBracketBlock
        ) {
            let _ = parser.parse_nested_block(|b| {
                assert_harmless(b, inner);
                Ok::<_, ParseError<()>>(())
            });
        }
    }
}
