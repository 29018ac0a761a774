//! Seeing a failure again, and making it short.

use std::rc::Rc;
use std::time::{Duration, Instant};

use threadpass::session::Ms;

use crate::action::Action;
use crate::observer::Violation;
use crate::report;
use crate::stats::Stats;
use crate::tab::{Birth, Shared, Tab};
use crate::world::Failed;

type Log = [(Ms, Action)];

/// Nobody waits longer than this for a shorter trace.
const PATIENCE: Duration = Duration::from_secs(20);
/// Of a long trace the end is printed.
const LINES: usize = 120;

/// Does the same to one tab again. Answers it as it then is.
fn replay(birth: Birth, log: &Log, until: Ms, shared: &Rc<Shared>, tell: bool) -> Tab {
    let (mut tab, mut stats) = (Tab::new(birth, shared), Stats::new());
    tab.trace = tell.then(Vec::new);
    // Nothing comes before the start, even where a failure does not need it.
    if log.first().is_none_or(|(_, action)| *action != Action::Start) {
        tab.act(birth.t, Action::Start, &mut stats);
    }
    for (t, action) in log {
        run_to(&mut tab, *t, &mut stats);
        if tab.violation.is_some() {
            return tab;
        }
        tab.act((*t).max(tab.suspended_until), *action, &mut stats);
    }
    run_to(&mut tab, until, &mut stats);
    tab
}

fn run_to(tab: &mut Tab, t: Ms, stats: &mut Stats) {
    while tab.violation.is_none()
        && let Some(due) = tab.due().filter(|due| *due <= t)
    {
        tab.tick(due, stats);
    }
}

/// Leaves out whatever the failure does not need: halves, then quarters, down to single actions.
fn shorten(failed: &Failed, shared: &Rc<Shared>) -> Vec<(Ms, Action)> {
    let started = Instant::now();
    let same = |log: &Log| {
        let violation = replay(failed.birth, log, failed.until, shared, false).violation;
        violation.is_some_and(|violation| violation.invariant == failed.violation.invariant)
    };
    let mut log = failed.log.clone();
    let mut size = log.len().div_ceil(2).max(1);
    loop {
        let mut start = 0;
        while start < log.len() {
            if started.elapsed() > PATIENCE {
                return log;
            }
            let mut shorter = log.clone();
            shorter.drain(start..(start + size).min(log.len()));
            if same(&shorter) {
                log = shorter;
            } else {
                start += size;
            }
        }
        if size == 1 {
            return log;
        }
        size /= 2;
    }
}

/// Prints a failure: the seed, and the shortest trace that was found.
pub fn explain(seed: u64, failed: &Failed, shared: &Rc<Shared>) {
    let Violation { invariant, what } = &failed.violation;
    report::line(&format!("✗ invariant {invariant}: {what} (seed {seed})"));
    let (birth, until) = (failed.birth, failed.until);
    let reproduced = replay(birth, &failed.log, until, shared, false).violation.is_some();
    let log = if reproduced { shorten(failed, shared) } else { failed.log.clone() };
    let trace = replay(birth, &log, until, shared, true).trace.unwrap_or_default();
    report::line(&format!("  {} of {} actions are enough, from {birth:?}:", log.len(), failed.log.len()));
    for line in trace.iter().skip(trace.len().saturating_sub(LINES)) {
        report::line(&format!("  {line}"));
    }
    report::line(&format!("  Once more: cargo xtask sim --seed {seed} --hours 0"));
}
