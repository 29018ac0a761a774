//! When a run may begin: the ordering rules of a thread.

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::problem::Problem;
use super::run_body::RunBody;
use crate::store::threads::ThreadRow;

/// Refuses a run that the state of its thread does not allow. All of it is checked before a stream is opened.
pub(super) fn check(thread: &ThreadRow, has_messages: bool, body: &RunBody) -> Result<(), Problem> {
    if let Some(current) = &thread.current_run_id {
        return Err(Problem::coded(
            StatusCode::CONFLICT,
            "concurrent_run",
            "Concurrent Run",
            format!("Thread {} already has an active run", thread.id),
            json!({ "threadId": thread.id, "currentRunId": current }),
        ));
    }
    if has_messages {
        check_previous(thread.last_completed_run_id.as_deref(), body.previous_run_id.as_deref())?;
    }
    check_results(&thread.pending_tool_call_ids, body)
}

fn check_previous(last: Option<&str>, given: Option<&str>) -> Result<(), Problem> {
    let detail = match (last, given) {
        (None, None) => return Ok(()),
        (Some(last), Some(given)) if last == given => return Ok(()),
        (Some(_), None) => {
            "previousRunId is required when continuing a thread with existing messages".to_owned()
        }
        (last, Some(given)) => {
            format!("previousRunId {given} does not match last completed run {}", last.unwrap_or("(none)"))
        }
    };
    Err(Problem::coded(
        StatusCode::BAD_REQUEST,
        "invalid_previous_run",
        "Invalid Previous Run",
        detail,
        Value::Null,
    ))
}

fn check_results(pending: &[String], body: &RunBody) -> Result<(), Problem> {
    let given: Vec<&String> = body.results.iter().map(|result| &result.call_id).collect();
    let missing: Vec<_> = pending.iter().filter(|id| !given.contains(id)).cloned().collect();
    if !missing.is_empty() {
        let detail = format!("Missing tool results for pending tool calls: {}", missing.join(", "));
        return Err(invalid_results(
            detail,
            json!({ "code": "MISSING_RESULTS", "missingToolCallIds": missing }),
        ));
    }
    let extra: Vec<_> = given.into_iter().filter(|id| !pending.contains(id)).cloned().collect();
    if !extra.is_empty() {
        let detail = format!("Tool results for tool calls that are not pending: {}", extra.join(", "));
        return Err(invalid_results(detail, json!({ "code": "EXTRA_RESULTS", "extraToolCallIds": extra })));
    }
    Ok(())
}

fn invalid_results(detail: String, extra: Value) -> Problem {
    Problem::coded(StatusCode::BAD_REQUEST, "invalid_tool_result", "Invalid Tool Result", detail, extra)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn thread(current: Option<&str>, last: Option<&str>, pending: &[&str]) -> ThreadRow {
        ThreadRow {
            id: "thr".into(),
            context_key: "u".into(),
            name: None,
            metadata: None,
            run_status: "idle".into(),
            current_run_id: current.map(str::to_owned),
            status_message: None,
            last_run_cancelled: false,
            last_run_error: None,
            pending_tool_call_ids: pending.iter().map(|id| (*id).to_owned()).collect(),
            last_completed_run_id: last.map(str::to_owned),
            created_at: 0,
            updated_at: 0,
        }
    }

    fn body(previous: Option<&str>, results: &[&str]) -> RunBody {
        let content: Vec<_> =
            results.iter().map(|id| json!({"type": "tool_result", "toolUseId": id, "content": []})).collect();
        let previous = previous.map_or(Value::Null, Value::from);
        RunBody::read(&json!({"message": {"role": "user", "content": content}, "previousRunId": previous}))
            .unwrap()
    }

    #[test]
    fn the_rules() {
        let cases = [
            // thread, has messages, body, expected
            (thread(None, None, &[]), false, body(None, &[]), ""),
            (thread(None, None, &[]), false, body(Some("r"), &[]), ""),
            (thread(None, None, &[]), true, body(None, &[]), ""),
            (thread(None, None, &[]), true, body(Some("r"), &[]), "does not match last completed run (none)"),
            (thread(None, Some("r"), &[]), true, body(Some("r"), &[]), ""),
            (thread(None, Some("r"), &[]), true, body(None, &[]), "previousRunId is required"),
            (
                thread(None, Some("r"), &[]),
                true,
                body(Some("q"), &[]),
                "q does not match last completed run r",
            ),
            (thread(Some("r"), None, &[]), true, body(None, &[]), "concurrent_run"),
            (thread(None, Some("r"), &["a", "b"]), true, body(Some("r"), &["b", "a"]), ""),
            (thread(None, Some("r"), &["a", "b"]), true, body(Some("r"), &["b"]), "MISSING_RESULTS"),
            (thread(None, Some("r"), &["a"]), true, body(Some("r"), &["a", "b"]), "EXTRA_RESULTS"),
            (thread(None, Some("r"), &["a"]), true, body(Some("r"), &["b"]), "MISSING_RESULTS"),
            (thread(None, Some("r"), &[]), true, body(Some("r"), &["a"]), "EXTRA_RESULTS"),
        ];
        for (index, (thread, has_messages, body, expected)) in cases.iter().enumerate() {
            match check(thread, *has_messages, body) {
                Ok(()) => assert_eq!(*expected, "", "case {index}"),
                Err(problem) => {
                    let problem = format!("{problem:?}");
                    assert!(!expected.is_empty() && problem.contains(expected), "case {index}: {problem}");
                }
            }
        }
    }
}
