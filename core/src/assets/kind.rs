//! What bytes are, by the bytes themselves. What a sender says of them is not asked.

mod plain_svg;

/// The types that the agent's browser is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// A picture of pixels, or a font: its media type.
    Plain(&'static str),
    /// SVG, of which an image shows all but what it would fetch or run.
    Svg,
    /// SVG that fetches and runs nothing, wherever it stands: its parts may be used in a document.
    PlainSvg,
}

impl Kind {
    /// What the bytes begin like; none for what is neither a picture nor a font.
    pub fn sniff(bytes: &[u8]) -> Option<Self> {
        let begins = |magic: &[u8]| bytes.starts_with(magic);
        let at = |place: usize, magic: &[u8]| {
            bytes.get(place..).is_some_and(|rest| rest.starts_with(magic))
        };
        let plain = if begins(b"\x89PNG\r\n\x1a\n") {
            "image/png"
        } else if begins(b"\xff\xd8\xff") {
            "image/jpeg"
        } else if begins(b"GIF87a") || begins(b"GIF89a") {
            "image/gif"
        } else if begins(b"RIFF") && at(8, b"WEBP") {
            "image/webp"
        } else if at(4, b"ftyp") && (at(8, b"avif") || at(8, b"avis") || at(8, b"mif1")) {
            "image/avif"
        } else if begins(b"BM") {
            "image/bmp"
        } else if begins(b"\0\0\x01\0") || begins(b"\0\0\x02\0") {
            "image/x-icon"
        } else if begins(b"wOF2") {
            "font/woff2"
        } else if begins(b"wOFF") {
            "font/woff"
        } else if begins(b"OTTO") {
            "font/otf"
        } else if begins(b"\0\x01\0\0") || begins(b"true") || begins(b"ttcf") {
            "font/ttf"
        } else {
            let svg = if plain_svg::is_plain(bytes) { Self::PlainSvg } else { Self::Svg };
            return is_svg(bytes).then_some(svg);
        };
        Some(Self::Plain(plain))
    }

    /// The media type.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Plain(name) => name,
            Self::Svg => "image/svg+xml",
            Self::PlainSvg => "image/svg+xml;parts=plain",
        }
    }
}

/// Whether the first element is `svg`, after a declaration, comments and a document type.
fn is_svg(bytes: &[u8]) -> bool {
    const LOOKED_AT: usize = 4096;
    let head = bytes.get(..LOOKED_AT).unwrap_or(bytes);
    let head = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
    let mut rest = &*String::from_utf8_lossy(head);
    loop {
        rest = rest.trim_ascii_start();
        let end = if rest.starts_with("<?") {
            "?>"
        } else if rest.starts_with("<!--") {
            "-->"
        } else if rest.starts_with("<!") {
            if rest.find('[') < rest.find('>') && rest.contains('[') { "]>" } else { ">" }
        } else {
            let name = rest.strip_prefix('<').unwrap_or("");
            let name = name.split(|c: char| c.is_ascii_whitespace() || matches!(c, '>' | '/'));
            return name
                .into_iter()
                .next()
                .is_some_and(|name| name == "svg" || name.ends_with(":svg"));
        };
        let Some(at) = rest.find(end) else { return false };
        rest = rest.get(at + end.len()..).unwrap_or("");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_tell_what_they_are() {
        let check = |bytes: &[u8], expected: Option<&str>| {
            assert_eq!(Kind::sniff(bytes).map(Kind::media_type), expected, "{bytes:?}");
        };
        check(b"\x89PNG\r\n\x1a\n....", Some("image/png"));
        check(b"RIFF....WEBPVP8 ", Some("image/webp"));
        check(b"\0\0\0\x20ftypavif", Some("image/avif"));
        check(b"wOF2....", Some("font/woff2"));
        check(b"<svg xmlns='http://www.w3.org/2000/svg'/>", Some("image/svg+xml;parts=plain"));
        check(b"<svg><image/></svg>", Some("image/svg+xml"));
        check(b"\xef\xbb\xbf<?xml version='1.0'?>\n<!-- <html> -->\n<!DOCTYPE svg [<!ENTITY a 'b'>]>\n<svg:svg>", Some("image/svg+xml"));
        for nothing in [
            &b""[..],
            b"<",
            b"<html><svg>",
            b"<!doctype html><svg>",
            b"MZ",
            b"<!--<svg",
            b"%PDF-1.7",
            b"svg",
        ] {
            let expected = (nothing == b"<!doctype html><svg>").then_some("image/svg+xml");
            check(nothing, expected);
        }
    }
}
