//! Counters for operators, in Prometheus' text format. None has a label that a person chose.

use std::fmt::Write;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use saath_protocol::envelope::{BurnReason, Refusal, Side};

use crate::rooms::Census;

#[derive(Default)]
pub(crate) struct Metrics {
    sockets: AtomicU64,
    opened: AtomicU64,
    claimed: AtomicU64,
    rejoined: AtomicU64,
    refused: [AtomicU64; Refusal::ALL.len()],
    burnt: [AtomicU64; BurnReason::ALL.len()],
    forwarded: [Forwarded; 2],
    stalled: AtomicU64,
    origin_refused: AtomicU64,
}

#[derive(Default)]
struct Forwarded {
    frames: AtomicU64,
    bytes: AtomicU64,
}

impl Metrics {
    pub(crate) fn socket_opened(&self) {
        self.sockets.fetch_add(1, Relaxed);
    }

    pub(crate) fn socket_closed(&self) {
        self.sockets.fetch_sub(1, Relaxed);
    }

    pub(crate) fn opened(&self) {
        self.opened.fetch_add(1, Relaxed);
    }

    pub(crate) fn claimed(&self) {
        self.claimed.fetch_add(1, Relaxed);
    }

    pub(crate) fn rejoined(&self) {
        self.rejoined.fetch_add(1, Relaxed);
    }

    pub(crate) fn refused(&self, refusal: Refusal) {
        self.refused[refusal as usize].fetch_add(1, Relaxed);
    }

    pub(crate) fn burnt(&self, reason: BurnReason) {
        self.burnt[reason as usize].fetch_add(1, Relaxed);
    }

    pub(crate) fn forwarded(&self, from: Side, bytes: usize) {
        let forwarded = &self.forwarded[from as usize];
        forwarded.frames.fetch_add(1, Relaxed);
        forwarded.bytes.fetch_add(bytes as u64, Relaxed);
    }

    pub(crate) fn stalled(&self) {
        self.stalled.fetch_add(1, Relaxed);
    }

    pub(crate) fn origin_refused(&self) {
        self.origin_refused.fetch_add(1, Relaxed);
    }

    /// What `/metrics` answers.
    pub(crate) fn text(&self, census: Census) -> String {
        let mut out = String::new();
        let mut metric = |name: &str, kind: &str, help: &str, values: &[(String, u64)]| {
            // Writing to a String does not fail.
            let _ =
                writeln!(out, "# HELP saath_relay_{name} {help}\n# TYPE saath_relay_{name} {kind}");
            for (labels, value) in values {
                let _ = writeln!(out, "saath_relay_{name}{labels} {value}");
            }
        };
        let one = |value: &AtomicU64| [(String::new(), value.load(Relaxed))];
        metric("sockets", "gauge", "WebSockets that are open.", &one(&self.sockets));
        let rooms =
            [("unclaimed", census.unclaimed), ("paired", census.paired), ("lost", census.lost)];
        let rooms = rooms.map(|(state, count)| (format!("{{state=\"{state}\"}}"), count as u64));
        metric("rooms", "gauge", "Rooms by what they wait for.", &rooms);
        metric("opened_total", "counter", "Nameplates given out.", &one(&self.opened));
        metric("claimed_total", "counter", "Nameplates claimed.", &one(&self.claimed));
        metric("rejoined_total", "counter", "Ends that came back.", &one(&self.rejoined));
        let refused = Refusal::ALL.map(|refusal| {
            let count = self.refused[refusal as usize].load(Relaxed);
            (format!("{{why=\"{refusal}\"}}"), count)
        });
        metric("refused_total", "counter", "Requests refused.", &refused);
        // The rate of mismatches is the alarm for somebody between the ends.
        let burnt = BurnReason::ALL.map(|reason| {
            let count = self.burnt[reason as usize].load(Relaxed);
            (format!("{{reason=\"{}\"}}", reason.name()), count)
        });
        metric("burnt_total", "counter", "Rooms closed by an end.", &burnt);
        let sides = [("customer", Side::Customer), ("agent", Side::Agent)];
        let frames = sides.map(|(name, side)| {
            (format!("{{from=\"{name}\"}}"), self.forwarded[side as usize].frames.load(Relaxed))
        });
        metric("frames_total", "counter", "Frames forwarded.", &frames);
        let bytes = sides.map(|(name, side)| {
            (format!("{{from=\"{name}\"}}"), self.forwarded[side as usize].bytes.load(Relaxed))
        });
        metric("bytes_total", "counter", "Bytes forwarded.", &bytes);
        metric("stalled_total", "counter", "Sockets that took nothing.", &one(&self.stalled));
        let origin = one(&self.origin_refused);
        metric("origin_refused_total", "counter", "Upgrades from other origins.", &origin);
        out
    }
}
