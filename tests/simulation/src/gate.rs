//! The gate: worlds on every core until enough has happened, and the counts.

use std::rc::Rc;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use crate::dice::Dice;
use crate::replay;
use crate::report;
use crate::stats::{Event, Kind, State, Stats, Wanted, legal};
use crate::tab::Shared;
use crate::world::World;

/// How much has to happen.
#[derive(Clone, Copy, Debug)]
pub struct Goal {
    pub hours: i64,
    pub steps: u64,
    /// Each fault class, each legal pair, each effect.
    pub events: u64,
    pub pairs: u64,
}

/// Whatever is still too rare after so many times the steps will stay so.
const ENOUGH: u64 = 2;

/// What gates a change.
pub const GATE: Goal = Goal { hours: 1_000_000, steps: 50_000_000, events: 10_000, pairs: 100 };

impl Goal {
    fn hopeless(&self, stats: &Stats) -> bool {
        self.steps > 0 && stats.steps > self.steps * ENOUGH && stats.hours() > self.hours
    }

    fn reached(&self, stats: &Stats) -> bool {
        stats.hours() >= self.hours
            && stats.steps >= self.steps
            && stats.events.iter().chain(&stats.wanted).all(|count| *count >= self.events)
            && pairs(stats).all(|(_, _, count)| count >= self.pairs)
    }
}

/// The legal pairs and their counts.
fn pairs(stats: &Stats) -> impl Iterator<Item = (usize, usize, u64)> + '_ {
    let all = (0..State::COUNT).flat_map(|state| (0..Kind::COUNT).map(move |kind| (state, kind)));
    all.filter(|(state, kind)| legal(*state, *kind))
        .map(|(state, kind)| (state, kind, stats.pairs[state][kind]))
}

/// What the threads share.
struct Board {
    total: Mutex<Stats>,
    next: AtomicU64,
    stop: AtomicBool,
    failed: Mutex<Option<u64>>,
}

/// The seed of the n-th world of a run. That of the first is the run's own, so that a failure's can be given.
pub fn world_seed(seed: u64, n: u64) -> u64 {
    if n == 0 { seed } else { Dice::new(seed.wrapping_add(n.wrapping_mul(0x9e37_79b9))).bits() >> 16 }
}

/// Runs worlds until the goal is reached. False if an invariant did not hold, or something was never reached.
pub fn run(seed: u64, goal: Goal) -> bool {
    let board = Board {
        total: Mutex::new(Stats::new()),
        next: AtomicU64::new(0),
        stop: AtomicBool::new(false),
        failed: Mutex::new(None),
    };
    let started = Instant::now();
    let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| worlds(seed, &board));
        }
        watch(&board, goal, started);
    });
    let failed = board.failed.into_inner().unwrap_or_default();
    if let Some(seed) = failed {
        explain(seed);
        return false;
    }
    let stats = board.total.into_inner().unwrap_or_else(|_| Stats::new());
    print(&stats, started.elapsed());
    enough(&stats, goal)
}

fn worlds(seed: u64, board: &Board) {
    let (shared, mut stats) = (Rc::new(Shared::new()), Stats::new());
    while !board.stop.load(Ordering::Relaxed) {
        let seed = world_seed(seed, board.next.fetch_add(1, Ordering::Relaxed));
        if World::new(seed, &shared, false).run(&mut stats).is_err() {
            if let Ok(mut failed) = board.failed.lock() {
                failed.get_or_insert(seed);
            }
            board.stop.store(true, Ordering::Relaxed);
        }
        if let Ok(mut total) = board.total.lock() {
            total.add(&stats);
        }
        stats = Stats::new();
    }
}

fn watch(board: &Board, goal: Goal, started: Instant) {
    let mut said = Instant::now();
    while !board.stop.load(Ordering::Relaxed) {
        std::thread::sleep(Duration::from_millis(50));
        let Ok(total) = board.total.lock() else { return };
        if goal.reached(&total) || goal.hopeless(&total) {
            board.stop.store(true, Ordering::Relaxed);
        }
        if said.elapsed() > Duration::from_secs(10) {
            said = Instant::now();
            let (hours, steps) = (report::number(total.hours() as u64), report::number(total.steps));
            report::progress(&format!(
                "{hours} client-hours, {steps} steps, {} s",
                started.elapsed().as_secs()
            ));
        }
    }
}

/// Runs a world again and prints what went wrong in it.
pub fn explain(seed: u64) -> bool {
    let (shared, mut stats) = (Rc::new(Shared::new()), Stats::new());
    match World::new(seed, &shared, true).run(&mut stats) {
        Ok(()) => {
            report::line(&format!("✓ the world of seed {seed} holds: {}", summary(&stats)));
            true
        }
        Err(failed) => {
            replay::explain(seed, &failed, &shared);
            false
        }
    }
}

fn summary(stats: &Stats) -> String {
    format!(
        "{} client-hours, {} machine steps, {} worlds, {} clients, {} healings",
        report::number(stats.hours() as u64),
        report::number(stats.steps),
        report::number(stats.worlds),
        report::number(stats.clients),
        report::number(stats.healings)
    )
}

fn print(stats: &Stats, took: Duration) {
    report::line(&format!("Simulated {} in {} s", summary(stats), took.as_secs()));
    let share = stats.short_lifetimes * 100 / stats.lifetimes.max(1);
    let lifetimes = report::number(stats.lifetimes);
    report::line(&format!("Session tokens: {lifetimes}, of which {share} % live for 60 s or less"));
    report::line("What happened:");
    for (name, count) in Event::NAMES.iter().zip(stats.events) {
        report::line(&format!("  {:>12}  {name}", report::number(count)));
    }
    report::line("What the machine wanted:");
    for (name, count) in Wanted::NAMES.iter().zip(stats.wanted) {
        report::line(&format!("  {:>12}  {name}", report::number(count)));
    }
    let (count, least) = pairs(stats).fold((0, (0, 0, u64::MAX)), |(count, least), pair| {
        (count + 1, if pair.2 < least.2 { pair } else { least })
    });
    report::line(&format!(
        "Legal pairs of state and input: {count}, the rarest {} times ({}, {})",
        report::number(least.2),
        State::NAMES[least.0],
        Kind::NAMES[least.1]
    ));
}

/// Says what was reached too rarely, or never should have been.
fn enough(stats: &Stats, goal: Goal) -> bool {
    let mut fine = true;
    let mut complain = |text: String| {
        report::line(&format!("✗ {text}"));
        fine = false;
    };
    if stats.hours() < goal.hours || stats.steps < goal.steps {
        complain(format!("too little: {}", summary(stats)));
    }
    let counted = Event::NAMES.iter().zip(&stats.events).chain(Wanted::NAMES.iter().zip(&stats.wanted));
    for (name, count) in counted.filter(|(_, count)| **count < goal.events) {
        complain(format!("too rare: {name}, {count} times"));
    }
    for (state, kind, count) in pairs(stats).filter(|(_, _, count)| *count < goal.pairs) {
        complain(format!("too rare: {} in {}, {count} times", Kind::NAMES[kind], State::NAMES[state]));
    }
    for (state, row) in stats.pairs.iter().enumerate() {
        for (kind, count) in
            row.iter().enumerate().filter(|(kind, count)| !legal(state, *kind) && **count > 0)
        {
            complain(format!("not legal: {} in {}, {count} times", Kind::NAMES[kind], State::NAMES[state]));
        }
    }
    if goal.events > 0 && stats.short_lifetimes * 5 < stats.lifetimes {
        complain("too few short lifetimes".to_owned());
    }
    fine
}
