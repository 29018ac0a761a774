//! Titles: streamed on request, and given in the background.

use std::time::Duration;

use serde_json::{Value, json};

use super::client::{User, user_says, wrong};
use crate::client::{Answer, Backend};

const AT: &str = "2026-09-17T09:30:00.000Z";

async fn untitled(user: &User<'_>) -> String {
    super::client::id(&user.done("POST", "/threads", json!({ "last_message_at": AT })).await["thread_id"])
}

async fn streamed(user: &User<'_>, thread: &str, messages: Value) -> Answer {
    let body = json!({ "thread_id": thread, "assistant_id": "system/thread_title", "messages": messages });
    user.post("/runs/stream", body).await
}

#[tokio::test]
async fn a_title_is_streamed_as_text() {
    let backend = Backend::open().await;
    let user = User::by_key(&backend, "alice", "acme");
    let thread = untitled(&user).await;
    let messages = json!([
        { "role": "assistant", "content": [{ "type": "text", "text": "Welcome" }] },
        user_says("What is the capital of Portugal, and why?"),
    ]);
    let answer = streamed(&user, &thread, messages.clone()).await;
    assert_eq!((answer.status.as_u16(), &*answer.text), (200, "What is the capital of Portugal,"));
    assert_eq!(answer.headers["content-type"], "text/plain; charset=utf-8");
    let stored = user.done("GET", &format!("/threads/{thread}"), Value::Null).await;
    assert_eq!(stored["thread"]["title"], Value::Null, "it is for the client to store");
    assert_eq!(streamed(&user, &thread, json!([])).await.text, "");
    user.done("PUT", &format!("/threads/{thread}"), json!({ "title": "Iberia" })).await;
    assert_eq!(streamed(&user, &thread, messages).await.text, "Iberia");
}

#[tokio::test]
async fn an_untitled_thread_gets_one_from_what_a_user_says() {
    let backend = Backend::open().await;
    let user = User::by_key(&backend, "alice", "acme");
    let thread = untitled(&user).await;
    let path = format!("/threads/{thread}/messages");
    let answer = json!({ "role": "assistant", "content": [{ "type": "text", "text": "Welcome" }] });
    user.done("POST", &path, json!({ "parent_id": null, "format": "aui/v0", "content": answer })).await;
    user.says(&thread, None, "Capital of Portugal?").await;
    user.says(&thread, None, "Something else").await;
    let title = async || {
        user.done("GET", &format!("/threads/{thread}"), Value::Null).await["thread"]["title"].clone()
    };
    let given = tokio::time::timeout(Duration::from_secs(20), async {
        loop {
            match title().await {
                Value::Null => tokio::time::sleep(Duration::from_millis(5)).await,
                title => return title,
            }
        }
    });
    assert_eq!(given.await.unwrap(), "Capital of Portugal?");
    // One that has a title keeps it: what comes later is not waited for, since nothing comes.
    let titled = user.thread().await;
    user.says(&titled, None, "Something").await;
    let stored = user.done("GET", &format!("/threads/{titled}"), Value::Null).await;
    assert_eq!(stored["thread"]["title"], "A thread");
}

#[tokio::test]
async fn only_titles_run_here() {
    let backend = Backend::open().await;
    let user = User::by_key(&backend, "alice", "acme");
    let thread = untitled(&user).await;
    let cases = [
        (json!({}), vec!["thread_id", "assistant_id", "messages"]),
        (json!({ "thread_id": thread, "assistant_id": "my-agent", "messages": [] }), vec!["assistant_id"]),
    ];
    for (body, paths) in cases {
        assert_eq!(wrong(&user.post("/runs/stream", body).await), paths);
    }
    for message in
        [json!("x"), json!({ "role": "user" }), json!({ "role": "user", "content": [{ "text": "x" }] })]
    {
        assert_eq!(wrong(&streamed(&user, &thread, json!([message])).await), ["messages"], "{message}");
    }
}
