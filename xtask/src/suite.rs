//! Test runners, and the lines they close with.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::step::{command, run};
use crate::workspace;

/// How the contract tests begin the lines with their figures.
const FIGURES: &str = "tambo: ";

/// Runs `cargo test`. Answers one line for each binary in which something ran, and the figures that tests report.
pub fn cargo(title: &str, cargo: &mut Command) -> Result<Vec<String>> {
    let printed = run(title, cargo)?;
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
    Ok(closing)
}

/// Runs Node's own test runner on every `*.test.mjs` below a folder, one after the other: they share a machine. The files
/// are found here because Node 20 and 22 mean different things by a folder.
pub fn node(title: &str, folder: &str, chromium: &str) -> Result<Vec<String>> {
    let files = test_files(folder)?;
    let mut node = command("node", ["--test", "--test-concurrency=1", "--test-reporter=spec"]);
    let printed = run(title, node.args(files).env("CHROMIUM", chromium))?;
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
    Ok(vec![format!("{tests} tests in {folder}, {passed} passed, {skipped} skipped, {todo} to do")])
}

fn test_files(folder: &str) -> Result<Vec<PathBuf>> {
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
