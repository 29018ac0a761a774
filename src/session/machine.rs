//! The machine itself: its memory, the dispatch of inputs, and its one timer.

use std::rc::Rc;

use super::claims::{Identity, UserHint};
use super::clock::{Deadline, Moment, Ms, SECOND};
use super::credential::Credential;
use super::effect::{Activity, Effect, Note, Reason};
use super::input::{Input, Need, OpId, WaiterId, Wake};
use super::memory::{Counters, Due, Flight, Halt, Held, Stage, Subject, Why};
use super::policy::{Breaker, Floor, Retries};
use super::publish::resting;
use super::rng::Rng;
use super::state::AuthState;
use crate::error::Fault;
use crate::error::{Code, Failure};
use crate::mutations::mutated;
use crate::secret::Secret;

/// The largest delay a browser's timer takes; longer ones fire at once.
const LONGEST_TIMER: Ms = i32::MAX as Ms;

/// The deadlines that the app may set.
#[derive(Clone, Copy, Debug)]
pub struct Rules {
    /// For the callback (D10).
    pub callback_timeout_ms: Ms,
    /// For the exchange, head and body together (D10).
    pub exchange_timeout_ms: Ms,
}

impl Default for Rules {
    fn default() -> Self {
        Self { callback_timeout_ms: 30 * SECOND, exchange_timeout_ms: 30 * SECOND }
    }
}

/// One client's session.
#[derive(Debug)]
pub struct Session {
    pub(super) rules: Rules,
    pub(super) credential: Credential,
    pub(super) rng: Rng,
    pub(super) visible: bool,
    pub(super) disposed: bool,
    pub(super) generation: u32,
    pub(super) auth: AuthState,
    pub(super) identity: Option<Rc<Identity>>,
    /// The identity of the generation before, until the new one is known to be another.
    pub(super) previous: Option<Rc<Identity>>,
    /// This generation began with a message from another tab.
    pub(super) from_other_tab: bool,
    pub(super) user: Option<Rc<UserHint>>,
    pub(super) held: Option<Held>,
    pub(super) subject: Subject,
    pub(super) skew_ms: Ms,
    pub(super) flight: Option<Flight>,
    pub(super) due: Option<Due>,
    /// The last failure, until a try works.
    pub(super) trouble: Option<Fault>,
    /// What the developer has been warned of, until a try works.
    pub(super) warned: Option<Fault>,
    pub(super) halt: Halt,
    pub(super) waiters: Vec<(WaiterId, Need)>,
    pub(super) floor: Floor,
    pub(super) retries: Retries,
    pub(super) breaker: Breaker,
    /// Renewals are spread widely until then, because many clients have failed at the same time.
    pub(super) disperse_until: Option<Deadline>,
    pub(super) counters: Counters,
    next_op: u32,
    pub(super) next_serial: u32,
    armed_at: Option<Ms>,
    effects: Vec<Effect>,
}

impl Session {
    /// A session that does nothing until [`Input::Start`].
    #[must_use]
    pub fn new(credential: Credential, rules: Rules, seed: u64) -> Self {
        Self {
            rules,
            auth: resting(&credential, 0),
            credential,
            rng: Rng::new(seed),
            visible: true,
            disposed: false,
            generation: 0,
            identity: None,
            previous: None,
            from_other_tab: false,
            user: None,
            held: None,
            subject: Subject::default(),
            skew_ms: 0,
            flight: None,
            due: None,
            trouble: None,
            warned: None,
            halt: Halt::No,
            waiters: Vec::new(),
            floor: Floor::new(),
            retries: Retries::default(),
            breaker: Breaker::new(),
            disperse_until: None,
            counters: Counters::default(),
            next_op: 0,
            next_serial: 0,
            armed_at: None,
            effects: Vec::new(),
        }
    }

    /// The state as subscribers see it.
    #[must_use]
    pub fn auth(&self) -> &AuthState {
        &self.auth
    }

    /// The generation.
    #[must_use]
    pub fn generation(&self) -> u32 {
        self.generation
    }

    /// The token, if one is valid now. Asks nobody.
    #[must_use]
    pub fn peek(&self, now: Moment) -> Option<&Secret> {
        self.held.as_ref().filter(|_| self.servable(now)).map(|held| &held.token)
    }

    /// The provider's token of the last try.
    #[must_use]
    pub fn subject(&self) -> Option<&Secret> {
        self.subject.last.as_ref()
    }

    /// Takes one input and says what to do.
    pub fn step(&mut self, now: Moment, input: Input) -> Vec<Effect> {
        if self.disposed {
            if let Input::Want(waiter, _) | Input::Refused(Some(waiter), _) = input {
                let fault = Failure::new(Code::Disposed, "the client was disposed").into();
                self.effects.push(Effect::Settle(waiter, Err(fault)));
            }
            return std::mem::take(&mut self.effects);
        }
        self.overdue(now);
        self.ended(now);
        match input {
            Input::Start => self.start(now),
            Input::Want(waiter, need) => self.want(now, waiter, need),
            Input::Refused(waiter, serial) => self.refused(now, waiter, serial),
            Input::Accepted(serial) => self.accepted(serial),
            Input::Rotated { sent, serial, token, claims } => {
                self.rotated(now, sent, serial, token, &claims);
            }
            Input::Abandon(waiter) => self.waiters.retain(|(id, _)| *id != waiter),
            Input::Answered(op, answer) => self.answered(now, op, answer),
            Input::Exchanged(op, exchanged) => self.exchanged(now, op, exchanged),
            Input::Timer => {
                self.armed_at = None;
                self.try_due(now);
            }
            Input::Hidden => self.visible = false,
            Input::Woke(wake) => self.woke(now, wake),
            Input::SetCredential(credential) => self.set_credential(now, credential),
            Input::Invalidate => self.invalidate(now),
            Input::SignOut => self.sign_out(),
            Input::OtherTab(message) => self.other_tab(now, message),
            Input::Dispose => self.dispose(),
        }
        if !self.disposed {
            self.expired(now);
            self.arm(now);
        }
        std::mem::take(&mut self.effects)
    }

    fn start(&mut self, now: Moment) {
        match self.credential {
            Credential::Missing => {
                self.warn(Failure::new(
                    Code::MissingCredential,
                    "no credential was given; every call will be refused until auth.setCredential",
                ));
            }
            Credential::Conflicting => {
                if let AuthState::Invalid { error } = &self.auth {
                    self.effects.push(Effect::Warn(error.clone()));
                }
            }
            Credential::Fixed { .. } => self.publish_identified("start"),
            Credential::Callback { .. } | Credential::Text { .. } | Credential::Unusable { .. } => {
                if self.flight.is_none() && self.held.is_none() {
                    self.begin(now, Reason::Initial, false);
                }
            }
        }
    }

    /// The page is looked at again: whatever is due is done now, and what failed is tried as soon as the floor allows.
    fn woke(&mut self, now: Moment, wake: Wake) {
        if wake == Wake::Visible || wake == Wake::PageShow {
            self.visible = mutated!(HiddenForEver, true, false);
        }
        self.note("woke", ("by", Note::Word(wake.as_str())), None);
        // The network comes back for all tabs at once; hidden ones renew on their next use.
        if !self.visible && wake == Wake::Online && self.waiters.is_empty() {
            return;
        }
        self.try_due(now);
        mutated!(WakeStartsAnother => {
            if self.flight.is_some() {
                return self.begin_again(now);
            }
        });
        if self.flight.is_some() || self.halt == Halt::UntilReset || self.breaker.open_until().is_some() {
            return;
        }
        let absent = matches!(&self.auth, AuthState::Unauthenticated { reason } if reason.asks_again())
            && matches!(self.credential, Credential::Callback { .. });
        let failed = self.trouble.is_some() && !matches!(self.due, Some(Due { why: Why::Quick, .. }));
        if absent || failed {
            match self.floor.wait(now) {
                0 => self.begin_again(now),
                wait if matches!(self.due, Some(Due { why: Why::Retry, .. })) => {
                    self.plan(now, wait, Why::Retry);
                }
                _ => {}
            }
        }
    }

    /// Begins the planned try if its time has come.
    pub(super) fn try_due(&mut self, now: Moment) {
        if self.flight.is_none() && self.due.is_some_and(|due| due.at.reached(now)) {
            self.begin_again(now);
        }
    }

    /// Ends a flight whose deadline has passed (D10).
    fn overdue(&mut self, now: Moment) {
        mutated!(NothingOverdue => { return });
        let Some(flight) = self.flight.take_if(|flight| flight.deadline.reached(now)) else { return };
        self.effects.push(Effect::Abort(flight.op));
        let failure = match flight.stage {
            Stage::Asking => Failure::new(
                Code::CallbackTimeout,
                "the token callback did not settle in time; make it settle, and honour its signal",
            ),
            Stage::Exchanging { .. } => {
                Failure::new(Code::NetworkTimeout, "the token exchange did not answer completely in time")
            }
        };
        self.failed(now, failure.retryable().into());
    }

    /// A token that has ended stays so, even if the clock that said so is set back.
    fn ended(&mut self, now: Moment) {
        if let Some(held) = &mut self.held {
            held.ended |= held.deadline.reached(now);
        }
    }

    /// Shows that the token has ended, where nothing that may still work hides it.
    fn expired(&mut self, now: Moment) {
        if self.flight.is_some() || self.servable(now) || !matches!(self.auth, AuthState::Identified { .. }) {
            return;
        }
        let Some(held) = &self.held else { return };
        if held.refused && self.trouble.is_none() {
            return;
        }
        if !self.renewable(now) {
            self.cannot_renew(now);
        } else if let Some(error) = self.trouble.clone() {
            self.publish_error(now, error, "expired");
        }
    }

    /// Whether the token may be given to a call.
    pub(super) fn servable(&self, now: Moment) -> bool {
        self.held.as_ref().is_some_and(|held| {
            mutated!(RefusedIsServed, !held.refused, true) && !held.ended && !held.deadline.reached(now)
        })
    }

    /// Sets the one timer to whatever comes first. A hidden page keeps none for renewals: it renews on its next use.
    fn arm(&mut self, now: Moment) {
        let mut first: Option<Ms> = self.flight.as_ref().map(|flight| flight.deadline.remaining(now));
        let mut consider =
            |remaining: Ms| first = Some(first.map_or(remaining, |first| first.min(remaining)));
        if self.flight.is_none() {
            let needed = |_: &Due| mutated!(HiddenTimer, self.visible || !self.waiters.is_empty(), true);
            if let Some(due) = self.due.filter(needed) {
                consider(due.at.remaining(now));
            }
            let ends_visibly = self.visible && (self.trouble.is_some() || self.due.is_none());
            if let Some(held) = self.held.as_ref().filter(|_| ends_visibly && self.servable(now)) {
                consider(held.deadline.remaining(now));
            }
        }
        let Some(after_ms) = first.map(|first| first.clamp(0, mutated!(LongTimer, LONGEST_TIMER, Ms::MAX)))
        else {
            if self.armed_at.take().is_some() {
                self.effects.push(Effect::Disarm);
            }
            return;
        };
        let target = now.mono_ms.saturating_add(after_ms);
        if self.armed_at != Some(target) {
            self.armed_at = Some(target);
            self.effects.push(Effect::Arm { after_ms });
        }
    }

    pub(super) fn plan(&mut self, now: Moment, after_ms: Ms, why: Why) {
        self.due = Some(Due { at: Deadline::new(now, after_ms), why });
        let what = ("for", Note::Word(why.as_str()));
        self.note("armed", ("afterMs", Note::Number(after_ms)), Some(what));
    }

    pub(super) fn next_op(&mut self) -> OpId {
        self.next_op += 1;
        OpId(self.next_op)
    }

    pub(super) fn emit(&mut self, effect: Effect) {
        self.effects.push(effect);
    }

    pub(super) fn note(
        &mut self,
        kind: &'static str,
        first: (&'static str, Note),
        second: Option<(&'static str, Note)>,
    ) {
        let generation = self.generation;
        self.effects.push(Effect::Note(Activity { kind, generation, fields: [Some(first), second] }));
    }

    pub(super) fn warn(&mut self, failure: Failure) {
        self.effects.push(Effect::Warn(failure.into()));
    }
}
