//! When to try: margin (D3), floor, retry curve and circuit breaker (D4), as small pure counters.

use super::clock::{Deadline, MINUTE, Moment, Ms, SECOND};
use super::rng::Rng;
use crate::mutations::mutated;

/// The margin before a token's end in which it is renewed: at most a minute, at most a fifth of its life.
#[must_use]
pub fn margin(lifetime: Ms) -> Ms {
    mutated!(FixedMargin, (lifetime / 5).min(MINUTE), 5 * MINUTE)
}

/// The gap between two automatic refreshes: 5 s, doubling to 60 s while refreshes yield no later deadline.
#[derive(Clone, Debug)]
pub struct Floor {
    gap: Ms,
    last: Option<Moment>,
    /// The last refresh was because of a 401.
    refused: bool,
}

impl Floor {
    const LEAST: Ms = 5 * SECOND;
    const MOST: Ms = MINUTE;

    pub(super) const fn new() -> Self {
        Self { gap: Self::LEAST, last: None, refused: false }
    }

    /// A refresh begins, because of a 401 or for another reason.
    pub(super) fn begun(&mut self, now: Moment, refused: bool) {
        self.refused = refused;
        self.last = Some(now);
    }

    /// How long a refresh because of a 401 has to wait yet: not at all, unless the last one was for that reason too.
    pub(super) fn wait_if_refused(&self, now: Moment) -> Ms {
        if self.refused { self.wait(now) } else { 0 }
    }

    /// A refresh has ended; `later` says whether the deadline moved on.
    pub(super) fn ended(&mut self, later: bool) {
        self.gap = if later { Self::LEAST } else { (self.gap * 2).min(Self::MOST) };
    }

    /// How long an automatic refresh has to wait yet.
    pub(super) fn wait(&self, now: Moment) -> Ms {
        self.last.map_or(0, |last| (mutated!(NoFloor, self.gap, 0) - now.since(last)).max(0))
    }
}

/// Failures in a row, and when the next try is due.
#[derive(Clone, Debug, Default)]
pub struct Retries {
    /// Failures since the last success.
    pub failures: u32,
    quick_used: bool,
    rechecks: u32,
}

impl Retries {
    /// What another party asks us to wait is respected up to here.
    const LONGEST_ASKED: Ms = 5 * MINUTE;
    const LONGEST_RECHECK: Ms = 15 * MINUTE;

    /// The quick second try, 0.5 to 1.5 s on, for somebody who waits with nothing to use. Once in a series, and not if
    /// the other side asked for patience.
    pub(super) fn quick(&mut self, asked: Option<u32>, rng: &mut Rng) -> Option<Ms> {
        if mutated!(AlwaysQuick, self.quick_used || asked.is_some(), false) {
            return None;
        }
        self.quick_used = true;
        Some(rng.between(500, 1_500))
    }

    /// The next try: 20 to 40 s after the first failure (the quick try's own is not counted), 60 to 90 s after every
    /// further one, and never before the other side's `Retry-After`, which is capped and spread because it tells everybody the same.
    pub(super) fn next(&self, asked: Option<u32>, rng: &mut Rng) -> Ms {
        mutated!(NoPatience => { return rng.between(1_000, 2_000) });
        let counted = self.failures.saturating_sub(u32::from(self.quick_used));
        let own = if counted <= 1 {
            rng.between(20 * SECOND, 40 * SECOND)
        } else {
            rng.between(60 * SECOND, 90 * SECOND)
        };
        let asked = asked.map_or(0, |asked| {
            let asked = Ms::from(asked).min(Self::LONGEST_ASKED);
            asked + rng.between(0, asked / 5)
        });
        own.max(asked)
    }

    /// When to look whether the provider has another subject token than the one that was refused.
    pub(super) fn recheck(&mut self, rng: &mut Rng) -> Ms {
        let base = rng.between(60 * SECOND, 90 * SECOND);
        let wait = base.saturating_mul(1 << self.rechecks.min(4)).min(Self::LONGEST_RECHECK);
        self.rechecks += 1;
        wait
    }
}

/// Opens when two fresh tokens in a row are refused; 20 s doubling to 60 s; one probe when it ends.
#[derive(Clone, Debug)]
pub struct Breaker {
    /// Tokens refused without ever having been accepted, in a row.
    refused: u32,
    wait: Ms,
    open_until: Option<Deadline>,
}

impl Breaker {
    const LEAST: Ms = 20 * SECOND;
    const MOST: Ms = MINUTE;

    pub(super) const fn new() -> Self {
        Self { refused: 0, wait: Self::LEAST, open_until: None }
    }

    /// A fresh token was refused; answers how long to wait if that opens the breaker.
    pub(super) fn fresh_refused(&mut self, now: Moment) -> Option<Ms> {
        self.refused += 1;
        if mutated!(NoBreaker, self.refused < 2, true) {
            return None;
        }
        let wait = self.wait;
        self.wait = (self.wait * 2).min(Self::MOST);
        self.open_until = Some(Deadline::new(now, wait));
        Some(wait)
    }

    /// A call was accepted.
    pub(super) fn accepted(&mut self) {
        *self = Self::new();
    }

    /// The wait is over: one token may be tried.
    pub(super) fn half_open(&mut self) {
        self.open_until = None;
    }

    /// While it is open: when it ends.
    pub(super) fn open_until(&self) -> Option<Deadline> {
        self.open_until
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(ms: Ms) -> Moment {
        Moment { mono_ms: ms, wall_ms: ms }
    }

    #[test]
    fn margin_scales_with_the_lifetime() {
        assert_eq!(margin(10 * SECOND), 2 * SECOND);
        assert_eq!(margin(5 * MINUTE), MINUTE);
        assert_eq!(margin(60 * MINUTE), MINUTE);
        assert_eq!(margin(1), 0);
    }

    #[test]
    fn the_floor_doubles_only_while_nothing_is_gained() {
        let mut floor = Floor::new();
        assert_eq!(floor.wait(at(0)), 0);
        floor.begun(at(0), false);
        assert_eq!(floor.wait(at(1_000)), 4_000);
        for expected in [10, 20, 40, 60, 60] {
            floor.ended(false);
            assert_eq!(floor.wait(at(0)), expected * SECOND);
        }
        floor.ended(true);
        assert_eq!(floor.wait(at(0)), 5 * SECOND);
    }

    #[test]
    fn the_retry_curve() {
        let mut rng = Rng::new(7);
        for _ in 0..1_000 {
            let first = Retries { failures: 1, ..Retries::default() }.next(None, &mut rng);
            assert!((20_000..=40_000).contains(&first));
            let later = Retries { failures: 2, ..Retries::default() }.next(None, &mut rng);
            assert!((60_000..=90_000).contains(&later));
            let asked = Retries { failures: 1, ..Retries::default() }.next(Some(100_000), &mut rng);
            assert!((100_000..=120_000).contains(&asked));
            let huge = Retries { failures: 1, ..Retries::default() }.next(Some(u32::MAX), &mut rng);
            assert!(huge <= 6 * MINUTE);
        }
    }

    #[test]
    fn the_quick_try_comes_once_and_not_against_a_request_to_wait() {
        let mut rng = Rng::new(1);
        let mut retries = Retries::default();
        assert_eq!(retries.quick(Some(1), &mut rng), None);
        assert!((500..=1_500).contains(&retries.quick(None, &mut rng).unwrap()));
        assert_eq!(retries.quick(None, &mut rng), None);
    }

    #[test]
    fn the_breaker_opens_at_two_and_closes_at_one_success() {
        let mut breaker = Breaker::new();
        assert_eq!(breaker.fresh_refused(at(0)), None);
        assert_eq!(breaker.fresh_refused(at(0)), Some(20 * SECOND));
        breaker.half_open();
        assert_eq!(breaker.fresh_refused(at(0)), Some(40 * SECOND));
        assert_eq!(breaker.fresh_refused(at(0)), Some(60 * SECOND));
        assert_eq!(breaker.fresh_refused(at(0)), Some(60 * SECOND));
        breaker.accepted();
        assert_eq!(breaker.fresh_refused(at(0)), None);
    }
}
