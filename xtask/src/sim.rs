//! The simulation of the session machine.

use std::process::Command;

use anyhow::{Context, Result, bail};
use clap::Args;

use crate::step::{cargo, command, run as run_step};
use crate::suite::Ran;
use crate::workspace;

/// Options of `sim`.
#[derive(Args)]
pub struct Options {
    /// The world to begin with; with `--hours 0` it is the only one, and a failure in it is explained
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// How many client-hours to simulate
    #[arg(long, default_value_t = 1_000_000)]
    hours: u64,
    /// Simulate an outage for a million clients instead, and write the page about it
    #[arg(long)]
    fleet: bool,
}

const CLIENTS: &str = "1000000";
/// How the simulation begins lines that only say that it goes on.
const PROGRESS: &str = "…";

/// Simulates, printing as it goes.
pub fn run(options: &Options) -> Result<()> {
    let mut simulation = built()?;
    if options.fleet {
        simulation.args(["fleet", "--clients", CLIENTS, "--out"]).arg(workspace::path("www/docs"));
    } else {
        simulation.args(["run", "--seed", &options.seed.to_string(), "--hours", &options.hours.to_string()]);
    }
    let status = simulation.status().context("the simulation could not be started")?;
    if !status.success() {
        bail!("the simulation found something");
    }
    Ok(())
}

/// The part of the gate. Answers what the simulation printed.
pub fn gate(all: bool) -> Result<Ran> {
    let mut lines = printed("Simulating the session machine", built()?.arg("gate"))?;
    if all {
        let fleet = ["fleet", "--clients", CLIENTS];
        lines.extend(printed("Simulating an outage for a million clients", built()?.args(fleet))?);
    }
    Ok(Ran { closing: lines, ..Ran::default() })
}

fn printed(title: &str, simulation: &mut Command) -> Result<Vec<String>> {
    let printed = run_step(title, simulation)?;
    Ok(printed.lines().filter(|line| !line.starts_with(PROGRESS)).map(str::to_owned).collect())
}

fn built() -> Result<Command> {
    let build = ["build", "--package", "threadpass-simulation", "--profile", "simulation"];
    run_step("Building the simulation", &mut cargo(build))?;
    let none: [&str; 0] = [];
    let binary = workspace::target("simulation").join("threadpass-simulation");
    Ok(command(&binary.to_string_lossy(), none))
}
