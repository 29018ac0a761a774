//! `/threads`: the chats of a workspace.

use axum::extract::{Path, State};
use axum::response::Response;
use rusqlite::Transaction;
use serde_json::{Value, json};

use super::identity::Caller;
use super::problem::{Problem, created, ok};
use super::schema::{self, Fields, LONGEST_TEXT};
use super::{ids, view};
use crate::app::Shared;
use crate::guard::Call;
use crate::store::cloud::threads::{self, Asked, ThreadRow};
use crate::store::cloud::{Place, identities};
use crate::store::epoch_ms;

const DEFAULT_PAGE: u32 = 20;
const LARGEST_PAGE: u32 = 100;

pub(super) async fn list(State(app): State<Shared>, caller: Caller, call: Call) -> Result<Response, Problem> {
    listed(&app, &call, caller.project.id.clone(), Some(caller.workspace)).await
}

/// The threads of all workspaces.
pub(super) async fn list_of_project(
    State(app): State<Shared>,
    caller: Caller,
    call: Call,
) -> Result<Response, Problem> {
    caller.needs_key()?;
    listed(&app, &call, caller.project.id.clone(), None).await
}

async fn listed(
    app: &Shared,
    call: &Call,
    project_id: String,
    workspace_id: Option<String>,
) -> Result<Response, Problem> {
    let asked = Asked {
        project_id,
        workspace_id,
        // One list never has both.
        is_archived: schema::flag(call, "is_archived")?.unwrap_or_default(),
        external_id: call.query("external_id").map(str::to_owned),
        after: call.query("after").map(str::to_owned),
        limit: schema::limit(call, DEFAULT_PAGE, LARGEST_PAGE)?,
    };
    let rows =
        app.store.with(move |transaction, _| Ok::<_, Problem>(threads::list(transaction, &asked)?)).await?;
    Ok(ok(&json!({ "threads": rows.iter().map(view::thread).collect::<Vec<_>>() })))
}

pub(super) async fn get(
    State(app): State<Shared>,
    Path(id): Path<String>,
    caller: Caller,
) -> Result<Response, Problem> {
    let row = app.store.with(move |transaction, _| owned(transaction, &caller.place(), &id)).await?;
    Ok(ok(&json!({ "thread": view::thread(&row) })))
}

pub(super) async fn create(
    State(app): State<Shared>,
    caller: Caller,
    call: Call,
) -> Result<Response, Problem> {
    let mut fields = Fields::of(&call)?;
    let last_message_at = fields.time("last_message_at");
    let last_message_at = fields.required("last_message_at", last_message_at);
    let title = fields.text("title", LONGEST_TEXT);
    let metadata = fields.metadata().flatten();
    let external_id = fields.text("external_id", LONGEST_TEXT);
    let upsert = fields.flag("upsert").unwrap_or_default();
    fields.finish()?;
    let (id, is_new) = app
        .store
        .with(move |transaction, clock| {
            let place = caller.place();
            if let Some(external_id) = &external_id
                && let Some(row) = threads::find_external(transaction, &place, external_id)?
            {
                return if upsert {
                    Ok((row.id, false))
                } else {
                    Err(Problem::conflict("A thread with this external_id exists"))
                };
            }
            let now = clock.now();
            let row = ThreadRow {
                id: ids::thread(),
                project_id: place.project_id,
                workspace_id: place.workspace_id,
                title,
                metadata,
                external_id,
                is_archived: false,
                last_message_at: last_message_at.unwrap_or(now),
                created_at: now,
                updated_at: now,
            };
            threads::insert(transaction, &row)?;
            Ok((row.id, true))
        })
        .await?;
    let body = json!({ "thread_id": id });
    Ok(if is_new { created(&body) } else { ok(&body) })
}

pub(super) async fn update(
    State(app): State<Shared>,
    Path(id): Path<String>,
    caller: Caller,
    call: Call,
) -> Result<Response, Problem> {
    let mut fields = Fields::of(&call)?;
    let title = fields.text("title", LONGEST_TEXT);
    let last_message_at = fields.time("last_message_at");
    let metadata = fields.metadata();
    let is_archived = fields.flag("is_archived");
    fields.finish()?;
    app.store
        .with(move |transaction, clock| {
            let row = owned(transaction, &caller.place(), &id)?;
            let row = ThreadRow {
                title: title.or(row.title),
                metadata: metadata.unwrap_or(row.metadata),
                is_archived: is_archived.unwrap_or(row.is_archived),
                last_message_at: last_message_at.unwrap_or(row.last_message_at),
                updated_at: clock.now(),
                ..row
            };
            Ok::<_, Problem>(threads::update(transaction, &row)?)
        })
        .await?;
    Ok(ok(&json!({})))
}

pub(super) async fn delete(
    State(app): State<Shared>,
    Path(id): Path<String>,
    caller: Caller,
) -> Result<Response, Problem> {
    app.store
        .with(move |transaction, _| {
            owned(transaction, &caller.place(), &id)?;
            Ok::<_, Problem>(threads::delete(transaction, &id)?)
        })
        .await?;
    Ok(ok(&json!({})))
}

/// Moves all threads of an anonymous user to the caller's workspace. The refresh token stays good.
pub(super) async fn claim(
    State(app): State<Shared>,
    caller: Caller,
    call: Call,
) -> Result<Response, Problem> {
    let mut fields = Fields::of(&call)?;
    let token = fields.any("refresh_token");
    let token = fields.required("refresh_token", token.and_then(Value::as_str).map(str::to_owned));
    fields.finish()?;
    if caller.is_anonymous() {
        return Err(Problem::forbidden("An anonymous user cannot claim threads"));
    }
    let known = |token: &String| token.starts_with(ids::REFRESH);
    let token = token.filter(known).ok_or_else(|| Problem::forbidden("Invalid refresh token"))?;
    let moved = app
        .store
        .with(move |transaction, clock| {
            let to = caller.place();
            let user = identities::find(transaction, &to.project_id, &token, epoch_ms())?;
            let workspace_id = user.ok_or_else(|| Problem::forbidden("Invalid refresh token"))?;
            let from = Place { workspace_id, ..to.clone() };
            Ok::<_, Problem>(threads::move_all(transaction, &from, &to, clock.now())?)
        })
        .await?;
    Ok(ok(&json!({ "moved": moved })))
}

/// The workspace's thread of that id. An unknown thread and one of another workspace are refused alike.
pub(super) fn owned(transaction: &Transaction<'_>, place: &Place, id: &str) -> Result<ThreadRow, Problem> {
    threads::find(transaction, place, id)?.ok_or_else(Problem::no_such_thread)
}
