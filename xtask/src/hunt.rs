//! Fuzzing, and the pure code under Miri: what needs a nightly compiler, within a bounded time.

use std::fs;
use std::iter;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result};

use crate::step::{command, run};
use crate::workspace;

/// The compiler that knows sanitizers and Miri.
const NIGHTLY: &str = "nightly";

/// How long each check is fuzzed, in seconds.
const SECONDS: u32 = 60;

/// Runs both, as far as the tools for them can be had. Answers the closing lines.
pub fn run_all() -> Result<Vec<String>> {
    let mut closing = Vec::new();
    match fuzzer() {
        Ok(()) => closing.extend(fuzz()?),
        Err(why) => closing.push(format!("not fuzzed: {why:#}")),
    }
    match interpreter() {
        Ok(()) => closing.push(miri()?),
        Err(why) => closing.push(format!("not run under Miri: {why:#}")),
    }
    Ok(closing)
}

/// A command of the nightly toolchain, without what the pinned one has left in the environment. It finds our own tools.
fn nightly(args: &[&str]) -> Command {
    let mut nightly = command("rustup", ["run", NIGHTLY]);
    nightly.args(args);
    for name in ["CARGO", "RUSTC", "RUSTUP_TOOLCHAIN", "RUSTFLAGS", "CARGO_ENCODED_RUSTFLAGS"] {
        nightly.env_remove(name);
    }
    let path = std::env::var_os("PATH").unwrap_or_default();
    let paths = iter::once(tools().join("bin")).chain(std::env::split_paths(&path));
    if let Ok(path) = std::env::join_paths(paths) {
        nightly.env("PATH", path);
    }
    nightly
}

fn tools() -> PathBuf {
    workspace::target("tools")
}

/// Whether a program of the nightly toolchain runs.
fn works(args: &[&str]) -> bool {
    nightly(args).output().is_ok_and(|output| output.status.success())
}

/// The nightly compiler, added where it is missing.
fn compiler() -> Result<()> {
    if !works(&["rustc", "--version"]) {
        let mut add = command("rustup", ["toolchain", "install", NIGHTLY, "--profile", "minimal"]);
        run("Adding the nightly compiler", &mut add)
            .context("a nightly compiler is needed; `rustup toolchain install nightly` adds one")?;
    }
    Ok(())
}

/// What fuzzing needs, added where it is missing.
fn fuzzer() -> Result<()> {
    compiler()?;
    if !works(&["cargo", "fuzz", "--version"]) {
        let mut install = nightly(&["cargo", "install", "cargo-fuzz", "--root"]);
        run("Installing cargo-fuzz", install.arg(tools()))
            .context("cargo-fuzz is needed; `cargo install cargo-fuzz` adds it")?;
    }
    Ok(())
}

/// What Miri needs, added where it is missing.
fn interpreter() -> Result<()> {
    compiler()?;
    if !works(&["cargo", "miri", "--version"]) {
        let add = ["component", "add", "miri", "rust-src", "--toolchain", NIGHTLY];
        run("Adding Miri", &mut command("rustup", add))
            .context("Miri is needed; `rustup +nightly component add miri rust-src` adds it")?;
    }
    Ok(())
}

/// Fuzzes each check that has a corpus. What is found along the way stays in the target folder.
fn fuzz() -> Result<Vec<String>> {
    let fuzz = workspace::path("tests/fuzz");
    let target = workspace::target("fuzz");
    let in_fuzz = |args: &[&str]| {
        let mut command = nightly(args);
        command.current_dir(&fuzz).env("CARGO_TARGET_DIR", &target);
        command
    };
    run("Building the fuzzer", &mut in_fuzz(&["cargo", "fuzz", "build", "--fuzz-dir", ".", "checks"]))?;
    let mut names = Vec::new();
    for entry in fs::read_dir(fuzz.join("corpus"))? {
        names.push(entry?.file_name().to_string_lossy().into_owned());
    }
    names.sort();
    let mut closing = Vec::new();
    for name in names {
        let found = target.join("found").join(&name);
        fs::create_dir_all(&found)?;
        let mut command = in_fuzz(&["cargo", "fuzz", "run", "--fuzz-dir", ".", "checks"]);
        command.arg(&found).arg(fuzz.join("corpus").join(&name));
        command.args(["--", &format!("-max_total_time={SECONDS}"), "-max_len=1024", "-timeout=10"]);
        let printed = run(&format!("Fuzzing {name}"), command.env("CHECK", &name))?;
        let done = printed.lines().rfind(|line| line.starts_with("Done "));
        closing
            .push(format!("fuzzing {name}: {}", done.context("the fuzzer does not say what it has done")?));
    }
    Ok(closing)
}

/// The modules that are interpreted, and the tests in them that would take Miri hours: generated texts and large ones.
const MODULES: [&str; 9] = [
    "secret::",
    "json::",
    "error::",
    "backend::",
    "stream::",
    "session::claims",
    "session::answer",
    "session::lifetime",
    "session::tests::generations",
];
const LARGE: [&str; 6] = ["any_", "decodes_", "endless", "cuts_at", "slashes", "what_cannot_be_read"];

/// Interprets the tests of the pure code.
fn miri() -> Result<String> {
    let mut command = nightly(&["cargo", "miri", "test", "--package", "threadpass", "--lib", "--"]);
    command.args(MODULES);
    LARGE.iter().for_each(|name| _ = command.args(["--skip", name]));
    command.env("CARGO_TARGET_DIR", workspace::target("miri"));
    let printed = run("Running the pure code under Miri", &mut command)?;
    let result = printed.lines().rfind(|line| line.starts_with("test result:"));
    Ok(format!("Miri: {}", result.context("no test ran under Miri")?))
}
