//! The page is shared: pages down, actions up, and all that may be refused.

use saath_protocol::wire;

use super::super::flow::{ActionGate, Admission, PageFlow, RepairGate, Wanted};
use super::super::grant::below;
use super::super::{GRACE_MS, IDLE_END_MS, IDLE_WARNING_MS};
use super::*;
use crate::assets::MAX_LISTED;
use crate::message::FromAgent;
use crate::message::action::Outcome;
use crate::message::control::{LevelReason, RequestLevel};
use crate::message::page::{Page, PageKind, Repair};
use crate::seal::{Channel, ResumeKey};
use crate::tree::Digest;

/// How often the stored resume secret is written anew, in milliseconds, so that it expires soon
/// after the page is gone.
const STORE_EVERY_MS: u64 = 60 * 1000;
/// The longest reason that is shown, in characters.
const MAX_REASON: usize = 200;

/// The state of a shared page, for one epoch.
pub(super) struct Live {
    pub(super) channel: Channel,
    pub(super) key: ResumeKey,
    pub(super) terms: Terms,
    pub(super) pages: PageFlow,
    /// The level the customer is being asked for.
    asked: Option<Level>,
    /// Pages are left out until a fresh one comes.
    fresh_due: bool,
    /// A page came without room: ask for a fresh one when there is.
    fresh_owed: bool,
    actions: ActionGate,
    repairs: RepairGate,
    /// When the last record went or came.
    stirred: Millis,
    warned: bool,
    store_at: Millis,
    leave_at: Option<Millis>,
}

impl Live {
    pub(super) fn new(now: Millis, channel: Channel, key: ResumeKey, terms: Terms) -> Self {
        Self {
            channel,
            key,
            terms,
            pages: PageFlow::default(),
            asked: None,
            fresh_due: true,
            fresh_owed: false,
            actions: ActionGate::new(now),
            repairs: RepairGate::default(),
            stirred: now,
            warned: false,
            store_at: now.plus(STORE_EVERY_MS),
            leave_at: None,
        }
    }

    pub(super) fn next_timeout(&self, clock: Clock) -> Option<Millis> {
        let idle = if self.warned { IDLE_END_MS } else { IDLE_WARNING_MS };
        earliest([
            clock.millis(self.terms.ends_unix_s),
            Some(self.stirred.plus(idle)),
            Some(self.store_at),
            self.repairs.timer(),
            self.leave_at,
        ])
    }

    /// What is read before a repair is sent would only be left out by the agent's end.
    pub(super) fn room(&self) -> bool {
        self.pages.room() && !self.repairs.is_waiting()
    }

    fn stir(&mut self, now: Millis) {
        self.stirred = now;
        self.warned = false;
    }
}

impl Customer {
    /// From now on the page is shared.
    pub(super) fn activate(&mut self, now: Millis, live: Live) {
        self.stage = Stage::Active(Box::new(live));
        self.store(now);
    }

    pub(super) fn expire_live(&mut self, now: Millis) {
        let Stage::Active(live) = &mut self.stage else { return };
        let idle_ms = now.since(live.stirred);
        if self.clock.unix_s(now) >= live.terms.ends_unix_s {
            return self.end(EndReason::TimeLimit, None);
        }
        if idle_ms >= IDLE_END_MS {
            return self.end(EndReason::Idle, None);
        }
        if idle_ms >= IDLE_WARNING_MS && !live.warned {
            live.warned = true;
            self.effects.push_back(Effect::IdleSoon { ends_ms: IDLE_END_MS - idle_ms });
        }
        if live.leave_at.is_some_and(|at| at <= now) {
            return self.reconnect(now);
        }
        if live.store_at <= now {
            live.store_at = now.plus(STORE_EVERY_MS);
            self.store(now);
        }
        self.repair(now);
    }

    /// The relay is about to stop: leave it some time within the next `spread_s` seconds.
    pub(super) fn drain(&mut self, now: Millis, spread_s: u8, entropy: &mut dyn Entropy) {
        if let Stage::Active(live) = &mut self.stage {
            let [random] = crate::seal::random(entropy);
            live.leave_at = Some(now.plus(u64::from(spread_s) * 1000 * u64::from(random) / 255));
        }
    }

    pub(super) fn record(&mut self, now: Millis, frame: &[u8], entropy: &mut dyn Entropy) {
        let channel = match &mut self.stage {
            Stage::Identifying { shared, .. }
            | Stage::Verifying { shared, .. }
            | Stage::Asking { shared, .. } => &mut shared.channel,
            Stage::Active(live) => {
                live.stir(now);
                &mut live.channel
            }
            _ => return self.broken(now, entropy),
        };
        let message = match channel.receive(frame) {
            Ok(None) => return,
            Ok(Some(bytes)) => wire::decode::<FromAgent>(&bytes),
            Err(_) => return self.broken(now, entropy),
        };
        match (message, &self.stage) {
            (Err(_), _) => self.broken(now, entropy),
            (Ok(message), Stage::Active(_)) => self.agent_said(now, message, entropy),
            (Ok(message), _) => self.identified(now, message, entropy),
        }
    }

    pub(super) fn agent_ended(
        &mut self,
        now: Millis,
        reason: EndReason,
        entropy: &mut dyn Entropy,
    ) {
        match reason {
            // Only this end can say that the customer did.
            EndReason::CustomerEnded => self.broken(now, entropy),
            EndReason::AgentEnded
            | EndReason::ProtocolError
            | EndReason::TimeLimit
            | EndReason::Idle => self.finish(Ended::Reason(reason), Some(BurnReason::Ended)),
        }
    }

    fn agent_said(&mut self, now: Millis, message: FromAgent, entropy: &mut dyn Entropy) {
        let Stage::Active(live) = &mut self.stage else { return };
        match message {
            FromAgent::End(reason) => self.agent_ended(now, reason, entropy),
            // Said once, before the customer was asked.
            FromAgent::Identify(_) => self.broken(now, entropy),
            FromAgent::RequestLevel(request) => self.requested(now, &request),
            FromAgent::ReleaseLevel(level) => {
                self.give_up(now, level, LevelReason::Released);
            }
            FromAgent::Act(act) => self.act(now, act),
            FromAgent::Annotate(annotate) => {
                if live.terms.level >= Level::Point {
                    self.effects.push_back(Effect::Annotate(annotate.plain()));
                }
            }
            FromAgent::Applied(applied) => {
                let was_full = !live.pages.room();
                match live.pages.applied(applied.number) {
                    Ok(()) => self.freed(was_full),
                    Err(_) => self.broken(now, entropy),
                }
            }
            FromAgent::Repair(repair) => self.doubted(now, &repair, entropy),
            FromAgent::Want(want) if want.numbers.len() > MAX_LISTED => self.broken(now, entropy),
            FromAgent::Want(want) => self.effects.push_back(Effect::Want(want.numbers)),
            FromAgent::Got(got) => self.effects.push_back(Effect::Got(got.bytes)),
        }
    }

    fn doubted(&mut self, now: Millis, repair: &Repair, entropy: &mut dyn Entropy) {
        let Stage::Active(live) = &mut self.stage else { return };
        let was_full = !live.pages.room();
        let wanted = match repair.digest.as_slice() {
            [] => Ok(Wanted::Page),
            digest => Digest::decode(digest).map(Wanted::Repair),
        };
        let (Ok(()), Ok(wanted)) = (live.pages.applied(repair.number), wanted) else {
            return self.broken(now, entropy);
        };
        if live.pages.is_past(repair.number) {
            return self.freed(was_full);
        }
        // The replica is past caring for what is under way.
        live.pages.forget();
        live.repairs.ask(wanted);
        self.freed(was_full);
        self.repair(now);
    }

    /// What the driver says while the page is shared; without effect otherwise.
    pub(super) fn while_active(&mut self, now: Millis, event: Event) {
        let Stage::Active(live) = &mut self.stage else { return };
        live.stir(now);
        match event {
            Event::AllowLevel => self.answer(now, LevelReason::Allowed),
            Event::DeclineLevel => self.answer(now, LevelReason::Declined),
            Event::RevokeLevel(level) => self.revoke(now, level),
            Event::Page { kind, batch, hash } => self.page(kind, batch, hash),
            Event::View(view) => {
                self.send(&FromCustomer::View(view));
            }
            Event::Pointer(pointer) => {
                self.send(&FromCustomer::Pointer(pointer));
            }
            Event::ActionDone(result) => {
                self.send(&FromCustomer::ActionResult(result));
            }
            Event::Offer(offer) => {
                self.send(&FromCustomer::Offer(offer));
            }
            Event::Asset(asset) => {
                self.send(&FromCustomer::Asset(asset));
            }
            _ => {}
        }
    }

    fn page(&mut self, kind: PageKind, batch: Vec<u8>, hash: u64) {
        let Stage::Active(live) = &mut self.stage else { return };
        if live.fresh_due && kind != PageKind::Fresh {
            return;
        }
        if !live.pages.room() {
            // It is lost to the replica, and so is what builds on it.
            (live.fresh_due, live.fresh_owed) = (true, true);
            return;
        }
        (live.fresh_due, live.fresh_owed) = (false, false);
        if kind == PageKind::Fresh {
            live.repairs.clear();
        }
        let number = live.pages.next();
        let bytes = self.send(&FromCustomer::Page(Page { number, kind, batch, hash }));
        if let Stage::Active(live) = &mut self.stage {
            live.pages.sent(kind, bytes);
        }
    }

    /// Says that there is room, if there was none.
    fn freed(&mut self, was_full: bool) {
        let Stage::Active(live) = &mut self.stage else { return };
        if was_full && live.pages.room() {
            let owed = std::mem::take(&mut live.fresh_owed);
            self.effects.push_back(match owed {
                true => Effect::SendFresh,
                false => Effect::Room,
            });
        }
    }

    fn repair(&mut self, now: Millis) {
        let Stage::Active(live) = &mut self.stage else { return };
        let effect = match live.repairs.take(now) {
            None => return,
            Some(Wanted::Page) => {
                live.fresh_due = true;
                Effect::SendFresh
            }
            Some(Wanted::Repair(digest)) => Effect::SendRepair(digest),
        };
        self.effects.push_back(effect);
    }

    fn act(&mut self, now: Millis, act: Act) {
        let Stage::Active(live) = &mut self.stage else { return };
        let grant = match live.actions.admit(now, act.serial) {
            Admission::Seen => return,
            Admission::TooMany => None,
            Admission::Fresh => Grant::of(live.terms.level),
        };
        match grant {
            Some(grant) => self.effects.push_back(Effect::Perform(grant, act)),
            None => {
                let result = ActionResult { serial: act.serial, outcome: Outcome::NotAllowed };
                self.send(&FromCustomer::ActionResult(result));
            }
        }
    }

    fn requested(&mut self, now: Millis, request: &RequestLevel) {
        let Stage::Active(live) = &mut self.stage else { return };
        let (level, has) = (request.level, live.terms.level);
        if level <= has {
            self.change_level(now, has, LevelReason::Allowed);
        } else if level > live.terms.agent.max_level {
            self.change_level(now, has, LevelReason::Declined);
        } else if live.asked.replace(level) != Some(level) {
            let reason = plain_text(&request.reason, MAX_REASON);
            self.effects.push_back(Effect::AskLevel { level, reason });
        }
    }

    /// The customer answers what the agent asked for, if it did.
    fn answer(&mut self, now: Millis, why: LevelReason) {
        let Stage::Active(live) = &mut self.stage else { return };
        let Some(asked) = live.asked.take() else { return };
        let level = if why == LevelReason::Allowed { asked } else { live.terms.level };
        self.change_level(now, level, why);
    }

    fn revoke(&mut self, now: Millis, level: Level) {
        if !self.give_up(now, level, LevelReason::Revoked) {
            self.end(EndReason::CustomerEnded, None);
        }
    }

    /// Without `level` and those above it; `false` if nothing would be left.
    fn give_up(&mut self, now: Millis, level: Level, why: LevelReason) -> bool {
        let Stage::Active(live) = &mut self.stage else { return true };
        live.asked = None;
        let left = below(level).map(|left| left.min(live.terms.level));
        if let Some(left) = left {
            self.change_level(now, left, why);
        }
        left.is_some()
    }

    pub(super) fn change_level(&mut self, now: Millis, level: Level, why: LevelReason) {
        let Stage::Active(live) = &mut self.stage else { return };
        if live.terms.level != level {
            live.terms.level = level;
            // The next page must not go on with what was taken back on this one.
            self.store(now);
        }
        let changed = LevelChanged { level, why };
        self.send(&FromCustomer::Level(changed));
        self.effects.push_back(Effect::Level(changed));
    }

    /// Leaves the present epoch in the storage of the tab.
    fn store(&mut self, now: Millis) {
        let Stage::Active(live) = &self.stage else { return };
        self.effects.push_back(Effect::StoreResume(ResumeSecret {
            key: live.key.clone(),
            terms: live.terms.clone(),
            expires_unix_s: self.clock.unix_s(now) + (STORE_EVERY_MS + GRACE_MS) / 1000,
        }));
    }
}
