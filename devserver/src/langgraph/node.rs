//! The nodes: what they make of the messages so far.

use serde_json::{Value, json};

use super::graph::{CHILD, ECHO, TOOLS};
use super::telling::{Place, Source, Teller};
use super::{ids, messages};
use crate::app::App;
use crate::model::echo::{self, Reaction};
use crate::model::{Answering, Failure, Piece, Prompt};
use crate::store::epoch_ms;
use crate::store::messages::MessageRow;

const MODEL: &str = "ScriptedChatModel";

/// What a node comes to.
#[derive(Debug)]
pub(super) enum Outcome {
    /// Messages for the state, and the node that comes next.
    Wrote { messages: Vec<Value>, next: Option<&'static str> },
    /// It asks a person and waits.
    Asks(Value),
    /// It raised an error.
    Raised { class: String, message: String },
}

/// The task of running a node.
#[derive(Debug)]
pub(super) struct Task<'a> {
    pub(super) app: &'a App,
    pub(super) teller: &'a Teller,
    pub(super) place: Place,
    pub(super) messages: &'a [Value],
    /// What a person answered to the question it stopped at.
    pub(super) resume: Option<&'a Value>,
}

impl Task<'_> {
    pub(super) async fn run(&self) -> Outcome {
        match self.place.node {
            TOOLS => self.tools(),
            CHILD => self.child().await,
            _ => self.echo().await,
        }
    }

    /// The other graph, inside of this node.
    async fn child(&self) -> Outcome {
        let inside = format!("{CHILD}:{}", self.place.task);
        let mut state = self.messages.to_vec();
        self.teller.values(Some(&inside), &messages::state(&state));
        let (mut node, mut step, mut resume) = (ECHO, 1, self.resume);
        loop {
            let place = Place { node, task: ids::random(), step, inside: Some(inside.clone()) };
            let task = Task { place, messages: &state, resume: resume.take(), ..*self };
            // Neither of these holds a graph, so this ends.
            let outcome = if node == TOOLS { task.tools() } else { task.echo().await };
            let Outcome::Wrote { messages: written, next } = outcome else { return outcome };
            self.teller.updates(Some(&inside), &update(node, &written));
            messages::add(&mut state, &Value::from(written));
            self.teller.values(Some(&inside), &messages::state(&state));
            match next {
                Some(next) => node = next,
                None => return Outcome::Wrote { messages: state, next: None },
            }
            step += 1;
        }
    }

    fn tools(&self) -> Outcome {
        let calls =
            self.messages.last().and_then(|message| message.get("tool_calls")).and_then(Value::as_array);
        let text =
            |call: &Value, name: &str| call.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
        let say = |call: &Value| messages::tool(&text(call, "id"), &text(call, "name"), echo::TOOL_SAYS);
        Outcome::Wrote { messages: calls.into_iter().flatten().map(say).collect(), next: Some(ECHO) }
    }

    async fn echo(&self) -> Outcome {
        let inside = self.place.inside.as_deref();
        let last = self.messages.last();
        let asked = last.map(messages::text).unwrap_or_default();
        let settings = &self.app.model;
        let answering = match (&self.app.chat, last.map(messages::kind), self.resume) {
            (Some(chat), ..) => {
                let prompt = Prompt { text: asked.clone(), ..Prompt::default() };
                Answering::Chat(chat.ask(&prompt, &self.history()))
            }
            (None, Some("tool"), _) => echo::about_tool(&asked, settings),
            (None, _, Some(answer)) => echo::go_on(&asked, answer, settings),
            (None, _, None) => match echo::react(&asked, settings) {
                Reaction::Answer(answering) => answering,
                Reaction::Ask(question) => return Outcome::Asks(question),
                Reaction::Raise { class, message } => {
                    return Outcome::Raised { class: class.into(), message: message.into() };
                }
            },
        };
        self.teller.custom(inside, &json!({ "stage": "thinking", "chars": asked.chars().count() }));
        let outcome = self.speak(answering).await;
        if matches!(outcome, Outcome::Wrote { .. }) {
            self.teller.custom(inside, &json!({ "stage": "done" }));
        }
        outcome
    }

    /// Lets the model speak, and tells of it.
    async fn speak(&self, mut answering: Answering) -> Outcome {
        let run = ids::sorted(epoch_ms());
        let node_run = ids::sorted(epoch_ms());
        let node = Source {
            name: self.place.node,
            id: &node_run,
            tags: vec![format!("graph:step:{}", self.place.step)],
            parents: vec![&self.teller.live.id],
            place: Some(&self.place),
            is_model: false,
        };
        let model = Source {
            name: MODEL,
            id: &run,
            tags: vec!["seq:step:1".to_owned()],
            parents: vec![&self.teller.live.id, &node_run],
            place: Some(&self.place),
            is_model: true,
        };
        let input = messages::state(self.messages);
        let prompt = json!({ "messages": [self.messages] });
        self.teller.event("on_chain_start", &node, json!({ "input": input }));
        self.teller.event("on_chat_model_start", &model, json!({ "input": prompt }));
        let mut speech = Speech::new(&run);
        let mut told_last = false;
        while let Some(piece) = answering.next().await {
            let last = answering.is_over();
            match speech.take(piece, last) {
                Ok(Some(chunk)) => {
                    self.tell(&model, &chunk, &mut speech);
                    told_last |= last;
                }
                Ok(None) => {}
                Err(failure) => return raised(failure),
            }
        }
        if !told_last {
            let end = messages::chunk(&speech.id, "", &json!({}), &[], true);
            self.tell(&model, &end, &mut speech);
        }
        // A message that was not streamed is known by another id.
        let message = speech.message(if self.teller.streams() { "" } else { "-0" });
        self.teller.event("on_chat_model_end", &model, json!({ "output": message, "input": prompt }));
        let next = (!speech.calls.is_empty()).then_some(TOOLS);
        let update = json!({ "messages": [message] });
        self.teller.event("on_chain_stream", &node, json!({ "chunk": update }));
        self.teller.event("on_chain_end", &node, json!({ "output": update, "input": input }));
        Outcome::Wrote { messages: vec![message], next }
    }

    fn tell(&self, model: &Source<'_>, chunk: &Value, speech: &mut Speech) {
        self.teller.event("on_chat_model_stream", model, json!({ "chunk": chunk }));
        let first = !std::mem::replace(&mut speech.begun, true);
        self.teller.message(&self.place, chunk, &speech.message(""), first);
    }

    /// The messages as the endpoint of a model is told of them.
    fn history(&self) -> Vec<MessageRow> {
        let row = |message: &Value| {
            let role = match messages::kind(message) {
                "ai" => "assistant",
                "system" => "system",
                _ => "user",
            };
            MessageRow {
                id: String::new(),
                role: role.to_owned(),
                content: json!([{ "type": "text", "text": messages::text(message) }]),
                metadata: None,
                parent_message_id: None,
                is_cancelled: false,
                created_at: 0,
            }
        };
        self.messages.iter().filter(|message| messages::kind(message) != "tool").map(row).collect()
    }
}

/// What a node says of what it wrote.
pub(super) fn update(node: &str, written: &[Value]) -> Value {
    let mut members = serde_json::Map::new();
    members.insert(node.to_owned(), messages::state(written));
    members.into()
}

fn raised(failure: Failure) -> Outcome {
    let (class, message) = match failure {
        Failure::Refused { status, message } => ("APIStatusError", format!("{status}: {message}")),
        Failure::GaveUp { message } => ("APIError", message),
        Failure::Broken => ("APIConnectionError", "the connection to the model broke".to_owned()),
    };
    Outcome::Raised { class: class.to_owned(), message }
}

/// The model's message in the making.
struct Speech {
    id: String,
    begun: bool,
    text: String,
    thoughts: String,
    calls: Vec<Call>,
}

struct Call {
    id: String,
    name: String,
    arguments: String,
}

impl Speech {
    fn new(run: &str) -> Self {
        Self {
            id: format!("lc_run--{run}"),
            begun: false,
            text: String::new(),
            thoughts: String::new(),
            calls: vec![],
        }
    }

    /// The chunk that a piece is, if it is one.
    fn take(&mut self, piece: Piece, last: bool) -> Result<Option<Value>, Failure> {
        let nothing = json!({});
        let fragment = |id: &str, index: usize, called: Option<&Call>, arguments: &str| {
            let fragment = json!({
                "name": called.map(|call| &call.name), "args": arguments, "id": called.map(|call| &call.id),
                "index": index, "type": "tool_call_chunk",
            });
            messages::chunk(id, "", &json!({}), &[fragment], last)
        };
        Ok(match piece {
            Piece::Text(text) => {
                self.text.push_str(&text);
                Some(messages::chunk(&self.id, &text, &nothing, &[], last))
            }
            Piece::Reasoning(thought) => {
                self.thoughts.push_str(&thought);
                let extra = json!({ "reasoning_content": thought });
                Some(messages::chunk(&self.id, "", &extra, &[], last))
            }
            Piece::ToolStart { name } => {
                let call = Call { id: format!("call_{}", ids::digest()), name, arguments: String::new() };
                let chunk = fragment(&self.id, self.calls.len(), Some(&call), "");
                self.calls.push(call);
                Some(chunk)
            }
            Piece::ToolArgs(arguments) => {
                let index = self.calls.len().saturating_sub(1);
                self.calls.last_mut().map(|call| {
                    call.arguments.push_str(&arguments);
                    fragment(&self.id, index, None, &arguments)
                })
            }
            Piece::Fail(failure) => return Err(failure),
            Piece::ToolEnd
            | Piece::ComponentStart { .. }
            | Piece::ComponentProps(_)
            | Piece::ComponentEnd
            | Piece::NextMessage
            | Piece::Cut => None,
        })
    }

    fn message(&self, suffix: &str) -> Value {
        let call = |call: &Call| {
            let arguments: Value = serde_json::from_str(&call.arguments).unwrap_or_else(|_| json!({}));
            json!({ "name": call.name, "args": arguments, "id": call.id, "type": "tool_call" })
        };
        let calls: Vec<_> = self.calls.iter().map(call).collect();
        let extra =
            if self.thoughts.is_empty() { json!({}) } else { json!({ "reasoning_content": self.thoughts }) };
        messages::ai(&format!("{}{suffix}", self.id), &self.text, &extra, &calls)
    }
}
