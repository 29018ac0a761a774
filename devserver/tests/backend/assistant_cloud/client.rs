//! Users of the contract.

use reqwest::RequestBuilder;
use serde_json::{Value, json};

use crate::client::{Answer, Backend, json_body};

/// A server, and somebody who calls it.
pub struct User<'a> {
    pub backend: &'a Backend,
    headers: Vec<(&'static str, String)>,
}

impl<'a> User<'a> {
    /// Somebody with a token.
    pub fn new(backend: &'a Backend, token: &str) -> Self {
        Self { backend, headers: vec![("authorization", format!("Bearer {token}"))] }
    }

    /// A server that speaks for a user in a workspace.
    pub fn by_key(backend: &'a Backend, user: &str, workspace: &str) -> Self {
        let key = backend.server.assistant_cloud().api_key.reveal().to_owned();
        let mut caller = Self::new(backend, &key);
        caller.headers.push(("aui-user-id", user.to_owned()));
        caller.headers.push(("aui-workspace-id", workspace.to_owned()));
        caller
    }

    /// A new anonymous user, and their refresh token.
    pub async fn anonymous(backend: &'a Backend) -> (Self, String) {
        let answer = open(backend, "/auth/tokens/anonymous", Value::Null).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        let body = answer.json();
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        (Self::new(backend, &text(&body["access_token"])), text(&body["refresh_token"]["token"]))
    }

    pub fn request(&self, method: &str, path: &str) -> RequestBuilder {
        let request = self.backend.http.request(method.parse().unwrap(), url(self.backend, path));
        self.headers.iter().fold(request, |request, (name, value)| request.header(*name, value))
    }

    /// `null` sends no body.
    pub async fn call(&self, method: &str, path: &str, body: Value) -> Answer {
        let request = self.request(method, path);
        Answer::of(if body.is_null() { request } else { json_body(request, &body) }).await
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.call("GET", path, Value::Null).await
    }

    pub async fn post(&self, path: &str, body: Value) -> Answer {
        self.call("POST", path, body).await
    }

    /// What a call answers that has to succeed.
    pub async fn done(&self, method: &str, path: &str, body: Value) -> Value {
        let answer = self.call(method, path, body).await;
        assert!(answer.status.is_success(), "{method} {path}: {answer:?}");
        answer.json()
    }

    /// A new thread's id. It has a title, so that nothing happens in the background.
    pub async fn thread(&self) -> String {
        let body = json!({ "last_message_at": "2026-09-17T09:30:00.000Z", "title": "A thread" });
        id(&self.done("POST", "/threads", body).await["thread_id"])
    }

    /// A new message's id.
    pub async fn says(&self, thread: &str, parent: Option<&str>, text: &str) -> String {
        let body = json!({ "parent_id": parent, "format": "aui/v0", "content": user_says(text) });
        id(&self.done("POST", &format!("/threads/{thread}/messages"), body).await["message_id"])
    }

    /// The ids of a list of threads.
    pub async fn threads(&self, query: &str) -> Vec<String> {
        ids(&self.done("GET", &format!("/threads{query}"), Value::Null).await["threads"])
    }
}

/// A call without a credential.
pub async fn open(backend: &Backend, path: &str, body: Value) -> Answer {
    let request = backend.http.post(url(backend, path));
    Answer::of(if body.is_null() { request } else { json_body(request, &body) }).await
}

pub fn url(backend: &Backend, path: &str) -> String {
    format!("{}/v1{path}", backend.server.assistant_cloud().base_url)
}

pub fn user_says(text: &str) -> Value {
    json!({ "role": "user", "content": [{ "type": "text", "text": text }] })
}

pub fn id(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

pub fn ids(rows: &Value) -> Vec<String> {
    rows.as_array().unwrap().iter().map(|row| id(&row["id"])).collect()
}

/// Status and the text of an error.
pub fn refusal(answer: &Answer) -> (u16, String) {
    (answer.status.as_u16(), answer.json()["error"].as_str().unwrap_or_default().to_owned())
}

/// The paths of what is wrong with a body.
pub fn wrong(answer: &Answer) -> Vec<String> {
    assert_eq!(refusal(answer), (400, "Schema validation error".to_owned()), "{answer:?}");
    answer.json()["details"].as_array().unwrap().iter().map(|detail| id(&detail["path"])).collect()
}

/// What a token says.
pub fn claims(token: &str) -> Value {
    use base64::Engine;
    let part = token.split('.').nth(1).unwrap();
    serde_json::from_slice(&base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
}
