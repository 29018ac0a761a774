//! Ids in the forms the server gives them.

use uuid::{Builder, Uuid};

/// Between the beginning of the Gregorian calendar and that of Unix time, in steps of 100 ns.
const GREGORIAN: u64 = 0x01b2_1dd2_1381_4000;

/// Version 7, which sorts by time: threads, runs, messages of a model.
pub(super) fn sorted(now_ms: i64) -> String {
    let ms = u64::try_from(now_ms).unwrap_or_default();
    Builder::from_unix_timestamp_millis(ms, &rand::random()).into_uuid().to_string()
}

/// Version 4: copies of threads, and messages that come without an id.
pub(super) fn random() -> String {
    Builder::from_random_bytes(rand::random()).into_uuid().to_string()
}

/// Version 6, which sorts by time too: checkpoints.
pub(super) fn checkpoint(now_ms: i64) -> String {
    let ticks = u64::try_from(now_ms).unwrap_or_default().saturating_mul(10_000).saturating_add(GREGORIAN);
    Builder::from_sorted_gregorian_timestamp(ticks, rand::random(), &rand::random()).into_uuid().to_string()
}

/// 32 hexadecimal digits: interrupts.
pub(super) fn digest() -> String {
    Builder::from_random_bytes(rand::random()).into_uuid().simple().to_string()
}

/// A UUID of any version in its usual form; `None` for another text.
pub(super) fn parse(text: &str) -> Option<String> {
    Uuid::parse_str(text).ok().map(|id| id.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_and_order() {
        let version = |id: &str| id.chars().nth(14);
        assert_eq!(version(&sorted(1)), Some('7'));
        assert_eq!(version(&random()), Some('4'));
        assert_eq!(version(&checkpoint(1)), Some('6'));
        assert!(sorted(1_795_241_859_127) < sorted(1_795_241_859_128));
        assert!(checkpoint(1_795_241_859_127) < checkpoint(1_795_241_859_128));
        assert_eq!(digest().len(), 32);
    }

    #[test]
    fn the_time_of_a_recorded_checkpoint() {
        // Made on 2026-11-21 at 06:17:40 by the real server.
        let prefix = |id: &str| id.chars().take(8).collect::<String>();
        assert_eq!(prefix(&checkpoint(1_795_241_860_094)), prefix("1f1e5734-112c-68ff-bfff-74ae5dbb0935"));
    }

    #[test]
    fn only_uuids_are_ids() {
        assert_eq!(
            parse("01A1FCBF3BA2721FBEFB0F6751B04BD2").unwrap(),
            "01a1fcbf-3ba2-721f-befb-0f6751b04bd2"
        );
        assert_eq!(parse("not-a-uuid"), None);
    }
}
