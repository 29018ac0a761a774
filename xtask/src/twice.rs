//! The package built once more, from a copy of the sources at another place and from nothing: the same bytes come out.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};

use crate::core::{self, Place};
use crate::step::{command, perform};
use crate::workspace;

/// What the rest of the package is made from without any further tool that looks at the machine.
const RESULTS: [&str; 2] = ["core.wasm", "glue.js"];

/// Builds the core again and compares.
pub fn check() -> Result<()> {
    let first = core::build()?;
    let folder = std::env::temp_dir().join(format!("threadpass-twice-{}", std::process::id()));
    let again =
        Place { root: folder.join("sources"), target: folder.join("target"), out: folder.join("core") };
    let compared = copy_sources(&again.root)
        .and_then(|()| core::make(&again))
        .and_then(|()| perform("Comparing the two builds", || compare(&first, &again.out)));
    fs::remove_dir_all(&folder)?;
    compared
}

/// Copies what git knows, and what it would take.
fn copy_sources(to: &Path) -> Result<()> {
    let listed = command("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"]).output()?;
    if !listed.status.success() {
        bail!("git does not list the sources: {}", String::from_utf8_lossy(&listed.stderr));
    }
    for name in String::from_utf8(listed.stdout)?.split('\0').filter(|name| !name.is_empty()) {
        let (from, to) = (workspace::path(name), to.join(name));
        if from.is_file() {
            fs::create_dir_all(to.parent().context("a file without a folder")?)?;
            fs::copy(from, to)?;
        }
    }
    Ok(())
}

fn compare(first: &Path, second: &Path) -> Result<()> {
    for name in RESULTS {
        if fs::read(first.join(name))? != fs::read(second.join(name))? {
            bail!("{name} differs between two builds of the same sources");
        }
    }
    Ok(())
}
