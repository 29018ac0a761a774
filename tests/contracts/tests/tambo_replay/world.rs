//! A live server for one transcript, and how recorded requests are sent to it.

use std::collections::HashMap;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use reqwest::RequestBuilder;
use serde_json::Value;
use threadpass_contracts::{Exchange, Headers};
use threadpass_devserver::{Config, ModelSettings, ProjectConfig, Running, Secret, Server, Verification};

use crate::agree::{self, Live, Moments};
use crate::bindings::Bindings;
use crate::tokens::{self, SHARED_SECRET};

pub struct World {
    server: Running,
    client: reqwest::Client,
    bindings: Bindings,
    /// Recorded session tokens and the live ones that stand for them.
    bearers: HashMap<String, String>,
    project_ids: HashMap<String, String>,
}

impl World {
    pub async fn start(project_ids: &HashMap<String, String>) -> Self {
        // Someone else may have chosen the same before.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let open = |name: &str| ProjectConfig::new(name, Verification::None);
        let projects = vec![
            open("none"),
            ProjectConfig { token_required: true, ..open("token_required") },
            ProjectConfig::new("symmetric", Verification::Symmetric { secret: Secret::new(SHARED_SECRET) }),
            ProjectConfig::new("asymmetric_manual", Verification::Asymmetric { key: tokens::public_key() }),
            ProjectConfig::new("asymmetric_auto", Verification::Discovery { trusted_issuers: vec![] }),
        ];
        let model =
            ModelSettings { word_delay: Duration::from_millis(2), retry_delay: Duration::from_millis(20) };
        let server = Server::start(Config { projects, model, ..Config::default() }).await.unwrap();
        let client = reqwest::Client::builder().no_proxy().tls_certs_only([]).build().unwrap();
        let project_ids = project_ids.clone();
        Self { server, client, bindings: Bindings::default(), bearers: HashMap::new(), project_ids }
    }

    /// Sends the request with these headers and compares the answer; the error is the first difference.
    pub async fn replay(&mut self, exchange: &Exchange, headers: &Headers) -> Result<(), String> {
        let moments = Moments { recorded: recorded_at(exchange), live: now() };
        let live = self.send(exchange, headers, moments).await?;
        agree::answers(&exchange.response, &live, moments, &mut self.bindings)
    }

    /// Lets a live value stand for a recorded one.
    pub fn bind(&mut self, recorded: &str, live: &str) {
        self.bindings.agree(recorded, live).unwrap();
    }

    /// A request with what stands for the recorded headers.
    pub async fn request(
        &mut self,
        method: &str,
        path: &str,
        headers: &Headers,
        exchange: &Exchange,
    ) -> RequestBuilder {
        let moments = Moments { recorded: recorded_at(exchange), live: now() };
        let url = format!("{}{}", self.server.url(), self.bindings.to_live(path));
        let mut outgoing = self.client.request(method.parse().unwrap(), url);
        for (header, value) in headers.iter() {
            let value = match header.to_ascii_lowercase().as_str() {
                "host" | "content-length" | "connection" => continue,
                "x-api-key" => self.api_key(value),
                "authorization" => self.authorization(value, moments).await,
                _ => value.to_owned(),
            };
            outgoing = outgoing.header(header, value);
        }
        outgoing
    }

    async fn send(
        &mut self,
        exchange: &Exchange,
        headers: &Headers,
        moments: Moments,
    ) -> Result<Live, String> {
        let request = &exchange.request;
        let mut outgoing = self.request(&request.method, &request.path, headers, exchange).await;
        if !request.body.is_empty() {
            if headers.get("content-type").is_none() {
                outgoing = outgoing.header("content-type", "application/json");
            }
            let body = with_subject_token(&request.body, &exchange.name, moments);
            outgoing = outgoing.body(self.bindings.to_live(&body));
        }
        let answer = outgoing.send().await.map_err(|error| error.to_string())?;
        let header = |(name, value): (&reqwest::header::HeaderName, &reqwest::header::HeaderValue)| {
            (name.to_string(), value.to_str().unwrap_or_default().to_owned())
        };
        Ok(Live {
            status: answer.status().as_u16(),
            headers: answer.headers().iter().map(header).collect(),
            body: answer.text().await.map_err(|error| error.to_string())?,
        })
    }

    fn api_key(&self, recorded: &str) -> String {
        match tokens::project_of_key(recorded) {
            Some(project) => {
                self.server.key(project).expect("a project of the recordings").reveal().to_owned()
            }
            None => recorded.to_owned(),
        }
    }

    /// The live session token for a recorded one: exchanged for, or made where it has ended already.
    async fn authorization(&mut self, recorded: &str, moments: Moments) -> String {
        let Some(decoded) = recorded.strip_prefix("Bearer ").and_then(tokens::decode) else {
            return recorded.to_owned();
        };
        if let Some(live) = self.bearers.get(recorded) {
            return format!("Bearer {live}");
        }
        let text = |name: &str| decoded.claims[name].as_str().unwrap().to_owned();
        let project = self.project_ids[&text("iss")].clone();
        let left = decoded.claims["exp"].as_i64().unwrap() - moments.recorded;
        let live = if left > 0 {
            let subject =
                tokens::subject_of(&text("original_iss"), &text("sub"), moments.live + left, &project);
            self.exchange(&project, &subject).await
        } else {
            let token = self.server.session_token(&project, &text("original_iss"), &text("sub"), left);
            token.expect("a project of the recordings").reveal().to_owned()
        };
        self.bearers.insert(recorded.to_owned(), live.clone());
        format!("Bearer {live}")
    }

    async fn exchange(&self, project: &str, subject: &str) -> String {
        let body = form_urlencoded::Serializer::new(String::new())
            .append_pair("grant_type", "urn:ietf:params:oauth:grant-type:token-exchange")
            .append_pair("subject_token", subject)
            .append_pair("subject_token_type", "urn:ietf:params:oauth:token-type:access_token")
            .finish();
        let answer = self
            .client
            .post(format!("{}/oauth/token", self.server.url()))
            .header("x-api-key", self.server.key(project).unwrap().reveal())
            .header("content-type", "application/x-www-form-urlencoded")
            .body(body)
            .send();
        let text = answer.await.unwrap().text().await.unwrap();
        let body: Value = serde_json::from_str(&text).unwrap();
        body["access_token"].as_str().unwrap_or_else(|| panic!("no token: {text}")).to_owned()
    }
}

/// The body of an exchange with its subject token minted again; any other body as it is.
fn with_subject_token(body: &str, exchange: &str, moments: Moments) -> String {
    let shift = moments.live - moments.recorded;
    if let Ok(Value::Object(mut json)) = serde_json::from_str(body) {
        let Some(token) = json.get("subject_token").and_then(Value::as_str) else { return body.to_owned() };
        let token = tokens::subject(token, exchange, shift);
        json.insert("subject_token".into(), token.into());
        return Value::Object(json).to_string();
    }
    if !body.contains("subject_token=") {
        return body.to_owned();
    }
    let mut form = form_urlencoded::Serializer::new(String::new());
    for (name, value) in form_urlencoded::parse(body.as_bytes()) {
        let value = if name == "subject_token" {
            tokens::subject(&value, exchange, shift)
        } else {
            value.into_owned()
        };
        form.append_pair(&name, &value);
    }
    form.finish()
}

fn recorded_at(exchange: &Exchange) -> i64 {
    seconds(httpdate::parse_http_date(exchange.response.headers.get("date").unwrap()).unwrap())
}

fn now() -> i64 {
    seconds(SystemTime::now())
}

fn seconds(time: SystemTime) -> i64 {
    time.duration_since(UNIX_EPOCH).unwrap().as_secs() as i64
}
