//! How long a token may be used (decision D1): relative to when it was asked for, never to the server's clock alone.

use super::claims::Claims;
use super::clock::{MINUTE, Moment, Ms, SECOND};
use crate::mutations::mutated;

/// For a token that says nothing about its end.
pub const UNKNOWN_LIFETIME: Ms = 5 * MINUTE;
/// Nothing is believed to live longer: about ten years, far above what anybody issues and far below overflow.
const LONGEST: Ms = 3_650 * 24 * 60 * MINUTE;

/// Where a lifetime came from; shown in diagnostics.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Known {
    /// The response's `expires_in`.
    ExpiresIn,
    /// The token's own `exp` and `iat`.
    Claims,
    /// Nowhere: the default was taken.
    Default,
}

/// Seconds from a server as milliseconds: a finite number above zero, clamped (RFC 6749 section 5.1 promises a number,
/// servers send others too).
fn clamped(seconds: f64) -> Option<Ms> {
    if !seconds.is_finite() || seconds <= 0.0 {
        return None;
    }
    // `as` saturates, so 1e308 becomes the largest value and then the clamp.
    Some(((seconds * 1000.0) as Ms).clamp(1, LONGEST))
}

/// The lifetime of an exchanged token, counted from when the exchange was sent.
#[must_use]
pub fn of_exchange(expires_in_s: Option<f64>, claims: &Claims) -> (Ms, Known) {
    if let Some(lifetime) = expires_in_s.and_then(clamped) {
        return (lifetime, Known::ExpiresIn);
    }
    match full(claims) {
        Some(lifetime) => (lifetime, Known::Claims),
        None => (UNKNOWN_LIFETIME, Known::Default),
    }
}

/// A token's whole life by its own account: `exp - iat`.
#[must_use]
pub fn full(claims: &Claims) -> Option<Ms> {
    clamped(claims.expires_at_s? - claims.issued_at_s?)
}

/// What is left of a token that may have been handed out before: the lesser of its whole life and its end on a wall
/// clock corrected by `skew_ms`. `None` where the token does not say when it ends. May be zero or negative.
#[must_use]
pub fn remaining(claims: &Claims, now: Moment, skew_ms: Ms) -> Option<Ms> {
    let ends = claims.expires_at_s? * 1000.0 - (now.wall_ms.saturating_sub(skew_ms)) as f64;
    mutated!(CachedIsFresh => { return Some(full(claims).unwrap_or(LONGEST)) });
    let ends = (ends as Ms).clamp(-LONGEST, LONGEST);
    Some(full(claims).map_or(ends, |life| life.min(ends)))
}

/// How far our wall clock is ahead, learned from a token known to be fresh. Below two seconds it is rounding: `iat` has
/// whole seconds and the answer took a while.
#[must_use]
pub fn skew(claims: &Claims, now: Moment) -> Option<Ms> {
    let skew = (now.wall_ms as f64 - claims.issued_at_s? * 1000.0) as Ms;
    Some(if skew.abs() < 2 * SECOND { 0 } else { skew })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn claims(exp: f64, iat: f64) -> Claims {
        Claims { expires_at_s: Some(exp), issued_at_s: Some(iat), ..Claims::default() }
    }

    fn wall(wall_ms: Ms) -> Moment {
        Moment { mono_ms: 0, wall_ms }
    }

    #[test]
    fn every_odd_expires_in_has_a_defined_end() {
        let none = Claims::default();
        for (given, expected) in [
            (Some(900.0), (900_000, Known::ExpiresIn)),
            (Some(1.5), (1_500, Known::ExpiresIn)),
            (Some(0.0001), (1, Known::ExpiresIn)),
            (Some(0.0), (UNKNOWN_LIFETIME, Known::Default)),
            (Some(-5.0), (UNKNOWN_LIFETIME, Known::Default)),
            (Some(f64::NAN), (UNKNOWN_LIFETIME, Known::Default)),
            (Some(f64::INFINITY), (UNKNOWN_LIFETIME, Known::Default)),
            (Some(1e308), (LONGEST, Known::ExpiresIn)),
            (Some(9_007_199_254_740_992.0), (LONGEST, Known::ExpiresIn)),
            (Some(2_147_484.0), (2_147_484_000, Known::ExpiresIn)),
            (None, (UNKNOWN_LIFETIME, Known::Default)),
        ] {
            assert_eq!(of_exchange(given, &none), expected, "{given:?}");
        }
        assert_eq!(of_exchange(None, &claims(160.0, 100.0)), (60_000, Known::Claims));
        assert_eq!(of_exchange(Some(0.0), &claims(160.0, 100.0)), (60_000, Known::Claims));
    }

    #[test]
    fn a_cached_token_has_only_what_is_left() {
        let cached = claims(4_600.0, 1_000.0);
        assert_eq!(remaining(&cached, wall(4_000_000), 0), Some(600_000));
        assert_eq!(remaining(&cached, wall(1_000_000), 0), Some(3_600_000));
        assert_eq!(remaining(&cached, wall(5_000_000), 0), Some(-400_000));
        assert_eq!(
            remaining(&cached, wall(0), 0),
            Some(3_600_000),
            "a slow clock does not stretch a token's life"
        );
        assert_eq!(
            remaining(&cached, wall(5_000_000), 3_000_000),
            Some(2_600_000),
            "the clock is known to be fast"
        );
    }

    #[test]
    fn without_iat_only_the_end_counts() {
        let token = Claims { expires_at_s: Some(10.0), ..Claims::default() };
        assert_eq!(remaining(&token, wall(4_000), 0), Some(6_000));
        assert_eq!(remaining(&Claims::default(), wall(0), 0), None);
    }

    #[test]
    fn skew_ignores_rounding() {
        assert_eq!(skew(&claims(0.0, 100.0), wall(101_900)), Some(0));
        assert_eq!(skew(&claims(0.0, 100.0), wall(7_300_000)), Some(7_200_000));
        assert_eq!(skew(&claims(0.0, 10_000.0), wall(0)), Some(-10_000_000));
        assert_eq!(skew(&Claims::default(), wall(0)), None);
    }
}
