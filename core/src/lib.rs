//! What only the two ends may understand, without sockets, clocks, a DOM or entropy: those are
//! arguments, so all of this runs natively and in virtual time.
//!
//! In reading order: [`node`] names what may be in a replica, [`reading`] is what was read of a page,
//! [`mask`] the wall between the page and the wire, [`tree`] what the other end was told, [`dirt`]
//! what to read again, [`diff`] the ops that bring the other end up to date, [`ops`] their form,
//! [`capture`] all of it in order, [`guests`] the frames of other origins that take part, [`replica`] the checks at the agent's end, [`repair`] what is done
//! when they fail, [`message`] everything the ends say, [`assets`] the page's pictures and fonts,
//! [`seal`] how nobody else hears it, [`session`] the two state machines.
//!
//! One change, from the page to the replica. The words are those that the glue writes:
//!
//! ```
//! use saath_core::{capture::Capture, mask::Policy, reading::Reading, replica::Replica};
//!
//! let mut capture = Capture::new(Policy::default());
//! let mut replica = Replica::default();
//!
//! let request = capture.dirt.take(); // at first: the document, whole
//! assert_eq!(request, [1, 8]);
//! let words = [
//!     5 | 3 << 6, 1, //                 the document, with settings and children
//!     1 | 3 << 6, 2, 0, //                an element, number 2, text 0 is its tag
//!     2, 3, 1, //                           a text node, number 3, with text 1
//!     0, 0, //                            end of the element, end of the document
//! ];
//! let reading = Reading::parse(&words, "pMy PAN is ABCPV1234D", &[1, 20])?;
//! let page = capture.turn(&reading)?.page.expect("a first page");
//! let applied = replica.apply(&page)?;
//!
//! let texts: Vec<_> = applied.batch.texts().collect();
//! assert_eq!(texts, ["p", "My PAN is ████████"]);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

pub mod assets;
pub mod capture;
pub mod css;
pub mod diff;
pub mod dirt;
pub mod guests;
mod ids;
pub mod mask;
pub mod message;
pub mod motion;
pub mod node;
pub mod ops;
pub mod pack;
pub mod reading;
pub mod repair;
pub mod replica;
pub mod seal;
pub mod selection;
pub mod session;
pub mod tree;
