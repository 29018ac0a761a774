//! Carrying out a run: asking the model, and seeing to the run's end, whatever that is.

use std::io;

use axum::body::Bytes;
use tokio::sync::mpsc;

use super::answer::Answer;
use super::stream::{ErrorClass, Event, frame};
use crate::app::Shared;
use crate::faults::RunBehaviour;
use crate::model::{self, Answering, Failure, Piece, Prompt};
use crate::store::messages::{self, MessageRow, Order};
use crate::store::{StoreError, epoch_ms, runs};

/// A run to be carried out.
#[derive(Debug)]
pub(super) struct Run {
    pub(super) id: String,
    pub(super) thread_id: String,
    /// `None` when the message cannot be put to a model.
    pub(super) prompt: Option<Prompt>,
    pub(super) behaviour: RunBehaviour,
}

/// The stream's writing end. An error in it breaks the connection.
pub(super) type Events = mpsc::Sender<Result<Bytes, io::Error>>;

/// How a run ends.
pub(super) enum End {
    Finished,
    Failed(Failed),
    /// By a request, which has stored it already.
    Cancelled,
    /// The client is gone, or the server is about to be.
    Abandoned,
    Cut,
}

pub(super) struct Failed {
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
            for _ in 0..if run.behaviour.single_error { 1 } else { 2 } {
                send(events, &Event::RunError { message: &failed.message, code, class: Some(failed.class) })
                    .await;
            }
        }
        End::Cancelled => cancelled(events).await,
        End::Abandoned | End::Cut => {
            if let Some(delay) = run.behaviour.commit_delay {
                tokio::time::sleep(delay).await;
            }
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

async fn answer(app: &Shared, run: &Run, events: &Events) -> Result<End, StoreError> {
    send(events, &Event::RunStarted { thread_id: &run.thread_id, run_id: &run.id }).await;
    let Some(prompt) = &run.prompt else {
        return Ok(End::Failed(internal("the message's content cannot be put to a model")));
    };
    let Some(mut answer) = Answer::begin(app, run, events).await? else { return Ok(End::Cancelled) };
    let mut pieces = match &app.chat {
        Some(chat) => Answering::Chat(chat.ask(prompt, &history(app, run).await?)),
        None => model::ask(prompt, &app.model),
    };
    while let Some(piece) = pieces.next().await {
        match piece {
            Piece::Fail(failure) => return Ok(End::Failed(failed(failure))),
            Piece::Cut => return Ok(End::Cut),
            piece => {
                if !answer.add(piece).await? {
                    return Ok(End::Cancelled);
                }
            }
        }
    }
    answer.finish().await
}

async fn history(app: &Shared, run: &Run) -> Result<Vec<MessageRow>, StoreError> {
    let id = run.thread_id.clone();
    app.store
        .with(move |transaction, _| {
            messages::list(transaction, &id, Order::OldestFirst, None, u32::MAX).map_err(StoreError::from)
        })
        .await
}

pub(super) async fn send(events: &Events, event: &Event<'_>) {
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
