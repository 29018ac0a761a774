//! Calls: who gets a token, who waits, and what a 401 means.

use super::clock::Moment;
use super::credential::Credential;
use super::effect::{Effect, Note, Pass, Reason};
use super::input::{Need, WaiterId};
use super::machine::Session;
use super::memory::{Due, Halt, Why};
use super::state::{Absence, AuthState, Source};
use crate::error::{Code, Failure, Fault};
use crate::mutations::mutated;

impl Session {
    pub(super) fn want(&mut self, now: Moment, waiter: WaiterId, need: Need) {
        if let Some(fault) = self.closed() {
            return self.settle(waiter, Err(fault));
        }
        if matches!(self.credential, Credential::Fixed { .. }) {
            let pass = self.pass();
            return self.settle(waiter, Ok(pass));
        }
        if self.servable(now) && (need != Need::Fresh || !self.can_refresh_early()) {
            let pass = self.pass();
            self.settle(waiter, Ok(pass));
            mutated!(SettledTwice => { self.waiters.push((waiter, need)) });
            // Served with the valid token while the renewal runs. In a hidden page this is what starts it.
            return self.try_due(now);
        }
        self.waiters.push((waiter, need));
        if mutated!(FreshStartsAnother, self.flight.is_some(), self.flight.is_some() && need != Need::Fresh) {
            return;
        }
        if need == Need::Fresh {
            return self.begin(now, Reason::Manual, true);
        }
        self.wait_or_begin(now);
    }

    /// Nothing is valid and nothing is in flight: what has just joined the waiters waits, begins a try, or fails.
    fn wait_or_begin(&mut self, now: Moment) {
        match (self.halt, self.due) {
            (Halt::UntilReset, _) => self.refuse_callers(),
            (Halt::UntilUse, _) | (_, Some(Due { why: Why::Recheck, .. })) => {
                if self.floor.wait(now) == 0 {
                    self.begin_again(now);
                } else {
                    self.refuse_callers();
                }
            }
            (Halt::No, Some(due)) if due.at.reached(now) => self.begin_again(now),
            (Halt::No, Some(Due { why: Why::Retry, .. })) => {
                let asked = self.trouble.as_ref().and_then(|fault| fault.retry_after_ms);
                let called = self.waiters.iter().any(|(_, need)| *need != Need::Ready);
                match if called { self.retries.quick(asked, &mut self.rng) } else { None } {
                    Some(wait) => self.plan(now, wait, Why::Quick),
                    None => self.refuse_callers(),
                }
            }
            (Halt::No, Some(Due { why: Why::Probe, .. })) => self.refuse_callers(),
            // A renewal, a quick try or the floor: it comes within seconds.
            (Halt::No, Some(Due { why: Why::Renewal | Why::Quick | Why::Floor, .. })) => {}
            (Halt::No, None) => self.begin_again(now),
        }
    }

    /// Calls fail at once with the last error while a try is far off. `ready` waits if the error can heal.
    fn refuse_callers(&mut self) {
        let fault = self
            .trouble
            .clone()
            .unwrap_or_else(|| Failure::new(Code::Internal, "nothing was tried and nothing failed").into());
        self.reject_waiters(&fault);
    }

    /// Rejects all who wait, except `ready` where a try is planned that may heal.
    pub(super) fn reject_waiters(&mut self, fault: &Fault) {
        mutated!(NobodyRejected => { return });
        let heals =
            self.halt == Halt::No && matches!(self.due, Some(Due { why: Why::Retry | Why::Probe, .. }));
        let (kept, rejected): (Vec<_>, Vec<_>) = std::mem::take(&mut self.waiters)
            .into_iter()
            .partition(|(_, need): &(WaiterId, Need)| heals && *need == Need::Ready);
        self.waiters = kept;
        for (waiter, _) in rejected {
            self.settle(waiter, Err(fault.clone()));
        }
    }

    /// Gives the token to all who wait.
    pub(super) fn serve_waiters(&mut self) {
        for (waiter, _) in std::mem::take(&mut self.waiters) {
            let pass = self.pass();
            self.settle(waiter, Ok(pass));
            mutated!(OneWaiterServed => { return });
        }
    }

    pub(super) fn settle(&mut self, waiter: WaiterId, result: Result<Pass, Fault>) {
        self.emit(Effect::Settle(waiter, result));
    }

    fn pass(&self) -> Pass {
        Pass {
            token: self.held.as_ref().map(|held| held.token.clone()),
            serial: self.held.as_ref().map_or(0, |held| held.serial),
            generation: self.generation,
            open: matches!(self.credential, Credential::Fixed { source: Source::Open }),
        }
    }

    /// Why no call can be made at all, if so.
    fn closed(&self) -> Option<Fault> {
        match &self.auth {
            AuthState::Invalid { error } => Some(error.clone()),
            AuthState::Unauthenticated { reason } if !reason.asks_again() => Some(absence(*reason).into()),
            AuthState::Unauthenticated { reason }
                if !matches!(self.credential, Credential::Callback { .. }) =>
            {
                Some(absence(*reason).into())
            }
            _ => None,
        }
    }

    /// A 401. If the token has changed since, the call is replayed with the new one; else this is the one refresh (I2).
    pub(super) fn refused(&mut self, now: Moment, waiter: Option<WaiterId>, serial: u32) {
        let current = self.held.as_ref().is_some_and(|held| {
            mutated!(StaleRefusalRefreshes, held.serial == serial, true) && !held.refused
        });
        if !current || self.closed().is_some() {
            if let Some(waiter) = waiter {
                self.want(now, waiter, Need::Token);
            }
            return;
        }
        let fresh = match &mut self.held {
            Some(held) => {
                held.refused = true;
                !held.accepted
            }
            None => false,
        };
        self.counters.refused += 1;
        self.note("refused", ("fresh", Note::Flag(fresh)), None);
        self.waiters.extend(waiter.map(|waiter| (waiter, Need::Token)));
        if fresh && let Some(wait) = self.breaker.fresh_refused(now) {
            return self.open_breaker(now, wait);
        }
        if mutated!(RefusedStartsAnother, self.flight.is_some(), false) {
            return;
        }
        match self.floor.wait_if_refused(now) {
            0 => self.begin(now, Reason::Unauthorized, true),
            wait => self.plan(now, wait, Why::Floor),
        }
    }

    fn open_breaker(&mut self, now: Moment, wait: i64) {
        if let Some(flight) = self.flight.take() {
            self.emit(Effect::Abort(flight.op));
        }
        let failure = Failure::new(
            Code::Refused,
            "the backend refuses every new token (401); a new try follows by itself",
        );
        let fault = Fault::from(failure.status(401).retryable());
        self.trouble = Some(fault.clone());
        if self.halt == Halt::UntilUse {
            // The next use would not wait for the breaker.
            self.halt = Halt::No;
        }
        self.plan(now, wait, Why::Probe);
        self.publish_error(now, fault.clone(), "refused");
        self.reject_waiters(&fault);
    }

    pub(super) fn accepted(&mut self, serial: u32) {
        if let Some(held) = self.held.as_mut().filter(|held| held.serial == serial && !held.refused)
            && !held.accepted
        {
            held.accepted = true;
            self.breaker.accepted();
        }
    }

    /// A string that is sent as it is has nothing newer behind it.
    fn can_refresh_early(&self) -> bool {
        !matches!(self.credential, Credential::Text { usage: super::Use::Direct, .. })
    }
}

pub(super) fn absence(reason: Absence) -> Failure {
    match reason {
        Absence::NoCredential => {
            Failure::new(Code::MissingCredential, "no credential was given; call auth.setCredential first")
        }
        Absence::SignedOut => Failure::new(
            Code::NotSignedIn,
            "signed out; call auth.setCredential or auth.invalidate when somebody signs in",
        ),
        Absence::OtherTab => Failure::new(Code::NotSignedIn, "signed out in another tab"),
        Absence::NoUser | Absence::SessionEnded => {
            Failure::new(Code::NotSignedIn, "the token callback says that nobody is signed in")
        }
    }
}
