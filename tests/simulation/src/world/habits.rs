//! What users, apps and machines do.

use threadpass::session::{Absence, AuthState, Need, TabMessage, Wake};

use super::{CALLS_WHILE_WELL, Entry, Failed, Weather, World};
use crate::action::{Action, Gap, Given, Stray};
use crate::people::{USERS, WORKSPACES};
use crate::stats::{Event, Stats};
use crate::tab::Tab;

#[derive(Clone, Copy)]
enum Habit {
    Hide,
    Wake,
    WakeAll,
    Forced,
    Abandon,
    SwitchUser,
    SwitchWorkspace,
    SignOut,
    Replace,
    SetCredential,
    Invalidate,
    Dispose,
    InGap,
    OtherTab,
    Clock,
    Drift,
    Sleep,
    Freeze,
    Throttle,
    Stray,
    Late,
    Burst,
}

const HABITS: &[(u32, Habit)] = &[
    (10, Habit::Hide),
    (22, Habit::Wake),
    (4, Habit::WakeAll),
    (6, Habit::Forced),
    (6, Habit::Abandon),
    (4, Habit::SwitchUser),
    (4, Habit::SwitchWorkspace),
    (4, Habit::SignOut),
    (4, Habit::Replace),
    (10, Habit::SetCredential),
    (6, Habit::Invalidate),
    (3, Habit::Dispose),
    (18, Habit::InGap),
    (8, Habit::OtherTab),
    (5, Habit::Clock),
    (3, Habit::Drift),
    (6, Habit::Sleep),
    (4, Habit::Freeze),
    (4, Habit::Throttle),
    (16, Habit::Stray),
    (16, Habit::Late),
    (5, Habit::Burst),
];

impl World {
    /// The app makes a call.
    pub(super) fn call(&mut self, index: u8, stats: &mut Stats) -> Result<(), Box<Failed>> {
        if self.well_since.is_some_and(|since| self.quiet || self.t - since > CALLS_WHILE_WELL) {
            return Ok(());
        }
        let need = if self.dice.permille(80) { Need::Ready } else { Need::Token };
        self.act(index, Action::Want(need), stats)
    }

    pub(super) fn habit(&mut self, index: u8, stats: &mut Stats) -> Result<(), Box<Failed>> {
        self.count_delays(stats);
        if self.members[usize::from(index)].tab.observer.disposed && self.replaced(index) {
            return self.act(index, Action::Start, stats);
        }
        if self.weather == Weather::Well {
            return Ok(());
        }
        let habit = match &self.members[usize::from(index)].tab.observer.state {
            // These states do not last, so that what happens in them is made to happen.
            AuthState::Unauthenticated { reason: Absence::NoUser | Absence::SessionEnded }
            | AuthState::Identified { refresh_error: Some(_), .. }
                if self.dice.permille(350) =>
            {
                let rotated = [Habit::SetCredential, Habit::Late, Habit::Stray, Habit::Stray];
                self.dice.of(if self.plan.rotating { &rotated } else { &rotated[..2] })
            }
            _ => self.dice.weighed(HABITS),
        };
        let act = match habit {
            Habit::Hide => Action::Hide,
            Habit::Wake => Action::Wake(self.dice.of(&Tab::wakes())),
            Habit::WakeAll => return self.wake_all(stats),
            Habit::Forced => Action::Want(Need::Fresh),
            Habit::Abandon => Action::Abandon(self.dice.below(4) as u8),
            Habit::SwitchUser => {
                self.person = self.dice.below((USERS * WORKSPACES).into()) as u8;
                return Ok(());
            }
            Habit::SwitchWorkspace => {
                self.person = self.person / WORKSPACES * WORKSPACES + self.dice.below(2) as u8;
                return Ok(());
            }
            Habit::SignOut => {
                let again = self.another_credential();
                let later = self.t + self.dice.between(100, 60_000);
                self.agenda.at(later, index, Entry::Act(Action::SetCredential(again)));
                Action::SignOut
            }
            Habit::Replace => Action::Replace(self.another_credential()),
            Habit::SetCredential => self.newer_credential(index),
            Habit::Invalidate => Action::Invalidate,
            Habit::Dispose => Action::Dispose,
            Habit::InGap => self.in_gap(),
            Habit::OtherTab => {
                Action::OtherTab(self.dice.of(&[TabMessage::SignedOut, TabMessage::UserChanged]))
            }
            Habit::Clock if !self.plan.honest => {
                let by = self.dice.of(&[500, 4_000, 30_000, 90_000, 7_200_000, 86_400_000]);
                Action::StepClock(if self.dice.permille(500) { by } else { -by })
            }
            Habit::Drift if !self.plan.honest => {
                let off = self.dice.between(-400, 400) as i32;
                Action::Drift(self.dice.between(-200, 200) as i32, off)
            }
            Habit::Clock | Habit::Drift => return Ok(()),
            Habit::Sleep => return self.sleep(stats),
            Habit::Freeze => Action::Freeze(self.dice.of(&[2_000, 20_000, 120_000, 600_000])),
            Habit::Throttle => Action::Throttle(self.dice.of(&[0, 1_000, 1_000, 60_000])),
            Habit::Stray if self.plan.rotating && self.dice.permille(700) => {
                Action::Stray(Stray::Rotated(self.rotation()))
            }
            Habit::Stray => Action::Stray(self.dice.of(&[
                Stray::Answer,
                Stray::Accepted,
                Stray::Refused,
                Stray::RefusedAgain,
                Stray::RefusedAgain,
            ])),
            Habit::Late if self.dice.permille(400) => Action::LateAnswer(self.any_answer()),
            Habit::Late => Action::LateSettle(self.any_settlement()),
            Habit::Burst => {
                for _ in 0..6 {
                    self.act(index, Action::Want(Need::Token), stats)?;
                }
                for _ in 0..3 {
                    let gone = self.t + self.dice.between(5, 600);
                    let nth = self.dice.below(4) as u8;
                    self.agenda.at(gone, index, Entry::Act(Action::Abandon(nth)));
                }
                Action::Want(Need::Ready)
            }
        };
        self.act(index, act, stats)
    }

    /// A disposed client is prodded a little and then replaced.
    fn replaced(&mut self, index: u8) -> bool {
        let member = &mut self.members[usize::from(index)];
        member.prodded += 1;
        if member.prodded < 6 {
            return false;
        }
        let member = self.born();
        self.members[usize::from(index)] = member;
        true
    }

    /// Mostly a newer string where there was a string.
    fn newer_credential(&mut self, index: u8) -> Action {
        let given = self.members[usize::from(index)].tab.observer.given;
        match given {
            Given::Text(usage, _) if self.dice.permille(600) => {
                let mint = self.mint();
                Action::SetCredential(Given::Text(usage, mint))
            }
            _ => Action::SetCredential(self.another_credential()),
        }
    }

    fn in_gap(&mut self) -> Action {
        let gap = match self.dice.below(10) {
            0..3 => Gap::Call,
            3..5 => Gap::Invalidate,
            5..7 => Gap::SignOut,
            7..9 => Gap::SetCredential(self.another_credential()),
            _ => Gap::Dispose,
        };
        Action::InGap(self.dice.below(7) as u8, gap)
    }

    fn wake_all(&mut self, stats: &mut Stats) -> Result<(), Box<Failed>> {
        stats.happened(Event::WokeTogether);
        for index in 0..self.plan.tabs {
            if self.members[usize::from(index)].tab.suspended_until <= self.t {
                self.act(index, Action::Wake(Wake::Online), stats)?;
            }
        }
        Ok(())
    }

    /// The machine sleeps with all its tabs, and they wake together.
    fn sleep(&mut self, stats: &mut Stats) -> Result<(), Box<Failed>> {
        if !self.plan.sleeps {
            return Ok(());
        }
        let ms = self.dice.of(&[20_000, 300_000, 3_600_000, 28_800_000]);
        let mono_stops = self.dice.permille(600);
        for index in 0..self.plan.tabs {
            if self.members[usize::from(index)].tab.suspended_until <= self.t {
                self.act(index, Action::Sleep { ms, mono_stops }, stats)?;
                self.agenda.at(self.t + ms, index, Entry::Act(Action::Wake(Wake::Visible)));
            }
        }
        Ok(())
    }

    fn count_delays(&mut self, stats: &mut Stats) {
        stats.events[Event::SlowAnswer as usize] += std::mem::take(&mut self.slow);
        let (callbacks, exchanges) = std::mem::take(&mut self.stalled);
        stats.events[Event::StalledCallback as usize] += callbacks;
        stats.events[Event::StalledExchange as usize] += exchanges;
    }
}
