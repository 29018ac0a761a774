//! The local backend alone.

use std::process::Command;

use anyhow::{Result, bail};
use clap::Args;

use crate::step::{cargo, run as run_step};
use crate::workspace;

/// Options of `serve`: what follows goes to the backend; `cargo xtask serve -- --help` lists it.
#[derive(Args)]
#[command(disable_help_flag = true, trailing_var_arg = true, allow_hyphen_values = true)]
pub struct Options {
    /// Options of the backend
    args: Vec<String>,
}

/// Builds the backend if needed and answers a command that starts it.
pub fn backend() -> Result<Command> {
    run_step("Building the local backend", &mut cargo(["build", "--package", "threadpass-devserver"]))?;
    let program =
        workspace::target("debug").join(format!("threadpass-devserver{}", std::env::consts::EXE_SUFFIX));
    let mut command = Command::new(program);
    command.current_dir(workspace::root());
    Ok(command)
}

/// Runs the backend until it ends.
pub fn run(options: &Options) -> Result<()> {
    let status = backend()?.args(options.args.iter().filter(|arg| *arg != "--")).status()?;
    if !status.success() {
        bail!("the local backend ended with {status}");
    }
    Ok(())
}
