//! What comes back: incremental decoders and the event model of a run. Pure.

mod run;
mod sse;

pub use run::{Outcome, RunTracker, Step};
pub use sse::{Decoder, SseEvent, TooLarge};
