//! Whether bytes hold a secret, in any of the forms that one has on its way.
//!
//! One search for all secrets and forms over the bytes as they are, and two over what is left of
//! them: letters and digits without what may be put between, and digits of any script alone.

use aho_corasick::AhoCorasick;
use anyhow::{Context, Result};

/// A text that must not be found.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Secret {
    /// Whose it is, as `42` or `control inputs`.
    pub of: String,
    /// The text, in ASCII.
    pub text: String,
}

/// A secret that was found.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Found {
    /// Whose it is.
    pub of: String,
    /// The text.
    pub text: String,
    /// In which form.
    pub form: &'static str,
    /// What is around it.
    pub around: String,
}

/// What all secrets are searched for with.
pub struct Oracle {
    raw: Table,
    squeezed: Table,
    digits: Table,
}

struct Table {
    search: AhoCorasick,
    /// Of each pattern.
    of: Vec<(Secret, &'static str)>,
}

impl Oracle {
    /// For these secrets.
    ///
    /// # Errors
    /// When there are too many.
    pub fn new(secrets: &[Secret]) -> Result<Self> {
        let all = |forms: &dyn Fn(&str) -> Vec<Form>| {
            let patterns = secrets.iter().flat_map(|secret| {
                forms(&secret.text).into_iter().map(|(form, bytes)| (secret.clone(), form, bytes))
            });
            Table::new(patterns.collect())
        };
        Ok(Self {
            raw: all(&forms)?,
            squeezed: all(&|text| match text.len() {
                ..SHORT => Vec::new(),
                _ => both_ways("split", "split, reversed", &squeeze(text)),
            })?,
            digits: all(&|text| {
                let digits = digits(text);
                if digits.len() < 10 {
                    return Vec::new();
                }
                both_ways("digits", "digits, reversed", &digits)
            })?,
        })
    }

    /// All secrets in it, each form once.
    #[must_use]
    pub fn search(&self, bytes: &[u8]) -> Vec<Found> {
        let text = String::from_utf8_lossy(bytes);
        let mut found = self.raw.search(bytes);
        found.extend(self.squeezed.search(squeeze(&text).as_bytes()));
        found.extend(self.digits.search(digits(&text).as_bytes()));
        found.sort();
        found.dedup_by(|a, b| (&a.of, &a.text, a.form) == (&b.of, &b.text, b.form));
        found
    }
}

impl Table {
    fn new(patterns: Vec<(Secret, &'static str, Vec<u8>)>) -> Result<Self> {
        let search = AhoCorasick::builder()
            .ascii_case_insensitive(true)
            .build(patterns.iter().map(|(_, _, bytes)| bytes))
            .context("the patterns of the oracle")?;
        let of = patterns.into_iter().map(|(secret, form, _)| (secret, form)).collect();
        Ok(Self { search, of })
    }

    fn search(&self, bytes: &[u8]) -> Vec<Found> {
        let matches = self.search.find_overlapping_iter(bytes);
        matches
            .filter_map(|hit| {
                let (secret, form) = self.of.get(hit.pattern().as_usize())?;
                let (from, to) =
                    (hit.start().saturating_sub(60), (hit.end() + 30).min(bytes.len()));
                let around = String::from_utf8_lossy(&bytes[from..to]).escape_default().to_string();
                let Secret { of, text } = secret.clone();
                Some(Found { of, text, form, around })
            })
            .collect()
    }
}

/// A form by its name, and how a secret is written in it.
type Form = (&'static str, Vec<u8>);

/// What is shorter than this is searched for as it is only: in other forms it would be found in noise.
const SHORT: usize = 8;

/// Upper and lower case are the search's own.
fn forms(text: &str) -> Vec<Form> {
    let each = |write: &dyn Fn(u8) -> String| text.bytes().map(write).collect::<String>();
    let wide = |order: fn(u16) -> [u8; 2]| text.encode_utf16().flat_map(order).collect();
    let mut forms = both_ways("as it is", "reversed", text);
    if text.len() < SHORT {
        return forms;
    }
    let written = [
        ("percent-encoded", each(&|byte| format!("%{byte:02x}"))),
        ("HTML, decimal", each(&|byte| format!("&#{byte};"))),
        ("HTML, hexadecimal", each(&|byte| format!("&#x{byte:x};"))),
        ("JSON", each(&|byte| format!("\\u{byte:04x}"))),
        ("CSS", each(&|byte| format!("\\{byte:x} "))),
        ("hexadecimal", each(&|byte| format!("{byte:02x}"))),
    ];
    forms.extend(written.map(|(form, text)| (form, text.into_bytes())));
    forms.push(("UTF-16, little end first", wide(u16::to_le_bytes)));
    forms.push(("UTF-16, big end first", wide(u16::to_be_bytes)));
    let offsets = [("base64", 0), ("base64, one off", 1), ("base64, two off", 2)];
    forms.extend(offsets.map(|(form, offset)| (form, base64(text, offset))));
    forms
}

fn both_ways(forward: &'static str, back: &'static str, text: &str) -> Vec<Form> {
    vec![(forward, text.into()), (back, text.chars().rev().collect::<String>().into())]
}

/// What is always the same in base64 of something with `text` after `offset` bytes, modulo three.
fn base64(text: &str, offset: usize) -> Vec<u8> {
    const DIGITS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let bytes = [&vec![0; offset], text.as_bytes()].concat();
    let bit = |at: usize| bytes.get(at / 8).map_or(0, |byte| byte >> (7 - at % 8) & 1);
    let (first, last) = ((offset * 8).div_ceil(6), bytes.len() * 8 / 6);
    (first..last)
        .map(|digit| (0..6).fold(0, |value, at| value << 1 | usize::from(bit(digit * 6 + at))))
        .map(|value| DIGITS[value])
        .collect()
}

/// Letters and digits only, those of other scripts and widths as ASCII has them.
fn squeeze(text: &str) -> String {
    text.chars().filter_map(plain).filter(char::is_ascii_alphanumeric).collect()
}

fn digits(text: &str) -> String {
    text.chars().filter_map(plain).filter(char::is_ascii_digit).collect()
}

fn plain(char: char) -> Option<char> {
    /// The noughts of scripts that have ten digits in a row.
    const NOUGHTS: &[u32] = &[
        0x0660, 0x06F0, 0x07C0, 0x0966, 0x09E6, 0x0A66, 0x0AE6, 0x0B66, 0x0BE6, 0x0C66, 0x0CE6,
        0x0D66, 0x0E50, 0x0ED0, 0x0F20, 0x1040, 0x17E0, 0x1810, 0xFF10, 0x1D7CE, 0x1D7D8, 0x1D7E2,
        0x1D7EC, 0x1D7F6,
    ];
    let code = u32::from(char);
    if char.is_ascii() {
        return Some(char);
    }
    if let Some(nought) = NOUGHTS.iter().find(|nought| (**nought..**nought + 10).contains(&code)) {
        return char::from_digit(code - nought, 10);
    }
    (0xFF01..=0xFF5E).contains(&code).then(|| char::from_u32(code - 0xFEE0)).flatten()
}
