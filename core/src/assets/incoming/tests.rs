//! What an agent's end takes of offers and pieces, and what of a hostile one it refuses.

use super::*;
use crate::message::asset::{Offered, Why};

const GIF: &[u8] = b"GIF89a, as far as this is concerned";

fn hash(bytes: &[u8]) -> Hash {
    Sha256::digest(bytes).into()
}

fn offer(assets: &[(u32, &[u8])]) -> Offer {
    let offered = |&(number, bytes): &(u32, &[u8])| {
        let size = u32::try_from(bytes.len()).unwrap();
        Offered { number, content: Content::Bytes { hash: hash(bytes), size, keep: true } }
    };
    Offer { assets: assets.iter().map(offered).collect() }
}

fn piece(number: u32, offset: u32, bytes: &[u8]) -> Asset {
    Asset { number, offset, bytes: bytes.to_vec() }
}

fn steps(incoming: &mut Incoming) -> Vec<Step> {
    std::iter::from_fn(|| incoming.poll()).collect()
}

/// Offered, not at hand, asked for.
fn asked(assets: &[(u32, &[u8])]) -> Incoming {
    let mut incoming = Incoming::default();
    incoming.offered(&offer(assets)).unwrap();
    for (_, bytes) in assets {
        incoming.looked(hash(bytes), None);
    }
    steps(&mut incoming);
    incoming
}

#[test]
fn what_came_is_shown_under_all_its_numbers() {
    let mut incoming = Incoming::default();
    incoming.offered(&offer(&[(7, GIF), (9, GIF)])).unwrap();
    assert_eq!(steps(&mut incoming), [Step::Look(hash(GIF))]);
    incoming.looked(hash(GIF), None);
    assert_eq!(steps(&mut incoming), [Step::Want(7)]);
    incoming.came(&piece(7, 0, &GIF[..5])).unwrap();
    assert_eq!(steps(&mut incoming), []);
    incoming.came(&piece(7, 5, &GIF[5..])).unwrap();
    let (hash, kind) = (hash(GIF), Kind::Plain("image/gif"));
    assert_eq!(
        steps(&mut incoming),
        [
            Step::Store { hash, kind, bytes: GIF.to_vec(), keep: true },
            Step::Show { number: 7, hash },
            Step::Show { number: 9, hash },
            Step::Got(GIF.len() as u64),
        ]
    );
    incoming.offered(&offer(&[(11, GIF)])).unwrap();
    assert_eq!(steps(&mut incoming), [Step::Show { number: 11, hash }]);
}

#[test]
fn what_is_at_hand_is_not_asked_for() {
    let mut incoming = Incoming::default();
    incoming.offered(&offer(&[(1, GIF)])).unwrap();
    steps(&mut incoming);
    incoming.looked(hash(GIF), Some(35));
    assert_eq!(steps(&mut incoming), [Step::Show { number: 1, hash: hash(GIF) }]);
    incoming.restart();
    incoming.offered(&offer(&[(5, GIF)])).unwrap();
    assert_eq!(steps(&mut incoming), [Step::Show { number: 5, hash: hash(GIF) }]);
}

#[test]
fn pieces_that_do_not_fit_are_refused() {
    let refused = |pieces: &[Asset]| {
        let mut incoming = asked(&[(1, GIF), (2, b"BM, another one")]);
        let (last, rest) = pieces.split_last().unwrap();
        for piece in rest {
            incoming.came(piece).unwrap();
        }
        assert_eq!(incoming.came(last), Err(Hostile), "{pieces:?}");
    };
    refused(&[piece(3, 0, b"GIF")]);
    refused(&[piece(1, 1, b"GIF")]);
    refused(&[piece(1, 0, b"")]);
    refused(&[piece(1, 0, b"GIF"), piece(1, 2, b"F89a")]);
    refused(&[piece(1, 0, b"GIF"), piece(1, 4, b"9a")]);
    refused(&[piece(1, 0, b"GIF"), piece(2, 3, b"9a")]);
    refused(&[piece(1, 0, b"GIF"), piece(1, u32::MAX, b"9a")]);
    refused(&[piece(1, 0, &[GIF, b"!"].concat())]);
    refused(&[piece(1, 0, &vec![0; PIECE as usize + 1])]);
    // As long as it was offered, but something else.
    refused(&[piece(1, 0, &vec![0; GIF.len()])]);
}

#[test]
fn offers_that_cannot_be_are_refused() {
    let refused = |number, size| {
        let content = Content::Bytes { hash: hash(GIF), size, keep: true };
        let offer = Offer { assets: vec![Offered { number, content }] };
        assert_eq!(Incoming::default().offered(&offer), Err(Hostile), "{number} {size}");
    };
    refused(0, 1);
    refused(MAX_ASSETS + 1, 1);
    refused(1, 0);
    refused(1, MAX_ASSET + 1);
    let many = vec![(1, GIF); MAX_LISTED + 1];
    assert_eq!(Incoming::default().offered(&offer(&many)), Err(Hostile));
}

#[test]
fn what_is_no_picture_and_no_font_is_missing() {
    let page = b"<!doctype html><script>";
    let mut incoming = asked(&[(1, page), (2, page)]);
    incoming.came(&piece(1, 0, page)).unwrap();
    let got = Step::Got(page.len() as u64);
    assert_eq!(steps(&mut incoming), [Step::Missing(1), Step::Missing(2), got]);
    assert_eq!(incoming.missing(), 2);
    let missing = Offered { number: 3, content: Content::Missing(Why::Unreadable) };
    incoming.offered(&Offer { assets: vec![missing] }).unwrap();
    assert_eq!(incoming.missing(), 3);
}

#[test]
fn what_was_painted_anew_replaces_what_it_was() {
    let (first, second): (&[u8], &[u8]) = (b"GIF89a 1", b"GIF89a 22");
    let mut incoming = asked(&[(1, first)]);
    incoming.came(&piece(1, 0, first)).unwrap();
    steps(&mut incoming);
    incoming.offered(&offer(&[(1, second)])).unwrap();
    assert_eq!(steps(&mut incoming), [Step::Look(hash(second))], "the old one is still shown");
    incoming.looked(hash(second), None);
    incoming.came(&piece(1, 0, b"GIF")).unwrap();
    // And again, before the second was here in full.
    incoming.offered(&offer(&[(1, first)])).unwrap();
    incoming.looked(hash(first), None);
    assert_eq!(incoming.came(&piece(1, 3, b"89a 22")), Err(Hostile));
    assert!(steps(&mut incoming).contains(&Step::Show { number: 1, hash: hash(first) }));
    incoming.offered(&offer(&[(1, second)])).unwrap();
    incoming.looked(hash(second), None);
    incoming.came(&piece(1, 0, second)).unwrap();
    assert!(steps(&mut incoming).contains(&Step::Release(hash(first))));
    assert_eq!(incoming.held, second.len() as u64);
}

#[test]
fn what_pages_before_showed_makes_room() {
    let mut incoming = asked(&[(1, GIF)]);
    incoming.came(&piece(1, 0, GIF)).unwrap();
    incoming.restart();
    incoming.held += MAX_HELD - GIF.len() as u64;
    let other: &[u8] = b"BM, another one";
    incoming.offered(&offer(&[(1, other)])).unwrap();
    incoming.looked(hash(other), None);
    incoming.came(&piece(1, 0, other)).unwrap();
    assert!(steps(&mut incoming).contains(&Step::Release(hash(GIF))));
}

#[test]
fn a_number_that_asked_for_others_hands_on() {
    let mut incoming = asked(&[(1, GIF), (2, GIF)]);
    incoming.offered(&offer(&[(1, b"BM")])).unwrap();
    assert!(steps(&mut incoming).contains(&Step::Want(2)));
}

#[test]
fn no_more_is_held_than_there_is_room_for() {
    let mut incoming = Incoming { held: MAX_HELD - 5, ..asked(&[(1, GIF)]) };
    incoming.came(&piece(1, 0, GIF)).unwrap();
    assert!(steps(&mut incoming).contains(&Step::Missing(1)));
}

#[test]
fn what_is_withdrawn_is_forgotten_and_not_missing() {
    let gone = |number| Offer {
        assets: vec![Offered { number, content: Content::Missing(Why::Withdrawn) }],
    };
    let mut incoming = asked(&[(1, GIF), (2, GIF)]);
    incoming.came(&piece(1, 0, &GIF[..5])).unwrap();
    // Half of it is here, and another number has the same.
    incoming.offered(&gone(1)).unwrap();
    assert_eq!(steps(&mut incoming), [Step::Want(2)]);
    assert_eq!(incoming.came(&piece(1, 5, &GIF[5..])), Err(Hostile));
    incoming.offered(&gone(2)).unwrap();
    incoming.offered(&gone(3)).unwrap();
    assert_eq!((steps(&mut incoming), incoming.missing()), (vec![], 0));
    // It comes again, as if it had never been there.
    incoming.offered(&offer(&[(4, GIF)])).unwrap();
    assert_eq!(steps(&mut incoming), [Step::Look(hash(GIF))]);
    incoming.looked(hash(GIF), None);
    incoming.came(&piece(4, 0, GIF)).unwrap();
    steps(&mut incoming);
    // What is here in full need not come twice.
    incoming.offered(&gone(4)).unwrap();
    assert_eq!(steps(&mut incoming), [Step::Missing(4)]);
    incoming.offered(&offer(&[(5, GIF)])).unwrap();
    assert_eq!(steps(&mut incoming), [Step::Show { number: 5, hash: hash(GIF) }]);
}
