//! Carrying out a graph step by step, with a checkpoint behind each.

use serde_json::{Map, Value, json};

use super::graph::Graph;
use super::node::{Outcome, Task, update};
use super::plan::Plan;
use super::telling::{Place, Source, TaskResult, Teller, path};
use super::{ids, messages};
use crate::app::Shared;
use crate::store::StoreError;
use crate::store::graph::checkpoints::{self, CheckpointRow};

/// A run of a graph.
#[derive(Debug)]
pub(super) struct Execution {
    pub(super) app: Shared,
    pub(super) teller: Teller,
    pub(super) graph: Graph,
    pub(super) thread_id: String,
    /// What every checkpoint of the run says of it.
    pub(super) about: Map<String, Value>,
}

/// How a graph ends.
#[derive(Debug)]
pub(super) enum Ended {
    /// With these values, which say so if it waits for an answer.
    Done(Value),
    Raised {
        class: String,
        message: String,
    },
}

impl Execution {
    /// Carries out what a run asks for.
    pub(super) async fn run(&self, plan: &Plan) -> Result<Ended, StoreError> {
        let base = self.base(plan.checkpoint.clone()).await?;
        self.teller.begins();
        self.of_graph("on_chain_start", || json!({ "input": plan.input }));
        let mut resume =
            plan.command.as_ref().and_then(|command| command.get("resume")).filter(|value| !value.is_null());
        let written = plan.command.as_ref().and_then(|command| command.get("update")).or(plan.input.as_ref());
        // An answer is only taken where something was asked.
        resume = resume.filter(|_| base.as_ref().is_some_and(asks));
        let mut at = match (base, written) {
            (Some(base), None) => {
                self.teller.values(None, &base.values);
                base
            }
            (None, None) => {
                let message = "Received no input for __start__".to_owned();
                return Ok(Ended::Raised { class: "EmptyInputError".to_owned(), message });
            }
            (base, written) => self.begin(base, written.unwrap_or(&Value::Null)).await?,
        };
        while let Some(node) = at.next.as_deref().and_then(node_of) {
            let state = messages::of(&at.values);
            let step = at.step() + 1;
            let place = Place { node, task: task_of(&at), step, inside: None };
            self.teller.task(&place, &at.values);
            let task =
                Task { app: &self.app, teller: &self.teller, place, messages: &state, resume: resume.take() };
            let outcome = task.run().await;
            match outcome {
                Outcome::Wrote { messages: written, next } => {
                    let result = messages::state(&written);
                    self.teller.updates(None, &update(node, &written));
                    self.teller.task_result(
                        &task.place,
                        &TaskResult { result: result.clone(), ..TaskResult::default() },
                    );
                    self.note(&at, |task| set(task, "result", result.clone())).await?;
                    let mut state = state.clone();
                    messages::add(&mut state, &Value::from(written));
                    let values = messages::state(&state);
                    self.teller.values(None, &values);
                    at = self.put(Some(&at), "loop", step, values, next).await?;
                }
                Outcome::Asks(question) => {
                    let id = ids::digest();
                    let told = json!([{ "value": question, "id": id, "response_schema": null }]);
                    let kept = json!([{ "id": id, "value": question }]);
                    self.note(&at, |task| set(task, "interrupts", kept.clone())).await?;
                    let mut values = at.values.clone();
                    set(&mut values, "__interrupt__", told.clone());
                    self.teller.updates(None, &json!({ "__interrupt__": told }));
                    self.teller.values(None, &values);
                    self.teller
                        .task_result(&task.place, &TaskResult { interrupts: told, ..TaskResult::default() });
                    return Ok(Ended::Done(values));
                }
                Outcome::Raised { class, message } => {
                    let error = json!({ "error": class, "message": message });
                    self.teller.task_result(&task.place, &TaskResult { error, ..TaskResult::default() });
                    let error = format!("{class}('{message}')");
                    self.note(&at, |task| set(task, "error", error.clone().into())).await?;
                    return Ok(Ended::Raised { class, message });
                }
            }
        }
        self.of_graph("on_chain_end", || json!({ "output": at.values }));
        Ok(Ended::Done(at.values))
    }

    /// Notes at the thread's state that its task was cancelled, and says whether anything is left to do.
    pub(super) async fn note_cancelled(&self) -> Result<bool, StoreError> {
        let Some(at) = self.base(None).await? else { return Ok(false) };
        if at.next.is_some() {
            self.note(&at, |task| set(task, "error", "CancelledError()".into())).await?;
        }
        Ok(at.next.is_some())
    }

    async fn base(&self, id: Option<String>) -> Result<Option<CheckpointRow>, StoreError> {
        let thread = self.thread_id.clone();
        self.app
            .store
            .with(move |transaction, _| {
                let row = match id {
                    Some(id) => checkpoints::find(transaction, &thread, &id)?,
                    None => checkpoints::latest(transaction, &thread)?,
                };
                Ok::<_, StoreError>(row)
            })
            .await
    }

    /// Takes the input in: a checkpoint with it to come, and one with it in the state.
    async fn begin(&self, base: Option<CheckpointRow>, input: &Value) -> Result<CheckpointRow, StoreError> {
        let step = base.as_ref().map_or(-1, |base| base.step() + 1);
        let mut state = base.as_ref().map(|base| messages::of(&base.values)).unwrap_or_default();
        let before =
            self.put(base.as_ref(), "input", step, messages::state(&state), Some("__start__")).await?;
        self.note(&before, |task| set(task, "result", input.clone())).await?;
        messages::add(&mut state, input.get("messages").unwrap_or(&Value::Null));
        let values = messages::state(&state);
        self.teller.values(None, &values);
        self.put(Some(&before), "loop", step + 1, values, Some(self.graph.entry())).await
    }

    async fn put(
        &self,
        parent: Option<&CheckpointRow>,
        source: &str,
        step: i64,
        values: Value,
        next: Option<&str>,
    ) -> Result<CheckpointRow, StoreError> {
        let mut metadata = self.about.clone();
        metadata.extend(origin(source, step));
        let tasks = next.map(|node| json!([task(node)])).unwrap_or_else(|| json!([]));
        let now = self.app.store.now();
        let row = CheckpointRow {
            id: ids::checkpoint(now),
            parent_id: parent.map(|parent| parent.id.clone()),
            run_id: Some(self.teller.live.id.clone()),
            values,
            next: next.map(str::to_owned),
            tasks,
            metadata: metadata.into(),
            created_at: now.saturating_mul(1000),
        };
        let (thread, kept) = (self.thread_id.clone(), row.clone());
        self.app
            .store
            .with(move |transaction, _| {
                checkpoints::insert(transaction, &thread, &kept).map_err(StoreError::from)
            })
            .await?;
        self.teller.checkpoint(&row);
        Ok(row)
    }

    /// Notes something about the task of a checkpoint.
    async fn note(&self, at: &CheckpointRow, change: impl Fn(&mut Value)) -> Result<(), StoreError> {
        let mut tasks = at.tasks.clone();
        tasks.as_array_mut().into_iter().flatten().for_each(change);
        let (thread, id) = (self.thread_id.clone(), at.id.clone());
        self.app
            .store
            .with(move |transaction, _| {
                checkpoints::set_tasks(transaction, &thread, &id, &tasks).map_err(StoreError::from)
            })
            .await
    }

    fn of_graph(&self, event: &str, data: impl FnOnce() -> Value) {
        let source = Source {
            name: self.graph.name(),
            id: &self.teller.live.id,
            tags: vec![],
            parents: vec![],
            place: None,
            is_model: false,
        };
        self.teller.event(event, &source, data());
    }
}

/// How a checkpoint came about.
pub(super) fn origin(source: &str, step: i64) -> Map<String, Value> {
    let origin = json!({ "source": source, "step": step, "parents": {} });
    origin.as_object().cloned().unwrap_or_default()
}

/// A node that is to run, as a checkpoint tells of it.
pub(super) fn task(node: &str) -> Value {
    json!({
        "id": ids::random(), "name": node, "path": path(node), "error": null, "interrupts": [], "checkpoint": null,
        "state": null, "result": null,
    })
}

/// Whether a checkpoint waits for an answer.
fn asks(at: &CheckpointRow) -> bool {
    let interrupts = at.tasks.pointer("/0/interrupts").and_then(Value::as_array);
    interrupts.is_some_and(|interrupts| !interrupts.is_empty())
}

fn task_of(at: &CheckpointRow) -> String {
    at.tasks.pointer("/0/id").and_then(Value::as_str).map_or_else(ids::random, str::to_owned)
}

fn node_of(name: &str) -> Option<&'static str> {
    use super::graph::{CHILD, ECHO, TOOLS};
    [ECHO, TOOLS, CHILD].into_iter().find(|node| *node == name)
}

fn set(object: &mut Value, name: &str, value: Value) {
    if let Some(members) = object.as_object_mut() {
        members.insert(name.to_owned(), value);
    }
}
