//! Runs: the body of `POST …/runs` from what the caller gave (contract, section 4, "Run body").

use super::endpoints::{RUNS_CONTINUE, RUNS_CREATE};
use crate::backend::plan::{Plan, invalid, user_message, with};
use crate::error::Fault;
use crate::json::{Json, Platform};

/// Plans a run. The arguments are an array of the thread id or null, and the input: a user's text, or the backend's own
/// body. Answers the request, and the thread for which the run it continues has to be found out.
pub fn plan_run<J: Platform>(args: &J) -> Result<(Plan<J>, Option<String>), Fault> {
    let (thread, input) = (args.item(0), args.item(1));
    let body = match input.text() {
        Some(text) => text_message(&text)?,
        None => checked(input)?,
    };
    let given = body.member("previousRunId").is_some_and(|previous| !previous.is_null());
    let args = J::array();
    args.push(thread.clone());
    args.push(body);
    if thread.is_null() {
        return Ok((Plan::new(&RUNS_CREATE, &args, 1)?, None));
    }
    Ok((Plan::new(&RUNS_CONTINUE, &args, 0)?, thread.text().filter(|_| !given)))
}

fn text_message<J: Platform>(text: &str) -> Result<J, Fault> {
    let block = with("text", J::string(text));
    block.set("type", J::string("text"));
    let content = J::array();
    content.push(block);
    Ok(with("message", user_message(text, content)?))
}

/// The backend answers a missing message with a bare 500 and an empty one inside the stream; both are said here instead.
fn checked<J: Json>(input: J) -> Result<J, Fault> {
    let message = input.member("message");
    match message.and_then(|message| message.member("content")).and_then(|content| content.length()) {
        None => Err(invalid(
            "input should be a text, or an object with message.content, an array of content blocks",
        )),
        Some(0) => Err(invalid("input.message.content is empty")),
        Some(_) => Ok(input),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::error::Code;
    use crate::json::native::NativeJson;

    type Planned = Result<(Plan<NativeJson>, Option<String>), Fault>;

    fn planned(args: Value) -> Planned {
        plan_run(&NativeJson::from(args))
    }

    fn body(plan: &Plan<NativeJson>) -> Value {
        plan.body(None, None).unwrap().to_value()
    }

    fn keyed(plan: &Plan<NativeJson>) -> Value {
        plan.body(None, Some("u")).unwrap().to_value()
    }

    #[test]
    fn a_text_becomes_the_recorded_body() {
        let (plan, thread) = planned(json!([null, "hello there"])).unwrap();
        assert_eq!((plan.target(None).as_str(), thread), ("/v1/threads/runs", None));
        assert_eq!(
            body(&plan),
            json!({"message": {"role": "user", "content": [{"type": "text", "text": "hello there"}]}})
        );
    }

    #[test]
    fn a_thread_is_continued() {
        let (plan, thread) = planned(json!(["thr_1", "again"])).unwrap();
        assert_eq!(
            (plan.target(None).as_str(), thread.as_deref()),
            ("/v1/threads/thr_1/runs", Some("thr_1"))
        );
        assert_eq!(plan.body(Some("run_1"), None).unwrap().to_value()["previousRunId"], "run_1");
        assert!(body(&plan).get("previousRunId").is_none(), "the first plan is as it was");
        let message = json!({"role": "user", "content": [{"type": "text", "text": "x"}]});
        let input = json!({"message": message, "previousRunId": "r"});
        assert_eq!(planned(json!(["thr_1", input])).unwrap().1, None, "the caller knows which one");
    }

    #[test]
    fn a_user_key_goes_into_the_thread_of_a_new_one() {
        let message = json!({"role": "user", "content": [{"type": "text", "text": "x"}]});
        let (fresh, _) =
            planned(json!([null, {"message": message, "thread": {"metadata": {"a": 1}}}])).unwrap();
        assert_eq!(keyed(&fresh)["thread"], json!({"metadata": {"a": 1}, "userKey": "u"}));
        let (old, _) = planned(json!(["thr_1", {"message": message}])).unwrap();
        assert_eq!(keyed(&old)["userKey"], "u");
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
