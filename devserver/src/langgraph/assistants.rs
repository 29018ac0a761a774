//! `/assistants`. Those that come with the graphs belong to nobody, so a rule by owner hides them, and runs find them
//! all the same.

use axum::extract::{Path, State};
use axum::response::Response;
use serde_json::{Map, Value, json};

use super::graph::{ALL, Graph};
use super::identity::Caller;
use super::plan::object;
use super::problem::{Problem, ok};
use super::query::{self, Page};
use super::threads::{required, uuid};
use super::time::iso;
use crate::app::Shared;
use crate::guard::Call;

const SORTED_BY: [&str; 5] = ["assistant_id", "created_at", "updated_at", "name", "graph_id"];

pub(super) async fn search(
    State(app): State<Shared>,
    caller: Caller,
    call: Call,
) -> Result<Response, Problem> {
    let body = object(required(&call)?)?.clone();
    let page = Page::of_body(&body)?;
    let mut rows = found(&app, &caller, &body);
    query::sort(&mut rows, &body, &SORTED_BY)?;
    Ok(page.answer(rows.into_iter().map(|row| query::shown(row, &body)).collect()))
}

pub(super) async fn count(
    State(app): State<Shared>,
    caller: Caller,
    call: Call,
) -> Result<Response, Problem> {
    Ok(ok(&found(&app, &caller, object(required(&call)?)?).len()))
}

pub(super) async fn get(
    State(app): State<Shared>,
    Path(id): Path<String>,
    caller: Caller,
) -> Result<Response, Problem> {
    Ok(ok(&graph(&caller, &id)?.shown(&started(&app))))
}

pub(super) async fn schemas(Path(id): Path<String>, caller: Caller) -> Result<Response, Problem> {
    Ok(ok(&graph(&caller, &id)?.schemas()))
}

pub(super) async fn drawing(Path(id): Path<String>, caller: Caller) -> Result<Response, Problem> {
    Ok(ok(&graph(&caller, &id)?.drawn()))
}

pub(super) async fn subgraphs(Path(id): Path<String>, caller: Caller) -> Result<Response, Problem> {
    Ok(ok(&match graph(&caller, &id)? {
        Graph::Agent => json!({}),
        Graph::Nested => json!({ super::graph::CHILD: Graph::Agent.schemas() }),
    }))
}

pub(super) async fn versions(
    State(app): State<Shared>,
    Path(id): Path<String>,
    caller: Caller,
) -> Result<Response, Problem> {
    let id = uuid(&id, "assistant")?;
    let graph = graph(&caller, &id).map_err(|_| Problem::not_found(format!("Assistant {id} not found")))?;
    Ok(ok(&[graph.shown(&started(&app))]))
}

fn graph(caller: &Caller, id: &str) -> Result<Graph, Problem> {
    let id = uuid(id, "assistant")?;
    let visible = ALL.into_iter().find(|graph| caller.user.is_none() && graph.assistant() == id);
    visible.ok_or_else(|| Problem::not_found("Not Found"))
}

fn found(app: &Shared, caller: &Caller, body: &Map<String, Value>) -> Vec<Value> {
    let visible = ALL.into_iter().filter(|_| caller.user.is_none());
    let named =
        |row: &Value| ["graph_id", "metadata", "name"].iter().all(|name| query::matches(row, body, name));
    visible.map(|graph| graph.shown(&started(app))).filter(named).collect()
}

fn started(app: &Shared) -> String {
    iso(app.langgraph.started_us)
}
