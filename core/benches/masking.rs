//! What masking costs of a snapshot: of a table with 100,000 nodes, the median share of many turns.
//!
//! A snapshot is here what this crate does between the words of the reader and the bytes to be sealed:
//! parse, mask, compare, encode, deflate. What the browser takes to be read comes on top, which is as
//! much again and more, so of the whole the share is less. `cargo bench -p saath-core --bench masking`

use saath_core::assets::Addresses;
use saath_core::capture::Capture;
use saath_core::css::{Asked, Unasked};
use saath_core::mask::{Policy, Slots, View, mask};
use saath_core::pack;
use saath_core::reading::Reading;
use saath_core::tree::Tree;
use std::collections::HashMap;
use std::hint::black_box;
use std::time::{Duration, Instant};

/// A row is a `tr`, six `td`, a `b` and seven texts.
const ROWS: u32 = 100_000 / 15;
const ROUNDS: usize = 31;

fn main() {
    let page = Page::table();
    let mut all = Policy::default();
    all.unredacted_views.push(View::Everywhere("*".to_owned()));
    let policies = [("values", Policy::default()), ("shown", all), ("masked", Policy::mask_all())];
    for (name, policy) in policies {
        let times: Vec<_> = (0..ROUNDS).map(|_| page.snapshot(&policy)).collect();
        let of = |part: &dyn Fn(&Times) -> f64| median(times.iter().map(part).collect());
        let share = of(&|times| times.mask.as_secs_f64() / times.whole.as_secs_f64() * 100.0);
        let flat = of(&|times| times.mask.as_secs_f64() / times.flat.as_secs_f64() * 100.0);
        println!(
            "{name}: {share:.1} % of a snapshot is masking, {:.1} ms of {:.1} ms ({flat:.1} % without \
             deflate); {} nodes",
            of(&|times| times.mask.as_secs_f64() * 1e3),
            of(&|times| times.whole.as_secs_f64() * 1e3),
            page.nodes,
        );
    }
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

struct Times {
    mask: Duration,
    /// All of a snapshot.
    whole: Duration,
    /// The same before it is deflated.
    flat: Duration,
}

/// What the reader has of a page: words, texts, and how long each is.
#[derive(Default)]
struct Page {
    words: Vec<u32>,
    blob: String,
    lengths: Vec<u32>,
    known: HashMap<String, u32>,
    nodes: u32,
}

impl Page {
    /// Returns of a year: numbers, dates, names, sums, a state; every text but a few its own.
    fn table() -> Self {
        let mut page = Self { words: vec![5 | 3 << 6, 1], nodes: 1, ..Self::default() };
        page.element("table", &[("class", "returns wide")]);
        for row in 0..ROWS {
            page.element("tr", &[("class", if row % 2 == 0 { "even" } else { "odd" })]);
            page.cell("number", &format!("{}", row + 1));
            page.cell("name", &format!("Assessee {} of ward {}", row * 7 % 9973, row % 31));
            page.cell("date", &format!("{:02}-04-2026", row % 28 + 1));
            page.cell("sum", &format!("{},{:02},{:03}.00", row % 9 + 1, row % 97, row % 991));
            page.element("td", &[("class", "id")]);
            page.text("PAN ");
            page.element("b", &[]);
            page.text(&format!("ABCPK{:04}D", row % 10_000));
            page.words.extend([0, 0]);
            page.cell("state", ["filed", "verified", "processed"][row as usize % 3]);
            page.words.push(0);
        }
        page.words.extend([0, 0]);
        page
    }

    fn cell(&mut self, class: &str, text: &str) {
        self.element("td", &[("class", class), ("data-label", class)]);
        self.text(text);
        self.words.push(0);
    }

    fn element(&mut self, tag: &str, attrs: &[(&str, &str)]) {
        self.nodes += 1;
        let tag = self.string(tag);
        let head = 1 | 3 << 6 | u32::try_from(attrs.len()).unwrap_or(0) << 14;
        self.words.extend([head, self.nodes, tag]);
        for (name, value) in attrs {
            let setting = [self.string(name), self.string(value)];
            self.words.extend(setting);
        }
    }

    fn text(&mut self, text: &str) {
        self.nodes += 1;
        let text = self.string(text);
        self.words.extend([2, self.nodes, text]);
    }

    /// Equal texts are read once, as by the glue.
    fn string(&mut self, text: &str) -> u32 {
        if let Some(&known) = self.known.get(text) {
            return known;
        }
        let id = u32::try_from(self.lengths.len()).unwrap_or(u32::MAX);
        self.blob.push_str(text);
        self.lengths.push(u32::try_from(text.encode_utf16().count()).unwrap_or(u32::MAX));
        self.known.insert(text.to_owned(), id);
        id
    }

    fn snapshot(&self, policy: &Policy) -> Times {
        let blob = self.blob.clone();
        let start = Instant::now();
        let reading = Reading::parse(&self.words, blob, &self.lengths).expect("well-formed");
        let mut capture = Capture::new(policy.clone());
        capture.dirt.take();
        let page = capture.turn(&reading).expect("it fits").page.expect("something is told");
        let flat = start.elapsed();
        black_box(pack::deflate(&page.batch));
        let whole = start.elapsed();

        // The same once more, by itself.
        let (mut asked, mut addresses) = (Asked::by_browsers(), Addresses::default());
        let (mut slots, tree) = (Slots::default(), Tree::default());
        let start = Instant::now();
        black_box(mask(policy, &tree, &reading, &Unasked, &mut asked, &mut addresses, &mut slots));
        Times { mask: start.elapsed(), whole, flat }
    }
}
