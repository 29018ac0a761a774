//! What answers: the scripted model, or a real one behind an OpenAI-compatible endpoint. Both are asked with a
//! [`Prompt`] and answer with [`Piece`]s.

mod chat;
pub(crate) mod echo;
mod history;
mod sample;
mod scripted;
mod words;

use std::time::Duration;

use serde_json::Value;
use tokio::sync::mpsc;

pub(crate) use chat::Chat;

use crate::config::ModelSettings;

/// What a model is asked.
#[derive(Debug, Clone, Default)]
pub(crate) struct Prompt {
    /// The text of the user's message.
    pub(crate) text: String,
    /// What the client's tools said since the last answer.
    pub(crate) tool_results: Vec<ToolResult>,
    /// The tools the client offers.
    pub(crate) tools: Vec<Offer>,
    /// The components the client can show.
    pub(crate) components: Vec<Offer>,
    /// Which tool the client wants called: `auto`, `required`, `none`, or an object with a name.
    pub(crate) tool_choice: Option<Value>,
}

/// A tool or a component of the client.
#[derive(Debug, Clone, Default)]
pub(crate) struct Offer {
    pub(crate) name: String,
    pub(crate) description: String,
    /// The JSON Schema of its arguments or props.
    pub(crate) schema: Value,
}

/// What one of the client's tools said.
#[derive(Debug, Clone)]
pub(crate) struct ToolResult {
    pub(crate) text: String,
    pub(crate) is_error: bool,
}

/// A piece of an answer and how long the model takes for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Beat {
    pub(crate) after: Duration,
    pub(crate) piece: Piece,
}

/// What an answer is made of, in the order it is streamed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Piece {
    /// More of what the model thinks before it answers.
    Reasoning(String),
    /// More of the answer's text.
    Text(String),
    /// The model begins to call a tool.
    ToolStart { name: String },
    /// More of the call's arguments, a fragment of JSON.
    ToolArgs(String),
    /// The call is complete.
    ToolEnd,
    /// The model begins to show a component.
    ComponentStart { name: String },
    /// More of the component's props, a fragment of JSON.
    ComponentProps(String),
    /// The component is complete.
    ComponentEnd,
    /// The message is complete, and the answer goes on in another one.
    NextMessage,
    /// The provider failed; nothing follows.
    Fail(Failure),
    /// The connection to the client breaks; nothing follows.
    Cut,
}

/// How a provider fails.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Failure {
    /// It refused the request, and asking again would not help.
    Refused { status: u16, message: String },
    /// It failed each time it was asked.
    GaveUp { message: String },
    /// The connection to it broke in the middle of the answer.
    Broken,
}

/// What might be said to a text: a title and the sentence for it each.
pub(crate) fn suggest(text: &str, count: usize) -> Vec<(String, String)> {
    scripted::suggest(text, count)
}

/// A name for a thread that begins with this text.
pub(crate) fn name(text: &str) -> String {
    scripted::name(text)
}

/// An answer in the making.
#[derive(Debug)]
pub(crate) enum Answering {
    /// By the script.
    Script(std::vec::IntoIter<Beat>),
    /// By an endpoint.
    Chat(mpsc::Receiver<Piece>),
}

/// Asks the scripted model.
pub(crate) fn ask(prompt: &Prompt, settings: &ModelSettings) -> Answering {
    Answering::Script(scripted::script(prompt, settings).into_iter())
}

impl Answering {
    /// Whether it is known that nothing follows.
    pub(crate) fn is_over(&self) -> bool {
        matches!(self, Self::Script(beats) if beats.len() == 0)
    }

    /// The next piece, once the model has it; `None` when the answer is complete.
    pub(crate) async fn next(&mut self) -> Option<Piece> {
        match self {
            Self::Script(beats) => {
                let Beat { after, piece } = beats.next()?;
                if !after.is_zero() {
                    tokio::time::sleep(after).await;
                }
                Some(piece)
            }
            Self::Chat(pieces) => pieces.recv().await,
        }
    }
}
