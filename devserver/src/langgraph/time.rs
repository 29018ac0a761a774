//! Times as the server writes them.

use time::OffsetDateTime;
use time::format_description::BorrowedFormatItem;
use time::macros::format_description;

const FORMAT: &[BorrowedFormatItem<'_>] =
    format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:6]+00:00");

/// Microseconds since the epoch as ISO 8601 in UTC.
pub(super) fn iso(us: i64) -> String {
    let time = OffsetDateTime::from_unix_timestamp_nanos(i128::from(us) * 1_000);
    time.ok().and_then(|time| time.format(FORMAT).ok()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn six_digits_and_an_offset() {
        assert_eq!(iso(1_795_242_474_600_007), "2026-11-21T06:27:54.600007+00:00");
    }
}
