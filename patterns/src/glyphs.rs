//! Text as the eye reads it: one glyph per visible character, folded to what the patterns name.
//!
//! Folding once keeps every scanner free of scripts, cases and invisible characters.

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
    /// Where the next character begins.
    at: usize,
    edges: &'a [usize],
}

impl<'a> Glyphs<'a> {
    pub(super) fn new(text: &'a str, edges: &'a [usize]) -> Self {
        Glyphs { text, at: 0, edges }
    }

    /// Fills `block` up to `size` glyphs; whether there is more text.
    pub(super) fn fill(&mut self, block: &mut Vec<Glyph>, size: usize) -> bool {
        let bytes = self.text.as_bytes();
        let mut edge = false;
        while block.len() < size {
            let start = self.at;
            let Some(&byte) = bytes.get(start) else { return false };
            while let [next, rest @ ..] = self.edges
                && *next <= start
            {
                edge = true;
                self.edges = rest;
            }
            let (char, capital, len) = match byte {
                b'%' => match bytes.get(start + 1..start + 3) {
                    Some(b"40") => ('@', false, 3),
                    Some(b"20") => (' ', false, 3),
                    _ => ('%', false, 1),
                },
                ..=0x7F => {
                    let (char, capital) = fold_ascii(byte);
                    (char, capital, 1)
                }
                _ => {
                    let Some(char) = self.text[start..].chars().next() else { return false };
                    match fold(char) {
                        Some((folded, capital)) => (folded, capital, char.len_utf8()),
                        None => {
                            self.at += char.len_utf8();
                            continue;
                        }
                    }
                }
            };
            let end = start + len;
            self.at = end;
            if char == ' '
                && let Some(last) = block.last_mut()
                && last.char == ' '
            {
                last.end = end;
                continue;
            }
            block.push(Glyph { char, capital, edge, start, end });
            edge = false;
        }
        self.at < bytes.len()
    }
}

/// Whether an identifier may hang on this character.
pub(super) fn is_anchor(char: char) -> bool {
    match char {
        '0'..='9' | '@' | '\u{FE6B}' | '\u{FF20}' => true,
        _ => !char.is_ascii() && decimal(char).is_some(),
    }
}

fn fold_ascii(byte: u8) -> (char, bool) {
    match byte {
        b'a'..=b'z' => (char::from(byte.to_ascii_uppercase()), false),
        b'A'..=b'Z' => (char::from(byte), true),
        _ if byte.is_ascii_whitespace() => (' ', false),
        _ => (char::from(byte), false),
    }
}

/// The folded character and whether it was a capital; `None` for what is not seen.
fn fold(char: char) -> Option<(char, bool)> {
    Some(match char {
        '\0'..='\x7F' => fold_ascii(char as u8),
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
