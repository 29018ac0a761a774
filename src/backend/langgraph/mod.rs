//! LangGraph's server: threads, runs, assistants and the store. The recorded exchanges stand under `tests/contracts`.
//!
//! A run is followed by the package's TypeScript, which opens its streams by the names `runs.stream` and
//! `runs.joinStream`. Ids are what the server gave: they are not checked to be UUIDs of any version.

mod endpoints;
#[cfg(test)]
mod tests;

pub use endpoints::CALLS;
