//! What Assistant Cloud's contract keeps: anonymous identities, threads with their messages, scores, run reports, events
//! and files. Times are in milliseconds.

pub(crate) mod files;
pub(crate) mod identities;
pub(crate) mod messages;
pub(crate) mod scores;
pub(crate) mod telemetry;
pub(crate) mod threads;

/// A workspace of a project: what is in it is nobody else's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) project_id: String,
    pub(crate) workspace_id: String,
}
