//! Component state, suggestions, names, and MCP tokens: the contract, and the service's holes in it.

use serde_json::{Value, json};
use threadpass_devserver::{Config, ProjectConfig};

use crate::client::{Answer, Backend, json_body, open_project, says};
use crate::streams::Stream;

fn card() -> Value {
    let schema =
        json!({ "type": "object", "properties": { "title": { "type": "string" } }, "required": ["title"] });
    json!([{ "name": "Card", "description": "", "propsSchema": schema }])
}

/// A thread with a component, and where the component's state is.
async fn with_component(backend: &Backend, bearer: &str) -> (String, String) {
    let mut body = says("component");
    body["availableComponents"] = card();
    let mut stream = Stream::open(backend, bearer, "/v1/threads/runs", body).await;
    let (events, _) = stream.rest().await;
    let id = events[0]["value"]["componentId"].as_str().unwrap().to_owned();
    (stream.thread_id.clone(), format!("/v1/threads/{}/components/{id}/state", stream.thread_id))
}

#[tokio::test]
async fn the_state_of_a_component_is_set_and_patched() {
    let backend = Backend::open().await;
    let (alice, bob) = (backend.session("alice"), backend.session("bob"));
    let (thread, path) = with_component(&backend, &alice).await;
    let set = |body: Value| backend.call(&alice, "POST", &path, body);
    let first = set(json!({ "state": { "open": true, "tags": ["a"] } })).await;
    assert_eq!(
        (first.status.as_u16(), first.json()),
        (201, json!({ "state": { "open": true, "tags": ["a"] } }))
    );
    let patch =
        json!([{ "op": "add", "path": "/tags/-", "value": "b" }, { "op": "remove", "path": "/open" }]);
    assert_eq!(set(json!({ "patch": patch })).await.json(), json!({ "state": { "tags": ["a", "b"] } }));

    let wrong = [
        (json!({}), "Exactly one of state and patch"),
        (json!({ "state": {}, "patch": [{ "op": "remove", "path": "/tags" }] }), "Exactly one"),
        (json!({ "state": 1 }), "state must be an object"),
        (json!({ "patch": [] }), "should not be empty"),
        (json!({ "patch": [{ "op": "remove", "path": "/none" }] }), "invalid_json_patch"),
        (json!({ "patch": [{ "op": "explode", "path": "/tags" }] }), "invalid_json_patch"),
    ];
    for (body, expected) in wrong {
        let refused = set(body.clone()).await;
        assert!(refused.status == 400 && refused.text.contains(expected), "{body}: {refused:?}");
    }
    let thread_path = format!("/v1/threads/{thread}");
    let stored = backend.call(&alice, "GET", &thread_path, Value::Null).await.json();
    assert_eq!(stored["messages"][1]["content"][1]["state"], json!({ "tags": ["a", "b"] }));

    let unknown = format!("/v1/threads/{thread}/components/message-x/state");
    let refused = backend.call(&alice, "POST", &unknown, json!({ "state": {} })).await;
    assert_eq!(
        (refused.status.as_u16(), &refused.json()["type"]),
        (404, &json!("urn:tambo:error:component_not_found"))
    );
    assert_eq!(backend.call(&bob, "POST", &path, json!({ "state": {} })).await.status, 403);

    let body = crate::client::says_after("slow 60", &stored["lastCompletedRunId"]);
    let mut running = Stream::open(&backend, &alice, &format!("{thread_path}/runs"), body).await;
    running.first_delta().await;
    let refused = set(json!({ "state": {} })).await;
    assert_eq!(
        (refused.status.as_u16(), &refused.json()["type"]),
        (409, &json!("urn:tambo:error:run_active"))
    );
}

#[tokio::test]
async fn suggestions_are_made_listed_and_replaced() {
    let backend = Backend::open().await;
    let (alice, bob) = (backend.session("alice"), backend.session("bob"));
    let mut stream = Stream::open(&backend, &alice, "/v1/threads/runs", says("anything")).await;
    stream.rest().await;
    let messages = format!("/v1/threads/{}/messages", stream.thread_id);
    let listed = backend.call(&alice, "GET", &messages, Value::Null).await.json();
    let message = listed["messages"][1]["id"].as_str().unwrap();
    let path = format!("{messages}/{message}/suggestions");
    let call = |method: &'static str, query: &str, body: Value| {
        let (backend, alice, path) = (&backend, &alice, format!("{path}{query}"));
        async move { backend.call(alice, method, &path, body).await }
    };
    assert_eq!(call("GET", "", Value::Null).await.json(), json!({ "suggestions": [], "hasMore": false }));
    assert_eq!(call("POST", "", json!({})).await.json()["suggestions"].as_array().unwrap().len(), 3);
    let made = call("POST", "", json!({ "maxSuggestions": 5, "availableComponents": card() })).await;
    assert_eq!(made.status, 201);
    let made = made.json()["suggestions"].as_array().unwrap().clone();
    assert_eq!(made.len(), 5);
    assert_eq!(made[0]["messageId"], message);
    assert_eq!(made[0]["description"], made[0]["detailedSuggestion"]);
    assert!(made[0]["title"].is_string() && made[0]["createdAt"].as_str().unwrap().ends_with('Z'));

    let first = call("GET", "?limit=2", Value::Null).await.json();
    let cursor = first["nextCursor"].as_str().unwrap();
    let rest = call("GET", &format!("?cursor={cursor}"), Value::Null).await.json();
    let paged: Vec<_> =
        [first, rest].iter().flat_map(|page| page["suggestions"].as_array().unwrap().clone()).collect();
    assert_eq!(paged, made);

    for (body, status) in [(json!({ "maxSuggestions": 0 }), 400), (json!({ "maxSuggestions": 11 }), 400)] {
        assert_eq!(call("POST", "", body).await.status, status);
    }
    let unknown = format!("{messages}/msg_x/suggestions");
    assert_eq!(backend.call(&alice, "POST", &unknown, json!({})).await.status, 404);
    assert_eq!(backend.call(&alice, "GET", &unknown, Value::Null).await.json()["suggestions"], json!([]));
    for method in ["GET", "POST"] {
        assert_eq!(backend.call(&bob, method, &path, json!({})).await.status, 403);
    }
}

#[tokio::test]
async fn a_thread_is_named_by_its_user_only() {
    let backend = Backend::open().await;
    let (alice, bob) = (backend.session("alice"), backend.session("bob"));
    let mut stream = Stream::open(&backend, &alice, "/v1/threads/runs", says("hello there")).await;
    stream.rest().await;
    let path = format!("/threads/{}/generate-name", stream.thread_id);
    let named = backend.call(&alice, "POST", &path, Value::Null).await;
    assert_eq!(named.status, 201);
    let named = named.json();
    assert_eq!((&named["name"], &named["generationStage"]), (&json!("hello there"), &json!("COMPLETE")));
    assert!(
        named["projectId"].is_string() && named["statusMessage"] == "Complete" && named["userKey"].is_null()
    );
    let stored = backend.call(&alice, "GET", &format!("/v1/threads/{}", stream.thread_id), Value::Null).await;
    assert_eq!(stored.json()["name"], "hello there");
    // The service names and gives out anybody's thread.
    assert_eq!(backend.call(&bob, "POST", &path, Value::Null).await.status, 403);
    assert_eq!(Answer::of(backend.request("POST", &format!("{path}?contextKey=bob"))).await.status, 403);
    assert_eq!(Answer::of(backend.request("POST", &path)).await.status, 400);
}

#[tokio::test]
async fn an_mcp_token_needs_one_identity_and_is_the_same_for_a_while() {
    let projects = vec![open_project("with"), ProjectConfig { mcp: false, ..open_project("without") }];
    let backend = Backend::start(Config { projects, ..Config::default() }).await;
    let alice = backend.session("alice");
    let path = "/auth/mcp/access-token";
    let keyed = |body: Value| Answer::of(json_body(backend.request("POST", path), &body));
    let token = |answer: &Answer| answer.json()["mcpAccessToken"].clone();
    // Two windows may meet between the two, so one of two tries has to do.
    let mut pairs = vec![];
    for _ in 0..2 {
        let (one, two) =
            (keyed(json!({ "contextKey": "u" })).await, keyed(json!({ "contextKey": "u" })).await);
        pairs.push((token(&one), token(&two)));
    }
    assert!(pairs.iter().any(|(one, two)| one == two && one.is_string()), "{pairs:?}");
    let other = token(&backend.call(&alice, "POST", path, json!({})).await);
    assert!(other.is_string() && other != pairs[0].0);

    let thread = backend.call(&alice, "POST", "/v1/threads", json!({})).await.json()["id"].clone();
    // The service gives these out: it looks at the project alone.
    assert_eq!(keyed(json!({ "threadId": thread })).await.status, 400);
    assert_eq!(keyed(json!({ "threadId": thread, "contextKey": "u" })).await.status, 404);
    let stolen = keyed(json!({ "contextKey": "oauth:user:idp.example.test:alice" })).await;
    assert_eq!(stolen.status, 403);
    assert_eq!(keyed(json!({})).await.status, 400);

    let key = backend.server.key("without").unwrap();
    let request =
        backend.http.post(format!("{}{path}", backend.server.url())).header("x-api-key", key.reveal());
    let none = Answer::of(json_body(request, &json!({ "contextKey": "u" }))).await;
    assert_eq!((none.status.as_u16(), none.json()), (201, json!({})));

    let deleted = token(&backend.call(&alice, "POST", path, json!({ "threadId": thread })).await);
    let thread_path = format!("/v1/threads/{}", thread.as_str().unwrap());
    backend.call(&alice, "DELETE", &thread_path, Value::Null).await;
    for (bearer, expected) in [
        (deleted.as_str().unwrap(), (403, "Forbidden")),
        (&alice, (401, "Unauthorized")),
        ("x", (401, "Unauthorized")),
    ] {
        let request = backend.http.post(format!("{}/mcp", backend.server.url())).bearer_auth(bearer);
        let answer = Answer::of(json_body(request, &json!({}))).await;
        assert_eq!((answer.status.as_u16(), answer.text.as_str()), expected);
    }
}
