//! `/store`: values that outlive threads. The well-known tutorial leaves everybody's items to everybody; here each user
//! has their own.

use axum::body::Body;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};

use super::identity::Caller;
use super::plan::{missing, object};
use super::problem::{Problem, ok};
use super::query::{Page, contains};
use super::threads::required;
use super::view;
use crate::app::Shared;
use crate::guard::Call;
use crate::store::graph::items;

pub(super) async fn put(State(app): State<Shared>, caller: Caller, call: Call) -> Result<Response, Response> {
    let body = required(&call).map_err(IntoResponse::into_response)?;
    let (namespace, key) = place(body).map_err(IntoResponse::into_response)?;
    if let Some(label) = namespace.iter().find(|label| label.is_empty() || label.contains('.')) {
        // As bare text, unlike every other refusal.
        let words = format!("Namespace label '{label}' must be a non-empty string without periods");
        let mut refusal = Response::new(Body::from(words));
        *refusal.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
        return Err(refusal);
    }
    if namespace.is_empty() {
        return Err(Problem::bad_request("Namespace cannot be empty.").into_response());
    }
    let value = body.get("value").cloned().ok_or_else(|| missing("value", body).into_response())?;
    app.store
        .with(move |transaction, clock| {
            items::put(transaction, &caller.owner, &namespace, &key, &value, clock.now_us())?;
            Ok::<_, Problem>(())
        })
        .await
        .map_err(IntoResponse::into_response)?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

pub(super) async fn get(State(app): State<Shared>, caller: Caller, call: Call) -> Result<Response, Problem> {
    let key = call.query("key").map(str::to_owned).ok_or_else(|| Problem::bad_request("key is required"))?;
    let namespace: Vec<String> =
        call.queries("namespace").flat_map(|text| text.split('.')).map(str::to_owned).collect();
    let item = app
        .store
        .with(move |transaction, _| {
            Ok::<_, Problem>(items::find(transaction, &caller.owner, &namespace, &key)?)
        })
        .await?;
    Ok(ok(&item.as_ref().map(view::item)))
}

pub(super) async fn delete(
    State(app): State<Shared>,
    caller: Caller,
    call: Call,
) -> Result<Response, Problem> {
    let (namespace, key) = place(required(&call)?)?;
    app.store
        .with(move |transaction, _| {
            Ok::<_, Problem>(items::delete(transaction, &caller.owner, &namespace, &key)?)
        })
        .await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

pub(super) async fn search(
    State(app): State<Shared>,
    caller: Caller,
    call: Call,
) -> Result<Response, Problem> {
    let body = object(required(&call)?)?.clone();
    let page = Page::of_body(&body)?;
    // The server falls over a search without a prefix.
    let prefix = labels(body.get("namespace_prefix")).ok_or_else(Problem::internal)?;
    let filter = body.get("filter").filter(|filter| !filter.is_null()).cloned().unwrap_or_else(|| json!({}));
    let found = app
        .store
        .with(move |transaction, _| {
            let mut found = items::all(transaction, &caller.owner)?;
            found.retain(|item| item.namespace.starts_with(&prefix) && contains(&item.value, &filter));
            Ok::<_, Problem>(found)
        })
        .await?;
    let shown = page.take(found).map(|item| {
        let mut shown = view::item(&item);
        shown.as_object_mut().map(|members| members.insert("score".into(), Value::Null));
        shown
    });
    Ok(ok(&json!({ "items": shown.collect::<Vec<_>>() })))
}

pub(super) async fn namespaces(
    State(app): State<Shared>,
    caller: Caller,
    call: Call,
) -> Result<Response, Problem> {
    let mut body: Map<String, Value> = object(required(&call)?)?.clone();
    body.entry("limit").or_insert_with(|| json!(100));
    let page = Page::of_body(&body)?;
    let prefix = labels(body.get("prefix")).unwrap_or_default();
    let suffix = labels(body.get("suffix")).unwrap_or_default();
    let depth = body.get("max_depth").and_then(Value::as_u64).and_then(|depth| usize::try_from(depth).ok());
    let mut found: Vec<Vec<String>> = app
        .store
        .with(move |transaction, _| {
            let found = items::all(transaction, &caller.owner)?.into_iter().map(|item| item.namespace);
            let found = found.filter(|name| name.starts_with(&prefix) && name.ends_with(&suffix));
            let cut = found.map(|mut name| {
                name.truncate(depth.unwrap_or(usize::MAX));
                name
            });
            Ok::<_, Problem>(cut.collect())
        })
        .await?;
    found.sort();
    found.dedup();
    Ok(ok(&json!({ "namespaces": page.take(found).collect::<Vec<_>>() })))
}

/// Namespace and key of an item.
fn place(body: &Value) -> Result<(Vec<String>, String), Problem> {
    let members = object(body)?;
    let key = members.get("key").and_then(Value::as_str).ok_or_else(|| missing("key", body))?;
    let namespace = labels(members.get("namespace")).ok_or_else(|| missing("namespace", body))?;
    Ok((namespace, key.to_owned()))
}

fn labels(value: Option<&Value>) -> Option<Vec<String>> {
    value?.as_array()?.iter().map(|label| label.as_str().map(str::to_owned)).collect()
}
