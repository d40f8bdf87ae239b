//! Text as the eye reads it: one glyph per visible character, folded to what the patterns name.
//!
//! Folding once keeps every scanner free of scripts, cases and invisible characters.

use std::{iter::Peekable, str::CharIndices};

/// One visible character.
#[derive(Debug, Clone, Copy)]
pub(super) struct Glyph {
    /// `0`-`9` for a decimal digit of any script, `A`-`Z` for a Latin letter of either case and
    /// width, `' '` for any run of blanks, `-` for any dash, `.` for any dot, `@`; else as it is.
    pub(super) char: char,
    /// Whether a Latin letter was a capital.
    pub(super) capital: bool,
    /// Whether a piece of joined text begins here.
    pub(super) edge: bool,
    /// Byte offset.
    pub(super) start: usize,
    /// Byte offset, exclusive.
    pub(super) end: usize,
}

impl Glyph {
    pub(super) fn is_digit(self) -> bool {
        self.char.is_ascii_digit()
    }

    pub(super) fn is_letter(self) -> bool {
        self.char.is_ascii_uppercase()
    }

    /// The number a digit stands for.
    pub(super) fn digit(self) -> u8 {
        (self.char as u32).wrapping_sub('0' as u32) as u8
    }
}

/// Reads glyphs off a text.
pub(super) struct Glyphs<'a> {
    text: &'a str,
    chars: Peekable<CharIndices<'a>>,
    edges: &'a [usize],
}

impl<'a> Glyphs<'a> {
    pub(super) fn new(text: &'a str, edges: &'a [usize]) -> Self {
        Glyphs { text, chars: text.char_indices().peekable(), edges }
    }

    /// Fills `block` up to `size` glyphs; whether there is more text.
    pub(super) fn fill(&mut self, block: &mut Vec<Glyph>, size: usize) -> bool {
        let mut edge = false;
        while block.len() < size {
            let Some((start, char)) = self.chars.next() else { return false };
            while let [next, rest @ ..] = self.edges
                && *next <= start
            {
                edge = true;
                self.edges = rest;
            }
            let mut end = start + char.len_utf8();
            let (folded, capital) = match char {
                '%' => match self.text.get(end..end + 2) {
                    Some("40") => ('@', false),
                    Some("20") => (' ', false),
                    _ => ('%', false),
                },
                _ => match fold(char) {
                    Some(folded) => folded,
                    None => continue,
                },
            };
            if char == '%' && folded != '%' {
                self.chars.next();
                self.chars.next();
                end += 2;
            }
            if folded == ' '
                && let Some(last) = block.last_mut()
                && last.char == ' '
            {
                last.end = end;
                continue;
            }
            block.push(Glyph { char: folded, capital, edge, start, end });
            edge = false;
        }
        self.chars.peek().is_some()
    }
}

/// Whether an identifier may hang on this character.
pub(super) fn is_anchor(char: char) -> bool {
    match char {
        '0'..='9' | '@' | '\u{FE6B}' | '\u{FF20}' => true,
        _ => !char.is_ascii() && decimal(char).is_some(),
    }
}

/// The folded character and whether it was a capital; `None` for what is not seen.
fn fold(char: char) -> Option<(char, bool)> {
    Some(match char {
        'a'..='z' => (char.to_ascii_uppercase(), false),
        'A'..='Z' => (char, true),
        _ if char.is_ascii() => (if char.is_ascii_whitespace() { ' ' } else { char }, false),
        // Soft hyphen, joiners, direction marks, variation selectors, keycap, byte order mark.
        '\u{AD}'
        | '\u{34F}'
        | '\u{61C}'
        | '\u{180B}'..='\u{180E}'
        | '\u{200B}'..='\u{200F}'
        | '\u{202A}'..='\u{202E}'
        | '\u{2060}'..='\u{206F}'
        | '\u{20E3}'
        | '\u{FE00}'..='\u{FE0F}'
        | '\u{FEFF}' => return None,
        '\u{2010}'..='\u{2015}' | '\u{2043}' | '\u{2212}' | '\u{FE58}' | '\u{FE63}' => ('-', false),
        '\u{B7}' | '\u{2022}' | '\u{2024}' | '\u{2027}' | '\u{2219}' | '\u{22C5}' | '\u{FE52}' => {
            ('.', false)
        }
        '\u{FE6B}' => ('@', false),
        // Full-width forms of ASCII.
        '\u{FF01}'..='\u{FF5E}' => {
            return fold(char::from_u32(char as u32 - 0xFF01 + 0x21).unwrap_or(char));
        }
        _ if char.is_whitespace() => (' ', false),
        _ => match decimal(char) {
            Some(digit) => (char::from(b'0' + digit), false),
            None => (char, false),
        },
    })
}

/// The value of a decimal digit outside ASCII.
fn decimal(char: char) -> Option<u8> {
    let code = char as u32;
    let block = ZEROS.partition_point(|zero| *zero <= code);
    let value = code - ZEROS.get(block.checked_sub(1)?)?;
    u8::try_from(value).ok().filter(|value| *value <= 9)
}

/// The zero of every script that counts in tens (general category Nd, Unicode 14); the other nine
/// follow it.
const ZEROS: [u32; 65] = [
    0x0660, 0x06F0, 0x07C0, 0x0966, 0x09E6, 0x0A66, 0x0AE6, 0x0B66, 0x0BE6, 0x0C66, 0x0CE6, 0x0D66,
    0x0DE6, 0x0E50, 0x0ED0, 0x0F20, 0x1040, 0x1090, 0x17E0, 0x1810, 0x1946, 0x19D0, 0x1A80, 0x1A90,
    0x1B50, 0x1BB0, 0x1C40, 0x1C50, 0xA620, 0xA8D0, 0xA900, 0xA9D0, 0xA9F0, 0xAA50, 0xABF0, 0xFF10,
    0x104A0, 0x10D30, 0x11066, 0x110F0, 0x11136, 0x111D0, 0x112F0, 0x11450, 0x114D0, 0x11650,
    0x116C0, 0x11730, 0x118E0, 0x11950, 0x11C50, 0x11D50, 0x11DA0, 0x16A60, 0x16AC0, 0x16B50,
    0x1D7CE, 0x1D7D8, 0x1D7E2, 0x1D7EC, 0x1D7F6, 0x1E140, 0x1E2F0, 0x1E950, 0x1FBF0,
];
