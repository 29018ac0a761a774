//! Tambo: RFC 8693 exchange, `/v1` threads, messages and runs (contract: `www/docs`, and the recorded exchanges under
//! `tests/contracts`).

mod calls;
mod endpoints;
mod exchange;
mod lift;
mod previous;
mod runs;

pub use calls::{answers, mend, plan, read};
pub use exchange::{DEFAULT_BASE_URL, SubjectTokenType, exchange_body, exchange_path};
pub use previous::{PreviousRuns, is_stale_previous};
pub use runs::{RunPlan, plan_run};
