//! Asking for a provider's token, and what to make of the answer (D1, D9).

use super::claims::Claims;
use super::clock::{Deadline, MINUTE, Moment, Ms, SECOND};
use super::credential::{Credential, Use};
use super::effect::{Effect, Note, Reason};
use super::failing::{expired_token, refused_again};
use super::input::{Answer, OpId};
use super::lifetime;
use super::machine::Session;
use super::memory::{Flight, Halt, Held, Stage, Why};
use super::policy::margin;
use super::state::{AuthState, Source};
use crate::mutations::mutated;
use crate::secret::Secret;

impl Session {
    /// Begins a try for the reason that the present situation gives.
    pub(super) fn begin_again(&mut self, now: Moment) {
        match &self.held {
            Some(held) if held.refused => self.begin(now, Reason::Unauthorized, true),
            Some(_) => self.begin(now, Reason::Expiring, self.subject.force_next),
            None if !self.subject.rejected.is_empty() => self.begin(now, Reason::Unauthorized, true),
            None => self.begin(now, Reason::Initial, false),
        }
    }

    /// Begins a try: asks the callback, or takes the string.
    pub(super) fn begin(&mut self, now: Moment, reason: Reason, force_refresh: bool) {
        self.due = None;
        self.floor.begun(now, reason == Reason::Unauthorized);
        self.breaker.half_open();
        match &self.credential {
            Credential::Callback { .. } => {
                self.ask(now, reason, force_refresh);
                // Who is known stays known, who is absent stays absent, and an error that the same token cannot mend
                // stays one, until there is a token to try.
                let stays = match &self.auth {
                    AuthState::Identified { .. } | AuthState::Unauthenticated { .. } => true,
                    AuthState::Error { error, .. } => !error.retryable,
                    _ => false,
                };
                if !stays {
                    self.publish_exchanging("asking");
                }
            }
            Credential::Text { token, claims, .. } => {
                let (token, claims) = (token.clone(), claims.clone());
                if !self.renewable(now) {
                    return self.cannot_renew(now);
                }
                if !matches!(self.auth, AuthState::Identified { .. }) {
                    self.publish_exchanging("asking");
                }
                // There is nobody to ask again, which is what `forced` says.
                self.flight = Some(self.asking(now, reason, true).1);
                self.token(now, token, claims);
            }
            Credential::Unusable { failure, .. } => {
                let fault = failure.clone();
                self.failed_for_good(now, fault, Halt::UntilReset);
            }
            Credential::Missing | Credential::Conflicting | Credential::Fixed { .. } => {}
        }
    }

    fn asking(&mut self, now: Moment, reason: Reason, forced: bool) -> (OpId, Flight) {
        let op = self.next_op();
        let wait = if self.credential.source() == Some(Source::Anonymous) {
            // Our own source has deadlines itself: for other tabs, and for each of two requests.
            self.rules.exchange_timeout_ms.saturating_mul(3)
        } else {
            self.rules.callback_timeout_ms
        };
        let deadline = Deadline::new(now, wait);
        (op, Flight { op, stage: Stage::Asking, reason, sent: now, deadline, forced })
    }

    pub(super) fn ask(&mut self, now: Moment, reason: Reason, force_refresh: bool) {
        let (op, flight) = self.asking(now, reason, force_refresh);
        self.flight = Some(flight);
        self.counters.asked += 1;
        let forced = ("forceRefresh", Note::Flag(force_refresh));
        self.note("asked", ("reason", Note::Word(reason.as_str())), Some(forced));
        self.emit(Effect::Ask { op, reason, force_refresh });
    }

    /// The callback settled.
    pub(super) fn answered(&mut self, now: Moment, op: OpId, answer: Answer) {
        let asking = |flight: &Flight| {
            mutated!(LateAnswerTaken, flight.op == op, true) && matches!(flight.stage, Stage::Asking)
        };
        if !self.flight.as_ref().is_some_and(asking) {
            return;
        }
        let answer = if self.is_of_who_left(&answer) { Answer::Nobody } else { answer };
        match answer {
            Answer::Token(token, claims) => self.token(now, token, claims),
            Answer::Nobody => {
                self.flight = None;
                self.nobody();
            }
            Answer::Unusable(failure) => {
                self.flight = None;
                self.failed_for_good(now, failure, Halt::No);
            }
            Answer::Failed(failure) => {
                self.flight = None;
                mutated!(FailureSignsOut => { return self.nobody() });
                if failure.retryable {
                    self.failed(now, failure);
                } else {
                    self.failed_for_good(now, failure, Halt::UntilReset);
                }
            }
        }
    }

    /// After a sign-out in another tab, the token that was here before it: a provider's storage or cache may hear of that
    /// later than we do. If it says the same the next time, it is believed.
    fn is_of_who_left(&mut self, answer: &Answer) -> bool {
        let Answer::Token(token, _) = answer else { return false };
        mutated!(DepartedComesBack, self.subject.signed_out.take().as_ref() == Some(token), false)
    }

    /// A token from the callback or the credential, with a flight in the asking stage.
    fn token(&mut self, now: Moment, token: Secret, claims: Claims) {
        if let (Some(old), Some(new)) = (&self.identity, &claims.identity)
            && mutated!(IdentityIgnored, old != new, false)
        {
            self.another_identity(&claims);
        }
        self.learn_identity(&claims);
        let Some(flight) = &self.flight else { return };
        let (forced, reason) = (flight.forced, flight.reason);

        let repeated = mutated!(RepeatedIsNew, self.subject.last.as_ref() == Some(&token), false);
        let asked = matches!(self.credential, Credential::Callback { .. });
        if asked
            && forced
            && mutated!(SkewNeverLearned, !repeated, false)
            && let Some(skew) = lifetime::skew(&claims, now)
        {
            // A different string although the cache was skipped is fresh, so it tells the time (D1).
            self.skew_ms = skew;
        }
        let left = if repeated {
            self.subject.deadline.map(|deadline| deadline.remaining(now))
        } else {
            lifetime::remaining(&claims, now, self.skew_ms)
        };
        let dead = left.is_some_and(|left| left <= 0);
        let rejected = mutated!(RejectedPostedAgain, self.subject.rejection(&token).cloned(), None);
        let gains = !repeated || self.gains(now, left);

        self.remember(now, &token, &claims, repeated, left);

        if (dead || rejected.is_some() || !gains) && !forced {
            // Of no use; the provider's cache is skipped, once.
            return self.ask(
                now,
                if rejected.is_some() { Reason::Unauthorized } else { Reason::Expiring },
                true,
            );
        }
        if let Some(fault) = rejected {
            self.flight = None;
            return self.failed_for_good(now, fault, self.halt);
        }
        if repeated && !gains && self.servable(now) {
            return self.not_yet(now);
        }
        match self.credential.usage() {
            Some(Use::Exchange) => self.exchange(now, token, reason, forced, dead),
            _ if dead => {
                self.flight = None;
                self.failed_for_good(now, expired_token().into(), Halt::No);
            }
            _ if repeated && self.held.as_ref().is_some_and(|held| held.refused && !held.rotated) => {
                self.flight = None;
                self.failed(now, refused_again().into());
            }
            _ => {
                let life = left.unwrap_or(lifetime::UNKNOWN_LIFETIME);
                self.hold(now, token, now, life);
            }
        }
    }

    /// Whether a repeated token brings more than what is held: an exchange of one that outlives the session does, and one
    /// that outlives what the backend has rotated it to.
    fn gains(&self, now: Moment, left: Option<Ms>) -> bool {
        let exchanged = self.credential.usage() == Some(Use::Exchange);
        let rotated = |held: &Held| mutated!(RotatedSameGainsNothing, held.rotated, false);
        if !exchanged && self.held.as_ref().is_some_and(|held| !rotated(held)) {
            return false;
        }
        let Some(held) = self.held.as_ref().filter(|_| self.servable(now)) else { return true };
        left.map_or(!exchanged, |left| left > held.deadline.remaining(now) + SECOND)
    }

    fn remember(&mut self, now: Moment, token: &Secret, claims: &Claims, repeated: bool, left: Option<Ms>) {
        if !repeated {
            self.subject.last = Some(token.clone());
            self.subject.deadline = left.map(|left| Deadline::new(now, left));
        }
        let short = left.is_some_and(|left| left < margin(lifetime::full(claims).unwrap_or(left)));
        // What the backend rotates is not meant to be replaced: then the same token again is what is to be expected.
        let rotated = self.held.as_ref().is_some_and(|held| held.rotated);
        self.subject.force_next = (repeated && mutated!(RotatedSameForces, !rotated, true)) || short;
    }

    /// The provider has nothing newer yet; the held token goes on, and the next look waits for the floor or its end.
    fn not_yet(&mut self, now: Moment) {
        self.flight = None;
        self.floor.ended(false);
        let left = self.held.as_ref().map_or(0, |held| held.deadline.remaining(now));
        // Long before the end there is no hurry: the app wanted something newer, not we.
        let wait = self.floor.wait(now).max(left - MINUTE).min(left);
        self.plan(now, wait, Why::Renewal);
        self.serve_waiters();
    }

    /// Whether a try can yield anything: always with a callback; with a string until its end.
    pub(super) fn renewable(&self, now: Moment) -> bool {
        let Credential::Text { token, claims, usage, .. } = &self.credential else { return true };
        if self.subject.rejection(token).is_some() {
            return false;
        }
        let left = lifetime::remaining(claims, now, self.skew_ms);
        match (usage, &self.held) {
            // Nothing was tried yet: whether it is still good is for the backend to say, unless we would have to send it
            // after its end.
            (Use::Exchange, None) => true,
            (Use::Direct, None) => left.is_none_or(|left| left > 0),
            (Use::Exchange, Some(_)) => left.is_none_or(|left| left > SECOND),
            (Use::Direct, Some(_)) => false,
        }
    }
}
