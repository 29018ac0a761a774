//! A thread's messages as an OpenAI-compatible endpoint is told of them.

use std::collections::HashSet;

use serde_json::{Value, json};

use super::chat::SHOW;
use crate::store::messages::MessageRow;

/// The messages in their order. Calls that were never answered are left out: the endpoint would refuse them.
pub(super) fn of(messages: &[MessageRow]) -> Vec<Value> {
    let answered: HashSet<&str> = blocks(messages)
        .filter(|block| text(block, "type") == "tool_result")
        .map(|block| text(block, "toolUseId"))
        .collect();
    messages.iter().flat_map(|message| told(message, &answered)).collect()
}

/// A call of a function.
pub(super) fn call(id: &str, name: &str, arguments: &str) -> Value {
    json!({ "id": id, "type": "function", "function": { "name": name, "arguments": arguments } })
}

/// What a function said.
pub(super) fn result(id: &str, text: &str) -> Value {
    json!({ "role": "tool", "tool_call_id": id, "content": text })
}

fn blocks(messages: &[MessageRow]) -> impl Iterator<Item = &Value> {
    messages.iter().filter_map(|message| message.content.as_array()).flatten()
}

fn text<'a>(block: &'a Value, name: &str) -> &'a str {
    block.get(name).and_then(Value::as_str).unwrap_or_default()
}

fn told(message: &MessageRow, answered: &HashSet<&str>) -> Vec<Value> {
    let (mut words, mut calls, mut behind) = (Vec::new(), Vec::new(), Vec::new());
    for block in message.content.as_array().into_iter().flatten() {
        let json = |name: &str| block.get(name).map(Value::to_string).unwrap_or_default();
        match text(block, "type") {
            "text" => words.push(text(block, "text").to_owned()),
            "resource" => words.push(json("resource")),
            "tool_use" if answered.contains(text(block, "id")) => {
                calls.push(call(text(block, "id"), text(block, "name"), &json("input")));
            }
            "component" => {
                let id = text(block, "id");
                calls.push(call(id, &format!("{SHOW}{}", text(block, "name")), &json("props")));
                behind.push(result(id, "It is shown."));
            }
            "tool_result" => {
                let parts = block.get("content").and_then(Value::as_array).into_iter().flatten();
                let parts: Vec<_> = parts.map(|part| text(part, "text")).collect();
                behind.push(result(text(block, "toolUseId"), &parts.join("\n")));
            }
            _ => {}
        }
    }
    let words = words.join("\n").trim().to_owned();
    let mut told = Vec::new();
    if !calls.is_empty() {
        told.push(json!({ "role": message.role, "content": words, "tool_calls": calls }));
    } else if !words.is_empty() {
        told.push(json!({ "role": message.role, "content": words }));
    }
    told.extend(behind);
    told
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(role: &str, content: Value) -> MessageRow {
        MessageRow {
            id: "m".into(),
            role: role.into(),
            content,
            metadata: None,
            parent_message_id: None,
            is_cancelled: false,
            created_at: 0,
        }
    }

    #[test]
    fn calls_components_and_results_are_told_and_what_was_never_answered_is_not() {
        let use_of = |id: &str| json!({ "type": "tool_use", "id": id, "name": "get", "input": { "a": 1 } });
        let blank = json!({ "type": "text", "text": " " });
        let thread = [
            message("user", json!([{ "type": "text", "text": "one" }])),
            message("assistant", json!([blank, use_of("c1"), use_of("never")])),
            message(
                "assistant",
                json!([{ "type": "tool_result", "toolUseId": "c1", "content": [{ "type": "text", "text": "21" }] }]),
            ),
            message(
                "assistant",
                json!([blank, { "type": "component", "id": "k1", "name": "Card", "props": { "t": "x" }, "state": {} }]),
            ),
            message("assistant", json!([blank])),
        ];
        let expected = json!([
            { "role": "user", "content": "one" },
            { "role": "assistant", "content": "", "tool_calls": [call("c1", "get", r#"{"a":1}"#)] },
            { "role": "tool", "tool_call_id": "c1", "content": "21" },
            { "role": "assistant", "content": "", "tool_calls": [call("k1", "show_component_Card", r#"{"t":"x"}"#)] },
            { "role": "tool", "tool_call_id": "k1", "content": "It is shown." },
        ]);
        assert_eq!(Value::from(of(&thread)), expected);
    }
}
