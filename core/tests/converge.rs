//! The property that everything else rests on: after any edits, the replica equals the masked page.
//!
//! A page made of plain values stands in for the browser, with a mutation observer that behaves
//! like one (it is told nothing of changes inside subtrees that are detached once it has run) and a
//! reader that writes the words that `reader.js` writes.

#[path = "converge/guests.rs"]
mod guests;
#[path = "converge/large.rs"]
mod large;
#[path = "converge/masking.rs"]
mod masking;
#[path = "converge/oracle.rs"]
mod oracle;
mod page;
#[path = "converge/repair.rs"]
mod repair;

use page::{Edit, Ends, from_scratch};
use proptest::prelude::*;
use saath_core::mask::{Patterns, Policy, View};
use saath_core::replica::{Replica, Verdict};

/// Edits, and where the capture takes its turns between them.
#[derive(Debug, Clone)]
enum Step {
    Edit(Edit),
    /// The observer's callback runs, but nothing is sent: the network is slow.
    Observe,
    /// What is dirty is read and sent.
    Flush,
    /// A part of it.
    Turn,
}

fn run(policy: &Policy, steps: &[Step]) -> Ends {
    let mut ends = Ends::new(policy);
    go(&mut ends, steps);
    ends
}

fn go(ends: &mut Ends, steps: &[Step]) {
    for step in steps {
        match step {
            Step::Edit(edit) => ends.edit(edit),
            Step::Observe => ends.observe(),
            Step::Flush => ends.flush(),
            Step::Turn => drop(ends.turn()),
        }
    }
    ends.flush();
    assert_eq!(ends.asked, None);
}

fn check(policy: &Policy, steps: &[Step]) {
    let ends = run(policy, steps);
    assert_eq!(ends.sink.html(), from_scratch(&ends.page, policy).0.html());
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        12 => page::any_edit().prop_map(Step::Edit),
        1 => Just(Step::Observe),
        2 => Just(Step::Flush),
        2 => Just(Step::Turn),
    ];
    proptest::collection::vec(step, 1..60)
}

fn show_all() -> Policy {
    let mut policy = Policy::default();
    policy.unredacted_views.push(View::Everywhere("*".to_owned()));
    policy.patterns = Patterns::Off;
    policy
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, ..ProptestConfig::default() })]

    #[test]
    fn the_replica_equals_the_masked_page(steps in steps()) {
        check(&Policy::default(), &steps);
    }

    #[test]
    fn the_replica_equals_the_page_where_all_is_shown(steps in steps()) {
        let policy = show_all();
        let mut ends = Ends::new(&policy);
        ends.page.marks = false;
        go(&mut ends, &steps);
        // Here the masks change nothing, so the page itself is the measure.
        prop_assert_eq!(ends.sink.html(), ends.page.html());
    }

    /// Pages too large for one turn are read in many, and change in between.
    #[test]
    fn the_replica_equals_the_page_that_is_read_in_parts(steps in steps(), most in 1usize..9) {
        let policy = show_all();
        let mut ends = Ends::new(&policy);
        ends.page.marks = false;
        ends.most = most;
        go(&mut ends, &steps);
        prop_assert_eq!(ends.sink.html(), ends.page.html());
        prop_assert_eq!(ends.leaked(), [0; 0]);
    }

    #[test]
    fn the_replica_equals_the_masked_page_that_is_read_in_parts(steps in steps(), most in 1usize..9) {
        let mut ends = Ends::new(&Policy::default());
        ends.most = most;
        go(&mut ends, &steps);
        prop_assert_eq!(ends.sink.html(), from_scratch(&ends.page, &Policy::default()).0.html());
        for message in &ends.sent {
            let batch = String::from_utf8_lossy(&message.batch).into_owned();
            prop_assert!(!batch.contains(page::SECRET), "{}", batch);
        }
    }

    #[test]
    fn no_masked_text_is_sent(steps in steps()) {
        let ends = run(&Policy::default(), &steps);
        for message in &ends.sent {
            let batch = String::from_utf8_lossy(&message.batch).into_owned();
            prop_assert!(!batch.contains(page::SECRET), "{}", batch);
        }
    }
}

#[test]
fn sorting_a_table_sends_moves_only() {
    let mut ends = Ends::new(&show_all());
    let rows = ends.page.add_rows(500, &mut ends.observer);
    ends.flush();
    ends.page.reverse(rows, &mut ends.observer);
    ends.sent.clear();
    ends.flush();
    assert_eq!(ends.sink.html(), ends.page.html());
    let bytes: usize = ends.sent.iter().map(|message| message.batch.len()).sum();
    // 499 moves of four or five words; 500 rows sent again would be ten times this.
    assert!(bytes < 4_500, "{bytes} bytes");
}

#[test]
fn a_lost_page_is_noticed() {
    let mut ends = Ends::new(&show_all());
    ends.page.add_rows(3, &mut ends.observer);
    ends.flush();
    let mut other = Replica::default();
    assert_eq!(other.apply(&ends.sent[0]).unwrap().verdict, Verdict::Equal);
    ends.page.add_rows(3, &mut ends.observer);
    ends.flush();
    let verdict = other.apply(&ends.sent[2]).unwrap().verdict;
    assert!(matches!(verdict, Verdict::Differs(digest) if !digest.is_empty()));
    // What goes on from it is not even tried.
    assert_eq!(other.apply(&ends.sent[2]).unwrap().verdict, Verdict::LeftOut);
}

/// A mark that comes or goes makes what is in it be read again, and nothing beside it.
#[test]
fn a_mark_reads_its_own_subtree_again() {
    let mut ends = Ends::new(&show_all());
    let (first, _) =
        (ends.page.add_rows(20, &mut ends.observer), ends.page.add_rows(300, &mut ends.observer));
    ends.flush();
    for value in [Some(String::new()), None] {
        ends.observer.count = 0;
        // The fourth name is the mark to mask.
        ends.edit(&Edit::Attr { node: first, name: 3, value });
        ends.flush();
        assert_eq!(ends.observer.count, 1 + 2 * 20, "the table, its rows and their texts");
        assert_eq!(ends.sink.html(), from_scratch(&ends.page, &show_all()).0.html());
    }
}
