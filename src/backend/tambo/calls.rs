//! Calls that are answered with JSON: from arguments to a plan, from an answer to what the caller gets.

use super::endpoints::{
    MESSAGES_GET, MESSAGES_LIST, RUNS_CANCEL, THREADS_CREATE, THREADS_DELETE, THREADS_GET, THREADS_LIST,
    THREADS_UPDATE,
};
use super::lift;
use crate::backend::plan::{Args, Plan};
use crate::backend::query::Kind;
use crate::error::{Code, Failure};
use crate::json::{Field, JsonBuild, Malformed};

const PAGE: &[(&str, Kind)] = &[("limit", Kind::Count), ("cursor", Kind::Text)];
const MESSAGES: &[(&str, Kind)] = &[("limit", Kind::Count), ("cursor", Kind::Text), ("order", Kind::Text)];

/// Plans the call of this name.
pub fn plan<J: JsonBuild>(call: &str, args: &Args<J>) -> Result<Plan<J>, Failure> {
    let thread = || args.id(0, "thread id");
    match call {
        "threads.list" => Plan::new(&THREADS_LIST, &[])?.query(args.object(0, "query")?, PAGE),
        "threads.get" => Plan::new(&THREADS_GET, &[thread()?]),
        "threads.create" => {
            let init = args.object(0, "thread")?.map_or_else(J::object, Clone::clone);
            Plan::new(&THREADS_CREATE, &[])?.body(init).without_foreign_identity()
        }
        "threads.update" => {
            let patch = args.object(1, "patch")?.cloned().ok_or_else(|| {
                Failure::new(Code::InvalidArgument, "patch should be an object with name or metadata")
            })?;
            Plan::new(&THREADS_UPDATE, &[thread()?])?.body(patch).without_foreign_identity()
        }
        "threads.delete" => Plan::new(&THREADS_DELETE, &[thread()?]),
        "messages.list" => Plan::new(&MESSAGES_LIST, &[thread()?])?.query(args.object(1, "query")?, MESSAGES),
        "messages.get" => Plan::new(&MESSAGES_GET, &[thread()?, args.id(1, "message id")?]),
        "runs.cancel" => Plan::new(&RUNS_CANCEL, &[thread()?, args.id(1, "run id")?]),
        _ => {
            let message = String::from("tambo has no ") + call;
            Err(Failure::new(Code::Unsupported, message))
        }
    }
}

/// Whether the answer of a call has a body that is read.
#[must_use]
pub fn answers(call: &str) -> bool {
    !matches!(call, "threads.delete" | "runs.cancel")
}

/// Reads the answer of a call that succeeded.
pub fn read<J: JsonBuild>(plan: &Plan<J>, answer: Option<J>) -> Result<J, Malformed> {
    let call = plan.endpoint.name;
    let body = || {
        let json = answer.clone().ok_or(Malformed { field: "the answer".into(), expected: "JSON" })?;
        Field::root(json, call_object(call)).object()
    };
    match call {
        "threads.list" => lift::page(&body()?, "threads", lift::thread, plan.asked("cursor")),
        "threads.get" | "threads.create" | "threads.update" => lift::thread(&body()?),
        "messages.list" => lift::page(&body()?, "messages", lift::message, plan.asked("cursor")),
        "messages.get" => lift::message(&body()?),
        "runs.cancel" => Ok(cancelled(true)),
        _ => Ok(J::null()),
    }
}

/// What a refusal means to a call: cancelling what is already over is an answer, not an error.
pub fn mend<J: JsonBuild>(call: &str, failure: Failure) -> Result<J, Failure> {
    if call == "runs.cancel" && failure.code == Code::NotFound {
        return Ok(cancelled(false));
    }
    Err(failure)
}

fn cancelled<J: JsonBuild>(cancelled: bool) -> J {
    let answer = J::object();
    answer.set("cancelled", J::bool(cancelled));
    answer
}

fn call_object(call: &str) -> &str {
    match call {
        "threads.get" | "threads.create" | "threads.update" => "thread",
        "messages.get" => "message",
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::json::native::NativeJson;

    fn planned(call: &str, args: serde_json::Value) -> Result<Plan<NativeJson>, Failure> {
        let args = args.as_array().unwrap().iter().cloned().map(NativeJson::from).collect();
        plan(call, &Args(args))
    }

    fn plan_of(call: &str) -> Plan<NativeJson> {
        planned(call, if call == "threads.list" { json!([]) } else { json!(["t", "m"]) }).unwrap()
    }

    #[test]
    fn requests_are_the_contracts() {
        for (call, args, expected) in [
            ("threads.list", json!([]), "GET /v1/threads"),
            ("threads.list", json!([{"limit": 2, "cursor": "a=b"}]), "GET /v1/threads?limit=2&cursor=a%3Db"),
            ("threads.get", json!(["thr_a.b"]), "GET /v1/threads/thr_a.b"),
            ("threads.create", json!([]), "POST /v1/threads"),
            ("threads.update", json!(["t", {"name": "x"}]), "PATCH /v1/threads/t"),
            ("threads.delete", json!(["t"]), "DELETE /v1/threads/t"),
            ("messages.list", json!(["t", {"order": "desc"}]), "GET /v1/threads/t/messages?order=desc"),
            ("messages.get", json!(["t", "m"]), "GET /v1/threads/t/messages/m"),
            ("runs.cancel", json!(["t", "r"]), "DELETE /v1/threads/t/runs/r"),
        ] {
            let plan = planned(call, args).unwrap();
            assert_eq!(format!("{} {}", plan.endpoint.method.as_str(), plan.target()), expected);
        }
    }

    #[test]
    fn a_user_key_goes_where_the_endpoint_reads_it() {
        let list = planned("threads.list", json!([])).unwrap().with_user_key("u 1");
        assert_eq!(list.target(), "/v1/threads?userKey=u+1");
        let create = planned("threads.create", json!([{"metadata": {"n": 1}}])).unwrap().with_user_key("u");
        assert_eq!(create.body.unwrap().to_value(), json!({"metadata": {"n": 1}, "userKey": "u"}));
        assert_eq!(create.path, "/v1/threads");
        let update = planned("threads.update", json!(["t", {"name": "x"}])).unwrap().with_user_key("u");
        assert_eq!(update.target(), "/v1/threads/t?userKey=u");
        assert_eq!(update.body.unwrap().to_value(), json!({"name": "x"}));
    }

    #[test]
    fn bad_arguments_are_named() {
        for (call, args, words) in [
            ("threads.get", json!([7]), "thread id should be a string"),
            ("threads.get", json!([".."]), "thread id"),
            ("messages.get", json!(["t", ""]), "message id"),
            ("threads.list", json!([{"limit": 0}]), "limit"),
            ("threads.list", json!([{"limit": 1.5}]), "limit"),
            ("threads.list", json!([{"limit": "2"}]), "limit"),
            ("threads.list", json!([{"cursor": 2}]), "cursor"),
            ("threads.list", json!(["x"]), "query"),
            ("threads.update", json!(["t"]), "patch"),
            ("threads.create", json!([{"userKey": "u"}]), "userKey"),
        ] {
            let failure = planned(call, args).unwrap_err();
            assert_eq!(failure.code, Code::InvalidArgument);
            assert!(failure.message.contains(words), "{}", failure.message);
        }
        assert_eq!(planned("store.put", json!([])).unwrap_err().code, Code::Unsupported);
    }

    #[test]
    fn answers_are_lifted_and_kept() {
        let body = json!({"threads": [{"id": "thr_1", "name": "Hi", "createdAt": "c", "updatedAt": "u", "extra": 1}],
            "hasMore": true, "nextCursor": "c2"});
        let page = read(&plan_of("threads.list"), Some(NativeJson::from(body))).unwrap().to_value();
        assert_eq!(page["items"][0]["title"], "Hi");
        assert_eq!(page["items"][0]["raw"]["extra"], 1);
        assert_eq!(page["items"][0]["metadata"], serde_json::Value::Null);
        assert_eq!(page["cursor"], "c2");
    }

    #[test]
    fn wrong_answers_name_the_field() {
        let error = |call, body: serde_json::Value| {
            read(&plan_of(call), Some(NativeJson::from(body))).unwrap_err().to_string()
        };
        assert_eq!(error("threads.get", json!({})), "thread.id should be a non-empty string");
        assert_eq!(
            error("threads.list", json!({"threads": [{}]})),
            "threads[0].id should be a non-empty string"
        );
        assert_eq!(
            error("threads.list", json!({"threads": [], "hasMore": true})),
            "nextCursor should be a non-empty string"
        );
        assert_eq!(read(&plan_of("threads.get"), None).unwrap_err().to_string(), "the answer should be JSON");
        let again = json!({"threads": [], "hasMore": true, "nextCursor": "c"});
        let plan = planned("threads.list", json!([{"cursor": "c"}])).unwrap();
        let error = read(&plan, Some(NativeJson::from(again))).unwrap_err();
        assert_eq!(error.to_string(), "nextCursor should be another one than was asked with");
    }
}
