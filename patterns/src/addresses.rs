//! E-mail addresses and UPI handles: whatever is written around an `@`.

use super::glyphs::Glyph;
use std::ops::Range;

pub(super) fn scan(block: &[Glyph], found: &mut dyn FnMut(Range<usize>)) {
    for (at, _) in block.iter().enumerate().filter(|(_, glyph)| glyph.char == '@') {
        let mut from = at;
        while from > 0 && is_local(block[from - 1].char) {
            from -= 1;
        }
        let mut to = at + 1;
        while to < block.len() && is_host(block[to].char) {
            to += 1;
        }
        while to > at + 1 && matches!(block[to - 1].char, '.' | '-') {
            to -= 1;
        }
        while from < at && matches!(block[from].char, '.' | '-') {
            from += 1;
        }
        let host = &block[at + 1..to];
        let domain = host.iter().any(|glyph| glyph.char == '.');
        let handle = at - from >= 2 && host.first().is_some_and(|glyph| !glyph.is_digit());
        let named = host.iter().any(|glyph| glyph.char.is_alphabetic());
        if from < at && host.len() >= 2 && named && (domain || handle) {
            found(from..to);
        }
    }
}

fn is_local(char: char) -> bool {
    char.is_alphanumeric() || ".-_+'".contains(char) || is_mark(char)
}

fn is_host(char: char) -> bool {
    char.is_alphanumeric() || matches!(char, '.' | '-') || is_mark(char)
}

/// Vowel signs and the like of Indian scripts, which belong to the letter before them.
fn is_mark(char: char) -> bool {
    matches!(char, '\u{900}'..='\u{DFF}')
}
