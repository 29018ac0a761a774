//! Threads and messages as the REST answers write them.

use serde::Serialize;
use serde_json::Value;

use crate::store::messages::MessageRow;
use crate::store::threads::{RunErrorRow, ThreadRow};
use crate::timestamp::iso;

/// A thread. Members that are absent are left out, never null.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Thread {
    id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    user_key: String,
    run_status: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    current_run_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    status_message: Option<String>,
    /// Only ever true.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    last_run_cancelled: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_run_error: Option<LastRunError>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pending_tool_call_ids: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_completed_run_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    metadata: Option<Value>,
    created_at: String,
    updated_at: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    messages: Option<Vec<Message>>,
}

#[derive(Serialize)]
struct LastRunError {
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<String>,
    message: String,
}

/// A message.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Message {
    id: String,
    role: String,
    content: Value,
    created_at: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    metadata: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    parent_message_id: Option<String>,
    /// Only ever true.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    is_cancelled: bool,
}

impl Thread {
    /// The same thread with its messages.
    pub(crate) fn with_messages(self, messages: Vec<MessageRow>) -> Self {
        Self { messages: Some(messages.into_iter().map(Message::from).collect()), ..self }
    }
}

impl From<ThreadRow> for Thread {
    fn from(row: ThreadRow) -> Self {
        Self {
            id: row.id,
            name: row.name,
            user_key: row.context_key,
            run_status: row.run_status,
            current_run_id: row.current_run_id,
            status_message: row.status_message,
            last_run_cancelled: row.last_run_cancelled,
            last_run_error: row
                .last_run_error
                .map(|RunErrorRow { code, message }| LastRunError { code, message }),
            pending_tool_call_ids: row.pending_tool_call_ids,
            last_completed_run_id: row.last_completed_run_id,
            metadata: row.metadata,
            created_at: iso(row.created_at),
            updated_at: iso(row.updated_at),
            messages: None,
        }
    }
}

impl From<MessageRow> for Message {
    fn from(row: MessageRow) -> Self {
        Self {
            id: row.id,
            role: row.role,
            content: row.content,
            created_at: iso(row.created_at),
            metadata: row.metadata,
            parent_message_id: row.parent_message_id,
            is_cancelled: row.is_cancelled,
        }
    }
}
