//! Threads. What is in them is in their checkpoints.

use rusqlite::{Connection, OptionalExtension, Row, params};
use serde_json::{Map, Value};

use crate::store::threads::Owner;

/// A thread as it is kept.
#[derive(Debug, Clone)]
pub(crate) struct ThreadRow {
    pub(crate) id: String,
    pub(crate) metadata: Map<String, Value>,
    pub(crate) status: String,
    /// What its last run failed with, or was cancelled by.
    pub(crate) error: Option<Value>,
    pub(crate) config: Value,
    /// Made for one run without a thread.
    pub(crate) temporary: bool,
    /// The checkpoint with the state that the thread shows: the one at which its last run ended.
    pub(crate) settled_at: Option<String>,
    pub(crate) created_at: i64,
    pub(crate) updated_at: i64,
    pub(crate) state_updated_at: i64,
}

const COLUMNS: &str =
    "id, metadata, status, error, config, temporary, settled_at, created_at, updated_at, state_updated_at";

/// Adds a thread.
pub(crate) fn insert(connection: &Connection, owner: &Owner, thread: &ThreadRow) -> rusqlite::Result<()> {
    connection.execute(
        "insert into graph_threads (id, project_id, context_key, metadata, status, error, config, temporary,
             created_at, updated_at, state_updated_at)
         values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
        params![
            thread.id,
            owner.project_id,
            owner.context_key,
            Value::Object(thread.metadata.clone()),
            thread.status,
            thread.error,
            thread.config,
            thread.temporary,
            thread.created_at,
            thread.updated_at,
            thread.state_updated_at,
        ],
    )?;
    Ok(())
}

/// Whether anybody has a thread of that id.
pub(crate) fn exists(connection: &Connection, id: &str) -> rusqlite::Result<bool> {
    connection.query_row("select exists (select 1 from graph_threads where id = ?1)", [id], |row| row.get(0))
}

/// The owner's thread of that id.
pub(crate) fn find(connection: &Connection, owner: &Owner, id: &str) -> rusqlite::Result<Option<ThreadRow>> {
    connection
        .query_row(
            &format!(
                "select {COLUMNS} from graph_threads where id = ?1 and project_id = ?2 and context_key = ?3"
            ),
            params![id, owner.project_id, owner.context_key],
            read,
        )
        .optional()
}

/// All threads of an owner but the temporary ones.
pub(crate) fn all(connection: &Connection, owner: &Owner) -> rusqlite::Result<Vec<ThreadRow>> {
    connection
        .prepare(&format!(
            "select {COLUMNS} from graph_threads
             where project_id = ?1 and context_key = ?2 and not temporary"
        ))?
        .query_map(params![owner.project_id, owner.context_key], read)?
        .collect()
}

/// Replaces the metadata.
pub(crate) fn set_metadata(
    connection: &Connection,
    id: &str,
    metadata: &Map<String, Value>,
    now: i64,
) -> rusqlite::Result<()> {
    connection.execute(
        "update graph_threads set metadata = ?2, updated_at = ?3 where id = ?1",
        params![id, Value::Object(metadata.clone()), now],
    )?;
    Ok(())
}

/// Marks a thread as one that a run works on.
pub(crate) fn set_busy(
    connection: &Connection,
    id: &str,
    metadata: &Map<String, Value>,
    config: &Value,
    now: i64,
) -> rusqlite::Result<()> {
    connection.execute(
        "update graph_threads set status = 'busy', config = ?2 where id = ?1",
        params![id, config],
    )?;
    set_metadata(connection, id, metadata, now)
}

/// Notes how the last run left the thread, and that its state is another one.
pub(crate) fn set_status(
    connection: &Connection,
    id: &str,
    status: &str,
    error: Option<&Value>,
    now: i64,
) -> rusqlite::Result<()> {
    connection.execute(
        "update graph_threads set status = ?2, error = ?3, updated_at = ?4, state_updated_at = ?4,
             settled_at = (select id from graph_checkpoints where thread_id = ?1 order by position desc limit 1)
         where id = ?1",
        params![id, status, error, now],
    )?;
    Ok(())
}

/// Deletes a thread with everything in it.
pub(crate) fn delete(connection: &Connection, id: &str) -> rusqlite::Result<()> {
    connection.execute("delete from graph_threads where id = ?1", [id])?;
    Ok(())
}

fn read(row: &Row<'_>) -> rusqlite::Result<ThreadRow> {
    let metadata: Value = row.get("metadata")?;
    Ok(ThreadRow {
        id: row.get("id")?,
        metadata: metadata.as_object().cloned().unwrap_or_default(),
        status: row.get("status")?,
        error: row.get("error")?,
        config: row.get("config")?,
        temporary: row.get("temporary")?,
        settled_at: row.get("settled_at")?,
        created_at: row.get("created_at")?,
        updated_at: row.get("updated_at")?,
        state_updated_at: row.get("state_updated_at")?,
    })
}
