//! The crates that are compiled into the WebAssembly: their versions, and the licences that go with a copy of them.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use serde::Deserialize;

use crate::setup::WASM;
use crate::step::cargo;
use crate::workspace;

/// A crate as cargo knows it.
#[derive(Clone, Debug, Deserialize)]
pub struct Crate {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// An SPDX expression.
    pub license: Option<String>,
    authors: Vec<String>,
    manifest_path: PathBuf,
}

#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Crate>,
}

/// All crates of the workspace and its dependencies, for this machine and for WebAssembly.
pub fn all() -> Result<Vec<Crate>> {
    let rustc = printed(crate::step::command("rustc", ["-vV"]))?;
    let host = rustc.lines().find_map(|line| line.strip_prefix("host: ")).context("rustc names no host")?;
    let platforms = ["--filter-platform", host, "--filter-platform", WASM];
    let metadata =
        printed(cargo(["metadata", "--format-version=1", "--locked"].into_iter().chain(platforms)))?;
    let metadata: Metadata = serde_json::from_str(&metadata)?;
    Ok(metadata.packages)
}

/// The crates whose code is in the WebAssembly, by name.
pub fn crates() -> Result<Vec<Crate>> {
    let edges = ["--edges=normal,no-proc-macro", "--prefix=none", "--format={p}"];
    let tree = ["tree", "--locked", "--package=threadpass", "--target", WASM];
    let tree = printed(cargo(tree.into_iter().chain(edges)))?;
    let named: BTreeSet<(&str, &str)> = tree.lines().filter_map(|line| line.split_once(" v")).collect();
    let named: BTreeSet<(&str, &str)> = named
        .into_iter()
        .map(|(name, rest)| (name, rest.split(' ').next().unwrap_or(rest)))
        .filter(|(name, _)| *name != "threadpass")
        .collect();
    let mut crates = all()?;
    crates.retain(|one| named.contains(&(one.name.as_str(), one.version.as_str())));
    crates.sort_by(|a, b| a.name.cmp(&b.name));
    if crates.len() != named.len() {
        bail!("cargo names {} crates of the core, and knows {} of them", named.len(), crates.len());
    }
    Ok(crates)
}

fn printed(mut command: std::process::Command) -> Result<String> {
    let output = command.output()?;
    if !output.status.success() {
        bail!("{:?} failed: {}", command.get_program(), String::from_utf8_lossy(&output.stderr));
    }
    Ok(String::from_utf8(output.stdout)?)
}

/// The module that `version()` answers from.
pub fn versions(crates: &[Crate]) -> Result<String> {
    let mut versions = BTreeMap::new();
    for one in crates {
        if versions.insert(&one.name, &one.version).is_some() {
            bail!("two versions of {} are in the core; bring its users together", one.name);
        }
    }
    let ours = env!("CARGO_PKG_VERSION");
    let crates = serde_json::to_string(&versions)?;
    Ok(format!("export const threadpass = \"{ours}\";\nexport const crates = {crates};\n"))
}

const HEADER: &str = "The WebAssembly in this package is compiled from Rust, and contains code of the following crates and of the Rust\n\
standard library. Each is used under the MIT licence where it offers a choice. The terms:\n";

/// A licence text, and whose it is.
type Texts = BTreeMap<String, Vec<String>>;

/// The notices that a copy of the package has to carry: each licence text once, under the crates that it came with.
pub fn notices(crates: &[Crate]) -> Result<String> {
    let mit = fs::read_to_string(workspace::path("LICENSE-MIT"))?;
    let mut texts = Texts::new();
    for one in crates {
        let (Some(license), Some(folder)) = (&one.license, one.manifest_path.parent()) else {
            bail!("{} names no licence", one.name)
        };
        let title = format!("{} {} ({license})", one.name, one.version);
        let mut found = licence_files(folder)?;
        if found.is_empty() {
            found.push(mit_of(&mit, &one.authors.join(", ")));
        }
        for text in found {
            texts.entry(text).or_default().push(title.clone());
        }
    }
    let std = "The Rust standard library (MIT OR Apache-2.0)".to_owned();
    texts.entry(mit_of(&mit, "The Rust Project contributors")).or_default().push(std);

    let mut parts: Vec<(Vec<String>, String)> =
        texts.into_iter().map(|(text, whose)| (whose, text)).collect();
    parts.sort();
    let mut notices = HEADER.to_owned();
    for (whose, text) in parts {
        write!(notices, "\n{}\n{}\n\n{text}\n", "-".repeat(80), whose.join("\n"))?;
    }
    Ok(notices)
}

/// The licence texts in a crate's folder; not Apache's where MIT's is there to be chosen.
fn licence_files(folder: &Path) -> Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(folder)? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        if ["LICENSE", "LICENCE", "COPYING", "NOTICE"]
            .iter()
            .any(|start| name.to_uppercase().starts_with(start))
        {
            names.push(name);
        }
    }
    let choice = names.iter().any(|name| name.to_uppercase().contains("MIT"));
    names.retain(|name| !(choice && name.to_uppercase().contains("APACHE")));
    names.sort();
    names.iter().map(|name| Ok(normal(&fs::read_to_string(folder.join(name))?))).collect()
}

/// The MIT licence with another's copyright line, for crates that carry no text.
fn mit_of(ours: &str, holder: &str) -> String {
    let line = |line: &str| match line.strip_prefix("Copyright (c) ") {
        Some(_) => format!("Copyright (c) {holder}"),
        None => line.to_owned(),
    };
    normal(&ours.lines().map(line).collect::<Vec<_>>().join("\n"))
}

/// Without the differences that nobody sees.
fn normal(text: &str) -> String {
    text.trim().lines().map(str::trim_end).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(name: &str, folder: &Path) -> Crate {
        Crate {
            name: name.into(),
            version: "1.0.0".into(),
            license: Some("MIT OR Apache-2.0".into()),
            authors: vec!["A. Author".into()],
            manifest_path: folder.join("Cargo.toml"),
        }
    }

    #[test]
    fn every_crate_is_named_with_its_terms() {
        let folder = std::env::temp_dir().join(format!("threadpass-notices-{}", std::process::id()));
        let [bare, full] = ["bare", "full"].map(|name| folder.join(name));
        for each in [&bare, &full] {
            fs::create_dir_all(each).unwrap();
        }
        fs::write(full.join("LICENSE-MIT"), "the terms of full\r\n").unwrap();
        fs::write(full.join("LICENSE-APACHE"), "not chosen").unwrap();
        let notices = notices(&[one("bare", &bare), one("full", &full), one("twin", &full)]).unwrap();
        fs::remove_dir_all(folder).unwrap();
        assert!(
            notices.contains("bare 1.0.0 (MIT OR Apache-2.0)\n\nMIT License\n\nCopyright (c) A. Author\n")
        );
        assert!(notices.contains(
            "full 1.0.0 (MIT OR Apache-2.0)\ntwin 1.0.0 (MIT OR Apache-2.0)\n\nthe terms of full\n"
        ));
        assert!(!notices.contains("not chosen"));
        assert!(notices.contains("The Rust Project contributors"));
    }

    #[test]
    fn two_versions_of_a_crate_are_one_too_many() {
        let a = one("a", Path::new("/a"));
        assert!(versions(std::slice::from_ref(&a)).unwrap().contains("{\"a\":\"1.0.0\"}"));
        let again = Crate { version: "2.0.0".into(), ..a.clone() };
        assert!(versions(&[a, again]).unwrap_err().to_string().contains("two versions of a"));
    }
}
