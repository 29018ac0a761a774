//! The calls of the table, against the contract.

use serde_json::{Value, json};

use super::CALLS;
use crate::backend::answer::{mend, read};
use crate::backend::{Plan, Reply};
use crate::error::{Code, Fault};
use crate::json::native::NativeJson;

fn planned(call: &str, args: &Value) -> Result<Plan<NativeJson>, Fault> {
    let endpoint = CALLS.iter().find(|endpoint| endpoint.name == call).unwrap();
    Plan::new(endpoint, &NativeJson::from(args.clone()), 0)
}

fn answer(call: &str, args: &Value, body: Value) -> Result<Value, Fault> {
    let reply = Reply::new(200, String::new(), Some(NativeJson::from(body)));
    read(&planned(call, args).unwrap(), reply, &[]).map(|json| json.to_value())
}

#[test]
fn requests_are_the_contracts() {
    for (call, args, expected) in [
        ("threads.list", json!([]), "GET /v1/threads"),
        ("threads.list", json!([{"limit": 2, "cursor": "a=b"}]), "GET /v1/threads?limit=2&cursor=a%3Db"),
        ("threads.get", json!(["thr_a.b"]), "GET /v1/threads/thr_a.b"),
        ("threads.get", json!(["a/b ?#%ü"]), "GET /v1/threads/a%2Fb%20%3F%23%25%C3%BC"),
        ("threads.get", json!(["..."]), "GET /v1/threads/..."),
        ("threads.create", json!([]), "POST /v1/threads"),
        ("threads.update", json!(["t", {"name": "x"}]), "PATCH /v1/threads/t"),
        ("threads.delete", json!(["t"]), "DELETE /v1/threads/t"),
        ("messages.list", json!(["t", {"order": "desc"}]), "GET /v1/threads/t/messages?order=desc"),
        ("messages.get", json!(["t", "m"]), "GET /v1/threads/t/messages/m"),
        ("runs.cancel", json!(["t", "r"]), "DELETE /v1/threads/t/runs/r"),
        (
            "suggestions.list",
            json!(["t", "m/", {"limit": 3}]),
            "GET /v1/threads/t/messages/m%2F/suggestions?limit=3",
        ),
        ("suggestions.create", json!(["t", "m"]), "POST /v1/threads/t/messages/m/suggestions"),
        ("threads.generateName", json!(["t ü"]), "POST /threads/t%20%C3%BC/generate-name"),
        ("components.setState", json!(["t", "c/d", {}]), "POST /v1/threads/t/components/c%2Fd/state"),
        ("components.patchState", json!(["t", "c", [{}]]), "POST /v1/threads/t/components/c/state"),
        ("mcp.createToken", json!([]), "POST /auth/mcp/access-token"),
    ] {
        let plan = planned(call, &args).unwrap();
        assert_eq!(format!("{} {}", plan.endpoint.method.as_str(), plan.target(None)), expected);
    }
}

#[test]
fn a_user_key_goes_where_the_endpoint_reads_it() {
    let body = |plan: &Plan<NativeJson>, key| plan.body(None, key).unwrap().to_value();
    let list = planned("threads.list", &json!([])).unwrap();
    assert_eq!(list.target(Some("u 1")), "/v1/threads?userKey=u+1");
    let second = planned("threads.list", &json!([{"limit": 1}])).unwrap();
    assert_eq!(second.target(Some("u")), "/v1/threads?limit=1&userKey=u");
    let create = planned("threads.create", &json!([{"metadata": {"n": 1}}])).unwrap();
    assert_eq!(create.target(Some("u")), "/v1/threads");
    assert_eq!(body(&create, Some("u")), json!({"metadata": {"n": 1}, "userKey": "u"}));
    assert_eq!(body(&create, None), json!({"metadata": {"n": 1}}), "the caller's own is as it was");
    let update = planned("threads.update", &json!(["t", {"name": "x"}])).unwrap();
    assert_eq!(update.target(Some("u")), "/v1/threads/t?userKey=u");
    assert_eq!(body(&update, Some("u")), json!({"name": "x"}));
    for (call, args, expected) in [
        ("suggestions.create", json!(["t", "m", {"maxSuggestions": 2}]), json!({"maxSuggestions": 2})),
        ("components.setState", json!(["t", "c", {"a": null}]), json!({"state": {"a": null}})),
        ("components.patchState", json!(["t", "c", [1]]), json!({"patch": [1]})),
    ] {
        let plan = planned(call, &args).unwrap();
        assert_eq!(plan.target(Some("u")), plan.target(None));
        assert_eq!(body(&plan, None), expected);
        assert_eq!(body(&plan, Some("u"))["userKey"], "u");
    }
    let name = planned("threads.generateName", &json!(["t"])).unwrap();
    assert_eq!(name.target(Some("u 1")), "/threads/t/generate-name?contextKey=u+1");
    assert!(name.body(None, Some("u")).is_none(), "there is nothing to say");
    let token = planned("mcp.createToken", &json!([{"threadId": "t"}])).unwrap();
    assert_eq!(token.target(Some("u")), "/auth/mcp/access-token");
    assert_eq!(body(&token, Some("u")), json!({"threadId": "t", "contextKey": "u"}));
    assert_eq!(
        body(&token, None),
        json!({"threadId": "t"}),
        "with a bearer it would be one identity too many"
    );
}

#[test]
fn only_what_does_the_same_twice_may_be_repeated() {
    let repeatable: Vec<_> = CALLS.iter().filter(|call| call.repeatable).map(|call| call.name).collect();
    let expected = [
        "threads.list",
        "threads.get",
        "threads.update",
        "messages.list",
        "messages.get",
        "suggestions.list",
        "components.setState",
        "mcp.createToken",
    ];
    assert_eq!(repeatable, expected);
}

#[test]
fn bad_arguments_are_named() {
    for (call, args, words) in [
        ("threads.get", json!([7]), "thread id"),
        ("threads.get", json!([]), "thread id"),
        ("threads.get", json!([".."]), "thread id"),
        ("threads.get", json!(["."]), "thread id"),
        ("messages.get", json!(["t", ""]), "message id"),
        ("threads.list", json!([{"limit": 0}]), "limit"),
        ("threads.list", json!([{"limit": 1.5}]), "limit"),
        ("threads.list", json!([{"limit": -1}]), "limit"),
        ("threads.list", json!([{"limit": 1e12}]), "limit"),
        ("threads.list", json!([{"limit": "2"}]), "limit"),
        ("threads.list", json!([{"cursor": 2}]), "cursor"),
        ("threads.list", json!(["x"]), "query"),
        ("threads.update", json!(["t"]), "missing"),
        ("threads.update", json!(["t", "name"]), "object"),
        ("threads.create", json!([{"userKey": "u"}]), "userKey"),
        ("mcp.createToken", json!([{"contextKey": "u"}]), "contextKey"),
        ("suggestions.list", json!(["t", ".."]), "message id"),
        ("suggestions.create", json!(["t", "m", 3]), "object"),
        ("components.setState", json!(["t", "", {}]), "component id"),
        ("components.setState", json!(["t", "c"]), "state should be an object"),
        ("components.setState", json!(["t", "c", []]), "state should be an object"),
        ("components.patchState", json!(["t", "c", {}]), "patch should be an array"),
        ("components.patchState", json!(["t", "c", []]), "with something in it"),
        ("threads.generateName", json!(["."]), "thread id"),
    ] {
        let failure = planned(call, &args).unwrap_err();
        assert_eq!(failure.code, Code::InvalidArgument);
        assert!(failure.message.contains(words), "{}", failure.message);
    }
}

#[test]
fn answers_are_lifted_and_kept() {
    let body = json!({"threads": [{"id": "thr_1", "name": "Hi", "createdAt": "c", "updatedAt": "u", "extra": 1}],
        "hasMore": true, "nextCursor": "c2"});
    let page = answer("threads.list", &json!([]), body).unwrap();
    assert_eq!(page["items"][0]["title"], "Hi");
    assert_eq!(page["items"][0]["raw"]["extra"], 1);
    assert_eq!(page["items"][0]["metadata"], Value::Null);
    assert_eq!(page["items"][0]["archived"], false);
    assert_eq!(page["cursor"], "c2");
}

#[test]
fn the_other_answers_are_lifted_too() {
    let suggestion = json!({"id": "sug_1", "messageId": "m", "title": "More", "description": "Say more",
        "detailedSuggestion": "Say more", "createdAt": "c"});
    let page = json!({"suggestions": [suggestion.clone()], "hasMore": false});
    for (call, args) in [("suggestions.list", json!(["t", "m"])), ("suggestions.create", json!(["t", "m"]))] {
        let item = answer(call, &args, page.clone()).unwrap()["items"][0].clone();
        assert_eq!(
            (&item["id"], &item["title"], &item["raw"]),
            (&json!("sug_1"), &json!("More"), &suggestion)
        );
    }
    let named = json!({"id": "t", "name": "Weather", "generationStage": "COMPLETE", "projectId": "p"});
    assert_eq!(
        answer("threads.generateName", &json!(["t"]), named.clone()).unwrap(),
        json!({"title": "Weather", "raw": named})
    );
    let state = answer("components.setState", &json!(["t", "c", {}]), json!({"state": {"n": 1}})).unwrap();
    assert_eq!(state["state"], json!({"n": 1}));
    let token = |body| answer("mcp.createToken", &json!([]), body);
    let issued = json!({"mcpAccessToken": "x", "expiresAt": 1_795_242_544_329_u64, "hasSession": true});
    assert_eq!(token(issued).unwrap()["expiresAtMs"], 1_795_242_544_329_u64);
    assert_eq!(token(json!({})).unwrap()["token"], Value::Null, "the project has no MCP server");
    assert_eq!(token(json!({"mcpAccessToken": 7})).unwrap_err().code, Code::MalformedResponse);
}

#[test]
fn wrong_answers_name_the_field() {
    let sentence = |call, args, body| answer(call, &args, body).unwrap_err().message.clone().into_owned();
    let none = json!([]);
    assert_eq!(
        sentence("threads.get", json!(["t"]), json!({})),
        "threads.get: thread.id should be a non-empty string"
    );
    assert_eq!(
        sentence("threads.list", none.clone(), json!({"threads": [{}]})),
        "threads.list: threads[0].id should be a non-empty string"
    );
    assert_eq!(
        sentence("threads.list", none.clone(), json!({"threads": [], "hasMore": true})),
        "threads.list: nextCursor should be a non-empty string"
    );
    assert_eq!(
        sentence(
            "threads.list",
            json!([{"cursor": "c"}]),
            json!({"threads": [], "hasMore": true, "nextCursor": "c"})
        ),
        "threads.list: nextCursor should be another one than was asked with"
    );
    let plan = planned("threads.get", &json!(["t"])).unwrap();
    assert_eq!(
        read(&plan, Reply::new(200, String::new(), None), &[]).unwrap_err().message,
        "threads.get: the answer should be a JSON object"
    );
}

#[test]
fn cancelling_what_is_over_is_an_answer() {
    let plan = planned("runs.cancel", &json!(["t", "r"])).unwrap();
    assert_eq!(mend(&plan, &Fault::new(Code::NotFound, "")).unwrap().to_value(), json!({"cancelled": false}));
    assert!(mend(&plan, &Fault::new(Code::Forbidden, "")).is_none());
    let get = planned("threads.get", &json!(["t"])).unwrap();
    assert!(mend(&get, &Fault::new(Code::NotFound, "")).is_none());
}
