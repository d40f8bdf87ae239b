//! Which pictures may be sent, each as the number of an asset.
//!
//! A picture that the page loads from an address is the page's own, like its text. What is made in
//! the page may be anybody's: a QR code, a signature, the camera. So `data:` and `blob:` pictures,
//! canvases and films are sent only where a show mark covers them. Style sheets are written by the
//! page's author, and the small `data:` pictures in them are part of the design, unless they are
//! drawings with text.

use super::zone::Zone;
use crate::assets::{Addresses, Picture, Seen, Use};
use crate::css::Address;
use std::cell::RefCell;

/// Whether a show mark covers it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shown {
    Yes,
    No,
}

impl Shown {
    pub(super) fn of(zone: Zone) -> Self {
        if zone.is_shown() { Self::Yes } else { Self::No }
    }
}

/// What an element shows, and whether it lays itself out.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Shows {
    pub(super) value: String,
    /// The picture or its natural size lays the element out; else a size has to be forced on it.
    pub(super) natural: bool,
}

/// Gives numbers to pictures that may be sent.
pub(super) struct Pictures<'a>(RefCell<&'a mut Addresses>);

impl<'a> Pictures<'a> {
    pub(super) fn new(addresses: &'a mut Addresses) -> Self {
        Self(RefCell::new(addresses))
    }

    /// In a `style` attribute.
    pub(super) fn of_style(&self, shown: Shown, address: Address<'_>) -> Option<u32> {
        let allowed = shown == Shown::Yes || !is_made_here(address.text);
        self.number_in_css(allowed, address)
    }

    /// In a style sheet.
    pub(super) fn of_sheet(&self, shown: Shown, address: Address<'_>) -> Option<u32> {
        let allowed = shown == Shown::Yes || address.font || is_design(address.text);
        self.number_in_css(allowed, address)
    }

    fn number_in_css(&self, allowed: bool, address: Address<'_>) -> Option<u32> {
        let Address { base, text, font } = address;
        let used = if font { Use::Font } else { Use::Picture };
        let told = allowed && !text.is_empty();
        told.then(|| self.number(used, base, text)).flatten()
    }

    /// Of an element in a zone that hides nothing.
    pub(super) fn of_element(&self, shown: Shown, raw: &str) -> Option<Shows> {
        let (size, live, address, label) = match Seen::parse(raw)? {
            Seen::None => return Some(Shows { value: Picture::None.to_string(), natural: true }),
            Seen::Broken => {
                // What stands there instead is the words for it, which are sent only where shown.
                let natural = shown == Shown::Yes;
                return Some(Shows { value: Picture::Broken.to_string(), natural });
            }
            Seen::Source { size, live, address, label } => (size, live, address, label),
        };
        let live = live.filter(|_| shown == Shown::Yes);
        let address = address.filter(|text| shown == Shown::Yes || !is_made_here(text));
        let number = match (live, address) {
            (Some(node), _) => self.number(Use::Live, "", node),
            (None, Some(address)) => self.number(Use::Picture, "", address),
            (None, None) => None,
        };
        if number.is_none() && label.is_none() {
            return None;
        }
        let picture = Picture::Asset { number: number.unwrap_or(0), size, label };
        let natural = number.is_some() && size.0 > 0 && size.1 > 0;
        Some(Shows { value: picture.to_string(), natural })
    }

    fn number(&self, used: Use, base: &str, address: &str) -> Option<u32> {
        self.0.borrow_mut().number(used, base, address)
    }
}

fn has_scheme(address: &str, scheme: &str) -> bool {
    // As browsers read addresses: leading blanks and control characters, tabs and line ends do not count.
    let mut letters = address
        .trim_start_matches(|c: char| c <= ' ')
        .chars()
        .filter(|c| !matches!(c, '\t' | '\n' | '\r'));
    scheme.chars().all(|c| letters.next().is_some_and(|l| l.eq_ignore_ascii_case(&c)))
}

fn is_made_here(address: &str) -> bool {
    ["data:", "blob:", "filesystem:"].iter().any(|scheme| has_scheme(address, scheme))
}

/// Whether an address in a sheet is the author's: no picture made in the page, and no drawing that
/// may have text in it. One whose text cannot be seen from here counts as one that has.
fn is_design(address: &str) -> bool {
    if !is_made_here(address) {
        return true;
    }
    if !has_scheme(address, "data:") {
        return false;
    }
    let text = percent_decoded(address).to_ascii_lowercase();
    let (head, body) = text.split_once(',').unwrap_or((&text, ""));
    match (head.contains("svg"), head.contains("base64")) {
        (false, _) => true,
        (true, true) => false,
        (true, false) => !["<text", ":text", "foreignobject", "<tspan", "<!entity", "<style", "&#"]
            .iter()
            .any(|word| body.contains(word)),
    }
}

fn percent_decoded(text: &str) -> String {
    let mut out = Vec::with_capacity(text.len());
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        let mut ahead = bytes.clone();
        let digit = |byte: Option<u8>| byte.and_then(|b| char::from(b).to_digit(16));
        match (byte, digit(ahead.next()), digit(ahead.next())) {
            (b'%', Some(high), Some(low)) => {
                out.push(u8::try_from(high * 16 + low).unwrap_or(b'?'));
                bytes = ahead;
            }
            _ => out.push(byte),
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn element(shown: Shown, raw: &str) -> Option<(String, bool)> {
        let mut addresses = Addresses::default();
        let pictures = Pictures::new(&mut addresses);
        pictures.of_element(shown, raw).map(|shows| (shows.value, shows.natural))
    }

    #[test]
    fn what_is_made_in_the_page_needs_a_show_mark() {
        let some = |value: &str, natural| Some((value.to_owned(), natural));
        assert_eq!(element(Shown::No, "8,9\n\n\nhttps://x/a.png"), some("1 8,9", true));
        for made in ["data:image/png;base64,AA", " blob:x", "DA\tTA:,", "\u{1}data:,"] {
            let raw = format!("8,9\n\n\n{made}");
            assert_eq!(element(Shown::No, &raw), None, "{made}");
            assert_eq!(element(Shown::Yes, &raw), some("1 8,9", true), "{made}");
        }
        assert_eq!(element(Shown::No, "0,0\ncanvas\n17\n"), some("0 0,0 canvas", false));
        assert_eq!(element(Shown::Yes, "0,0\ncanvas\n17\n"), some("1 0,0 canvas", false));
        let film = "0,0\nvideo ▶ 3\n17\nhttps://x/poster.png";
        assert_eq!(element(Shown::No, film), some("1 0,0 video ▶ 3", false));
        assert_eq!(element(Shown::No, "broken"), some("broken", false));
    }

    #[test]
    fn sheets_are_the_authors() {
        for own in [
            "x.png",
            "data:image/png;base64,AA",
            "data:image/svg+xml,%3csvg%3e%3cpath d='text'/%3e",
        ] {
            assert!(is_design(own), "{own}");
        }
        for made in [
            "blob:x",
            "data:image/svg+xml;base64,PHN2",
            "data:image/svg+xml,<svg><text>",
            "data:image/svg+xml,%3Csvg%3E%3CTE%58T%3E",
            "data:image/%73vg+xml,<svg><text>",
        ] {
            assert!(!is_design(made), "{made}");
        }
    }
}
