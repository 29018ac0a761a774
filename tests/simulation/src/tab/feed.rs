//! Feeding the machine as the browser's shell does: one input at a time, its effects in order, and what the app does
//! meanwhile after them.

use threadpass::session::{AuthState, Effect, Input, Need, Pass, TabMessage, WaiterId};

use super::{Fed, Out, Sent, Tab};
use crate::action::Gap;
use crate::observer::{Op, Seen};
use crate::stats::{Event, Kind, State, Stats, Wanted};

/// So many calls are under way at most; further ones are sent and forgotten.
const CALLS: usize = 8;

impl Tab {
    pub(super) fn feed(&mut self, input: Input, seen: Seen, kind: Kind, stats: &mut Stats) {
        self.queue(input, seen, kind);
        self.drive(stats);
    }

    pub(super) fn queue(&mut self, input: Input, seen: Seen, kind: Kind) {
        self.inputs.push_back(Fed { input, seen, kind, issued_s: None });
    }

    pub(super) fn feed_grant(
        &mut self,
        input: Input,
        seen: Seen,
        kind: Kind,
        issued_s: Option<i64>,
        stats: &mut Stats,
    ) {
        self.inputs.push_back(Fed { input, seen, kind, issued_s });
        self.drive(stats);
    }

    pub(super) fn drive(&mut self, stats: &mut Stats) {
        while let Some(fed) = self.inputs.pop_front() {
            self.step(fed, stats);
        }
    }

    fn step(&mut self, fed: Fed, stats: &mut Stats) {
        let state = State::of(self.session.auth(), self.observer.disposed);
        stats.pairs[state as usize][fed.kind as usize] += 1;
        stats.steps += 1;
        let now = self.clocks.read(self.t);
        if self.trace.is_some() {
            self.tell_input(&fed);
        }
        let verdict = self.observer.before(self.t, now, fed.seen);
        self.judge(verdict);
        if let Some(issued_s) = fed.issued_s {
            self.observer.learns_time(issued_s);
        }
        let effects = self.session.step(now, fed.input);
        for (index, effect) in effects.into_iter().enumerate() {
            if self.trace.is_some() && !matches!(effect, Effect::Note(_)) {
                self.tell_effect(&effect);
            }
            let before = self.observer.op;
            let verdict = self.observer.effect(&effect);
            self.judge(verdict);
            self.carry_out(effect, before, stats);
            if let Some((nth, gap)) = self.gap
                && index == usize::from(nth)
            {
                self.gap = None;
                self.in_gap(gap, stats);
            }
        }
        let verdict = self.observer.after();
        self.judge(verdict);
        let names = self.observer.names(|person, user| self.shared.people.is(person, user));
        self.judge(names);
        let text = self.observer.debug_text(&self.session);
        self.judge(text);
    }

    fn carry_out(&mut self, effect: Effect, before: Option<Op>, stats: &mut Stats) {
        let wanted = match effect {
            Effect::Ask { force_refresh, .. } => {
                self.answers_soon(Out::Asked { forced: force_refresh });
                Wanted::Ask
            }
            Effect::Exchange { .. } => {
                self.answers_soon(Out::Exchanging);
                Wanted::Exchange
            }
            Effect::Abort(_) => {
                if let Some(op) = before {
                    self.late[usize::from(op.ask)] = before;
                }
                self.reply = None;
                Wanted::Abort
            }
            Effect::Arm { after_ms } => {
                let due = self.clocks.fires(self.t, after_ms);
                let held_back = if self.observer.hidden { self.observer.throttle } else { 0 };
                self.timer = Some(if held_back > 0 { (due / held_back + 1) * held_back } else { due });
                Wanted::Arm
            }
            Effect::Disarm => {
                self.timer = None;
                Wanted::Disarm
            }
            Effect::Settle(_, Ok(pass)) => {
                self.sends(&pass, stats);
                Wanted::Served
            }
            Effect::Settle(_, Err(_)) => Wanted::Rejected,
            Effect::Publish { .. } => Wanted::Publish,
            Effect::EndGeneration { .. } => Wanted::EndGeneration,
            Effect::Broadcast(message) => {
                self.out.push(Out::Said(message));
                Wanted::Broadcast
            }
            Effect::Forget => Wanted::Forget,
            Effect::Warn(_) => Wanted::Warn,
            Effect::Note(_) => Wanted::Note,
        };
        stats.wanted(wanted);
    }

    fn answers_soon(&mut self, out: Out) {
        if self.healthy.is_some() {
            self.reply = Some(self.t + 80);
        } else {
            self.out.push(out);
        }
    }

    fn sends(&mut self, pass: &Pass, stats: &mut Stats) {
        if self.observer.tokens.current.is_some_and(|current| current.rotated) {
            stats.happened(Event::RotatedServed);
        }
        self.last = Sent {
            serial: pass.serial,
            bearer: pass.token.is_some(),
            owner: self.observer.tokens.owner(),
            generation: pass.generation,
            at: self.clocks.read(self.t),
            at_t: self.t,
            jumps: self.observer.jumps,
            replay: self.observer.served_replay,
        };
        if self.sent.len() < CALLS {
            self.sent.push(self.last);
            self.out.push(Out::Sent);
        }
    }

    fn in_gap(&mut self, gap: Gap, stats: &mut Stats) {
        match gap {
            Gap::Call => {
                stats.happened(Event::GapCall);
                self.want(Need::Token);
            }
            Gap::Invalidate => {
                stats.happened(Event::GapInvalidate);
                self.queue(Input::Invalidate, Seen::Invalidate, Kind::Invalidate);
            }
            Gap::SignOut => {
                stats.happened(Event::GapSignOut);
                self.queue(Input::SignOut, Seen::SignOut, Kind::SignOut);
            }
            Gap::SetCredential(given) => {
                stats.happened(Event::GapSetCredential);
                self.set_credential(given);
            }
            Gap::Dispose => {
                stats.happened(Event::GapDispose);
                self.queue(Input::Dispose, Seen::Dispose, Kind::Dispose);
            }
        }
    }

    pub(super) fn want(&mut self, need: Need) {
        self.next_waiter += 1;
        let waiter = self.next_waiter;
        self.queue(Input::Want(WaiterId(waiter), need), Seen::Want(waiter, need), Kind::want(need));
    }

    pub(super) fn set_credential(&mut self, given: crate::action::Given) {
        let (credential, number) = self.credential(given);
        let seen = Seen::SetCredential { given, number };
        self.queue(Input::SetCredential(credential), seen, Kind::set(given));
    }

    pub(super) fn other_tab(&mut self, message: TabMessage) {
        self.queue(Input::OtherTab(message), Seen::OtherTab(message), Kind::other(message));
    }

    fn tell_input(&mut self, fed: &Fed) {
        let now = self.clocks.read(self.t);
        let line = format!(
            "{:>12} {:<15} <- {:?} (wall clock {:+} ms)",
            crate::report::time(self.t),
            self.session.auth().status(),
            fed.seen,
            now.wall_ms - crate::clocks::EPOCH - self.t,
        );
        self.trace.get_or_insert_default().push(line);
    }

    fn tell_effect(&mut self, effect: &Effect) {
        let text = match effect {
            Effect::Publish { state, cause } => {
                format!("publish {} ({cause}) {}", state.status(), code(state))
            }
            Effect::Settle(waiter, Ok(pass)) => format!("serve {} with token {}", waiter.0, pass.serial),
            Effect::Settle(waiter, Err(fault)) => format!("reject {} with {}", waiter.0, fault.code.as_str()),
            Effect::Warn(fault) => format!("warn {}", fault.code.as_str()),
            Effect::EndGeneration { begins, fault } => {
                format!("generation {begins}: {}", fault.code.as_str())
            }
            other => format!("{other:?}"),
        };
        self.trace.get_or_insert_default().push(format!("{:>12} -> {text}", ""));
    }
}

fn code(state: &AuthState) -> &'static str {
    match state {
        AuthState::Error { error, .. }
        | AuthState::Invalid { error }
        | AuthState::Identified { refresh_error: Some(error), .. } => error.code.as_str(),
        AuthState::Unauthenticated { reason } => reason.as_str(),
        _ => "",
    }
}
