//! Which of many siblings may stay where they are.

/// The first parts of the pairs that form a longest subsequence with increasing second parts.
pub(crate) fn longest_increasing(pairs: &[(usize, usize)]) -> Vec<usize> {
    // tails[n]: the place in `pairs` of the smallest end of a subsequence of length n + 1.
    let mut tails: Vec<usize> = vec![];
    let mut before: Vec<Option<usize>> = vec![None; pairs.len()];
    let value = |place: usize| pairs.get(place).map_or(0, |pair| pair.1);
    for (place, &(_, position)) in pairs.iter().enumerate() {
        let length = tails.partition_point(|&tail| value(tail) < position);
        if let Some(slot) = before.get_mut(place) {
            *slot = length.checked_sub(1).and_then(|last| tails.get(last).copied());
        }
        match tails.get_mut(length) {
            Some(tail) => *tail = place,
            None => tails.push(place),
        }
    }
    let mut chosen = vec![];
    let mut next = tails.last().copied();
    while let Some(place) = next {
        chosen.extend(pairs.get(place).map(|pair| pair.0));
        next = before.get(place).copied().flatten();
    }
    chosen.reverse();
    chosen
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_run_stays() {
        let check = |positions: &[usize], expected: &[usize]| {
            let pairs: Vec<_> = positions.iter().copied().enumerate().collect();
            assert_eq!(longest_increasing(&pairs), expected, "{positions:?}");
        };
        check(&[], &[]);
        check(&[0, 1, 2], &[0, 1, 2]);
        check(&[2, 0, 1], &[1, 2]);
        check(&[4, 1, 2, 0, 3], &[1, 2, 4]);
        check(&[9, 8, 7], &[2]);
    }
}
