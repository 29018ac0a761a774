//! Checkpoints: a thread's state after each step, the last one being its state.

use rusqlite::{Connection, OptionalExtension, Row, params};
use serde_json::Value;

/// A checkpoint as it is kept.
#[derive(Debug, Clone)]
pub(crate) struct CheckpointRow {
    pub(crate) id: String,
    pub(crate) parent_id: Option<String>,
    /// The run that made it.
    pub(crate) run_id: Option<String>,
    pub(crate) values: Value,
    /// The node that comes next, if any does.
    pub(crate) next: Option<String>,
    pub(crate) tasks: Value,
    pub(crate) metadata: Value,
    pub(crate) created_at: i64,
}

impl CheckpointRow {
    /// The number of its step.
    pub(crate) fn step(&self) -> i64 {
        self.metadata.get("step").and_then(Value::as_i64).unwrap_or_default()
    }
}

const COLUMNS: &str = "id, parent_id, run_id, state, next, tasks, metadata, created_at";

/// Adds a checkpoint, which is the thread's state from now on.
pub(crate) fn insert(connection: &Connection, thread: &str, row: &CheckpointRow) -> rusqlite::Result<()> {
    connection.execute(
        "insert into graph_checkpoints (thread_id, id, parent_id, run_id, state, next, tasks, metadata, created_at)
         values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
        params![
            thread,
            row.id,
            row.parent_id,
            row.run_id,
            row.values,
            row.next.as_deref().unwrap_or_default(),
            row.tasks,
            row.metadata,
            row.created_at
        ],
    )?;
    Ok(())
}

/// The thread's state.
pub(crate) fn latest(connection: &Connection, thread: &str) -> rusqlite::Result<Option<CheckpointRow>> {
    connection
        .query_row(
            &format!(
                "select {COLUMNS} from graph_checkpoints where thread_id = ?1 order by position desc limit 1"
            ),
            [thread],
            read,
        )
        .optional()
}

/// The thread's checkpoint of that id.
pub(crate) fn find(
    connection: &Connection,
    thread: &str,
    id: &str,
) -> rusqlite::Result<Option<CheckpointRow>> {
    connection
        .query_row(
            &format!("select {COLUMNS} from graph_checkpoints where thread_id = ?1 and id = ?2"),
            [thread, id],
            read,
        )
        .optional()
}

/// The thread's checkpoints, the newest first.
pub(crate) fn all(connection: &Connection, thread: &str) -> rusqlite::Result<Vec<CheckpointRow>> {
    connection
        .prepare(&format!(
            "select {COLUMNS} from graph_checkpoints where thread_id = ?1 order by position desc"
        ))?
        .query_map([thread], read)?
        .collect()
}

/// Replaces what is noted about a checkpoint's tasks.
pub(crate) fn set_tasks(
    connection: &Connection,
    thread: &str,
    id: &str,
    tasks: &Value,
) -> rusqlite::Result<()> {
    connection.execute(
        "update graph_checkpoints set tasks = ?3 where thread_id = ?1 and id = ?2",
        params![thread, id, tasks],
    )?;
    Ok(())
}

/// Deletes what a run has made.
pub(crate) fn delete_of_run(connection: &Connection, run: &str) -> rusqlite::Result<()> {
    connection.execute("delete from graph_checkpoints where run_id = ?1", [run])?;
    Ok(())
}

/// Gives another thread the same checkpoints.
pub(crate) fn copy(connection: &Connection, from: &str, to: &str) -> rusqlite::Result<()> {
    connection.execute(
        &format!(
            "insert into graph_checkpoints (thread_id, {COLUMNS})
             select ?2, {COLUMNS} from graph_checkpoints where thread_id = ?1 order by position"
        ),
        [from, to],
    )?;
    Ok(())
}

fn read(row: &Row<'_>) -> rusqlite::Result<CheckpointRow> {
    let next: String = row.get("next")?;
    Ok(CheckpointRow {
        id: row.get("id")?,
        parent_id: row.get("parent_id")?,
        run_id: row.get("run_id")?,
        values: row.get("state")?,
        next: Some(next).filter(|next| !next.is_empty()),
        tasks: row.get("tasks")?,
        metadata: row.get("metadata")?,
        created_at: row.get("created_at")?,
    })
}
