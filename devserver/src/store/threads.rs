//! Threads: whose they are, and where their run stands.

use rusqlite::{Connection, OptionalExtension, Row, params};
use serde_json::Value;

/// Whose threads are meant: a user inside a project.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Owner {
    pub(crate) project_id: String,
    pub(crate) context_key: String,
}

/// A thread as it is kept.
#[derive(Debug, Clone)]
pub(crate) struct ThreadRow {
    pub(crate) id: String,
    pub(crate) context_key: String,
    pub(crate) name: Option<String>,
    pub(crate) metadata: Option<Value>,
    pub(crate) run_status: String,
    pub(crate) current_run_id: Option<String>,
    pub(crate) status_message: Option<String>,
    pub(crate) last_run_cancelled: bool,
    pub(crate) last_run_error: Option<RunErrorRow>,
    pub(crate) pending_tool_call_ids: Vec<String>,
    pub(crate) last_completed_run_id: Option<String>,
    pub(crate) created_at: i64,
    pub(crate) updated_at: i64,
}

/// What the last run of a thread failed with.
#[derive(Debug, Clone)]
pub(crate) struct RunErrorRow {
    pub(crate) code: Option<String>,
    pub(crate) message: String,
}

/// A place in a list ordered by creation time and id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Position {
    pub(crate) created_at: i64,
    pub(crate) id: String,
}

const COLUMNS: &str = "id, context_key, name, metadata, run_status, current_run_id, status_message, \
    last_run_cancelled, last_run_error_code, last_run_error_message, pending_tool_call_ids, last_completed_run_id, \
    created_at, updated_at";

/// Creates an empty thread.
pub(crate) fn insert(
    connection: &Connection,
    id: &str,
    owner: &Owner,
    metadata: Option<&Value>,
    now: i64,
) -> rusqlite::Result<()> {
    connection.execute(
        "insert into threads (id, project_id, context_key, metadata, created_at, updated_at)
         values (?1, ?2, ?3, ?4, ?5, ?5)",
        params![id, owner.project_id, owner.context_key, metadata, now],
    )?;
    Ok(())
}

/// The owner's thread of that id; `None` for an unknown thread and for somebody else's alike.
pub(crate) fn find(connection: &Connection, owner: &Owner, id: &str) -> rusqlite::Result<Option<ThreadRow>> {
    connection
        .query_row(
            &format!("select {COLUMNS} from threads where id = ?1 and project_id = ?2 and context_key = ?3"),
            params![id, owner.project_id, owner.context_key],
            read,
        )
        .optional()
}

/// Whose a thread of the project is.
pub(crate) fn owner_of(
    connection: &Connection,
    project_id: &str,
    id: &str,
) -> rusqlite::Result<Option<Owner>> {
    connection
        .query_row(
            "select project_id, context_key from threads where id = ?1 and project_id = ?2",
            params![id, project_id],
            |row| Ok(Owner { project_id: row.get(0)?, context_key: row.get(1)? }),
        )
        .optional()
}

/// Up to `limit` of the owner's threads after a position, newest first.
pub(crate) fn list(
    connection: &Connection,
    owner: &Owner,
    after: Option<&Position>,
    limit: u32,
) -> rusqlite::Result<Vec<ThreadRow>> {
    let (time, id) = after.map_or((i64::MAX, ""), |position| (position.created_at, position.id.as_str()));
    connection
        .prepare(&format!(
            "select {COLUMNS} from threads
             where project_id = ?1 and context_key = ?2 and (created_at, id) < (?3, ?4)
             order by created_at desc, id desc limit ?5"
        ))?
        .query_map(params![owner.project_id, owner.context_key, time, id, limit], read)?
        .collect()
}

/// Changes the members that are given; `metadata` replaces what was there.
pub(crate) fn update(
    connection: &Connection,
    id: &str,
    name: Option<&str>,
    metadata: Option<&Value>,
    now: i64,
) -> rusqlite::Result<()> {
    connection.execute(
        "update threads set name = coalesce(?2, name), metadata = coalesce(?3, metadata), updated_at = ?4 where id = ?1",
        params![id, name, metadata, now],
    )?;
    Ok(())
}

/// Marks a thread as changed.
pub(crate) fn touch(connection: &Connection, id: &str, now: i64) -> rusqlite::Result<()> {
    connection.execute("update threads set updated_at = ?2 where id = ?1", params![id, now])?;
    Ok(())
}

/// Deletes a thread with everything in it.
pub(crate) fn delete(connection: &Connection, id: &str) -> rusqlite::Result<()> {
    connection.execute("delete from threads where id = ?1", [id])?;
    Ok(())
}

fn read(row: &Row<'_>) -> rusqlite::Result<ThreadRow> {
    let message: Option<String> = row.get("last_run_error_message")?;
    let code = row.get("last_run_error_code")?;
    let pending: String = row.get("pending_tool_call_ids")?;
    Ok(ThreadRow {
        id: row.get("id")?,
        context_key: row.get("context_key")?,
        name: row.get("name")?,
        metadata: row.get("metadata")?,
        run_status: row.get("run_status")?,
        current_run_id: row.get("current_run_id")?,
        status_message: row.get("status_message")?,
        last_run_cancelled: row.get("last_run_cancelled")?,
        last_run_error: message.map(|message| RunErrorRow { code, message }),
        pending_tool_call_ids: serde_json::from_str(&pending).unwrap_or_default(),
        last_completed_run_id: row.get("last_completed_run_id")?,
        created_at: row.get("created_at")?,
        updated_at: row.get("updated_at")?,
    })
}
