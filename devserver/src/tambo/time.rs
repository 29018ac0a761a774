//! Times as the REST answers write them.

use time::OffsetDateTime;
use time::format_description::BorrowedFormatItem;
use time::macros::format_description;

const FORMAT: &[BorrowedFormatItem<'_>] =
    format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:3]Z");

/// Milliseconds since the epoch as ISO 8601 in UTC, always with three digits of milliseconds.
pub(super) fn iso(ms: i64) -> String {
    let time = OffsetDateTime::from_unix_timestamp_nanos(i128::from(ms) * 1_000_000);
    time.ok().and_then(|time| time.format(FORMAT).ok()).unwrap_or_default()
}

/// The way back, for cursors.
pub(super) fn parse(text: &str) -> Option<i64> {
    let time = time::PrimitiveDateTime::parse(text, FORMAT).ok()?.assume_utc();
    i64::try_from(time.unix_timestamp_nanos() / 1_000_000).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_and_back() {
        assert_eq!(iso(1_795_242_474_600), "2026-11-21T06:27:54.600Z");
        assert_eq!(parse("2026-11-21T06:27:54.600Z"), Some(1_795_242_474_600));
        assert_eq!(parse("2026-11-21"), None);
    }
}
