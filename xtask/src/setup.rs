//! What the other commands need on a machine, set up where a machine lets itself be set up.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Result, bail};

use crate::step::{command, run};
use crate::{stamp, workspace};

/// The target of the shipped build.
pub const WASM: &str = "wasm32-unknown-unknown";

/// The standard library for WebAssembly.
pub fn wasm_target() -> Result<()> {
    let sysroot = output(&mut command("rustc", ["--print", "sysroot"]))?;
    if Path::new(sysroot.trim()).join("lib/rustlib").join(WASM).join("lib").exists() {
        return Ok(());
    }
    if !has("rustup") {
        bail!(
            "Rust's WebAssembly target is missing; install Rust with rustup (https://rustup.rs) and try again."
        );
    }
    run("Adding Rust's WebAssembly target", &mut command("rustup", ["target", "add", WASM]))?;
    Ok(())
}

/// The npm packages of the lock file.
pub fn npm() -> Result<()> {
    let major = output(&mut command("node", ["--version"]))
        .ok()
        .and_then(|version| version.trim().trim_start_matches('v').split('.').next()?.parse::<u32>().ok());
    match major {
        Some(20..) => {}
        Some(old) => bail!(
            "Node 20 or newer is needed, this is {old}; install it from https://nodejs.org or your system."
        ),
        None => {
            bail!("Node 20 or newer is needed; install it from https://nodejs.org or your system's packages.")
        }
    }
    if !has("npm") {
        bail!("npm is needed beside Node; install it from your system's packages.");
    }
    // The package is a member of the npm workspace, so that demo and tests use it like anybody's.
    let manifest = workspace::path("pkg/package.json");
    if !manifest.exists() {
        fs::create_dir_all(workspace::path("pkg"))?;
        fs::copy(workspace::path("pkg-template/package.json"), &manifest)?;
    }
    let checksum =
        stamp::of(&["package.json", "package-lock.json", "www/package.json", "tests/package.json"])?;
    if stamp::is("npm", &checksum, &workspace::path("node_modules/.package-lock.json")) {
        return Ok(());
    }
    let args = ["ci", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error"];
    run("Installing the npm packages of the lock file", &mut command("npm", args))?;
    stamp::set("npm", &checksum)
}

/// A tool of an npm package.
pub fn npx<const N: usize>(tool: &str, args: [&str; N]) -> Command {
    let tool = workspace::path("node_modules/.bin").join(tool);
    command(&tool.to_string_lossy(), args)
}

/// Chromium, for tests that need a browser.
pub fn chromium() -> Result<String> {
    let named = std::env::var("CHROMIUM").ok();
    let known = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
    let find = || named.clone().or_else(|| known.into_iter().find_map(which));
    if let Some(found) = find() {
        return Ok(found);
    }
    if has("apt-get") {
        let as_root = output(&mut command("id", ["-u"])).is_ok_and(|id| id.trim() == "0");
        let install = ["apt-get", "install", "--yes", "--no-install-recommends", "chromium"];
        let update = ["apt-get", "update"];
        let sudo = |args: &[&'static str]| {
            if as_root {
                command("env", args.iter().copied())
            } else {
                command("sudo", [&["-n"], args].concat())
            }
        };
        run("Reading the system's package lists", sudo(&update).env("DEBIAN_FRONTEND", "noninteractive"))?;
        run("Installing Chromium", sudo(&install).env("DEBIAN_FRONTEND", "noninteractive"))?;
    }
    match find() {
        Some(found) => Ok(found),
        None => {
            bail!("Chromium is needed for the browser tests; install it, or set CHROMIUM to where it is.")
        }
    }
}

fn has(program: &str) -> bool {
    which(program).is_some()
}

fn which(program: &str) -> Option<String> {
    let paths = std::env::var_os("PATH")?;
    std::env::split_paths(&paths)
        .map(|folder| folder.join(program))
        .find(|file| file.is_file())
        .map(|file| file.to_string_lossy().into_owned())
}

fn output(command: &mut Command) -> Result<String> {
    let output = command.stdin(Stdio::null()).output()?;
    if !output.status.success() {
        bail!("{} failed", command.get_program().to_string_lossy());
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}
