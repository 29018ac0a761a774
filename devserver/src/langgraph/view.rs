//! Threads, states, runs and items as the answers show them.

use serde_json::{Map, Value, json};

use super::time::iso;
use crate::store::graph::checkpoints::CheckpointRow;
use crate::store::graph::items::ItemRow;
use crate::store::graph::runs::RunRow;
use crate::store::graph::threads::ThreadRow;

/// A thread with the state it is in.
pub(super) fn thread(row: &ThreadRow, state: Option<&CheckpointRow>) -> Value {
    let mut shown = json!({
        "thread_id": row.id, "created_at": iso(row.created_at), "updated_at": iso(row.updated_at),
        "state_updated_at": iso(row.state_updated_at), "metadata": row.metadata, "status": row.status,
        "config": row.config, "values": null,
    });
    if let (Some(state), Some(members)) = (state, shown.as_object_mut()) {
        members.insert("values".into(), state.values.clone());
        members.insert("error".into(), row.error.clone().unwrap_or_default());
        members.insert("interrupts".into(), by_task(state).into());
    }
    shown
}

/// The state after a step.
pub(super) fn state(thread: &str, row: &CheckpointRow) -> Value {
    let checkpoint = |id: &String| json!({ "checkpoint_id": id, "thread_id": thread, "checkpoint_ns": "" });
    let interrupts: Vec<_> =
        tasks(row).filter_map(|task| task.get("interrupts")?.as_array()).flatten().collect();
    json!({
        "values": row.values, "next": row.next.iter().collect::<Vec<_>>(), "tasks": row.tasks,
        "metadata": row.metadata, "created_at": iso(row.created_at), "checkpoint": checkpoint(&row.id),
        "parent_checkpoint": row.parent_id.as_ref().map(checkpoint), "interrupts": interrupts,
        "checkpoint_id": row.id, "parent_checkpoint_id": row.parent_id,
    })
}

/// The state of a thread that has none, or at a checkpoint that is none.
pub(super) fn no_state(thread: &str, id: Option<&str>) -> Value {
    json!({
        "values": {}, "next": [], "tasks": [], "metadata": null, "created_at": null,
        "checkpoint": id.map(|id| json!({ "checkpoint_id": id, "thread_id": thread })), "parent_checkpoint": null,
        "interrupts": [], "checkpoint_id": id, "parent_checkpoint_id": null,
    })
}

/// A run.
pub(super) fn run(row: &RunRow) -> Value {
    json!({
        "run_id": row.id, "thread_id": row.thread_id, "assistant_id": row.assistant_id, "metadata": row.metadata,
        "status": row.status, "kwargs": row.kwargs, "multitask_strategy": row.multitask_strategy,
        "created_at": iso(row.created_at), "updated_at": iso(row.updated_at), "langsmith_session_name": null,
    })
}

/// An item of the store.
pub(super) fn item(row: &ItemRow) -> Value {
    json!({
        "namespace": row.namespace, "key": row.key, "value": row.value, "created_at": iso(row.created_at),
        "updated_at": iso(row.updated_at),
    })
}

/// What waits for an answer, by the task that asked.
fn by_task(state: &CheckpointRow) -> Map<String, Value> {
    let asks = |task: &Value| {
        let interrupts = task.get("interrupts")?.as_array().filter(|interrupts| !interrupts.is_empty())?;
        Some((task.get("id")?.as_str()?.to_owned(), interrupts.clone().into()))
    };
    tasks(state).filter_map(asks).collect()
}

fn tasks(state: &CheckpointRow) -> impl Iterator<Item = &Value> {
    state.tasks.as_array().into_iter().flatten()
}
