//! Running commands, and saying so. Everything goes to stderr: stdout belongs to what a command is asked to print.

use std::ffi::OsStr;
use std::io::{self, BufRead, BufReader, IsTerminal};
use std::process::{Command, ExitStatus, Stdio};
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

/// Runs a command while showing what it is for. What it printed is returned; if it fails, the end of that is shown.
pub fn run(title: &str, command: &mut Command) -> Result<String> {
    let started = Instant::now();
    let progress = spinner(title);
    let result = collect(command, |line| progress.set_message(format!("{title} … {}", shorten(line))));
    progress.finish_and_clear();
    let (status, printed) = result?;
    if !status.success() {
        say(&ending(&printed));
        bail!("{title}: failed with {status}");
    }
    done(title, started.elapsed());
    Ok(printed)
}

/// Runs a command. How it ended and what it printed are returned.
pub fn quietly(command: &mut Command) -> Result<(ExitStatus, String)> {
    collect(command, |_| ())
}

/// Both outputs in the order in which they were printed, and how the command ended.
fn collect(command: &mut Command, mut seen: impl FnMut(&str)) -> Result<(ExitStatus, String)> {
    let (reader, writer) = io::pipe()?;
    command.stdin(Stdio::null()).stdout(writer.try_clone()?).stderr(writer);
    let child = command.spawn();
    // Our ends of the pipe go, so that it closes with the child's.
    command.stdout(Stdio::null()).stderr(Stdio::null());
    let mut child =
        child.with_context(|| format!("{} could not be started", command.get_program().to_string_lossy()))?;
    let (mut reader, mut line, mut printed) = (BufReader::new(reader), Vec::new(), String::new());
    while reader.read_until(b'\n', &mut line)? > 0 {
        let text = String::from_utf8_lossy(&line);
        seen(text.trim());
        printed.push_str(&text);
        line.clear();
    }
    Ok((child.wait()?, printed))
}

/// What tells most of a failure: the last lines.
fn ending(printed: &str) -> String {
    const LINES: usize = 150;
    let count = printed.lines().count();
    let last: Vec<&str> = printed.lines().skip(count.saturating_sub(LINES)).collect();
    let left_out = if count > LINES {
        format!("[{} earlier lines are left out]\n", count - LINES)
    } else {
        String::new()
    };
    left_out + &last.join("\n")
}

fn shorten(line: &str) -> String {
    line.chars().filter(|c| !c.is_control()).take(60).collect()
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
