//! Runs on threads, one after the other.

use rusqlite::{Connection, OptionalExtension, Row, params};
use serde_json::{Value, json};

/// A run as it is kept.
#[derive(Debug, Clone)]
pub(crate) struct RunRow {
    pub(crate) id: String,
    pub(crate) thread_id: String,
    pub(crate) assistant_id: String,
    /// `pending`, `running`, `success`, `error` or, when it was cancelled, `interrupted`.
    pub(crate) status: String,
    pub(crate) error: Option<Value>,
    pub(crate) metadata: Value,
    pub(crate) kwargs: Value,
    pub(crate) multitask_strategy: String,
    pub(crate) created_at: i64,
    pub(crate) updated_at: i64,
}

const COLUMNS: &str = "id, thread_id, assistant_id, status, error, metadata, kwargs, multitask_strategy, \
    created_at, updated_at";

/// Adds a run.
pub(crate) fn insert(connection: &Connection, run: &RunRow) -> rusqlite::Result<()> {
    connection.execute(
        "insert into graph_runs (id, thread_id, assistant_id, status, error, metadata, kwargs, multitask_strategy,
             created_at, updated_at)
         values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
        params![
            run.id,
            run.thread_id,
            run.assistant_id,
            run.status,
            run.error,
            run.metadata,
            run.kwargs,
            run.multitask_strategy,
            run.created_at,
            run.updated_at
        ],
    )?;
    Ok(())
}

/// The thread's run of that id.
pub(crate) fn find(connection: &Connection, thread: &str, id: &str) -> rusqlite::Result<Option<RunRow>> {
    connection
        .query_row(
            &format!("select {COLUMNS} from graph_runs where thread_id = ?1 and id = ?2"),
            [thread, id],
            read,
        )
        .optional()
}

/// The thread's runs, the newest first.
pub(crate) fn all(connection: &Connection, thread: &str) -> rusqlite::Result<Vec<RunRow>> {
    connection
        .prepare(&format!(
            "select {COLUMNS} from graph_runs where thread_id = ?1 order by created_at desc, id desc"
        ))?
        .query_map([thread], read)?
        .collect()
}

/// Whether the thread has runs that are not over.
pub(crate) fn any_unfinished(connection: &Connection, thread: &str) -> rusqlite::Result<bool> {
    connection.query_row(
        "select exists (select 1 from graph_runs where thread_id = ?1 and status in ('pending', 'running'))",
        [thread],
        |row| row.get(0),
    )
}

/// Marks a run as begun, with what it was begun with. `false` when it is not there any more.
pub(crate) fn begin(connection: &Connection, id: &str, kwargs: &Value) -> rusqlite::Result<bool> {
    let begun = connection.execute(
        "update graph_runs set status = 'running', kwargs = ?2 where id = ?1 and status = 'pending'",
        params![id, kwargs],
    )?;
    Ok(begun > 0)
}

/// Ends a run.
pub(crate) fn end(
    connection: &Connection,
    id: &str,
    status: &str,
    error: Option<&Value>,
    now: i64,
) -> rusqlite::Result<()> {
    connection.execute(
        "update graph_runs set status = ?2, error = ?3, updated_at = ?4 where id = ?1",
        params![id, status, error, now],
    )?;
    Ok(())
}

/// Deletes a run. `false` when it is not there.
pub(crate) fn delete(connection: &Connection, thread: &str, id: &str) -> rusqlite::Result<bool> {
    let deleted =
        connection.execute("delete from graph_runs where thread_id = ?1 and id = ?2", [thread, id])?;
    Ok(deleted > 0)
}

/// Ends the runs of a process that is gone, and says how many there were.
pub(in crate::store) fn settle_abandoned(connection: &Connection, now: i64) -> rusqlite::Result<usize> {
    let error = json!({ "error": "ServerStopped", "message": "the server ended during this run" });
    let settled = connection.execute(
        "update graph_runs set status = 'error', error = ?1, updated_at = ?2 where status in ('pending', 'running')",
        params![error, now],
    )?;
    connection.execute(
        "update graph_threads set status = 'error', error = ?1, updated_at = ?2 where status = 'busy'",
        params![error, now],
    )?;
    connection.execute("delete from graph_threads where temporary", [])?;
    Ok(settled)
}

fn read(row: &Row<'_>) -> rusqlite::Result<RunRow> {
    Ok(RunRow {
        id: row.get("id")?,
        thread_id: row.get("thread_id")?,
        assistant_id: row.get("assistant_id")?,
        status: row.get("status")?,
        error: row.get("error")?,
        metadata: row.get("metadata")?,
        kwargs: row.get("kwargs")?,
        multitask_strategy: row.get("multitask_strategy")?,
        created_at: row.get("created_at")?,
        updated_at: row.get("updated_at")?,
    })
}
