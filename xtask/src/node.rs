//! Node's own test runner on a folder, and a second try for what failed.
//!
//! These tests run in real browsers against real servers, on machines that may be busy with something else. A file with a
//! failure gets one more try with the machine to itself. What failed first is always shown, and counted in the closing line.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::thread;

use anyhow::{Context, Result, anyhow, bail};
use serde::Deserialize;

use crate::cases::{Outcomes, Runner};
use crate::step::{command, perform, quietly, say};
use crate::suite::{Ran, is_figure};
use crate::workspace;

/// A line of `tests/reporter.mjs`.
#[derive(Deserialize)]
struct Reported {
    name: String,
    passed: bool,
    /// What was thrown, if it failed.
    error: Option<String>,
}

/// What a file of tests came to.
struct Outcome {
    file: PathBuf,
    tests: Vec<Reported>,
    succeeded: bool,
    /// What the runner printed.
    printed: String,
    skipped: u32,
    todo: u32,
}

impl Outcome {
    /// What failed and what was thrown, short enough to stand at the end of a log.
    fn describe(&self) -> String {
        const LINES: usize = 12;
        const END: usize = 30;
        let failures: Vec<String> = self
            .tests
            .iter()
            .filter_map(|test| {
                let thrown = test.error.as_ref()?.lines().take(LINES);
                let lines: Vec<_> = thrown.map(|line| format!("    {line}")).collect();
                Some(format!("  ✗ {}\n{}", test.name, lines.join("\n")))
            })
            .collect();
        let file = self.file.strip_prefix(workspace::root()).unwrap_or(&self.file).display();
        if failures.is_empty() {
            let lines: Vec<_> = self.printed.lines().collect();
            return format!(
                "{file}\n{}",
                lines.get(lines.len().saturating_sub(END)..).unwrap_or(&[]).join("\n")
            );
        }
        format!("{file}\n{}", failures.join("\n"))
    }
}

/// The folders whose tests wait most of the time, so that two files of them may run at once. The others have the machine
/// to themselves.
const WAITING: [&str; 5] =
    ["tests/assistant-cloud", "tests/browser", "tests/e2e", "tests/langgraph", "tests/react"];

/// Runs every `*.test.mjs` below a folder.
pub fn run(title: &str, folder: &str, env: &[(&str, String)]) -> Result<Ran> {
    let at_once = if WAITING.contains(&folder) { 2 } else { 1 };
    let files = test_files(folder)?;
    let tried = perform(title, || try_all(&files, at_once, env))?;
    let (mut good, bad): (Vec<_>, Vec<_>) = tried.into_iter().partition(|outcome| outcome.succeeded);
    let mut again = String::new();
    if !bad.is_empty() {
        let first = describe(&bad);
        say(&first);
        let files: Vec<_> = bad.iter().map(|outcome| outcome.file.clone()).collect();
        let second = perform(&format!("{title}: a second try"), || try_all(&files, 1, env))?;
        let (second, failed): (Vec<_>, Vec<_>) = second.into_iter().partition(|outcome| outcome.succeeded);
        if !failed.is_empty() {
            bail!("{title}: failed twice\n{}\nand first:\n{first}", describe(&failed));
        }
        good.extend(second);
        let names: Vec<_> =
            bad.iter().flat_map(|outcome| &outcome.tests).filter(|test| test.error.is_some()).collect();
        let names: Vec<_> = names.iter().map(|test| test.name.as_str()).collect();
        again = format!(", at the second try: {}", names.join("; "));
    }
    let tests = || good.iter().flat_map(|outcome| &outcome.tests);
    let mut outcomes = Outcomes::default();
    tests().for_each(|test| outcomes.add(Runner::Browser, &test.name, test.passed));
    let passed = tests().filter(|test| test.passed).count();
    if passed == 0 {
        bail!("{title}: no test ran");
    }
    let skipped: u32 = good.iter().map(|outcome| outcome.skipped).sum();
    let todo: u32 = good.iter().map(|outcome| outcome.todo).sum();
    let count = tests().count();
    let line = format!("{count} tests in {folder}, {passed} passed, {skipped} skipped, {todo} to do{again}");
    let mut closing = vec![line];
    closing.extend(
        good.iter()
            .flat_map(|outcome| notes(&outcome.printed).filter(|note| is_figure(note)))
            .map(str::to_owned),
    );
    Ok(Ran { closing, outcomes })
}

/// What the runner printed, without its sign for what is no test.
fn notes(printed: &str) -> impl DoubleEndedIterator<Item = &str> {
    printed.lines().map(|line| line.trim_start_matches("ℹ "))
}

fn describe(failed: &[Outcome]) -> String {
    failed.iter().map(Outcome::describe).collect::<Vec<_>>().join("\n")
}

fn try_all(files: &[PathBuf], at_once: usize, env: &[(&str, String)]) -> Result<Vec<Outcome>> {
    let left = Mutex::new(files.iter().enumerate());
    let take = || left.lock().map(|mut left| left.next()).map_err(|_| anyhow!("a thread has panicked"));
    let work = || {
        let mut outcomes = Vec::new();
        while let Some((number, file)) = take()? {
            outcomes.push(try_file(number, file, env)?);
        }
        Ok(outcomes)
    };
    let all: Result<Vec<Vec<Outcome>>> = thread::scope(|scope| {
        let threads: Vec<_> = (0..at_once).map(|_| scope.spawn(work)).collect();
        threads
            .into_iter()
            .map(|thread| thread.join().map_err(|_| anyhow!("a thread has panicked"))?)
            .collect()
    });
    Ok(all?.into_iter().flatten().collect())
}

fn try_file(number: usize, file: &Path, env: &[(&str, String)]) -> Result<Outcome> {
    let folder = workspace::target("xtask");
    fs::create_dir_all(&folder)?;
    let report = folder.join(format!("reported-{number}.jsonl"));
    let mut node = command("node", ["--test"]);
    node.args(["--test-reporter=spec", "--test-reporter-destination=stdout"]);
    node.args(["--test-reporter=./tests/reporter.mjs", "--test-reporter-destination"]).arg(&report).arg(file);
    let (status, printed) = quietly(node.envs(env.iter().map(|(name, value)| (name, value))))?;
    let lines = fs::read_to_string(&report)?;
    let tests =
        lines.lines().map(serde_json::from_str).collect::<Result<_, _>>().context("reported.jsonl")?;
    let count = |name: &str| {
        let line = notes(&printed).rfind(|line| line.starts_with(&format!("{name} ")));
        line.and_then(|line| line.rsplit(' ').next()?.parse::<u32>().ok())
            .with_context(|| format!("{}: Node does not say how many {name}", file.display()))
    };
    let (skipped, todo) = (count("skipped")?, count("todo")?);
    Ok(Outcome { file: file.into(), tests, succeeded: status.success(), printed, skipped, todo })
}

/// Every `*.test.mjs` below a folder. Found here because Node 20 and 22 mean different things by a folder.
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
