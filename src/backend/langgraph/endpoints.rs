//! The routes (contract, sections 2 to 4).

use crate::backend::endpoint::{Arg, Endpoint, Lift, Method, Place, Reads, Take, lifted};

static A_THREAD: Lift = Lift {
    object: "thread",
    members: &[
        lifted("id", "thread_id", Take::Text),
        lifted("title", "title", Take::MetadataText),
        lifted("createdAt", "created_at", Take::Text),
        lifted("updatedAt", "updated_at", Take::Text),
        lifted("archived", "", Take::False),
        lifted("metadata", "metadata", Take::Any),
    ],
};

const fn route(
    name: &'static str,
    method: Method,
    path: &'static str,
    args: &[Arg],
    reads: Reads,
) -> Endpoint {
    let repeatable = matches!(method, Method::Get | Method::Patch | Method::Put);
    Endpoint { name, method, path, args: Arg::three(args), place: Place::Nowhere, repeatable, reads }
}

/// A POST that only reads.
const fn asks(name: &'static str, path: &'static str, args: &[Arg], reads: Reads) -> Endpoint {
    Endpoint { repeatable: true, ..route(name, Method::Post, path, args, reads) }
}

/// A POST that does something. A lost answer may mean that it was done.
const fn does(name: &'static str, path: &'static str, args: &[Arg], reads: Reads) -> Endpoint {
    route(name, Method::Post, path, args, reads)
}

/// All calls.
pub static CALLS: &[Endpoint] = &[
    asks("threads.list", "/threads/search", &[Arg::Search], Reads::Listed(Some(&A_THREAD))),
    route("threads.get", Method::Get, "/threads/T", &[], Reads::One(&A_THREAD)),
    does("threads.create", "/threads", &[Arg::Body], Reads::One(&A_THREAD)),
    route("threads.update", Method::Patch, "/threads/T", &[Arg::RequiredBody], Reads::One(&A_THREAD)),
    route("threads.delete", Method::Delete, "/threads/T", &[], Reads::Nothing),
    asks("threads.count", "/threads/count", &[Arg::Search], Reads::Json),
    does("threads.copy", "/threads/T/copy", &[], Reads::One(&A_THREAD)),
    route("threads.state", Method::Get, "/threads/T/state", &[Arg::Subgraphs], Reads::Json),
    asks("threads.stateAt", "/threads/T/state/checkpoint", &[Arg::Search], Reads::Json),
    does("threads.updateState", "/threads/T/state", &[Arg::RequiredBody], Reads::Json),
    asks("threads.history", "/threads/T/history", &[Arg::Search], Reads::Json),
    does("runs.create", "*/runs", &[Arg::Run], Reads::Json),
    does("runs.wait", "*/runs/wait", &[Arg::Run], Reads::Values),
    does("runs.stream", "*/runs/stream", &[Arg::Run], Reads::Stream),
    route("runs.join", Method::Get, "/threads/T/runs/R/join", &[], Reads::Values),
    // Whoever follows a run decides when to join it again.
    Endpoint {
        repeatable: false,
        ..route(
            "runs.joinStream",
            Method::Get,
            "*/runs/R/stream",
            &[Arg::Joining, Arg::LastEventId],
            Reads::Stream,
        )
    },
    route("runs.list", Method::Get, "/threads/T/runs", &[Arg::Runs], Reads::Listed(None)),
    route("runs.get", Method::Get, "/threads/T/runs/R", &[], Reads::Json),
    does("runs.cancel", "/threads/T/runs/R/cancel", &[Arg::Cancelling], Reads::Ended),
    route("runs.delete", Method::Delete, "/threads/T/runs/R", &[], Reads::Nothing),
    asks("assistants.search", "/assistants/search", &[Arg::Search], Reads::Listed(None)),
    route("assistants.get", Method::Get, "/assistants/A", &[], Reads::Json),
    route("assistants.schemas", Method::Get, "/assistants/A/schemas", &[], Reads::Json),
    route("store.get", Method::Get, "/store/items", &[Arg::Namespace, Arg::Key], Reads::Json),
    route("store.put", Method::Put, "/store/items", &[Arg::Namespace, Arg::Key, Arg::Value], Reads::Nothing),
    // To delete what is not there is a success too.
    Endpoint {
        repeatable: true,
        ..route("store.delete", Method::Delete, "/store/items", &[Arg::Namespace, Arg::Key], Reads::Nothing)
    },
    asks("store.search", "/store/items/search", &[Arg::NamespacePrefix, Arg::Search], Reads::Json),
    asks("store.namespaces", "/store/namespaces", &[Arg::Search], Reads::Json),
];
