//! Recorded exchanges of the real backends, as data.
//!
//! The recordings are in `captures/`, one file a subject, each with several exchanges:
//!
//! ```text
//! ### a name
//!
//! >>> REQUEST
//! POST /oauth/token HTTP/1.1
//! x-api-key: <api-key-of-project-none>
//!
//! the body
//!
//! <<< RESPONSE
//! HTTP/1.1 201 Created
//! Content-Type: application/json; charset=utf-8
//!
//! the body
//! ```
//!
//! Assistant Cloud's are JSON and of its client; `tests/browser/assistant-cloud-recorded.test.mjs` replays them.
//!
//! [`load`] reads one file. `tests/` replays them against the local backend; a decoder can be fed with the recorded
//! bodies:
//!
//! ```
//! let file = threadpass_contracts::captures("tambo").join("03-run-text.txt");
//! let exchanges = threadpass_contracts::load(&file).unwrap();
//! let stream = exchanges.iter().find(|exchange| exchange.response.is_event_stream()).unwrap();
//! assert!(stream.response.body.starts_with("data: {\"type\":\"RUN_STARTED\""));
//! assert!(stream.response.body.ends_with("}\n\n"));
//! ```

mod skipped;
mod transcript;

use std::path::{Path, PathBuf};

pub use skipped::{Skipped, skipped};
pub use transcript::{Exchange, Headers, Request, Response, parse};

/// Why a fixture could not be read.
#[derive(Debug, thiserror::Error)]
#[error("{file}: {problem}")]
pub struct FixtureError {
    file: String,
    problem: String,
}

impl FixtureError {
    fn new(file: &Path, problem: impl ToString) -> Self {
        Self { file: file.display().to_string(), problem: problem.to_string() }
    }
}

/// The folder with a backend's recordings: `tambo` or `langgraph`.
pub fn captures(backend: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("captures").join(backend)
}

/// The transcripts of a backend, in the order of their names.
pub fn files(backend: &str) -> Result<Vec<PathBuf>, FixtureError> {
    let folder = captures(backend);
    let entries = std::fs::read_dir(&folder).map_err(|error| FixtureError::new(&folder, error))?;
    let mut files = entries
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<Result<Vec<_>, _>>()
        .map_err(|error| FixtureError::new(&folder, error))?;
    files.retain(|file| file.extension().is_some_and(|extension| extension == "txt"));
    files.sort();
    Ok(files)
}

/// Reads the exchanges of one transcript.
pub fn load(file: &Path) -> Result<Vec<Exchange>, FixtureError> {
    let text = std::fs::read_to_string(file).map_err(|error| FixtureError::new(file, error))?;
    parse(&text).map_err(|problem| FixtureError::new(file, problem))
}
