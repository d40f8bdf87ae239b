//! Drawings whose parts may stand in a document, by `use`.
//!
//! An image of a drawing fetches nothing, whatever the drawing says; what is used of it does. So only
//! what is found harmless by its words is used, and a drawing that is written in an uncommon way is
//! not: signs for buttons, which is what is used so, are plain.

/// Elements that fetch, run, style, animate what they refer to or hold another language; and ways to
/// write the same in other words.
const NOT_PLAIN: &[&str] = &[
    "<image",
    ":image",
    "feimage",
    "script",
    "foreignobject",
    "<style",
    ":style",
    "<set",
    ":set",
    "<animate",
    ":animate",
    "<a ",
    "<a>",
    "<!e",
    "<![",
    "@",
    "\\",
    "xml:base",
    "1999/xhtml",
    "src",
];
/// All that a value needs to call. What fetches is a function as well, and there are more of them with
/// each year: `image-set('…' 1x)` names an address without any of the words above.
const FUNCTIONS: &[&str] = &[
    "url",
    "matrix",
    "translate",
    "translatex",
    "translatey",
    "scale",
    "scalex",
    "scaley",
    "rotate",
    "skew",
    "skewx",
    "skewy",
    "rgb",
    "rgba",
    "hsl",
    "hsla",
    "calc",
    "var",
];
/// The only references by name that are needed.
const ENTITIES: &[&str] = &["amp;", "lt;", "gt;", "quot;", "apos;"];

/// Whether nothing in a drawing can fetch or run.
pub(super) fn is_plain(bytes: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(bytes) else { return false };
    let text = text.to_ascii_lowercase();
    let follows = |word: &str, holds: &dyn Fn(&str) -> bool| {
        text.match_indices(word).all(|(at, _)| text.get(at + word.len()..).is_some_and(holds))
    };
    !NOT_PLAIN.iter().any(|word| text.contains(word))
        && follows("&", &|rest| ENTITIES.iter().any(|entity| rest.starts_with(entity)))
        && follows("<!d", &is_bare_doctype)
        && follows("<?", &|rest| rest.starts_with("xml "))
        && follows("url", &|rest| is_own(rest.trim_start().strip_prefix('(')))
        && text.match_indices('(').all(|(at, _)| text.get(..at).is_some_and(calls_what_is_known))
        && follows("href", &|rest| is_own(rest.trim_start().strip_prefix('=')))
}

/// Whether what stands before a parenthesis is no function, or one of those that are known.
fn calls_what_is_known(before: &str) -> bool {
    let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_') || !c.is_ascii();
    let name = before.rsplit(|c| !is_name(c)).next().unwrap_or("");
    name.is_empty() || FUNCTIONS.contains(&name)
}

/// Whether a document type is only named: browsers read none of another address, and one that is
/// written out could name anything. In one kind of quotes, so that it ends where it seems to.
fn is_bare_doctype(rest: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || " .:/\"-\n\r\t".contains(c);
    rest.starts_with("octype svg ")
        && rest.split_once('>').is_some_and(|(name, _)| {
            name.chars().all(plain) && name.matches('"').count().is_multiple_of(2)
        })
}

/// Whether an address is within the drawing.
fn is_own(rest: Option<&str>) -> bool {
    rest.is_some_and(|rest| {
        rest.trim_start().trim_start_matches(['"', '\'']).trim_start().starts_with('#')
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(inner: &str, plain: bool) {
        let svg = format!("<svg xmlns=\"http://www.w3.org/2000/svg\">{inner}</svg>");
        assert_eq!(is_plain(svg.as_bytes()), plain, "{inner}");
    }

    #[test]
    fn signs_are_plain() {
        check("<symbol id='a' viewBox='0 0 9 9'><path d='M0 0' style='fill: red'/></symbol>", true);
        check("<title>A &amp; B</title><use href='#a'/><use xlink:href = \"#a\"/>", true);
        check("<g id='image'/>", true);
        check(
            "<g transform='translate(1,2)rotate(3) scale (2)' fill='RGB(1 2 3)'/><!-- a (plain) sign -->",
            true,
        );
        check("<g fill='url(#g)' mask=\"url( '#m' )\"/><!-- a sign -->", true);
        assert!(is_plain(b"<?xml version='1.0'?><svg/>"));
        assert!(is_plain(
            b"<!DOCTYPE svg PUBLIC \"-//W3C//DTD SVG 1.1//EN\" \"http://x/svg11.dtd\"><svg/>"
        ));
    }

    #[test]
    fn what_may_fetch_is_not() {
        for inner in [
            "<image href='#a'/>",
            "<feImage href='#a'/>",
            "<s:IMAGE xmlns:s='http://www.w3.org/2000/svg'/>",
            "<use href='/b.svg#a'/>",
            "<use href=' https://x#a'/>",
            "<use HREF='//x'/>",
            "<g fill='url(/x)'/>",
            "<g fill='UR\\4c(/x)'/>",
            "<g fill='u&#x72;l(/x)'/>",
            "<style>*{}</style>",
            "<set attributeName='href' to='/x'/>",
            "<animate/>",
            "<foreignObject/>",
            "<p xmlns='http://www.w3.org/1999/xhtml'/>",
            "<a xlink:type='simple'/>",
            "<script/>",
            "<path cursor=\"image-set('https://x/' 1x), auto\"/>",
            "<path style=\"mask-image: -webkit-image-set('//x' 1x)\"/>",
            "<path style='mask: IMAGE(\"//x\")'/>",
            "<path style='filter: cross-fade(\"//x\", red)'/>",
            "<path style='fill: unheard-of(\"//x\")'/>",
        ] {
            check(inner, false);
        }
        assert!(!is_plain(b"<!DOCTYPE svg [<!ENTITY a 'b'>]><svg/>"));
        assert!(!is_plain(b"<!DOCTYPE svg SYSTEM '>' [<!ATTLIST g d CDATA ''>]><svg/>"));
        assert!(!is_plain(b"<!DOCTYPE svg SYSTEM \">\" [<!ATTLIST g d CDATA ''>]><svg/>"));
        assert!(!is_plain(b"<!DOCTYPE svg PUBLIC \"'\" '>' [<!ATTLIST g d CDATA ''>]><svg/>"));
        assert!(!is_plain(b"<!DOCTYPE svg"));
        assert!(!is_plain(b"<?xml-stylesheet?><svg/>"));
        assert!(!is_plain(b"\xff<svg/>"));
    }
}
