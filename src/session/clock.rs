//! Two clocks, because each lies in its own way (decision D2).
//!
//! The monotonic clock may stand still while the machine sleeps; the wall clock may be set. Elapsed time is the larger
//! of the two differences and never negative, so every error is towards an early refresh, which the floor of D4 bounds.

use crate::mutations::mutated;

/// Milliseconds.
pub type Ms = i64;

/// One second.
pub const SECOND: Ms = 1_000;
/// One minute.
pub const MINUTE: Ms = 60 * SECOND;

/// Both clocks, read together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Moment {
    /// Monotonic milliseconds from an arbitrary origin.
    pub mono_ms: Ms,
    /// Wall-clock milliseconds since the epoch.
    pub wall_ms: Ms,
}

impl Moment {
    /// Milliseconds from `earlier` to here.
    #[must_use]
    pub fn since(self, earlier: Moment) -> Ms {
        let mono = self.mono_ms.saturating_sub(earlier.mono_ms);
        let wall = mutated!(WallClockIgnored, self.wall_ms.saturating_sub(earlier.wall_ms), 0);
        mono.max(wall).max(0)
    }
}

/// A point in time, as a distance from a moment that was measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Deadline {
    from: Moment,
    after_ms: Ms,
}

impl Deadline {
    /// `after_ms` after `from`.
    #[must_use]
    pub fn new(from: Moment, after_ms: Ms) -> Self {
        Self { from, after_ms: after_ms.max(0) }
    }

    /// Milliseconds left; zero or less when it has come.
    #[must_use]
    pub fn remaining(self, now: Moment) -> Ms {
        self.after_ms.saturating_sub(now.since(self.from))
    }

    /// Whether it has come.
    #[must_use]
    pub fn reached(self, now: Moment) -> bool {
        self.remaining(now) <= 0
    }

    /// Where this stands on the wall clock, for display.
    #[must_use]
    pub fn wall_ms(self, now: Moment) -> Ms {
        now.wall_ms.saturating_add(self.remaining(now))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(mono_ms: Ms, wall_ms: Ms) -> Moment {
        Moment { mono_ms, wall_ms }
    }

    #[test]
    fn elapsed_takes_the_larger_clock_and_is_never_negative() {
        let start = at(1_000, 50_000);
        assert_eq!(at(1_500, 50_500).since(start), 500);
        assert_eq!(at(1_000, 80_000).since(start), 30_000, "sleep stops the monotonic clock");
        assert_eq!(at(6_000, 10_000).since(start), 5_000, "the wall clock was set back");
        assert_eq!(at(900, 49_000).since(start), 0);
    }

    #[test]
    fn a_deadline_counts_down_on_both() {
        let deadline = Deadline::new(at(0, 0), 1_000);
        assert_eq!(deadline.remaining(at(400, 300)), 600);
        assert!(deadline.reached(at(0, 1_000)));
        assert!(deadline.reached(at(1_000, 0)));
        assert_eq!(deadline.wall_ms(at(400, 1_400_000)), 1_000);
    }

    #[test]
    fn huge_lifetimes_do_not_overflow() {
        let deadline = Deadline::new(at(0, 0), Ms::MAX);
        assert!(!deadline.reached(at(i64::from(u32::MAX), 0)));
    }
}
