//! An answer in the making: from the model's pieces to events, and to what is kept of them.

use serde_json::{Value, json};

use super::driver::{End, Events, Run, send};
use super::ids;
use super::props::Props;
use super::stream::{Event, clean};
use crate::app::Shared;
use crate::model::Piece;
use crate::store::{StoreError, runs};

const STREAMING: &str = "Streaming response...";
const WAITING_FOR_TOOLS: &str = "Fetching context...";
const COMPLETE: &str = "Complete";

/// A tool call the client is to carry out.
struct ToolCall {
    id: String,
    name: String,
    arguments: String,
}

/// A component the client is to show.
struct Component {
    id: String,
    name: String,
    props: Props,
}

/// What the model has said so far in the message that is open.
pub(super) struct Answer<'a> {
    app: &'a Shared,
    run: &'a Run,
    events: &'a Events,
    message: String,
    text: String,
    thinking: bool,
    calls: Vec<ToolCall>,
    components: Vec<Component>,
}

impl<'a> Answer<'a> {
    /// Begins with a blank message of the assistant's. `None` when the run is over already.
    pub(super) async fn begin(
        app: &'a Shared,
        run: &'a Run,
        events: &'a Events,
    ) -> Result<Option<Self>, StoreError> {
        let message = ids::message();
        let (id, message_id) = (run.id.clone(), message.clone());
        let begun = app
            .store
            .with(move |transaction, clock| {
                runs::begin_answer(transaction, &id, &message_id, STREAMING, clock.now())
                    .map_err(StoreError::from)
            })
            .await?;
        let answer = Self {
            app,
            run,
            events,
            message,
            text: String::new(),
            thinking: false,
            calls: vec![],
            components: vec![],
        };
        Ok(begun.then_some(answer))
    }

    /// Adds a piece. `false` when the run is over.
    pub(super) async fn add(&mut self, piece: Piece) -> Result<bool, StoreError> {
        if !matches!(piece, Piece::Reasoning(_)) {
            self.stop_thinking().await;
        }
        match piece {
            Piece::Reasoning(delta) => self.think(&delta).await,
            Piece::Text(delta) => self.say(&delta).await,
            Piece::ToolStart { name } => self.start_call(name).await,
            Piece::ToolArgs(delta) => {
                if let Some(call) = self.calls.last_mut() {
                    call.arguments.push_str(&delta);
                    send(self.events, &Event::ToolCallArgs { tool_call_id: &call.id, delta: &delta }).await;
                }
            }
            Piece::ToolEnd => {
                if let Some(call) = self.calls.last() {
                    send(self.events, &Event::ToolCallEnd { tool_call_id: &call.id }).await;
                }
            }
            Piece::ComponentStart { name } => self.start_component(name).await,
            Piece::ComponentProps(delta) => self.add_props(&delta).await,
            Piece::ComponentEnd => self.end_component().await,
            Piece::NextMessage => return self.next_message().await,
            // Ends that the driver sees to.
            Piece::Fail(_) | Piece::Cut => {}
        }
        Ok(true)
    }

    /// Ends the run with what was said.
    ///
    /// What is told is stored before, so that a client that reacts to the last events finds them true. A slow commit
    /// is how the service does it: it tells of pending calls first.
    pub(super) async fn finish(mut self) -> Result<End, StoreError> {
        self.stop_thinking().await;
        self.end_text().await;
        let status = if self.calls.is_empty() { COMPLETE } else { WAITING_FOR_TOOLS };
        let (id, content) = (self.run.id.clone(), self.content());
        let pending: Vec<String> = self.calls.iter().map(|call| call.id.clone()).collect();
        let slow = self.run.behaviour.commit_delay.filter(|_| !pending.is_empty());
        let pending_now = slow.is_none().then(|| pending.clone());
        let stored = self
            .app
            .store
            .with(move |transaction, clock| {
                let released = runs::release(transaction, &id, &content, status)?;
                let Some(pending) = pending_now.filter(|_| released) else { return Ok(released) };
                runs::commit(transaction, &id, &pending, clock.now()).map_err(StoreError::from)
            })
            .await?;
        if !stored {
            return Ok(End::Cancelled);
        }
        self.await_input().await;
        if let Some(delay) = slow {
            tokio::time::sleep(delay).await;
            let id = self.run.id.clone();
            let committed = self
                .app
                .store
                .with(move |transaction, clock| {
                    runs::commit(transaction, &id, &pending, clock.now()).map_err(StoreError::from)
                })
                .await?;
            if !committed {
                return Ok(End::Cancelled);
            }
        }
        send(self.events, &Event::RunFinished { thread_id: &self.run.thread_id, run_id: &self.run.id }).await;
        Ok(End::Finished)
    }

    async fn think(&mut self, delta: &str) {
        if !self.thinking {
            send(self.events, &Event::ThinkingTextMessageStart {}).await;
            self.thinking = true;
        }
        send(self.events, &Event::ThinkingTextMessageContent { delta: &clean(delta) }).await;
    }

    async fn stop_thinking(&mut self) {
        if std::mem::take(&mut self.thinking) {
            send(self.events, &Event::ThinkingTextMessageEnd {}).await;
        }
    }

    async fn say(&mut self, delta: &str) {
        let delta = clean(delta);
        if delta.is_empty() {
            return;
        }
        let message_id = &self.message;
        if self.text.is_empty() {
            send(self.events, &Event::TextMessageStart { message_id, role: "assistant" }).await;
        }
        send(self.events, &Event::TextMessageContent { message_id, delta: &delta }).await;
        self.text.push_str(&delta);
    }

    async fn end_text(&self) {
        if !self.text.is_empty() {
            send(self.events, &Event::TextMessageEnd { message_id: &self.message }).await;
        }
    }

    async fn start_call(&mut self, name: String) {
        let call = ToolCall { id: ids::tool_call(self.app.store.now()), name, arguments: String::new() };
        let parent = || {
            if self.run.behaviour.known_parents { self.message.clone() } else { ids::temporary_message() }
        };
        let parent_message_id = (!self.text.is_empty()).then(parent);
        let start =
            Event::ToolCallStart { tool_call_id: &call.id, tool_call_name: &call.name, parent_message_id };
        send(self.events, &start).await;
        self.calls.push(call);
    }

    async fn start_component(&mut self, name: String) {
        let component = Component { id: ids::temporary_message(), name, props: Props::default() };
        let value = json!({
            "messageId": self.message, "componentId": component.id, "componentName": component.name,
        });
        send(self.events, &Event::Custom { name: "tambo.component.start", value }).await;
        self.components.push(component);
    }

    async fn add_props(&mut self, delta: &str) {
        let Some(component) = self.components.last_mut() else { return };
        let Some(change) = component.props.push(delta) else { return };
        let value = json!({
            "componentId": component.id, "operations": change.operations, "streamingStatus": change.status,
        });
        send(self.events, &Event::Custom { name: "tambo.component.props_delta", value }).await;
    }

    async fn end_component(&mut self) {
        let Some(component) = self.components.last() else { return };
        let value = json!({ "componentId": component.id, "finalProps": component.props.whole() });
        send(self.events, &Event::Custom { name: "tambo.component.end", value }).await;
    }

    async fn next_message(&mut self) -> Result<bool, StoreError> {
        self.end_text().await;
        let (id, content, message) = (self.run.id.clone(), self.content(), ids::message());
        let message_id = message.clone();
        self.message = message;
        self.text.clear();
        self.calls.clear();
        self.components.clear();
        self.app
            .store
            .with(move |transaction, clock| {
                runs::next_message(transaction, &id, &content, &message_id, STREAMING, clock.now())
                    .map_err(StoreError::from)
            })
            .await
    }

    async fn await_input(&self) {
        if self.calls.is_empty() {
            return;
        }
        let pending: Vec<_> = self
            .calls
            .iter()
            .map(|call| json!({ "toolCallId": call.id, "toolName": call.name, "arguments": call.arguments }))
            .collect();
        let value = json!({ "pendingToolCalls": pending });
        send(self.events, &Event::Custom { name: "tambo.run.awaiting_input", value }).await;
    }

    /// The message as it is kept.
    fn content(&self) -> Value {
        let text = if self.text.is_empty() { " " } else { &self.text };
        let text = json!({ "type": "text", "text": text });
        let components = self.components.iter().map(|component| {
            let Component { id, name, props } = component;
            json!({ "type": "component", "id": id, "name": name, "props": props.kept(), "state": {} })
        });
        let calls = self.calls.iter().map(|call| {
            let input: Value = serde_json::from_str(&call.arguments).unwrap_or_else(|_| json!({}));
            json!({ "type": "tool_use", "id": call.id, "name": call.name, "input": input })
        });
        [text].into_iter().chain(components).chain(calls).collect()
    }
}
