//! Who the user is and what proves it: one state machine per client, without IO.
//!
//! [`Session::step`] takes the time and an [`Input`] and answers the [`Effect`]s to carry out, in order. The machine has
//! no clock, network or randomness of its own: time comes as an argument, jitter from a seed. So a run can be replayed,
//! and the shell that carries out the effects decides nothing.
//!
//! # Life of a token
//!
//! *Ask* the callback for a token, *exchange* it where the backend wants that, *hold* the result in memory, *renew* it
//! inside a margin before its end (D3), no more often than a floor allows (D4). One flight at a time, whoever waits.
//! Identity is that of the callback's token; when it changes, a new *generation* begins and nothing of the old one is
//! delivered any more (D5).
//!
//! # Legal transitions of the public state
//!
//! | from | to | when |
//! |---|---|---|
//! | any | `unauthenticated` | the callback answers nobody, sign-out here or in another tab, credential null |
//! | any | `exchanging` | a generation begins, or a try begins while no token is valid and none was |
//! | `exchanging` | `exchanging` | the quick second try |
//! | `exchanging`, `error`, `unauthenticated`, `invalid` | `identified` | a token arrived, or the credential needs none |
//! | `identified` | `identified` | a renewal failed while the token is valid (`refreshError`), or worked again |
//! | `identified`, `exchanging`, `unauthenticated` | `error` | a try failed and no token is valid |
//! | `error` | `error` | a later try failed in another way, or at another time |
//! | any | `invalid` | two credentials |
//!
//! A renewal that works is not a transition: `identified` stays the same object.
//!
//! # Invariants
//!
//! One callback and one exchange in flight. No token is given out after its deadline. After a change of generation no
//! earlier result is delivered. Every waiter is settled. Refreshes are bounded whatever the clocks, lifetimes and
//! failures. What can heal heals without the app. Transitions are published in order. One timer. No secret leaves but in
//! [`Pass`] and [`Effect::Exchange`].

mod answer;
mod asking;
mod calls;
mod claims;
mod clock;
mod credential;
mod effect;
mod endings;
mod failing;
mod holding;
mod input;
mod inspect;
mod lifetime;
mod machine;
mod memory;
mod policy;
mod publish;
mod rng;
mod rotation;
mod state;
#[cfg(test)]
mod tests;

pub use claims::{Claims, Identity, UserHint};
pub use clock::{Deadline, MINUTE, Moment, Ms, SECOND};
pub use credential::{Credential, Use};
pub use effect::{Activity, Effect, Note, Pass, Reason};
pub use input::{Answer, Exchanged, Input, Need, OpId, TabMessage, WaiterId, Wake};
pub use inspect::Inspection;
pub use machine::{Rules, Session};
pub use state::{Absence, AuthState, Source};
