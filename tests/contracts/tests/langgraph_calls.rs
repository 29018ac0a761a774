//! Every recorded exchange with LangGraph's server, as a call of ours: what we send is what was recorded, and the recorded
//! answer means what it should.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a panic is the report")]

use serde_json::{Value, json};
use threadpass::backend::tambo::PreviousRuns;
use threadpass::backend::{Backend, Call, Plan, Reply, Step};
use threadpass::error::{Code, Fault};
use threadpass::json::Platform;
use threadpass::json::native::NativeJson;
use threadpass_contracts::{Exchange, Request, files, load};

/// The call that a recorded request is one of, by its name and arguments.
fn call_of(request: &Request) -> Option<(&'static str, Value)> {
    let (path, query) = request.path.split_once('?').unwrap_or((&request.path, ""));
    let body: Value = serde_json::from_str(&request.body).unwrap_or(Value::Null);
    let parts: Vec<&str> = path.split('/').skip(1).collect();
    let modes = query.strip_prefix("stream_mode=").map(|mode| json!({"stream_mode": mode}));
    let last = request.headers.get("last-event-id");
    Some(match (request.method.as_str(), parts.as_slice()) {
        ("POST", ["threads"]) => ("threads.create", json!([body])),
        ("POST", ["threads", "search"]) => ("threads.list", json!([body])),
        ("GET", ["threads", id]) => ("threads.get", json!([id])),
        ("PATCH", ["threads", id]) => ("threads.update", json!([id, body])),
        ("DELETE", ["threads", id]) => ("threads.delete", json!([id])),
        ("POST", ["threads", id, "runs"]) => ("runs.create", json!([id, body])),
        ("POST", ["threads", id, "runs", "stream"]) => ("runs.stream", json!([id, body])),
        ("POST", ["runs", "stream"]) => ("runs.stream", json!([null, body])),
        ("GET", ["threads", id, "runs", run]) => ("runs.get", json!([id, run])),
        ("GET", ["threads", id, "runs", run, "join"]) => ("runs.join", json!([id, run])),
        ("GET", ["threads", id, "runs", run, "stream"]) => ("runs.joinStream", json!([id, run, modes, last])),
        _ => return None,
    })
}

fn plan(call: &str, args: &Value) -> Plan<NativeJson> {
    Plan::new(Backend::LangGraph.endpoint(call).unwrap(), &NativeJson::from(args.clone()), 0).unwrap()
}

fn reply(exchange: &Exchange) -> Reply<NativeJson> {
    let response = &exchange.response;
    let header = |name| response.headers.get(name).map(str::to_owned);
    let number = |name| header(name).and_then(|text| text.parse().ok());
    let json = NativeJson::parse(response.body.as_bytes());
    let mut reply = Reply::new(response.status, response.body.clone(), json);
    reply.content_type = header("content-type").unwrap_or_default();
    reply.next = number("x-pagination-next");
    reply.total = number("x-pagination-total");
    reply
}

/// What comes of a recorded answer, given again after a 401 with another token.
fn outcome(call: &str, args: &Value, exchange: &Exchange) -> Result<Value, Fault> {
    let mut call = Call::plan(plan(call, args));
    let mut previous = PreviousRuns::default();
    for replayed in [false, true] {
        assert!(matches!(call.passed(&previous), Step::Send));
        match call.replied(reply(exchange), true, &mut previous, 0, &[], 0.0).1 {
            Step::Replace => assert!(!replayed && exchange.response.status == 401, "{:?}", exchange.name),
            Step::Done(result) => return result.map(|json| json.to_value()),
            step => panic!("{:?}: {step:?}", exchange.name),
        }
    }
    panic!("{:?} did not come to an end", exchange.name)
}

fn recorded() -> Vec<(Exchange, &'static str, Value)> {
    let exchanges = files("langgraph").unwrap().into_iter().flat_map(|file| load(&file).unwrap());
    exchanges
        .filter_map(|exchange| {
            let (call, args) = call_of(&exchange.request)?;
            Some((exchange, call, args))
        })
        .collect()
}

#[test]
fn what_we_send_is_what_was_recorded() {
    let recorded = recorded();
    // What is no JSON, or no object, cannot be sent by us.
    let ours = |(exchange, ..): &&(Exchange, &str, Value)| exchange.name != "not JSON";
    for (exchange, call, args) in recorded.iter().filter(ours) {
        let (plan, request) = (plan(call, args), &exchange.request);
        let sent = (plan.endpoint.method.as_str(), plan.target(None));
        assert_eq!(sent, (&*request.method, request.path.clone()), "{:?}", exchange.name);
        assert_eq!(plan.last_event_id.as_deref(), request.headers.get("last-event-id"));
        let body = plan.body(None, None).map(|body| body.to_value());
        assert_eq!(body, serde_json::from_str(&request.body).ok(), "{:?}", exchange.name);
    }
    assert!(recorded.len() >= 25, "{} exchanges are calls of ours", recorded.len());
    report(recorded.len());
}

#[expect(clippy::print_stdout, reason = "the figures are part of the report")]
fn report(count: usize) {
    println!("langgraph: {count} recorded requests, each as it was sent");
}

#[test]
fn what_was_answered_means_what_it_should() {
    for (exchange, call, args) in recorded() {
        let (name, status) = (&exchange.name, exchange.response.status);
        let result = outcome(call, &args, &exchange);
        let expected = match status {
            200..=299 => None,
            400 | 422 => Some(Code::BadRequest),
            401 => Some(Code::Unauthorized),
            404 => Some(Code::NotFound),
            500 => Some(Code::Server),
            other => panic!("{name:?} was answered with {other}"),
        };
        assert_eq!(result.as_ref().err().map(|fault| fault.code), expected, "{name:?}");
        let Err(fault) = result else { continue };
        let body: Value = serde_json::from_str(&exchange.response.body).unwrap_or(Value::Null);
        // A message is one line.
        let one_line = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        let words = one_line(body["detail"].as_str().unwrap_or(&exchange.response.body));
        assert!(one_line(&fault.message).ends_with(&words), "{name:?}: {}", fault.message);
        assert_eq!(fault.status, Some(status));
    }
}

#[test]
fn threads_runs_and_values_are_read() {
    let recorded = recorded();
    let answer = |name: &str| {
        let (exchange, call, args) = recorded.iter().find(|(exchange, ..)| exchange.name == name).unwrap();
        let sent: Value = serde_json::from_str(&exchange.response.body).unwrap();
        (outcome(call, args, exchange).unwrap(), sent)
    };
    let (thread, sent) = answer("user 1 creates a thread");
    assert_eq!((&thread["id"], &thread["raw"]), (&sent["thread_id"], &sent));
    assert_eq!((&thread["createdAt"], &thread["title"]), (&sent["created_at"], &Value::Null));
    let (page, sent) = answer("user 1 searches threads");
    assert_eq!((&page["items"][0]["id"], &page["hasMore"]), (&sent[0]["thread_id"], &json!(false)));
    for name in ["background run", "run status later", "join (GET .../join) -> final values"] {
        let (left, sent) = answer(name);
        assert_eq!(left, sent, "{name}");
    }
}
