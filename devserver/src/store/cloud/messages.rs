//! Messages of a thread: a tree, whose height is that of a message above the first one.

use rusqlite::types::ToSql;
use rusqlite::{Connection, OptionalExtension, Row, params};
use serde_json::Value;

/// A message as it is kept.
#[derive(Debug, Clone)]
pub(crate) struct MessageRow {
    pub(crate) id: String,
    pub(crate) parent_id: Option<String>,
    pub(crate) height: i64,
    pub(crate) format: String,
    pub(crate) content: Value,
    pub(crate) external_id: Option<String>,
    pub(crate) created_at: i64,
    pub(crate) updated_at: i64,
}

const COLUMNS: &str = "id, parent_id, height, format, content, external_id, created_at, updated_at";

/// Adds a message to a thread.
pub(crate) fn insert(connection: &Connection, thread_id: &str, message: &MessageRow) -> rusqlite::Result<()> {
    connection.execute(
        "insert into cloud_messages (id, thread_id, parent_id, height, format, content, external_id, created_at,
             updated_at)
         values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
        params![
            message.id,
            thread_id,
            message.parent_id,
            message.height,
            message.format,
            message.content,
            message.external_id,
            message.created_at,
            message.updated_at,
        ],
    )?;
    Ok(())
}

/// The thread's message of that id.
pub(crate) fn find(
    connection: &Connection,
    thread_id: &str,
    id: &str,
) -> rusqlite::Result<Option<MessageRow>> {
    one(connection, "id", thread_id, id)
}

/// The thread's message that the app calls so.
pub(crate) fn find_external(
    connection: &Connection,
    thread_id: &str,
    external_id: &str,
) -> rusqlite::Result<Option<MessageRow>> {
    one(connection, "external_id", thread_id, external_id)
}

fn one(
    connection: &Connection,
    column: &str,
    thread_id: &str,
    value: &str,
) -> rusqlite::Result<Option<MessageRow>> {
    connection
        .query_row(
            &format!("select {COLUMNS} from cloud_messages where thread_id = ?1 and {column} = ?2"),
            [thread_id, value],
            read,
        )
        .optional()
}

/// The thread's messages, the newest first, from behind one of them, as long as `keep` goes on. A message that is not
/// there is as good as none.
pub(crate) fn each(
    connection: &Connection,
    thread_id: &str,
    after: Option<&str>,
    mut keep: impl FnMut(MessageRow) -> bool,
) -> rusqlite::Result<()> {
    let after = match after {
        Some(id) => find(connection, thread_id, id)?,
        None => None,
    };
    let behind = if after.is_some() { "and (height, created_at, id) < (?2, ?3, ?4)" } else { "" };
    let mut statement = connection.prepare(&format!(
        "select {COLUMNS} from cloud_messages where thread_id = ?1 {behind}
         order by height desc, created_at desc, id desc"
    ))?;
    let mut values: Vec<&dyn ToSql> = vec![&thread_id];
    if let Some(after) = &after {
        values.extend([&after.height as &dyn ToSql, &after.created_at, &after.id]);
    }
    for row in statement.query_map(&*values, read)? {
        if !keep(row?) {
            break;
        }
    }
    Ok(())
}

/// Whether other messages follow this one.
pub(crate) fn is_parent(connection: &Connection, id: &str) -> rusqlite::Result<bool> {
    connection.query_row("select exists (select 1 from cloud_messages where parent_id = ?1)", [id], |row| {
        row.get(0)
    })
}

/// Replaces what a message says.
pub(crate) fn set_content(
    connection: &Connection,
    id: &str,
    content: &Value,
    now: i64,
) -> rusqlite::Result<()> {
    connection.execute(
        "update cloud_messages set content = ?2, updated_at = ?3 where id = ?1",
        params![id, content, now],
    )?;
    Ok(())
}

/// Deletes a message and those that follow it.
pub(crate) fn delete(connection: &Connection, thread_id: &str, id: &str) -> rusqlite::Result<()> {
    connection.execute("delete from cloud_messages where thread_id = ?1 and id = ?2", [thread_id, id])?;
    Ok(())
}

fn read(row: &Row<'_>) -> rusqlite::Result<MessageRow> {
    Ok(MessageRow {
        id: row.get("id")?,
        parent_id: row.get("parent_id")?,
        height: row.get("height")?,
        format: row.get("format")?,
        content: row.get("content")?,
        external_id: row.get("external_id")?,
        created_at: row.get("created_at")?,
        updated_at: row.get("updated_at")?,
    })
}
