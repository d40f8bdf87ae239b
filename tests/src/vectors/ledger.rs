//! What was looked through, and what was found: the suite says nothing that it has not counted.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use anyhow::{Result, ensure};

use super::Control;
use super::fixture::Fixture;
use super::oracle::{Found, Oracle, Secret};

/// When a vector is looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Phase {
    /// Once the agent sees the page.
    Snapshot,
    /// Once everything that holds a secret was written again.
    Mutation,
    /// Once the page was loaded again, and the session has gone on.
    Resume,
    /// Once marks came and went.
    Toggle,
}

impl Phase {
    /// All of them, in their order.
    pub const ALL: [Self; 4] = [Self::Snapshot, Self::Mutation, Self::Resume, Self::Toggle];

    /// As fixtures name it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Snapshot => "snapshot",
            Self::Mutation => "mutation",
            Self::Resume => "resume",
            Self::Toggle => "toggle",
        }
    }
}

/// Where it is looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Tap {
    /// What the customer's end is about to seal, inflated too.
    Seal,
    /// Requests of both browsers, and what they say in sockets.
    Network,
    /// The agent's document and its accessibility tree.
    Replica,
    /// What the relay logs and counts.
    Relay,
    /// Storage and console of both pages.
    Page,
}

impl Tap {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Seal, Self::Network, Self::Replica, Self::Relay, Self::Page];
}

/// A part of what a tap gave.
#[derive(Debug, Clone)]
pub struct Piece {
    /// Which tap.
    pub tap: Tap,
    /// What it is, for who has to look.
    pub what: String,
    /// The bytes.
    pub bytes: Vec<u8>,
    /// What the page itself asked its own site for: only who says so may be in it.
    pub own: bool,
}

/// Who was looked for where, and found.
pub struct Ledger {
    engine: &'static str,
    fixtures: Vec<Fixture>,
    oracle: Oracle,
    controls: Oracle,
    checked: BTreeSet<(u8, Phase, Tap)>,
    leaks: BTreeMap<(u8, Tap, String), String>,
    arrived: BTreeMap<String, BTreeSet<Tap>>,
    bytes: BTreeMap<Tap, usize>,
    broken: BTreeMap<u8, BTreeSet<Tap>>,
}

impl Ledger {
    /// An empty one.
    ///
    /// # Errors
    /// When the secrets cannot be searched for.
    pub fn new(engine: &'static str, fixtures: Vec<Fixture>, controls: &[Control]) -> Result<Self> {
        let secrets: Vec<Secret> = fixtures.iter().flat_map(Fixture::secrets).collect();
        let wanted: Vec<Secret> = controls.iter().flat_map(Control::secrets).collect();
        Ok(Self {
            engine,
            fixtures,
            oracle: Oracle::new(&secrets)?,
            controls: Oracle::new(&wanted)?,
            checked: BTreeSet::new(),
            leaks: BTreeMap::new(),
            arrived: BTreeMap::new(),
            bytes: BTreeMap::new(),
            broken: BTreeMap::new(),
        })
    }

    /// Looks through all that the taps gave in a phase of a page.
    pub fn enter(&mut self, page: &str, phase: Phase, pieces: &[Piece]) {
        for piece in pieces {
            *self.bytes.entry(piece.tap).or_default() += piece.bytes.len();
            for found in self.oracle.search(&piece.bytes) {
                self.found(page, phase, piece, &found);
            }
            for found in self.controls.search(&piece.bytes) {
                self.arrived.entry(found.of).or_default().insert(piece.tap);
            }
        }
        let taps: BTreeSet<Tap> = pieces.iter().map(|piece| piece.tap).collect();
        for fixture in self.fixtures.iter().filter(|fixture| fixture.is_on(page)) {
            if applies(fixture, phase) {
                self.checked.extend(taps.iter().map(|tap| (fixture.number, phase, *tap)));
            }
        }
    }

    fn found(&mut self, page: &str, phase: Phase, piece: &Piece, found: &Found) {
        let Ok(number) = found.of.parse() else { return };
        let asks = self.fixtures.iter().any(|it| it.number == number && it.asks());
        if piece.own && asks {
            return;
        }
        let Found { text, form, around, .. } = found;
        let told = format!(
            "{text} in {} ({:?}), {form}, page {page}, {}: {around}",
            piece.what,
            piece.tap,
            phase.name()
        );
        self.leaks.entry((number, piece.tap, text.clone())).or_insert(told);
    }

    /// A leak that is no text: what the agent could tell from how something looks.
    pub fn told(&mut self, number: u8, phase: Phase, what: &str) {
        let told = format!("the replica tells it, {}: {what}", phase.name());
        self.leaks.entry((number, Tap::Replica, what.to_owned())).or_insert(told);
    }

    /// Looks through what the taps gave of a page whose mask hides nothing.
    pub fn enter_broken(&mut self, pieces: &[Piece]) {
        for piece in pieces {
            for found in self.oracle.search(&piece.bytes) {
                if let Ok(number) = found.of.parse() {
                    self.broken.entry(number).or_default().insert(piece.tap);
                }
            }
        }
    }

    /// Whether a control has come to a tap.
    #[must_use]
    pub fn has_arrived(&self, control: &str, tap: Tap) -> bool {
        self.arrived.get(control).is_some_and(|taps| taps.contains(&tap))
    }

    /// Whether a broken mask has shown all of a page that it should.
    #[must_use]
    pub fn shows_all_when_broken(&self, page: &str) -> bool {
        self.fixtures.iter().all(|it| !it.is_on(page) || it.unread().is_some() || self.seen(it))
    }

    fn seen(&self, fixture: &Fixture) -> bool {
        self.broken.get(&fixture.number).is_some_and(|taps| taps.contains(&Tap::Seal))
    }

    /// The line, and all that is to be known beside it.
    #[must_use]
    pub fn report(&self) -> String {
        let vectors: BTreeSet<u8> = self.checked.iter().map(|(vector, _, _)| *vector).collect();
        let phases: BTreeSet<Phase> = self.checked.iter().map(|(_, phase, _)| *phase).collect();
        let taps: BTreeSet<Tap> = self.checked.iter().map(|(_, _, tap)| *tap).collect();
        let leaking: BTreeSet<u8> = self.leaks.keys().map(|(vector, _, _)| *vector).collect();
        let mut report = format!(
            "{}: {} vectors × {} phases × {} taps: {} leaks\n",
            self.engine,
            vectors.len(),
            phases.len(),
            taps.len(),
            leaking.len(),
        );
        let mib = |tap| *self.bytes.get(&tap).unwrap_or(&0) as f64 / f64::from(1 << 20);
        let _ = writeln!(
            report,
            "  {} of {} places looked at; MiB searched: {}",
            self.checked.len(),
            self.fixtures.len() * Phase::ALL.len() * Tap::ALL.len(),
            Tap::ALL.map(|tap| format!("{tap:?} {:.1}", mib(tap))).join(", "),
        );
        for fixture in &self.fixtures {
            if let Some(why) = fixture.missing_in(self.engine) {
                let _ =
                    writeln!(report, "  not here: {:02} {}: {why}", fixture.number, fixture.name);
            }
            if let Some(what) = fixture.partly_in(self.engine) {
                let _ =
                    writeln!(report, "  in part: {:02} {}: {what}", fixture.number, fixture.name);
            }
            if let Some((phases, why)) = fixture.applies() {
                let Fixture { number, name, .. } = fixture;
                let _ = writeln!(report, "  only {}: {number:02} {name}: {why}", phases.join(", "));
            }
        }
        let broken = self.fixtures.iter().filter(|fixture| self.seen(fixture)).count();
        let _ = writeln!(report, "  with a mask that hides nothing: {broken} leak");
        for fixture in &self.fixtures {
            if let Some(why) = fixture.unread() {
                let _ =
                    writeln!(report, "  nor then: {:02} {}: {why}", fixture.number, fixture.name);
            }
        }
        for ((vector, _, _), told) in &self.leaks {
            let _ = writeln!(report, "  LEAK {vector:02}: {told}");
        }
        report
    }

    /// Fails if anything leaked, or was not looked at.
    ///
    /// # Errors
    /// With what it was.
    pub fn close(&self) -> Result<()> {
        let mut lacking = Vec::new();
        for fixture in &self.fixtures {
            if fixture.missing_in(self.engine).is_some() {
                continue;
            }
            for phase in Phase::ALL.into_iter().filter(|phase| applies(fixture, *phase)) {
                for tap in Tap::ALL {
                    if !self.checked.contains(&(fixture.number, phase, tap)) {
                        lacking.push(format!("{:02} {} {tap:?}", fixture.number, phase.name()));
                    }
                }
            }
        }
        ensure!(lacking.is_empty(), "not looked at: {}", lacking.join(", "));
        let blind = self.fixtures.iter().filter(|it| self.seen(it) == it.unread().is_some());
        let blind: Vec<_> = blind.map(|it| format!("{:02} {}", it.number, it.name)).collect();
        ensure!(
            blind.is_empty(),
            "a mask that hides nothing should show them, or their fixtures say that it does: {}",
            blind.join(", ")
        );
        ensure!(self.leaks.is_empty(), "there are leaks:\n{}", self.report());
        Ok(())
    }
}

fn applies(fixture: &Fixture, phase: Phase) -> bool {
    fixture.applies().is_none_or(|(phases, _)| phases.contains(&phase.name()))
}
