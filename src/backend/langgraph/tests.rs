//! The calls of the table, against the contract.

use serde_json::{Value, json};

use super::CALLS;
use crate::backend::answer::{mend, read};
use crate::backend::tambo::PreviousRuns;
use crate::backend::{Backend, Body, Call, Plan, Reply, Step};
use crate::error::{Code, Detail, Failure, Fault};
use crate::json::native::NativeJson;

fn planned(call: &str, args: &Value) -> Result<Plan<NativeJson>, Fault> {
    let plan = Plan::new(Backend::LangGraph.endpoint(call)?, &NativeJson::from(args.clone()), 0)?;
    plan.assistant("agent")?;
    Ok(plan)
}

fn body(plan: &Plan<NativeJson>) -> Option<Value> {
    plan.body(None, None).map(|body| body.to_value())
}

fn reply(body: Value) -> Reply<NativeJson> {
    Reply::new(200, String::new(), Some(NativeJson::from(body)))
}

fn answer(call: &str, args: &Value, reply: Reply<NativeJson>) -> Result<Value, Fault> {
    read(&planned(call, args).unwrap(), reply, &["canary-token"]).map(|json| json.to_value())
}

fn thread(id: &str) -> Value {
    json!({"thread_id": id, "created_at": "c", "updated_at": "u", "metadata": {"owner": "o", "title": "Rome"},
        "status": "idle", "values": null})
}

#[test]
fn requests_are_the_contracts() {
    let run = json!({"assistant_id": "agent", "input": {"messages": [{"role": "user", "content": "hi"}]}});
    for (call, args, expected, sent) in [
        ("threads.list", json!([]), "POST /threads/search", Some(json!({}))),
        (
            "threads.list",
            json!([{"limit": 5, "offset": 0, "metadata": {"a": 1}, "new": true}]),
            "POST /threads/search",
            Some(json!({"limit": 5, "offset": 0, "metadata": {"a": 1}, "new": true})),
        ),
        ("threads.get", json!(["a/b ü"]), "GET /threads/a%2Fb%20%C3%BC", None),
        ("threads.create", json!([]), "POST /threads", Some(json!({}))),
        (
            "threads.create",
            json!([{"thread_id": "t", "if_exists": "do_nothing"}]),
            "POST /threads",
            Some(json!({"thread_id": "t", "if_exists": "do_nothing"})),
        ),
        ("threads.update", json!(["t", {"metadata": {}}]), "PATCH /threads/t", Some(json!({"metadata": {}}))),
        ("threads.delete", json!(["t"]), "DELETE /threads/t", None),
        (
            "threads.count",
            json!([{"status": "busy"}]),
            "POST /threads/count",
            Some(json!({"status": "busy"})),
        ),
        ("threads.copy", json!(["t"]), "POST /threads/t/copy", None),
        ("threads.state", json!(["t"]), "GET /threads/t/state", None),
        ("threads.state", json!(["t", {"subgraphs": true}]), "GET /threads/t/state?subgraphs=true", None),
        ("threads.state", json!(["t", {"subgraphs": false}]), "GET /threads/t/state", None),
        (
            "threads.stateAt",
            json!(["t", {"checkpoint": {"checkpoint_id": "c"}, "subgraphs": true}]),
            "POST /threads/t/state/checkpoint",
            Some(json!({"checkpoint": {"checkpoint_id": "c"}, "subgraphs": true})),
        ),
        (
            "threads.updateState",
            json!(["t", {"values": null, "as_node": "n"}]),
            "POST /threads/t/state",
            Some(json!({"values": null, "as_node": "n"})),
        ),
        ("threads.history", json!(["t", {"limit": 2}]), "POST /threads/t/history", Some(json!({"limit": 2}))),
        ("runs.create", json!(["t", "hi"]), "POST /threads/t/runs", Some(run.clone())),
        ("runs.create", json!([null, "hi"]), "POST /runs", Some(run.clone())),
        ("runs.wait", json!(["t", "hi"]), "POST /threads/t/runs/wait", Some(run.clone())),
        ("runs.wait", json!([null, "hi"]), "POST /runs/wait", Some(run.clone())),
        ("runs.stream", json!(["t", "hi"]), "POST /threads/t/runs/stream", Some(run.clone())),
        ("runs.stream", json!([null, "hi"]), "POST /runs/stream", Some(run)),
        (
            "runs.create",
            json!(["t", {"assistant_id": "other", "command": {"resume": 1}}]),
            "POST /threads/t/runs",
            Some(json!({"assistant_id": "other", "command": {"resume": 1}})),
        ),
        ("runs.join", json!(["t", "r"]), "GET /threads/t/runs/r/join", None),
        ("runs.joinStream", json!([null, "r"]), "GET /runs/r/stream", None),
        (
            "runs.joinStream",
            json!(["t", "r", {"stream_mode": ["values", "messages-tuple"], "cancel_on_disconnect": true}, "1-0"]),
            "GET /threads/t/runs/r/stream?stream_mode=%5B%22values%22%2C%22messages-tuple%22%5D&cancel_on_disconnect=true",
            None,
        ),
        (
            "runs.joinStream",
            json!(["t", "r", {"stream_mode": "values", "cancel_on_disconnect": false}]),
            "GET /threads/t/runs/r/stream?stream_mode=values",
            None,
        ),
        (
            "runs.list",
            json!(["t", {"limit": 2, "offset": 4, "status": "error"}]),
            "GET /threads/t/runs?limit=2&offset=4&status=error",
            None,
        ),
        ("runs.get", json!(["t", "r"]), "GET /threads/t/runs/r", None),
        ("runs.cancel", json!(["t", "r"]), "POST /threads/t/runs/r/cancel", None),
        (
            "runs.cancel",
            json!(["t", "r", {"wait": true, "action": "rollback"}]),
            "POST /threads/t/runs/r/cancel?wait=true&action=rollback",
            None,
        ),
        ("runs.delete", json!(["t", "r"]), "DELETE /threads/t/runs/r", None),
        (
            "assistants.search",
            json!([{"graph_id": "g"}]),
            "POST /assistants/search",
            Some(json!({"graph_id": "g"})),
        ),
        ("assistants.get", json!(["a"]), "GET /assistants/a", None),
        ("assistants.schemas", json!(["a"]), "GET /assistants/a/schemas", None),
        ("store.get", json!([["a", "b c"], "k&"]), "GET /store/items?namespace=a.b+c&key=k%26", None),
        (
            "store.put",
            json!([["a"], "k", {"v": 1}]),
            "PUT /store/items",
            Some(json!({"namespace": ["a"], "key": "k", "value": {"v": 1}})),
        ),
        (
            "store.delete",
            json!([["a"], "k"]),
            "DELETE /store/items",
            Some(json!({"namespace": ["a"], "key": "k"})),
        ),
        (
            "store.search",
            json!([[], {"limit": 3}]),
            "POST /store/items/search",
            Some(json!({"namespace_prefix": [], "limit": 3})),
        ),
        (
            "store.namespaces",
            json!([{"prefix": ["a"]}]),
            "POST /store/namespaces",
            Some(json!({"prefix": ["a"]})),
        ),
    ] {
        let plan = planned(call, &args).unwrap();
        assert_eq!(format!("{} {}", plan.endpoint.method.as_str(), plan.target(None)), expected);
        assert_eq!(body(&plan), sent, "{call}");
    }
    assert_eq!(
        planned("runs.joinStream", &json!(["t", "r", null, "7-0"])).unwrap().last_event_id.as_deref(),
        Some("7-0")
    );
}

#[test]
fn only_what_reads_or_does_the_same_twice_may_be_repeated() {
    let final_ones: Vec<_> = CALLS.iter().filter(|call| !call.repeatable).map(|call| call.name).collect();
    let expected = [
        "threads.create",
        "threads.delete",
        "threads.copy",
        "threads.updateState",
        "runs.create",
        "runs.wait",
        "runs.stream",
        "runs.joinStream",
        "runs.cancel",
        "runs.delete",
    ];
    assert_eq!(final_ones, expected);
}

#[test]
fn bad_arguments_are_named() {
    for (call, args, words) in [
        ("threads.get", json!([7]), "thread id should be"),
        ("threads.get", json!([".."]), "thread id should be"),
        ("runs.get", json!(["t"]), "run id should be"),
        ("assistants.get", json!([null]), "assistant id should be"),
        ("runs.create", json!([7, "hi"]), "thread id should be"),
        ("runs.create", json!(["", "hi"]), "thread id should be"),
        ("runs.create", json!(["t", " "]), "message is empty"),
        ("runs.create", json!(["t"]), "input should be"),
        ("runs.wait", json!(["t", 7]), "input should be"),
        ("threads.list", json!(["x"]), "should be an object"),
        ("threads.list", json!([{"limit": 0}]), "limit should be a whole number of at least 1"),
        ("threads.list", json!([{"offset": -1}]), "offset should be a whole number of at least 0"),
        ("runs.list", json!(["t", {"status": 1}]), "status should be a string"),
        ("threads.update", json!(["t"]), "missing"),
        ("threads.update", json!(["t", []]), "should be an object"),
        ("threads.updateState", json!(["t"]), "missing"),
        ("threads.state", json!(["t", {"subgraphs": "yes"}]), "subgraphs should be a boolean"),
        ("runs.joinStream", json!(["t", "r", {"stream_mode": []}]), "stream_mode should be a word"),
        ("runs.joinStream", json!(["t", "r", {"stream_mode": ["a\""]}]), "stream_mode should be a word"),
        ("runs.joinStream", json!(["t", "r", null, "a\nb"]), "the last event id should be"),
        ("runs.joinStream", json!(["t", "r", null, 7]), "the last event id should be"),
        ("store.get", json!([[], "k"]), "namespace should be an array of strings"),
        ("store.get", json!(["a", "k"]), "namespace should be an array of strings"),
        ("store.put", json!([["a.b"], "k", {}]), "namespace should be an array of strings"),
        ("store.put", json!([["a"], "", {}]), "key should be a string with something in it"),
        ("store.put", json!([["a"], "k", 7]), "value should be an object"),
        ("store.search", json!([]), "namespace_prefix should be an array of strings"),
    ] {
        let failure = planned(call, &args).unwrap_err();
        assert_eq!(failure.code, Code::InvalidArgument, "{call} {args}");
        assert!(failure.message.contains(words), "{call} {args}: {}", failure.message);
    }
    assert_eq!(
        planned("messages.list", &json!(["t"])).unwrap_err().message,
        "langgraph has no messages.list"
    );
}

#[test]
fn a_run_needs_an_assistant() {
    let args = NativeJson::from(json!(["t", {"input": null}]));
    let plan = Plan::new(Backend::LangGraph.endpoint("runs.create").unwrap(), &args, 0).unwrap();
    assert!(plan.assistant("").unwrap_err().message.contains("assistantId"));
    plan.assistant("agent").unwrap();
    assert_eq!(body(&plan).unwrap()["assistant_id"], "agent");
    assert_eq!(args.to_value()[1], json!({"input": null}), "the caller's own is as it was");
}

#[test]
fn threads_are_lifted_and_kept() {
    let lifted = answer("threads.get", &json!(["t"]), reply(thread("t"))).unwrap();
    assert_eq!(
        lifted,
        json!({"id": "t", "title": "Rome", "createdAt": "c", "updatedAt": "u", "archived": false,
            "metadata": {"owner": "o", "title": "Rome"}, "raw": thread("t")})
    );
    for metadata in [json!(null), json!({}), json!({"title": 7})] {
        let mut untitled = thread("t");
        untitled["metadata"] = metadata;
        assert_eq!(answer("threads.get", &json!(["t"]), reply(untitled)).unwrap()["title"], Value::Null);
    }
    let wrong = answer("threads.list", &json!([]), reply(json!([{"thread_id": 7}]))).unwrap_err();
    assert_eq!(wrong.message, "threads.list: [0].thread_id should be a non-empty string");
    let wrong = answer("threads.list", &json!([]), reply(json!({}))).unwrap_err();
    assert_eq!(wrong.message, "threads.list: the answer should be an array");
}

#[test]
fn headers_say_what_follows() {
    let page = |call: &str, args: Value, things: usize, next: Option<f64>, total: Option<f64>| {
        let things = vec![thread("t"); things];
        let page = answer(call, &args, Reply { next, total, ..reply(json!(things)) })?;
        assert_eq!(page["items"].as_array().unwrap().len(), things.len());
        Ok::<_, Fault>((page["hasMore"].as_bool().unwrap(), page["offset"].as_f64()))
    };
    let threads = |args, things, next, total| page("threads.list", args, things, next, total);
    let none = || json!([]);
    assert_eq!(threads(none(), 2, Some(2.0), Some(3.0)).unwrap(), (true, Some(2.0)));
    assert_eq!(threads(json!([{"offset": 2}]), 1, None, Some(3.0)).unwrap(), (false, None));
    assert_eq!(threads(none(), 10, None, None).unwrap(), (false, None), "nobody says that there is more");
    assert_eq!(threads(none(), 2, None, Some(3.0)).unwrap(), (true, Some(2.0)), "hidden from other origins");
    assert_eq!(threads(none(), 0, None, Some(3.0)).unwrap(), (false, None), "an end, whatever is said");
    let stuck = threads(json!([{"offset": 2}]), 2, Some(2.0), None).unwrap_err();
    assert_eq!(stuck.message, "threads.list: x-pagination-next should be beyond what was asked with");

    let runs = |query, things| page("runs.list", json!(["t", query]), things, None, None);
    assert_eq!(runs(json!(null), 10).unwrap(), (true, Some(10.0)));
    assert_eq!(runs(json!(null), 9).unwrap(), (false, None));
    assert_eq!(runs(json!({"limit": 2, "offset": 4}), 2).unwrap(), (true, Some(6.0)));
}

#[test]
fn a_run_that_failed_says_so_in_its_values() {
    let wait = |body| answer("runs.wait", &json!(["t", "hi"]), reply(body));
    assert_eq!(wait(json!({"messages": []})).unwrap(), json!({"messages": []}));
    assert_eq!(wait(json!(null)).unwrap(), Value::Null);
    assert_eq!(wait(json!([1])).unwrap(), json!([1]), "a graph's state may be anything");
    let failed =
        wait(json!({"__error__": {"error": "ValueError", "message": "boom canary-token"}})).unwrap_err();
    assert_eq!(
        (failed.code, &*failed.message),
        (Code::RunFailed, "runs.wait: the run failed: boom [redacted]")
    );
    assert_eq!(failed.details, [("error", Detail::Text("ValueError".into()))]);

    let unknown = json!({"__error__": {"error": "HTTPException", "message": "404: Run not found"}});
    let unknown = answer("runs.join", &json!(["t", "r"]), reply(unknown)).unwrap_err();
    assert_eq!((unknown.code, unknown.status), (Code::NotFound, Some(404)));
    let words = json!({"__error__": {"error": "ValueError", "message": "404: the graph's own words"}});
    assert_eq!(wait(words).unwrap_err().code, Code::RunFailed);
    let nothing = Reply::new(200, String::new(), None);
    assert_eq!(answer("runs.wait", &json!([null, "hi"]), nothing).unwrap(), Value::Null);
}

#[test]
fn what_is_not_lifted_is_as_it_was_sent() {
    for (call, args, sent) in [
        ("threads.count", json!([]), json!(3)),
        ("threads.state", json!(["t"]), json!({"values": {}, "next": []})),
        ("threads.history", json!(["t"]), json!([{"values": {}}])),
        ("runs.get", json!(["t", "r"]), json!({"run_id": "r"})),
        ("store.get", json!([["a"], "k"]), json!(null)),
        ("store.namespaces", json!([]), json!({"namespaces": [["a"]]})),
    ] {
        assert_eq!(answer(call, &args, reply(sent.clone())).unwrap(), sent, "{call}");
    }
    let nothing = Reply::new(204, String::new(), None);
    assert_eq!(answer("threads.delete", &json!(["t"]), nothing.clone()).unwrap(), Value::Null);
    assert_eq!(answer("runs.get", &json!(["t", "r"]), nothing).unwrap_err().code, Code::MalformedResponse);
}

#[test]
fn cancelling_what_is_over_is_an_answer() {
    let plan = planned("runs.cancel", &json!(["t", "r"])).unwrap();
    assert_eq!(mend(&plan, &Fault::new(Code::NotFound, "")).unwrap().to_value(), json!({"cancelled": false}));
    assert!(mend(&plan, &Fault::new(Code::Forbidden, "")).is_none());
    let nothing = Reply::new(202, String::new(), None);
    assert_eq!(answer("runs.cancel", &json!(["t", "r"]), nothing).unwrap(), json!({"cancelled": true}));
}

/// What a call wants after a loss of its answer and after each of these statuses.
fn after(call: &str, args: &Value, statuses: &[u16]) -> Vec<String> {
    let mut call = Call::plan(planned(call, args).unwrap());
    let mut previous = PreviousRuns::default();
    let mut steps = Vec::new();
    for status in statuses {
        assert!(matches!(call.passed(&previous), Step::Send));
        let step = match status {
            0 => {
                let mut lost = Failure::new(Code::NetworkFailed, "");
                lost.retryable = true;
                call.lost(lost.into(), 2, 0.0)
            }
            status => {
                let mut reply = Reply::new(*status, String::new(), Some(NativeJson::from(json!({}))));
                reply.content_type = "application/json".into();
                call.replied(reply, true, &mut previous, 2, &[], 0.0).1
            }
        };
        steps.push(match step {
            Step::Done(Ok(_)) => "done".to_owned(),
            Step::Done(Err(fault)) => fault.code.as_str().to_owned(),
            Step::Wait(_) => "again".to_owned(),
            Step::Replace => "another token".to_owned(),
            step => format!("{step:?}"),
        });
    }
    steps
}

#[test]
fn a_lost_answer_starts_nothing_twice() {
    for (call, args) in [
        ("runs.create", json!(["t", "hi"])),
        ("runs.wait", json!([null, "hi"])),
        ("runs.stream", json!(["t", "hi"])),
        ("threads.create", json!([])),
        ("threads.updateState", json!(["t", {"values": {}}])),
    ] {
        assert_eq!(after(call, &args, &[0]), ["network/failed"], "{call}");
        assert_eq!(after(call, &args, &[503]), ["api/server"], "{call}");
        assert_eq!(after(call, &args, &[401, 401]), ["another token", "api/unauthorized"], "{call}");
    }
    for (call, args) in [
        ("threads.list", json!([])),
        ("threads.history", json!(["t"])),
        ("store.search", json!([[]])),
        ("runs.join", json!(["t", "r"])),
    ] {
        assert_eq!(after(call, &args, &[0, 503, 0]), ["again", "again", "network/failed"], "{call}");
    }
}

#[test]
fn what_is_no_event_stream_is_none() {
    for (call, args) in [("runs.stream", json!([null, "hi"])), ("runs.joinStream", json!(["t", "r"]))] {
        assert_eq!(after(call, &args, &[200]), ["api/malformed-response"]);
        assert_eq!(Call::plan(planned(call, &args).unwrap()).body(), Body::Stream);
    }
    for (call, args) in [("runs.wait", json!(["t", "hi"])), ("runs.cancel", json!(["t", "r"]))] {
        assert_eq!(Call::plan(planned(call, &args).unwrap()).body(), Body::Slow);
    }
}
