//! The gate, part by part.

use anyhow::{Context, Result};
use clap::{Args, ValueEnum};

use crate::step::{cargo, run as run_step, say};
use crate::suite::Ran;
use crate::{
    cases, consumers, demo, docs, hunt, langgraph, links, node, package, published, setup, sim, size,
    snippets, suite, terms, twice, types,
};

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
    /// The session machine in virtual time, its invariants, and deliberate faults that break them
    Simulation,
    /// Recorded exchanges of the real backend, replayed against ours and through our decoder
    Contracts,
    /// The package builds, its types hold, and its documentation is current
    Package,
    /// Throw-away apps that install the packed package, are built, and run
    Consumers,
    /// What the package costs
    Size,
    /// The package in Node and in Chromium, against servers that misbehave
    Browser,
    /// React 18 and 19, the fakes for apps' tests, and the README's app
    React,
    /// The vendors' own clients against the local backend
    Vendors,
    /// LangGraph's own server and the local backend, through our client, with Supabase's
    Langgraph,
    /// Assistant Cloud through our client in Chromium, and assistant-ui over it
    AssistantCloud,
    /// The whole path in Chromium: provider, backend, page
    E2e,
    /// The demo in Firefox, with its backend and provider and without
    Firefox,
    /// The known bugs, the standards and the lessons, checked off against the tests above
    Cases,
}

/// Runs the gate or a part of it.
pub fn run(options: &Options) -> Result<()> {
    let parts = options.part.map_or_else(|| Part::value_variants().to_vec(), |part| vec![part]);
    let mut ran = Ran::default();
    for part in parts {
        let name = part.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default();
        say(&format!("\n── {name}"));
        let part = run_part(part, options, &mut ran).inspect_err(|_| report(&ran.closing));
        let mut part = part.context(name.clone())?;
        part.closing.iter_mut().for_each(|line| *line = format!("{name}: {line}"));
        ran.extend(part);
    }
    report(&ran.closing);
    if !options.all
        && options.part.is_none_or(|part| {
            matches!(part, Part::Native | Part::Simulation | Part::Package | Part::Browser)
        })
    {
        say(&format!("Left out without --all: {LONG}."));
    }
    Ok(())
}

#[expect(clippy::print_stdout, reason = "the runners' closing lines are what this command prints")]
fn report(closing: &[String]) {
    if !closing.is_empty() {
        say("");
    }
    for line in closing {
        println!("{line}");
    }
}

/// Runs one part.
fn run_part(part: Part, options: &Options, before: &mut Ran) -> Result<Ran> {
    match part {
        Part::Format => format()?,
        Part::Lint => lint()?,
        Part::Native => return native(options.all),
        Part::Simulation => return sim::gate(options.all),
        Part::Contracts => return contracts(),
        Part::Package => package(options.all)?,
        Part::Consumers => return consumers::check(options.all),
        Part::Size => size::check()?,
        Part::Browser => return browser(options.all),
        Part::React => return in_chromium("Testing the React bindings and the fakes", "tests/react"),
        Part::Vendors => {
            return in_chromium("Running the vendors' clients against the local backend", "tests/vendors");
        }
        Part::Langgraph => return langgraph(),
        Part::AssistantCloud => {
            return in_chromium("Talking to the local backend's Assistant Cloud", "tests/assistant-cloud");
        }
        Part::E2e => return in_chromium("Walking the whole path in Chromium", "tests/e2e"),
        Part::Firefox => return firefox(),
        Part::Cases => {
            if options.part == Some(Part::Cases) {
                package::build()?;
                before.extend(native(false)?);
                before.extend(browser(false)?);
            }
            return Ok(Ran { closing: cases::check(&before.outcomes)?, ..Ran::default() });
        }
    }
    Ok(Ran::default())
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

/// What `--all` adds.
const LONG: &str = "the property tests with 100 times the cases, fuzzing, Miri, a fleet of a million clients, a second \
                    build to compare with, npm's advisories, the consumers that need more packages, and the package \
                    in Firefox";

fn native(all: bool) -> Result<Ran> {
    let args = ["test", "--workspace", "--exclude", "threadpass-contracts"];
    let mut ran = suite::cargo("Testing the crates", &mut cargo(args))?;
    if all {
        let pure = ["--package", "threadpass", "--package", "threadpass-properties"];
        let mut properties = cargo(["test", "--release"]);
        properties.args(pure).env("PROPTEST_CASES", "25600");
        ran.extend(suite::cargo("Testing the properties with 25 600 cases each", &mut properties)?);
        ran.closing.extend(hunt::run_all()?);
    }
    Ok(ran)
}

fn browser(all: bool) -> Result<Ran> {
    let folder = "tests/browser";
    let mut ran = in_chromium("Testing the package in Node and Chromium", folder)?;
    if all {
        let env = [setup::FIREFOX.env()?, ("BROWSER", "firefox".to_owned())];
        ran.extend(node::run("Testing the package in Firefox", folder, &env)?);
    }
    Ok(ran)
}

fn firefox() -> Result<Ran> {
    demo::prepare()?;
    node::run("Trying the demo in Firefox", "tests/firefox", &[setup::FIREFOX.env()?])
}

fn langgraph() -> Result<Ran> {
    demo::prepare()?;
    let program = langgraph::program()?.to_string_lossy().into_owned();
    let env = [setup::CHROMIUM.env()?, (langgraph::VARIABLE, program)];
    node::run("Talking to LangGraph's own server and to ours", "tests/langgraph", &env)
}

fn contracts() -> Result<Ran> {
    let args = ["test", "--package", "threadpass-contracts", "--", "--show-output"];
    suite::cargo("Replaying recorded exchanges", &mut cargo(args))
}

fn package(all: bool) -> Result<()> {
    docs::check()?;
    links::check()?;
    package::build()?;
    snippets::check()?;
    run_step("Checking the face's types", &mut setup::npx("tsc", ["-p", "pkg-template"]))?;
    run_step("Checking the page's types", &mut setup::npx("tsc", ["-p", "www"]))?;
    run_step("Checking its worker's types", &mut setup::npx("tsc", ["-p", "www/worker"]))?;
    for example in ["langgraph-supabase", "assistant-ui"] {
        let project = format!("www/examples/{example}");
        run_step(&format!("Checking {example}'s types"), setup::npx("tsc", ["-p"]).arg(project))?;
    }
    types::check()?;
    for project in ["types", "types/tsconfig.18.json", "examples"] {
        let project = format!("tests/react/{project}");
        run_step(&format!("Checking {project}"), setup::npx("tsc", ["-p"]).arg(project))?;
    }
    published::check()?;
    terms::licences()?;
    if all {
        twice::check()?;
        terms::advisories()?;
    }
    Ok(())
}

fn in_chromium(title: &str, folder: &str) -> Result<Ran> {
    demo::prepare()?;
    node::run(title, folder, &[setup::CHROMIUM.env()?])
}
