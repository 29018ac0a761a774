//! Files that were sent to signed addresses.

use rusqlite::{Connection, OptionalExtension, params};

use super::Place;

/// A file that has arrived.
#[derive(Debug)]
pub(crate) struct File {
    pub(crate) content_type: String,
    pub(crate) content: Vec<u8>,
}

/// Makes a place for a file that is to come.
pub(crate) fn expect(connection: &Connection, place: &Place, key: &str, now: i64) -> rusqlite::Result<()> {
    connection.execute(
        "insert into cloud_files (key, project_id, workspace_id, created_at) values (?1, ?2, ?3, ?4)",
        params![key, place.project_id, place.workspace_id, now],
    )?;
    Ok(())
}

/// Keeps what has come. `false` where nothing was to come.
pub(crate) fn fill(connection: &Connection, key: &str, file: &File) -> rusqlite::Result<bool> {
    let filled = connection.execute(
        "update cloud_files set content_type = ?2, content = ?3 where key = ?1",
        params![key, file.content_type, file.content],
    )?;
    Ok(filled == 1)
}

/// Whether the workspace has a file of that key that has arrived.
pub(crate) fn exists(connection: &Connection, place: &Place, key: &str) -> rusqlite::Result<bool> {
    connection.query_row(
        "select exists (select 1 from cloud_files
             where key = ?1 and project_id = ?2 and workspace_id = ?3 and content is not null)",
        params![key, place.project_id, place.workspace_id],
        |row| row.get(0),
    )
}

/// A file that has arrived.
pub(crate) fn find(connection: &Connection, key: &str) -> rusqlite::Result<Option<File>> {
    connection
        .query_row(
            "select content_type, content from cloud_files where key = ?1 and content is not null",
            [key],
            |row| Ok(File { content_type: row.get(0)?, content: row.get(1)? }),
        )
        .optional()
}
