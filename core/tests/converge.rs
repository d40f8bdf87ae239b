//! The property that everything else rests on: after any edits, the replica equals the masked page.
//!
//! A page made of plain values stands in for the browser, with a mutation observer that behaves
//! like one (it is told nothing of changes inside subtrees that are detached once it has run) and a
//! reader that writes the words that `glue.js` writes.

mod page;

use page::{Edit, Observer, Page, Sink};
use proptest::prelude::*;
use saath_core::capture::Capture;
use saath_core::mask::{Patterns, Policy, View};
use saath_core::message::page::Page as Message;
use saath_core::replica::Replica;

/// Edits, and where the capture takes its turns between them.
#[derive(Debug, Clone)]
enum Step {
    Edit(Edit),
    /// The observer's callback runs, but nothing is sent: the network is slow.
    Observe,
    /// What is dirty is read and sent.
    Flush,
}

struct Ends {
    page: Page,
    observer: Observer,
    capture: Capture,
    replica: Replica,
    sink: Sink,
    sent: Vec<Message>,
}

impl Ends {
    fn new(policy: &Policy) -> Self {
        let mut ends = Self {
            page: Page::new(),
            observer: Observer::default(),
            capture: Capture::new(policy.clone()),
            replica: Replica::default(),
            sink: Sink::default(),
            sent: vec![],
        };
        ends.flush();
        ends
    }

    fn observe(&mut self) {
        let words = self.observer.take_records(&self.page);
        self.capture.dirt.note_words(&words);
    }

    fn flush(&mut self) {
        self.observe();
        for _ in 0..8 {
            if self.capture.dirt.is_empty() {
                return;
            }
            let request = self.capture.dirt.take();
            let reading = self.observer.read(&mut self.page, &request);
            let turn = self.capture.turn(&reading).unwrap();
            self.observer.forget(&turn.gone);
            if let Some(message) = turn.page {
                let batch = self.replica.apply(&message).unwrap().batch;
                self.sink.write(&batch, message.fresh);
                self.sent.push(message);
            }
        }
        panic!("the capture never comes to rest");
    }

    fn run(&mut self, steps: &[Step]) {
        for step in steps {
            match step {
                Step::Edit(edit) => self.page.edit(edit, &mut self.observer),
                Step::Observe => self.observe(),
                Step::Flush => self.flush(),
            }
        }
        self.flush();
    }
}

/// The page as a capture that has seen nothing before would send it.
fn from_scratch(page: &Page, policy: &Policy) -> Sink {
    let mut page = page.clone();
    let mut observer = Observer::default();
    let mut capture = Capture::new(policy.clone());
    let request = capture.dirt.take();
    let reading = observer.read(&mut page, &request);
    let message = capture.turn(&reading).unwrap().page.unwrap();
    let batch = Replica::default().apply(&message).unwrap().batch;
    let mut sink = Sink::default();
    sink.write(&batch, true);
    sink
}

fn check(policy: &Policy, steps: &[Step]) {
    let mut ends = Ends::new(policy);
    ends.run(steps);
    assert_eq!(ends.sink.html(), from_scratch(&ends.page, policy).html());
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        12 => page::any_edit().prop_map(Step::Edit),
        1 => Just(Step::Observe),
        2 => Just(Step::Flush),
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
        ends.run(&steps);
        // Here the masks change nothing, so the page itself is the measure.
        prop_assert_eq!(ends.sink.html(), ends.page.html());
    }

    #[test]
    fn no_masked_text_is_sent(steps in steps()) {
        let mut ends = Ends::new(&Policy::default());
        ends.run(&steps);
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
    assert!(other.apply(&ends.sent[0]).is_ok());
    ends.page.add_rows(3, &mut ends.observer);
    ends.flush();
    assert!(other.apply(&ends.sent[2]).is_err());
}
