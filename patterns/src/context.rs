//! Words that say what the number beside them is: "Account No. …", "आधार …", "OTP …".

use super::glyphs::Glyph;
use std::cell::OnceCell;
use std::ops::Range;

/// What a word announces.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Account,
    Aadhaar,
    Birth,
    Card,
    /// "code", which may also be the code of a state or of an error.
    Code,
    Din,
    Filing,
    Otp,
    Pan,
    Passport,
    Phone,
    Voter,
}

/// How many glyphs may lie between a word and the number after it.
const REACH: usize = 40;
/// How many between a number and the word after it: "1234 is your code" but not the next sentence.
const REACH_BACK: usize = 12;

/// The words of a block, in order. Found once some number asks for them: most do not.
pub(super) struct Words<'b> {
    block: &'b [Glyph],
    found: OnceCell<Vec<(Range<usize>, Kind)>>,
}

impl<'b> Words<'b> {
    pub(super) fn of(block: &'b [Glyph]) -> Self {
        Self { block, found: OnceCell::new() }
    }

    fn find(block: &[Glyph]) -> Vec<(Range<usize>, Kind)> {
        let mut words = Vec::new();
        for at in 0..block.len() {
            let glyph = block[at];
            if !may_begin(glyph.char) || (at > 0 && goes_on(block, at)) {
                continue;
            }
            for (word, kind) in WORDS {
                // Of a word in another script the first byte says only that it is in one.
                let first = char::from(word.as_bytes()[0]);
                let may_be =
                    if glyph.char.is_ascii() { first == glyph.char } else { !first.is_ascii() };
                if may_be
                    && let Some(end) = ends(block, at, word)
                    && !(*kind == Kind::Code && other_code(block, at))
                {
                    words.push((at..end, *kind));
                    break;
                }
            }
        }
        words
    }

    /// Whether a word of one of these kinds is near this place.
    pub(super) fn near(&self, place: &Range<usize>, kinds: &[Kind]) -> bool {
        let words = self.found.get_or_init(|| Self::find(self.block));
        let after = words.partition_point(|(word, _)| word.start < place.start);
        let (before, after) = words.split_at(after);
        let back = if kinds.contains(&Kind::Otp) { REACH } else { REACH_BACK };
        let before =
            before.iter().rev().take_while(|(word, _)| word.start + REACH + LONGEST > place.start);
        let after = after.iter().take_while(|(word, _)| word.start <= place.end + back);
        before
            .filter(|(word, _)| word.end + REACH >= place.start)
            .chain(after)
            .any(|(_, kind)| kinds.contains(kind))
    }
}

/// Whether one of [`WORDS`] may begin with it.
fn may_begin(char: char) -> bool {
    /// Bit *n*: one begins with letter *n* of the alphabet.
    const FIRST: u32 = {
        let (mut first, mut at) = (0, 0);
        while at < WORDS.len() {
            let byte = WORDS[at].0.as_bytes()[0];
            if byte.is_ascii_uppercase() {
                first |= 1 << (byte - b'A');
            }
            at += 1;
        }
        first
    };
    match char {
        'A'..='Z' => FIRST & 1 << (char as u32 - 'A' as u32) != 0,
        _ => !char.is_ascii(),
    }
}

/// Where `word` ends if it stands at `at`. Short words must be whole, long ones may go on
/// ("AccountNumber").
fn ends(block: &[Glyph], at: usize, word: &str) -> Option<usize> {
    let mut end = at;
    for char in word.chars() {
        if block.get(end)?.char != char {
            return None;
        }
        end += 1;
    }
    let plural = block.get(end).is_some_and(|glyph| glyph.char == 'S') && !goes_on(block, end + 1);
    (word.len() > 4 || plural || !goes_on(block, end)).then_some(end)
}

/// Whether the word of the glyph before goes on here: "accountNumber" is two.
fn goes_on(block: &[Glyph], at: usize) -> bool {
    let Some(glyph) = block.get(at) else { return false };
    let before = block[at - 1];
    before.is_letter() && glyph.is_letter() && !glyph.edge && (before.capital || !glyph.capital)
}

/// Whether the word before `at` makes "code" one that is no secret.
fn other_code(block: &[Glyph], at: usize) -> bool {
    let mut from = at;
    while from > 0 && (block[from - 1].is_letter() || (from == at && block[from - 1].char == ' ')) {
        from -= 1;
    }
    OTHER_CODES.iter().any(|word| {
        let mut end = from;
        word.chars().all(|char| {
            let same = block[end].char == char;
            end += 1;
            same
        }) && block[end].char == ' '
    })
}

/// Bytes of the longest of [`WORDS`], and a little more.
const LONGEST: usize = 24;

const OTHER_CODES: [&str; 12] = [
    "ERROR", "STATUS", "SECTION", "COUNTRY", "STATE", "HSN", "SAC", "BUSINESS", "PIN", "POSTAL",
    "BRANCH", "IFSC",
];

const WORDS: &[(&str, Kind)] = &[
    ("ACCOUNT", Kind::Account),
    ("A/C", Kind::Account),
    ("ACCT", Kind::Account),
    ("AC NO", Kind::Account),
    ("खात", Kind::Account),
    ("AADHAAR", Kind::Aadhaar),
    ("AADHAR", Kind::Aadhaar),
    ("ADHAR", Kind::Aadhaar),
    ("UIDAI", Kind::Aadhaar),
    ("UID", Kind::Aadhaar),
    ("VID", Kind::Aadhaar),
    ("आधार", Kind::Aadhaar),
    ("DOB", Kind::Birth),
    ("D.O.B", Kind::Birth),
    ("BIRTH", Kind::Birth),
    ("BORN", Kind::Birth),
    ("जन्म", Kind::Birth),
    ("CARD", Kind::Card),
    ("CREDITCARD", Kind::Card),
    ("DEBITCARD", Kind::Card),
    ("कार्ड", Kind::Card),
    ("CODE", Kind::Code),
    ("कोड", Kind::Code),
    ("DIN", Kind::Din),
    ("ACK", Kind::Filing),
    ("ACKNOWLEDG", Kind::Filing),
    ("ARN", Kind::Filing),
    ("UAN", Kind::Filing),
    ("पावती", Kind::Filing),
    ("OTP", Kind::Otp),
    ("O.T.P", Kind::Otp),
    ("ONE TIME", Kind::Otp),
    ("ONE-TIME", Kind::Otp),
    ("PASSCODE", Kind::Otp),
    ("PASSWORD", Kind::Otp),
    ("MPIN", Kind::Otp),
    ("UPI PIN", Kind::Otp),
    ("EVC", Kind::Otp),
    ("ओटीपी", Kind::Otp),
    ("PAN", Kind::Pan),
    ("TAN", Kind::Pan),
    ("पैन", Kind::Pan),
    ("पॅन", Kind::Pan),
    ("PASSPORT", Kind::Passport),
    ("पासपोर्ट", Kind::Passport),
    ("MOBILE", Kind::Phone),
    ("PHONE", Kind::Phone),
    ("TELEPHONE", Kind::Phone),
    ("WHATSAPP", Kind::Phone),
    ("TEL", Kind::Phone),
    ("मोबाइल", Kind::Phone),
    ("फोन", Kind::Phone),
    ("फ़ोन", Kind::Phone),
    ("EPIC", Kind::Voter),
    ("VOTER", Kind::Voter),
    ("मतदाता", Kind::Voter),
];
