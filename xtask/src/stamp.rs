//! Doing nothing the second time: a step leaves a checksum of what it was made from.

use std::collections::BTreeSet;
use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};

use anyhow::Result;

use crate::workspace;

/// The checksum of files and folders, by path and content.
pub fn of(inputs: &[&str]) -> Result<String> {
    let mut files = BTreeSet::new();
    for input in inputs {
        collect(&workspace::path(input), &mut files)?;
    }
    let mut hasher = DefaultHasher::new();
    for file in files {
        file.hash(&mut hasher);
        fs::read(&file)?.hash(&mut hasher);
    }
    Ok(format!("{:016x}", hasher.finish()))
}

fn collect(path: &Path, files: &mut BTreeSet<PathBuf>) -> Result<()> {
    if path.is_file() {
        files.insert(path.to_path_buf());
    } else if path.is_dir() {
        for entry in fs::read_dir(path)? {
            let entry = entry?.path();
            let name = entry.file_name().unwrap_or_default();
            if name != "node_modules" && name != "dist" && name != "dist-demo" && name != "target" {
                collect(&entry, files)?;
            }
        }
    }
    Ok(())
}

/// Whether a step was made from this, and its result is there.
pub fn is(name: &str, checksum: &str, result: &Path) -> bool {
    result.exists() && fs::read_to_string(file(name)).is_ok_and(|stamp| stamp == checksum)
}

/// Takes note of what a step was made from.
pub fn set(name: &str, checksum: &str) -> Result<()> {
    fs::create_dir_all(workspace::target("xtask"))?;
    fs::write(file(name), checksum)?;
    Ok(())
}

fn file(name: &str) -> PathBuf {
    workspace::target("xtask").join(format!("{name}.stamp"))
}
