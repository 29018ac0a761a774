//! A run's events, as AG-UI has them, and what they say about the run.

use crate::error::{Code, Detail, Failure, Fault};
use crate::json::{Json, Platform, number};
use crate::secret::scrub;

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It finished.
    Finished,
    /// It finished and waits for results of client tools.
    AwaitingInput,
}

impl Outcome {
    /// The string of the public types.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Finished => "finished",
            Self::AwaitingInput => "awaiting-input",
        }
    }
}

/// What to do with an event.
#[derive(Debug)]
pub enum Step<J> {
    /// Give it to the caller and go on.
    Yield(J),
    /// The same, and thread and run are known now.
    Started(J),
    /// Give it to the caller; it was the last one.
    Last(J),
}

/// Follows one run.
#[derive(Debug, Default)]
pub struct RunTracker {
    /// The thread, once `RUN_STARTED` has named it.
    pub thread_id: Option<String>,
    /// The run, once `RUN_STARTED` has named it.
    pub run_id: Option<String>,
    /// How it ended, once it has.
    pub end: Option<Result<Outcome, Fault>>,
    awaits_input: bool,
    thoughts: u32,
}

impl RunTracker {
    /// Takes the next event of a stream. What comes after the last one is not for the caller: Tambo says `RUN_ERROR`
    /// twice (contract, section 5). `known` is not to be repeated from the backend's words.
    pub fn event<J: Platform>(&mut self, raw: J, known: &[&str]) -> Result<Step<J>, Failure> {
        let Some(kind) = raw.text_at("type") else {
            return Err(Failure::new(Code::StreamMalformed, "the stream carries something without a type"));
        };
        let event = raw.shallow_copy();
        event.set("raw", raw.clone());
        match kind.as_str() {
            "RUN_STARTED" => {
                self.thread_id = raw.text_at("threadId").or_else(|| self.thread_id.take());
                self.run_id = raw.text_at("runId").or_else(|| self.run_id.take());
                return Ok(Step::Started(event));
            }
            "RUN_FINISHED" => {
                let outcome = if self.awaits_input { Outcome::AwaitingInput } else { Outcome::Finished };
                self.end = Some(Ok(outcome));
                return Ok(Step::Last(event));
            }
            "RUN_ERROR" => {
                self.end = Some(Err(run_error(&raw, known).into()));
                return Ok(Step::Last(event));
            }
            "CUSTOM" if raw.text_at("name").as_deref() == Some("tambo.run.awaiting_input") => {
                self.awaits_input = true
            }
            "THINKING_TEXT_MESSAGE_START" => {
                self.thoughts += 1;
                self.reasoning(&event, "REASONING_MESSAGE_START");
                event.set("role", J::string("reasoning"));
            }
            "THINKING_TEXT_MESSAGE_CONTENT" => self.reasoning(&event, "REASONING_MESSAGE_CONTENT"),
            "THINKING_TEXT_MESSAGE_END" => self.reasoning(&event, "REASONING_MESSAGE_END"),
            _ => {}
        }
        Ok(Step::Yield(event))
    }

    /// AG-UI 1.0 calls it reasoning and wants a message id, which Tambo does not send.
    fn reasoning<J: Platform>(&self, event: &J, kind: &str) {
        event.set("type", J::string(kind));
        event.set("messageId", J::string(&["reasoning-", &number(self.thoughts)].concat()));
    }
}

fn run_error<J: Json>(raw: &J, known: &[&str]) -> Failure {
    let code = raw.text_at("code");
    if code.as_deref() == Some("CANCELLED") {
        return Failure::new(Code::RunCancelled, "the run was cancelled");
    }
    let words = raw.text_at("message").unwrap_or_default();
    let mut failure = Failure::of(Code::RunFailed, &["the run failed: ", &scrub(&words, known)]);
    failure.retryable = raw.member("isRetryable").and_then(|value| value.boolean()).unwrap_or(false);
    for name in ["code", "category"] {
        if let Some(text) = raw.text_at(name) {
            failure.details.push((name, Detail::Text(scrub(&text, known))));
        }
    }
    if let Some(status) = raw.member("status").and_then(|value| value.number()) {
        failure.details.push(("status", Detail::Number(status)));
    }
    failure
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::json::native::NativeJson;

    fn run(events: &[Value]) -> (RunTracker, Vec<Value>) {
        let mut tracker = RunTracker::default();
        let mut seen = Vec::new();
        for event in events {
            match tracker.event(NativeJson::from(event.clone()), &[]).unwrap() {
                Step::Yield(event) | Step::Started(event) => seen.push(event.to_value()),
                Step::Last(event) => {
                    seen.push(event.to_value());
                    break;
                }
            }
        }
        (tracker, seen)
    }

    #[test]
    fn a_plain_run() {
        let (tracker, seen) = run(&[
            json!({"type": "RUN_STARTED", "threadId": "t", "runId": "r"}),
            json!({"type": "TEXT_MESSAGE_CONTENT", "messageId": "m", "delta": "hi"}),
            json!({"type": "RUN_FINISHED", "threadId": "t", "runId": "r"}),
        ]);
        assert_eq!((tracker.thread_id.as_deref(), tracker.run_id.as_deref()), (Some("t"), Some("r")));
        assert!(matches!(tracker.end, Some(Ok(Outcome::Finished))));
        assert_eq!(seen[1]["delta"], "hi");
        assert_eq!(seen[1]["raw"], json!({"type": "TEXT_MESSAGE_CONTENT", "messageId": "m", "delta": "hi"}));
    }

    #[test]
    fn the_first_error_is_the_last_event() {
        let error = json!({"type": "RUN_ERROR", "message": "no", "code": "LLM_CLIENT_ERROR", "status": 401});
        let (tracker, seen) = run(&[error.clone(), error]);
        assert_eq!(seen.len(), 1);
        let Some(Err(failure)) = tracker.end else { panic!("no error") };
        assert_eq!((failure.code, &*failure.message), (Code::RunFailed, "the run failed: no"));
        assert!(failure.details.contains(&("status", Detail::Number(401.0))));
    }

    #[test]
    fn what_a_failed_run_repeats_is_scrubbed() {
        let mut tracker = RunTracker::default();
        let error = json!({"type": "RUN_ERROR", "message": "bad key canary|key", "code": "canary|key"});
        tracker.event(NativeJson::from(error), &["canary|key"]).unwrap();
        let Some(Err(failure)) = &tracker.end else { panic!("no error") };
        assert_eq!(failure.message, "the run failed: bad key [redacted]");
        assert!(!format!("{tracker:?}").contains("canary"), "{tracker:?}");
    }

    #[test]
    fn cancelled_is_its_own_code() {
        let (tracker, _) =
            run(&[json!({"type": "RUN_ERROR", "message": "Run cancelled", "code": "CANCELLED"})]);
        assert!(matches!(tracker.end, Some(Err(failure)) if failure.code == Code::RunCancelled));
    }

    #[test]
    fn a_pending_tool_call_is_an_outcome() {
        let (tracker, _) = run(&[
            json!({"type": "CUSTOM", "name": "tambo.run.awaiting_input", "value": {"pendingToolCalls": []}}),
            json!({"type": "RUN_FINISHED"}),
        ]);
        assert!(matches!(tracker.end, Some(Ok(Outcome::AwaitingInput))));
    }

    #[test]
    fn thinking_becomes_reasoning() {
        let (_, seen) = run(&[
            json!({"type": "THINKING_TEXT_MESSAGE_START"}),
            json!({"type": "THINKING_TEXT_MESSAGE_CONTENT", "delta": "hm"}),
            json!({"type": "THINKING_TEXT_MESSAGE_END"}),
            json!({"type": "THINKING_TEXT_MESSAGE_START"}),
        ]);
        assert_eq!(seen[0]["type"], "REASONING_MESSAGE_START");
        assert_eq!(seen[0]["role"], "reasoning");
        assert_eq!(seen[1]["messageId"], seen[0]["messageId"]);
        assert_ne!(seen[3]["messageId"], seen[0]["messageId"]);
        assert_eq!(seen[1]["raw"]["type"], "THINKING_TEXT_MESSAGE_CONTENT");
    }

    #[test]
    fn unknown_types_pass_and_no_type_does_not() {
        let (_, seen) =
            run(&[json!({"type": "STATE_SNAPSHOT", "snapshot": {}}), json!({"type": "NEW_THING"})]);
        assert_eq!(seen.len(), 2);
        for bad in [json!({}), json!([]), json!("x"), json!({"type": 1})] {
            let failure = RunTracker::default().event(NativeJson::from(bad), &[]).unwrap_err();
            assert_eq!(failure.code, Code::StreamMalformed);
        }
    }
}
