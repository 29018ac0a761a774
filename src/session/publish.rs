//! What subscribers are told.

use super::clock::Moment;
use super::credential::Credential;
use super::effect::Effect;
use super::machine::Session;
use super::memory::Why;
use super::state::{Absence, AuthState};
use crate::error::{Code, Failure, Fault};
use crate::mutations::mutated;

impl Session {
    pub(super) fn publish(&mut self, state: AuthState, cause: &'static str) {
        if mutated!(PublishedTwice, self.auth != state, true) {
            self.auth = state.clone();
            self.emit(Effect::Publish { state, cause });
        }
    }

    pub(super) fn publish_identified(&mut self, cause: &'static str) {
        let Some(source) = self.credential.source() else { return };
        let state = AuthState::Identified {
            source,
            user: self.user.clone(),
            generation: self.generation,
            refresh_error: self.trouble.clone(),
        };
        self.publish(state, cause);
    }

    pub(super) fn publish_exchanging(&mut self, cause: &'static str) {
        let state = AuthState::Exchanging {
            attempt: self.retries.failures + 1,
            user: self.user.clone(),
            generation: self.generation,
        };
        self.publish(state, cause);
    }

    pub(super) fn publish_error(&mut self, now: Moment, error: Fault, cause: &'static str) {
        let retry_at_ms =
            self.due.filter(|due| matches!(due.why, Why::Retry | Why::Probe)).map(|due| due.at.wall_ms(now));
        if self.warned.as_ref() != Some(&error) {
            self.warned = Some(error.clone());
            self.emit(Effect::Warn(error.clone()));
        }
        let state =
            AuthState::Error { error, retry_at_ms, user: self.user.clone(), generation: self.generation };
        self.publish(state, cause);
    }

    pub(super) fn publish_absent(&mut self, reason: Absence, cause: &'static str) {
        self.publish(AuthState::Unauthenticated { reason }, cause);
    }
}

/// The state that follows from a credential's shape alone.
pub(super) fn resting(credential: &Credential, generation: u32) -> AuthState {
    match credential {
        Credential::Missing => AuthState::Unauthenticated { reason: Absence::NoCredential },
        Credential::Conflicting => AuthState::Invalid {
            error: Failure::new(
                Code::ConflictingCredentials,
                "two credentials were given; pass exactly one, or which user they mean would be a guess",
            )
            .into(),
        },
        _ => AuthState::Exchanging { attempt: 0, user: None, generation },
    }
}
