use std::path::Path;

use serde::Deserialize;

use crate::FixtureError;

/// An exchange that the local backend, or of Assistant Cloud our client, does not do as recorded, and why.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Skipped {
    /// The recording, as `backend/file`.
    pub file: String,
    /// The exchange's name.
    pub name: String,
    /// Why it cannot agree.
    pub reason: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct List {
    #[serde(default)]
    skipped: Vec<Skipped>,
}

/// A backend's entries in `skipped.toml`.
pub fn skipped(backend: &str) -> Result<Vec<Skipped>, FixtureError> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("skipped.toml");
    let text = std::fs::read_to_string(&file).map_err(|error| FixtureError::new(&file, error))?;
    let mut list: List = toml::from_str(&text).map_err(|error| FixtureError::new(&file, error))?;
    list.skipped.retain(|entry| entry.file.split('/').next() == Some(backend));
    Ok(list.skipped)
}
