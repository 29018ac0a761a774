//! Runs: begin one, on a new thread or an existing one, or cancel it.

use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::Response;
use futures_util::stream;
use rusqlite::Transaction;
use serde_json::{Value, json};
use tokio::sync::mpsc;

use super::driver::{self, Run};
use super::problem::{self, Problem};
use super::run_body::RunBody;
use super::threads::{insert, owned};
use super::validate::{Checks, given};
use super::{ids, initial, rules};
use crate::app::Shared;
use crate::faults::RunBehaviour;
use crate::guard::{Call, Caller, Place, caller};
use crate::store::messages::{self, NewMessage};
use crate::store::threads::Owner;
use crate::store::{Clock, runs};

/// Events waiting for a client that reads slowly; beyond that the run waits for it.
const QUEUED_EVENTS: usize = 16;

const THREAD_ID: HeaderName = HeaderName::from_static("x-thread-id");
const RUN_ID: HeaderName = HeaderName::from_static("x-run-id");

/// `POST /v1/threads/runs`: a run on a thread that this call creates. The thread stays when the run is refused.
pub(super) async fn create_with_thread(State(app): State<Shared>, call: Call) -> Result<Response, Problem> {
    let Caller { project, owner } = caller(&app, &call, Place::Thread)?;
    let body = RunBody::read(call.body())?;
    let thread = given(call.body(), "thread").unwrap_or(&Value::Null);
    let mut checks = Checks::default();
    checks.optional_object(thread, "metadata");
    let first = initial::read(thread, "initialMessages", &mut checks);
    checks.finish()?;
    initial::check_roles(&first, &project, call.uri.path())?;
    let metadata = given(call.body(), "threadMetadata").or_else(|| given(thread, "metadata")).cloned();
    let creator = owner.clone();
    let thread = app
        .store
        .with(move |transaction, clock| insert(transaction, clock, &creator, metadata.as_ref(), first))
        .await?;
    let mut response = start(app, owner, thread.id.clone(), body, call.faults.run()).await?;
    if let Ok(id) = HeaderValue::from_str(&thread.id) {
        response.headers_mut().insert(THREAD_ID, id);
    }
    Ok(response)
}

/// `POST /v1/threads/{thread}/runs`
pub(super) async fn create(
    State(app): State<Shared>,
    Path(thread): Path<String>,
    call: Call,
) -> Result<Response, Problem> {
    let Caller { owner, .. } = caller(&app, &call, Place::Body)?;
    let (asker, id) = (owner.clone(), thread.clone());
    app.store.with(move |transaction, _| owned(transaction, &asker, &id)).await?;
    start(app, owner, thread, RunBody::read(call.body())?, call.faults.run()).await
}

/// `DELETE /v1/threads/{thread}/runs/{run}`
pub(super) async fn cancel(
    State(app): State<Shared>,
    Path((thread, run)): Path<(String, String)>,
    call: Call,
) -> Result<Response, Problem> {
    let Caller { owner, .. } = caller(&app, &call, Place::Query)?;
    let (id, active) = (run.clone(), app.clone());
    app.store
        .with(move |transaction, clock| {
            let current = owned(transaction, &owner, &thread)?.current_run_id;
            if current.as_ref() != Some(&id) || !runs::cancel(transaction, &id, clock.now())? {
                return Err(Problem::not_found(format!("Run {id} is not active on thread {thread}")));
            }
            // In here, where it happens even if this client goes away.
            active.runs.cancel(&id);
            Ok(())
        })
        .await?;
    Ok(problem::json(StatusCode::OK, &json!({ "runId": run, "status": "cancelled" })))
}

/// Begins a run and answers with its stream.
async fn start(
    app: Shared,
    owner: Owner,
    thread_id: String,
    body: RunBody,
    behaviour: RunBehaviour,
) -> Result<Response, Problem> {
    let run_id = ids::run();
    let id = HeaderValue::from_str(&run_id).map_err(|_| Problem::internal())?;
    // A task of its own: the client may go away at any moment, and a run that was begun and not driven would hold its
    // thread for ever. The driver notices that nobody reads.
    let begun = tokio::spawn(async move {
        let prompt = body.answerable.then(|| body.prompt());
        let (thread, run) = (thread_id.clone(), run_id.clone());
        app.store
            .with(move |transaction, clock| begin(transaction, clock, &owner, &thread, &run, body))
            .await?;
        let (events, receiver) = mpsc::channel(QUEUED_EVENTS);
        tokio::spawn(driver::drive(app, Run { id: run_id, thread_id, prompt, behaviour }, events));
        Ok::<_, Problem>(receiver)
    });
    let mut receiver = begun.await.map_err(|_| Problem::internal())??;
    let mut response =
        Response::new(Body::from_stream(stream::poll_fn(move |context| receiver.poll_recv(context))));
    *response.status_mut() = StatusCode::CREATED;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/event-stream"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    headers.insert(header::CONNECTION, HeaderValue::from_static("keep-alive"));
    headers.insert(RUN_ID, id);
    Ok(response)
}

/// Checks the thread's rules, takes its run, and adds what the user sent, all or nothing.
fn begin(
    transaction: &Transaction<'_>,
    clock: &Clock,
    owner: &Owner,
    thread_id: &str,
    run_id: &str,
    body: RunBody,
) -> Result<(), Problem> {
    let thread = owned(transaction, owner, thread_id)?;
    rules::check(&thread, messages::any(transaction, thread_id)?, &body)?;
    runs::begin(transaction, run_id, thread_id, clock.now())?;
    let add = |role, content: Value, metadata| {
        let message = NewMessage { id: ids::message(), role, content, metadata };
        messages::insert(transaction, thread_id, &message, clock.now())
    };
    // The service keeps each result as a message of its own and, oddly, as the assistant's.
    for result in body.results {
        add("assistant", json!([result.block]), None)?;
    }
    if body.answerable && !body.content.is_empty() {
        add("user", body.content.into(), body.metadata)?;
    }
    Ok(())
}
