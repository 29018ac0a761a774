//! What is to be done for a run, as its body says it.

use serde_json::{Map, Value, json};

use super::graph::{ALL, Graph};
use super::mode::Mode;
use super::problem::Problem;

/// A run's body, read.
#[derive(Debug, Clone)]
pub(super) struct Plan {
    pub(super) graph: Graph,
    pub(super) input: Option<Value>,
    pub(super) command: Option<Value>,
    /// The checkpoint to go on from; the last one if it names none.
    pub(super) checkpoint: Option<String>,
    pub(super) modes: Vec<Mode>,
    pub(super) subgraphs: bool,
    pub(super) resumable: bool,
    pub(super) cancel_on_disconnect: bool,
    pub(super) multitask: Multitask,
    pub(super) create_thread: bool,
    /// A run without a thread keeps the one that is made for it.
    pub(super) keep_thread: bool,
    pub(super) after_seconds: u64,
    body: Map<String, Value>,
}

/// What becomes of a run on a thread that another one works on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Multitask {
    Reject,
    Rollback,
    Interrupt,
    Enqueue,
}

const MULTITASK: [(&str, Multitask); 4] = [
    ("reject", Multitask::Reject),
    ("rollback", Multitask::Rollback),
    ("interrupt", Multitask::Interrupt),
    ("enqueue", Multitask::Enqueue),
];

impl Multitask {
    pub(super) fn word(self) -> &'static str {
        MULTITASK.iter().find(|(_, strategy)| *strategy == self).map_or("", |(word, _)| word)
    }
}

impl Plan {
    /// Reads a body. `schema` is what the server calls its form, for words about mistakes.
    pub(super) fn read(body: &Value, schema: &str) -> Result<Self, Problem> {
        let members = object(body)?;
        let assistant = members.get("assistant_id").and_then(Value::as_str);
        let assistant = assistant.ok_or_else(|| missing("assistant_id", body))?;
        let text = |name: &str| members.get(name).and_then(Value::as_str);
        let flag = |name: &str| members.get(name).and_then(Value::as_bool).unwrap_or_default();
        let given = |name: &str| members.get(name).filter(|value| !value.is_null()).cloned();
        let multitask = match text("multitask_strategy") {
            None => Multitask::Enqueue,
            Some(word) => {
                let found = MULTITASK.iter().find(|(name, _)| *name == word);
                found
                    .ok_or_else(|| {
                        odd("multitask_strategy", word, "\"reject\", \"rollback\" or 2 other candidates")
                    })?
                    .1
            }
        };
        let modes = modes(members.get("stream_mode"), schema)?;
        let graph = Graph::of_assistant(assistant).ok_or_else(|| {
            let names: Vec<_> = ALL.iter().map(|graph| graph.name()).collect();
            Problem::invalid(format!(
                "Invalid assistant: '{assistant}'. Must be either:\n- A valid assistant UUID, or\n\
                 - One of the registered graphs: {}",
                names.join(", ")
            ))
        })?;
        let checkpoint =
            text("checkpoint_id").map(str::to_owned).or_else(|| checkpoint_of(members.get("checkpoint")));
        Ok(Self {
            graph,
            input: given("input"),
            command: given("command"),
            checkpoint,
            modes,
            subgraphs: flag("stream_subgraphs"),
            resumable: flag("stream_resumable"),
            cancel_on_disconnect: text("on_disconnect") == Some("cancel"),
            multitask,
            create_thread: text("if_not_exists") == Some("create"),
            keep_thread: text("on_completion") == Some("keep"),
            after_seconds: members.get("after_seconds").and_then(Value::as_u64).unwrap_or_default(),
            body: members.clone(),
        })
    }

    /// The client's metadata for the run.
    pub(super) fn metadata(&self) -> Map<String, Value> {
        self.body.get("metadata").and_then(Value::as_object).cloned().unwrap_or_default()
    }

    /// `config.configurable` of the client.
    pub(super) fn configurable(&self) -> Map<String, Value> {
        let config = self.body.get("config").and_then(|config| config.get("configurable"));
        config.and_then(Value::as_object).cloned().unwrap_or_default()
    }

    /// What the run says it was begun with.
    pub(super) fn kwargs(&self, configurable: &Value, metadata: &Value, temporary: bool) -> Value {
        let given = |name: &str| self.body.get(name).cloned().unwrap_or_default();
        let mut config = Map::new();
        config.insert("configurable".into(), configurable.clone());
        if let Some(own) = self.body.get("config").and_then(Value::as_object) {
            config.extend(
                own.iter()
                    .filter(|(name, _)| *name != "configurable")
                    .map(|(name, value)| (name.clone(), value.clone())),
            );
        }
        config.insert("metadata".into(), metadata.clone());
        let context = self.body.get("context").cloned().unwrap_or_else(|| self.configurable().into());
        let modes = match self.body.get("stream_mode") {
            None | Some(Value::Null) => json!(["values"]),
            Some(one @ Value::String(_)) => json!([one]),
            Some(several) => several.clone(),
        };
        json!({
            "input": given("input"), "command": given("command"), "config": config, "context": context,
            "stream_mode": modes, "interrupt_before": given("interrupt_before"),
            "interrupt_after": given("interrupt_after"), "webhook": given("webhook"),
            "feedback_keys": given("feedback_keys"), "temporary": temporary, "subgraphs": self.subgraphs,
            "resumable": self.resumable, "checkpoint_during": true, "durability": "async",
        })
    }
}

/// The members of a body that has to be an object.
pub(super) fn object(body: &Value) -> Result<&Map<String, Value>, Problem> {
    body.as_object().ok_or_else(|| {
        Problem::invalid(format!(
            "{body} is not of type \"object\"\n\nFailed validating \"type\" in schema\n\nOn instance:\n    {body}"
        ))
    })
}

/// The checkpoint that an object with a checkpoint's id, or the id alone, names.
pub(super) fn checkpoint_of(value: Option<&Value>) -> Option<String> {
    let value = value?;
    let nested = || value.get("configurable").and_then(|config| config.get("checkpoint_id"));
    value
        .as_str()
        .or_else(|| value.get("checkpoint_id").or_else(nested).and_then(Value::as_str))
        .map(str::to_owned)
}

/// A member that has to be there.
pub(super) fn missing(name: &str, body: &Value) -> Problem {
    Problem::invalid(format!(
        "\"{name}\" is a required property\n\nFailed validating \"required\" in schema\n\nOn instance:\n    {body}"
    ))
}

/// A member that is none of the words it can be.
pub(super) fn odd(name: &str, word: &str, words: &str) -> Problem {
    Problem::invalid(format!(
        "\"{word}\" is not one of {words}\n\nFailed validating \"enum\" in schema[\"properties\"][\"{name}\"]\n\n\
         On instance[\"{name}\"]:\n    \"{word}\""
    ))
}

/// A member of another type than it has to have.
pub(super) fn mistyped(name: &str, value: &Value, kind: &str) -> Problem {
    Problem::invalid(format!(
        "{value} is not of type \"{kind}\"\n\nFailed validating \"type\" in schema[\"properties\"][\"{name}\"]\n\n\
         On instance[\"{name}\"]:\n    {value}"
    ))
}

fn modes(given: Option<&Value>, schema: &str) -> Result<Vec<Mode>, Problem> {
    let words = match given {
        None | Some(Value::Null) => return Ok(vec![Mode::Values]),
        Some(Value::Array(words)) => words.as_slice(),
        Some(one) => std::slice::from_ref(one),
    };
    let modes: Option<Vec<_>> = words.iter().map(|word| Mode::named(word.as_str()?)).collect();
    modes.ok_or_else(|| {
        let given = given.map(Value::to_string).unwrap_or_default();
        Problem::invalid(format!(
            "{given} is not valid under any of the schemas listed in the 'anyOf' keyword\n\nFailed validating \"anyOf\" \
             in schema[\"components\"][\"schemas\"][\"{schema}\"][\"properties\"][\"stream_mode\"]\n\n\
             On instance[\"stream_mode\"]:\n    {given}"
        ))
    })
}
