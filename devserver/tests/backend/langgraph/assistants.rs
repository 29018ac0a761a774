use serde_json::json;
use threadpass_devserver::{Config, LangGraphSettings};

use super::client::{User, contents, says, start};
use crate::client::{Backend, open_project};

const AGENT: &str = "fe096781-5601-53d2-b2f6-0d3403f7e9ca";

#[tokio::test]
async fn hidden_by_the_rule_of_owners_and_run_all_the_same() {
    let backend = start().await;
    let alice = User::new(&backend, "alice");
    assert_eq!(alice.post("/assistants/search", json!({})).await.json(), json!([]));
    assert_eq!(alice.get(&format!("/assistants/{AGENT}")).await.status.as_u16(), 404);
    assert_eq!(alice.get(&format!("/assistants/{AGENT}/schemas")).await.status.as_u16(), 404);
    assert_eq!(alice.get("/assistants/agent").await.status.as_u16(), 422);
    let values = alice.post("/runs/wait", says("hi", json!({ "assistant_id": AGENT }))).await.json();
    assert_eq!(contents(&values), ["hi", "You said: hi"]);
}

#[tokio::test]
async fn seen_where_nobody_owns_anything() {
    let langgraph = LangGraphSettings { open: true, ..LangGraphSettings::default() };
    let backend =
        Backend::start(Config { projects: vec![open_project("default")], langgraph, ..Config::default() })
            .await;
    let anybody = User::new(&backend, "anybody");
    let found = anybody.post("/assistants/search", json!({ "graph_id": "agent" })).await.json();
    assert_eq!(found.as_array().unwrap().len(), 1);
    let path = format!("/assistants/{AGENT}");
    assert_eq!(anybody.get(&path).await.json(), found[0]);
    let schemas = anybody.get(&format!("{path}/schemas")).await.json();
    assert!(schemas["input_schema"]["properties"]["messages"].is_object());
    assert!(anybody.get(&format!("{path}/graph")).await.json()["nodes"].is_array());
    assert_eq!(anybody.post("/assistants/count", json!({})).await.text, "2");
}
