//! The matrix of consumers: throw-away apps that install the packed package, are built without configuration, and run.

use anyhow::{Result, bail};

use crate::suite::Ran;
use crate::{node, package, serve, setup, step};

/// The rows of the gate: what the lock file's tools and Node are enough for.
const GATE: &str = "tests/packaging/gate";
/// The rows for which large packages have to be fetched first.
const LONG: &str = "tests/packaging/long";

/// Runs the rows of the gate, or all, and tells of each row whether it ran.
pub fn check(all: bool) -> Result<Ran> {
    package::build()?;
    serve::backend()?;
    let chromium = [setup::CHROMIUM.env()?];
    let mut ran = node::run("Using the package as consumers do", GATE, &chromium)?;
    if all {
        ran.extend(node::run("Using the package as consumers with more to install do", LONG, &chromium)?);
    }
    for row in rows(GATE)? {
        ran.closing.push(format!("ran: {row}"));
    }
    for row in rows(LONG)? {
        ran.closing.push(format!("{}: {row}", if all { "ran" } else { "left to --all" }));
    }
    Ok(ran)
}

/// The names of a folder's rows, which its tests print instead of running when they are asked to.
fn rows(folder: &str) -> Result<Vec<String>> {
    let mut rows = Vec::new();
    for file in node::test_files(folder)? {
        let output = step::command("node", [file]).env("LIST_ROWS", "1").output()?;
        if !output.status.success() {
            bail!("{folder} does not list its rows: {}", String::from_utf8_lossy(&output.stderr));
        }
        let printed = String::from_utf8(output.stdout)?;
        rows.extend(printed.lines().filter_map(|line| line.strip_prefix("row: ")).map(str::to_owned));
    }
    Ok(rows)
}
