//! The routes (contract, sections 2 to 4).

use crate::backend::endpoint::{Arg, Endpoint, Kind, Lift, Lifted, Method, Place, Reads, Take};

const THREAD: Arg = Arg::Id("thread id");
const RUN: Arg = Arg::Id("run id");
const ASSISTANT: Arg = Arg::Id("assistant id");
const DISCONNECT: (&str, Kind) = ("cancel_on_disconnect", Kind::Flag);

const A_RUN: &[&str] = &["/threads/", "/runs/", ""];
const STATE: &[&str] = &["/threads/", "/state"];
const ITEMS: &[&str] = &["/store/items"];

const fn lifted(to: &'static str, from: &'static str, take: Take) -> Lifted {
    Lifted { to, from, take }
}

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
    path: &'static [&'static str],
    args: &'static [Arg],
    reads: Reads,
) -> Endpoint {
    let repeatable = matches!(method, Method::Get | Method::Patch | Method::Put);
    Endpoint { name, method, path, args, place: Place::Nowhere, repeatable, reads }
}

/// A POST that only reads.
const fn asks(
    name: &'static str,
    path: &'static [&'static str],
    args: &'static [Arg],
    reads: Reads,
) -> Endpoint {
    Endpoint { repeatable: true, ..route(name, Method::Post, path, args, reads) }
}

/// A POST that does something. A lost answer may mean that it was done.
const fn does(
    name: &'static str,
    path: &'static [&'static str],
    args: &'static [Arg],
    reads: Reads,
) -> Endpoint {
    route(name, Method::Post, path, args, reads)
}

/// All calls.
pub static CALLS: &[Endpoint] = &[
    asks("threads.list", &["/threads/search"], &[Arg::Search], Reads::Listed(Some(&A_THREAD))),
    route("threads.get", Method::Get, &["/threads/"], &[THREAD], Reads::One(&A_THREAD)),
    does("threads.create", &["/threads"], &[Arg::Body], Reads::One(&A_THREAD)),
    route(
        "threads.update",
        Method::Patch,
        &["/threads/"],
        &[THREAD, Arg::RequiredBody],
        Reads::One(&A_THREAD),
    ),
    route("threads.delete", Method::Delete, &["/threads/"], &[THREAD], Reads::Nothing),
    asks("threads.count", &["/threads/count"], &[Arg::Search], Reads::Json),
    does("threads.copy", &["/threads/", "/copy"], &[THREAD], Reads::One(&A_THREAD)),
    route(
        "threads.state",
        Method::Get,
        STATE,
        &[THREAD, Arg::Query(&[("subgraphs", Kind::Flag)])],
        Reads::Json,
    ),
    asks("threads.stateAt", &["/threads/", "/state/checkpoint"], &[THREAD, Arg::Search], Reads::Json),
    does("threads.updateState", STATE, &[THREAD, Arg::RequiredBody], Reads::Json),
    asks("threads.history", &["/threads/", "/history"], &[THREAD, Arg::Search], Reads::Json),
    does("runs.create", &["", "/runs"], &[Arg::ThreadOrNone, Arg::Run], Reads::Json),
    does("runs.wait", &["", "/runs/wait"], &[Arg::ThreadOrNone, Arg::Run], Reads::Values),
    does("runs.stream", &["", "/runs/stream"], &[Arg::ThreadOrNone, Arg::Run], Reads::Stream),
    route("runs.join", Method::Get, &["/threads/", "/runs/", "/join"], &[THREAD, RUN], Reads::Values),
    // Whoever follows a run decides when to join it again.
    Endpoint {
        repeatable: false,
        ..route(
            "runs.joinStream",
            Method::Get,
            &["", "/runs/", "/stream"],
            &[
                Arg::ThreadOrNone,
                RUN,
                Arg::Query(&[("stream_mode", Kind::Words), DISCONNECT]),
                Arg::LastEventId,
            ],
            Reads::Stream,
        )
    },
    route(
        "runs.list",
        Method::Get,
        &["/threads/", "/runs"],
        &[THREAD, Arg::Query(&[("limit", Kind::Count), ("offset", Kind::Offset), ("status", Kind::Text)])],
        Reads::Listed(None),
    ),
    route("runs.get", Method::Get, A_RUN, &[THREAD, RUN], Reads::Json),
    does(
        "runs.cancel",
        &["/threads/", "/runs/", "/cancel"],
        &[THREAD, RUN, Arg::Query(&[("wait", Kind::Flag), ("action", Kind::Text)])],
        Reads::Ended,
    ),
    route("runs.delete", Method::Delete, A_RUN, &[THREAD, RUN], Reads::Nothing),
    asks("assistants.search", &["/assistants/search"], &[Arg::Search], Reads::Listed(None)),
    route("assistants.get", Method::Get, &["/assistants/"], &[ASSISTANT], Reads::Json),
    route("assistants.schemas", Method::Get, &["/assistants/", "/schemas"], &[ASSISTANT], Reads::Json),
    route("store.get", Method::Get, ITEMS, &[Arg::Labels("namespace", 1), Arg::Key("key")], Reads::Json),
    route(
        "store.put",
        Method::Put,
        ITEMS,
        &[Arg::Labels("namespace", 1), Arg::Key("key"), Arg::Object("value")],
        Reads::Nothing,
    ),
    // To delete what is not there is a success too.
    Endpoint {
        repeatable: true,
        ..route(
            "store.delete",
            Method::Delete,
            ITEMS,
            &[Arg::Labels("namespace", 1), Arg::Key("key")],
            Reads::Nothing,
        )
    },
    asks(
        "store.search",
        &["/store/items/search"],
        &[Arg::Labels("namespace_prefix", 0), Arg::Search],
        Reads::Json,
    ),
    asks("store.namespaces", &["/store/namespaces"], &[Arg::Search], Reads::Json),
];
