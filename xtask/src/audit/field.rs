//! What is told of each field.

use serde::{Deserialize, Serialize};

/// What an agent sees of it. Later ones tell more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Verdict {
    /// Nothing, and no policy changes that.
    Never,
    /// An empty box.
    Blocked,
    /// That there is something.
    Masked,
    /// It, but for what the pattern net has taken out.
    #[serde(rename = "pattern-caught")]
    Caught,
    /// It.
    Shown,
}

impl Verdict {
    pub(super) const ALL: [Self; 5] =
        [Self::Never, Self::Masked, Self::Blocked, Self::Caught, Self::Shown];

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Never => "never",
            Self::Blocked => "blocked",
            Self::Masked => "masked",
            Self::Caught => "pattern-caught",
            Self::Shown => "shown",
        }
    }

    /// Whether an agent reads anything of it.
    pub(super) fn is_seen(self) -> bool {
        self >= Self::Caught
    }

    /// How much of it is seen: nothing, a part, all.
    pub(super) fn rank(self) -> u8 {
        match self {
            Self::Never | Self::Blocked | Self::Masked => 0,
            Self::Caught => 1,
            Self::Shown => 2,
        }
    }
}

/// What it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Kind {
    /// It holds a value.
    Control,
    /// It is pressed.
    Button,
    Picture,
    /// A frame of another origin.
    Frame,
    /// An element that a mark or the policy names.
    Region,
    /// A text in which the net has found something.
    Text,
    Attribute,
}

/// A field, as the report has it. Nothing of it is hidden from an agent.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Field {
    pub(super) selector: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) attribute: Option<String>,
    pub(super) label: String,
    pub(super) kind: Kind,
    /// Its element, or the type of its input.
    pub(super) of: String,
    pub(super) verdict: Verdict,
    pub(super) rule: String,
    /// What is in the replica.
    pub(super) replica: String,
    /// What an agent may do with it: `no`, `customer` (only the customer), `yes`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) agent: Option<String>,
    /// What the net's catch looks like.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) pattern: Option<String>,
    /// Where else in the replica stands what is hidden here.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) echo: Vec<String>,
    /// The selector of `--fail-on-shown` that it comes under.
    #[serde(skip)]
    pub(super) deny: Option<String>,
    /// Left, top, width, height.
    #[serde(skip)]
    pub(super) page_area: Option<[f64; 4]>,
    #[serde(skip)]
    pub(super) replica_area: Option<[f64; 4]>,
}

/// How many there are, by what became of them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Counts {
    pub(super) shown: usize,
    pub(super) masked: usize,
    pub(super) caught: usize,
}

/// Links and other addresses.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Addresses {
    pub(super) found: usize,
    pub(super) sent: usize,
}

/// Attributes that are no fields of their own.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Attributes {
    pub(super) masked: usize,
}

/// All that was found on a page.
#[derive(Debug, Default)]
pub(super) struct Judged {
    pub(super) fields: Vec<Field>,
    /// Which of them are shown though a rule hides them.
    pub(super) leaks: Vec<usize>,
    pub(super) texts: Counts,
    pub(super) attributes: Attributes,
    pub(super) addresses: Addresses,
}

/// As much as one looks at.
const LENGTH: usize = 80;

impl Judged {
    pub(super) fn push(&mut self, mut field: Field, leaks: bool) {
        field.label = clean(&field.label);
        field.selector = clean(&field.selector);
        field.rule = clean(&field.rule);
        field.replica = clean(&field.replica);
        if leaks {
            self.leaks.push(self.fields.len());
        }
        self.fields.push(field);
    }
}

/// Text of an audited page, for a terminal too: nothing in it moves the cursor, or turns what is
/// around it.
pub(super) fn clean(text: &str) -> String {
    cleaned(text, LENGTH)
}

/// The same for what may be longer.
pub(super) fn clean_long(text: &str) -> String {
    cleaned(text, 8 * LENGTH)
}

fn cleaned(text: &str, most: usize) -> String {
    let plain = |c: char| {
        let turns = matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
        if c.is_control() || turns { '·' } else { c }
    };
    let mut out: String = text.chars().take(most).map(plain).collect();
    if text.chars().count() > most {
        out.push('…');
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_of_a_page_steers_a_terminal() {
        assert_eq!(clean("a\u{1b}[31mb\u{202e}c\nd\u{9b}"), "a·[31mb·c·d·");
        assert_eq!(clean(&"é".repeat(81)), "é".repeat(80) + "…");
    }

    #[test]
    fn what_tells_more_counts_more() {
        assert!(Verdict::Shown > Verdict::Caught && Verdict::Caught > Verdict::Masked);
        assert!(Verdict::ALL.iter().all(|v| v.is_seen() == (v.rank() > 0)));
    }
}
