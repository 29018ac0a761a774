//! Messages of a thread.

use rusqlite::{Connection, OptionalExtension, Row, params};
use serde_json::Value;

use super::threads::Position;

/// A message as it is kept. `content` is the list of its blocks.
#[derive(Debug, Clone)]
pub(crate) struct MessageRow {
    pub(crate) id: String,
    pub(crate) role: String,
    pub(crate) content: Value,
    pub(crate) metadata: Option<Value>,
    pub(crate) parent_message_id: Option<String>,
    pub(crate) is_cancelled: bool,
    pub(crate) created_at: i64,
}

/// A message to be added.
#[derive(Debug, Clone)]
pub(crate) struct NewMessage {
    pub(crate) id: String,
    pub(crate) role: &'static str,
    pub(crate) content: Value,
    pub(crate) metadata: Option<Value>,
}

/// The two directions a list of messages can be read in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Order {
    OldestFirst,
    NewestFirst,
}

const COLUMNS: &str = "id, role, content, metadata, parent_message_id, is_cancelled, created_at";

/// Adds a message to a thread.
pub(crate) fn insert(
    connection: &Connection,
    thread_id: &str,
    message: &NewMessage,
    now: i64,
) -> rusqlite::Result<()> {
    connection.execute(
        "insert into messages (id, thread_id, role, content, metadata, created_at) values (?1, ?2, ?3, ?4, ?5, ?6)",
        params![message.id, thread_id, message.role, message.content, message.metadata, now],
    )?;
    Ok(())
}

/// A message of this thread.
pub(crate) fn find(
    connection: &Connection,
    thread_id: &str,
    id: &str,
) -> rusqlite::Result<Option<MessageRow>> {
    connection
        .query_row(
            &format!("select {COLUMNS} from messages where thread_id = ?1 and id = ?2"),
            params![thread_id, id],
            read,
        )
        .optional()
}

/// Replaces what a message says.
pub(crate) fn set_content(connection: &Connection, id: &str, content: &Value) -> rusqlite::Result<()> {
    connection.execute("update messages set content = ?2 where id = ?1", params![id, content])?;
    Ok(())
}

/// Whether the thread has any message.
pub(crate) fn any(connection: &Connection, thread_id: &str) -> rusqlite::Result<bool> {
    connection.query_row("select exists (select 1 from messages where thread_id = ?1)", [thread_id], |row| {
        row.get(0)
    })
}

/// Up to `limit` messages of a thread from a position on, in the given order.
///
/// Read oldest first, a page begins with the message at the position: the service keeps finer times than its cursors
/// hold, so that this message always seems to come after its own cursor. A client has to expect it twice.
pub(crate) fn list(
    connection: &Connection,
    thread_id: &str,
    order: Order,
    from: Option<&Position>,
    limit: u32,
) -> rusqlite::Result<Vec<MessageRow>> {
    let (condition, direction, start) = match order {
        Order::OldestFirst => ("created_at >= ?2", "asc", i64::MIN),
        Order::NewestFirst => ("(created_at, id) < (?2, ?3)", "desc", i64::MAX),
    };
    let (time, id) = from.map_or((start, ""), |position| (position.created_at, position.id.as_str()));
    connection
        .prepare(&format!(
            "select {COLUMNS} from messages where thread_id = ?1 and {condition}
             order by created_at {direction}, id {direction} limit ?4"
        ))?
        .query_map(params![thread_id, time, id, limit], read)?
        .collect()
}

fn read(row: &Row<'_>) -> rusqlite::Result<MessageRow> {
    Ok(MessageRow {
        id: row.get("id")?,
        role: row.get("role")?,
        content: row.get("content")?,
        metadata: row.get("metadata")?,
        parent_message_id: row.get("parent_message_id")?,
        is_cancelled: row.get("is_cancelled")?,
        created_at: row.get("created_at")?,
    })
}
