//! What clients report: runs, and what people did.

use rusqlite::{Connection, params};
use serde_json::Value;

use super::Place;

/// Keeps a run's report.
pub(crate) fn insert_run(
    connection: &Connection,
    place: &Place,
    user_id: &str,
    id: &str,
    report: &Value,
    now: i64,
) -> rusqlite::Result<()> {
    connection.execute(
        "insert into cloud_runs (id, project_id, workspace_id, user_id, report, created_at)
         values (?1, ?2, ?3, ?4, ?5, ?6)",
        params![id, place.project_id, place.workspace_id, user_id, report, now],
    )?;
    Ok(())
}

/// Whether the workspace has a run of that id.
pub(crate) fn has_run(connection: &Connection, place: &Place, id: &str) -> rusqlite::Result<bool> {
    connection.query_row(
        "select exists (select 1 from cloud_runs where id = ?1 and project_id = ?2 and workspace_id = ?3)",
        params![id, place.project_id, place.workspace_id],
        |row| row.get(0),
    )
}

/// Keeps an event.
pub(crate) fn insert_event(
    connection: &Connection,
    place: &Place,
    user_id: &str,
    event: &Value,
    now: i64,
) -> rusqlite::Result<()> {
    connection.execute(
        "insert into cloud_events (project_id, workspace_id, user_id, event, created_at) values (?1, ?2, ?3, ?4, ?5)",
        params![place.project_id, place.workspace_id, user_id, event, now],
    )?;
    Ok(())
}
