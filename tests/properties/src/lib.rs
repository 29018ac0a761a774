//! What holds of the pure code, whatever comes in.
//!
//! Each check takes raw input and panics where something does not hold. The tests feed them with generated inputs and with
//! the corpus; `tests/fuzz` feeds them with what coverage leads to. What comes in is in no case a reason to panic, to fail
//! without a name, or to repeat a secret.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a check ends where something does not hold"
)]

mod calls;
mod events;
mod secrets;
mod session;
mod tokens;

pub use calls::{answer, arguments, exchange, retry_after};
pub use events::{run, sse};
pub use secrets::{KEY, SUBJECT, TOKEN, failure, is_silent, scrubbed};
pub use session::session;
pub use tokens::{claims, form, header};

/// A check on raw bytes.
pub type Check = fn(&[u8]);

/// Every check by its name, as fuzzing knows it.
pub const CHECKS: [(&str, Check); 9] = [
    ("sse", |bytes| sse(bytes, &cuts(bytes))),
    ("run", run),
    ("claims", |bytes| claims(&String::from_utf8_lossy(bytes))),
    ("exchange", |bytes| numbered(bytes, exchange)),
    ("answer", |bytes| numbered(bytes, answer)),
    ("arguments", |bytes| numbered(bytes, arguments)),
    ("retry_after", |bytes| retry_after(&String::from_utf8_lossy(bytes))),
    ("text", |bytes| {
        let text = String::from_utf8_lossy(bytes);
        scrubbed(&text);
        header(&text);
        form(&text);
    }),
    ("session", session),
];

/// The first two bytes as a number, and the rest.
fn numbered(bytes: &[u8], check: fn(u16, &[u8])) {
    if let Some((number, rest)) = bytes.split_first_chunk() {
        check(u16::from_le_bytes(*number), rest);
    }
}

/// Where to cut a body into pieces: as its own bytes say.
fn cuts(bytes: &[u8]) -> Vec<usize> {
    bytes.iter().take(16).map(|byte| usize::from(*byte)).collect()
}
