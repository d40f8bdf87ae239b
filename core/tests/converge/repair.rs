//! Whatever becomes of a page on its way, the replica notices and is right again after one repair,
//! which sends what was wrong and not the rest.

use crate::page::{self, Edit, Ends, Tamper, from_scratch};
use crate::show_all;
use proptest::prelude::*;
use saath_core::mask::Policy;
use saath_core::message::page::PageKind;

fn check(
    policy: &Policy,
    most: usize,
    before: &[Edit],
    tampered: &[Edit],
    tamper: &Tamper,
    later: &[Edit],
) {
    let mut ends = Ends::new(policy);
    ends.most = most;
    ends.page.marks = policy.unredacted_views.is_empty();
    before.iter().for_each(|edit| ends.edit(edit));
    ends.flush();
    tampered.iter().for_each(|edit| ends.edit(edit));
    ends.tamper = Some(tamper.clone());
    ends.flush();
    ends.tamper = None;
    // The page does not wait: some of this is sent and left out, some is not even read.
    let (sent, unread) = later.split_at(later.len() / 2);
    sent.iter().for_each(|edit| ends.edit(edit));
    ends.flush();
    unread.iter().for_each(|edit| ends.edit(edit));
    ends.repair();
    assert_eq!(ends.asked, None, "one repair is enough");
    ends.flush();
    // A page that was lost is noticed by the next one.
    ends.edit(&Edit::Element { parent: 0, at: 0, tag: 0 });
    ends.flush();
    ends.repair();
    assert_eq!(ends.asked, None);
    assert_eq!(ends.sink.html(), from_scratch(&ends.page, policy).0.html());
    if !ends.page.marks {
        assert_eq!(ends.sink.html(), ends.page.html());
        assert_eq!(ends.leaked(), [0; 0]);
    }
    let wholes = ends.sent.iter().filter(|page| page.kind == PageKind::Fresh).count();
    assert_eq!(wholes, 1, "never the whole page");
}

fn edits(most: usize) -> impl Strategy<Value = Vec<Edit>> {
    proptest::collection::vec(page::any_edit(), 1..most)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, ..ProptestConfig::default() })]

    #[test]
    fn one_repair_makes_it_right(
        before in edits(40), tampered in edits(12), tamper in page::any_tamper(), later in edits(12),
        most in prop_oneof![Just(usize::MAX), 1usize..9],
    ) {
        check(&Policy::default(), most, &before, &tampered, &tamper, &later);
    }

    #[test]
    fn one_repair_makes_it_right_where_all_is_shown(
        before in edits(40), tampered in edits(12), tamper in page::any_tamper(), later in edits(12),
        most in prop_oneof![Just(usize::MAX), 1usize..9],
    ) {
        check(&show_all(), most, &before, &tampered, &tamper, &later);
    }

    /// Nor does it help to tell of a page that was never sent.
    #[test]
    fn what_is_masked_is_masked_in_a_repair(
        before in edits(40), tampered in edits(12), told in edits(40), later in edits(12),
    ) {
        let (mut ends, mut other) = (Ends::new(&Policy::default()), Ends::new(&Policy::default()));
        before.iter().for_each(|edit| ends.edit(edit));
        ends.flush();
        told.iter().for_each(|edit| other.edit(edit));
        other.flush();
        tampered.iter().for_each(|edit| ends.edit(edit));
        ends.edit(&Edit::Element { parent: 0, at: 0, tag: 0 });
        ends.tamper = Some(Tamper::Hash);
        ends.flush();
        ends.asked = Some(other.digest());
        ends.repair();
        later.iter().for_each(|edit| ends.edit(edit));
        ends.flush();
        for message in &ends.sent {
            let batch = String::from_utf8_lossy(&message.batch).into_owned();
            prop_assert!(!batch.contains(page::SECRET), "{}", batch);
        }
    }
}

/// 500 rows of two nodes, one of them wrong: the repair is about that one.
#[test]
fn a_repair_is_small() {
    let policy = show_all();
    for tamper in
        [Tamper::Drop(0), Tamper::Drop(1), Tamper::Drop(500), Tamper::Alter(8), Tamper::Alter(1)]
    {
        let mut ends = Ends::new(&policy);
        let first = ends.page.nodes.len();
        ends.page.add_rows(500, &mut ends.observer);
        ends.flush();
        let row = first + 1 + 2 * 250;
        // What is tampered with: a text, an attribute, a row that goes, a row that comes, a move.
        for edit in [
            Edit::SetText { node: row + 1, text: "otherwise".into() },
            Edit::Attr { node: row, name: 0, value: Some("odd".into()) },
            Edit::Remove(row + 10),
            Edit::Element { parent: first, at: 77, tag: 1 },
            Edit::Move { node: row + 20, parent: first, at: 3 },
        ] {
            ends.edit(&edit);
            ends.tamper = Some(tamper.clone());
            ends.flush();
            ends.tamper = None;
            let Some(digest) = &ends.asked else { continue };
            assert!(digest.len() < 9_000, "{} bytes of digest", digest.len());
            ends.repair();
            let (sink, fresh) = from_scratch(&ends.page, &policy);
            assert_eq!((ends.asked.as_ref(), ends.sink.html()), (None, sink.html()));
            let repair = ends.sent.last().unwrap();
            assert_eq!(repair.kind, PageKind::Repair);
            let (part, whole) = (repair.batch.len(), fresh.batch.len());
            assert!(part * 100 < whole, "{tamper:?} {edit:?}: {part} of {whole} bytes");
        }
    }
}

/// A repair that is tampered with, too, is followed by the whole page and not by another repair.
#[test]
fn a_repair_that_fails_is_not_repaired() {
    let mut ends = Ends::new(&show_all());
    ends.page.add_rows(50, &mut ends.observer);
    ends.tamper = Some(Tamper::Drop(20));
    ends.flush();
    assert!(ends.asked.as_ref().is_some_and(|digest| !digest.is_empty()));
    ends.tamper = Some(Tamper::Hash);
    ends.repair();
    assert_eq!(ends.asked, Some(vec![]));
}
