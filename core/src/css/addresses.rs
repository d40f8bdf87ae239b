//! The addresses in a style: each becomes the number of an asset, or nothing.
//!
//! `url(a.png)` is sent as `url(saath:7)`. Where `a.png` is relative to is told by a rule of our
//! own, `@saath-base "…";`, which the glue puts in front of each sheet's text and which holds to
//! the end of its block: sheets are inlined into one another, and an address has no meaning
//! without the sheet that it stands in.

use cssparser::{Parser, Token};

/// The rule that tells where addresses are relative to.
pub(super) const BASE_RULE: &str = "saath-base";
/// Names of namespaces look like addresses, and are never fetched.
const NAMESPACES: &[&str] = &[
    "http://www.w3.org/1999/xhtml",
    "http://www.w3.org/2000/svg",
    "http://www.w3.org/1998/Math/MathML",
    "http://www.w3.org/1999/xlink",
];

/// An address as it stands in a style.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Address<'a> {
    /// What it is relative to; empty for the document's base.
    pub base: &'a str,
    /// Itself.
    pub text: &'a str,
    /// Whether it is a font's.
    pub font: bool,
}

/// Gives the number of an asset for an address.
pub(super) type Numbers<'f> = dyn Fn(Address<'_>) -> Option<u32> + 'f;

/// Where in a style.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Place<'b> {
    pub(super) base: &'b str,
    /// In an `@font-face` rule.
    pub(super) font: bool,
    /// Where a string or an address is no picture: in the head of a rule, in a function that takes
    /// something else.
    pub(super) other: bool,
}

impl Place<'_> {
    /// What to write for an address.
    pub(super) fn write(self, numbers: &Numbers<'_>, text: &str) -> Option<String> {
        if self.other {
            return None;
        }
        let Self { base, font, .. } = self;
        let number = numbers(Address { base, text, font })?;
        Some(format!("url(saath:{number})"))
    }
}

/// The number of an address that was written by the other end, and by nobody else.
pub(super) fn received(address: Address<'_>) -> Option<u32> {
    let digits = address.text.strip_prefix("saath:")?;
    let plain = !digits.starts_with('0') && digits.bytes().all(|b| b.is_ascii_digit());
    let number = digits.parse().ok().filter(|_| plain)?;
    (number <= crate::assets::MAX_ASSETS).then_some(number)
}

/// Whether a name of a namespace may stay as it is.
pub(super) fn is_namespace(text: &str) -> bool {
    NAMESPACES.contains(&text)
}

/// Reads the rest of a base rule.
pub(super) fn read_base(parser: &mut Parser<'_>) -> Option<String> {
    let base = match parser.next() {
        Ok(Token::QuotedString(base)) => base.as_ref().to_owned(),
        _ => return None,
    };
    matches!(parser.next(), Ok(Token::Semicolon)).then_some(base)
}

#[cfg(test)]
mod tests {
    use super::super::requests::{numbered, without_requests};
    use super::*;
    use std::cell::RefCell;

    /// What is written, and which addresses were met.
    fn check(css: &str, written: &str, met: &[(&str, &str)]) {
        let seen = RefCell::new(vec![]);
        let number = |address: Address<'_>| {
            let text = format!("{}{}", if address.font { "font " } else { "" }, address.text);
            seen.borrow_mut().push((address.base.to_owned(), text));
            u32::try_from(seen.borrow().len()).ok()
        };
        assert_eq!(numbered(css, |_| None, number), written, "{css}");
        let seen = seen.into_inner();
        let seen: Vec<_> = seen.iter().map(|(base, text)| (base.as_str(), text.as_str())).collect();
        assert_eq!(seen, met, "{css}");
    }

    #[test]
    fn addresses_become_numbers() {
        check("a{b:url(x.png)}", "a{b:url(saath:1)}", &[("", "x.png")]);
        check("b:url('x y.png') 2px", "b:url(saath:1) 2px", &[("", "x y.png")]);
        check("b:url(#a),url('#b')", "b:url(#a),url('#b')", &[]);
        check(
            "b:image-set('x' type('image/png') 1x, url(y) 2x)",
            "b:image-set(url(saath:1) type('image/png') 1x, url(saath:2) 2x)",
            &[("", "x"), ("", "y")],
        );
        check("b:src('x')", "b:src(\"data:,\")", &[]);
        check("--x:url(y)", "--x:url(saath:1)", &[("", "y")]);
        check("a{b:url(x", "a{b:url(saath:1)}", &[("", "x")]);
    }

    #[test]
    fn fonts_are_fonts() {
        check(
            "@font-face{src:local('A'),url(f.woff2) format('woff2')}a{b:url(x)}",
            "@font-face{src:local('A'),url(saath:1) format('woff2')}a{b:url(saath:2)}",
            &[("", "font f.woff2"), ("", "x")],
        );
    }

    #[test]
    fn heads_of_rules_hold_no_pictures() {
        check(
            "@namespace svg url(http://www.w3.org/2000/svg);a{b:url(x)}",
            "@namespace svg url(\"http://www.w3.org/2000/svg\");a{b:url(saath:1)}",
            &[("", "x")],
        );
        check(
            "@namespace url('http://x/');@media print{a{b:url(x)}}",
            "@namespace url(data:,);@media print{a{b:url(saath:1)}}",
            &[("", "x")],
        );
    }

    #[test]
    fn a_base_holds_to_the_end_of_its_block() {
        check(
            "@saath-base \"https://a/\";@media print{@saath-base \"https://b/\";x{y:url(1)}}z{y:url(2)}@saath-base \"https://c/\";x{y:url(3)}",
            " @media print{ x{y:url(saath:1)}}z{y:url(saath:2)} x{y:url(saath:3)}",
            &[("https://b/", "1"), ("https://a/", "2"), ("https://c/", "3")],
        );
        check("@saath-base url(x) y;a{b:url(c)}", " a{b:url(saath:1)}", &[("", "c")]);
    }

    #[test]
    fn only_numbers_come_in() {
        let keep = |css: &str| assert_eq!(without_requests(css), css);
        keep("a{b:url(saath:7)}");
        keep("@font-face{src:url(saath:65536) format('woff2')}");
        let lose = |css: &str| assert_eq!(without_requests(css), "b:url(data:,)", "{css}");
        for address in [
            "saath:",
            "saath:0",
            "saath:07",
            "saath:65537",
            "saath:-1",
            "saath:1/../x",
            "SAATH:1",
            "saath:99999999999",
            "'https://x/saath:1'",
            "blob:x",
        ] {
            lose(&format!("b:url({address})"));
        }
        assert_eq!(without_requests("b:url('saath:7')"), "b:url(saath:7)");
        assert_eq!(
            without_requests("b:image-set('saath:7' 1x,'x' 2x)"),
            "b:image-set(url(saath:7) 1x,\"data:,\" 2x)"
        );
    }
}
