//! Times as REST answers write them.

use time::OffsetDateTime;
use time::format_description::BorrowedFormatItem;
use time::format_description::well_known::Rfc3339;
use time::macros::format_description;

const FORMAT: &[BorrowedFormatItem<'_>] =
    format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:3]Z");

/// Milliseconds since the epoch as ISO 8601 in UTC, always with three digits of milliseconds.
pub(crate) fn iso(ms: i64) -> String {
    let time = OffsetDateTime::from_unix_timestamp_nanos(i128::from(ms) * 1_000_000);
    time.ok().and_then(|time| time.format(FORMAT).ok()).unwrap_or_default()
}

/// The way back, for cursors.
pub(crate) fn parse(text: &str) -> Option<i64> {
    let time = time::PrimitiveDateTime::parse(text, FORMAT).ok()?.assume_utc();
    milliseconds(time)
}

/// A time as a client may write it: with or without fractions of a second, in UTC or with an offset.
pub(crate) fn lenient(text: &str) -> Option<i64> {
    milliseconds(OffsetDateTime::parse(text, &Rfc3339).ok()?)
}

fn milliseconds(time: OffsetDateTime) -> Option<i64> {
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

    #[test]
    fn times_of_clients() {
        for text in ["2026-11-21T06:27:54.600Z", "2026-11-21T07:27:54.6+01:00", "2026-11-21T06:27:54.600999Z"]
        {
            assert_eq!(lenient(text), Some(1_795_242_474_600), "{text}");
        }
        for text in ["2026-11-21", "2026-13-21T06:27:54Z", "yesterday", ""] {
            assert_eq!(lenient(text), None, "{text}");
        }
    }
}
