//! A frame of another origin that takes part: whatever is done on the page, in the frame, and to what
//! either sends, the replica is both of them in one.

use crate::page::{self, Edit, Ends, GUEST, Observer, Page, SECRET, Tamper, from_scratch};
use crate::show_all;
use proptest::prelude::*;
use saath_core::capture::Capture;
use saath_core::guests::{MAX_GUESTS, Reply, Seat, Unwelcome};
use saath_core::mask::Policy;
use saath_core::message::guest::{Begin, GuestPage};
use saath_core::message::page::{Page as Message, PageKind};
use saath_core::tree::Digest;

/// A page, its guest, and the agent's replica of both.
struct Visit {
    host: Ends,
    frame: usize,
    visits: usize,
    seat: Option<Seat>,
    guest: Client,
    /// That it was asked for a page, and none has come.
    asked: bool,
    /// What becomes of the guest's next page.
    tamper: Option<Tamper>,
}

/// The client in the frame.
struct Client {
    page: Page,
    observer: Observer,
    policy: Policy,
    begin: Option<Begin>,
    capture: Capture,
}

impl Client {
    fn begin(&mut self, begin: Begin) {
        self.begin = Some(begin);
        self.observer = Observer::default();
        self.capture = Capture::new(self.policy());
    }

    fn policy(&self) -> Policy {
        let masked = self.begin.is_some_and(|begin| begin.masked);
        if masked { Policy::mask_all() } else { self.policy.clone() }
    }

    fn edit(&mut self, edit: &Edit) {
        self.page.edit(edit, &mut self.observer);
    }

    fn turn(&mut self) -> Option<GuestPage> {
        let turn = self.begin?.turn;
        for _ in 0..8 {
            let words = self.observer.take_records(&self.page);
            self.capture.dirt.note_words(&words);
            if !self.capture.is_due() {
                return None;
            }
            let request = self.capture.dirt.take();
            let reading = self.observer.read(&mut self.page, &request, usize::MAX);
            let done = self.capture.turn(&reading).unwrap();
            self.observer.forget(&done.gone);
            if let Some(page) = done.page {
                return Some(GuestPage { turn, page });
            }
        }
        None
    }
}

impl Visit {
    fn new(host: &Policy, guest: &Policy) -> Self {
        let mut ends = Ends::new(host);
        let frame = ends.page.add_foreign(&mut ends.observer);
        let guest = Client {
            page: Page::new(),
            observer: Observer::default(),
            policy: guest.clone(),
            begin: None,
            capture: Capture::new(guest.clone()),
        };
        Self { host: ends, frame, visits: 0, seat: None, guest, asked: false, tamper: None }
    }

    /// The page's turns and the guest's, until neither has anything to say.
    fn settle(&mut self) {
        for _ in 0..200 {
            if !self.step() {
                return;
            }
        }
        panic!("it never comes to rest");
    }

    fn step(&mut self) -> bool {
        if self.host.page.visits != self.visits {
            // Another document: the client of the one before is gone.
            self.visits = self.host.page.visits;
            if let Some(seat) = self.seat.take() {
                self.host.capture.dismiss(seat);
            }
            self.seat = self.host.capture.admit();
            self.guest.begin = None;
        }
        self.seated();
        let moved = self.host.turn();
        self.seated();
        for (seat, begin) in self.host.capture.take_begins() {
            assert_eq!(Some(seat), self.seat);
            self.guest.begin(begin);
        }
        let Some(page) = self.guest.turn() else { return moved };
        let page = match self.tamper.take() {
            None => Some(page),
            // A port loses nothing. That a page is missing stands for a guest that forgets one, but
            // none forgets what it was asked for.
            Some(Tamper::Lose) if self.asked => Some(page),
            Some(tamper) => {
                tamper.change(&page.page).map(|changed| GuestPage { page: changed, ..page })
            }
        };
        if let Some(page) = page {
            self.receive(&page).expect("an honest guest");
        }
        true
    }

    fn seated(&mut self) {
        let number = self.host.observer.number(self.frame);
        if let Some(seat) = self.seat {
            self.host.capture.seat(seat, number);
        }
    }

    fn receive(&mut self, page: &GuestPage) -> Result<Reply, Unwelcome> {
        let observer = &mut self.host.observer;
        let seat = self.seat.unwrap();
        let (reply, on) = self.host.capture.take_in(seat, page, |count| observer.reserve(count));
        if let Some(on) = on {
            self.host.deliver(&on);
            self.host.sent.push(on);
        }
        self.asked = matches!(reply, Ok(Reply::Repair(_)));
        match &reply {
            Ok(Reply::Repair(digest)) if digest.is_empty() => self.guest.capture.restart(),
            Ok(Reply::Repair(digest)) => {
                self.guest.capture.repair(&Digest::decode(digest).unwrap());
            }
            Ok(Reply::Applied | Reply::Nothing | Reply::Late) | Err(Unwelcome) => {}
        }
        reply
    }

    /// The masked page with the masked guest in its frame.
    fn expected(&self, host: &Policy) -> String {
        let outer = from_scratch(&self.host.page, host).0.html();
        let mut inner = from_scratch(&self.guest.page, &self.guest.policy()).0.html();
        if self.guest.begin.is_some_and(|begin| begin.masked) {
            // No style sheet goes by the name of a field, or a slot of the frame's.
            let mut parts = inner.split(" name=");
            let first = parts.next().unwrap_or("").to_owned();
            inner = parts.fold(first, |inner, part| {
                let value = part.find(['>', ' ']).unwrap_or(0);
                inner + &part[value..]
            });
        }
        let Some(at) = outer.find(&format!(" id={GUEST:?}")) else { return outer };
        let inside = at + outer[at..].find('>').unwrap() + 1;
        format!("{}{inner}{}", &outer[..inside], &outer[inside..])
    }

    fn check(&self, host: &Policy) {
        assert_eq!(self.host.asked, None);
        assert_eq!(self.host.sink.html(), self.expected(host));
    }
}

#[derive(Debug, Clone)]
enum Step {
    Page(Edit),
    Guest(Edit),
    Turn,
    /// What the guest sends next is changed on its way.
    Tamper(Tamper),
    /// What the page sends next is, and repaired.
    Repair(Tamper),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        6 => page::any_edit().prop_map(Step::Page),
        6 => page::any_edit().prop_map(Step::Guest),
        4 => Just(Step::Turn),
        1 => page::any_tamper().prop_map(Step::Tamper),
        1 => page::any_tamper().prop_map(Step::Repair),
    ];
    proptest::collection::vec(step, 1..60)
}

fn run(host: &Policy, guest: &Policy, steps: &[Step]) -> Visit {
    let mut visit = Visit::new(host, guest);
    for step in steps {
        match step {
            Step::Page(edit) => visit.host.edit(edit),
            Step::Guest(edit) => visit.guest.edit(edit),
            Step::Turn => drop(visit.step()),
            Step::Tamper(tamper) => {
                visit.tamper = Some(tamper.clone());
                visit.settle();
                visit.tamper = None;
            }
            Step::Repair(tamper) => {
                visit.host.tamper = Some(tamper.clone());
                visit.settle();
                visit.host.tamper = None;
                visit.host.repair();
                visit.settle();
            }
        }
    }
    visit.settle();
    // What was lost is noticed by what comes next.
    visit.guest.edit(&Edit::Element { parent: 0, at: 0, tag: 0 });
    visit.host.edit(&Edit::Element { parent: 0, at: 0, tag: 0 });
    visit.settle();
    visit.host.repair();
    visit.settle();
    visit
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1000, ..ProptestConfig::default() })]

    #[test]
    fn the_replica_is_the_page_and_its_guest(steps in steps()) {
        run(&Policy::default(), &Policy::default(), &steps).check(&Policy::default());
    }

    #[test]
    fn a_guest_that_shows_all_shows_no_more_than_its_frame_does(steps in steps()) {
        let host = Policy::default();
        run(&host, &show_all(), &steps).check(&host);
    }

    #[test]
    fn nothing_masked_leaves(steps in steps()) {
        let visit = run(&Policy::default(), &Policy::default(), &steps);
        for message in &visit.host.sent {
            let batch = String::from_utf8_lossy(&message.batch).into_owned();
            prop_assert!(!batch.contains(SECRET), "{}", batch);
        }
    }
}

fn text(text: &str) -> Edit {
    Edit::Text { parent: 0, at: 0, text: text.to_owned() }
}

fn mark(node: usize, on: bool) -> Edit {
    Edit::Attr { node, name: 3, value: on.then(String::new) }
}

/// A guest with one text, and the last page that it sent.
fn visit() -> Visit {
    let mut visit = Visit::new(&Policy::default(), &show_all());
    visit.guest.edit(&text("words"));
    visit.settle();
    assert!(visit.host.sink.html().contains("words"));
    visit
}

/// A fresh page as the guest would send it.
fn fresh(visit: &Visit, policy: &Policy) -> GuestPage {
    let turn = visit.guest.begin.unwrap().turn;
    GuestPage { turn, page: from_scratch(&visit.guest.page, policy).1 }
}

#[test]
fn a_frame_that_is_masked_is_masked_whatever_its_client_says() {
    let mut visit = visit();
    visit.host.edit(&mark(visit.frame, true));
    visit.settle();
    assert!(visit.guest.begin.unwrap().masked);
    assert!(!visit.host.sink.html().contains("words"));
    // A client that does not care.
    let open = fresh(&visit, &show_all());
    assert_eq!(visit.receive(&open), Ok(Reply::Applied));
    assert!(!visit.host.sink.html().contains("words"));
    assert!(visit.host.sink.html().contains('█'));
    visit.guest.capture.restart();
    visit.host.edit(&mark(visit.frame, false));
    visit.settle();
    assert!(visit.host.sink.html().contains("words"));
    visit.check(&Policy::default());
}

#[test]
fn what_was_sent_before_a_mark_is_not_taken_after_it() {
    let mut visit = visit();
    let late = fresh(&visit, &show_all());
    visit.host.edit(&mark(visit.frame, true));
    visit.seated();
    visit.host.turn();
    // In the very page that tells of the mark.
    assert!(!visit.host.sink.html().contains("words"));
    let before = visit.host.sent.len();
    // It has been told to begin anew, and takes no answer for one to its next page.
    assert_eq!(visit.receive(&late), Ok(Reply::Late));
    visit.host.capture.restart();
    assert_eq!(visit.receive(&late), Ok(Reply::Late));
    assert_eq!(visit.host.sent.len(), before);
}

#[test]
fn a_guest_that_breaks_the_rules_is_a_box_again() {
    let garbage = Message { number: 9, kind: PageKind::Change, batch: vec![7; 90], hash: 0 };
    let huge = Message { batch: vec![0; 5 << 20], ..garbage };
    let unasked = Message { kind: PageKind::Repair, batch: vec![], ..garbage };
    for page in [garbage, huge, unasked] {
        let mut visit = visit();
        let turn = visit.guest.begin.unwrap().turn;
        assert_eq!(visit.receive(&GuestPage { turn, page }), Err(Unwelcome));
        assert!(!visit.host.sink.html().contains("words"));
        // The page goes on, and the guest is nobody now.
        let open = fresh(&visit, &show_all());
        assert_eq!(visit.receive(&open), Err(Unwelcome));
        visit.host.edit(&text("page"));
        visit.host.flush();
        assert_eq!(visit.host.asked, None);
        assert_eq!(
            visit.host.sink.html(),
            from_scratch(&visit.host.page, &Policy::default()).0.html()
        );
    }
}

#[test]
fn a_guest_that_does_not_repair_is_a_box_again() {
    let mut visit = visit();
    let mut lie = fresh(&visit, &show_all());
    lie.page.hash ^= 1;
    assert!(matches!(visit.receive(&lie), Ok(Reply::Repair(_))));
    let change = GuestPage { page: Message { kind: PageKind::Change, ..lie.page }, ..lie };
    assert_eq!(visit.receive(&change), Err(Unwelcome));
    assert!(!visit.host.sink.html().contains("words"));
}

#[test]
fn a_guest_that_is_never_what_it_says_is_dismissed() {
    let mut visit = visit();
    let mut lie = fresh(&visit, &show_all());
    lie.page.hash ^= 1;
    for _ in 0..3 {
        assert!(matches!(visit.receive(&lie), Ok(Reply::Repair(_))));
    }
    assert_eq!(visit.receive(&lie), Err(Unwelcome));
}

#[test]
fn there_are_only_so_many() {
    let mut capture = Capture::new(Policy::default());
    let seats: Vec<_> = (0..MAX_GUESTS).map_while(|_| capture.admit()).collect();
    assert_eq!(seats.len(), MAX_GUESTS);
    assert_eq!(capture.admit(), None);
    capture.dismiss(seats[3]);
    let another = capture.admit().unwrap();
    assert!(!seats.contains(&another));
}
