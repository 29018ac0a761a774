//! The package as it is published: what other people's tools say of it, and what it may not contain.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use serde::Deserialize;

use crate::setup::npx;
use crate::step::{command, run};
use crate::workspace;

/// Checks `pkg/`.
pub fn check() -> Result<()> {
    contents()?;
    run("Asking publint about the package", &mut npx("publint", ["pkg", "--strict"]))?;
    // That a `require` gets a module is meant to be: Node can do that since 20.19.
    let args = ["--pack", "pkg", "--ignore-rules", "cjs-resolves-to-esm", "--no-emoji", "--no-color"];
    run("Asking whether the types are wrong", &mut npx("attw", args))?;
    let mut unused = command("node", ["tests/types/unused-exports.mjs", "index", "slim", "url"]);
    run("Looking for exports that nothing uses", &mut unused)?;
    let mut documented = command("node", ["tests/types/documented.mjs"]);
    run("Looking for declarations without documentation", &mut documented)?;
    Ok(())
}

/// The members of the manifest that npm acts on.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Manifest {
    version: String,
    r#type: String,
    side_effects: bool,
    #[serde(default)]
    scripts: serde_json::Value,
    #[serde(default)]
    dependencies: serde_json::Value,
}

/// What a strict Content-Security-Policy forbids, and what would tell of the machine that has built it.
fn contents() -> Result<()> {
    let manifest = fs::read_to_string(workspace::path("pkg/package.json"))?;
    judge(&serde_json::from_str(&manifest).context("pkg/package.json")?, env!("CARGO_PKG_VERSION"))?;
    let here = workspace::root().to_string_lossy().into_owned();
    let home = std::env::var("HOME").unwrap_or_default();
    let pkg = workspace::path("pkg");
    for file in files(&pkg)? {
        let name = file.strip_prefix(&pkg)?.to_string_lossy().into_owned();
        let bytes = fs::read(&file)?;
        let has = |text: &str| bytes.windows(text.len()).any(|window| window == text.as_bytes());
        if name.ends_with(".js") && (has("new Function") || has("eval(")) {
            bail!("pkg/{name} contains eval, which a Content-Security-Policy forbids");
        }
        // As a folder; a path of one character such as / is in every file.
        for folder in [&here, &home].into_iter().filter(|folder| folder.len() > 1) {
            if has(&format!("{folder}/")) {
                bail!("pkg/{name} names {folder}, a folder of this machine");
            }
        }
    }
    Ok(())
}

/// All files below a folder.
fn files(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() { found.extend(files(&path)?) } else { found.push(path) }
    }
    Ok(found)
}

fn judge(manifest: &Manifest, version: &str) -> Result<()> {
    if !manifest.scripts.is_null() || !manifest.dependencies.is_null() {
        bail!(
            "the package has scripts or dependencies of its own; it is meant to be installed without either"
        );
    }
    if manifest.r#type != "module" || manifest.side_effects {
        bail!("the package says that it is no module, or that importing it has effects");
    }
    if manifest.version != version {
        bail!("package.json says {}, Cargo.toml {version}", manifest.version);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict(manifest: &str) -> Result<()> {
        judge(&serde_json::from_str(manifest).unwrap(), "1.0.0")
    }

    #[test]
    fn a_package_that_brings_anything_along_is_refused() {
        let good = r#"{ "version": "1.0.0", "type": "module", "sideEffects": false"#;
        assert!(verdict(&format!("{good} }}")).is_ok());
        assert!(verdict(&format!(r#"{good}, "scripts": {{ "postinstall": "x" }} }}"#)).is_err());
        assert!(verdict(&format!(r#"{good}, "dependencies": {{ "a": "1" }} }}"#)).is_err());
        assert!(verdict(r#"{ "version": "1.0.1", "type": "module", "sideEffects": false }"#).is_err());
        assert!(verdict(r#"{ "version": "1.0.0", "type": "module", "sideEffects": true }"#).is_err());
    }
}
