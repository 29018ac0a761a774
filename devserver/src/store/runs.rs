//! Runs: one answer in the making, at most one a thread.
//!
//! The row is the arbiter between an answer that ends, a cancellation and a deleted thread: whoever takes the run out
//! of `active` (or of `committing`, see [`release`]) first has ended it, and the others are told so.

use rusqlite::{Connection, params};
use serde_json::{Value, json};

use super::messages::{self, NewMessage};

/// Registers a run as the active one of its thread.
pub(crate) fn begin(connection: &Connection, id: &str, thread_id: &str, now: i64) -> rusqlite::Result<()> {
    connection.execute(
        "insert into runs (id, thread_id, status, created_at) values (?1, ?2, 'active', ?3)",
        params![id, thread_id, now],
    )?;
    connection.execute(
        "update threads set run_status = 'waiting', current_run_id = ?2, pending_tool_call_ids = '[]',
             last_run_cancelled = 0, last_run_error_code = null, last_run_error_message = null, updated_at = ?3
         where id = ?1",
        params![thread_id, id, now],
    )?;
    Ok(())
}

/// Adds the assistant's message, still blank, and marks the thread as streaming. `false` when the run is over.
pub(crate) fn begin_answer(
    connection: &Connection,
    id: &str,
    message_id: &str,
    status_message: &str,
    now: i64,
) -> rusqlite::Result<bool> {
    let updated = connection.execute(
        "update runs set message_id = ?2 where id = ?1 and status = 'active'",
        params![id, message_id],
    )?;
    if updated == 0 {
        return Ok(false);
    }
    let thread_id: String =
        connection.query_row("select thread_id from runs where id = ?1", [id], |row| row.get(0))?;
    let message = NewMessage {
        id: message_id.to_owned(),
        role: "assistant",
        content: json!([{ "type": "text", "text": " " }]),
        metadata: None,
    };
    messages::insert(connection, &thread_id, &message, now)?;
    connection.execute(
        "update threads set run_status = 'streaming', status_message = ?2, updated_at = ?3 where id = ?1",
        params![thread_id, status_message, now],
    )?;
    Ok(true)
}

/// Keeps what the assistant's message has come to and adds a further, blank one. `false` when the run is over.
pub(crate) fn next_message(
    connection: &Connection,
    id: &str,
    content: &Value,
    message_id: &str,
    status_message: &str,
    now: i64,
) -> rusqlite::Result<bool> {
    keep_content(connection, id, content)?;
    begin_answer(connection, id, message_id, status_message, now)
}

/// Keeps the answer and lets go of the thread, while the run's end is still to be stored: the moment in which the
/// service has told of pending tool calls and does not know of them yet. `false` when something else has ended it.
pub(crate) fn release(
    connection: &Connection,
    id: &str,
    content: &Value,
    status_message: &str,
) -> rusqlite::Result<bool> {
    let released = connection
        .execute("update runs set status = 'committing' where id = ?1 and status = 'active'", [id])?;
    if released == 0 {
        return Ok(false);
    }
    keep_content(connection, id, content)?;
    connection.execute(
        "update threads set run_status = 'idle', current_run_id = null, status_message = ?2
         where id = (select thread_id from runs where id = ?1)",
        params![id, status_message],
    )?;
    Ok(true)
}

/// Ends a run that was released. `false` when something else has ended it.
pub(crate) fn commit(
    connection: &Connection,
    id: &str,
    pending: &[String],
    now: i64,
) -> rusqlite::Result<bool> {
    if !end(connection, id, "completed", now)? {
        return Ok(false);
    }
    connection.execute(
        "update threads set pending_tool_call_ids = ?2 where id = (select thread_id from runs where id = ?1)",
        params![id, json!(pending)],
    )?;
    Ok(true)
}

fn keep_content(connection: &Connection, id: &str, content: &Value) -> rusqlite::Result<()> {
    connection.execute(
        "update messages set content = ?2 where id = (select message_id from runs where id = ?1)",
        params![id, content],
    )?;
    Ok(())
}

/// Ends a run with an error. What was streamed is not kept. `false` when something else has ended it.
pub(crate) fn fail(
    connection: &Connection,
    id: &str,
    code: &str,
    message: &str,
    now: i64,
) -> rusqlite::Result<bool> {
    if !end(connection, id, "failed", now)? {
        return Ok(false);
    }
    connection.execute(
        "update threads set last_run_error_code = ?2, last_run_error_message = ?3
         where id = (select thread_id from runs where id = ?1)",
        params![id, code, message],
    )?;
    Ok(true)
}

/// Cancels a run. What was streamed is not kept. `false` when it is over, or not a run of this thread.
pub(crate) fn cancel(connection: &Connection, id: &str, now: i64) -> rusqlite::Result<bool> {
    if !end(connection, id, "cancelled", now)? {
        return Ok(false);
    }
    connection.execute(
        "update messages set is_cancelled = 1 where id = (select message_id from runs where id = ?1)",
        [id],
    )?;
    connection.execute(
        "update threads set last_run_cancelled = 1 where id = (select thread_id from runs where id = ?1)",
        [id],
    )?;
    Ok(true)
}

/// Cancels the runs of a process that is gone, and says how many there were.
pub(super) fn settle_abandoned(connection: &Connection, now: i64) -> rusqlite::Result<usize> {
    let abandoned: Vec<String> = connection
        .prepare("select id from runs where status in ('active', 'committing')")?
        .query_map([], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    for id in &abandoned {
        cancel(connection, id, now)?;
    }
    Ok(abandoned.len())
}

/// However a run ends, its thread is idle and the run counts as the last completed one. A thread that was let go of
/// before may have begun another run.
fn end(connection: &Connection, id: &str, status: &str, now: i64) -> rusqlite::Result<bool> {
    let ended = connection.execute(
        "update runs set status = ?2, ended_at = ?3 where id = ?1 and status in ('active', 'committing')",
        params![id, status, now],
    )?;
    if ended == 0 {
        return Ok(false);
    }
    connection.execute(
        "update threads set last_completed_run_id = ?1, updated_at = ?2,
             run_status = case when coalesce(current_run_id, ?1) = ?1 then 'idle' else run_status end,
             current_run_id = nullif(current_run_id, ?1)
         where id = (select thread_id from runs where id = ?1)",
        params![id, now],
    )?;
    Ok(true)
}
