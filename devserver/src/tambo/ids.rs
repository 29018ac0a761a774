//! Ids in the forms the service gives them.

use crate::random;

pub(super) fn thread() -> String {
    random::id("thr")
}

pub(super) fn message() -> String {
    random::id("msg")
}

pub(super) fn run() -> String {
    random::id("run")
}

/// A tool call, named after the time of the call.
pub(super) fn tool_call(now_ms: i64) -> String {
    format!("call_w{now_ms}")
}

/// The message a tool call says it belongs to when text came before it. It is the id of no message of the stream, and
/// the service's clients have to cope with that.
pub(super) fn temporary_message() -> String {
    format!("message-{}", random::nanoid(21))
}
