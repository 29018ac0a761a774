//! What answers. So far the scripted model; what it gives and what it is asked with are not particular to it.

mod scripted;
mod words;

use std::time::Duration;

pub(crate) use scripted::script;

/// What a model is asked.
#[derive(Debug, Clone, Default)]
pub(crate) struct Prompt {
    /// The text of the user's message.
    pub(crate) text: String,
    /// What the client's tools said since the last answer.
    pub(crate) tool_results: Vec<ToolResult>,
    /// The names of the tools the client offers.
    pub(crate) tools: Vec<String>,
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
    /// More of the answer's text.
    Text(String),
    /// The model begins to call a tool.
    ToolStart { name: String },
    /// More of the call's arguments, a fragment of JSON.
    ToolArgs(String),
    /// The call is complete.
    ToolEnd,
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
