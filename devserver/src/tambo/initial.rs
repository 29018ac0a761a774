//! The messages a thread may begin with.

use serde_json::Value;

use super::problem::Problem;
use super::validate::{Checks, given};
use crate::project::Project;

/// A message to begin a thread with.
#[derive(Debug, Clone)]
pub(super) struct InitialMessage {
    pub(super) role: &'static str,
    pub(super) content: Value,
    pub(super) metadata: Option<Value>,
}

/// Reads the member `name` of a body, noting what is wrong with it.
pub(super) fn read(body: &Value, name: &str, checks: &mut Checks) -> Vec<InitialMessage> {
    let Some(value) = given(body, name) else { return vec![] };
    let Some(items) = value.as_array() else {
        checks.wrong(format!("{name} must be an array"));
        return vec![];
    };
    items
        .iter()
        .enumerate()
        .filter_map(|(index, item)| read_one(item, &format!("{name}.{index}"), checks))
        .collect()
}

fn read_one(item: &Value, path: &str, checks: &mut Checks) -> Option<InitialMessage> {
    let role = match item.get("role").and_then(Value::as_str) {
        Some("user") => Some("user"),
        Some("system") => Some("system"),
        Some("assistant") => Some("assistant"),
        _ => {
            checks.wrong(format!("{path}.role must be one of the following values: user, system, assistant"));
            None
        }
    };
    let Some(blocks) = item.get("content").and_then(Value::as_array) else {
        checks.wrong(format!("{path}.content must be an array"));
        return None;
    };
    if blocks
        .iter()
        .any(|block| !matches!(block.get("type").and_then(Value::as_str), Some("text" | "resource")))
    {
        checks.wrong(format!("{path}.content may hold text and resource blocks only"));
    }
    Some(InitialMessage {
        role: role?,
        content: blocks.clone().into(),
        metadata: given(item, "metadata").cloned(),
    })
}

/// A system message needs a project that lets its prompt be overridden.
pub(super) fn check_roles(messages: &[InitialMessage], project: &Project, path: &str) -> Result<(), Problem> {
    if !project.system_prompt_override && messages.iter().any(|message| message.role == "system") {
        return Err(Problem::domain_validation(
            "This project does not allow initial messages with the role system",
            path,
        ));
    }
    Ok(())
}
