//! What an element that is a picture shows: as the glue saw it, and as it travels.

use std::fmt;

/// As the glue saw it, in lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Seen<'r> {
    /// It has no source.
    None,
    /// Its source gave no picture.
    Broken,
    /// It may have a picture, and a word for what it is without.
    Source {
        /// Natural width and height in CSS pixels; 0 where that is not known.
        size: (u32, u32),
        /// The node that paints itself, by its number.
        live: Option<&'r str>,
        /// Where the picture comes from.
        address: Option<&'r str>,
        /// What it is without.
        label: Option<Label<'r>>,
    },
}

impl<'r> Seen<'r> {
    /// `none`, `broken`, or four lines: `width,height`, label, live number, address.
    pub(crate) fn parse(text: &'r str) -> Option<Self> {
        match text {
            "none" => return Some(Self::None),
            "broken" => return Some(Self::Broken),
            _ => {}
        }
        let mut lines = text.splitn(4, '\n');
        let size = pair(lines.next()?)?;
        let label = Label::parse(lines.next()?);
        let mut some = || lines.next().filter(|line| !line.is_empty());
        Some(Self::Source { size, label, live: some(), address: some() })
    }
}

/// As it travels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Picture<'v> {
    /// The element has no source.
    None,
    /// Its source gave no picture.
    Broken,
    /// It shows an asset.
    Asset {
        /// Its number; 0 for one that is not sent.
        number: u32,
        /// Natural width and height in CSS pixels; 0 where that is not known.
        size: (u32, u32),
        /// What it is without its picture.
        label: Option<Label<'v>>,
    },
}

impl<'v> Picture<'v> {
    /// `none`, `broken`, or `number width,height` and perhaps a label.
    pub fn parse(text: &'v str) -> Option<Self> {
        match text {
            "none" => return Some(Self::None),
            "broken" => return Some(Self::Broken),
            _ => {}
        }
        let mut words = text.splitn(3, ' ');
        let number = decimal(words.next()?)?;
        let size = pair(words.next()?)?;
        let label = words.next().map(|label| Label::parse(label).ok_or(())).transpose().ok()?;
        (number <= super::MAX_ASSETS).then_some(Self::Asset { number, size, label })
    }
}

impl fmt::Display for Picture<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::None => f.write_str("none"),
            Self::Broken => f.write_str("broken"),
            Self::Asset { number, size: (width, height), label } => {
                write!(f, "{number} {width},{height}")?;
                match label {
                    Some(label) => write!(f, " {}", label.0),
                    None => Ok(()),
                }
            }
        }
    }
}

/// What a box is, in words of a closed list: `canvas`, or `video ▶ 12` for one that plays, or
/// `video ▶ 12 controls` for one that has the browser's own buttons.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Label<'v>(&'v str);

impl<'v> Label<'v> {
    const KINDS: [&'static str; 8] =
        ["canvas", "video", "audio", "pdf", "picture", "object", "embed", "applet"];

    /// A word for the kind, and for what plays `▶` or `⏸` and the seconds since its beginning.
    pub fn parse(text: &'v str) -> Option<Self> {
        let mut words = text.split(' ');
        let kind = Self::KINDS.contains(&words.next()?);
        let state = match (words.next(), words.next(), words.next()) {
            (None, None, None) => true,
            (Some("▶" | "⏸"), Some(seconds), None | Some("controls")) => {
                decimal(seconds).is_some()
            }
            _ => false,
        };
        (kind && state && words.next().is_none()).then_some(Self(text))
    }

    /// Its text.
    pub fn as_str(self) -> &'v str {
        self.0
    }
}

fn pair(text: &str) -> Option<(u32, u32)> {
    let (width, height) = text.split_once(',')?;
    Some((decimal(width)?, decimal(height)?))
}

/// Digits only, and not too many: no sign, no space, nothing that one reads otherwise than another.
fn decimal(text: &str) -> Option<u32> {
    let plain = (1..=7).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
    plain.then(|| text.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pictures_come_back_as_they_were() {
        for text in [
            "none",
            "broken",
            "7 120,80",
            "0 0,0 canvas",
            "3 0,0 video ▶ 12",
            "0 0,0 audio ⏸ 0 controls",
        ] {
            assert_eq!(Picture::parse(text).map(|p| p.to_string()).as_deref(), Some(text));
        }
    }

    #[test]
    fn nothing_else_is_a_picture() {
        for text in [
            "",
            "7",
            "7 120",
            "7 120,80,9",
            "7 -1,2",
            "+7 1,1",
            "7 1,1 ",
            "7 1,1 <b>",
            "7 1,1 video ▶",
            "7 1,1 video ▶ x",
            "7 1,1 video ▶ 1 2",
            "7 1,1 video controls",
            "99999999 1,1",
            "7 1,1 bank.pdf",
        ] {
            assert_eq!(Picture::parse(text), None, "{text:?}");
        }
    }

    #[test]
    fn what_the_glue_saw_is_read_in_lines() {
        assert_eq!(
            Seen::parse("10,20\n\n\nhttps://x/a b.png"),
            Some(Seen::Source {
                size: (10, 20),
                live: None,
                address: Some("https://x/a b.png"),
                label: None
            })
        );
        assert_eq!(
            Seen::parse("0,0\ncanvas\n17\n"),
            Some(Seen::Source {
                size: (0, 0),
                live: Some("17"),
                address: None,
                label: Label::parse("canvas")
            })
        );
        assert_eq!(Seen::parse("x"), None);
    }
}
