//! A page, its capture and its replica, with nothing in between, or with somebody who tampers.

use super::{Edit, Observer, Page, Sink, Tamper};
use saath_core::capture::Capture;
use saath_core::mask::Policy;
use saath_core::message::page::{Page as Message, PageKind};
use saath_core::replica::{Replica, Verdict};
use saath_core::tree::Digest;

pub(crate) struct Ends {
    pub(crate) page: Page,
    pub(crate) observer: Observer,
    pub(crate) capture: Capture,
    replica: Replica,
    pub(crate) sink: Sink,
    /// Every page, as it was before anybody tampered with it.
    pub(crate) sent: Vec<Message>,
    /// How many nodes are read in a turn.
    pub(crate) most: usize,
    /// Whether a part of the page was never sent.
    pub(crate) left_out: bool,
    /// What becomes of the next page.
    pub(crate) tamper: Option<Tamper>,
    /// The digest of a replica that is not the page.
    pub(crate) asked: Option<Vec<u8>>,
}

impl Ends {
    pub(crate) fn new(policy: &Policy) -> Self {
        let mut ends = Self {
            page: Page::new(),
            observer: Observer::default(),
            capture: Capture::new(policy.clone()),
            replica: Replica::default(),
            sink: Sink::default(),
            sent: vec![],
            most: usize::MAX,
            left_out: false,
            tamper: None,
            asked: None,
        };
        ends.flush();
        ends
    }

    pub(crate) fn edit(&mut self, edit: &Edit) {
        self.page.edit(edit, &mut self.observer);
    }

    pub(crate) fn observe(&mut self) {
        let words = self.observer.take_records(&self.page);
        self.capture.dirt.note_words(&words);
    }

    /// Reads and sends all that is dirty.
    pub(crate) fn flush(&mut self) {
        for _ in 0..8_000 {
            if !self.turn() {
                return;
            }
        }
        panic!("the capture never comes to rest");
    }

    /// Reads and sends so much of it as fits in a turn. Whether there was anything.
    pub(crate) fn turn(&mut self) -> bool {
        self.observe();
        if !self.capture.is_due() {
            return false;
        }
        let request = self.capture.dirt.take();
        let reading = self.observer.read(&mut self.page, &request, self.most);
        let turn = self.capture.turn(&reading).unwrap();
        self.observer.forget(&turn.gone);
        self.left_out |= turn.left_out;
        if let Some(message) = turn.page {
            self.deliver(&message);
            self.sent.push(message);
        }
        true
    }

    pub(crate) fn deliver(&mut self, message: &Message) {
        let message = match self.tamper.take() {
            Some(tamper) => tamper.change(message),
            None => Some(message.clone()),
        };
        let Some(message) = message else { return };
        let applied = self.replica.apply(&message).unwrap();
        self.sink.write(&applied.batch, message.kind == PageKind::Fresh);
        self.sink.forget(&applied.gone);
        if let Verdict::Differs(digest) = applied.verdict {
            self.asked = Some(digest);
        }
    }

    /// Repairs what was asked for.
    pub(crate) fn repair(&mut self) {
        if let Some(digest) = self.asked.take() {
            self.capture.repair(&Digest::decode(&digest).expect("a part is enough"));
            self.flush();
        }
    }

    /// How many nodes the replica has.
    pub(crate) fn nodes(&self) -> usize {
        self.replica.tree().len()
    }

    /// What the replica is, in short.
    pub(crate) fn digest(&self) -> Vec<u8> {
        self.replica.tree().digest()
    }

    /// Nodes that the observer holds though no page has them.
    pub(crate) fn leaked(&self) -> Vec<u32> {
        let tree = self.replica.tree();
        self.observer.held().filter(|&id| !tree.contains(id)).map(|id| id.0).collect()
    }
}

/// The page as a capture that has seen nothing before would send it.
pub(crate) fn from_scratch(page: &Page, policy: &Policy) -> (Sink, Message) {
    let mut page = page.clone();
    let mut observer = Observer::default();
    let mut capture = Capture::new(policy.clone());
    let request = capture.dirt.take();
    let reading = observer.read(&mut page, &request, usize::MAX);
    let message = capture.turn(&reading).unwrap().page.unwrap();
    let batch = Replica::default().apply(&message).unwrap().batch;
    let mut sink = Sink::default();
    sink.write(&batch, true);
    (sink, message)
}
