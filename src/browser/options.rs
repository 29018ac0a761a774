//! The options of a client, as the face has checked and completed them.

use std::rc::Rc;

use wasm_bindgen::JsValue;

use super::value::{Js, get, text};
use crate::backend::tambo::SubjectTokenType;
use crate::backend::{ApiKey, Backend};
use crate::error::{Code, Fault};
use crate::secret::Secret;
use crate::session::{Credential, Ms, Rules, Source, Use};

/// What does not change in a client's life.
pub struct Settings {
    /// Whose calls are made.
    pub backend: Backend,
    /// Without a slash at the end.
    pub base_url: String,
    /// Its origin, which our headers never leave.
    pub origin: String,
    /// The project's public key; empty where there is none.
    pub api_key: String,
    /// The assistant of runs that name none; empty where there is none.
    pub assistant_id: String,
    /// What the subject token is said to be.
    pub subject_type: SubjectTokenType,
    /// The deadlines of the session.
    pub rules: Rules,
    /// The deadline of a call in milliseconds, head and body together.
    pub request_ms: f64,
    /// Repetitions of what is safe to repeat.
    pub retries: u32,
    /// Whether every visitor can read what is in here.
    pub in_page: bool,
}

impl Settings {
    /// Reads the face's object.
    pub fn read(options: &JsValue) -> Self {
        let number = |name: &str, default: f64| get(options, name).as_f64().unwrap_or(default);
        let id_token = text(options, "subjectTokenType") == "id_token";
        Self {
            backend: match &*text(options, "backend") {
                "langgraph" => Backend::LangGraph,
                "assistant-cloud" => Backend::AssistantCloud,
                _ => Backend::Tambo,
            },
            base_url: text(options, "baseUrl"),
            origin: text(options, "origin"),
            api_key: text(options, "apiKey"),
            assistant_id: text(options, "assistantId"),
            subject_type: if id_token { SubjectTokenType::IdToken } else { SubjectTokenType::AccessToken },
            rules: Rules {
                callback_timeout_ms: number("callbackMs", 30_000.0) as Ms,
                exchange_timeout_ms: number("exchangeMs", 30_000.0) as Ms,
            },
            request_ms: number("requestMs", 60_000.0),
            retries: number("retries", 2.0) as u32,
            in_page: get(options, "inPage").is_truthy(),
        }
    }
}

/// The API key of a credential that is one.
pub fn api_key(given: &JsValue) -> Option<Rc<ApiKey>> {
    if text(given, "kind") != "apiKey" {
        return None;
    }
    let value = get(given, "value");
    let key = Secret::new(text(&value, "apiKey"));
    Some(Rc::new(ApiKey { key, user: text(&value, "userId"), workspace: text(&value, "workspaceId") }))
}

/// A credential, as the face names it: `{ kind, value }`. Callbacks and keys stay on the other side.
pub fn credential(given: &JsValue, settings: &Settings) -> Credential {
    let value = get(given, "value");
    let given_or_asked = |usage, source| match value.as_string() {
        Some(text) => Credential::of_text::<Js>(&text, usage, source),
        None => Credential::Callback { usage, source },
    };
    match text(given, "kind").as_str() {
        "userToken" => given_or_asked(Use::Exchange, Source::TokenExchange),
        "authToken" => given_or_asked(Use::Direct, Source::AuthToken),
        "sessionToken" => Credential::Callback { usage: Use::Direct, source: Source::SessionToken },
        "userKey" => Credential::Fixed { source: Source::UserKey },
        // The other half gets tokens for it.
        "anonymous" if settings.backend == Backend::AssistantCloud => {
            Credential::Callback { usage: Use::Direct, source: Source::Anonymous }
        }
        "anonymous" => Credential::Fixed { source: Source::Anonymous },
        "apiKey" if settings.in_page => {
            let message = "an apiKey in a page can be taken by every visitor, and acts as any user; keep it on a server, and use authToken here";
            let failure = Fault::new(Code::SecretInBrowser, message);
            Credential::Unusable { failure, source: Source::ApiKey }
        }
        "apiKey" => Credential::Fixed { source: Source::ApiKey },
        "open" => Credential::Fixed { source: Source::Open },
        "conflict" => Credential::Conflicting,
        _ => Credential::Missing,
    }
}
