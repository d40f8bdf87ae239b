//! The client in a frame of another origin: what the page around it may ask, and when it may send.
//!
//! The page has the session. Here there is only its word, by a port that it alone holds, and it can
//! make the frame do no more than an agent could: each action has a number, there are not too many,
//! and whoever performs one asks for a [`Grant`] here as everywhere.

use super::flow::{ActionGate, Admission};
use super::{Grant, Millis, plain_text};
use crate::message::action::{Act, ActionResult, Outcome};
use crate::message::annotation::Annotate;
use crate::message::control::Level;
use crate::message::guest::{Begin, FromGuest, GuestAsset, GuestPage, ToGuest};
use crate::message::page::Page;
use crate::tree::Digest;
use saath_protocol::wire::DecodeError;

/// The longest name that is shown.
const MAX_NAME: usize = 80;

/// The frame's part in a session.
#[derive(Debug)]
pub struct Framed {
    begin: Option<Begin>,
    /// The number of a page that is not taken yet.
    waits: Option<u32>,
    actions: ActionGate,
}

/// What the frame's end is to do.
#[derive(Debug)]
pub enum Order {
    /// Begin anew, with everything masked or by the frame's own policy.
    Begin {
        /// Whether everything is masked.
        masked: bool,
    },
    /// There is room for a page.
    Room,
    /// Send all anew.
    Fresh,
    /// Repair what the page has otherwise.
    Repair(Digest),
    /// Do this.
    Perform(Grant, Act),
    /// Show this of the agent with this name.
    Mark(Annotate, String),
    /// Say this.
    Answer(FromGuest),
    /// Nothing.
    Wait,
    /// It is over.
    End,
}

impl Framed {
    /// Waits to be asked.
    pub fn new(now: Millis) -> Self {
        Self { begin: None, waits: None, actions: ActionGate::new(now) }
    }

    /// What a message of the page comes to.
    ///
    /// # Errors
    /// [`DecodeError`]: no honest page sends this, and the port is to be closed.
    pub fn hear(&mut self, now: Millis, message: ToGuest) -> Result<Order, DecodeError> {
        Ok(match message {
            ToGuest::Begin(begin) => {
                self.begin = Some(begin);
                self.waits = None;
                Order::Begin { masked: begin.masked }
            }
            ToGuest::Applied(applied) if self.waits == Some(applied.number) => {
                self.waits = None;
                Order::Room
            }
            // Of the turn before.
            ToGuest::Applied(_) => Order::Wait,
            ToGuest::Repair(repair) => {
                if self.waits != Some(repair.number) {
                    return Ok(Order::Wait);
                }
                self.waits = None;
                if repair.digest.is_empty() {
                    Order::Fresh
                } else {
                    Order::Repair(Digest::decode(&repair.digest).map_err(|_| DecodeError)?)
                }
            }
            ToGuest::Act(errand) => {
                let act = errand.act()?;
                let admitted = self.actions.admit(now, act.serial);
                let grant = Grant::of(Level::Act).filter(|_| self.begin.is_some());
                match (admitted, grant) {
                    (Admission::Seen, _) => Order::Wait,
                    (Admission::Fresh, Some(grant)) => Order::Perform(grant, act),
                    (Admission::Fresh | Admission::TooMany, _) => {
                        let outcome = Outcome::NotAllowed;
                        let result = ActionResult { serial: act.serial, outcome };
                        Order::Answer(FromGuest::ActionResult(result))
                    }
                }
            }
            // Who stands where everything is masked is pointed at all the same.
            ToGuest::Mark(_) if self.begin.is_none() => Order::Wait,
            ToGuest::Mark(mark) => {
                Order::Mark(mark.annotate()?.plain(), plain_text(&mark.name, MAX_NAME))
            }
            ToGuest::End => {
                self.begin = None;
                Order::End
            }
        })
    }

    /// Whether a page may be sent.
    pub fn room(&self) -> bool {
        self.begin.is_some() && self.waits.is_none()
    }

    /// A page to send; none if there is no [`Self::room`], and it is lost.
    pub fn page(&mut self, page: Page) -> Option<FromGuest> {
        let begin = self.begin.filter(|_| self.waits.is_none())?;
        self.waits = Some(page.number);
        Some(FromGuest::Page(GuestPage { turn: begin.turn, page }))
    }

    /// A picture or a font to send, by its number since the last [`Order::Begin`]; none before one.
    pub fn asset(
        &self,
        number: u32,
        keep: bool,
        painted: bool,
        bytes: Vec<u8>,
    ) -> Option<FromGuest> {
        let turn = self.begin?.turn;
        Some(FromGuest::Asset(GuestAsset { turn, number, keep, painted, bytes }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::action::Action;
    use crate::message::guest::{Errand, Mark};
    use crate::message::page::{Applied, PageKind, Repair};
    use crate::node::NodeId;

    fn page(number: u32) -> Page {
        Page { number, kind: PageKind::Change, batch: vec![], hash: 0 }
    }

    fn act(serial: u32) -> ToGuest {
        let action = Action::Check { target: NodeId(2), checked: true };
        let grant = Grant::of(Level::Act).unwrap();
        ToGuest::Act(Errand::new(&grant, Act { serial, action }))
    }

    fn begun() -> Framed {
        let mut framed = Framed::new(Millis(0));
        let begin = ToGuest::Begin(Begin { turn: 1, masked: false });
        assert!(matches!(framed.hear(Millis(0), begin), Ok(Order::Begin { masked: false })));
        framed
    }

    #[test]
    fn nothing_is_sent_or_done_before_the_page_asks() {
        let mut framed = Framed::new(Millis(0));
        assert!(!framed.room() && framed.page(page(1)).is_none());
        let refused = ActionResult { serial: 1, outcome: Outcome::NotAllowed };
        let Ok(Order::Answer(FromGuest::ActionResult(result))) = framed.hear(Millis(0), act(1))
        else {
            panic!("it acts")
        };
        assert_eq!(result, refused);
        let mut framed = begun();
        assert!(matches!(framed.hear(Millis(0), ToGuest::End), Ok(Order::End)));
        assert!(!framed.room());
    }

    #[test]
    fn one_page_waits_for_the_one_before() {
        let mut framed = begun();
        assert!(framed.page(page(7)).is_some());
        assert!(framed.page(page(8)).is_none());
        let applied = |number| ToGuest::Applied(Applied { number });
        assert!(matches!(framed.hear(Millis(0), applied(6)), Ok(Order::Wait)));
        assert!(!framed.room());
        assert!(matches!(framed.hear(Millis(0), applied(7)), Ok(Order::Room)));
        assert!(framed.page(page(8)).is_some());
        let repair = |digest| ToGuest::Repair(Repair { number: 8, digest });
        assert!(framed.hear(Millis(0), repair(vec![9; 5])).is_err());
        assert!(framed.page(page(9)).is_some());
        let repair = ToGuest::Repair(Repair { number: 9, digest: vec![] });
        assert!(matches!(framed.hear(Millis(0), repair), Ok(Order::Fresh)));
        // A new beginning waits for nothing.
        assert!(framed.page(page(10)).is_some());
        let begin = ToGuest::Begin(Begin { turn: 2, masked: true });
        assert!(matches!(framed.hear(Millis(0), begin), Ok(Order::Begin { masked: true })));
        let Some(FromGuest::Page(sent)) = framed.page(page(1)) else { panic!("no room") };
        assert_eq!(sent.turn, 2);
    }

    #[test]
    fn marks_are_shown_while_a_page_asks_and_their_texts_are_plain() {
        let mark = || {
            let label = "pay\u{202E} here".into();
            let annotate = Annotate::Highlight { target: NodeId(2), label };
            ToGuest::Mark(Mark::new(annotate, "Meera\n\u{200B}Joshi".into()))
        };
        assert!(matches!(Framed::new(Millis(0)).hear(Millis(0), mark()), Ok(Order::Wait)));
        let Ok(Order::Mark(Annotate::Highlight { label, .. }, name)) =
            begun().hear(Millis(0), mark())
        else {
            panic!("no mark")
        };
        assert_eq!((label.as_str(), name.as_str()), ("pay here", "Meera Joshi"));
    }

    #[test]
    fn assets_are_of_the_beginning_they_were_read_in() {
        assert_eq!(Framed::new(Millis(0)).asset(1, true, false, vec![1]), None);
        let Some(FromGuest::Asset(asset)) = begun().asset(7, true, false, vec![1]) else {
            panic!("no asset")
        };
        assert_eq!((asset.turn, asset.number), (1, 7));
    }

    #[test]
    fn actions_have_numbers_and_a_pace() {
        let mut framed = begun();
        assert!(matches!(framed.hear(Millis(0), act(1)), Ok(Order::Perform(..))));
        assert!(matches!(framed.hear(Millis(0), act(1)), Ok(Order::Wait)));
        let done = (2..100).filter(|&serial| {
            matches!(framed.hear(Millis(0), act(serial)), Ok(Order::Perform(..)))
        });
        assert_eq!(done.count(), 29);
    }
}
