use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

/// The wall clock in milliseconds, never giving the same millisecond twice: lists are ordered by creation time, and two
/// things created in one millisecond would otherwise swap places at random.
#[derive(Debug, Default)]
pub(crate) struct Clock {
    last: AtomicI64,
}

impl Clock {
    /// The time, later than every time given before.
    pub(crate) fn now(&self) -> i64 {
        let wall = epoch_ms();
        let next = |last: i64| wall.max(last + 1);
        let last = self.last.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |last| Some(next(last)));
        next(last.unwrap_or_default())
    }

    /// [`Clock::now`] in microseconds.
    pub(crate) fn now_us(&self) -> i64 {
        self.now().saturating_mul(1000)
    }

    /// The wall clock in whole seconds, for the times of tokens.
    pub(crate) fn seconds() -> i64 {
        epoch_ms() / 1000
    }
}

/// Milliseconds since the epoch.
pub(crate) fn epoch_ms() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn never_the_same_millisecond_twice() {
        let clock = Clock::default();
        let times: Vec<_> = (0..1000).map(|_| clock.now()).collect();
        assert!(times.is_sorted_by(|earlier, later| earlier < later));
        assert!((times[0] - epoch_ms()).abs() < 1000);
    }
}
