use std::sync::{Mutex, MutexGuard, PoisonError};

use serde::Serialize;

use super::fault::{Fault, Target};

/// The faults that are on for every call.
#[derive(Debug, Default)]
pub(crate) struct Faults(Mutex<Vec<Armed>>);

#[derive(Debug)]
struct Armed {
    fault: Fault,
    /// The calls it was for so far.
    seen: u64,
    /// Those of them that it met.
    hits: u64,
}

/// A fault as the control API tells of it.
#[derive(Debug, Serialize)]
pub(crate) struct Report {
    fault: String,
    hits: u64,
}

impl Armed {
    /// Whether the call at hand is met.
    fn strikes(&mut self) -> bool {
        if self.fault.times.is_some_and(|times| self.hits >= times) {
            return false;
        }
        self.seen += 1;
        // Each call whose number takes the expected count over the next whole one: an even spread without chance.
        #[expect(clippy::cast_precision_loss, reason = "counts of calls are far below 2^52")]
        let due = (self.seen as f64 * self.fault.rate + 1e-9) as u64;
        let strikes = due > self.hits;
        self.hits += u64::from(strikes);
        strikes
    }
}

impl Faults {
    /// These and no others, counted from nothing.
    pub(crate) fn set(&self, faults: Vec<Fault>) {
        *self.locked() = faults.into_iter().map(|fault| Armed { fault, seen: 0, hits: 0 }).collect();
    }

    /// The faults that meet a call of this kind, which is counted.
    pub(super) fn strike(&self, target: Target) -> Vec<Fault> {
        let mut armed = self.locked();
        let mut struck = Vec::new();
        for armed in armed.iter_mut().filter(|armed| armed.fault.is_for(target)) {
            if armed.strikes() {
                struck.push(armed.fault.clone());
            }
        }
        struck
    }

    /// What is on, and how many calls each has met.
    pub(crate) fn report(&self) -> Vec<Report> {
        let armed = self.locked();
        armed.iter().map(|armed| Report { fault: armed.fault.to_string(), hits: armed.hits }).collect()
    }

    fn locked(&self) -> MutexGuard<'_, Vec<Armed>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hits(text: &str, calls: usize) -> Vec<bool> {
        let faults = Faults::default();
        faults.set(vec![text.parse().unwrap()]);
        (0..calls).map(|_| !faults.strike(Target::Api).is_empty()).collect()
    }

    #[test]
    fn a_rate_is_an_even_share_of_the_calls() {
        assert_eq!(hits("status=500;rate=0.5", 4), [false, true, false, true]);
        assert_eq!(hits("status=500;rate=0.1", 100).into_iter().filter(|hit| *hit).count(), 10);
        assert!(!hits("status=500;rate=0", 50).contains(&true));
        assert_eq!(hits("status=500;times=2", 4), [true, true, false, false]);
        assert_eq!(hits("status=500;rate=0.5;times=1", 6), [false, true, false, false, false, false]);
    }

    #[test]
    fn a_call_of_another_kind_is_not_counted() {
        let faults = Faults::default();
        faults.set(vec!["status=500;on=exchange;times=1".parse().unwrap()]);
        assert!(faults.strike(Target::Api).is_empty());
        assert_eq!(faults.strike(Target::Exchange).len(), 1);
        assert_eq!(faults.report()[0].hits, 1);
    }
}
