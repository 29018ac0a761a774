//! The routes (contract, section 4).

use crate::backend::endpoint::{Arg, Endpoint, Lift, Method, Place, Reads, Take, lifted};

static A_THREAD: Lift = Lift {
    object: "thread",
    members: &[
        lifted("id", "id", Take::Text),
        lifted("title", "name", Take::OptionalText),
        lifted("createdAt", "createdAt", Take::Text),
        lifted("updatedAt", "updatedAt", Take::Text),
        lifted("archived", "", Take::False),
        lifted("metadata", "metadata", Take::Any),
    ],
};

static A_MESSAGE: Lift = Lift {
    object: "message",
    members: &[
        lifted("id", "id", Take::Text),
        lifted("parentId", "parentMessageId", Take::OptionalText),
        lifted("role", "role", Take::OptionalText),
        lifted("createdAt", "createdAt", Take::OptionalText),
    ],
};

static A_NAME: Lift = Lift { object: "thread", members: &[lifted("title", "name", Take::Text)] };

static A_STATE: Lift = Lift { object: "component", members: &[lifted("state", "state", Take::Any)] };

static A_SUGGESTION: Lift = Lift {
    object: "suggestion",
    members: &[
        lifted("id", "id", Take::Text),
        lifted("title", "title", Take::Text),
        lifted("description", "description", Take::OptionalText),
        lifted("createdAt", "createdAt", Take::OptionalText),
    ],
};

static AN_MCP_TOKEN: Lift = Lift {
    object: "token",
    members: &[
        lifted("token", "mcpAccessToken", Take::OptionalText),
        lifted("expiresAtMs", "expiresAt", Take::Any),
        lifted("hasSession", "hasSession", Take::Any),
    ],
};

const fn route(
    name: &'static str,
    method: Method,
    path: &'static str,
    args: &[Arg],
    reads: Reads,
) -> Endpoint {
    // A second DELETE of the same thing is a 403 or 404, so a lost answer is not mended by repeating it.
    let repeatable = matches!(method, Method::Get | Method::Patch);
    Endpoint { name, method, path, args: Arg::three(args), place: Place::Query, repeatable, reads }
}

pub const THREADS_GET: Endpoint =
    route("threads.get", Method::Get, "/v1/threads/T", &[], Reads::One(&A_THREAD));

/// The calls that are answered with JSON, or with nothing.
pub static CALLS: &[Endpoint] = &[
    route("threads.list", Method::Get, "/v1/threads", &[Arg::Page], Reads::Page(&A_THREAD)),
    THREADS_GET,
    Endpoint {
        place: Place::Body,
        ..route("threads.create", Method::Post, "/v1/threads", &[Arg::Body], Reads::One(&A_THREAD))
    },
    route("threads.update", Method::Patch, "/v1/threads/T", &[Arg::RequiredBody], Reads::One(&A_THREAD)),
    route("threads.delete", Method::Delete, "/v1/threads/T", &[], Reads::Nothing),
    route(
        "messages.list",
        Method::Get,
        "/v1/threads/T/messages",
        &[Arg::OrderedPage],
        Reads::Page(&A_MESSAGE),
    ),
    route("messages.get", Method::Get, "/v1/threads/T/messages/M", &[], Reads::One(&A_MESSAGE)),
    route(
        "suggestions.list",
        Method::Get,
        "/v1/threads/T/messages/M/suggestions",
        &[Arg::Page],
        Reads::Page(&A_SUGGESTION),
    ),
    Endpoint {
        place: Place::Body,
        ..route(
            "suggestions.create",
            Method::Post,
            "/v1/threads/T/messages/M/suggestions",
            &[Arg::Body],
            Reads::Page(&A_SUGGESTION),
        )
    },
    Endpoint {
        place: Place::ContextQuery,
        ..route("threads.generateName", Method::Post, "/threads/T/generate-name", &[], Reads::One(&A_NAME))
    },
    // The whole state, so twice is as good as once; a patch may append.
    Endpoint {
        place: Place::Body,
        repeatable: true,
        ..route(
            "components.setState",
            Method::Post,
            "/v1/threads/T/components/C/state",
            &[Arg::State],
            Reads::One(&A_STATE),
        )
    },
    Endpoint {
        place: Place::Body,
        ..route(
            "components.patchState",
            Method::Post,
            "/v1/threads/T/components/C/state",
            &[Arg::Patch],
            Reads::One(&A_STATE),
        )
    },
    // A token of its own each time, which ends by itself.
    Endpoint {
        place: Place::ContextBody,
        repeatable: true,
        ..route(
            "mcp.createToken",
            Method::Post,
            "/auth/mcp/access-token",
            &[Arg::Body],
            Reads::One(&AN_MCP_TOKEN),
        )
    },
    route("runs.cancel", Method::Delete, "/v1/threads/T/runs/R", &[], Reads::Cancelled),
];

pub(super) static RUNS_CREATE: Endpoint = Endpoint {
    place: Place::BodyThread,
    ..route("runs.stream", Method::Post, "/v1/threads/runs", &[Arg::RequiredBody], Reads::Stream)
};
pub(super) static RUNS_CONTINUE: Endpoint = Endpoint {
    place: Place::Body,
    ..route("runs.stream", Method::Post, "/v1/threads/T/runs", &[Arg::RequiredBody], Reads::Stream)
};
