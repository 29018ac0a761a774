//! What follows when a try fails, and when there is nobody (D4, D9).

use super::clock::Moment;
use super::effect::Note;
use super::input::Need;
use super::machine::Session;
use super::memory::{Halt, Why};
use super::state::{Absence, AuthState};
use crate::error::{Code, Failure, Fault};
use crate::mutations::mutated;

impl Session {
    pub(super) fn cannot_renew(&mut self, now: Moment) {
        let failure = Failure::new(
            Code::CannotRenew,
            "the token was given as a string and has reached its end; call auth.setCredential with a new one",
        );
        self.failed_for_good(now, failure.into(), Halt::UntilReset);
    }

    /// A failure that can heal by itself (D4).
    pub(super) fn failed(&mut self, now: Moment, fault: Fault) {
        self.retries.failures += 1;
        self.counters.failed += 1;
        self.floor.ended(false);
        self.halt = Halt::No;
        let asked = fault.retry_after_ms;
        let fault = self.troubled(fault);
        if self.servable(now) {
            let wait = self.retries.next(asked, &mut self.rng);
            self.plan(now, wait, Why::Retry);
            mutated!(
                ErrorWhileValid,
                self.publish_identified("failed"),
                self.publish_error(now, fault.clone(), "failed")
            );
            return self.reject_waiters(&fault);
        }
        let called = self.waiters.iter().any(|(_, need)| *need != Need::Ready);
        let looked_at = self.visible && self.retries.failures == 1;
        if (called || looked_at)
            && let Some(wait) = self.retries.quick(asked, &mut self.rng)
        {
            self.plan(now, wait, Why::Quick);
            return self.publish_exchanging("retrying");
        }
        let wait = self.retries.next(asked, &mut self.rng);
        mutated!(NeverRetried, self.plan(now, wait, Why::Retry), ());
        self.publish_error(now, fault.clone(), "failed");
        self.reject_waiters(&fault);
    }

    /// A failure that the same thing again will not mend. With [`Halt::No`] the callback is looked at now and then for
    /// something else.
    pub(super) fn failed_for_good(&mut self, now: Moment, fault: Fault, halt: Halt) {
        self.retries.failures += 1;
        self.counters.failed += 1;
        self.floor.ended(false);
        self.halt = halt;
        let fault = self.troubled(fault);
        self.due = None;
        if mutated!(NeverRechecked, halt == Halt::No, false) {
            let wait = self.retries.recheck(&mut self.rng);
            self.plan(now, wait, Why::Recheck);
        }
        if self.servable(now) {
            self.publish_identified("failed");
        } else {
            self.publish_error(now, fault.clone(), "failed");
        }
        self.reject_waiters(&fault);
    }

    fn troubled(&mut self, fault: Fault) -> Fault {
        // The same failure again, such as a refused subject token that is still the only one, is not news.
        let same = self.trouble.as_ref().filter(|old| old.code == fault.code && old.message == fault.message);
        let fault = same.cloned().unwrap_or(fault);
        self.trouble = Some(fault.clone());
        self.note("failed", ("code", Note::Word(fault.code.as_str())), None);
        fault
    }

    /// The callback says that nobody is signed in (D9).
    pub(super) fn nobody(&mut self) {
        self.floor.ended(true);
        let had_user = !matches!(self.auth, AuthState::Unauthenticated { .. })
            && (self.held.is_some() || self.identity.is_some());
        let reason = match self.auth {
            AuthState::Unauthenticated { reason } => reason,
            _ if self.from_other_tab => Absence::OtherTab,
            _ if had_user => Absence::SessionEnded,
            _ => Absence::NoUser,
        };
        let fault = Fault::from(super::calls::absence(reason));
        if had_user {
            self.end_generation(
                &Fault::from(Failure::new(Code::SignedOut, "the provider's session has ended")),
                false,
            );
        }
        self.publish_absent(reason, "nobody");
        self.due = None;
        self.trouble = None;
        self.halt = Halt::No;
        self.retries = Default::default();
        self.reject_waiters(&fault);
    }
}

const EXPIRED: &str = "the token callback answered twice with a token that has expired; return a fresh one when forceRefresh is true";

pub(super) fn expired_token() -> Failure {
    Failure::new(Code::TokenExpired, EXPIRED)
}

pub(super) fn also_expired(rejected: &Failure) -> Failure {
    let mut failure = Failure::of(Code::TokenExpired, &[EXPIRED, " (", &rejected.message, ")"]);
    failure.status = rejected.status;
    failure
}

pub(super) fn ended_underway() -> Failure {
    Failure::new(
        Code::TokenExpired,
        "the session token had ended before it arrived; the backend gives tokens that are too short for this network",
    )
    .retryable()
}

pub(super) fn refused_again() -> Failure {
    Failure::new(
        Code::Refused,
        "the backend refused the token (401) and the callback has no other; return a fresh one when forceRefresh is true",
    )
    .status(401)
    .retryable()
}
