//! Deliberate faults in the machine, one after the other, each to be caught by the invariant it breaks.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use threadpass::mutations::{Mutation, activate};

use crate::gate::world_seed;
use crate::report;
use crate::stats::Stats;
use crate::tab::Shared;
use crate::world::World;

/// So many worlds a fault may hide in.
const WORLDS: u64 = 4_000;

/// How a fault was found.
#[derive(Clone, Debug)]
struct Caught {
    worlds: u64,
    /// What the invariant that it breaks said.
    by: &'static str,
    /// Other invariants that noticed it before.
    also: Vec<u8>,
}

/// Tries them all. The machine without faults has to hold in the same worlds.
pub fn run(seed: u64) -> bool {
    let (next, results) = (AtomicUsize::new(0), Mutex::new(vec![None; Mutation::ALL.len()]));
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(1, std::num::NonZero::get) {
            scope.spawn(|| {
                while let Some(mutation) = Mutation::ALL.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let caught = hunt(seed, *mutation);
                    if let Ok(mut results) = results.lock() {
                        results[*mutation as usize] = Some(caught);
                    }
                }
            });
        }
    });
    let results = results.into_inner().unwrap_or_default();
    let mut counts = [0; 10];
    let mut fine = true;
    report::line("Deliberate faults:");
    for (mutation, found) in Mutation::ALL.iter().zip(results) {
        let invariant = mutation.invariant();
        match found.flatten() {
            Some(Caught { worlds, by, also }) => {
                counts[usize::from(invariant)] += 1;
                let also: String = also.iter().map(|other| format!(", also {other}")).collect();
                report::line(&format!(
                    "  ✓ caught by invariant {invariant}{also}: {} — \"{by}\" in world {worlds}",
                    mutation.what()
                ));
            }
            None => {
                fine = false;
                report::line(&format!("  ✗ not caught by invariant {invariant}: {}", mutation.what()));
            }
        }
    }
    let caught: u32 = counts.iter().sum();
    report::line(&format!("{caught} of {} deliberate faults caught", Mutation::ALL.len()));
    fine && caught >= 30 && counts.iter().skip(1).all(|count| *count >= 3)
}

fn hunt(seed: u64, mutation: Mutation) -> Option<Caught> {
    let mut also = Vec::new();
    for n in 0..WORLDS {
        let seed = world_seed(seed, n);
        activate(Some(mutation));
        let shared = Rc::new(Shared::new());
        let result =
            catch_unwind(AssertUnwindSafe(|| World::new(seed, &shared, false).run(&mut Stats::new())));
        activate(None);
        let Ok(Err(failed)) = result else { continue };
        // What a sound machine does there too is no proof.
        if World::new(seed, &Rc::new(Shared::new()), false).run(&mut Stats::new()).is_err() {
            return None;
        }
        let invariant = failed.violation.invariant;
        if invariant == mutation.invariant() {
            return Some(Caught { worlds: n + 1, by: failed.violation.what, also });
        }
        if !also.contains(&invariant) {
            also.push(invariant);
        }
    }
    None
}
