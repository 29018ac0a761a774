//! Ids in the forms the service gives them: a prefix and 24 characters, the first of them a zero.

use rand::distributions::{Alphanumeric, DistString};

use crate::secret::Secret;

/// What the ids of anonymous users begin with.
pub(super) const ANONYMOUS: &str = "usr_anon_0";
/// What refresh tokens begin with.
pub(super) const REFRESH: &str = "refresh_0";
/// What the ids of messages begin with.
pub(super) const MESSAGE: &str = "msg_";

const LENGTH: usize = 23;

pub(super) fn thread() -> String {
    id("thread_0")
}

pub(super) fn message() -> String {
    id("msg_0")
}

pub(super) fn run() -> String {
    id("run_0")
}

pub(super) fn score() -> String {
    id("score_0")
}

pub(super) fn file() -> String {
    id("file_0")
}

pub(super) fn anonymous_user() -> String {
    id(ANONYMOUS)
}

pub(super) fn refresh_token() -> Secret {
    Secret::new(format!("{REFRESH}{}", alphanumeric(42)))
}

/// What a user or a workspace may be called.
pub(super) fn is_name(text: &str) -> bool {
    (1..=255).contains(&text.chars().count()) && !text.chars().any(|c| c.is_whitespace() || c.is_control())
}

fn id(prefix: &str) -> String {
    format!("{prefix}{}", alphanumeric(LENGTH))
}

fn alphanumeric(length: usize) -> String {
    Alphanumeric.sample_string(&mut rand::thread_rng(), length)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_prefix_and_24_characters() {
        for (id, prefix) in [(thread(), "thread_"), (message(), MESSAGE), (anonymous_user(), "usr_anon_")] {
            assert_eq!(id.strip_prefix(prefix).map(str::len), Some(24), "{id}");
        }
    }

    #[test]
    fn names() {
        assert!(is_name("__SYSTEM__") && is_name("ü|1") && is_name(&"a".repeat(255)));
        assert!(!is_name("") && !is_name("a b") && !is_name("a\u{7f}") && !is_name(&"a".repeat(256)));
    }
}
