//! The commands of the README. Each sets up what it needs, says what it is doing, and ends with one sentence if something
//! is missing that it cannot set up.

mod cases;
mod children;
mod compiled_in;
mod consumers;
mod core;
mod demo;
mod docs;
mod example;
mod glue;
mod hunt;
mod langgraph;
mod links;
mod maps;
mod modules;
mod node;
mod pack;
mod package;
mod page;
mod published;
mod serve;
mod setup;
mod shrink;
mod sim;
mod size;
mod snippets;
mod stamp;
mod step;
mod suite;
mod terms;
mod tests;
mod twice;
mod types;
mod weigh;
mod workspace;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Builds, runs, tests and measures Threadpass.
#[derive(Parser)]
#[command(bin_name = "cargo xtask")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Start backend, identity provider and demo page on this machine, and open the page
    Demo(demo::Options),
    /// Run the tests: everything that gates a change, or one part of it
    Test(tests::Options),
    /// Build the npm package into pkg/, ready for `npm pack`
    Build(package::Options),
    /// Start the local backend alone
    Serve(serve::Options),
    /// Simulate the session machine in virtual time
    Sim(sim::Options),
    /// Print what the package costs, and fail if it has grown without a word
    Size(size::Options),
    /// Write what the code knows better into the documentation
    Docs(docs::Options),
}

fn main() -> ExitCode {
    let done = match Cli::parse().command {
        Command::Demo(options) => demo::run(&options),
        Command::Test(options) => tests::run(&options),
        Command::Build(options) => package::run(&options),
        Command::Serve(options) => serve::run(&options),
        Command::Sim(options) => sim::run(&options),
        Command::Size(options) => size::run(&options),
        Command::Docs(options) => docs::run(&options),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            step::say(&format!("\n✗ {error:#}"));
            ExitCode::FAILURE
        }
    }
}
