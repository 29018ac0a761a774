//! What each action does.

use threadpass::session::{Answer, Input, Need, OpId, WaiterId, Wake};

use super::Tab;
use crate::action::{Action, Ask, Exchange, Grant, Response, Rotation, Stray};
use crate::observer::{Answered, Op, Seen};
use crate::stats::{Event, Kind, Stats};

/// A callback or exchange has this long.
const DEADLINE: i64 = 30_000;
const NO_OP: OpId = OpId(u32::MAX);

impl Tab {
    /// Does it, at this true time.
    pub fn act(&mut self, t: i64, action: Action, stats: &mut Stats) {
        self.pass_to(t, stats);
        if let Some(trace) = &mut self.trace {
            trace.push(format!("{:>12} * {action:?}", crate::report::time(self.t)));
        }
        match action {
            Action::Start => self.queue(Input::Start, Seen::Start, Kind::Start),
            Action::Want(need) => {
                if need == Need::Fresh {
                    stats.happened(Event::Forced);
                }
                self.want(need);
            }
            Action::Abandon(nth) => self.abandon(nth, stats),
            Action::Respond(nth, response, rotation) => self.respond(nth, response, rotation, stats),
            Action::Answer(ask) => self.answers(ask, false, stats),
            Action::LateAnswer(ask) => self.answers(ask, true, stats),
            Action::Settle(exchange) => self.settles(exchange, false, stats),
            Action::LateSettle(exchange) => self.settles(exchange, true, stats),
            Action::Stray(stray) => self.stray(stray, stats),
            Action::Hide => {
                stats.happened(Event::Hidden);
                self.queue(Input::Hidden, Seen::Hidden, Kind::Hidden);
            }
            Action::Wake(wake) => self.queue(Input::Woke(wake), Seen::Woke(wake), Kind::woke(wake)),
            Action::StepClock(by) => {
                stats.happened(if by > 0 { Event::WallForward } else { Event::WallBack });
                self.clocks.step(self.t, by);
                self.observer.jumps += 1;
            }
            Action::Drift(mono, wall) => {
                stats.happened(Event::Drift);
                self.clocks.drift(self.t, mono, wall);
            }
            Action::Sleep { ms, mono_stops } => self.sleep(ms, mono_stops, stats),
            Action::Freeze(ms) => {
                stats.happened(Event::Freeze);
                self.suspend(ms);
            }
            Action::Throttle(ms) => {
                stats.happened(Event::Throttle);
                self.observer.throttle = ms;
            }
            Action::SetCredential(given) => {
                stats.happened(Event::SetCredential);
                self.set_credential(given);
            }
            Action::Replace(given) => {
                stats.happened(Event::Replace);
                self.queue(Input::SignOut, Seen::SignOut, Kind::SignOut);
                self.set_credential(given);
            }
            Action::Invalidate => {
                stats.happened(Event::Invalidate);
                self.queue(Input::Invalidate, Seen::Invalidate, Kind::Invalidate);
            }
            Action::SignOut => {
                stats.happened(Event::SignOut);
                self.queue(Input::SignOut, Seen::SignOut, Kind::SignOut);
            }
            Action::OtherTab(message) => {
                stats.happened(Event::OtherTab);
                self.other_tab(message);
            }
            Action::Dispose => {
                stats.happened(Event::Dispose);
                self.queue(Input::Dispose, Seen::Dispose, Kind::Dispose);
            }
            Action::InGap(nth, gap) => self.gap = Some((nth, gap)),
            Action::Heal { person, life_s } => {
                self.healthy = Some((person, life_s));
                self.gap = None;
                self.reply = self.observer.op.map(|_| self.t + 80);
            }
            Action::Ail => (self.healthy, self.reply) = (None, None),
            Action::Expect => {
                if let Some(verdict) = self.healthy.and_then(|_| self.observer.healed()) {
                    stats.healings += 1;
                    self.judge(verdict);
                }
            }
        }
        self.drive(stats);
    }

    fn suspend(&mut self, ms: i64) {
        self.suspended_until = self.t + ms;
        self.observer.jumps += 1;
    }

    fn sleep(&mut self, ms: i64, mono_stops: bool, stats: &mut Stats) {
        stats.happened(if mono_stops { Event::SleepPaused } else { Event::SleepRunning });
        self.suspend(ms);
        if mono_stops {
            self.clocks.pause(self.t, ms);
            self.timer = self.timer.map(|timer| timer + ms);
        }
    }

    fn abandon(&mut self, nth: u8, stats: &mut Stats) {
        let waiting = &self.observer.waiting;
        // A caller may also go just after it was answered.
        let id = if waiting.is_empty() {
            self.next_waiter
        } else {
            stats.happened(Event::Abandoned);
            waiting[usize::from(nth) % waiting.len()].id
        };
        self.queue(Input::Abandon(WaiterId(id)), Seen::Abandon(id), Kind::Abandon);
    }

    /// A call is answered; a 401 leads to one replay, as [`threadpass::backend::Call`] has it, after the token that came
    /// with it was seen.
    fn respond(&mut self, nth: u8, response: Response, rotation: Option<Rotation>, stats: &mut Stats) {
        if self.sent.is_empty() {
            return;
        }
        let call = self.sent.swap_remove(usize::from(nth) % self.sent.len());
        let serial = call.serial;
        let replays = response == Response::Unauthorized && !call.replay;
        if replays && let Some(rotation) = rotation {
            self.rotated(call, rotation, stats);
        }
        match response {
            Response::Accepted => self.accepted(serial),
            Response::Failed => stats.happened(Event::CallFailed),
            Response::Unauthorized if call.replay => {
                stats.happened(Event::RefusedAgain);
                self.refused_again(serial);
            }
            Response::Unauthorized => {
                stats.happened(Event::Refused);
                self.refused(serial);
            }
        }
        if !replays && let Some(rotation) = rotation {
            self.rotated(call, rotation, stats);
        }
    }

    /// What is answered: what is in flight, or what was; if nothing was, something that was never asked.
    fn answered_op(&self, ask: bool, late: bool, stats: &mut Stats) -> Option<(Op, bool)> {
        let now = self.clocks.read(self.t);
        if late {
            let op = self.late[usize::from(ask)].inspect(|_| stats.happened(Event::Reordered));
            return Some((op.unwrap_or(self.observer.next(NO_OP, ask)), false));
        }
        let op = self.observer.op.filter(|op| op.ask == ask)?;
        // What comes at the deadline comes too late.
        Some((op, now.since(op.sent) < DEADLINE))
    }

    fn answers(&mut self, ask: Ask, late: bool, stats: &mut Stats) {
        let Some((op, live)) = self.answered_op(true, late, stats) else { return };
        let (answer, what, kind) = self.answer(ask, stats);
        self.queue(Input::Answered(op.id, answer), Seen::Answered { live, what }, kind);
    }

    fn settles(&mut self, exchange: Exchange, late: bool, stats: &mut Stats) {
        let Some((op, live)) = self.answered_op(false, late, stats) else { return };
        let (exchanged, seen, kind, issued_s) = self.settlement(exchange, &op, live, stats);
        self.feed_grant(Input::Exchanged(op.id, exchanged), seen, kind, issued_s, stats);
    }

    /// The healthy world answers what is in flight.
    pub(super) fn reply_well(&mut self, stats: &mut Stats) {
        let (Some(op), Some(mint)) = (self.observer.op, self.healthy_mint()) else { return };
        if op.ask {
            let cached = !op.forced && self.lasts(mint.person);
            self.answers(if cached { Ask::Same } else { Ask::Token(mint) }, false, stats);
        } else {
            let life = self.healthy.map(|(_, life_s)| life_s as f64);
            self.settles(Exchange::Granted(Grant { expires_in_s: life, claimed_s: None }), false, stats);
        }
        self.drive(stats);
    }

    fn stray(&mut self, stray: Stray, stats: &mut Stats) {
        let serial = self.last.serial;
        match stray {
            Stray::Answer => {
                let input = Input::Answered(NO_OP, Answer::Nobody);
                let seen = Seen::Answered { live: false, what: Answered::Nobody };
                self.queue(input, seen, Kind::Nobody);
            }
            Stray::Accepted => self.accepted(serial),
            Stray::Refused => self.refused(serial),
            Stray::RefusedAgain => self.refused_again(serial),
            Stray::Rotated(rotation) => self.rotated(self.last, rotation, stats),
        }
    }

    fn accepted(&mut self, serial: u32) {
        self.queue(Input::Accepted(serial), Seen::Accepted(serial), Kind::Accepted);
    }

    fn refused(&mut self, serial: u32) {
        self.next_waiter += 1;
        let waiter = self.next_waiter;
        let input = Input::Refused(Some(WaiterId(waiter)), serial);
        self.queue(input, Seen::Refused(Some(waiter), serial), Kind::Refused);
    }

    fn refused_again(&mut self, serial: u32) {
        self.queue(Input::Refused(None, serial), Seen::Refused(None, serial), Kind::RefusedAgain);
    }

    /// How it wakes.
    pub const fn wakes() -> [Wake; 4] {
        [Wake::Visible, Wake::Focus, Wake::Online, Wake::PageShow]
    }
}
