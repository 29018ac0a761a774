//! Scores: what somebody thinks of a message, a run or a thread.

use rusqlite::{Connection, OptionalExtension, params};

use super::Place;

/// A score to be kept.
#[derive(Debug, Clone)]
pub(crate) struct ScoreRow {
    pub(crate) id: String,
    pub(crate) user_id: String,
    pub(crate) name: String,
    pub(crate) data_type: &'static str,
    pub(crate) value: Option<f64>,
    pub(crate) string_value: Option<String>,
    pub(crate) comment: Option<String>,
    pub(crate) thread_id: Option<String>,
    pub(crate) message_id: Option<String>,
    pub(crate) run_id: Option<String>,
}

/// Adds a score.
pub(crate) fn insert(
    connection: &Connection,
    place: &Place,
    score: &ScoreRow,
    now: i64,
) -> rusqlite::Result<()> {
    connection.execute(
        "insert into cloud_scores (id, project_id, workspace_id, user_id, name, data_type, value, string_value, comment,
             thread_id, message_id, run_id, created_at, updated_at)
         values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?13)",
        params![
            score.id,
            place.project_id,
            place.workspace_id,
            score.user_id,
            score.name,
            score.data_type,
            score.value,
            score.string_value,
            score.comment,
            score.thread_id,
            score.message_id,
            score.run_id,
            now,
        ],
    )?;
    Ok(())
}

/// Adds a user's score of a message, or puts it in the place of the one they gave it before. Answers its id.
pub(crate) fn replace(
    connection: &Connection,
    place: &Place,
    score: &ScoreRow,
    now: i64,
) -> rusqlite::Result<String> {
    let earlier: Option<String> = connection
        .query_row(
            "select id from cloud_scores where message_id = ?1 and user_id = ?2 and name = ?3",
            params![score.message_id, score.user_id, score.name],
            |row| row.get(0),
        )
        .optional()?;
    let Some(id) = earlier else {
        insert(connection, place, score, now)?;
        return Ok(score.id.clone());
    };
    connection.execute(
        "update cloud_scores set value = ?2, comment = ?3, updated_at = ?4 where id = ?1",
        params![id, score.value, score.comment, now],
    )?;
    Ok(id)
}
