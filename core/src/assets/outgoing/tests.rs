//! What is offered, and what of it is sent when.

use super::*;

fn hash(byte: u8) -> Hash {
    [byte; 32]
}

/// All numbers up to nine are named.
fn naming(flow: Flow) -> Outgoing {
    let mut outgoing = Outgoing::new(flow);
    (1..10).for_each(|number| outgoing.named(number, false));
    outgoing
}

fn send(outgoing: &mut Outgoing) -> Option<Asset> {
    let piece = outgoing.next_piece()?;
    outgoing.read(piece, Some(picture(piece.length)))
}

/// So many bytes of one.
fn picture(length: u32) -> Vec<u8> {
    let mut bytes = b"BM".to_vec();
    bytes.resize(length as usize, 0);
    bytes
}

#[test]
fn what_is_no_picture_and_no_font_is_not_sent() {
    let mut outgoing = naming(Flow::Asked);
    outgoing.ready(1, 0, hash(1), 15, false);
    outgoing.ready(2, 0, hash(2), 15, false);
    outgoing.offer();
    outgoing.want(&[1, 2]);
    let piece = outgoing.next_piece().unwrap();
    assert_eq!(outgoing.read(piece, Some(b"{ \"name\": \"A\" }".to_vec())), None);
    let missing = outgoing.offer().unwrap();
    assert_eq!(missing.assets[0].content, Content::Missing(Why::Unreadable));
    assert_eq!(send(&mut outgoing).unwrap().number, 2);
}

#[test]
fn what_is_asked_for_is_sent_in_order_and_once() {
    let mut outgoing = naming(Flow::Asked);
    outgoing.ready(1, 0, hash(1), PIECE + 1, true);
    outgoing.ready(2, 0, hash(2), 10, false);
    outgoing.want(&[1]);
    assert_eq!(outgoing.next_piece(), None, "nobody can ask for what was not offered");
    assert_eq!(outgoing.offer().map(|offer| offer.assets.len()), Some(2));
    assert_eq!(outgoing.offer(), None);
    outgoing.want(&[2, 1, 2, 99, 0]);
    outgoing.want(&[1]);
    let sent: Vec<_> = std::iter::from_fn(|| send(&mut outgoing))
        .map(|asset| (asset.number, asset.offset, asset.bytes.len()))
        .collect();
    assert_eq!(sent, [(2, 0, 10), (1, 0, PIECE as usize), (1, PIECE, 1)]);
}

#[test]
fn what_was_read_sooner_than_what_matters_more_lets_it_pass() {
    let mut outgoing = naming(Flow::Unasked);
    for (number, turn) in [(7, 4), (8, 5), (5, 1), (6, 2), (9, 2)] {
        outgoing.ready(number, turn, hash(9), PIECE + 1, true);
        outgoing.offer();
        if number == 7 {
            assert_eq!(send(&mut outgoing).map(|asset| asset.number), Some(7));
        }
    }
    let mut sent: Vec<_> = std::iter::from_fn(|| send(&mut outgoing)).collect();
    sent.dedup_by_key(|asset| asset.number);
    let sent: Vec<_> = sent.iter().map(|asset| asset.number).collect();
    assert_eq!(sent, [7, 5, 6, 9, 8], "what has begun is sent to its end");
    outgoing.restart();
    let told: Vec<_> = outgoing.offer().unwrap().assets.iter().map(|o| o.number).collect();
    assert_eq!(told, [5, 6, 9, 7, 8]);
}

#[test]
fn no_more_is_under_way_than_the_window() {
    let mut outgoing = naming(Flow::Asked);
    outgoing.ready(1, 0, hash(1), MAX_ASSET, true);
    outgoing.offer();
    outgoing.want(&[1]);
    let mut sent = 0;
    while let Some(asset) = send(&mut outgoing) {
        sent += asset.bytes.len() as u64;
    }
    assert!(sent <= WINDOW && sent + u64::from(PIECE) > WINDOW, "{sent}");
    assert_eq!(outgoing.got(sent + 1), Err(NeverSent));
    assert_eq!(outgoing.got(u64::from(PIECE)), Ok(()));
    assert!(send(&mut outgoing).is_some());
    assert_eq!(outgoing.got(0), Ok(()), "an older one is no news");
    assert!(send(&mut outgoing).is_none());
}

#[test]
fn the_budget_counts_each_content_once() {
    let mut outgoing = naming(Flow::Asked);
    for number in 1..=6 {
        let hash = hash(u8::try_from(number).unwrap());
        outgoing.ready(number, 0, hash, MAX_ASSET, true);
    }
    outgoing.ready(7, 0, hash(1), MAX_ASSET, true);
    outgoing.ready(8, 0, hash(8), MAX_ASSET + 1, true);
    assert_eq!(outgoing.room(), 0);
    let offer = outgoing.offer().unwrap();
    let missing: Vec<_> = offer
        .assets
        .iter()
        .filter_map(|offered| match offered.content {
            Content::Missing(why) => Some((offered.number, why)),
            Content::Bytes { .. } => None,
        })
        .collect();
    assert_eq!(missing, [(5, Why::OverBudget), (6, Why::OverBudget), (8, Why::TooLarge)]);
}

#[test]
fn what_was_painted_anew_is_offered_anew() {
    let mut outgoing = naming(Flow::Asked);
    outgoing.painted(1, 0, hash(1), 2 * PIECE);
    outgoing.offer();
    outgoing.want(&[1]);
    assert!(send(&mut outgoing).is_some());
    let half = outgoing.next_piece().unwrap();
    outgoing.painted(1, 0, hash(2), 100);
    assert_eq!(outgoing.read(half, Some(vec![0; half.length as usize])), None);
    assert_eq!(outgoing.next_piece(), None);
    assert_eq!(outgoing.offer().map(|offer| offer.assets.len()), Some(1));
    outgoing.want(&[1]);
    assert_eq!(send(&mut outgoing).map(|asset| asset.bytes.len()), Some(100));
    outgoing.painted(1, 0, hash(2), 100);
    assert_eq!(outgoing.offer(), None, "the same picture is no news");
}

#[test]
fn an_epoch_begins_with_everything_offered_again() {
    let mut outgoing = naming(Flow::Asked);
    outgoing.ready(2, 0, hash(1), 10, true);
    outgoing.missing(1, Why::Unreadable);
    outgoing.offer();
    outgoing.want(&[2]);
    assert!(send(&mut outgoing).is_some());
    outgoing.restart();
    assert_eq!(outgoing.next_piece(), None);
    let numbers: Vec<_> =
        outgoing.offer().unwrap().assets.iter().map(|offered| offered.number).collect();
    assert_eq!(numbers, [1, 2]);
    outgoing.want(&[2]);
    assert!(send(&mut outgoing).is_some());
}

#[test]
fn a_recording_is_sent_unasked() {
    let mut outgoing = naming(Flow::Unasked);
    outgoing.ready(1, 0, hash(1), MAX_ASSET, true);
    outgoing.offer();
    let sent: u32 = std::iter::from_fn(|| send(&mut outgoing))
        .map(|asset| u32::try_from(asset.bytes.len()).unwrap())
        .sum();
    assert_eq!(sent, MAX_ASSET);
}

#[test]
fn what_cannot_be_read_any_more_is_missing() {
    let mut outgoing = naming(Flow::Unasked);
    outgoing.ready(1, 0, hash(1), 10, true);
    outgoing.offer();
    let piece = outgoing.next_piece().unwrap();
    assert_eq!(outgoing.read(piece, None), None);
    let content = outgoing.offer().unwrap().assets.remove(0).content;
    assert_eq!(content, Content::Missing(Why::Unreadable));
    assert_eq!(outgoing.next_piece(), None);
}

#[test]
fn of_what_is_withdrawn_not_even_the_rest_is_sent() {
    let mut outgoing = naming(Flow::Asked);
    for number in [1, 2, 3] {
        outgoing.ready(number, number, hash(number as u8), 3 * PIECE, true);
    }
    outgoing.offer();
    outgoing.want(&[1, 2]);
    assert!(send(&mut outgoing).is_some());
    let under_way = outgoing.next_piece().unwrap();
    outgoing.withdraw(1);
    assert_eq!(outgoing.read(under_way, Some(vec![0; PIECE as usize])), None);
    outgoing.withdraw(3);
    outgoing.want(&[1, 3]);
    let sent: Vec<_> = std::iter::from_fn(|| send(&mut outgoing))
        .map(|asset| (asset.number, asset.offset))
        .collect();
    assert_eq!(sent, [(2, 0), (2, PIECE), (2, 2 * PIECE)]);
    // The other end is told, and waits for it no longer.
    let gone = |number| Offered { number, content: Content::Missing(Why::Withdrawn) };
    assert_eq!(outgoing.offer().map(|offer| offer.assets), Some(vec![gone(1), gone(3)]));

    // What is read or painted after that comes to nothing, also after a new epoch.
    outgoing.ready(1, 1, hash(1), 10, true);
    outgoing.painted(3, 1, hash(4), 10);
    outgoing.missing(1, Why::Unreadable);
    assert_eq!(outgoing.offer(), None);
    outgoing.restart();
    let told = outgoing.offer().unwrap().assets;
    assert_eq!(told.iter().map(|offered| offered.number).collect::<Vec<_>>(), [2]);

    // It is named again.
    outgoing.named(1, false);
    outgoing.ready(1, 1, hash(1), 10, true);
    assert_eq!(outgoing.offer().map(|offer| offer.assets.len()), Some(1));
    outgoing.want(&[1]);
    assert_eq!(send(&mut outgoing).map(|asset| asset.bytes.len()), Some(10));
}

#[test]
fn what_was_never_told_is_not_told_to_be_gone() {
    let mut outgoing = naming(Flow::Asked);
    outgoing.withdraw(1);
    outgoing.withdraw(11);
    assert_eq!(outgoing.offer(), None);
    outgoing.ready(2, 0, hash(2), 10, true);
    outgoing.withdraw(2);
    outgoing.restart();
    assert_eq!(outgoing.offer(), None, "the other end has forgotten it, too");
}

#[test]
fn what_guests_have_takes_nothing_from_the_page() {
    let mut outgoing = naming(Flow::Asked);
    for number in 20..30 {
        outgoing.named(number, true);
        outgoing.ready(number, 0, hash(number as u8), MAX_ASSET, true);
    }
    assert_eq!(outgoing.room(), BUDGET);
    assert_eq!(outgoing.offer().map(|offer| offer.assets.len()), Some(10));
}

#[test]
fn who_comes_later_is_told_what_was_told_and_is_still_there() {
    let mut outgoing = naming(Flow::Asked);
    outgoing.ready(1, 0, hash(1), 10, true);
    outgoing.ready(2, 0, hash(2), 20, true);
    outgoing.missing(3, Why::Unreadable);
    assert_eq!(outgoing.told(), [], "it comes with the rest");
    assert!(outgoing.offer().is_some());
    outgoing.ready(4, 0, hash(4), 40, true);
    outgoing.withdraw(2);
    let told: Vec<u32> =
        outgoing.told().iter().flat_map(|offer| &offer.assets).map(|asset| asset.number).collect();
    assert_eq!(told, [1, 3]);
    // It changes nothing for the other end.
    let left = outgoing
        .offer()
        .map(|offer| offer.assets.iter().map(|asset| asset.number).collect::<Vec<_>>());
    assert_eq!(left, Some(vec![2, 4]));
}
