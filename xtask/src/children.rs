//! Child processes that end when we do: each watches its stdin, whose other end is ours.

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::step::say;

/// How long a child may take to end, with children of its own and what they leave.
const PATIENCE: Duration = Duration::from_secs(10);

/// A running child. Dropping it ends it.
pub struct Running {
    name: String,
    child: Child,
}

impl Running {
    /// Starts a child and waits for the JSON line that says that it is ready.
    pub fn start(name: &str, command: &mut Command) -> Result<(Self, Value)> {
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .with_context(|| format!("{name} could not be started"))?;
        let stdout = child.stdout.take().context("stdout")?;
        let stderr = child.stderr.take().context("stderr")?;
        let (ready, wait) = mpsc::channel();
        thread::spawn(move || {
            let mut lines = BufReader::new(stdout).lines().map_while(Result::ok);
            let line = lines.find(|line| line.starts_with('{'));
            let _ = ready.send(line);
            lines.for_each(drop);
        });
        let label = name.to_owned();
        let log = thread::spawn(move || relay(&label, stderr));
        let mut running = Self { name: name.to_owned(), child };
        let line = wait.recv_timeout(Duration::from_secs(60)).unwrap_or_default();
        let Some(line) = line else {
            running.end();
            let _ = log.join();
            bail!("{name} did not start; what it said stands above");
        };
        let ready = serde_json::from_str(&line).with_context(|| format!("{name} said: {line}"))?;
        Ok((running, ready))
    }

    /// Whether it has ended by itself.
    pub fn ended(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(Some(_)) | Err(_))
    }

    /// What it is called.
    pub fn name(&self) -> &str {
        &self.name
    }

    fn end(&mut self) {
        drop(self.child.stdin.take());
        let begun = Instant::now();
        while begun.elapsed() < PATIENCE {
            if self.ended() {
                return;
            }
            thread::sleep(Duration::from_millis(20));
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.end();
    }
}

fn relay(label: &str, stderr: impl Read) {
    for line in BufReader::new(stderr).lines().map_while(Result::ok) {
        say(&format!("  {label} │ {line}"));
    }
}
