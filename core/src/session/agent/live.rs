//! The page is shared: pages come in order, and nothing is asked for that cannot be had.

use super::*;
use crate::message::action::{Act, Outcome};
use crate::message::asset::{Got, Want};
use crate::message::control::LevelReason;
use crate::message::page::{Applied, PageKind};
use crate::session::flow::{Patience, RepairBudget};

/// The state of a shared page, for one epoch.
pub(super) struct Live {
    pub(super) channel: Channel,
    pub(super) key: ResumeKey,
    pub(super) level: Level,
    /// The customer's end has not yet said at which level it goes on.
    resuming: bool,
    /// The last page that came.
    page: u32,
    repairs: RepairBudget,
    pub(super) leave_at: Option<Millis>,
}

impl Live {
    pub(super) fn new(channel: Channel, key: ResumeKey, level: Level, resuming: bool) -> Self {
        Self {
            channel,
            key,
            level,
            resuming,
            page: 0,
            repairs: RepairBudget::default(),
            leave_at: None,
        }
    }
}

impl Agent {
    pub(super) fn customer_said(&mut self, message: FromCustomer) {
        let Stage::Active(live) = &mut self.stage else { return };
        match message {
            FromCustomer::End(reason) => self.customer_ended(reason),
            FromCustomer::Level(changed) if live.resuming => {
                if changed.why != LevelReason::Resumed {
                    return self.broken();
                }
                (live.resuming, live.level) = (false, changed.level);
                self.effects.push_back(Effect::Active { level: changed.level, resumed: true });
            }
            // After a resume the level comes first.
            _ if live.resuming => self.broken(),
            FromCustomer::Level(changed) => {
                live.level = changed.level;
                self.effects.push_back(Effect::Level(changed));
            }
            FromCustomer::Page(page) => {
                let first = live.page == 0;
                if live.page.checked_add(1) != Some(page.number)
                    || (first && page.kind != PageKind::Fresh)
                {
                    return self.broken();
                }
                live.page = page.number;
                self.effects.push_back(Effect::Page(page));
            }
            FromCustomer::View(view) => self.effects.push_back(Effect::View(view)),
            FromCustomer::Pointer(pointer) => self.effects.push_back(Effect::Pointer(pointer)),
            FromCustomer::ActionResult(result) => {
                self.effects.push_back(Effect::ActionResult(result));
            }
            FromCustomer::Offer(offer) => self.effects.push_back(Effect::Offer(offer)),
            FromCustomer::Asset(asset) => self.effects.push_back(Effect::Asset(asset)),
            // Said once, before the page was shared.
            FromCustomer::Granted(_) | FromCustomer::Denied(_) => self.broken(),
        }
    }

    /// What the driver says while the page is shared; without effect otherwise, but that actions
    /// get a result.
    pub(super) fn while_active(&mut self, now: Millis, event: Event) {
        let level = self.level();
        let message = match event {
            Event::Act(action) => {
                self.serial = self.serial.saturating_add(1);
                let serial = self.serial;
                if level < Some(Level::Act) {
                    let result = ActionResult { serial, outcome: Outcome::NotAllowed };
                    return self.effects.push_back(Effect::ActionResult(result));
                }
                FromAgent::Act(Act { serial, action })
            }
            Event::RequestLevel(request) => FromAgent::RequestLevel(request),
            // Without seeing there is no session.
            Event::ReleaseLevel(Level::View) => return,
            Event::ReleaseLevel(level) => FromAgent::ReleaseLevel(level),
            Event::Annotate(_) if level < Some(Level::Point) => return,
            Event::Annotate(annotate) => FromAgent::Annotate(annotate),
            Event::Applied(number) => FromAgent::Applied(Applied { number: self.seen(number) }),
            Event::Repair(Repair { number, digest }) => match self.patience(now) {
                Patience::Part => FromAgent::Repair(Repair { number: self.seen(number), digest }),
                Patience::Page => {
                    FromAgent::Repair(Repair { number: self.seen(number), digest: vec![] })
                }
                Patience::Over => return self.broken(),
            },
            Event::Want(numbers) => FromAgent::Want(Want { numbers }),
            Event::Got(bytes) => FromAgent::Got(Got { bytes }),
            _ => return,
        };
        self.send(&message);
    }

    fn patience(&mut self, now: Millis) -> Patience {
        match &mut self.stage {
            Stage::Active(live) => live.repairs.ask(now),
            _ => Patience::Part,
        }
    }

    /// A page of an epoch before this one may still be reported.
    fn seen(&self, number: u32) -> u32 {
        match &self.stage {
            Stage::Active(live) => number.min(live.page),
            _ => number,
        }
    }
}
