//! Jitter from a seed, so that a run of the machine can be replayed.

use super::clock::Ms;

/// SplitMix64: one word of state, good enough to spread timers.
#[derive(Clone, Debug)]
pub struct Rng(u64);

impl Rng {
    /// The same seed gives the same sequence.
    #[must_use]
    pub const fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number from `low` to `high`, both included.
    pub fn between(&mut self, low: Ms, high: Ms) -> Ms {
        let span = high.saturating_sub(low).max(0) as u64 + 1;
        low + (self.next() % span) as Ms
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stays_within_and_reaches_both_ends() {
        let mut rng = Rng::new(42);
        let drawn: Vec<Ms> = (0..1_000).map(|_| rng.between(-2, 2)).collect();
        for expected in -2..=2 {
            assert!(drawn.contains(&expected));
        }
        assert!(drawn.iter().all(|n| (-2..=2).contains(n)));
        assert_eq!(rng.between(5, 5), 5);
        assert_eq!(rng.between(5, 1), 5);
    }
}
