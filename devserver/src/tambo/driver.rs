//! Carrying out a run: from the model's pieces to events and to the stored message.

use std::io;

use axum::body::Bytes;
use serde_json::{Value, json};
use tokio::sync::mpsc;

use super::ids;
use super::stream::{ErrorClass, Event, clean, frame};
use crate::app::Shared;
use crate::model::{self, Beat, Failure, Piece, Prompt};
use crate::store::{StoreError, epoch_ms, runs};

const STREAMING: &str = "Streaming response...";
const WAITING_FOR_TOOLS: &str = "Fetching context...";
const COMPLETE: &str = "Complete";

/// A run to be carried out.
#[derive(Debug)]
pub(super) struct Run {
    pub(super) id: String,
    pub(super) thread_id: String,
    /// `None` when the message cannot be put to a model.
    pub(super) prompt: Option<Prompt>,
}

/// The stream's writing end. An error in it breaks the connection.
pub(super) type Events = mpsc::Sender<Result<Bytes, io::Error>>;

/// How a run ends.
enum End {
    Finished,
    Failed(Failed),
    /// By a request, which has stored it already.
    Cancelled,
    /// The client is gone, or the server is about to be.
    Abandoned,
    Cut,
}

struct Failed {
    message: String,
    code: &'static str,
    class: ErrorClass,
    /// What the thread keeps; the stream may say less.
    stored: String,
}

/// Carries out a run to its end, whatever that is. The thread is idle afterwards.
pub(super) async fn drive(app: Shared, run: Run, events: Events) {
    let mut stopped = app.runs.register(&run.id);
    let mut stopping = app.stopping.clone();
    let end = tokio::select! {
        biased;
        _ = &mut stopped => End::Cancelled,
        () = events.closed() => End::Abandoned,
        _ = stopping.wait_for(|stopping| *stopping) => End::Abandoned,
        end = answer(&app, &run, &events) => end.unwrap_or_else(|error| {
            tracing::error!("run {}: {error}", run.id);
            End::Failed(internal(&error.to_string()))
        }),
    };
    app.runs.remove(&run.id);
    if let Err(error) = settle(&app, &run, &events, end).await {
        tracing::error!("run {} could not be settled: {error}", run.id);
    }
}

async fn settle(app: &Shared, run: &Run, events: &Events, end: End) -> Result<(), StoreError> {
    let id = run.id.clone();
    match end {
        End::Finished => {}
        End::Failed(failed) => {
            let (code, stored) = (failed.code, failed.stored);
            let ended = app
                .store
                .with(move |transaction, clock| {
                    runs::fail(transaction, &id, code, &stored, clock.now()).map_err(StoreError::from)
                })
                .await?;
            if !ended {
                cancelled(events).await;
                return Ok(());
            }
            // Twice, as on the service: once by the run, once by its transport.
            for _ in 0..2 {
                send(events, &Event::RunError { message: &failed.message, code, class: Some(failed.class) })
                    .await;
            }
        }
        End::Cancelled => cancelled(events).await,
        End::Abandoned | End::Cut => {
            app.store
                .with(move |transaction, clock| {
                    runs::cancel(transaction, &id, clock.now()).map_err(StoreError::from)
                })
                .await?;
            if matches!(end, End::Cut) {
                let _ = events.send(Err(io::Error::other("cut on request"))).await;
            }
        }
    }
    Ok(())
}

async fn cancelled(events: &Events) {
    send(events, &Event::RunError { message: "Run cancelled", code: "CANCELLED", class: None }).await;
}

/// A tool call the client is to carry out.
struct ToolCall {
    id: String,
    name: String,
    arguments: String,
}

async fn answer(app: &Shared, run: &Run, events: &Events) -> Result<End, StoreError> {
    send(events, &Event::RunStarted { thread_id: &run.thread_id, run_id: &run.id }).await;
    let Some(prompt) = &run.prompt else {
        return Ok(End::Failed(internal("the message's content cannot be put to a model")));
    };
    let message = ids::message();
    let (id, message_id) = (run.id.clone(), message.clone());
    let begun = app
        .store
        .with(move |transaction, clock| {
            runs::begin_answer(transaction, &id, &message_id, STREAMING, clock.now())
                .map_err(StoreError::from)
        })
        .await?;
    if !begun {
        return Ok(End::Cancelled);
    }
    let mut text = String::new();
    let mut calls: Vec<ToolCall> = Vec::new();
    for Beat { after, piece } in model::script(prompt, &app.model) {
        if !after.is_zero() {
            tokio::time::sleep(after).await;
        }
        match piece {
            Piece::Text(delta) => {
                let delta = clean(&delta);
                if delta.is_empty() {
                    continue;
                }
                if text.is_empty() {
                    send(events, &Event::TextMessageStart { message_id: &message, role: "assistant" }).await;
                }
                send(events, &Event::TextMessageContent { message_id: &message, delta: &delta }).await;
                text.push_str(&delta);
            }
            Piece::ToolStart { name } => {
                let call = ToolCall { id: ids::tool_call(app.store.now()), name, arguments: String::new() };
                let parent_message_id = (!text.is_empty()).then(ids::temporary_message);
                let start = Event::ToolCallStart {
                    tool_call_id: &call.id,
                    tool_call_name: &call.name,
                    parent_message_id,
                };
                send(events, &start).await;
                calls.push(call);
            }
            Piece::ToolArgs(delta) => {
                if let Some(call) = calls.last_mut() {
                    send(events, &Event::ToolCallArgs { tool_call_id: &call.id, delta: &delta }).await;
                    call.arguments.push_str(&delta);
                }
            }
            Piece::ToolEnd => {
                if let Some(call) = calls.last() {
                    send(events, &Event::ToolCallEnd { tool_call_id: &call.id }).await;
                }
            }
            Piece::Fail(failure) => return Ok(End::Failed(failed(failure))),
            Piece::Cut => return Ok(End::Cut),
        }
    }
    if !text.is_empty() {
        send(events, &Event::TextMessageEnd { message_id: &message }).await;
    }
    finish(app, run, events, &text, &calls).await
}

/// Stores the answer, then says so: a client that reacts to the last events finds them true.
async fn finish(
    app: &Shared,
    run: &Run,
    events: &Events,
    text: &str,
    calls: &[ToolCall],
) -> Result<End, StoreError> {
    let text = if text.is_empty() { " " } else { text };
    let mut content = vec![json!({ "type": "text", "text": text })];
    content.extend(calls.iter().map(|call| {
        let input: Value = serde_json::from_str(&call.arguments).unwrap_or_else(|_| json!({}));
        json!({ "type": "tool_use", "id": call.id, "name": call.name, "input": input })
    }));
    let pending: Vec<String> = calls.iter().map(|call| call.id.clone()).collect();
    let status = if calls.is_empty() { COMPLETE } else { WAITING_FOR_TOOLS };
    let id = run.id.clone();
    let completed = app
        .store
        .with(move |transaction, clock| {
            runs::complete(transaction, &id, &content.into(), &pending, status, clock.now())
                .map_err(StoreError::from)
        })
        .await?;
    if !completed {
        return Ok(End::Cancelled);
    }
    if !calls.is_empty() {
        let pending: Vec<_> = calls
            .iter()
            .map(|call| json!({ "toolCallId": call.id, "toolName": call.name, "arguments": call.arguments }))
            .collect();
        let value = json!({ "pendingToolCalls": pending });
        send(events, &Event::Custom { name: "tambo.run.awaiting_input", value }).await;
    }
    send(events, &Event::RunFinished { thread_id: &run.thread_id, run_id: &run.id }).await;
    Ok(End::Finished)
}

async fn send(events: &Events, event: &Event<'_>) {
    // A client that is gone is noticed by `drive`.
    let _ = events.send(Ok(frame(event, epoch_ms()))).await;
}

fn failed(failure: Failure) -> Failed {
    match failure {
        Failure::Refused { status, message } => Failed {
            stored: message.clone(),
            message,
            code: "LLM_CLIENT_ERROR",
            class: ErrorClass { category: "client_error", is_retryable: false, status },
        },
        Failure::GaveUp { message } => internal(&message),
        Failure::Broken => internal("terminated"),
    }
}

fn internal(stored: &str) -> Failed {
    Failed {
        message: "An internal error occurred".into(),
        code: "INTERNAL_ERROR",
        class: ErrorClass { category: "server_error", is_retryable: false, status: 500 },
        stored: stored.to_owned(),
    }
}
