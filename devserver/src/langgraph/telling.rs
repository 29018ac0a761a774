//! What a run tells of itself: the events of every mode it was asked for, in the shapes that the library gives them.

use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::live::Live;
use super::mode::Mode;
use super::time::iso;
use crate::store::epoch_ms;
use crate::store::graph::checkpoints::CheckpointRow;

/// Where an event of a node comes from.
#[derive(Debug, Clone)]
pub(super) struct Place {
    pub(super) node: &'static str,
    /// The task that runs the node.
    pub(super) task: String,
    pub(super) step: i64,
    /// The task of the node whose graph this is, where it is one inside of another.
    pub(super) inside: Option<String>,
}

impl Place {
    fn namespace(&self) -> String {
        let own = format!("{}:{}", self.node, self.task);
        self.inside.as_ref().map(|inside| format!("{inside}|{own}")).unwrap_or(own)
    }
}

/// What a task came to.
#[derive(Debug)]
pub(super) struct TaskResult {
    pub(super) result: Value,
    pub(super) error: Value,
    pub(super) interrupts: Value,
}

impl Default for TaskResult {
    fn default() -> Self {
        Self { result: json!({}), error: Value::Null, interrupts: json!([]) }
    }
}

/// Tells a run's stream what happens.
#[derive(Debug, Clone)]
pub(super) struct Teller {
    pub(super) live: Arc<Live>,
    pub(super) modes: Vec<Mode>,
    pub(super) subgraphs: bool,
    /// `config.configurable` of the run.
    pub(super) configurable: Value,
    /// `config.metadata` of the run.
    pub(super) metadata: Map<String, Value>,
    /// A run without a thread of its own tells of no checkpoints.
    pub(super) keeps_checkpoints: bool,
}

impl Teller {
    pub(super) fn begins(&self) {
        self.live.push("metadata", &json!({ "run_id": self.live.id, "attempt": 1 }));
    }

    /// Whether the model's message is streamed.
    pub(super) fn streams(&self) -> bool {
        self.modes.iter().any(|mode| mode.needs_chunks())
    }

    pub(super) fn values(&self, inside: Option<&str>, values: &Value) {
        self.tell(Mode::Values, inside, || values.clone());
    }

    pub(super) fn updates(&self, inside: Option<&str>, updates: &Value) {
        self.tell(Mode::Updates, inside, || updates.clone());
    }

    pub(super) fn custom(&self, inside: Option<&str>, value: &Value) {
        self.tell(Mode::Custom, inside, || value.clone());
    }

    /// A piece of the model's message, and the whole message so far.
    pub(super) fn message(&self, place: &Place, chunk: &Value, so_far: &Value, first: bool) {
        let inside = place.inside.as_deref();
        self.tell(Mode::MessagesTuple, inside, || json!([chunk, self.of_model(place)]));
        if self.modes.contains(&Mode::Messages) && self.shows(inside) {
            if first {
                let id = so_far.get("id").and_then(Value::as_str).unwrap_or_default();
                let mut members = Map::new();
                members.insert(id.to_owned(), json!({ "metadata": self.of_model(place) }));
                self.push("messages/metadata", inside, &Value::Object(members));
            }
            self.push("messages/partial", inside, &json!([so_far]));
        }
    }

    /// A callback of the library, as `astream_events` tells of it.
    pub(super) fn event(&self, event: &str, source: &Source<'_>, data: Value) {
        self.tell(Mode::Events, source.place.and_then(|place| place.inside.as_deref()), || {
            let metadata = match (source.place, source.is_model) {
                (Some(place), true) => self.of_model(place),
                (Some(place), false) => self.of_node(place, "langgraph"),
                (None, _) => self.of_run("langgraph"),
            };
            json!({
                "event": event, "data": data, "name": source.name, "tags": source.tags, "run_id": source.id,
                "metadata": metadata, "parent_ids": source.parents,
            })
        });
    }

    pub(super) fn task(&self, place: &Place, input: &Value) {
        let payload = || {
            let mut metadata = self.metadata.clone();
            metadata.remove("thread_id");
            json!({
                "id": place.task, "name": place.node, "input": input, "triggers": triggers(place.node),
                "metadata": metadata,
            })
        };
        self.tell(Mode::Tasks, place.inside.as_deref(), payload);
        self.debug("task", place.step, payload);
    }

    pub(super) fn task_result(&self, place: &Place, result: &TaskResult) {
        let TaskResult { result, error, interrupts } = result;
        let payload = || {
            json!({
                "id": place.task, "name": place.node, "error": error, "result": result, "interrupts": interrupts,
            })
        };
        self.tell(Mode::Tasks, place.inside.as_deref(), payload);
        self.debug("task_result", place.step, payload);
    }

    pub(super) fn checkpoint(&self, row: &CheckpointRow) {
        if !self.keeps_checkpoints {
            return;
        }
        let config = |id: &str| {
            let mut members = Map::new();
            members.insert("checkpoint_ns".into(), "".into());
            members.extend(self.configurable.as_object().cloned().unwrap_or_default());
            members.insert("checkpoint_id".into(), id.into());
            json!({ "configurable": members })
        };
        let member = |name: &str| row.metadata.get(name).cloned().unwrap_or_default();
        let task = |task: &Value| {
            let member = |name: &str| task.get(name).cloned().unwrap_or_default();
            json!({ "id": member("id"), "name": member("name"), "interrupts": member("interrupts"), "state": null })
        };
        let tasks: Vec<_> = row.tasks.as_array().into_iter().flatten().map(task).collect();
        let payload = json!({
            "config": config(&row.id), "parent_config": row.parent_id.as_deref().map(config), "values": row.values,
            "metadata": { "source": member("source"), "step": member("step"), "parents": {} },
            "next": row.next.iter().collect::<Vec<_>>(), "tasks": tasks,
        });
        self.tell(Mode::Checkpoints, None, || payload.clone());
        self.debug("checkpoint", row.step(), || {
            let named = |id: &String| json!({ "checkpoint_id": id, "thread_id": self.live.thread_id, "checkpoint_ns": "" });
            let mut payload = payload.clone();
            if let Some(members) = payload.as_object_mut() {
                members.insert("checkpoint".into(), named(&row.id));
                members.insert("parent_checkpoint".into(), row.parent_id.as_ref().map(named).unwrap_or_default());
            }
            payload
        });
    }

    fn debug(&self, kind: &str, step: i64, payload: impl Fn() -> Value) {
        self.tell(Mode::Debug, None, || {
            let now = iso(epoch_ms().saturating_mul(1000));
            json!({ "step": step, "timestamp": now, "type": kind, "payload": payload() })
        });
    }

    /// Events from inside of a node are told where they were asked for.
    fn shows(&self, inside: Option<&str>) -> bool {
        inside.is_none() || self.subgraphs
    }

    fn tell(&self, mode: Mode, inside: Option<&str>, data: impl FnOnce() -> Value) {
        if self.modes.contains(&mode) && self.shows(inside) {
            self.push(mode.event(), inside, &data());
        }
    }

    fn push(&self, name: &str, inside: Option<&str>, data: &Value) {
        let name = inside.map_or_else(|| name.to_owned(), |inside| format!("{name}|{inside}"));
        self.live.push(name, data);
    }

    fn of_run(&self, integration: &str) -> Value {
        let mut metadata = self.metadata.clone();
        metadata.insert("thread_id".into(), self.live.thread_id.clone().into());
        metadata.insert("ls_integration".into(), integration.into());
        metadata.into()
    }

    fn of_node(&self, place: &Place, integration: &str) -> Value {
        let mut metadata = self.of_run(integration);
        let own = json!({
            "langgraph_step": place.step, "langgraph_node": place.node, "langgraph_triggers": triggers(place.node),
            "langgraph_path": path(place.node), "langgraph_checkpoint_ns": place.namespace(),
        });
        if let (Value::Object(members), Value::Object(own)) = (&mut metadata, own) {
            members.extend(own);
        }
        metadata
    }

    fn of_model(&self, place: &Place) -> Value {
        let mut metadata = self.of_node(place, "langchain_chat_model");
        let own = json!({
            "checkpoint_ns": place.inside.clone().unwrap_or_else(|| place.namespace()), "ls_provider": "scripted", "ls_model_type": "chat",
            "lc_versions": { "langchain-core": "1.7.2" },
        });
        if let (Value::Object(members), Value::Object(own)) = (&mut metadata, own) {
            members.extend(own);
        }
        metadata
    }
}

/// What a callback is about.
#[derive(Debug)]
pub(super) struct Source<'a> {
    pub(super) name: &'a str,
    pub(super) id: &'a str,
    pub(super) tags: Vec<String>,
    pub(super) parents: Vec<&'a str>,
    /// `None` for the graph as a whole.
    pub(super) place: Option<&'a Place>,
    pub(super) is_model: bool,
}

/// What makes a node run.
fn triggers(node: &str) -> Value {
    json!([format!("branch:to:{node}")])
}

/// How a node came to run.
pub(super) fn path(node: &str) -> Value {
    json!(["__pregel_pull", node])
}
