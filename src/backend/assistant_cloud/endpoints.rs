//! The routes (contract, sections 3, 4 and 6).

use crate::backend::endpoint::{Arg, Endpoint, Lift, Lifted, Method, Place, Reads, Take, lifted};

/// A member that is looked at and left where it is.
const fn checked(name: &'static str, take: Take) -> Lifted {
    lifted("", name, take)
}

static A_THREAD: Lift = Lift {
    object: "thread",
    members: &[
        lifted("id", "id", Take::Text),
        lifted("title", "title", Take::OptionalText),
        lifted("createdAt", "created_at", Take::Text),
        lifted("updatedAt", "updated_at", Take::Text),
        lifted("archived", "is_archived", Take::Flag),
        lifted("metadata", "metadata", Take::Any),
        checked("external_id", Take::Nullable),
    ],
};

/// What is known of a thread that was just made: what was sent, and its id.
static A_NEW_THREAD: Lift = Lift {
    object: "thread",
    members: &[
        lifted("id", "thread_id", Take::Text),
        lifted("title", "title", Take::Any),
        lifted("createdAt", "last_message_at", Take::Any),
        lifted("updatedAt", "last_message_at", Take::Any),
        lifted("archived", "", Take::False),
        lifted("metadata", "metadata", Take::Any),
    ],
};

static A_MESSAGE: Lift = Lift {
    object: "message",
    members: &[
        lifted("id", "id", Take::Text),
        lifted("parentId", "parent_id", Take::Nullable),
        checked("height", Take::Whole),
        lifted("role", "content", Take::Role),
        lifted("createdAt", "created_at", Take::Text),
    ],
};

static A_NEW_MESSAGE: Lift = Lift {
    object: "message",
    members: &[
        lifted("id", "message_id", Take::Text),
        lifted("parentId", "parent_id", Take::Any),
        lifted("role", "content", Take::Role),
        lifted("createdAt", "", Take::Any),
    ],
};

/// A PUT writes what it says, and what a DELETE removes is gone the second time too.
const fn route(
    name: &'static str,
    method: Method,
    path: &'static str,
    args: &[Arg],
    reads: Reads,
) -> Endpoint {
    let repeatable = !matches!(method, Method::Post);
    Endpoint { name, method, path, args: Arg::three(args), place: Place::Nowhere, repeatable, reads }
}

/// A POST that does something. A lost answer may mean that it was done.
const fn does(name: &'static str, path: &'static str, args: &[Arg], reads: Reads) -> Endpoint {
    route(name, Method::Post, path, args, reads)
}

/// A POST that does no more the second time.
const fn again(name: &'static str, path: &'static str, args: &[Arg], reads: Reads) -> Endpoint {
    Endpoint { repeatable: true, ..does(name, path, args, reads) }
}

static TOKEN: Lifted = checked("token", Take::Text);
static MOVED: Lifted = checked("moved", Take::Whole);
static THUMB: Lifted = checked("type", Take::Thumb);
static RUN_ID: Lifted = checked("run_id", Take::Text);
static SIGNED_URL: Lifted = checked("signedUrl", Take::Text);
static SCORE_ID: Lifted = checked("score_id", Take::Text);

/// All calls.
pub static CALLS: &[Endpoint] = &[
    again("auth.tokens.create", "/v1/auth/tokens", &[], Reads::Having(&TOKEN)),
    route("threads.list", Method::Get, "/v1/threads", &[Arg::CloudThreads], Reads::Newest(&A_THREAD)),
    route("threads.get", Method::Get, "/v1/threads/T", &[], Reads::Within(&A_THREAD)),
    does("threads.create", "/v1/threads", &[Arg::NewThread], Reads::Made(&A_NEW_THREAD)),
    route("threads.update", Method::Put, "/v1/threads/T", &[Arg::RequiredBody], Reads::Nothing),
    route("threads.delete", Method::Delete, "/v1/threads/T", &[], Reads::Nothing),
    again("threads.claim", "/v1/threads/claim", &[Arg::RefreshToken], Reads::Having(&MOVED)),
    route(
        "messages.list",
        Method::Get,
        "/v1/threads/T/messages",
        &[Arg::CloudMessages],
        Reads::Newest(&A_MESSAGE),
    ),
    does("messages.create", "/v1/threads/T/messages", &[Arg::NewMessage], Reads::Made(&A_NEW_MESSAGE)),
    route("messages.update", Method::Put, "/v1/threads/T/messages/M", &[Arg::RequiredBody], Reads::Nothing),
    again("messages.feedback", "/v1/threads/T/messages/M/feedback", &[Arg::Feedback], Reads::Having(&THUMB)),
    does("runs.title", "/v1/runs/stream", &[Arg::RequiredBody], Reads::Text),
    does("runs.report", "/v1/runs", &[Arg::RequiredBody], Reads::Having(&RUN_ID)),
    does("files.pdfToImages", "/v1/files/pdf-to-images", &[Arg::RequiredBody], Reads::Json),
    again(
        "files.presignUpload",
        "/v1/files/attachments/generate-presigned-upload-url",
        &[Arg::RequiredBody],
        Reads::Having(&SIGNED_URL),
    ),
    again(
        "files.presignDownload",
        "/v1/files/attachments/generate-presigned-download-url",
        &[Arg::RequiredBody],
        Reads::Having(&SIGNED_URL),
    ),
    does("scores.create", "/v1/scores", &[Arg::RequiredBody], Reads::Having(&SCORE_ID)),
    does("events.create", "/v1/events", &[Arg::Events], Reads::Nothing),
    route(
        "projects.threads.list",
        Method::Get,
        "/v1/projects/threads",
        &[Arg::CloudThreads],
        Reads::Newest(&A_THREAD),
    ),
    route(
        "projects.messages.list",
        Method::Get,
        "/v1/projects/threads/T/messages",
        &[Arg::CloudMessages],
        Reads::Newest(&A_MESSAGE),
    ),
];
