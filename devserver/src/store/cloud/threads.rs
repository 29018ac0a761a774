//! Threads of a workspace.

use rusqlite::{Connection, OptionalExtension, Row, params};
use serde_json::Value;

use super::Place;

/// A thread as it is kept.
#[derive(Debug, Clone)]
pub(crate) struct ThreadRow {
    pub(crate) id: String,
    pub(crate) project_id: String,
    pub(crate) workspace_id: String,
    pub(crate) title: Option<String>,
    pub(crate) metadata: Option<Value>,
    pub(crate) external_id: Option<String>,
    pub(crate) is_archived: bool,
    pub(crate) last_message_at: i64,
    pub(crate) created_at: i64,
    pub(crate) updated_at: i64,
}

/// Which threads of a project a list is of.
#[derive(Debug, Clone)]
pub(crate) struct Asked {
    pub(crate) project_id: String,
    /// Without it, those of all.
    pub(crate) workspace_id: Option<String>,
    pub(crate) is_archived: bool,
    pub(crate) external_id: Option<String>,
    /// The thread behind which the list goes on. One that is not there is as good as none.
    pub(crate) after: Option<String>,
    pub(crate) limit: u32,
}

const COLUMNS: &str = "id, project_id, workspace_id, title, metadata, external_id, is_archived, last_message_at, \
    created_at, updated_at";

/// Adds a thread.
pub(crate) fn insert(connection: &Connection, thread: &ThreadRow) -> rusqlite::Result<()> {
    connection.execute(
        "insert into cloud_threads (id, project_id, workspace_id, title, metadata, external_id, is_archived,
             last_message_at, created_at, updated_at)
         values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
        params![
            thread.id,
            thread.project_id,
            thread.workspace_id,
            thread.title,
            thread.metadata,
            thread.external_id,
            thread.is_archived,
            thread.last_message_at,
            thread.created_at,
            thread.updated_at,
        ],
    )?;
    Ok(())
}

/// The workspace's thread of that id.
pub(crate) fn find(connection: &Connection, place: &Place, id: &str) -> rusqlite::Result<Option<ThreadRow>> {
    connection
        .query_row(
            &format!(
                "select {COLUMNS} from cloud_threads where id = ?1 and project_id = ?2 and workspace_id = ?3"
            ),
            params![id, place.project_id, place.workspace_id],
            read,
        )
        .optional()
}

/// The workspace's thread that the app calls so.
pub(crate) fn find_external(
    connection: &Connection,
    place: &Place,
    external_id: &str,
) -> rusqlite::Result<Option<ThreadRow>> {
    connection
        .query_row(
            &format!(
                "select {COLUMNS} from cloud_threads
                 where external_id = ?1 and project_id = ?2 and workspace_id = ?3 order by created_at limit 1"
            ),
            params![external_id, place.project_id, place.workspace_id],
            read,
        )
        .optional()
}

/// The project a thread is in, whatever its workspace.
pub(crate) fn is_in_project(connection: &Connection, project_id: &str, id: &str) -> rusqlite::Result<bool> {
    connection.query_row(
        "select exists (select 1 from cloud_threads where id = ?1 and project_id = ?2)",
        [id, project_id],
        |row| row.get(0),
    )
}

/// Threads, those with the latest message first.
pub(crate) fn list(connection: &Connection, asked: &Asked) -> rusqlite::Result<Vec<ThreadRow>> {
    let position = match &asked.after {
        None => None,
        Some(id) => connection
            .query_row(
                "select last_message_at, id from cloud_threads
                 where id = ?1 and project_id = ?2 and workspace_id = coalesce(?3, workspace_id)",
                params![id, asked.project_id, asked.workspace_id],
                |row| Ok((row.get(0)?, row.get(1)?)),
            )
            .optional()?,
    };
    let (time, id): (i64, String) = position.unwrap_or((i64::MAX, String::new()));
    connection
        .prepare(&format!(
            "select {COLUMNS} from cloud_threads
             where project_id = ?1 and workspace_id = coalesce(?2, workspace_id) and is_archived = ?3
                 and (?4 is null or external_id = ?4) and (last_message_at, id) < (?5, ?6)
             order by last_message_at desc, id desc limit ?7"
        ))?
        .query_map(
            params![
                asked.project_id,
                asked.workspace_id,
                asked.is_archived,
                asked.external_id,
                time,
                id,
                asked.limit
            ],
            read,
        )?
        .collect()
}

/// Writes what may change of a thread.
pub(crate) fn update(connection: &Connection, thread: &ThreadRow) -> rusqlite::Result<()> {
    connection.execute(
        "update cloud_threads set title = ?2, metadata = ?3, is_archived = ?4, last_message_at = ?5, updated_at = ?6
         where id = ?1",
        params![
            thread.id,
            thread.title,
            thread.metadata,
            thread.is_archived,
            thread.last_message_at,
            thread.updated_at
        ],
    )?;
    Ok(())
}

/// Gives a thread a title unless it has one.
pub(crate) fn name(connection: &Connection, id: &str, title: &str, now: i64) -> rusqlite::Result<()> {
    connection.execute(
        "update cloud_threads set title = ?2, updated_at = ?3 where id = ?1 and title is null",
        params![id, title, now],
    )?;
    Ok(())
}

/// Moves all threads of a workspace to another one, and says how many.
pub(crate) fn move_all(
    connection: &Connection,
    from: &Place,
    to: &Place,
    now: i64,
) -> rusqlite::Result<usize> {
    connection.execute(
        "update cloud_threads set workspace_id = ?3, updated_at = ?4
         where project_id = ?1 and workspace_id = ?2 and workspace_id != ?3",
        params![from.project_id, from.workspace_id, to.workspace_id, now],
    )
}

/// Deletes a thread with everything in it.
pub(crate) fn delete(connection: &Connection, id: &str) -> rusqlite::Result<()> {
    connection.execute("delete from cloud_threads where id = ?1", [id])?;
    Ok(())
}

fn read(row: &Row<'_>) -> rusqlite::Result<ThreadRow> {
    Ok(ThreadRow {
        id: row.get("id")?,
        project_id: row.get("project_id")?,
        workspace_id: row.get("workspace_id")?,
        title: row.get("title")?,
        metadata: row.get("metadata")?,
        external_id: row.get("external_id")?,
        is_archived: row.get("is_archived")?,
        last_message_at: row.get("last_message_at")?,
        created_at: row.get("created_at")?,
        updated_at: row.get("updated_at")?,
    })
}
