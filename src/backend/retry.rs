//! Repeating requests that are safe to repeat.

use crate::session::Ms;

/// `Retry-After` in milliseconds: seconds, or a date (RFC 9110 section 10.2.3). A date in the past is now.
#[must_use]
pub fn retry_after_ms(value: &str, now_wall_ms: Ms) -> Option<u32> {
    let value = value.trim();
    let wait = if let Ok(seconds) = value.parse::<u64>() {
        Ms::try_from(seconds.saturating_mul(1_000)).unwrap_or(Ms::MAX)
    } else {
        let date = httpdate::parse_http_date(value).ok()?;
        let since_epoch = date.duration_since(std::time::SystemTime::UNIX_EPOCH).ok()?;
        Ms::try_from(since_epoch.as_millis()).ok()?.saturating_sub(now_wall_ms).max(0)
    };
    Some(u32::try_from(wait).unwrap_or(u32::MAX))
}

/// The longest wait that a call makes for the other side.
const LONGEST: u32 = 10_000;

/// How long to wait before the next try of a call, or `None` if that is longer than a caller should wait: half a second
/// doubling, with full jitter above half of it, and never before `Retry-After`.
#[must_use]
pub fn retry_delay_ms(attempt: u32, asked_ms: Option<u32>, random: f64) -> Option<u32> {
    let base = 500_u32.saturating_mul(1 << attempt.min(4)).min(LONGEST);
    let half = base / 2;
    let own = half + (f64::from(half) * random.clamp(0.0, 1.0)) as u32;
    match asked_ms {
        Some(asked) if asked > LONGEST => None,
        asked => Some(own.max(asked.unwrap_or(0))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_dates_and_nonsense() {
        let now = 784_111_777_000; // Sun, 06 Nov 1994 08:49:37 GMT
        for (value, expected) in [
            ("0", Some(0)),
            ("120", Some(120_000)),
            (" 3 ", Some(3_000)),
            ("99999999999999999999", None),
            ("4294968", Some(u32::MAX)),
            ("Sun, 06 Nov 1994 08:49:47 GMT", Some(10_000)),
            ("Sun, 06 Nov 1994 08:49:27 GMT", Some(0)),
            ("Sunday, 06-Nov-94 08:49:47 GMT", Some(10_000)),
            ("soon", None),
            ("-1", None),
            ("1.5", None),
            ("", None),
        ] {
            assert_eq!(retry_after_ms(value, now), expected, "{value}");
        }
    }

    #[test]
    fn delays_double_and_respect_the_other_side() {
        assert_eq!(retry_delay_ms(0, None, 0.0), Some(250));
        assert_eq!(retry_delay_ms(0, None, 1.0), Some(500));
        assert_eq!(retry_delay_ms(2, None, 1.0), Some(2_000));
        assert_eq!(retry_delay_ms(99, None, 1.0), Some(8_000));
        assert_eq!(retry_delay_ms(0, Some(3_000), 0.5), Some(3_000));
        assert_eq!(retry_delay_ms(0, Some(60_000), 0.5), None);
    }
}
