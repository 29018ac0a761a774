//! The gate, part by part.

use anyhow::{Result, bail};
use clap::{Args, ValueEnum};

use crate::step::{cargo, command, run as run_step, say};
use crate::{demo, package, setup, size};

/// Options of `test`.
#[derive(Args)]
pub struct Options {
    /// One part only
    part: Option<Part>,
    /// Also what is long
    #[arg(long)]
    all: bool,
}

/// The parts, in the order of the gate: what fails fast comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Part {
    /// Formatting of Rust and of everything prettier knows
    Format,
    /// Clippy, natively and for WebAssembly
    Lint,
    /// Unit and property tests of the crates
    Native,
    /// Recorded exchanges of the real backend, replayed against ours and through our decoder
    Contracts,
    /// The package builds, and its types hold
    Package,
    /// What the package costs
    Size,
    /// The package in Node and in Chromium, against servers that misbehave
    Browser,
    /// The vendors' own clients against the local backend
    Vendors,
    /// The whole path in Chromium: provider, backend, page
    E2e,
}

/// Runs the gate or a part of it.
pub fn run(options: &Options) -> Result<()> {
    let parts = match options.part {
        Some(part) => vec![part],
        None => Part::value_variants().to_vec(),
    };
    let mut closing = Vec::new();
    for part in parts {
        let name = part.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default();
        say(&format!("\n── {name}"));
        for line in run_part(part)? {
            closing.push(format!("{name}: {line}"));
        }
    }
    say("");
    report(&closing);
    if !options.all && options.part.is_none() {
        say("Left out (nothing is long enough yet to be kept for --all).");
    }
    Ok(())
}

#[expect(clippy::print_stdout, reason = "the runners' closing lines are what this command prints")]
fn report(closing: &[String]) {
    for line in closing {
        println!("{line}");
    }
}

fn run_part(part: Part) -> Result<Vec<String>> {
    match part {
        Part::Format => format()?,
        Part::Lint => lint()?,
        Part::Native => return native(),
        Part::Contracts => return contracts(),
        Part::Package => types()?,
        Part::Size => size::check()?,
        Part::Browser => return node("Testing the package in Node and Chromium", "tests/browser"),
        Part::Vendors => {
            return node("Running the vendors' clients against the local backend", "tests/vendors");
        }
        Part::E2e => return node("Walking the whole path in Chromium", "tests/e2e"),
    }
    Ok(Vec::new())
}

fn format() -> Result<()> {
    run_step("Checking the format of Rust", &mut cargo(["fmt", "--all", "--check"]))?;
    setup::npm()?;
    let args = ["--check", "--log-level=warn", "."];
    run_step("Checking the format of everything else", &mut setup::npx("prettier", args))?;
    Ok(())
}

fn lint() -> Result<()> {
    let native = ["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"];
    run_step("Linting natively", &mut cargo(native))?;
    setup::wasm_target()?;
    let wasm = ["clippy", "--package", "threadpass", "--target", setup::WASM, "--", "-D", "warnings"];
    run_step("Linting for WebAssembly", &mut cargo(wasm))?;
    Ok(())
}

fn native() -> Result<Vec<String>> {
    let args = ["test", "--workspace", "--exclude", "threadpass-contracts"];
    Ok(cargo_closing(&run_step("Testing the crates", &mut cargo(args))?))
}

fn contracts() -> Result<Vec<String>> {
    let args = ["test", "--package", "threadpass-contracts"];
    Ok(cargo_closing(&run_step("Replaying recorded exchanges", &mut cargo(args))?))
}

fn types() -> Result<()> {
    package::build()?;
    run_step("Checking the face's types", &mut setup::npx("tsc", ["-p", "pkg-template"]))?;
    run_step("Checking the page's types", &mut setup::npx("tsc", ["-p", "www"]))?;
    run_step("Checking the types as a consumer", &mut setup::npx("tsc", ["-p", "tests/types"]))?;
    Ok(())
}

/// A suite of Node's own test runner.
fn node(title: &str, folder: &str) -> Result<Vec<String>> {
    let chromium = setup::chromium()?;
    demo::prepare()?;
    let mut node = command("node", ["--test", "--test-concurrency=1", "--test-reporter=tap", folder]);
    let printed = run_step(title, node.env("CHROMIUM", chromium))?;
    let closing: Vec<String> = printed
        .lines()
        .filter(|line| {
            ["# tests ", "# pass ", "# fail ", "# skipped "].iter().any(|word| line.starts_with(word))
        })
        .map(str::to_owned)
        .collect();
    if closing.is_empty() {
        bail!("{title}: no test ran");
    }
    Ok(closing)
}

fn cargo_closing(printed: &str) -> Vec<String> {
    let ran = |line: &&str| line.starts_with("test result:") && !line.contains(" 0 passed");
    printed.lines().filter(ran).map(str::to_owned).collect()
}
