//! The session machine in virtual time. `cargo xtask sim` and `cargo xtask test simulation` call this.

#![expect(clippy::indexing_slicing, reason = "a model that is wrong about itself should stop at once")]

mod action;
mod answers;
mod clocks;
mod dice;
mod fleet;
mod gate;
mod mutants;
mod observer;
mod people;
mod replay;
mod report;
mod scenarios;
mod stats;
mod tab;
mod world;

use std::process::ExitCode;

use crate::gate::{GATE, Goal};

/// Clients of the fleet where nothing else is asked for.
const FLEET: u64 = 20_000;
/// The gate's seed: the same worlds every time.
const SEED: u64 = 1;

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let option = |name: &str| {
        args.iter().position(|arg| arg == name).and_then(|at| args.get(at + 1)?.parse::<u64>().ok())
    };
    let seed = option("--seed").unwrap_or(SEED);
    let fine = match args.first().map(String::as_str) {
        Some("gate") => gate(seed),
        Some("scenarios") => scenarios::run(),
        Some("fleet") => {
            let folder = args.iter().position(|arg| arg == "--out").and_then(|at| args.get(at + 1));
            fleet::run(option("--clients").unwrap_or(FLEET), folder.map(std::path::Path::new))
        }
        Some("mutants") => mutants::run(seed),
        Some("run") => match option("--hours").unwrap_or(1_000_000) {
            0 => gate::explain(seed),
            hours => gate::run(seed, Goal { hours: hours as i64, steps: 0, events: 0, pairs: 0 }),
        },
        _ => {
            report::progress("gate | mutants | run [--seed N] [--hours H]");
            false
        }
    };
    if fine { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// All parts, whatever the others say.
fn gate(seed: u64) -> bool {
    let parts = [gate::run(seed, GATE), mutants::run(seed), scenarios::run(), fleet::run(FLEET, None)];
    parts.iter().all(|fine| *fine)
}
