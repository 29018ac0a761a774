//! Repeating requests that are safe to repeat.

use crate::json::Platform;
use crate::session::Ms;

/// `Retry-After` in milliseconds: seconds, or a date (RFC 9110 section 10.2.3). A date in the past is now.
#[must_use]
pub fn retry_after_ms<J: Platform>(value: &str, now_wall_ms: Ms) -> Option<u32> {
    let value = value.trim_ascii();
    let ms = match digits(value) {
        Some(seconds) => seconds * 1000.0,
        None => (J::http_date_ms(value)? - now_wall_ms as f64).max(0.0),
    };
    // `as` saturates.
    Some(ms as u32)
}

/// Digits, as a number.
#[must_use]
pub fn digits(text: &str) -> Option<f64> {
    let mut number = 0.0;
    for byte in text.bytes() {
        if !byte.is_ascii_digit() {
            return None;
        }
        number = number * 10.0 + f64::from(byte - b'0');
    }
    (!text.is_empty()).then_some(number)
}

/// The longest wait that a call makes for the other side.
const LONGEST: u32 = 10_000;

/// How long to wait before the next try of a call, or `None` if that is longer than a caller should wait: half a second
/// doubling, with full jitter above half of it, and never before `Retry-After`.
#[must_use]
pub fn retry_delay_ms(attempt: u32, asked_ms: Option<u32>, random: f64) -> Option<u32> {
    let base = (500_u32 << attempt.min(4)).min(LONGEST);
    let half = base / 2;
    let own = half + (f64::from(half) * random) as u32;
    match asked_ms {
        Some(asked) if asked > LONGEST => None,
        asked => Some(own.max(asked.unwrap_or(0))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::native::NativeJson;

    #[test]
    fn seconds_dates_and_nonsense() {
        let now = 784_111_777_000; // Sun, 06 Nov 1994 08:49:37 GMT
        for (value, expected) in [
            ("0", Some(0)),
            ("120", Some(120_000)),
            (" 3 ", Some(3_000)),
            ("99999999999999999999", Some(u32::MAX)),
            ("Sun, 06 Nov 1994 08:49:47 GMT", Some(10_000)),
            ("Sun, 06 Nov 1994 08:49:27 GMT", Some(0)),
            ("Sunday, 06-Nov-94 08:49:47 GMT", Some(10_000)),
            ("soon", None),
            ("-1", None),
            ("1.5", None),
            ("", None),
        ] {
            assert_eq!(retry_after_ms::<NativeJson>(value, now), expected, "{value}");
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
