//! The events of a run and how they are framed.

use axum::body::Bytes;
use serde::Serialize;
use serde_json::Value;

/// An event of the stream, its members in the order the service writes them.
#[derive(Debug, Serialize)]
#[serde(tag = "type", rename_all = "SCREAMING_SNAKE_CASE", rename_all_fields = "camelCase")]
pub(super) enum Event<'a> {
    RunStarted {
        thread_id: &'a str,
        run_id: &'a str,
    },
    ThinkingTextMessageStart {},
    ThinkingTextMessageContent {
        delta: &'a str,
    },
    ThinkingTextMessageEnd {},
    TextMessageStart {
        message_id: &'a str,
        role: &'static str,
    },
    TextMessageContent {
        message_id: &'a str,
        delta: &'a str,
    },
    TextMessageEnd {
        message_id: &'a str,
    },
    ToolCallStart {
        tool_call_id: &'a str,
        tool_call_name: &'a str,
        #[serde(skip_serializing_if = "Option::is_none")]
        parent_message_id: Option<String>,
    },
    ToolCallArgs {
        tool_call_id: &'a str,
        delta: &'a str,
    },
    ToolCallEnd {
        tool_call_id: &'a str,
    },
    Custom {
        name: &'static str,
        value: Value,
    },
    RunFinished {
        thread_id: &'a str,
        run_id: &'a str,
    },
    RunError {
        message: &'a str,
        code: &'static str,
        #[serde(flatten)]
        class: Option<ErrorClass>,
    },
}

/// What the service says of a failure beside its code; a cancelled run has none of it.
#[derive(Debug, Clone, Copy, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ErrorClass {
    pub(super) category: &'static str,
    pub(super) is_retryable: bool,
    pub(super) status: u16,
}

#[derive(Serialize)]
struct Stamped<'a> {
    #[serde(flatten)]
    event: &'a Event<'a>,
    timestamp: i64,
}

/// One event on the wire: a `data:` line and an empty one.
pub(super) fn frame(event: &Event<'_>, now_ms: i64) -> Bytes {
    // serde_json escapes line feeds and leaves U+2028 as it is; so does the service.
    let json = serde_json::to_string(&Stamped { event, timestamp: now_ms }).unwrap_or_default();
    format!("data: {json}\n\n").into()
}

/// The text without the control characters that the service drops.
pub(super) fn clean(text: &str) -> String {
    text.chars().filter(|c| !c.is_ascii_control() || matches!(c, '\t' | '\n' | '\r')).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_and_their_order() {
        let class = ErrorClass { category: "client_error", is_retryable: false, status: 401 };
        let cases = [
            (
                Event::RunStarted { thread_id: "t", run_id: "r" },
                r#"{"type":"RUN_STARTED","threadId":"t","runId":"r","timestamp":5}"#,
            ),
            (
                Event::TextMessageContent { message_id: "m", delta: "a\n\u{2028}" },
                "{\"type\":\"TEXT_MESSAGE_CONTENT\",\"messageId\":\"m\",\"delta\":\"a\\n\u{2028}\",\"timestamp\":5}",
            ),
            (Event::ThinkingTextMessageStart {}, r#"{"type":"THINKING_TEXT_MESSAGE_START","timestamp":5}"#),
            (
                Event::ToolCallStart { tool_call_id: "c", tool_call_name: "n", parent_message_id: None },
                r#"{"type":"TOOL_CALL_START","toolCallId":"c","toolCallName":"n","timestamp":5}"#,
            ),
            (
                Event::RunError { message: "x", code: "LLM_CLIENT_ERROR", class: Some(class) },
                r#"{"type":"RUN_ERROR","message":"x","code":"LLM_CLIENT_ERROR","category":"client_error","isRetryable":false,"status":401,"timestamp":5}"#,
            ),
            (
                Event::RunError { message: "x", code: "CANCELLED", class: None },
                r#"{"type":"RUN_ERROR","message":"x","code":"CANCELLED","timestamp":5}"#,
            ),
        ];
        for (event, expected) in cases {
            assert_eq!(frame(&event, 5), format!("data: {expected}\n\n"));
        }
    }

    #[test]
    fn control_characters_are_dropped() {
        assert_eq!(clean("a\u{0}b\u{1b}[31m\tc\r\n\u{7f}"), "ab[31m\tc\r\n");
    }
}
