//! A message in another format than it was stored in: `aui/v0` for the AI SDK, and its version 5 as 6.

use serde_json::{Map, Value, json};

use crate::store::cloud::messages::MessageRow;

const AUI: &str = "aui/v0";
const AI_SDK_5: &str = "ai-sdk/v5";
const AI_SDK_6: &str = "ai-sdk/v6";

/// A message as it is shown to somebody who asks for a format: converted where that can be done, as stored, with its own
/// format, where not. `None` for one that is not what its format says.
pub(super) fn read_as(row: MessageRow, format: Option<&str>) -> Option<MessageRow> {
    let content = match (row.format.as_str(), format) {
        (AUI, Some(AI_SDK_5 | AI_SDK_6)) => match ui_message(&row.content)? {
            Some(content) => content,
            None => return Some(row),
        },
        (AI_SDK_5, Some(AI_SDK_6)) => row.content,
        _ => return Some(row),
    };
    Some(MessageRow { format: format.unwrap_or_default().to_owned(), content, ..row })
}

/// The AI SDK's message; an inner `None` where a part has no counterpart there.
fn ui_message(content: &Value) -> Option<Option<Value>> {
    let role = content.get("role")?.as_str()?;
    let parts = content.get("content")?.as_array()?;
    let parts: Option<Vec<Value>> = parts.iter().map(part).collect();
    Some(parts.map(|parts| {
        let mut message = json!({ "role": role, "parts": parts });
        let custom = content.get("metadata").and_then(|metadata| metadata.get("custom"));
        if let (Some(custom), Some(members)) = (custom, message.as_object_mut()) {
            members.insert("metadata".into(), custom.clone());
        }
        message
    }))
}

fn part(part: &Value) -> Option<Value> {
    let text = |name: &str| part.get(name).and_then(Value::as_str);
    let converted = match text("type")? {
        kind @ ("text" | "reasoning") => json!({ "type": kind, "text": text("text")? }),
        "file" => file(text("mimeType")?, text("data")?, text("filename")),
        "image" => file("image/*", text("image")?, None),
        "source" if text("sourceType") == Some("url") => {
            let mut source = json!({ "type": "source-url", "sourceId": text("id")?, "url": text("url")? });
            set(&mut source, "title", text("title").map(Value::from));
            source
        }
        "data" => json!({ "type": format!("data-{}", text("name")?), "data": part.get("data")? }),
        "tool-call" => tool_call(part)?,
        _ => return None,
    };
    Some(converted)
}

fn file(media_type: &str, url: &str, filename: Option<&str>) -> Value {
    let mut file = json!({ "type": "file", "mediaType": media_type, "url": url });
    set(&mut file, "filename", filename.map(Value::from));
    file
}

fn tool_call(part: &Value) -> Option<Value> {
    let text = |name: &str| part.get(name).and_then(Value::as_str);
    let input = match part.get("args") {
        Some(args) => args.clone(),
        None => serde_json::from_str(text("argsText")?).ok()?,
    };
    let mut call =
        json!({ "type": format!("tool-{}", text("toolName")?), "toolCallId": text("toolCallId")? });
    let failed = part.get("isError") == Some(&Value::Bool(true));
    let state = match part.get("result") {
        None => "input-available",
        Some(_) if failed => "output-error",
        Some(_) => "output-available",
    };
    set(&mut call, "state", Some(state.into()));
    set(&mut call, "input", Some(input));
    match part.get("result") {
        Some(Value::String(words)) if failed => set(&mut call, "errorText", Some(words.as_str().into())),
        Some(result) if failed => set(&mut call, "errorText", Some(result.to_string().into())),
        result => set(&mut call, "output", result.cloned()),
    }
    Some(call)
}

fn set(object: &mut Value, name: &str, value: Option<Value>) {
    let members: Option<&mut Map<_, _>> = object.as_object_mut();
    if let (Some(members), Some(value)) = (members, value) {
        members.insert(name.to_owned(), value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(format: &str, content: Value) -> MessageRow {
        MessageRow {
            id: "msg_0".into(),
            parent_id: None,
            height: 0,
            format: format.into(),
            content,
            external_id: None,
            created_at: 0,
            updated_at: 0,
        }
    }

    fn read(stored: &str, content: Value, asked: &str) -> Option<(String, Value)> {
        read_as(row(stored, content), Some(asked)).map(|row| (row.format, row.content))
    }

    #[test]
    fn parts_have_their_counterparts() {
        let cases = [
            (json!({ "type": "text", "text": "a" }), json!({ "type": "text", "text": "a" })),
            (json!({ "type": "reasoning", "text": "a" }), json!({ "type": "reasoning", "text": "a" })),
            (
                json!({ "type": "file", "mimeType": "text/plain", "data": "data:,x", "filename": "x.txt" }),
                json!({ "type": "file", "mediaType": "text/plain", "url": "data:,x", "filename": "x.txt" }),
            ),
            (
                json!({ "type": "source", "sourceType": "url", "id": "s", "url": "https://a.example" }),
                json!({ "type": "source-url", "sourceId": "s", "url": "https://a.example" }),
            ),
            (json!({ "type": "data", "name": "n", "data": 0 }), json!({ "type": "data-n", "data": 0 })),
            (
                json!({ "type": "tool-call", "toolCallId": "c", "toolName": "t", "args": {}, "result": false }),
                json!({ "type": "tool-t", "toolCallId": "c", "state": "output-available", "input": {}, "output": false }),
            ),
            (
                json!({ "type": "tool-call", "toolCallId": "c", "toolName": "t", "argsText": "{\"a\":1}" }),
                json!({ "type": "tool-t", "toolCallId": "c", "state": "input-available", "input": { "a": 1 } }),
            ),
            (
                json!({ "type": "tool-call", "toolCallId": "c", "toolName": "t", "args": {}, "result": "no", "isError": true }),
                json!({ "type": "tool-t", "toolCallId": "c", "state": "output-error", "input": {}, "errorText": "no" }),
            ),
        ];
        for (stored, expected) in cases {
            assert_eq!(part(&stored), Some(expected), "{stored}");
        }
    }

    #[test]
    fn formats() {
        let aui = json!({ "role": "user", "content": [{ "type": "text", "text": "a" }], "metadata": { "custom": {} } });
        let sdk = json!({ "role": "user", "parts": [{ "type": "text", "text": "a" }], "metadata": {} });
        let owned = |format: &str, content: &Value| Some((format.to_owned(), content.clone()));
        assert_eq!(read(AUI, aui.clone(), AI_SDK_6), owned(AI_SDK_6, &sdk));
        assert_eq!(read(AUI, aui.clone(), AI_SDK_5), owned(AI_SDK_5, &sdk));
        assert_eq!(read(AI_SDK_5, sdk.clone(), AI_SDK_6), owned(AI_SDK_6, &sdk));
        assert_eq!(read(AI_SDK_6, sdk.clone(), AUI), owned(AI_SDK_6, &sdk));
        assert_eq!(read("mine", sdk.clone(), AI_SDK_6), owned("mine", &sdk));
        let odd = json!({ "role": "user", "content": [{ "type": "generative-ui" }] });
        assert_eq!(read(AUI, odd.clone(), AI_SDK_6), owned(AUI, &odd));
        assert_eq!(read(AUI, json!({ "role": "user" }), AI_SDK_6), None);
    }
}
