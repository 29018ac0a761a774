//! The list of what is known to go wrong, checked off against the tests that have passed.

use std::collections::BTreeMap;
use std::fs;

use anyhow::{Context, Result, bail};
use serde::Deserialize;

use crate::step::say;
use crate::workspace;

/// The known bugs, the standards' demands, and what users of Assistant Cloud's own client have met.
const CASES: u32 = 50;
const STANDARDS: u32 = 44;
const LESSONS: u32 = 47;

/// What ran, by runner: each name, and whether it passed wherever it ran.
#[derive(Debug, Default)]
pub struct Outcomes(BTreeMap<(Runner, String), bool>);

/// Who runs a test.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Runner {
    /// `cargo test`.
    Native,
    /// Node's, on `tests/browser`.
    Browser,
}

impl Outcomes {
    /// Takes note of a test. One that runs in several places has to pass in all of them.
    pub fn add(&mut self, runner: Runner, name: &str, passed: bool) {
        let places = [" (Node)", " (Chromium)", " (Firefox)"];
        let name = places.iter().find_map(|place| name.strip_suffix(place)).unwrap_or(name);
        *self.0.entry((runner, name.to_owned())).or_insert(true) &= passed;
    }

    /// Joins what another part has run.
    pub fn extend(&mut self, other: Outcomes) {
        for ((runner, name), passed) in other.0 {
            self.add(runner, &name, passed);
        }
    }

    fn of(&self, runner: Runner, name: &str) -> Option<bool> {
        self.0.get(&(runner, name.to_owned())).copied()
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct List {
    case: Vec<Entry>,
    standard: Vec<Entry>,
    lesson: Vec<Entry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    number: u32,
    source: Option<String>,
    title: String,
    #[serde(default)]
    native: Vec<String>,
    #[serde(default)]
    browser: Vec<String>,
    reason: Option<String>,
}

/// Checks the tables off. Answers the closing lines.
pub fn check(outcomes: &Outcomes) -> Result<Vec<String>> {
    let text = fs::read_to_string(workspace::path("tests/cases.toml")).context("tests/cases.toml")?;
    let list: List = toml::from_str(&text).context("tests/cases.toml")?;
    let mut wrong = Vec::new();
    let mut closing = Vec::new();
    let tables = [
        ("case", &list.case, CASES),
        ("standard", &list.standard, STANDARDS),
        ("lesson", &list.lesson, LESSONS),
    ];
    for (title, entries, count) in tables {
        let (lines, failures) = judge(title, entries, count, outcomes);
        lines.iter().for_each(|line| say(line));
        let reasons = entries.iter().filter(|entry| entry.reason.is_some()).count();
        closing.push(format!(
            "{} {title}s: {} shown by tests, {reasons} with a reason instead, {} failed",
            entries.len(),
            entries.len() - reasons - failures.len().min(entries.len() - reasons),
            failures.len()
        ));
        wrong.extend(failures);
    }
    if !wrong.is_empty() {
        bail!("{}\n{}", closing.join("\n"), wrong.join("\n"));
    }
    Ok(closing)
}

/// A line for each entry, and what is wrong.
fn judge(kind: &str, entries: &[Entry], count: u32, outcomes: &Outcomes) -> (Vec<String>, Vec<String>) {
    let (mut lines, mut wrong) = (Vec::new(), Vec::new());
    for (entry, expected) in entries.iter().zip(1..) {
        if entry.number != expected {
            wrong.push(format!("{kind} {}: {expected} should stand here", entry.number));
        }
    }
    if u32::try_from(entries.len()) != Ok(count) {
        wrong.push(format!("there should be {count} {kind}s, and there are {}", entries.len()));
    }
    for entry in entries {
        let verdict = verdict(entry, outcomes);
        let word = match (&verdict, &entry.reason) {
            (Err(why), _) => {
                wrong.push(format!("{kind} {}: {why}", entry.number));
                format!("FAILED: {why}")
            }
            (Ok(()), Some(reason)) => format!("- {reason}"),
            (Ok(()), None) => "pass".to_owned(),
        };
        let source = entry.source.as_deref().map(|source| format!(" ({source})")).unwrap_or_default();
        lines.push(format!("{kind} {:>2}  {}{source}: {word}", entry.number, entry.title));
    }
    (lines, wrong)
}

fn verdict(entry: &Entry, outcomes: &Outcomes) -> Result<(), String> {
    let native = entry.native.iter().map(|name| (Runner::Native, name));
    let named: Vec<_> = native.chain(entry.browser.iter().map(|name| (Runner::Browser, name))).collect();
    if named.is_empty() != entry.reason.is_some() {
        return Err("it needs either tests or a reason".to_owned());
    }
    for (runner, name) in named {
        match outcomes.of(runner, name) {
            Some(true) => {}
            Some(false) => return Err(format!("{name:?} did not pass")),
            None => return Err(format!("there is no test {name:?}")),
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(number: u32, native: &[&str], reason: Option<&str>) -> Entry {
        Entry {
            number,
            source: None,
            title: "something goes wrong".into(),
            native: native.iter().map(|name| (*name).to_owned()).collect(),
            browser: Vec::new(),
            reason: reason.map(str::to_owned),
        }
    }

    fn wrong(entries: &[Entry], count: u32) -> Vec<String> {
        let mut outcomes = Outcomes::default();
        outcomes.add(Runner::Native, "good", true);
        outcomes.add(Runner::Native, "bad", false);
        outcomes.add(Runner::Browser, "elsewhere", true);
        outcomes.add(Runner::Native, "torn (Node)", true);
        outcomes.add(Runner::Native, "torn (Chromium)", false);
        judge("case", entries, count, &outcomes).1
    }

    #[test]
    fn tests_have_to_be_there_and_to_pass() {
        assert!(wrong(&[entry(1, &["good"], None), entry(2, &[], Some("it cannot"))], 2).is_empty());
        for (native, says) in [
            (&["bad"][..], "did not pass"),
            (&["torn"], "did not pass"),
            (&["good", "gone"], "there is no test"),
            (&["elsewhere"], "there is no test"),
            (&[], "either tests or a reason"),
        ] {
            let wrong = wrong(&[entry(1, native, None)], 1);
            assert!(wrong.len() == 1 && wrong.iter().all(|line| line.contains(says)), "{wrong:?}");
        }
        assert_eq!(wrong(&[entry(1, &["good"], Some("both"))], 1).len(), 1);
    }

    #[test]
    fn no_number_is_left_out() {
        assert_eq!(wrong(&[entry(1, &["good"], None)], 2).len(), 1);
        assert_eq!(wrong(&[entry(2, &["good"], None)], 1).len(), 1);
    }
}
