//! The help PIN: made by the customer's end, read aloud, typed by the agent.
//!
//! `nameplate ‖ five secret digits ‖ check digit`. The relay learns the nameplate and nothing
//! else; the whole PIN is the password of the key agreement, so it is never printed by `Debug`
//! and its memory is cleared on drop. The check digit catches a typo before anything is sent: a
//! wrong PIN burns the session of whoever it names.

use std::fmt;

use thiserror::Error;
use zeroize::Zeroize;

use crate::digit::decimal_digit;
use crate::verhoeff;

/// Fewest digits of a nameplate.
pub const MIN_NAMEPLATE: usize = 3;
/// Most digits of a nameplate.
pub const MAX_NAMEPLATE: usize = 6;
/// Secret digits of a PIN, known to the two ends only.
pub const SECRET_DIGITS: usize = 5;

/// Secret and check digit.
const TAIL: usize = SECRET_DIGITS + 1;
const MAX_DIGITS: usize = MAX_NAMEPLATE + TAIL;

/// A help PIN whose check digit is right.
#[derive(Clone, PartialEq, Eq)]
pub struct Pin {
    /// ASCII digits; what is past `len` is zero.
    ascii: [u8; MAX_DIGITS],
    len: usize,
}

/// Why a text is not a PIN. Says nothing of its digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum PinError {
    /// There is something else than digits, spaces and dashes.
    #[error("a PIN has digits only")]
    Character,
    /// There are too few or too many digits.
    #[error("a PIN has 9 to 12 digits")]
    Length,
    /// The check digit does not fit: one of the digits is mistyped.
    #[error("the check digit does not fit")]
    Check,
}

impl Pin {
    /// Makes the PIN of a `nameplate` (3 to 6 ASCII digits) and five secret digits, each 0 to 9.
    ///
    /// # Errors
    /// [`PinError::Length`] or [`PinError::Character`] if the nameplate, which the relay chose, is
    /// not one, or a secret digit is above 9.
    pub fn new(nameplate: &str, mut secret: [u8; SECRET_DIGITS]) -> Result<Self, PinError> {
        let nameplate = Nameplate::parse(nameplate)?;
        if secret.iter().any(|digit| *digit > 9) {
            return Err(PinError::Character);
        }
        let mut pin = Self { ascii: [0; MAX_DIGITS], len: 0 };
        nameplate.as_bytes().iter().for_each(|ascii| pin.push(ascii - b'0'));
        secret.iter().for_each(|digit| pin.push(*digit));
        secret.zeroize();
        let check = pin.with_digits(verhoeff::check);
        pin.push(check);
        Ok(pin)
    }

    /// Reads a PIN as people type and paste it: decimal digits of any script, with spaces (also
    /// no-break ones), dashes and invisible formatting characters anywhere.
    ///
    /// # Errors
    /// [`PinError`], by what is wrong first.
    pub fn parse(text: &str) -> Result<Self, PinError> {
        let mut pin = Self { ascii: [0; MAX_DIGITS], len: 0 };
        for char in text.chars() {
            match decimal_digit(char) {
                Some(_) if pin.len == MAX_DIGITS => return Err(PinError::Length),
                Some(digit) => pin.push(digit),
                None if is_separator(char) => {}
                None => return Err(PinError::Character),
            }
        }
        if pin.len < MIN_NAMEPLATE + TAIL {
            return Err(PinError::Length);
        }
        if pin.with_digits(verhoeff::valid) { Ok(pin) } else { Err(PinError::Check) }
    }

    /// The part the relay knows.
    pub fn nameplate(&self) -> &str {
        self.as_ascii().get(..self.len - TAIL).unwrap_or_default()
    }

    /// All digits in ASCII: the password of the key agreement.
    pub fn as_ascii(&self) -> &str {
        // Only digits are ever pushed, so the default is never taken.
        str::from_utf8(&self.ascii[..self.len]).unwrap_or_default()
    }

    /// The digits in groups to show and to speak: threes, and fours last where threes do not fit.
    pub fn groups(&self) -> Vec<String> {
        let count = self.len / 3;
        let fours = self.len % 3;
        let mut rest = self.as_ascii();
        (0..count)
            .map(|group| {
                let (head, tail) = rest.split_at(if group < count - fours { 3 } else { 4 });
                rest = tail;
                head.to_owned()
            })
            .collect()
    }

    fn push(&mut self, digit: u8) {
        self.ascii[self.len] = b'0' + digit;
        self.len += 1;
    }

    fn with_digits<T>(&self, read: impl FnOnce(&[u8]) -> T) -> T {
        let mut digits = self.ascii.map(|ascii| ascii.saturating_sub(b'0'));
        let result = read(&digits[..self.len]);
        digits.zeroize();
        result
    }
}

impl Drop for Pin {
    fn drop(&mut self) {
        self.ascii.zeroize();
    }
}

impl fmt::Debug for Pin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pin(…)")
    }
}

/// The part of a PIN by which the relay finds the room: 3 to 6 ASCII digits.
///
/// `Debug` does not print them, so that no log can.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Nameplate {
    ascii: [u8; MAX_NAMEPLATE],
    len: u8,
}

impl Nameplate {
    /// Reads 3 to 6 ASCII digits, and nothing else.
    ///
    /// # Errors
    /// [`PinError::Length`] or [`PinError::Character`].
    pub fn parse(text: &str) -> Result<Self, PinError> {
        Self::from_ascii(text.as_bytes())
    }

    /// As [`parse`](Self::parse), of bytes.
    ///
    /// # Errors
    /// [`PinError::Length`] or [`PinError::Character`].
    pub fn from_ascii(bytes: &[u8]) -> Result<Self, PinError> {
        if !(MIN_NAMEPLATE..=MAX_NAMEPLATE).contains(&bytes.len()) {
            return Err(PinError::Length);
        }
        if !bytes.iter().all(u8::is_ascii_digit) {
            return Err(PinError::Character);
        }
        let mut ascii = [0; MAX_NAMEPLATE];
        ascii[..bytes.len()].copy_from_slice(bytes);
        Ok(Self { ascii, len: bytes.len() as u8 })
    }

    /// The digits.
    pub fn as_str(&self) -> &str {
        // Only digits are ever stored, so the default is never taken.
        str::from_utf8(self.as_bytes()).unwrap_or_default()
    }

    /// The digits, in ASCII.
    pub fn as_bytes(&self) -> &[u8] {
        &self.ascii[..usize::from(self.len)]
    }
}

impl fmt::Debug for Nameplate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Nameplate(…)")
    }
}

/// What may stand between digits: white space, dashes, and the invisible marks that come along
/// when a number is copied from a chat or a right-to-left text.
fn is_separator(char: char) -> bool {
    char.is_whitespace()
        || matches!(char,
            '-' | '\u{AD}' | '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{FE58}' | '\u{FE63}' | '\u{FF0D}'
            | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2069}' | '\u{FEFF}')
}
