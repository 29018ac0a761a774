//! From a subject token to a held session token, and when to renew it (D1, D3).

use super::clock::{Deadline, Moment, Ms, SECOND};
use super::credential::{Credential, Use};
use super::effect::{Effect, Note, Reason};
use super::failing::{also_expired, ended_underway};
use super::input::{Exchanged, OpId};
use super::lifetime;
use super::machine::Session;
use super::memory::{Flight, Halt, Stage, Why};
use super::policy::margin;
use super::state::AuthState;
use crate::mutations::mutated;
use crate::secret::Secret;

impl Session {
    pub(super) fn exchange(
        &mut self,
        now: Moment,
        subject: Secret,
        reason: Reason,
        forced: bool,
        looked_dead: bool,
    ) {
        let op = self.next_op();
        let deadline = Deadline::new(now, self.rules.exchange_timeout_ms);
        self.counters.exchanged += 1;
        let stage = Stage::Exchanging { subject: subject.clone(), looked_dead };
        self.flight = Some(Flight { op, stage, reason, sent: now, deadline, forced });
        self.note("exchanging", ("reason", Note::Word(reason.as_str())), None);
        self.emit(Effect::Exchange { op, subject });
        if mutated!(RenewalHidesUser, !matches!(self.auth, AuthState::Identified { .. }), true) {
            self.publish_exchanging("exchanging");
        }
    }

    /// The exchange settled.
    pub(super) fn exchanged(&mut self, now: Moment, op: OpId, exchanged: Exchanged) {
        let Some(flight) = self.flight.take_if(|flight| {
            mutated!(LateAnswerTaken, flight.op == op, true)
                && matches!(flight.stage, Stage::Exchanging { .. })
        }) else {
            return;
        };
        let Stage::Exchanging { subject, looked_dead } = flight.stage else { return };
        match exchanged {
            Exchanged::Granted { token, expires_in_s, claims } => {
                // The backend's own token is fresh by definition (D1).
                if let Some(skew) = lifetime::skew(&claims, now) {
                    self.skew_ms = skew;
                }
                if self.user.is_none() {
                    self.user = claims.user.clone();
                }
                let (life, _) = lifetime::of_exchange(expires_in_s, &claims);
                self.hold(now, token, mutated!(LifeFromReceipt, flight.sent, now), life);
            }
            Exchanged::Rejected(failure) => {
                let fault = if looked_dead { also_expired(&failure).into() } else { failure };
                mutated!(MessageNamesToken => {
                    let fault = crate::error::Fault::of(fault.code, &["refused: ", subject.expose()]);
                    return self.failed_for_good(now, fault, Halt::No);
                });
                self.subject.reject(subject, fault.clone());
                let asks = matches!(self.credential, Credential::Callback { .. });
                if asks && !flight.forced {
                    self.counters.failed += 1;
                    return self.ask(now, Reason::Unauthorized, true);
                }
                let halt = if asks { Halt::No } else { Halt::UntilReset };
                self.failed_for_good(now, fault, halt);
            }
            Exchanged::Misconfigured(failure) => {
                self.subject.reject(subject, failure.clone());
                let asks = matches!(self.credential, Credential::Callback { .. });
                self.failed_for_good(now, failure, if asks { Halt::UntilUse } else { Halt::UntilReset });
            }
            Exchanged::Failed(failure) => self.failed(now, failure),
        }
    }

    /// A token arrived: it is held, its renewal planned, and everybody served.
    pub(super) fn hold(&mut self, now: Moment, token: Secret, from: Moment, life: Ms) {
        self.flight = None;
        let deadline = Deadline::new(from, life);
        if deadline.reached(now) {
            return self.failed(now, ended_underway().into());
        }
        let later =
            self.held.as_ref().is_none_or(|held| deadline.remaining(now) > held.deadline.remaining(now));
        self.floor.ended(later);
        if self.retries.failures > 0 {
            self.disperse_until = Some(Deadline::new(now, life.saturating_mul(2)));
        }
        self.retries = Default::default();
        self.trouble = None;
        self.warned = None;
        self.halt = Halt::No;
        self.subject.rejected.clear();
        self.from_other_tab = false;
        self.counters.renewed += 1;
        self.take(token, deadline, false);
        let ends = ("deadlineMs", Note::Number(deadline.wall_ms(now)));
        self.note("renewed", ("lifetimeMs", Note::Number(life)), Some(ends));
        self.plan_renewal(now, life);
        self.publish_identified("renewed");
        self.serve_waiters();
    }

    pub(super) fn plan_renewal(&mut self, now: Moment, life: Ms) {
        let Some(held) = &self.held else { return };
        let remaining = held.deadline.remaining(now);
        if mutated!(NeverRenewed, !self.outlived(now), true) {
            self.due = None;
            return;
        }
        let margin = margin(life);
        let spread = match self.disperse_until {
            Some(until) if !until.reached(now) => life / 4,
            _ => margin / 10,
        };
        let early = margin + self.rng.between(0, spread);
        let wait = (remaining - early).max(self.floor.wait(now));
        self.plan(now, wait, Why::Renewal);
    }

    /// Whether the credential lasts longer than the held token.
    fn outlived(&self, now: Moment) -> bool {
        let Credential::Text { claims, usage, .. } = &self.credential else { return true };
        let Some(held) = &self.held else { return true };
        *usage == Use::Exchange
            && lifetime::remaining(claims, now, self.skew_ms)
                .is_none_or(|left| left > held.deadline.remaining(now) + SECOND)
    }
}
