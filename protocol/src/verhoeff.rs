//! Verhoeff's check digit: catches every single wrong digit and every swap of neighbours.
//!
//! The PIN carries one, and Aadhaar numbers do, which is how masking recognises them.

/// Multiplication in the dihedral group of the pentagon.
const TIMES: [[u8; 10]; 10] = [
    [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
    [1, 2, 3, 4, 0, 6, 7, 8, 9, 5],
    [2, 3, 4, 0, 1, 7, 8, 9, 5, 6],
    [3, 4, 0, 1, 2, 8, 9, 5, 6, 7],
    [4, 0, 1, 2, 3, 9, 5, 6, 7, 8],
    [5, 9, 8, 7, 6, 0, 4, 3, 2, 1],
    [6, 5, 9, 8, 7, 1, 0, 4, 3, 2],
    [7, 6, 5, 9, 8, 2, 1, 0, 4, 3],
    [8, 7, 6, 5, 9, 3, 2, 1, 0, 4],
    [9, 8, 7, 6, 5, 4, 3, 2, 1, 0],
];
/// What is done to a digit, by its place counted from the right.
const PERMUTED: [[u8; 10]; 8] = [
    [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
    [1, 5, 7, 6, 2, 8, 3, 0, 9, 4],
    [5, 8, 0, 3, 7, 9, 6, 1, 4, 2],
    [8, 9, 1, 6, 0, 4, 3, 5, 2, 7],
    [9, 4, 5, 3, 1, 2, 6, 8, 7, 0],
    [4, 2, 8, 6, 5, 7, 3, 9, 0, 1],
    [2, 7, 9, 3, 8, 0, 6, 4, 1, 5],
    [7, 0, 4, 6, 9, 1, 3, 2, 5, 8],
];
const INVERSE: [u8; 10] = [0, 4, 3, 2, 1, 5, 6, 7, 8, 9];

/// The digit to append to `digits`, which are numbers 0 to 9 (not ASCII), first one first; larger
/// numbers count modulo ten.
pub fn check(digits: &[u8]) -> u8 {
    INVERSE[usize::from(sum(digits, 1))]
}

/// Whether `digits`, numbers 0 to 9 (not ASCII), end in the check digit of the ones before it.
/// Fewer than two digits do not.
pub fn valid(digits: &[u8]) -> bool {
    digits.len() >= 2 && digits.iter().all(|digit| *digit <= 9) && sum(digits, 0) == 0
}

/// The product of all digits, the last one standing `place` places from the right.
fn sum(digits: &[u8], place: usize) -> u8 {
    digits.iter().rev().zip(place..).fold(0, |sum, (digit, place)| {
        TIMES[usize::from(sum)][usize::from(PERMUTED[place % 8][usize::from(digit % 10)])]
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn published_examples() {
        assert_eq!(check(&[2, 3, 6]), 3);
        assert_eq!(check(&[1, 2, 3, 4, 5]), 1);
        assert_eq!(check(&[1, 4, 2, 8, 5, 7]), 0);
        assert!(valid(&[2, 3, 6, 3]));
        assert!(!valid(&[2, 3, 6, 4]));
    }

    #[test]
    fn not_a_number_with_a_check_digit() {
        assert!(!valid(&[]));
        assert!(!valid(&[0]));
        assert!(!valid(&[2, 3, 16, 3]));
    }

    #[test]
    fn finds_every_wrong_digit_and_every_swap_of_neighbours() {
        for seed in 0..500_u32 {
            let mut digits: Vec<u8> =
                (0..8).map(|i| (seed.wrapping_mul(2_654_435_761) >> (i * 3)) as u8 % 10).collect();
            digits.push(check(&digits));
            assert!(valid(&digits));
            for at in 0..digits.len() {
                for wrong in (0..10).filter(|wrong| *wrong != digits[at]) {
                    let mut typo = digits.clone();
                    typo[at] = wrong;
                    assert!(!valid(&typo), "{digits:?} {typo:?}");
                }
            }
            for at in 1..digits.len() {
                let mut typo = digits.clone();
                typo.swap(at - 1, at);
                assert!(typo == digits || !valid(&typo), "{digits:?} {typo:?}");
            }
        }
    }
}
