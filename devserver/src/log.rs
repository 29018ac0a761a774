//! The log of the command line: one readable line each, on standard error.

use std::fmt;
use std::io::IsTerminal;

use time::OffsetDateTime;
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::time::FormatTime;

/// Sends the log to standard error from here on. Secrets are kept out where lines are made, not here.
pub fn to_stderr() {
    let format = tracing_subscriber::fmt()
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        .with_target(false)
        .with_max_level(tracing::Level::INFO)
        .with_timer(TimeOfDay)
        .compact();
    // Already set only when something else in the process logs; then that wins.
    let _ = format.try_init();
}

/// Hours, minutes and seconds in UTC: a development log is read on the day it is written.
struct TimeOfDay;

impl FormatTime for TimeOfDay {
    fn format_time(&self, writer: &mut Writer<'_>) -> fmt::Result {
        let (hour, minute, second) = OffsetDateTime::now_utc().to_hms();
        write!(writer, "{hour:02}:{minute:02}:{second:02}Z")
    }
}
