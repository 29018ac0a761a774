//! Node's own test runner on a folder, and a second try for what failed.
//!
//! These tests run in real browsers against real servers, on machines that may be busy with something else. A file with a
//! failure gets one more try with the machine to itself. What failed first is always shown, and counted in the closing line.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use serde::Deserialize;

use crate::cases::{Outcomes, Runner};
use crate::step::{attempt, command, say};
use crate::suite::Ran;
use crate::workspace;

/// A line of `tests/reporter.mjs`.
#[derive(Deserialize)]
struct Reported {
    name: String,
    passed: bool,
    /// What was thrown, if it failed.
    error: Option<String>,
    file: Option<PathBuf>,
}

/// What one call of the runner came to.
struct Try {
    tests: Vec<Reported>,
    succeeded: bool,
    skipped: u32,
    todo: u32,
}

impl Try {
    fn failures(&self) -> impl Iterator<Item = &Reported> {
        self.tests.iter().filter(|test| test.error.is_some())
    }

    /// The failures with what was thrown, short enough to stand at the end of a log.
    fn describe(&self) -> String {
        const LINES: usize = 12;
        let describe = |test: &Reported| {
            let thrown = test.error.as_deref().unwrap_or_default();
            let lines: Vec<_> = thrown.lines().take(LINES).map(|line| format!("    {line}")).collect();
            format!("  ✗ {}\n{}", test.name, lines.join("\n"))
        };
        self.failures().map(describe).collect::<Vec<_>>().join("\n")
    }
}

/// The folders whose tests wait most of the time, so that two files of them may run at once. The others have the machine
/// to themselves.
const WAITING: [&str; 2] = ["tests/browser", "tests/react"];

/// Runs every `*.test.mjs` below a folder. The files are found here because Node 20 and 22 mean different things by a
/// folder.
pub fn run(title: &str, folder: &str, env: &[(&str, String)]) -> Result<Ran> {
    let at_once = if WAITING.contains(&folder) { 2 } else { 1 };
    let mut all = try_files(title, &test_files(folder)?, at_once, env)?;
    let mut again = String::new();
    if !all.succeeded {
        let first = all.describe();
        let files: BTreeSet<PathBuf> = all.failures().filter_map(|test| test.file.clone()).collect();
        if files.is_empty() {
            bail!("{title}: the runner failed, but no test did\n{first}");
        }
        let second = try_files(&format!("{title}: a second try"), &Vec::from_iter(files.clone()), 1, env)?;
        if !second.succeeded {
            bail!("{title}: failed twice\n{}\nand first:\n{first}", second.describe());
        }
        say(&format!("{title}: failed at first and passed when tried again\n{first}"));
        let names: Vec<_> = all.failures().map(|test| test.name.as_str()).collect();
        again = format!(", at the second try: {}", names.join("; "));
        all.tests.retain(|test| test.file.as_ref().is_none_or(|file| !files.contains(file)));
        all.tests.extend(second.tests);
    }
    let passed = all.tests.iter().filter(|test| test.passed).count();
    if passed == 0 {
        bail!("{title}: no test ran");
    }
    let mut outcomes = Outcomes::default();
    all.tests.iter().for_each(|test| outcomes.add(Runner::Browser, &test.name, test.passed));
    let (tests, skipped, todo) = (all.tests.len(), all.skipped, all.todo);
    let line = format!("{tests} tests in {folder}, {passed} passed, {skipped} skipped, {todo} to do{again}");
    Ok(Ran { closing: vec![line], outcomes })
}

fn try_files(title: &str, files: &[PathBuf], at_once: u32, env: &[(&str, String)]) -> Result<Try> {
    let report = workspace::target("xtask").join("reported.jsonl");
    fs::create_dir_all(workspace::target("xtask"))?;
    let mut node = command("node", ["--test", &format!("--test-concurrency={at_once}")]);
    node.args(["--test-reporter=spec", "--test-reporter-destination=stdout"]);
    node.args(["--test-reporter=./tests/reporter.mjs", "--test-reporter-destination"]).arg(&report);
    let (status, printed) =
        attempt(title, node.args(files).envs(env.iter().map(|(name, value)| (name, value))))?;
    let lines = fs::read_to_string(&report)?;
    let tests =
        lines.lines().map(serde_json::from_str).collect::<Result<_, _>>().context("reported.jsonl")?;
    let count = |name: &str| {
        let line =
            printed.lines().rfind(|line| line.trim_start_matches("ℹ ").starts_with(&format!("{name} ")));
        line.and_then(|line| line.rsplit(' ').next()?.parse::<u32>().ok())
            .with_context(|| format!("{title}: Node does not say how many {name}"))
    };
    Ok(Try { tests, succeeded: status.success(), skipped: count("skipped")?, todo: count("todo")? })
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
