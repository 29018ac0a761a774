//! What faults do to a call and its answer.

use std::io;
use std::time::{Duration, SystemTime};

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use futures_util::{StreamExt, future, stream};

use super::{Fault, Kind, Struck, Target};
use crate::app::Shared;
use crate::tambo::problem::{NoSuchThread, Problem};
use crate::{assistant_cloud, control, langgraph, mcp};

/// The header with faults for one call, separated by commas.
const HEADER: &str = "x-dev-fault";
const BEFORE_BREAKING: Duration = Duration::from_millis(50);
const NOT_AN_ANSWER: &str = "<!doctype html><title>Not an answer</title><p>A page where JSON was promised.";
const NOT_AN_EVENT: &[u8] = b"data: {\"type\":\n\n";

/// Lets the faults meet the call, in this order: latency, a status instead of an answer, what handlers do otherwise,
/// what becomes of the answer.
pub(crate) async fn apply(State(app): State<Shared>, mut request: Request, next: Next) -> Response {
    let Some(target) = target(&request) else { return next.run(request).await };
    let mut faults = match of_this_call(request.headers()) {
        Ok(faults) => faults,
        Err(problem) => return problem.into_response(),
    };
    faults.retain(|fault| fault.is_for(target));
    faults.extend(app.faults.strike(target));
    if faults.is_empty() {
        return next.run(request).await;
    }
    let struck = Struck(faults);
    for fault in &struck.0 {
        if let Kind::Latency(time) = fault.kind {
            tokio::time::sleep(time).await;
        }
    }
    let refusal = struck.0.iter().find_map(|fault| match fault.kind {
        Kind::Status(status) => Some(refused(request.uri().path(), status, fault.retry_after)),
        _ => None,
    });
    let mut response = match refusal {
        Some(response) => response,
        None => {
            request.extensions_mut().insert(struck.clone());
            next.run(request).await
        }
    };
    if struck.skew() != 0 {
        set_date(&mut response, struck.skew());
    }
    for fault in &struck.0 {
        response = distort(&fault.kind, response).await;
    }
    response
}

/// What kind of call it is; `None` for those that faults leave alone.
fn target(request: &Request) -> Option<Target> {
    let path = request.uri().path();
    if request.method() == Method::OPTIONS
        || path.starts_with(control::PREFIX)
        || matches!(path, "/" | "/health" | "/ok")
    {
        return None;
    }
    Some(match path {
        "/oauth/token" => Target::Exchange,
        _ if assistant_cloud::is_exchange(path) => Target::Exchange,
        _ if assistant_cloud::owns(path) => Target::Api,
        mcp::PATH => Target::Mcp,
        _ if langgraph::owns(path) && is_graph_run(request.method(), path) => Target::Run,
        _ if request.method() == Method::POST && path.ends_with("/runs") => Target::Run,
        _ => Target::Api,
    })
}

/// What begins a run of a graph, or joins its stream.
fn is_graph_run(method: &Method, path: &str) -> bool {
    let begins = ["/runs", "/runs/wait", "/runs/stream"].iter().any(|end| path.ends_with(end));
    (*method == Method::POST && begins) || (*method == Method::GET && path.ends_with("/stream"))
}

fn of_this_call(headers: &HeaderMap) -> Result<Vec<Fault>, Problem> {
    let texts =
        headers.get_all(HEADER).iter().flat_map(|value| value.to_str().unwrap_or_default().split(','));
    let faults =
        texts.map(|text| text.parse().map_err(|wrong| Problem::bad_request(format!("{HEADER}: {wrong}"))));
    faults.collect()
}

/// A refusal in the service's words, or in those of what stands before it.
fn refused(path: &str, status: u16, retry_after: Option<u64>) -> Response {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = match status {
        _ if assistant_cloud::owns(path) => {
            assistant_cloud::problem::Problem::by_status(status).into_response()
        }
        _ if langgraph::owns(path) => langgraph::problem::Problem::by_status(status).into_response(),
        StatusCode::UNAUTHORIZED => Problem::unauthorized("Invalid bearer token").into_response(),
        StatusCode::FORBIDDEN => Problem::forbidden().into_response(),
        _ => Problem::by_status(status).into_response(),
    };
    if let Some(seconds) = retry_after {
        response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
    }
    response
}

fn set_date(response: &mut Response, skew: i64) {
    let ahead = Duration::from_secs(skew.unsigned_abs());
    let now = SystemTime::now();
    let date = if skew < 0 { now.checked_sub(ahead) } else { now.checked_add(ahead) };
    let date = date.and_then(|date| HeaderValue::from_str(&httpdate::fmt_http_date(date)).ok());
    if let Some(date) = date {
        response.headers_mut().insert(header::DATE, date);
    }
}

async fn distort(kind: &Kind, response: Response) -> Response {
    let is_stream = response
        .headers()
        .get(header::CONTENT_TYPE)
        .is_some_and(|kind| kind.as_bytes().starts_with(b"text/event-stream"));
    match kind {
        Kind::Malformed if is_stream => with_body(response, |body| {
            let events = body.into_data_stream();
            // Behind the first event, with which the run has begun.
            let (first, mut at) = (stream::iter([Ok(Bytes::from_static(NOT_AN_EVENT))]), 0);
            let mut first = Some(first);
            Body::from_stream(events.flat_map(move |event| {
                at += 1;
                let then = if at == 1 { first.take() } else { None };
                stream::iter([event]).chain(stream::iter(then).flatten())
            }))
        }),
        Kind::Malformed => replace(response),
        Kind::Half if is_stream => with_body(response, |body| {
            let cut = body.into_data_stream().take(2).enumerate().map(|(index, event)| match event {
                Ok(event) if index == 1 => Ok(event.slice(..event.len() / 2)),
                other => other,
            });
            Body::from_stream(cut.map(|event| event.map_err(io::Error::other)).chain(broken()))
        }),
        Kind::Half => halve(response).await,
        Kind::Drop(count) if is_stream => with_body(response, |body| {
            let events = body.into_data_stream().take(count_of(*count));
            Body::from_stream(events.map(|event| event.map_err(io::Error::other)).chain(broken()))
        }),
        Kind::Stall(count) if is_stream => with_body(response, |body| {
            // The rest is kept and never asked: to the run it is a client that does not read.
            let mut events = body.into_data_stream();
            let mut left = count_of(*count);
            Body::from_stream(stream::poll_fn(move |context| {
                if left == 0 {
                    return std::task::Poll::Pending;
                }
                let next = events.poll_next_unpin(context);
                left -= usize::from(next.is_ready());
                next
            }))
        }),
        Kind::Ok200 if response.status() == StatusCode::CREATED => with_status(response, StatusCode::OK),
        Kind::NotFound if response.extensions().get::<NoSuchThread>().is_some() => {
            let (status, body) =
                (StatusCode::NOT_FOUND, Problem::not_found("Thread not found").into_response());
            with_status(body, status)
        }
        _ => response,
    }
}

fn count_of(count: u64) -> usize {
    usize::try_from(count).unwrap_or(usize::MAX)
}

/// What a broken connection is to a body. It comes a moment later: what has been said before has to be on its way, or
/// it would be lost with the connection.
fn broken() -> impl futures_util::Stream<Item = Result<Bytes, io::Error>> {
    stream::once(async {
        tokio::time::sleep(BEFORE_BREAKING).await;
        Err(io::Error::other("broken on request"))
    })
}

fn with_status(mut response: Response, status: StatusCode) -> Response {
    *response.status_mut() = status;
    response
}

fn with_body(response: Response, change: impl FnOnce(Body) -> Body) -> Response {
    let (mut parts, body) = response.into_parts();
    parts.headers.remove(header::CONTENT_LENGTH);
    Response::from_parts(parts, change(body))
}

fn replace(response: Response) -> Response {
    let mut replaced = with_body(response, |_| Body::from(NOT_AN_ANSWER));
    replaced.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    replaced
}

async fn halve(response: Response) -> Response {
    let (parts, body) = response.into_parts();
    let whole = to_bytes(body, usize::MAX).await.unwrap_or_default();
    let half = stream::once(future::ready(Ok(whole.slice(..whole.len() / 2))));
    with_body(Response::from_parts(parts, Body::empty()), |_| Body::from_stream(half.chain(broken())))
}
