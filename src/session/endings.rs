//! Generations: how one ends, and how the next begins (decision D5).
//!
//! The number goes up before anything else happens, so whatever an earlier generation began finds itself out of date
//! when it comes back.

use super::claims::Claims;
use super::clock::Moment;
use super::credential::{Credential, Use};
use super::effect::{Effect, Reason};
use super::input::{Need, TabMessage, WaiterId};
use super::machine::Session;
use super::memory::{Halt, Subject};
use super::policy::{Breaker, Floor};
use super::publish::resting;
use super::state::{Absence, AuthState, Source};
use crate::error::{Code, Failure, Fault};
use crate::mutations::mutated;

impl Session {
    /// Ends the generation. `keep_ready` lets `ready` wait for the next one. The floor stays: a provider that names
    /// another user each time it is asked would otherwise be asked without end.
    pub(super) fn end_generation(&mut self, fault: &Fault, keep_ready: bool) {
        self.generation = mutated!(GenerationStays, self.generation.wrapping_add(1), self.generation);
        if let Some(flight) = mutated!(NothingAborted, self.flight.take(), None) {
            self.emit(Effect::Abort(flight.op));
        }
        self.emit(Effect::EndGeneration { begins: self.generation, fault: fault.clone() });
        let (kept, ended): (Vec<_>, Vec<_>) =
            std::mem::take(&mut self.waiters).into_iter().partition(|(_, need): &(WaiterId, Need)| {
                mutated!(WaitersSurvive, keep_ready && *need == Need::Ready, true)
            });
        self.waiters = kept;
        for (waiter, _) in ended {
            self.settle(waiter, Err(fault.clone()));
        }
        mutated!(TokenSurvives, self.held = None, ());
        if self.identity.is_some() {
            self.previous = self.identity.take();
        }
        self.from_other_tab = false;
        self.user = None;
        self.subject = Subject::default();
        self.due = None;
        self.trouble = None;
        self.warned = None;
        self.halt = Halt::No;
        self.retries = Default::default();
        self.breaker = Breaker::new();
        self.disperse_until = None;
    }

    /// The callback's token is another person's: the flight that found out goes on in the new generation.
    pub(super) fn another_identity(&mut self, claims: &Claims) {
        let flight = self.flight.take();
        let from_other_tab = self.from_other_tab;
        self.end_generation(&changed(), true);
        self.flight = flight;
        self.previous = None;
        if !from_other_tab {
            self.emit(Effect::Broadcast(TabMessage::UserChanged));
        }
        self.user = claims.user.clone();
        self.publish_exchanging("identity");
    }

    /// Takes the identity of a generation's first token, and tells the other tabs if it is not the one before.
    pub(super) fn learn_identity(&mut self, claims: &Claims) {
        if claims.user.is_some() {
            self.user = claims.user.clone();
        }
        mutated!(UserIsToken => {
            if let Some(token) = &self.subject.last {
                let id = token.expose().to_owned();
                self.user = Some(super::UserHint { id, email: None, org_id: None }.into());
            }
        });
        let Some(new) = &claims.identity else { return };
        if self.identity.is_none() {
            let another = self.previous.take().is_some_and(|previous| previous != *new);
            if another && !self.from_other_tab {
                self.emit(Effect::Broadcast(TabMessage::UserChanged));
            }
            self.identity = Some(new.clone());
        }
    }

    pub(super) fn set_credential(&mut self, now: Moment, credential: Credential) {
        if self.same_person(&credential) {
            return self.newer_string(now, credential);
        }
        let fault = if matches!(credential, Credential::Missing) { signed_out() } else { changed() };
        self.end_generation(&fault, !matches!(credential, Credential::Missing | Credential::Conflicting));
        self.floor = Floor::new();
        self.credential = credential;
        let state = resting(&self.credential, self.generation);
        match (&state, &self.credential) {
            (AuthState::Exchanging { .. }, Credential::Fixed { .. }) => {
                self.publish_identified("credential");
                self.serve_waiters();
            }
            (AuthState::Exchanging { .. }, _) => {
                self.publish(state, "credential");
                self.begin(now, Reason::Initial, false);
            }
            _ => {
                if let AuthState::Invalid { error } = &state {
                    self.emit(Effect::Warn(error.clone()));
                }
                self.publish(state, "credential");
            }
        }
    }

    /// Whether a string replaces a string of the same person.
    fn same_person(&self, credential: &Credential) -> bool {
        let Credential::Text { claims: new, usage, .. } = credential else { return false };
        let Credential::Text { claims: old, usage: before, .. } = &self.credential else { return false };
        let live = !matches!(self.auth, AuthState::Unauthenticated { .. } | AuthState::Invalid { .. });
        live && usage == before && old.identity.is_some() && old.identity == new.identity
    }

    /// The same person with a newer string: nothing is lost, and what had ended goes on.
    fn newer_string(&mut self, now: Moment, credential: Credential) {
        self.credential = credential;
        self.subject.rejected.clear();
        self.halt = Halt::No;
        if self.flight.is_some() {
            return;
        }
        let direct = self.credential.usage() == Some(Use::Direct);
        if self.servable(now) && !direct {
            if let Some(held) = &self.held {
                let left = held.deadline.remaining(now);
                self.plan_renewal(now, left);
            }
            return;
        }
        // What is sent as it is was replaced by this, so nothing is held any more.
        self.held = None;
        self.begin(now, Reason::Manual, false);
    }

    pub(super) fn invalidate(&mut self, now: Moment) {
        match self.credential {
            Credential::Missing | Credential::Conflicting => {}
            Credential::Fixed { .. } => {
                self.end_generation(&changed(), true);
                self.publish_identified("invalidate");
                self.serve_waiters();
            }
            Credential::Callback { .. } | Credential::Text { .. } | Credential::Unusable { .. } => {
                self.end_generation(&changed(), true);
                self.floor = Floor::new();
                let state = resting(&self.credential, self.generation);
                self.publish(state, "invalidate");
                self.begin(now, Reason::Manual, false);
            }
        }
    }

    pub(super) fn sign_out(&mut self) {
        if matches!(
            self.auth,
            AuthState::Unauthenticated { reason: Absence::NoCredential | Absence::SignedOut }
        ) {
            return;
        }
        self.end_generation(&signed_out(), false);
        self.emit(Effect::Forget);
        self.publish_absent(Absence::SignedOut, "sign-out");
        self.emit(Effect::Broadcast(TabMessage::SignedOut));
    }

    /// Another tab signed out or changed its user: what is held is dropped and our own callback asked.
    pub(super) fn other_tab(&mut self, now: Moment, message: TabMessage) {
        match (&self.auth, message) {
            (AuthState::Invalid { .. }, _) => return,
            (AuthState::Unauthenticated { reason }, _) if !reason.asks_again() => return,
            (AuthState::Unauthenticated { .. }, TabMessage::SignedOut) => return,
            _ => {}
        }
        let fault = match message {
            TabMessage::SignedOut => signed_out(),
            TabMessage::UserChanged => changed(),
        };
        match &self.credential {
            // There is nobody to ask who would know better than the tab that signed out.
            Credential::Text { .. }
            | Credential::Fixed { source: Source::UserKey | Source::Anonymous }
            | Credential::Callback { source: Source::Anonymous, .. }
                if message == TabMessage::SignedOut =>
            {
                self.end_generation(&fault, false);
                self.publish_absent(Absence::OtherTab, "other-tab");
            }
            Credential::Callback { .. } => {
                let last = self.subject.last.take().or(self.subject.signed_out.take());
                self.end_generation(&fault, true);
                // What another tab has said need not be said again.
                self.previous = None;
                if message == TabMessage::SignedOut {
                    self.from_other_tab = true;
                    self.subject.signed_out = last;
                }
                let state = resting(&self.credential, self.generation);
                self.publish(state, "other-tab");
                self.begin(now, Reason::Initial, false);
            }
            _ => {}
        }
    }

    /// The end: everything pending is told, nothing is published, nothing comes after (D11).
    pub(super) fn dispose(&mut self) {
        let fault = Fault::from(Failure::new(Code::Disposed, "the client was disposed"));
        self.end_generation(&fault, false);
        self.disposed = true;
        mutated!(TimerSurvives, self.emit(Effect::Disarm), ());
    }
}

fn changed() -> Fault {
    Failure::new(Code::IdentityChanged, "another identity took over while this was pending; call again")
        .into()
}

fn signed_out() -> Fault {
    Failure::new(Code::SignedOut, "signed out while this was pending").into()
}
