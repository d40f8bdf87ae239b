//! Text of the other end that a person will read.

/// At most `max` characters of `text`, without control and formatting characters: nothing that
/// moves, reverses or hides what stands beside it. White space becomes single spaces.
pub fn plain_text(text: &str, max: usize) -> String {
    let mut out = String::new();
    let mut taken = 0;
    for char in text.chars() {
        let space = char.is_whitespace();
        if taken == max {
            break;
        }
        if space && (out.is_empty() || out.ends_with(' ')) || !space && is_invisible(char) {
            continue;
        }
        out.push(if space { ' ' } else { char });
        taken += 1;
    }
    out.truncate(out.trim_end().len());
    out
}

/// Control characters, and the format characters by which text is made to look like other text.
/// The joiners that Indian scripts need (U+200C, U+200D) stay.
fn is_invisible(char: char) -> bool {
    char.is_control()
        || matches!(char,
            '\u{AD}' | '\u{61C}' | '\u{180E}' | '\u{200B}' | '\u{200E}' | '\u{200F}'
            | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FEFF}'
            | '\u{FFF9}'..='\u{FFFB}' | '\u{E0000}'..='\u{E007F}')
}

#[cfg(test)]
mod tests {
    use super::plain_text;

    #[test]
    fn what_deceives_is_taken_out() {
        let cases = [
            ("Meera Iyer", "Meera Iyer"),
            ("  Meera \t\n Iyer ", "Meera Iyer"),
            ("Meera\u{202E}reyI\u{202C}", "MeerareyI"),
            ("a\u{200B}b\u{0}c\u{7}\u{2066}d", "abcd"),
            ("मीरा क्\u{200D}ष", "मीरा क्\u{200D}ष"),
        ];
        for (text, plain) in cases {
            assert_eq!(plain_text(text, 40), plain);
        }
        assert_eq!(plain_text(&"x".repeat(100), 40).len(), 40);
        assert_eq!(plain_text("ab cd", 3), "ab");
    }
}
