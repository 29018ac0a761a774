//! Threadpass: who the user is, and every chat call as that user.
//!
//! | To know | read |
//! |---|---|
//! | *why* something happens | [`session`] |
//! | *what goes on the wire* | [`backend`] |
//! | *what comes back* | [`stream`] |
//! | *how it gets there* | `browser` |
//!
//! `session`, `backend` and `stream` are pure: they compile and are tested natively and know nothing of JavaScript. The
//! browser crates are dependencies of `wasm32` only, so the compiler enforces that. `browser` carries out what the pure
//! parts decide.

pub mod backend;
pub mod error;
pub mod json;
pub mod mutations;
pub mod secret;
pub mod session;
pub mod stream;

#[cfg(target_arch = "wasm32")]
mod browser;
