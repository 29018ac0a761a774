//! `/threads/{thread}/messages`: a tree of messages, the newest first.

use axum::extract::{Path, State};
use axum::response::Response;
use rusqlite::Transaction;
use serde_json::{Value, json};

use super::identity::Caller;
use super::problem::{Problem, created, ok};
use super::schema::{self, Fields, LONGEST_TEXT};
use super::threads::owned;
use super::{convert, ids, titles, view};
use crate::app::Shared;
use crate::guard::Call;
use crate::store::cloud::messages::{self, MessageRow};
use crate::store::cloud::threads::{self, ThreadRow};

const LARGEST_PAGE: u32 = 200;
const MOST_DELETED: usize = 200;

pub(super) async fn list(
    State(app): State<Shared>,
    Path(thread): Path<String>,
    caller: Caller,
    call: Call,
) -> Result<Response, Problem> {
    let place = caller.place();
    let is_there = move |transaction: &Transaction<'_>, id: &str| {
        Ok::<_, Problem>(threads::find(transaction, &place, id)?.is_some())
    };
    listed(&app, &call, thread, is_there).await
}

/// The messages of a thread, whatever its workspace.
pub(super) async fn list_of_project(
    State(app): State<Shared>,
    Path(thread): Path<String>,
    caller: Caller,
    call: Call,
) -> Result<Response, Problem> {
    caller.needs_key()?;
    let project_id = caller.project.id.clone();
    let is_there = move |transaction: &Transaction<'_>, id: &str| {
        Ok::<_, Problem>(threads::is_in_project(transaction, &project_id, id)?)
    };
    listed(&app, &call, thread, is_there).await
}

/// A thread that is not there has no messages, and that is all that is said of it.
async fn listed(
    app: &Shared,
    call: &Call,
    thread: String,
    is_there: impl FnOnce(&Transaction<'_>, &str) -> Result<bool, Problem> + Send + 'static,
) -> Result<Response, Problem> {
    let limit = schema::limit(call, LARGEST_PAGE, LARGEST_PAGE)?;
    let (format, after) = (call.query("format").map(str::to_owned), call.query("after").map(str::to_owned));
    let shown = app
        .store
        .with(move |transaction, _| {
            let mut shown = Vec::new();
            if is_there(transaction, &thread)? {
                messages::each(transaction, &thread, after.as_deref(), |row| {
                    shown.extend(convert::read_as(row, format.as_deref()).as_ref().map(view::message));
                    shown.len() < limit as usize
                })?;
            }
            Ok::<_, Problem>(shown)
        })
        .await?;
    Ok(ok(&json!({ "messages": shown })))
}

/// What a client says of a message it makes.
struct New {
    parent: Option<String>,
    parent_external_id: Option<String>,
    format: String,
    content: Value,
    external_id: Option<String>,
}

/// Adds a message; one with the external id of another is that other message.
pub(super) async fn create(
    State(app): State<Shared>,
    Path(thread): Path<String>,
    caller: Caller,
    call: Call,
) -> Result<Response, Problem> {
    let new = new_message(&call, app.assistant_cloud.largest_content)?;
    let title = titles::of_message(&new.content);
    let (id, is_new, title) = app
        .store
        .with(move |transaction, clock| {
            let thread = owned(transaction, &caller.place(), &thread)?;
            let now = clock.now();
            let earlier = match &new.external_id {
                Some(external_id) => messages::find_external(transaction, &thread.id, external_id)?,
                None => None,
            };
            if let Some(earlier) = earlier {
                repeat(transaction, &earlier, &new.content, now)?;
                return Ok((earlier.id, false, None));
            }
            let parent = parent(transaction, &thread.id, &new)?;
            let row = MessageRow {
                id: ids::message(),
                height: parent.as_ref().map_or(0, |parent| parent.height + 1),
                parent_id: parent.map(|parent| parent.id),
                format: new.format,
                content: new.content,
                external_id: new.external_id,
                created_at: now,
                updated_at: now,
            };
            messages::insert(transaction, &thread.id, &row)?;
            let title = title.filter(|_| thread.title.is_none()).map(|title| (thread.id.clone(), title));
            let last_message_at = thread.last_message_at.max(now);
            threads::update(transaction, &ThreadRow { last_message_at, updated_at: now, ..thread })?;
            Ok::<_, Problem>((row.id, true, title))
        })
        .await?;
    if let Some((thread, title)) = title {
        titles::give(app, thread, title);
    }
    let body = json!({ "message_id": id });
    Ok(if is_new { created(&body) } else { ok(&body) })
}

fn new_message(call: &Call, largest: usize) -> Result<New, Problem> {
    let mut fields = Fields::of(call)?;
    let parent = fields.any("parent_id");
    if parent.is_some_and(|parent| !parent.is_null() && !parent.is_string()) {
        fields.wrong("parent_id", "must be a string or null");
    }
    let parent_external_id = fields.text("parent_external_id", LONGEST_TEXT);
    if parent_external_id.is_none() {
        fields.required("parent_id", parent);
    }
    let format = fields.text("format", LONGEST_TEXT);
    let format = fields.required("format", format);
    let content = content(&mut fields, largest);
    let external_id = fields.text("external_id", LONGEST_TEXT);
    fields.finish()?;
    Ok(New {
        parent: parent.and_then(Value::as_str).map(str::to_owned),
        parent_external_id,
        format: format.unwrap_or_default(),
        content: content.unwrap_or_default(),
        external_id,
    })
}

fn content(fields: &mut Fields<'_>, largest: usize) -> Option<Value> {
    let content = fields.object("content");
    let content = fields.required("content", content)?;
    if content.to_string().len() > largest {
        fields.wrong("content", &format!("must have at most {largest} bytes"));
    }
    Some(content.clone())
}

/// The message that a new one follows. What is no id of a message is the beginning.
fn parent(transaction: &Transaction<'_>, thread: &str, new: &New) -> Result<Option<MessageRow>, Problem> {
    let found = match (&new.parent_external_id, &new.parent) {
        (Some(external_id), _) => messages::find_external(transaction, thread, external_id)?,
        (None, Some(id)) if id.starts_with(ids::MESSAGE) => messages::find(transaction, thread, id)?,
        _ => return Ok(None),
    };
    found.map(Some).ok_or_else(|| Problem::bad_request("Parent message not found"))
}

/// A message is made once more: another content replaces the first, another role is another message.
fn repeat(
    transaction: &Transaction<'_>,
    earlier: &MessageRow,
    content: &Value,
    now: i64,
) -> Result<(), Problem> {
    if earlier.content.get("role") != content.get("role") {
        return Err(Problem::conflict("The message with this external_id has another role"));
    }
    if earlier.content != *content {
        messages::set_content(transaction, &earlier.id, content, now)?;
    }
    Ok(())
}

pub(super) async fn update(
    State(app): State<Shared>,
    Path((thread, id)): Path<(String, String)>,
    caller: Caller,
    call: Call,
) -> Result<Response, Problem> {
    let mut fields = Fields::of(&call)?;
    let content = content(&mut fields, app.assistant_cloud.largest_content);
    fields.finish()?;
    let frozen = app.assistant_cloud.frozen_parents;
    app.store
        .with(move |transaction, clock| {
            let row = of_thread(transaction, &caller, &thread, &id)?;
            if frozen && messages::is_parent(transaction, &row.id)? {
                return Err(Problem::conflict("A message that others follow cannot be changed"));
            }
            Ok(messages::set_content(transaction, &row.id, &content.unwrap_or_default(), clock.now())?)
        })
        .await?;
    Ok(ok(&json!({})))
}

/// Deletes messages, and those that follow them.
pub(super) async fn delete(
    State(app): State<Shared>,
    Path(thread): Path<String>,
    caller: Caller,
    call: Call,
) -> Result<Response, Problem> {
    let mut fields = Fields::of(&call)?;
    let ids = fields.any("message_ids").and_then(Value::as_array);
    let read =
        |ids: &Vec<Value>| ids.iter().map(|id| id.as_str().map(str::to_owned)).collect::<Option<Vec<_>>>();
    let ids = ids.and_then(read).filter(|ids| (1..=MOST_DELETED).contains(&ids.len()));
    if ids.is_none() {
        fields.wrong("message_ids", &format!("must be an array of 1 to {MOST_DELETED} ids"));
    }
    fields.finish()?;
    app.store
        .with(move |transaction, _| {
            let thread = owned(transaction, &caller.place(), &thread)?;
            for id in ids.unwrap_or_default() {
                messages::delete(transaction, &thread.id, &id)?;
            }
            Ok::<_, Problem>(())
        })
        .await?;
    Ok(ok(&json!({})))
}

/// The message of a thread that is the caller's.
pub(super) fn of_thread(
    transaction: &Transaction<'_>,
    caller: &Caller,
    thread: &str,
    id: &str,
) -> Result<MessageRow, Problem> {
    let thread = owned(transaction, &caller.place(), thread)?;
    messages::find(transaction, &thread.id, id)?.ok_or_else(Problem::no_such_message)
}
