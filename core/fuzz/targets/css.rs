//! The rewriting of style sheets under any text: nothing in the result fetches, nothing that was to
//! be taken out is left, and what is done again changes nothing.

#![no_main]

use cssparser::{ParseError, Parser, Token};
use libfuzzer_sys::fuzz_target;
use saath_core::css::{
    Asked, Unasked, numbered, sheet_on, style_on, with_strings, without_requests, without_text,
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

    let mut asked = Asked::default();
    let sheet = sheet_on(css, &Unasked, &mut asked).into_owned();
    assert_eq!(sheet_on(&sheet, &Unasked, &mut asked), sheet, "a second time, of {css:?}");
    let style = style_on(css, &Unasked, &mut asked).into_owned();
    assert_eq!(style_on(&style, &Unasked, &mut asked), style, "a second time, of {css:?}");
    // In the order in which they are done.
    let both = without_requests(&sheet);
    Seen::of(&both).assert_no_requests(css, &both);
});

/// What a tokenizer sees in a text, in all its blocks.
#[derive(Default)]
struct Seen {
    /// But those of addresses.
    strings: Vec<String>,
    addresses: Vec<String>,
    comments: Vec<String>,
    imports: bool,
}

impl Seen {
    fn of(css: &str) -> Self {
        let mut seen = Self::default();
        seen.walk(&mut Parser::new(css), false);
        seen
    }

    fn walk(&mut self, parser: &mut Parser<'_>, takes_addresses: bool) {
        while let Ok(token) = parser.next_including_whitespace_and_comments() {
            let inner = match token {
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
                    name => takes_addresses || ADDRESSED.iter().any(|known| name.ends_with(known)),
                },
                Token::ParenthesisBlock => takes_addresses,
                Token::SquareBracketBlock | Token::CurlyBracketBlock => false,
                _ => continue,
            };
            let _ = parser.parse_nested_block(|block| {
                self.walk(block, inner);
                Ok::<_, ParseError<()>>(())
            });
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
