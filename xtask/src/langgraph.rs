//! LangGraph's own server, from PyPI, in an environment of its own.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Result, bail};

use crate::step::{command, run, say};
use crate::{stamp, workspace};

/// What is installed: the versions that the example names.
const REQUIREMENTS: &str = "www/examples/langgraph-supabase/requirements.txt";
/// What LangGraph's packages ask for.
const PYTHON: (u32, u32) = (3, 11);

/// The environment variable that tells the tests where the server's program is.
pub const VARIABLE: &str = "LANGGRAPH";

/// Where the server's program is. It is installed with the first use.
pub fn program() -> Result<PathBuf> {
    let venv = workspace::target("langgraph/venv");
    let bin = venv.join(if cfg!(windows) { "Scripts" } else { "bin" });
    let program = bin.join(format!("langgraph{}", std::env::consts::EXE_SUFFIX));
    let checksum = stamp::of(&[REQUIREMENTS])?;
    if stamp::is("langgraph", &checksum, &program) {
        return Ok(program);
    }
    let python = python()?;
    let folder = venv.to_string_lossy().into_owned();
    let mut make = command(python, ["-m", "venv", "--clear", &folder]);
    if let Err(error) = run("Making an environment for LangGraph's server", &mut make) {
        say(&format!("✗ {error:#}"));
        bail!("Python's venv is needed for LangGraph's server; on Debian: apt-get install python3-venv.");
    }
    let pip = bin.join("pip").to_string_lossy().into_owned();
    let mut install =
        command(&pip, ["install", "--disable-pip-version-check", "--no-input", "-r", REQUIREMENTS]);
    run("Installing LangGraph's server from PyPI", &mut install)?;
    stamp::set("langgraph", &checksum)?;
    Ok(program)
}

/// A Python that is new enough.
fn python() -> Result<&'static str> {
    let (major, minor) = PYTHON;
    let check = format!("import sys; sys.exit(sys.version_info < ({major}, {minor}))");
    let is_good = |name: &&str| {
        let mut python = Command::new(name);
        python.args(["-c", &check]).output().is_ok_and(|output| output.status.success())
    };
    match ["python3", "python"].into_iter().find(is_good) {
        Some(name) => Ok(name),
        None => bail!(
            "Python {major}.{minor} or newer is needed for LangGraph's server; install it from your system's packages or https://www.python.org."
        ),
    }
}
