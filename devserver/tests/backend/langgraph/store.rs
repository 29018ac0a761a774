use serde_json::{Value, json};

use super::client::{User, start};

#[tokio::test]
async fn items_by_namespace_and_key() {
    let backend = start().await;
    let (alice, bob) = (User::new(&backend, "alice"), User::new(&backend, "bob"));
    let put = async |user: &User<'_>, namespace: Value, key: &str, value: Value| {
        let body = json!({ "namespace": namespace, "key": key, "value": value });
        user.call("PUT", "/store/items", body).await
    };
    for (namespace, key) in
        [(json!(["notes", "a"]), "1"), (json!(["notes", "b"]), "2"), (json!(["other"]), "3")]
    {
        assert_eq!(put(&alice, namespace, key, json!({ "n": key })).await.status.as_u16(), 204);
    }
    put(&alice, json!(["notes", "a"]), "1", json!({ "n": "changed" })).await;
    let one = "/store/items?namespace=notes.a&key=1";
    let item = alice.get(one).await.json();
    assert_eq!((&item["value"], &item["namespace"]), (&json!({ "n": "changed" }), &json!(["notes", "a"])));
    assert_eq!(alice.get("/store/items?namespace=notes.a&key=none").await.text, "null");
    assert_eq!(bob.get(one).await.text, "null", "each has their own");
    let search = async |body: Value| {
        let items = alice.post("/store/items/search", body).await.json()["items"].clone();
        items.as_array().unwrap().iter().map(|item| item["key"].clone()).collect::<Value>()
    };
    assert_eq!(search(json!({ "namespace_prefix": ["notes"] })).await, json!(["1", "2"]));
    assert_eq!(search(json!({ "namespace_prefix": [], "filter": { "n": "3" } })).await, json!(["3"]));
    assert_eq!(search(json!({ "namespace_prefix": [], "limit": 1, "offset": 2 })).await, json!(["2"]));
    let names = alice.post("/store/namespaces", json!({ "max_depth": 1 })).await.json();
    assert_eq!(names, json!({ "namespaces": [["notes"], ["other"]] }));
    let names = alice.post("/store/namespaces", json!({ "suffix": ["b"] })).await.json();
    assert_eq!(names, json!({ "namespaces": [["notes", "b"]] }));
    let gone = json!({ "namespace": ["notes", "a"], "key": "1" });
    assert_eq!(alice.call("DELETE", "/store/items", gone).await.status.as_u16(), 204);
    assert_eq!(alice.get(one).await.text, "null");
    assert_eq!(put(&alice, json!(["a.b"]), "k", json!({})).await.status.as_u16(), 422);
    assert_eq!(put(&alice, json!([]), "k", json!({})).await.status.as_u16(), 400);
}
