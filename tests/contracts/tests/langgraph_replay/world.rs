//! A live server for one transcript, and how recorded requests are sent to it.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, EncodingKey};
use reqwest::RequestBuilder;
use serde_json::{Value, json};
use threadpass_contracts::{Exchange, Headers};
use threadpass_devserver::{Config, ModelSettings, ProjectConfig, Running, Secret, Server, Verification};

use crate::agree::{self, Live, frames};
use crate::bindings::Bindings;

const SECRET: &str = "a shared secret that only this test knows";
/// The users of the recordings; of the second one only the address is known.
const USERS: [(&str, &str); 2] = [
    ("c7fcb602-dc7e-47ea-ad74-ea5e2475137d", "me+1@example.com"),
    ("5b0c2e4a-7a8e-4b5c-9a53-0d6d1f0f2a11", "me+2@example.com"),
];
/// How long a run may take to be where the recording has it.
const PATIENCE: Duration = Duration::from_secs(60);

pub struct World {
    server: Running,
    client: reqwest::Client,
    bindings: Bindings,
    /// When the transcript begins.
    begun: i64,
}

impl World {
    /// Replays a transcript: how each of its exchanges agreed.
    pub async fn replay_all(exchanges: &[Exchange]) -> Vec<(String, Result<(), String>)> {
        let mut world = Self::start(exchanges).await;
        world.make_threads(exchanges).await;
        let mut agreements = Vec::new();
        for exchange in exchanges {
            agreements.push((exchange.name.clone(), world.replay(exchange).await));
        }
        agreements
    }

    async fn start(exchanges: &[Exchange]) -> Self {
        // Someone else may have chosen the same before.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let verification = Verification::Symmetric { secret: Secret::new(SECRET) };
        let model = ModelSettings { word_delay: Duration::from_millis(20), ..ModelSettings::default() };
        let config =
            Config { projects: vec![ProjectConfig::new("users", verification)], model, ..Config::default() };
        let server = Server::start(config).await.unwrap();
        let client = reqwest::Client::builder().no_proxy().tls_certs_only([]).build().unwrap();
        Self { server, client, bindings: Bindings::default(), begun: recorded_at(&exchanges[0]) }
    }

    /// Makes the threads that were there before the transcript begins.
    async fn make_threads(&self, exchanges: &[Exchange]) {
        let mut made: Vec<String> = Vec::new();
        for Exchange { request, response, .. } in exchanges {
            let creates = request.method == "POST" && request.path == "/threads";
            if creates && let Ok(Value::Object(thread)) = serde_json::from_str(&response.body) {
                made.extend(thread.get("thread_id").and_then(Value::as_str).map(str::to_owned));
            }
            let thread = request.path.strip_prefix("/threads/").and_then(|rest| rest.split('/').next());
            let Some(thread) = thread.filter(|thread| thread.len() == 36 && response.status < 400) else {
                continue;
            };
            if made.iter().any(|id| id == thread) || request.body.contains("if_not_exists") {
                continue;
            }
            let url = format!("{}/threads", self.server.url());
            let bearer = format!("Bearer {}", token(USERS[0], now() + 600));
            let answer = self
                .client
                .post(url)
                .header("authorization", bearer)
                .body(json!({ "thread_id": thread }).to_string())
                .send();
            assert_eq!(answer.await.unwrap().status().as_u16(), 200);
            made.push(thread.to_owned());
        }
    }

    async fn replay(&mut self, exchange: &Exchange) -> Result<(), String> {
        let began = SystemTime::now();
        let late =
            exchange.request.method == "GET" && exchange.request.headers.get("last-event-id").is_none();
        loop {
            let live = self.send(exchange).await?;
            let mut bindings = self.bindings.clone();
            let agreement = agree::answers(&exchange.response, &live, late, &mut bindings);
            // What a run comes to is there when it is there. Only looking may be repeated.
            let may_come = exchange.request.method == "GET"
                && !exchange.response.is_event_stream()
                && began.elapsed().unwrap() < PATIENCE
                && ["pending", "running", "busy"]
                    .iter()
                    .any(|word| live.body.contains(&format!("\"status\":\"{word}\"")));
            if agreement.is_err() && may_come {
                tokio::time::sleep(Duration::from_millis(50)).await;
                continue;
            }
            self.bindings = bindings;
            return agreement;
        }
    }

    async fn send(&mut self, exchange: &Exchange) -> Result<Live, String> {
        let request = &exchange.request;
        let url = format!("{}{}", self.server.url(), self.bindings.to_live(&request.path));
        let mut outgoing = self.client.request(request.method.parse().unwrap(), url);
        outgoing = self.with_headers(outgoing, &request.headers, recorded_at(exchange));
        if !request.body.is_empty() {
            outgoing = outgoing.body(self.bindings.to_live(&request.body));
        }
        let mut answer = outgoing.send().await.map_err(|error| error.to_string())?;
        let header = |(name, value): (&reqwest::header::HeaderName, &reqwest::header::HeaderValue)| {
            (name.to_string(), value.to_str().unwrap_or_default().to_owned())
        };
        let (status, headers) = (answer.status().as_u16(), answer.headers().iter().map(header).collect());
        let leaves = exchange.name.contains("hang up");
        let enough = frames(&exchange.response.body, "\n").len();
        let mut body = Vec::new();
        while let Some(chunk) = answer.chunk().await.map_err(|error| error.to_string())? {
            body.extend(chunk);
            if leaves && whole(&body) >= enough {
                break;
            }
        }
        let mut body = String::from_utf8(body).map_err(|error| error.to_string())?;
        if leaves {
            // What came beyond the recorded point in the same piece was never seen.
            let end =
                body.match_indices("\r\n\r\n").nth(enough - 1).map(|(place, found)| place + found.len());
            body.truncate(end.unwrap_or(body.len()));
        }
        Ok(Live { status, headers, body })
    }

    fn with_headers(&self, mut outgoing: RequestBuilder, headers: &Headers, moment: i64) -> RequestBuilder {
        for (header, value) in headers.iter() {
            let value = match header.to_ascii_lowercase().as_str() {
                "host" | "content-length" | "connection" => continue,
                "authorization" => self.authorization(value, moment),
                _ => self.bindings.to_live(value),
            };
            outgoing = outgoing.header(header, value);
        }
        outgoing
    }

    /// The short token of the recordings was made when its transcript began, and ends as far from now as it did then.
    fn authorization(&self, recorded: &str, moment: i64) -> String {
        let token = match recorded.strip_prefix("Bearer ") {
            Some("<user-1-access-token>") => token(USERS[0], now() + 600),
            Some("<user-2-access-token>") => token(USERS[1], now() + 600),
            Some("<8-second-access-token>") => token(USERS[0], now() + self.begun + 8 - moment),
            _ => return recorded.to_owned(),
        };
        format!("Bearer {token}")
    }
}

/// How many events are there whole.
fn whole(body: &[u8]) -> usize {
    let text = String::from_utf8_lossy(body);
    let complete = text.rsplit_once("\r\n\r\n").map_or("", |(complete, _)| complete);
    frames(complete, "\r\n").len()
}

fn token((sub, email): (&str, &str), exp: i64) -> String {
    let claims = json!({ "sub": sub, "email": email, "exp": exp });
    let signed = format!(
        "{}.{}",
        URL_SAFE_NO_PAD.encode(r#"{"alg":"HS256"}"#),
        URL_SAFE_NO_PAD.encode(claims.to_string())
    );
    let key = EncodingKey::from_secret(SECRET.as_bytes());
    format!("{signed}.{}", jsonwebtoken::crypto::sign(signed.as_bytes(), &key, Algorithm::HS256).unwrap())
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
