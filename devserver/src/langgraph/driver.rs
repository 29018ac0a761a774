//! Beginning a run, and seeing to its end, whatever that is.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Map, Value, json};

use super::execution::{Ended, Execution};
use super::identity::Caller;
use super::live::{Action, Live};
use super::plan::{Multitask, Plan};
use super::problem::Problem;
use super::telling::Teller;
use super::{ids, sse};
use crate::app::Shared;
use crate::store::StoreError;
use crate::store::graph::checkpoints;
use crate::store::graph::runs::{self, RunRow};
use crate::store::graph::threads::{self, ThreadRow};

const BUSY: &str =
    "Thread is already running a task. Wait for it to finish or choose a different multitask strategy.";

/// A run that has begun.
#[derive(Debug)]
pub(super) struct Begun {
    pub(super) row: RunRow,
    pub(super) live: Arc<Live>,
}

/// What the work on a run needs beside its plan.
struct Order {
    live: Arc<Live>,
    execution: Execution,
    plan: Plan,
    /// The runs that come before on the same thread.
    before: Vec<Arc<Live>>,
    temporary: bool,
}

/// Begins a run on a thread of the caller's, or on one of its own.
pub(super) async fn begin(
    app: &Shared,
    caller: Caller,
    thread: Option<String>,
    plan: Plan,
) -> Result<Begun, Problem> {
    let shared = app.clone();
    let (begun, order) = app
        .store
        .with(move |transaction, clock| {
            let now = clock.now_us();
            let temporary = thread.is_none();
            let thread_id = thread.clone().unwrap_or_else(|| ids::sorted(now / 1000));
            let found = threads::find(transaction, &caller.owner, &thread_id)?;
            let existed = found.is_some();
            let row = match found {
                Some(row) => row,
                None if temporary || (plan.create_thread && !threads::exists(transaction, &thread_id)?) => {
                    let row = new_thread(&thread_id, caller.own(None), temporary, now);
                    threads::insert(transaction, &caller.owner, &row)?;
                    row
                }
                None => return Err(Problem::not_found("Thread or assistant not found.")),
            };
            let before = match plan.multitask {
                Multitask::Reject if runs::any_unfinished(transaction, &thread_id)? => {
                    return Err(Problem::conflict(BUSY));
                }
                _ => shared.langgraph.runs.of_thread(&thread_id),
            };
            let run = describe(&caller, &plan, &row, existed, now);
            runs::insert(transaction, &run)?;
            let mut metadata = row.metadata;
            metadata.insert("graph_id".into(), plan.graph.name().into());
            metadata.insert("assistant_id".into(), plan.graph.assistant().into());
            let config = json!({ "configurable": plan.configurable() });
            threads::set_busy(transaction, &thread_id, &metadata, &config, now)?;
            let live = Live::new(run.id.clone(), thread_id, caller.owner.clone(), plan.resumable);
            let live = Arc::new(live);
            shared.langgraph.runs.add(&live);
            let action = match plan.multitask {
                Multitask::Interrupt => Some(Action::Interrupt),
                Multitask::Rollback => Some(Action::Rollback),
                Multitask::Reject | Multitask::Enqueue => None,
            };
            if let Some(action) = action {
                before.iter().for_each(|run| run.cancel(action));
            }
            let execution = execution(&shared, &live, &plan, &run, temporary);
            let order = Order { live: live.clone(), execution, plan, before, temporary };
            Ok((Begun { row: run, live }, order))
        })
        .await?;
    tokio::spawn(drive(app.clone(), order, begun.row.kwargs.clone()));
    Ok(begun)
}

/// A thread with nothing in it.
pub(super) fn new_thread(id: &str, metadata: Map<String, Value>, temporary: bool, now: i64) -> ThreadRow {
    ThreadRow {
        id: id.to_owned(),
        metadata,
        status: "idle".to_owned(),
        error: None,
        config: json!({}),
        temporary,
        settled_at: None,
        created_at: now,
        updated_at: now,
        state_updated_at: now,
    }
}

fn describe(caller: &Caller, plan: &Plan, thread: &ThreadRow, existed: bool, now: i64) -> RunRow {
    let id = ids::sorted(now / 1000);
    let mut metadata = Map::new();
    metadata.insert("created_by".into(), "system".into());
    metadata.extend(thread.metadata.clone());
    metadata.extend(plan.metadata());
    metadata = caller.own(Some(&metadata.into()));
    if existed {
        metadata.insert("graph_id".into(), plan.graph.name().into());
    }
    metadata.insert("assistant_id".into(), plan.graph.assistant().into());
    let mut configurable = plan.configurable();
    if let Some(user) = &caller.user {
        configurable.insert("langgraph_auth_user".into(), user.shown());
        configurable.insert("langgraph_auth_user_id".into(), user.identity.clone().into());
        configurable.insert("langgraph_auth_permissions".into(), json!([]));
    }
    let own = json!({
        "langgraph_request_id": ids::random(), "__request_start_time_ms__": now / 1000,
        "__after_seconds__": plan.after_seconds, "run_id": id, "thread_id": thread.id,
        "graph_id": plan.graph.name(), "assistant_id": plan.graph.assistant(),
    });
    configurable.extend(own.as_object().cloned().unwrap_or_default());
    if let Some(user) = &caller.user {
        configurable.insert("user_id".into(), user.identity.clone().into());
    }
    let metadata = Value::Object(metadata);
    RunRow {
        id,
        thread_id: thread.id.clone(),
        assistant_id: plan.graph.assistant().to_owned(),
        status: "pending".to_owned(),
        error: None,
        kwargs: plan.kwargs(&configurable.into(), &metadata, thread.temporary),
        metadata,
        multitask_strategy: plan.multitask.word().to_owned(),
        created_at: now,
        updated_at: now,
    }
}

fn execution(app: &Shared, live: &Arc<Live>, plan: &Plan, run: &RunRow, temporary: bool) -> Execution {
    let configurable = run.kwargs.pointer("/config/configurable").cloned().unwrap_or_default();
    let mut metadata = run.metadata.as_object().cloned().unwrap_or_default();
    metadata.extend(attempt(app));
    metadata.insert("run_id".into(), run.id.clone().into());
    let mut about = metadata.clone();
    about.insert("thread_id".into(), run.thread_id.clone().into());
    about.insert("graph_id".into(), plan.graph.name().into());
    for name in ["user_id", "langgraph_auth_user_id", "langgraph_request_id"] {
        about.extend(configurable.get(name).map(|value| (name.to_owned(), value.clone())));
    }
    // What the events of a run say names the graph even where the run itself does not.
    metadata.insert("graph_id".into(), plan.graph.name().into());
    let teller = Teller {
        live: live.clone(),
        modes: plan.modes.clone(),
        subgraphs: plan.subgraphs,
        configurable,
        metadata,
        keeps_checkpoints: !temporary,
    };
    Execution { app: app.clone(), teller, graph: plan.graph, thread_id: run.thread_id.clone(), about }
}

/// What the server says of itself beside a run.
fn attempt(app: &Shared) -> Map<String, Value> {
    let said = json!({
        "run_attempt": 1, "langgraph_version": super::LIBRARY_VERSION, "langgraph_api_version": super::API_VERSION,
        "langgraph_plan": "enterprise", "langgraph_host": "self-hosted", "langgraph_api_url": app.url,
    });
    said.as_object().cloned().unwrap_or_default()
}

/// How a run ends.
enum End {
    Done(Value),
    Failed { error: Value },
    Cancelled(Action),
}

/// Carries out a run to its end, whatever that is.
async fn drive(app: Shared, order: Order, kwargs: Value) {
    let Order { live, .. } = &order;
    let mut stopping = app.stopping.clone();
    let end = tokio::select! {
        biased;
        action = live.cancelled() => End::Cancelled(action),
        _ = stopping.wait_for(|stopping| *stopping) => End::Cancelled(Action::Interrupt),
        end = work(&app, &order, kwargs) => end.unwrap_or_else(|error| {
            tracing::error!("run {}: {error}", live.id);
            End::Failed { error: json!({ "error": "InternalError", "message": "the database failed" }) }
        }),
    };
    let result = settle(&app, &order, &end).await.unwrap_or_else(|error| {
        tracing::error!("run {} could not be settled: {error}", live.id);
        json!({})
    });
    if let End::Failed { error } = &end {
        live.push("error", error);
    }
    live.finish(result);
    app.langgraph.runs.settle(live);
}

async fn work(app: &Shared, order: &Order, mut kwargs: Value) -> Result<End, StoreError> {
    for run in &order.before {
        run.result().await;
    }
    if order.plan.after_seconds > 0 {
        tokio::time::sleep(Duration::from_secs(order.plan.after_seconds)).await;
    }
    if let Some(config) = kwargs.get_mut("config").and_then(Value::as_object_mut) {
        if let Some(configurable) = config.get_mut("configurable").and_then(Value::as_object_mut) {
            configurable.insert("__pregel_node_finished".into(), Value::Null);
        }
        if let Some(metadata) = config.get_mut("metadata").and_then(Value::as_object_mut) {
            metadata.extend(attempt(app));
        }
    }
    let id = order.live.id.clone();
    app.store
        .with(move |transaction, _| runs::begin(transaction, &id, &kwargs).map_err(StoreError::from))
        .await?;
    Ok(match order.execution.run(&order.plan).await? {
        Ended::Done(values) => End::Done(values),
        Ended::Raised { class, message } => {
            End::Failed { error: json!({ "error": class, "message": message }) }
        }
    })
}

/// Stores how a run ended, and says what it has come to.
async fn settle(app: &Shared, order: &Order, end: &End) -> Result<Value, StoreError> {
    let left = match end {
        End::Cancelled(Action::Interrupt) => order.execution.note_cancelled().await?,
        _ => false,
    };
    let (status, error) = match end {
        End::Done(_) => ("success", None),
        End::Failed { error } => ("error", Some(error.clone())),
        End::Cancelled(action) => {
            let (class, word) = match action {
                Action::Interrupt => ("UserInterrupt", "interrupt"),
                Action::Rollback => ("UserRollback", "rollback"),
            };
            let message = format!("{word} requested via POST /threads/{{thread_id}}/runs/{{run_id}}/cancel");
            ("interrupted", Some(json!({ "error": class, "message": message })))
        }
    };
    let rollback = matches!(end, End::Cancelled(Action::Rollback));
    let deletes = order.temporary && !order.plan.keep_thread;
    let (id, thread) = (order.live.id.clone(), order.live.thread_id.clone());
    let shared = app.clone();
    let (failed, kept) = (matches!(end, End::Failed { .. }), error.clone());
    let values = app
        .store
        .with(move |transaction, clock| {
            let now = clock.now_us();
            // Looked up in here: runs begin in transactions, too.
            let others = shared.langgraph.runs.of_thread(&thread).iter().any(|run| run.id != id);
            if rollback {
                checkpoints::delete_of_run(transaction, &id)?;
                runs::delete(transaction, &thread, &id)?;
            } else {
                // A cancelled run has no error of its own; its thread has.
                let own = kept.as_ref().filter(|_| failed);
                runs::end(transaction, &id, status, own, now)?;
            }
            let state = checkpoints::latest(transaction, &thread)?;
            let waits = state.as_ref().is_some_and(|state| state.next.is_some());
            let status = match (others, failed, waits || left) {
                (true, ..) => "busy",
                (_, true, _) => "error",
                _ if rollback => "idle",
                (.., true) => "interrupted",
                _ => "idle",
            };
            threads::set_status(transaction, &thread, status, kept.as_ref(), now)?;
            if deletes {
                threads::delete(transaction, &thread)?;
            }
            Ok::<_, StoreError>(state.map_or_else(|| json!({}), |state| state.values))
        })
        .await?;
    Ok(match end {
        End::Done(values) => values.clone(),
        End::Failed { error } => sse::failure(error),
        End::Cancelled(_) => values,
    })
}
