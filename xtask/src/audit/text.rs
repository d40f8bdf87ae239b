//! A text of the page beside the one that stands for it in the replica.

/// What became of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Became {
    /// It is there as it was.
    Same,
    /// Nothing but blocks.
    Blocks,
    /// It is there but for these parts, which are blocks.
    Partly(Vec<String>),
    /// Neither: something else is there.
    Other,
    /// Nothing is there.
    Nothing,
}

const BLOCK: char = '█';

/// Looks at both; blanks do not count.
pub(super) fn compare(page: &str, replica: &str) -> Became {
    let (page, replica) = (spaced(page), spaced(replica));
    if replica.is_empty() && !page.is_empty() {
        return Became::Nothing;
    }
    if page == replica {
        return Became::Same;
    }
    if replica.chars().all(|c| c == BLOCK || c == ' ') {
        return Became::Blocks;
    }
    if !replica.contains(BLOCK) {
        return Became::Other;
    }
    match parts(&page, &replica) {
        Some(parts) => Became::Partly(parts),
        None => Became::Other,
    }
}

/// What of `page` is blocks in `replica`, if the rest stands in both, in order.
fn parts(page: &str, replica: &str) -> Option<Vec<String>> {
    let mut parts = Vec::new();
    let mut rest = page;
    let mut pieces = replica.split(BLOCK).peekable();
    rest = rest.strip_prefix(pieces.next()?)?;
    while let Some(piece) = pieces.next() {
        if piece.is_empty() && pieces.peek().is_some() {
            continue;
        }
        let end = if pieces.peek().is_some() {
            rest.find(piece)?
        } else {
            rest.len() - rest.ends_with(piece).then_some(piece.len())?
        };
        let (part, after) = rest.split_at(end);
        if !part.trim().is_empty() {
            parts.push(part.trim().to_owned());
        }
        rest = &after[piece.len()..];
    }
    Some(parts)
}

/// Runs of white space as one blank.
pub(super) fn spaced(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// What an identifier looks like, for a person to read: the net itself does not say what it found.
pub(super) fn looks_like(part: &str) -> &'static str {
    let plain: String = part.chars().filter_map(plain_char).collect();
    let digits = plain.chars().filter(char::is_ascii_digit).count();
    let all_digits = digits == plain.chars().count();
    let shape: String = plain
        .chars()
        .map(|c| {
            if c.is_ascii_digit() {
                '9'
            } else if c.is_ascii_alphabetic() {
                'A'
            } else {
                c
            }
        })
        .collect();
    let slashes = part.contains(['/', '.', '-']);
    match shape.as_str() {
        _ if part.contains('@')
            && part.rsplit('@').next().is_some_and(|host| host.contains('.')) =>
        {
            "e-mail address"
        }
        _ if part.contains('@') => "UPI handle",
        _ if all_digits && part.contains('+') => "mobile number",
        "AAAAA9999A" => "PAN",
        "AAAA99999A" => "TAN",
        "AAA9999999" => "voter's card",
        "A9999999" => "passport",
        _ if plain.len() == 15 && shape.starts_with("99AAAAA9999A") => "GSTIN",
        _ if plain.len() == 11 && shape.starts_with("AAAA") && plain.as_bytes()[4] == b'0' => {
            "IFSC"
        }
        _ if plain.len() == 21 && shape.starts_with('A') => "CIN",
        _ if all_digits && digits > 0 => match digits {
            4..=7 => "one-time code or number beside a word",
            8 if slashes => "date of birth",
            10 => "mobile number",
            12 if plain.starts_with("91") => "mobile number or Aadhaar",
            12 => "Aadhaar",
            16 => "card or VID",
            13..=19 => "card or account number",
            9 | 11 => "account number",
            _ => "number beside a word",
        },
        _ if digits >= 5 => "date or number beside a word",
        _ => "identifier",
    }
}

/// Letters and digits in plain ASCII; separators and what cannot be seen are nothing.
fn plain_char(c: char) -> Option<char> {
    let digit =
        |zero: u32| char::from_digit(u32::from(c).checked_sub(zero).filter(|d| *d < 10)?, 10);
    match c {
        '@' => Some(c),
        _ if c.is_ascii_alphanumeric() => Some(c.to_ascii_uppercase()),
        // Devanagari and the scripts beside it, Arabic, full width.
        _ => [
            0x0966, 0x09e6, 0x0a66, 0x0ae6, 0x0b66, 0x0be6, 0x0c66, 0x0ce6, 0x0d66, 0x0660, 0x06f0,
            0xff10,
        ]
        .into_iter()
        .find_map(digit),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_became_of_a_text_is_seen() {
        for (page, replica, became) in [
            ("Asha", "Asha", Became::Same),
            (" Asha\n Verma ", "Asha Verma", Became::Same),
            ("Asha Verma", "████████ ████████", Became::Blocks),
            ("Asha", "", Became::Nothing),
            ("", "████████", Became::Blocks),
            ("Asha", "Usha", Became::Other),
            ("Asha and PAN ABCPE1234F", "Usha and PAN ████████", Became::Other),
            ("PAN ABCPE1234F.", "PAN ████████.", Became::Partly(vec!["ABCPE1234F".into()])),
            (
                "a@b.in or c@d.in",
                "████████ or ████████",
                Became::Partly(vec!["a@b.in".into(), "c@d.in".into()]),
            ),
            ("ABCPE1234F is it", "████████ is it", Became::Partly(vec!["ABCPE1234F".into()])),
        ] {
            assert_eq!(compare(page, replica), became, "{page:?} {replica:?}");
        }
    }

    #[test]
    fn identifiers_have_names() {
        for (part, name) in [
            ("ABCPE1234F", "PAN"),
            ("9999 4105 7058", "Aadhaar"),
            ("९९९९ ४१०५ ७०५८", "Aadhaar"),
            ("+91 98000-00456", "mobile number"),
            ("98000 00456", "mobile number"),
            ("asha@example.com", "e-mail address"),
            ("asha@upi", "UPI handle"),
            ("27ABCPE1234F1Z5", "GSTIN"),
            ("SBIN0001234", "IFSC"),
            ("14/08/1988", "date of birth"),
            ("?", "identifier"),
        ] {
            assert_eq!(looks_like(part), name, "{part}");
        }
    }
}
