//! The rewriting of style sheets under any text: nothing in the result fetches, nothing that was to
//! be taken out is left, and what is taken out again changes nothing.

#![no_main]

use cssparser::{ParseError, Parser, Token};
use libfuzzer_sys::fuzz_target;
use saath_core::css::{
    Asked, Unasked, coarse, numbered, sheet_on, style_on, with_strings, without_requests, without_text,
    without_values,
};

fuzz_target!(|css: &str| {
    let clean = without_requests(css);
    Seen::of(&clean).assert_no_requests(css, &clean);
    // What is cut off at the end may be written in full once more.
    let twice = without_requests(&clean);
    assert_eq!(without_requests(&twice), twice, "a third time, of {css:?}");
    // Each address and string may become an empty one, and what is cut off is closed.
    assert!(clean.len() <= 12 * css.len() + 16, "{} of {}", clean.len(), css.len());

    let addressed = numbered(css, |_| None, |_| Some(7));
    Seen::of(&addressed).assert_no_requests(css, &addressed);

    let quiet = with_strings(css, |_| Some(String::new()));
    let seen = Seen::of(&quiet);
    seen.assert_no_requests(css, &quiet);
    assert!(seen.strings.iter().all(String::is_empty), "{:?} of {css:?}", seen.strings);
    assert!(seen.comments.iter().all(String::is_empty), "{:?} of {css:?}", seen.comments);

    let looks = without_text(css);
    let seen = Seen::of(&looks);
    seen.assert_no_requests(css, &looks);
    assert!(seen.strings.is_empty(), "{:?} of {css:?}", seen.strings);

    let rough = coarse(&looks);
    let seen = Seen::of(&rough);
    seen.assert_no_requests(css, &rough);
    assert!(seen.digits <= 7, "{rough:?} of {css:?}");
    assert_eq!(coarse(&rough), rough, "a second time, of {css:?}");

    let selecting = without_values(&quiet);
    let seen = Seen::of(&selecting);
    seen.assert_no_requests(css, &selecting);
    assert!(seen.asked.iter().all(|value| value == "\"\""), "{:?} of {css:?}", seen.asked);

    let mut asked = Asked::default();
    let sheet = sheet_on(css, &Unasked, &mut asked).into_owned();
    let style = style_on(css, &Unasked, &mut asked).into_owned();
    // In the order in which they are done.
    for settled in [sheet, style] {
        let clean = without_requests(&settled);
        Seen::of(&clean).assert_no_requests(css, &clean);
    }
});

/// What a tokenizer sees in a text, in all its blocks.
#[derive(Default)]
struct Seen {
    /// But those of addresses.
    strings: Vec<String>,
    addresses: Vec<String>,
    comments: Vec<String>,
    /// What stands in brackets behind a sign of comparison.
    asked: Vec<String>,
    /// The digits of the number that has most.
    digits: usize,
    imports: bool,
}

impl Seen {
    fn of(css: &str) -> Self {
        let mut seen = Self::default();
        seen.walk(&mut Parser::new(css), false);
        seen
    }

    fn walk(&mut self, parser: &mut Parser<'_>, takes_addresses: bool) {
        loop {
            let start = parser.position();
            let Ok(token) = parser.next_including_whitespace_and_comments() else { return };
            let token = token.clone();
            let brackets = token == Token::SquareBracketBlock;
            let inner = match &token {
                Token::Number { .. } | Token::Percentage { .. } | Token::Dimension { .. } => {
                    let number = parser.slice_from(start);
                    let number = number.trim_end_matches(|c: char| !c.is_ascii_digit());
                    let digits = number.bytes().filter(u8::is_ascii_digit).count();
                    self.digits = self.digits.max(digits);
                    continue;
                }
                Token::UnquotedUrl(address) | Token::BadUrl(address) => {
                    self.addresses.push(address.as_ref().to_owned());
                    continue;
                }
                Token::QuotedString(text) | Token::BadString(text) => {
                    let list =
                        if takes_addresses { &mut self.addresses } else { &mut self.strings };
                    list.push(text.as_ref().to_owned());
                    continue;
                }
                Token::Comment(text) => {
                    self.comments.push((*text).to_owned());
                    continue;
                }
                Token::AtKeyword(name) => {
                    self.imports |= name.eq_ignore_ascii_case("import");
                    continue;
                }
                Token::Function(name) => match name.to_ascii_lowercase().as_str() {
                    "url" | "src" => true,
                    "type" => false,
                    name => {
                        let plain = ["-webkit-", "-moz-"].iter().find_map(|it| name.strip_prefix(it));
                        takes_addresses || ADDRESSED.contains(&plain.unwrap_or(name))
                    }
                },
                Token::ParenthesisBlock => takes_addresses,
                Token::SquareBracketBlock | Token::CurlyBracketBlock => false,
                _ => continue,
            };
            let _ = parser.parse_nested_block(|block| {
                if brackets {
                    let state = block.state();
                    self.ask(block);
                    block.reset(&state);
                }
                self.walk(block, inner);
                Ok::<_, ParseError<()>>(())
            });
        }
    }

    /// Notes what stands behind the first sign of comparison.
    fn ask(&mut self, block: &mut Parser<'_>) {
        while let Ok(token) = block.next_including_whitespace_and_comments() {
            let compares = matches!(
                token,
                Token::Delim('=')
                    | Token::IncludeMatch
                    | Token::DashMatch
                    | Token::PrefixMatch
                    | Token::SuffixMatch
                    | Token::SubstringMatch
            );
            if compares {
                let start = block.position();
                while block.next_including_whitespace_and_comments().is_ok() {}
                self.asked.push(block.slice_from(start).to_owned());
                return;
            }
        }
    }

    fn assert_no_requests(&self, css: &str, clean: &str) {
        assert!(!self.imports, "{clean:?} of {css:?}");
        for address in &self.addresses {
            let numbered = address.strip_prefix("saath:").is_some_and(|number| {
                !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit())
            });
            let harmless = address == "data:," || address.starts_with('#') || numbered;
            let namespace = address.starts_with("http://www.w3.org/");
            assert!(harmless || namespace, "{address:?} in {clean:?} of {css:?}");
        }
    }
}

/// Functions whose strings are addresses.
const ADDRESSED: [&str; 4] = ["image", "image-set", "cross-fade", "element"];
