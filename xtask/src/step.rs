//! Running commands, and saying so. Everything goes to stderr: stdout belongs to what a command is asked to print.

use std::ffi::OsStr;
use std::io::IsTerminal;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use indicatif::{ProgressBar, ProgressStyle};

use crate::workspace;

/// Says something.
#[expect(clippy::print_stderr, reason = "this is where the commands speak")]
pub fn say(text: &str) {
    eprintln!("{text}");
}

/// A command that runs in the repository's root.
pub fn command<S: AsRef<OsStr>>(program: &str, args: impl IntoIterator<Item = S>) -> Command {
    let mut command = Command::new(program);
    command.current_dir(workspace::root()).args(args);
    command
}

/// The cargo that runs us, so that it is the pinned one.
pub fn cargo<S: AsRef<OsStr>>(args: impl IntoIterator<Item = S>) -> Command {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".into());
    command(&cargo, args)
}

/// Runs a command while showing what it is for. What it printed is returned, and shown if it fails.
pub fn run(title: &str, command: &mut Command) -> Result<String> {
    let started = Instant::now();
    let progress = spinner(title);
    let output = command
        .stdin(Stdio::null())
        .output()
        .with_context(|| format!("{} could not be started", command.get_program().to_string_lossy()))?;
    let mut printed = String::from_utf8_lossy(&output.stdout).into_owned();
    printed.push_str(&String::from_utf8_lossy(&output.stderr));
    progress.finish_and_clear();
    if !output.status.success() {
        say(&printed);
        bail!("{title}: failed with {}", output.status);
    }
    done(title, started.elapsed());
    Ok(printed)
}

/// Does something that is no command while showing what it is for.
pub fn perform<T>(title: &str, work: impl FnOnce() -> Result<T>) -> Result<T> {
    let started = Instant::now();
    let progress = spinner(title);
    let result = work();
    progress.finish_and_clear();
    let result = result.with_context(|| title.to_owned())?;
    done(title, started.elapsed());
    Ok(result)
}

fn spinner(title: &str) -> ProgressBar {
    let progress = ProgressBar::new_spinner().with_message(format!("{title} …"));
    if let Ok(style) = ProgressStyle::with_template("{spinner} {msg} {elapsed}") {
        progress.set_style(style);
    }
    if std::io::stderr().is_terminal() {
        progress.enable_steady_tick(Duration::from_millis(100));
    } else {
        say(&format!("· {title} …"));
    }
    progress
}

fn done(title: &str, took: Duration) {
    say(&format!("✓ {title} ({:.1} s)", took.as_secs_f32()));
}
