//! A server in this process, and a client for it.

use std::time::Duration;

use reqwest::{Method, RequestBuilder, StatusCode};
use serde_json::{Value, json};
use threadpass_devserver::{Config, ModelSettings, ProjectConfig, Running, Server, Verification};

pub struct Backend {
    pub server: Running,
    pub http: reqwest::Client,
}

/// An answer, read to its end.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: reqwest::header::HeaderMap,
    pub text: String,
}

impl Answer {
    pub async fn of(request: RequestBuilder) -> Self {
        let response = request.send().await.unwrap();
        let (status, headers) = (response.status(), response.headers().clone());
        Self { status, headers, text: response.text().await.unwrap() }
    }

    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|_| panic!("no JSON: {self:?}"))
    }

    /// Status and the message of an error, or the whole body where it has none.
    pub fn summary(&self) -> (u16, String) {
        let json: Value = serde_json::from_str(&self.text).unwrap_or_default();
        let message = match &json["message"] {
            Value::Null => self.text.clone(),
            Value::String(message) => message.clone(),
            other => other.to_string(),
        };
        (self.status.as_u16(), message)
    }
}

/// A project that verifies nothing, which most tests are fine with.
pub fn open_project(name: &str) -> ProjectConfig {
    ProjectConfig::new(name, Verification::None)
}

pub fn http_client() -> reqwest::Client {
    // Someone else may have chosen the same before.
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder().no_proxy().tls_certs_only([]).timeout(Duration::from_secs(20)).build().unwrap()
}

impl Backend {
    /// One open project, `default`, and a model in a hurry.
    pub async fn open() -> Self {
        Self::start(Config { projects: vec![open_project("default")], ..Config::default() }).await
    }

    pub async fn start(mut config: Config) -> Self {
        config.model =
            ModelSettings { word_delay: Duration::from_millis(1), retry_delay: Duration::from_millis(5) };
        Self { server: Server::start(config).await.unwrap(), http: http_client() }
    }

    pub fn key(&self) -> String {
        self.server.projects().next().unwrap().api_key.reveal().to_owned()
    }

    /// A request with the API key.
    pub fn request(&self, method: &str, path: &str) -> RequestBuilder {
        let url = format!("{}{path}", self.server.url());
        self.http.request(method.parse::<Method>().unwrap(), url).header("x-api-key", self.key())
    }

    /// An answer to a call as a user with a session token.
    pub async fn call(&self, bearer: &str, method: &str, path: &str, body: Value) -> Answer {
        let request = self.request(method, path).bearer_auth(bearer);
        Answer::of(if body.is_null() { request } else { json_body(request, &body) }).await
    }

    pub async fn exchange(&self, subject_token: &str) -> Answer {
        let fields = [
            ("grant_type", "urn:ietf:params:oauth:grant-type:token-exchange"),
            ("subject_token", subject_token),
            ("subject_token_type", "urn:ietf:params:oauth:token-type:access_token"),
        ];
        Answer::of(form_body(self.request("POST", "/oauth/token"), &fields)).await
    }

    /// A session token for a user of the first project.
    pub fn session(&self, user: &str) -> String {
        let project = self.server.projects().next().unwrap().name;
        self.server
            .session_token(project, "https://idp.example.test/", user, 600)
            .unwrap()
            .reveal()
            .to_owned()
    }

    pub fn control(&self, method: &str, path: &str) -> RequestBuilder {
        let url = format!("{}/__dev/{path}", self.server.url());
        let key = self.server.control_key().reveal();
        self.http.request(method.parse::<Method>().unwrap(), url).header("x-dev-key", key)
    }
}

pub fn json_body(request: RequestBuilder, body: &Value) -> RequestBuilder {
    request.header("content-type", "application/json").body(body.to_string())
}

pub fn form_body(request: RequestBuilder, fields: &[(&str, &str)]) -> RequestBuilder {
    let form = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
    request.header("content-type", "application/x-www-form-urlencoded").body(form)
}

/// A run's body with one text.
pub fn says(text: &str) -> Value {
    json!({ "message": { "role": "user", "content": [{ "type": "text", "text": text }] } })
}

/// The same, going on after a run.
pub fn says_after(text: &str, previous: &Value) -> Value {
    let mut body = says(text);
    body["previousRunId"] = previous.clone();
    body
}
