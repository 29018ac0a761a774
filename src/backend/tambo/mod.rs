//! Tambo: RFC 8693 exchange, `/v1` threads, messages and runs. The recorded exchanges stand under `tests/contracts`.

mod endpoints;
mod exchange;
mod previous;
mod runs;
#[cfg(test)]
mod tests;

pub use endpoints::CALLS;
pub(super) use endpoints::THREADS_GET;
pub use exchange::{EXCHANGE_PATH, SubjectTokenType, exchange_body};
pub use previous::{PreviousRuns, is_stale_previous};
pub use runs::plan_run;
