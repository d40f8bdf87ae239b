//! What the driver may ask to be shown, and what it hears back.

use saath_core::message::Level;

/// What the customer pressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum WidgetEvent {
    /// Closed, before a session or after its end.
    Cancel,
    /// Another number, please.
    NewPin,
    /// Yes to the officer who asks.
    Allow,
    /// No.
    Decline,
    /// This is not the helpdesk.
    Report,
    /// Yes to a higher level.
    AllowLevel,
    /// No to it.
    DeclineLevel,
    /// Take acting back.
    Revoke,
    /// Open or close the picture of what the officer sees.
    Preview,
    /// End the session now.
    Stop,
}

impl WidgetEvent {
    pub(super) fn named(name: &str) -> Option<Self> {
        Some(match name {
            "cancel" => Self::Cancel,
            "new" => Self::NewPin,
            "allow" => Self::Allow,
            "decline" => Self::Decline,
            "report" => Self::Report,
            "allow-level" => Self::AllowLevel,
            "decline-level" => Self::DeclineLevel,
            "revoke" => Self::Revoke,
            "preview" => Self::Preview,
            "stop" => Self::Stop,
            _ => return None,
        })
    }

    /// A yes widens what the agent may do, so it needs the guard's word.
    pub(super) fn is_yes(self) -> bool {
        matches!(self, Self::Allow | Self::AllowLevel)
    }
}

/// What to show.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum WidgetView {
    /// Waiting for the relay.
    Connecting,
    /// No relay; the next attempt comes in this time.
    Unreachable {
        /// Milliseconds.
        retry_ms: u64,
    },
    /// The number to read to the officer.
    Pin {
        /// Digits in groups of three.
        groups: Vec<String>,
        /// Milliseconds for which it can be typed.
        ttl_ms: u64,
        /// It takes the place of one that did not match what was typed.
        mismatch: bool,
    },
    /// Nobody typed it in time.
    PinExpired,
    /// Somebody typed it.
    Joining,
    /// Somebody typed another one.
    Mismatch,
    /// The relay said no: `gone`, `unauthorized`, `busy` or `version`.
    Refused(&'static str),
    /// A verified agent asks for the page.
    Consent {
        /// Full name.
        name: String,
        /// Staff number.
        staff: String,
        /// Office.
        unit: String,
        /// The number that the agent should say, 0 to 99.
        check: u8,
    },
    /// Somebody watches.
    Active {
        /// The agent's name.
        name: String,
        /// What the agent may do.
        level: Level,
    },
    /// The agent who watches asks for more.
    AskLevel {
        /// The agent's name.
        name: String,
        /// What is asked for.
        level: Level,
        /// In the agent's words; may be empty.
        reason: String,
    },
    /// The connection is lost; the next attempt comes in this time.
    Lost {
        /// Milliseconds; 0 while an attempt is being made.
        retry_ms: u64,
    },
    /// It is over.
    Ended {
        /// As in `AgentSession`'s `ended` event.
        reason: &'static str,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_yes_needs_the_guard() {
        for (name, yes) in [
            ("cancel", false),
            ("new", false),
            ("allow", true),
            ("decline", false),
            ("report", false),
            ("allow-level", true),
            ("decline-level", false),
            ("revoke", false),
            ("preview", false),
            ("stop", false),
        ] {
            assert_eq!(WidgetEvent::named(name).map(WidgetEvent::is_yes), Some(yes), "{name}");
        }
        assert_eq!(WidgetEvent::named("Allow"), None);
    }
}
