//! LangGraph's contract from the outside.

mod assistants;
mod auth;
mod cancel;
pub mod client;
mod faults;
mod interrupts;
mod restart;
mod resume;
mod runs;
mod state;
mod store;
mod threads;
