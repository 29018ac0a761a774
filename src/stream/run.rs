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
    block: u32,
    /// The messages of this run.
    messages: Vec<String>,
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
            "CUSTOM" => match raw.text_at("name").as_deref() {
                Some("tambo.run.awaiting_input") => self.awaits_input = true,
                Some("tambo.component.start") => self.message(raw.member("value").as_ref()),
                _ => {}
            },
            "TEXT_MESSAGE_START" => self.message(Some(&raw)),
            "TOOL_CALL_START" => {
                // Beside a text Tambo names a parent that no message has; the one of the text is meant.
                if let (Some(parent), Some(latest)) = (raw.text_at("parentMessageId"), self.messages.last())
                    && !self.messages.contains(&parent)
                {
                    event.set("parentMessageId", J::string(latest));
                }
            }
            kind => {
                if let Some(thought) = kind.strip_prefix("THINKING_") {
                    self.reasoning(&event, thought.strip_prefix("TEXT_").unwrap_or(thought));
                }
            }
        }
        Ok(Step::Yield(event))
    }

    /// A message has begun, or goes on.
    fn message<J: Json>(&mut self, named: Option<&J>) {
        if let Some(id) = named.and_then(|named| named.text_at("messageId")) {
            self.messages.retain(|known| *known != id);
            self.messages.push(id);
        }
    }

    /// AG-UI 1.0 calls it reasoning and wants an id, which Tambo does not send. A block of thoughts has that of its first.
    fn reasoning<J: Platform>(&mut self, event: &J, what: &str) {
        match what {
            "START" => self.block = self.thoughts + 1,
            "MESSAGE_START" => {
                self.thoughts += 1;
                event.set("role", J::string("reasoning"));
            }
            _ => {}
        }
        event.set("type", J::string(&["REASONING_", what].concat()));
        let count = number(if what.starts_with('M') { self.thoughts } else { self.block });
        let run = self.run_id.as_deref().unwrap_or_default();
        event.set("messageId", J::string(&["reasoning-", run, "-", &count].concat()));
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
            json!({"type": "RUN_STARTED", "threadId": "t", "runId": "r"}),
            json!({"type": "THINKING_START"}),
            json!({"type": "THINKING_TEXT_MESSAGE_START"}),
            json!({"type": "THINKING_TEXT_MESSAGE_START"}),
            json!({"type": "THINKING_END"}),
        ]);
        assert_eq!(seen[0]["type"], "REASONING_MESSAGE_START");
        assert_eq!(seen[0]["role"], "reasoning");
        assert_eq!(seen[1]["messageId"], seen[0]["messageId"]);
        assert_ne!(seen[3]["messageId"], seen[0]["messageId"]);
        assert_eq!(seen[1]["raw"]["type"], "THINKING_TEXT_MESSAGE_CONTENT");
        let block: Vec<_> = seen[5..].iter().map(|event| (&event["type"], &event["messageId"])).collect();
        let [first, second] = [json!("reasoning-r-3"), json!("reasoning-r-4")];
        let [start, message, end] =
            [json!("REASONING_START"), json!("REASONING_MESSAGE_START"), json!("REASONING_END")];
        assert_eq!(block, [(&start, &first), (&message, &first), (&message, &second), (&end, &first)]);
    }

    #[test]
    fn a_temporary_parent_is_the_message_that_is_open() {
        let call =
            |parent: Value| json!({"type": "TOOL_CALL_START", "toolCallId": "c", "parentMessageId": parent});
        let start = |id: &str| json!({"type": "TEXT_MESSAGE_START", "messageId": id});
        let component =
            json!({"type": "CUSTOM", "name": "tambo.component.start", "value": {"messageId": "msg_2"}});
        let (_, seen) = run(&[
            call(json!("message-early")),
            start("msg_1"),
            call(json!("message-temporary")),
            component,
            call(json!("message-temporary")),
            call(json!("msg_1")),
            start("msg_1"),
            call(json!("message-temporary")),
            json!({"type": "TOOL_CALL_START", "toolCallId": "c"}),
        ]);
        let calls: Vec<_> = seen.iter().filter(|event| event["type"] == "TOOL_CALL_START").collect();
        let parents: Vec<_> = calls.iter().map(|event| event["parentMessageId"].as_str()).collect();
        let expected = ["message-early", "msg_1", "msg_2", "msg_1", "msg_1"];
        assert_eq!(parents, expected.map(Some).into_iter().chain([None]).collect::<Vec<_>>());
        assert_eq!(calls[1]["raw"]["parentMessageId"], "message-temporary", "what was sent is left alone");
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
