//! Decimal digits of every script.
//!
//! People type a PIN with the keyboard they have: Devanagari, Tamil, full-width. The standard
//! library knows ASCII only, so this is Unicode's general category Nd (17.0), as the code points
//! of the zeros; one to nine follow each zero without a gap.

/// The value of `char` if it is a decimal digit.
pub(crate) fn decimal_digit(char: char) -> Option<u8> {
    let code = u32::from(char);
    let zero = ZEROS[..ZEROS.partition_point(|zero| *zero <= code)].last()?;
    u8::try_from(code - zero).ok().filter(|value| *value <= 9)
}

/// Sorted.
#[rustfmt::skip]
const ZEROS: [u32; 77] = [
    0x0030, 0x0660, 0x06F0, 0x07C0, 0x0966, 0x09E6, 0x0A66, 0x0AE6, 0x0B66, 0x0BE6, 0x0C66,
    0x0CE6, 0x0D66, 0x0DE6, 0x0E50, 0x0ED0, 0x0F20, 0x1040, 0x1090, 0x17E0, 0x1810, 0x1946,
    0x19D0, 0x1A80, 0x1A90, 0x1B50, 0x1BB0, 0x1C40, 0x1C50, 0xA620, 0xA8D0, 0xA900, 0xA9D0,
    0xA9F0, 0xAA50, 0xABF0, 0xFF10, 0x104A0, 0x10D30, 0x10D40, 0x11066, 0x110F0, 0x11136,
    0x111D0, 0x112F0, 0x11450, 0x114D0, 0x11650, 0x116C0, 0x116D0, 0x116DA, 0x11730, 0x118E0,
    0x11950, 0x11BF0, 0x11C50, 0x11D50, 0x11DA0, 0x11DE0, 0x11F50, 0x16130, 0x16A60, 0x16AC0,
    0x16B50, 0x16D70, 0x1CCF0, 0x1D7CE, 0x1D7D8, 0x1D7E2, 0x1D7EC, 0x1D7F6, 0x1E140, 0x1E2F0,
    0x1E4F0, 0x1E5F1, 0x1E950, 0x1FBF0,
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_digits_of_many_scripts() {
        for text in [
            "0123456789",
            "०१२३४५६७८९",
            "௦௧௨௩௪௫௬௭௮௯",
            "٠١٢٣٤٥٦٧٨٩",
            "０１２３４５６７８９",
            "𝟎𝟏𝟐𝟑𝟒𝟓𝟔𝟕𝟖𝟗",
        ] {
            let values: Vec<_> = text.chars().map(decimal_digit).collect();
            assert_eq!(values, (0..10).map(Some).collect::<Vec<_>>(), "{text}");
        }
    }

    #[test]
    fn reads_nothing_else() {
        for char in ['/', ':', 'a', '½', '²', '①', '一', 'Ⅷ', '\u{0}', '\u{10FFFF}', '१'] {
            assert_eq!(decimal_digit(char).is_some(), char == '१', "{char}");
        }
    }

    #[test]
    fn the_zeros_are_sorted_and_followed_by_nine_more_numbers() {
        assert!(ZEROS.is_sorted());
        for zero in ZEROS {
            assert!((zero..zero + 10).filter_map(char::from_u32).all(char::is_numeric), "{zero:x}");
        }
    }
}
