//! What a client asks a run with.

use serde_json::Value;

use super::problem::Problem;
use super::validate::{Checks, given};
use crate::model::{Offer, Prompt, ToolResult};

/// A validated run request.
#[derive(Debug, Clone)]
pub(super) struct RunBody {
    /// The message's blocks that are not tool results.
    pub(super) content: Vec<Value>,
    /// Its tool results, one for each call; of several for one call the last.
    pub(super) results: Vec<ResultBlock>,
    pub(super) metadata: Option<Value>,
    pub(super) previous_run_id: Option<String>,
    /// Whether the content is of a kind a model can be asked with. The service finds out only once the stream is open.
    pub(super) answerable: bool,
    tools: Vec<Offer>,
    components: Vec<Offer>,
    tool_choice: Option<Value>,
}

/// A tool result as the client sent it.
#[derive(Debug, Clone)]
pub(super) struct ResultBlock {
    pub(super) call_id: String,
    pub(super) block: Value,
}

impl RunBody {
    /// Validates a body. A missing message is a validation error here; the service answers a bare 500.
    pub(super) fn read(body: &Value) -> Result<Self, Problem> {
        let mut checks = Checks::default();
        let blocks = read_message(body, &mut checks);
        let tools = read_tools(body, &mut checks);
        let components = read_offers(body, "availableComponents", "propsSchema", &mut checks);
        read_tool_choice(body, &mut checks);
        for name in ["previousRunId", "model"] {
            checks.optional_string(body, name);
        }
        for name in ["runMetadata", "threadMetadata", "thread"] {
            checks.optional_object(body, name);
        }
        read_numbers(body, &mut checks);
        checks.finish()?;
        let (results, content): (Vec<_>, Vec<_>) =
            blocks.into_iter().partition(|block| kind(block) == Some("tool_result"));
        let answerable = !(results.is_empty() && content.is_empty())
            && content.iter().all(|block| matches!(kind(block), Some("text" | "resource")));
        Ok(Self {
            content,
            results: last_of_each(results),
            metadata: body.get("message").and_then(|message| given(message, "metadata")).cloned(),
            previous_run_id: body.get("previousRunId").and_then(Value::as_str).map(str::to_owned),
            answerable,
            tools,
            components,
            tool_choice: given(body, "toolChoice").cloned(),
        })
    }

    /// The same as a question to a model.
    pub(super) fn prompt(&self) -> Prompt {
        let text = |block: &Value| block.get("text").and_then(Value::as_str).map(str::to_owned);
        let texts: Vec<_> = self.content.iter().filter_map(text).collect();
        let result = |result: &ResultBlock| {
            let parts = result.block.get("content").and_then(Value::as_array).cloned().unwrap_or_default();
            let parts: Vec<_> =
                parts.iter().map(|part| text(part).unwrap_or_else(|| part.to_string())).collect();
            let is_error = result.block.get("isError").and_then(Value::as_bool).unwrap_or_default();
            ToolResult { text: parts.join("\n"), is_error }
        };
        Prompt {
            text: texts.join("\n"),
            tool_results: self.results.iter().map(result).collect(),
            tools: self.tools.clone(),
            components: self.components.clone(),
            tool_choice: self.tool_choice.clone(),
        }
    }
}

fn kind(block: &Value) -> Option<&str> {
    block.get("type").and_then(Value::as_str)
}

fn read_message(body: &Value, checks: &mut Checks) -> Vec<Value> {
    let Some(message) = given(body, "message") else {
        checks.wrong("message should not be null or undefined");
        return vec![];
    };
    if message.get("role").and_then(Value::as_str) != Some("user") {
        checks.wrong("message.role must be one of the following values: user");
    }
    let Some(blocks) = message.get("content").and_then(Value::as_array) else {
        checks.wrong("message.content must be an array");
        return vec![];
    };
    for (index, block) in blocks.iter().enumerate() {
        let path = format!("message.content.{index}");
        match kind(block) {
            Some("text") if !block.get("text").is_some_and(Value::is_string) => {
                checks.wrong(format!("{path}.text must be a string"));
            }
            Some("tool_result") => {
                if !block.get("toolUseId").is_some_and(Value::is_string) {
                    checks.wrong(format!("{path}.toolUseId must be a string"));
                }
                if !block.get("content").is_some_and(Value::is_array) {
                    checks.wrong(format!("{path}.content must be an array"));
                }
            }
            // An unknown kind passes here and fails in the stream.
            _ => {}
        }
    }
    blocks.clone()
}

fn read_tools(body: &Value, checks: &mut Checks) -> Vec<Offer> {
    for (index, tool) in given(body, "tools").and_then(Value::as_array).into_iter().flatten().enumerate() {
        if given(tool, "maxCalls").is_some_and(|count| count.as_f64().is_none_or(|count| count < 1.0)) {
            checks.wrong(format!("tools.{index}.maxCalls must not be less than 1"));
        }
    }
    read_offers(body, "tools", "inputSchema", checks)
}

/// The list `member` of things with a name, a description and a schema.
fn read_offers(body: &Value, member: &str, schema: &str, checks: &mut Checks) -> Vec<Offer> {
    let Some(value) = given(body, member) else { return vec![] };
    let Some(items) = value.as_array() else {
        checks.wrong(format!("{member} must be an array"));
        return vec![];
    };
    let mut offers = Vec::new();
    for (index, item) in items.iter().enumerate() {
        let text = |name: &str| item.get(name).and_then(Value::as_str);
        for name in ["name", "description"] {
            if text(name).is_none() {
                checks.wrong(format!("{member}.{index}.{name} must be a string"));
            }
        }
        if !item.get(schema).is_some_and(Value::is_object) {
            checks.wrong(format!("{member}.{index}.{schema} must be an object"));
        }
        offers.push(Offer {
            name: text("name").unwrap_or_default().to_owned(),
            description: text("description").unwrap_or_default().to_owned(),
            schema: item.get(schema).cloned().unwrap_or_default(),
        });
    }
    offers
}

fn read_tool_choice(body: &Value, checks: &mut Checks) {
    let known = given(body, "toolChoice").is_none_or(|choice| match choice {
        Value::String(word) => matches!(word.as_str(), "auto" | "required" | "none"),
        other => other.get("name").is_some_and(Value::is_string),
    });
    if !known {
        checks.wrong("toolChoice must be auto, required, none, or an object with a name");
    }
}

fn read_numbers(body: &Value, checks: &mut Checks) {
    if given(body, "maxTokens").is_some_and(|count| !count.is_number()) {
        checks.wrong("maxTokens must be a number conforming to the specified constraints");
    }
    match given(body, "temperature").map(Value::as_f64) {
        None => {}
        Some(Some(degree)) if degree < 0.0 => checks.wrong("temperature must not be less than 0"),
        Some(Some(degree)) if degree > 2.0 => checks.wrong("temperature must not be greater than 2"),
        Some(Some(_)) => {}
        Some(None) => checks.wrong("temperature must be a number conforming to the specified constraints"),
    }
}

fn last_of_each(blocks: Vec<Value>) -> Vec<ResultBlock> {
    let mut results: Vec<ResultBlock> = Vec::new();
    for block in blocks {
        let call_id = block.get("toolUseId").and_then(Value::as_str).unwrap_or_default().to_owned();
        match results.iter_mut().find(|result| result.call_id == call_id) {
            Some(earlier) => earlier.block = block,
            None => results.push(ResultBlock { call_id, block }),
        }
    }
    results
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn problems(body: Value) -> String {
        RunBody::read(&body).map_or_else(|problem| format!("{problem:?}"), |_| String::new())
    }

    #[test]
    fn what_is_wrong_is_named() {
        let cases = [
            (json!({}), "message should not be null or undefined"),
            (
                json!({"message": {"role": "assistant", "content": []}}),
                "message.role must be one of the following values: user",
            ),
            (json!({"message": {"role": "user"}}), "message.content must be an array"),
            (
                json!({"message": {"role": "user", "content": [{"type": "text"}]}}),
                "message.content.0.text must be a string",
            ),
            (json!({"message": {"role": "user", "content": []}, "tools": 1}), "tools must be an array"),
            (
                json!({"message": {"role": "user", "content": []}, "toolChoice": "all"}),
                "toolChoice must be auto, required, none",
            ),
            (
                json!({"message": {"role": "user", "content": []}, "availableComponents": [{"name": "A", "description": ""}]}),
                "availableComponents.0.propsSchema must be an object",
            ),
            (
                json!({"message": {"role": "user", "content": []}, "temperature": 3}),
                "temperature must not be greater than 2",
            ),
            (
                json!({"message": {"role": "user", "content": []}, "previousRunId": 3}),
                "previousRunId must be a string",
            ),
        ];
        for (body, expected) in cases {
            assert!(problems(body.clone()).contains(expected), "{body}");
        }
    }

    #[test]
    fn empty_and_unknown_content_passes_but_cannot_be_answered() {
        for content in [json!([]), json!([{"type": "hologram"}]), json!([{"type": "text", "text": "a"}, {}])]
        {
            let body = RunBody::read(&json!({"message": {"role": "user", "content": content}})).unwrap();
            assert!(!body.answerable, "{content}");
        }
    }

    #[test]
    fn the_last_of_several_results_for_one_call_wins() {
        let result = |text: &str| json!({"type": "tool_result", "toolUseId": "a", "content": [{"type": "text", "text": text}]});
        let content = json!([result("1"), {"type": "text", "text": "t"}, result("2")]);
        let body = RunBody::read(&json!({"message": {"role": "user", "content": content}})).unwrap();
        let prompt = body.prompt();
        assert_eq!((prompt.text.as_str(), prompt.tool_results.len()), ("t", 1));
        assert_eq!(prompt.tool_results[0].text, "2");
    }
}
