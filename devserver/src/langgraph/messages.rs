//! Messages of a state, as LangChain serialises them, and how new ones join those that are there.

use serde_json::{Map, Value, json};

use super::ids;

/// The state of the graph.
pub(super) fn state(messages: &[Value]) -> Value {
    json!({ "messages": messages })
}

/// The messages of a state.
pub(super) fn of(state: &Value) -> Vec<Value> {
    state.get("messages").and_then(Value::as_array).cloned().unwrap_or_default()
}

/// Adds what a client or a node wrote: an id that is there is replaced, one that is to be removed goes.
pub(super) fn add(messages: &mut Vec<Value>, written: &Value) {
    let written = match written {
        Value::Array(several) => several.as_slice(),
        Value::Null => &[],
        one => std::slice::from_ref(one),
    };
    for message in written {
        let message = complete(message);
        let id = message.get("id");
        let there = messages.iter().position(|other| other.get("id") == id);
        match (kind(&message), there) {
            ("remove", Some(index)) => drop(messages.remove(index)),
            ("remove", None) => {}
            (_, Some(index)) => {
                if let Some(place) = messages.get_mut(index) {
                    *place = message;
                }
            }
            (_, None) => messages.push(message),
        }
    }
}

/// A message of the model.
pub(super) fn ai(id: &str, text: &str, extra: &Value, tool_calls: &[Value]) -> Value {
    json!({
        "content": text, "additional_kwargs": extra, "response_metadata": {}, "type": "ai", "name": null, "id": id,
        "tool_calls": tool_calls, "invalid_tool_calls": [], "usage_metadata": null,
    })
}

/// A piece of a message of the model.
pub(super) fn chunk(id: &str, text: &str, extra: &Value, fragments: &[Value], last: bool) -> Value {
    json!({
        "content": text, "additional_kwargs": extra, "response_metadata": {}, "type": "AIMessageChunk", "name": null,
        "id": id, "tool_calls": [], "invalid_tool_calls": [], "usage_metadata": null, "tool_call_chunks": fragments,
        "chunk_position": last.then_some("last"),
    })
}

/// What a tool said.
pub(super) fn tool(call: &str, name: &str, text: &str) -> Value {
    json!({
        "content": text, "additional_kwargs": {}, "response_metadata": {}, "type": "tool", "name": name,
        "id": ids::random(), "tool_call_id": call, "artifact": null, "status": "success",
    })
}

/// `human`, `ai`, `tool`, `system` or `remove`.
pub(super) fn kind(message: &Value) -> &str {
    member(message, "type")
}

/// The text of a message, whose content may be in parts.
pub(super) fn text(message: &Value) -> String {
    match message.get("content") {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Array(parts)) => {
            let part = |part: &Value| match part {
                Value::String(text) => text.clone(),
                other => member(other, "text").to_owned(),
            };
            parts.iter().map(part).collect::<Vec<_>>().concat()
        }
        _ => String::new(),
    }
}

/// A message with everything that LangChain adds to one.
fn complete(message: &Value) -> Value {
    let text = message.as_str().map(|text| json!({ "content": text, "type": "human" }));
    let given = text.as_ref().unwrap_or(message);
    let role = if member(given, "type").is_empty() { member(given, "role") } else { kind(given) };
    let kind = match role {
        "" | "user" => "human",
        "assistant" | "AIMessageChunk" => "ai",
        other => other,
    };
    let mut whole = Map::new();
    let mut put = |name: &str, default: Value| {
        let value = given.get(name).filter(|value| !value.is_null()).cloned().unwrap_or(default);
        whole.insert(name.to_owned(), value);
    };
    put("content", json!(""));
    put("additional_kwargs", json!({}));
    put("response_metadata", json!({}));
    put("type", Value::Null);
    put("name", Value::Null);
    put("id", ids::random().into());
    match kind {
        "ai" => {
            put("tool_calls", json!([]));
            put("invalid_tool_calls", json!([]));
            put("usage_metadata", Value::Null);
        }
        "tool" => {
            put("tool_call_id", Value::Null);
            put("artifact", Value::Null);
            put("status", json!("success"));
        }
        _ => {}
    }
    whole.insert("type".into(), kind.into());
    Value::Object(whole)
}

fn member<'a>(value: &'a Value, name: &str) -> &'a str {
    value.get(name).and_then(Value::as_str).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_becomes_a_message() {
        let mut messages = vec![];
        add(&mut messages, &json!([{ "role": "user", "content": "a", "id": "1" }, "b"]));
        add(&mut messages, &json!({ "type": "ai", "content": [{ "type": "text", "text": "c" }, "d"] }));
        let seen: Vec<_> = messages.iter().map(|message| (kind(message), text(message))).collect();
        assert_eq!(seen, [("human", "a".into()), ("human", "b".into()), ("ai", "cd".to_owned())]);
        assert_eq!(messages[0]["additional_kwargs"], json!({}));
        assert_eq!(messages[2]["tool_calls"], json!([]));
    }

    #[test]
    fn an_id_replaces_and_removes() {
        let mut messages = vec![];
        add(&mut messages, &json!([{ "role": "user", "content": "a", "id": "1" }, "b"]));
        add(&mut messages, &json!({ "role": "user", "content": "A", "id": "1" }));
        assert_eq!((messages.len(), text(&messages[0])), (2, "A".to_owned()));
        add(&mut messages, &json!([{ "type": "remove", "id": "1" }, { "type": "remove", "id": "none" }]));
        assert_eq!((messages.len(), text(&messages[0])), (1, "b".to_owned()));
    }
}
