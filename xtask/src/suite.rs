//! What a part of the gate has to tell, and cargo's runner.

use std::process::Command;

use anyhow::{Result, bail};

use crate::cases::{Outcomes, Runner};
use crate::step::run;

/// What a part of the gate has to tell.
#[derive(Default)]
pub struct Ran {
    /// The closing lines of its runner.
    pub closing: Vec<String>,
    /// The tests by name.
    pub outcomes: Outcomes,
}

impl Ran {
    /// Joins what ran next.
    pub fn extend(&mut self, other: Ran) {
        self.closing.extend(other.closing);
        self.outcomes.extend(other.outcomes);
    }
}

/// How tests of recorded exchanges begin the lines with their figures.
const FIGURES: [&str; 3] = ["tambo: ", "langgraph: ", "assistant-cloud: "];

/// Whether a line that a test printed is for the end of the gate.
pub fn is_figure(line: &str) -> bool {
    FIGURES.iter().any(|start| line.starts_with(start))
}

/// Runs `cargo test`. Its closing lines are one for each binary in which something ran, and the figures that tests report.
pub fn cargo(title: &str, cargo: &mut Command) -> Result<Ran> {
    let printed = run(title, cargo)?;
    let mut outcomes = Outcomes::default();
    let tests = printed.lines().filter_map(|line| line.strip_prefix("test ")?.split_once(" ... "));
    tests.for_each(|(name, outcome)| outcomes.add(Runner::Native, name, outcome == "ok"));
    let closing: Vec<String> = printed
        .lines()
        .filter(|line| line.starts_with("test result:") && !line.contains(" 0 passed") || is_figure(line))
        .map(str::to_owned)
        .collect();
    if closing.is_empty() {
        bail!("{title}: no test ran");
    }
    Ok(Ran { closing, outcomes })
}
