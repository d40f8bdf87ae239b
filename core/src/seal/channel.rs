//! Both directions of one epoch: messages in, records out, and back.

use saath_protocol::envelope::Side;
use saath_protocol::wire;
use thiserror::Error;

use super::frame::{Assembler, FrameError, pack};
use super::keys::Secrets;
use super::record::{Opener, RecordError, Sealer};

/// An agent has no reason to send more in one message; what it sends is typed by hand.
const MAX_FROM_AGENT: usize = 256 << 10;

/// Why what was received is not part of a message. All are fatal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum ReceiveError {
    /// The record does not open.
    #[error(transparent)]
    Record(#[from] RecordError),
    /// The peer sealed what is not a message.
    #[error(transparent)]
    Frame(#[from] FrameError),
}

/// The two directions of an epoch, as one end has them.
#[derive(Debug)]
pub struct Channel {
    sealer: Sealer,
    opener: Opener,
    assembler: Assembler,
    #[cfg(feature = "self-test")]
    plains: Vec<Vec<u8>>,
}

impl Channel {
    /// The channel of the end that is `side`.
    pub fn new(side: Side, secrets: &Secrets) -> Self {
        let limit = match side {
            Side::Customer => MAX_FROM_AGENT,
            Side::Agent => wire::MAX_MESSAGE,
        };
        Self {
            sealer: Sealer::new(secrets.sent_by(side), secrets.epoch()),
            opener: Opener::new(secrets.sent_by(side.peer()), secrets.epoch()),
            assembler: Assembler::new(limit),
            #[cfg(feature = "self-test")]
            plains: Vec::new(),
        }
    }

    /// The records that carry `message`, to be sent in this order.
    pub fn send(&mut self, message: &[u8]) -> Vec<Vec<u8>> {
        let plains = pack(message);
        let records = plains.iter().map(|plain| self.sealer.seal(plain)).collect();
        #[cfg(feature = "self-test")]
        self.plains.extend(plains);
        records
    }

    /// The plaintexts of the records since the last call.
    #[cfg(feature = "self-test")]
    pub(crate) fn take_plains(&mut self) -> Vec<Vec<u8>> {
        std::mem::take(&mut self.plains)
    }

    /// Takes a record; the message, if it is complete.
    ///
    /// # Errors
    /// [`ReceiveError`]; the channel then opens nothing more, but still sends, so that the peer
    /// can be told.
    pub fn receive(&mut self, record: &[u8]) -> Result<Option<Vec<u8>>, ReceiveError> {
        let plain = self.opener.open(record)?;
        self.assembler.push(&plain).map_err(|error| {
            self.opener.forget();
            error.into()
        })
    }
}
