//! The 80 ways by which masked content has left pages, each with a fixture of its own, in a real
//! session: what leaves is looked at in five places, in four phases.
//!
//! A secret stands on the customer's page in the one way that its vector is about. Whatever is sealed,
//! sent, shown, logged or kept must not hold it, in any form; a text that may be seen must have come to
//! the same places, or the suite would see nothing at all; and with a mask that hides nothing, every
//! vector that is masked must be found.

mod fixture;
mod hands;
mod ledger;
mod oracle;
mod plain;
mod site;
mod taps;
mod visit;

pub use fixture::Fixture;
pub use ledger::{Ledger, Phase, Piece, Tap};
pub use oracle::{Found, Oracle, Secret};
pub use visit::Visit;

/// What may be seen on a page, and must be.
#[derive(Debug, Clone)]
pub struct Control {
    /// Which page.
    pub page: String,
    /// Static text.
    pub text: String,
    /// A value that is shown.
    pub value: String,
    /// Said to the console.
    pub said: String,
    /// Kept in the page's storage.
    pub kept: String,
    /// In the address of a request.
    pub asked: String,
    /// Told in a socket.
    pub told: String,
}

/// Whether a page has no policy that holds, so that everything on it is masked.
fn hides_all(page: &str) -> bool {
    page.starts_with("policy-")
}

/// The controls of a page.
#[must_use]
pub fn controls(page: &str) -> Control {
    let name: String = page.to_ascii_uppercase().chars().filter(char::is_ascii_uppercase).collect();
    let control = |kind| format!("CT{name}{kind}-7G4KQ9XH");
    Control {
        page: page.to_owned(),
        text: control('A'),
        value: control('B'),
        said: control('C'),
        kept: control('D'),
        asked: control('E'),
        told: control('F'),
    }
}

impl Control {
    /// Each with what it is and the tap that must see it.
    #[must_use]
    pub fn wanted(&self) -> [(String, &str, Tap); 8] {
        let of = |kind: &str| format!("{kind} of {}", self.page);
        [
            (of("a text"), &self.text, Tap::Seal),
            (of("a text"), &self.text, Tap::Replica),
            (of("a value"), &self.value, Tap::Seal),
            (of("a value"), &self.value, Tap::Replica),
            (of("a word on the console"), &self.said, Tap::Page),
            (of("an entry in the storage"), &self.kept, Tap::Page),
            (of("an address"), &self.asked, Tap::Network),
            (of("a message in a socket"), &self.told, Tap::Network),
        ]
    }

    /// To be searched for.
    #[must_use]
    pub fn secrets(&self) -> Vec<Secret> {
        let wanted = self.wanted();
        wanted.into_iter().map(|(of, text, _)| Secret { of, text: text.to_owned() }).collect()
    }
}
