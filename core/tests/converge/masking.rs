//! Whatever stands on a page and whatever is done to it: no masked character is in any frame, the
//! replica is the masked page, and a stricter policy tells nothing more.
//!
//! What is masked is said by an oracle that knows the rules and not the code, see
//! `converge/oracle.rs`. Every text and every value is a word of its own, in letters that stand nowhere
//! else, or one half of an identifier.

use crate::oracle::{self, Oracle, Rules, bare};
use crate::page::{self, Edit, Ends, Page, any_edit, from_scratch};
use proptest::prelude::*;
use saath_core::mask::{Mode, Patterns, Policy, View};
use std::collections::BTreeSet;

#[derive(Debug, Clone)]
enum Step {
    Edit(Edit),
    Observe,
    Turn,
    Flush,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        14 => any_edit().prop_map(Step::Edit),
        1 => Just(Step::Observe),
        2 => Just(Step::Turn),
        2 => Just(Step::Flush),
    ];
    proptest::collection::vec(step, 1..60)
}

fn rules() -> impl Strategy<Value = Rules> {
    any::<[bool; 4]>().prop_map(|[strict, shows_all, patterns, masks_all]| Rules {
        strict,
        shows_all,
        patterns,
        masks_all: masks_all && strict && shows_all,
    })
}

impl Rules {
    fn policy(self) -> Policy {
        if self.masks_all {
            return Policy::mask_all();
        }
        let mut policy = Policy::default();
        policy.mode = if self.strict { Mode::Strict } else { Mode::Values };
        policy.patterns = if self.patterns { Patterns::On } else { Patterns::Off };
        if self.shows_all {
            policy.unredacted_views.push(View::Everywhere("*".to_owned()));
        }
        policy
    }
}

/// Gives every text a word that no other has: of letters, the first half of an identifier or the
/// second one, or nothing.
#[derive(Default)]
struct Words(u32);

impl Words {
    fn of(&mut self, text: &str) -> String {
        self.0 += 1;
        let letter = |place: u32, first: char, count: u32| {
            let code = first as u32 + self.0 / count.pow(place) % count;
            char::from_u32(code).unwrap()
        };
        match text.len() {
            0 => String::new(),
            1 => (0..4).map(|place| letter(place, 'ა', 30)).collect(),
            // In brackets, so that a third half beside the two is none of them.
            2 => format!("(Q{}{}P{}", letter(2, 'A', 26), letter(1, 'A', 26), letter(0, 'A', 26)),
            _ => format!("{}Z)", 1000 + self.0),
        }
    }

    fn put(&mut self, edit: &Edit) -> Edit {
        let mut edit = edit.clone();
        match &mut edit {
            Edit::Text { text, .. } | Edit::SetText { text, .. } => *text = self.of(text),
            Edit::Value { value, .. } => *value = self.of(value),
            Edit::Attr { name, value: Some(value), .. } if page::carries_data(*name) => {
                *value = self.of(value);
            }
            _ => {}
        }
        edit
    }
}

/// All words of the page that a text contains.
fn words_in(page: &Page, text: &str) -> BTreeSet<String> {
    oracle::words(page).filter(|word| text.contains(word.as_str())).collect()
}

fn plain(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

struct Run {
    ends: Ends,
    rules: Rules,
    words: Words,
    /// Everything that was ever on the page.
    all: BTreeSet<String>,
    /// Whether only parts of the page are read at a time.
    in_parts: bool,
}

impl Run {
    fn new(rules: Rules, most: usize) -> Self {
        let mut ends = Ends::new(&rules.policy());
        ends.most = most;
        let (words, all) = (Words::default(), BTreeSet::new());
        Self { ends, rules, words, all, in_parts: most < usize::MAX }
    }

    fn step(&mut self, step: &Step) {
        match step {
            Step::Edit(edit) => {
                let edit = self.words.put(edit);
                self.ends.edit(&edit);
                self.all.extend(oracle::words(&self.ends.page));
            }
            Step::Observe => self.ends.observe(),
            Step::Turn => {
                self.ends.turn();
                self.look();
            }
            Step::Flush => {
                self.ends.flush();
                self.look();
                self.compare();
            }
        }
    }

    /// No frame has a word that is masked on the page as it is now.
    fn look(&mut self) {
        let oracle = Oracle::of(&self.ends.page, self.rules);
        for message in std::mem::take(&mut self.ends.sent) {
            let frame = plain(&message.batch);
            for word in self.all.iter().filter(|word| frame.contains(word.as_str())) {
                // Halves of an identifier may come one after the other.
                let may = oracle.shown.contains(word) || self.in_parts && word.is_ascii();
                assert!(may, "{word} of {} is in {frame}", self.ends.page.html());
            }
        }
    }

    fn compare(&self) {
        let oracle = Oracle::of(&self.ends.page, self.rules);
        assert_eq!(bare(&self.ends.sink.html()), oracle.html);
    }

    fn go(mut self, steps: &[Step]) {
        for step in steps {
            self.step(step);
        }
        self.step(&Step::Flush);
        assert_eq!(self.ends.asked, None);
        let scratch = from_scratch(&self.ends.page, &self.rules.policy()).0.html();
        assert_eq!(self.ends.sink.html(), scratch);
    }
}

/// A page that these edits come to, and how it may be marked more strictly.
fn page_of(edits: &[Edit]) -> Page {
    let mut page = Page::new();
    let mut words = Words::default();
    let mut observer = page::Observer::default();
    for edit in edits {
        page.edit(&words.put(edit), &mut observer);
    }
    page
}

fn told(page: &Page, rules: Rules) -> BTreeSet<String> {
    words_in(page, &plain(&from_scratch(page, &rules.policy()).1.batch))
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(3000) })]

    #[test]
    fn nothing_masked_leaves_and_the_replica_is_the_masked_page(steps in steps(), rules in rules()) {
        Run::new(rules, usize::MAX).go(&steps);
    }

    #[test]
    fn nor_where_the_page_is_read_in_parts(steps in steps(), rules in rules(), most in 1usize..9) {
        Run::new(rules, most).go(&steps);
    }

    #[test]
    fn a_stricter_policy_tells_nothing_more(
        edits in proptest::collection::vec(any_edit(), 1..60),
        rules in rules(),
        node in any::<prop::sample::Index>(),
    ) {
        let page = page_of(&edits);
        let before = told(&page, rules);
        let mut stricter = vec![
            (page.clone(), Rules { strict: true, ..rules }),
            (page.clone(), Rules { patterns: true, ..rules }),
            (page.clone(), Rules { shows_all: false, ..rules }),
            (page.clone(), Rules { masks_all: true, ..rules }),
        ];
        let node = node.index(page.nodes.len());
        if matches!(page.nodes[node].kind, page::PageKind::Element(_)) {
            for (name, value) in [("m", Some("")), ("s", None)] {
                let mut page = page.clone();
                match value {
                    Some(value) => page.nodes[node].attrs.insert(name, value.to_owned()),
                    None => page.nodes[node].attrs.remove(name),
                };
                stricter.push((page, rules));
            }
        }
        for (page, rules) in stricter {
            let after = told(&page, rules);
            prop_assert!(after.is_subset(&before), "{:?}", after.difference(&before));
        }
    }
}

/// What the oracle calls shown does arrive: a net that catches everything proves nothing.
#[test]
fn what_is_shown_arrives() {
    let edits = [
        Edit::Element { parent: 0, at: 0, tag: 1 },
        Edit::Text { parent: 1, at: 0, text: "a".into() },
        Edit::Text { parent: 1, at: 1, text: "bb".into() },
        Edit::Attr { node: 1, name: 1, value: Some("c".into()) },
    ];
    let page = page_of(&edits);
    for (rules, count) in [
        (Rules { patterns: true, ..Rules::default() }, 2),
        (Rules { shows_all: true, ..Rules::default() }, 3),
        (Rules { strict: true, ..Rules::default() }, 0),
    ] {
        assert_eq!(told(&page, rules).len(), count, "{rules:?}");
        assert_eq!(Oracle::of(&page, rules).shown.len(), count, "{rules:?}");
    }
}
