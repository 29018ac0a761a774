//! Test runners, and the lines they close with.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use serde::Deserialize;

use crate::cases::{Outcomes, Runner};
use crate::step::{command, run};
use crate::workspace;

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

/// How the contract tests begin the lines with their figures.
const FIGURES: &str = "tambo: ";

/// Runs `cargo test`. Its closing lines are one for each binary in which something ran, and the figures that tests report.
pub fn cargo(title: &str, cargo: &mut Command) -> Result<Ran> {
    let printed = run(title, cargo)?;
    let mut outcomes = Outcomes::default();
    let tests = printed.lines().filter_map(|line| line.strip_prefix("test ")?.split_once(" ... "));
    tests.for_each(|(name, outcome)| outcomes.add(Runner::Native, name, outcome == "ok"));
    let closing: Vec<String> = printed
        .lines()
        .filter(|line| {
            line.starts_with("test result:") && !line.contains(" 0 passed") || line.starts_with(FIGURES)
        })
        .map(str::to_owned)
        .collect();
    if closing.is_empty() {
        bail!("{title}: no test ran");
    }
    Ok(Ran { closing, outcomes })
}

/// A line of `tests/reporter.mjs`.
#[derive(Deserialize)]
struct Reported {
    name: String,
    passed: bool,
}

/// The folders whose tests wait most of the time, so that two files of them may run at once. The others have the machine
/// to themselves.
const WAITING: [&str; 2] = ["tests/browser", "tests/react"];

/// Runs Node's own test runner on every `*.test.mjs` below a folder. The files are found here because Node 20 and 22 mean
/// different things by a folder.
pub fn node(title: &str, folder: &str, env: &[(&str, String)]) -> Result<Ran> {
    let files = test_files(folder)?;
    let at_once = if WAITING.contains(&folder) { 2 } else { 1 };
    let report = workspace::target("xtask").join("reported.jsonl");
    fs::create_dir_all(workspace::target("xtask"))?;
    let mut node = command("node", ["--test", &format!("--test-concurrency={at_once}")]);
    node.args(["--test-reporter=spec", "--test-reporter-destination=stdout"]);
    node.args(["--test-reporter=./tests/reporter.mjs", "--test-reporter-destination"]).arg(&report);
    let printed = run(title, node.args(files).envs(env.iter().map(|(name, value)| (name, value))))?;
    let mut outcomes = Outcomes::default();
    for line in fs::read_to_string(&report)?.lines() {
        let Reported { name, passed } = serde_json::from_str(line)?;
        outcomes.add(Runner::Browser, &name, passed);
    }
    let count = |name: &str| {
        let line =
            printed.lines().rfind(|line| line.trim_start_matches("ℹ ").starts_with(&format!("{name} ")));
        line.and_then(|line| line.rsplit(' ').next()?.parse::<u32>().ok())
            .with_context(|| format!("{title}: Node does not say how many {name}"))
    };
    let (tests, passed, skipped, todo) = (count("tests")?, count("pass")?, count("skipped")?, count("todo")?);
    if passed == 0 {
        bail!("{title}: no test ran");
    }
    let closing =
        vec![format!("{tests} tests in {folder}, {passed} passed, {skipped} skipped, {todo} to do")];
    Ok(Ran { closing, outcomes })
}

/// Every `*.test.mjs` below a folder.
pub fn test_files(folder: &str) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    let root = workspace::path(folder);
    if root.is_dir() {
        collect(&root, &mut files)?;
    }
    files.sort();
    if files.is_empty() {
        bail!("{folder} has no test: nothing there ends with .test.mjs");
    }
    Ok(files)
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?.path();
        if entry.is_dir() {
            collect(&entry, files)?;
        } else if entry.to_string_lossy().ends_with(".test.mjs") {
            files.push(entry);
        }
    }
    Ok(())
}
