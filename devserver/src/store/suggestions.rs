//! Suggestions for what to say to a message.

use rusqlite::{Connection, Row, params};

use super::threads::Position;

/// A suggestion as it is kept.
#[derive(Debug, Clone)]
pub(crate) struct SuggestionRow {
    pub(crate) id: String,
    pub(crate) title: String,
    pub(crate) description: String,
    pub(crate) created_at: i64,
}

/// Puts these in the place of all that the message had.
pub(crate) fn replace(
    connection: &Connection,
    message_id: &str,
    rows: &[SuggestionRow],
) -> rusqlite::Result<()> {
    connection.execute("delete from suggestions where message_id = ?1", [message_id])?;
    for row in rows {
        connection.execute(
            "insert into suggestions (id, message_id, title, description, created_at) values (?1, ?2, ?3, ?4, ?5)",
            params![row.id, message_id, row.title, row.description, row.created_at],
        )?;
    }
    Ok(())
}

/// Up to `limit` of a message's suggestions behind a position, in their order.
pub(crate) fn list(
    connection: &Connection,
    message_id: &str,
    after: Option<&Position>,
    limit: u32,
) -> rusqlite::Result<Vec<SuggestionRow>> {
    let (time, id) = after.map_or((i64::MIN, ""), |position| (position.created_at, position.id.as_str()));
    connection
        .prepare(
            "select id, title, description, created_at from suggestions
             where message_id = ?1 and (created_at, id) > (?2, ?3) order by created_at, id limit ?4",
        )?
        .query_map(params![message_id, time, id, limit], read)?
        .collect()
}

fn read(row: &Row<'_>) -> rusqlite::Result<SuggestionRow> {
    Ok(SuggestionRow {
        id: row.get("id")?,
        title: row.get("title")?,
        description: row.get("description")?,
        created_at: row.get("created_at")?,
    })
}
