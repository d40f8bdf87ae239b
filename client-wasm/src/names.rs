//! The words that JavaScript sees: states, reasons, levels, outcomes. They do not change.

use saath_core::message::action::Outcome;
use saath_core::message::control::{DenyReason, EndReason, Level, LevelChanged, LevelReason};
use saath_core::message::page::Waiting;
use saath_core::session::{Ended, State};
use serde::Serialize;

pub(crate) fn state(state: State) -> &'static str {
    match state {
        State::Connecting => "connecting",
        State::Pending => "pending",
        State::Authorizing => "authorizing",
        State::Active => "active",
        State::Lost => "lost",
        State::Ended => "ended",
    }
}

pub(crate) fn ended(ended: Ended) -> &'static str {
    match ended {
        Ended::Reason(EndReason::CustomerEnded) => "customer_ended",
        Ended::Reason(EndReason::AgentEnded) => "agent_ended",
        Ended::Reason(EndReason::ProtocolError) => "protocol_error",
        Ended::Reason(EndReason::TimeLimit) => "time_limit",
        Ended::Reason(EndReason::Idle) => "idle",
        Ended::ConnectionLost => "connection_lost",
        Ended::PinExpired => "pin_expired",
        Ended::Denied(reason) => denied(reason),
        Ended::Mismatch => "mismatch",
        Ended::Refused(refusal) => refusal.name(),
        Ended::PeerBroken => "peer_broken",
    }
}

pub(crate) fn denied(reason: DenyReason) -> &'static str {
    match reason {
        DenyReason::Declined => "declined",
        DenyReason::NotVerified => "not_verified",
        DenyReason::Reported => "reported",
    }
}

pub(crate) fn level(level: Level) -> &'static str {
    match level {
        Level::View => "view",
        Level::Point => "point",
        Level::Act => "act",
    }
}

pub(crate) fn outcome(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Done => "done",
        Outcome::NotAllowed => "not_allowed",
        Outcome::Gone => "gone",
        Outcome::Masked => "masked",
        Outcome::Excluded => "excluded",
        Outcome::NotInteractive => "not_interactive",
        Outcome::Unsuitable => "unsuitable",
        Outcome::OnlyCustomer => "only_customer",
    }
}

pub(crate) fn waiting(waiting: Waiting) -> &'static str {
    match waiting {
        Waiting::Alert => "alert",
        Waiting::Confirm => "confirm",
        Waiting::Prompt => "prompt",
        Waiting::Print => "print",
    }
}

/// The check number as it is said: two digits.
pub(crate) fn check(number: u8) -> String {
    format!("{number:02}")
}

/// Payload of `ended`.
#[derive(Serialize)]
pub(crate) struct Reason {
    pub(crate) reason: &'static str,
}

/// Payload of `level`.
#[derive(Serialize)]
pub(crate) struct LevelNews {
    level: &'static str,
    why: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
}

pub(crate) fn level_changed(change: LevelChanged) -> LevelNews {
    let why = match change.why {
        LevelReason::Allowed => "allowed",
        LevelReason::Declined => "declined",
        LevelReason::Revoked => "revoked",
        LevelReason::Released => "released",
        LevelReason::Resumed => "resumed",
    };
    LevelNews { level: level(change.level), why, reason: None }
}

pub(crate) fn asked(asked: Level, reason: &str) -> LevelNews {
    LevelNews { level: level(asked), why: "asked", reason: Some(reason.to_owned()) }
}
