//! The routes (contract, section 4).

use crate::backend::endpoint::{Endpoint, Method, Place};

const fn route(name: &'static str, method: Method, path: &'static str) -> Endpoint {
    // A second DELETE of the same thing is a 403 or 404, so a lost answer is not mended by repeating it.
    let repeatable = matches!(method, Method::Get | Method::Patch);
    Endpoint { name, method, path, place: Place::Query, repeatable, streams: false }
}

pub(super) static THREADS_LIST: Endpoint = route("threads.list", Method::Get, "/v1/threads");
pub(super) static THREADS_GET: Endpoint = route("threads.get", Method::Get, "/v1/threads/{}");
pub(super) static THREADS_CREATE: Endpoint =
    Endpoint { place: Place::Body, ..route("threads.create", Method::Post, "/v1/threads") };
pub(super) static THREADS_UPDATE: Endpoint = route("threads.update", Method::Patch, "/v1/threads/{}");
pub(super) static THREADS_DELETE: Endpoint = route("threads.delete", Method::Delete, "/v1/threads/{}");
pub(super) static MESSAGES_LIST: Endpoint = route("messages.list", Method::Get, "/v1/threads/{}/messages");
pub(super) static MESSAGES_GET: Endpoint = route("messages.get", Method::Get, "/v1/threads/{}/messages/{}");
pub(super) static RUNS_CREATE: Endpoint = Endpoint {
    place: Place::BodyThread,
    streams: true,
    ..route("runs.stream", Method::Post, "/v1/threads/runs")
};
pub(super) static RUNS_CONTINUE: Endpoint = Endpoint {
    place: Place::Body,
    streams: true,
    ..route("runs.stream", Method::Post, "/v1/threads/{}/runs")
};
pub(super) static RUNS_CANCEL: Endpoint = route("runs.cancel", Method::Delete, "/v1/threads/{}/runs/{}");
