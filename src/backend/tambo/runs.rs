//! Runs: the body of `POST …/runs` from what the caller gave (contract, section 4, "Run body").

use super::endpoints::{RUNS_CONTINUE, RUNS_CREATE};
use crate::backend::plan::{Args, Plan};
use crate::error::{Code, Failure};
use crate::json::JsonBuild;

/// A run to be started.
#[derive(Clone, Debug)]
pub struct RunPlan<J> {
    /// The request.
    pub plan: Plan<J>,
    /// The existing thread it continues.
    pub thread: Option<String>,
    /// Whether the caller said which run it continues.
    pub previous_given: bool,
}

/// Plans a run. The arguments are the thread id or null, and the input: a user's text, or the backend's own body.
pub fn plan_run<J: JsonBuild>(args: &Args<J>) -> Result<RunPlan<J>, Failure> {
    let body = match args.optional(1) {
        Some(input) if input.text().is_some() => text_message(&input.text().unwrap_or_default())?,
        Some(input) if input.is_object() => checked(input.clone())?,
        _ => return Err(invalid("input should be a text or an object with a message")),
    };
    let previous_given = body.member("previousRunId").is_some_and(|previous| !previous.is_null());
    let (plan, thread) = match args.optional(0) {
        None => (Plan::new(&RUNS_CREATE, &[])?, None),
        Some(_) => {
            let id = args.id(0, "thread id")?;
            (Plan::new(&RUNS_CONTINUE, std::slice::from_ref(&id))?, Some(id.1))
        }
    };
    Ok(RunPlan { plan: plan.body(body).without_foreign_identity()?, thread, previous_given })
}

impl<J: JsonBuild> RunPlan<J> {
    /// The same run, continuing this one.
    #[must_use]
    pub fn continuing(mut self, previous: Option<&str>) -> Self {
        if let (Some(previous), Some(body)) = (previous, &self.plan.body) {
            let body = body.shallow_copy();
            body.set("previousRunId", J::string(previous));
            self.plan.body = Some(body);
        }
        self
    }
}

fn text_message<J: JsonBuild>(text: &str) -> Result<J, Failure> {
    if text.trim().is_empty() {
        return Err(invalid("the message is empty"));
    }
    let block = J::object();
    block.set("type", J::string("text"));
    block.set("text", J::string(text));
    let message = J::object();
    message.set("role", J::string("user"));
    message.set("content", J::array(vec![block]));
    let body = J::object();
    body.set("message", message);
    Ok(body)
}

/// The backend answers a missing message with a bare 500 and an empty one inside the stream; both are said here instead.
fn checked<J: JsonBuild>(input: J) -> Result<J, Failure> {
    let message = input.member("message").filter(|message| message.is_object());
    let content = message
        .ok_or_else(|| invalid("input.message should be an object with role and content"))?
        .member("content")
        .and_then(|content| content.elements())
        .ok_or_else(|| invalid("input.message.content should be an array of content blocks"))?;
    if content.is_empty() {
        return Err(invalid("input.message.content is empty"));
    }
    Ok(input)
}

fn invalid(message: &str) -> Failure {
    Failure::new(Code::InvalidArgument, message)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::json::native::NativeJson;

    fn planned(args: Value) -> Result<RunPlan<NativeJson>, Failure> {
        plan_run(&Args(args.as_array().unwrap().iter().cloned().map(NativeJson::from).collect()))
    }

    fn body(plan: &RunPlan<NativeJson>) -> Value {
        plan.plan.body.as_ref().unwrap().to_value()
    }

    #[test]
    fn a_text_becomes_the_recorded_body() {
        let plan = planned(json!([null, "hello there"])).unwrap();
        assert_eq!(plan.plan.path, "/v1/threads/runs");
        assert_eq!(
            body(&plan),
            json!({"message": {"role": "user", "content": [{"type": "text", "text": "hello there"}]}})
        );
    }

    #[test]
    fn a_thread_is_continued() {
        let plan = planned(json!(["thr_1", "again"])).unwrap();
        assert_eq!(
            (plan.plan.path.as_str(), plan.thread.as_deref()),
            ("/v1/threads/thr_1/runs", Some("thr_1"))
        );
        assert!(!plan.previous_given);
        let plan = plan.continuing(Some("run_1"));
        assert_eq!(body(&plan)["previousRunId"], "run_1");
        let input = json!({"message": {"role": "user", "content": [{"type": "text", "text": "x"}]}, "previousRunId": "r"});
        assert!(planned(json!(["thr_1", input])).unwrap().previous_given);
    }

    #[test]
    fn a_user_key_goes_into_the_thread_of_a_new_one() {
        let message = json!({"role": "user", "content": [{"type": "text", "text": "x"}]});
        let fresh = planned(json!([null, {"message": message, "thread": {"metadata": {"a": 1}}}])).unwrap();
        let sent = fresh.plan.with_user_key("u");
        assert_eq!(sent.body.unwrap().to_value()["thread"], json!({"metadata": {"a": 1}, "userKey": "u"}));
        let old = planned(json!(["thr_1", {"message": message}])).unwrap();
        assert_eq!(old.plan.with_user_key("u").body.unwrap().to_value()["userKey"], "u");
    }

    #[test]
    fn what_cannot_be_a_message_is_said_before_the_wire() {
        for input in [
            json!([null, ""]),
            json!([null, "  \n"]),
            json!([null]),
            json!([null, 7]),
            json!([null, {}]),
            json!([null, {"message": "x"}]),
            json!([null, {"message": {"content": []}}]),
            json!([null, {"message": {"role": "user"}}]),
            json!(["..", "x"]),
            json!([7, "x"]),
            json!([null, {"message": {"content": [{}]}, "thread": {"userKey": "u"}}]),
        ] {
            assert_eq!(planned(input.clone()).unwrap_err().code, Code::InvalidArgument, "{input}");
        }
    }
}
