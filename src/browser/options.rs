//! The options of a client, as the face has checked and completed them.

use js_sys::Function;
use wasm_bindgen::{JsCast, JsValue};

use super::anonymous::Anonymous;
use super::value::{Js, get};
use crate::backend::tambo::SubjectTokenType;
use crate::json::Json;
use crate::secret::Secret;
use crate::session::{Credential, Ms, Rules, Source, Use};

/// What does not change in a client's life.
pub struct Settings {
    /// Without a slash at the end.
    pub base_url: String,
    /// Its origin, which our headers never leave.
    pub origin: String,
    /// The project's public key.
    pub api_key: Option<String>,
    /// What the subject token is said to be.
    pub subject_type: SubjectTokenType,
    /// The deadlines of the session.
    pub rules: Rules,
    /// The deadline of a call, head and body together.
    pub request_ms: Ms,
    /// How long a stream may be silent while it is awaited.
    pub idle_ms: Ms,
    /// Repetitions of what is safe to repeat.
    pub retries: u32,
    /// The app's own `fetch`.
    pub fetch: Option<Function>,
    /// Names this backend, base URL and project between tabs and in storage, without a key.
    pub name: String,
}

impl Settings {
    /// Reads the face's object.
    pub fn read(options: &JsValue) -> Self {
        let text = |name: &str| get(options, name).as_string();
        let ms = |name: &str, default: Ms| get(options, name).as_f64().map_or(default, |ms| ms as Ms);
        let id_token = text("subjectTokenType").as_deref() == Some("id_token");
        Self {
            base_url: text("baseUrl").unwrap_or_default(),
            origin: text("origin").unwrap_or_default(),
            api_key: text("apiKey"),
            subject_type: if id_token { SubjectTokenType::IdToken } else { SubjectTokenType::AccessToken },
            rules: Rules {
                callback_timeout_ms: ms("callbackMs", 30_000),
                exchange_timeout_ms: ms("exchangeMs", 30_000),
            },
            request_ms: ms("requestMs", 60_000),
            idle_ms: ms("streamIdleMs", 300_000),
            retries: get(options, "retries").as_f64().map_or(2, |n| n as u32),
            fetch: get(options, "fetch").dyn_into().ok(),
            name: name(&text),
        }
    }
}

/// Backend, base URL and project. The project's key itself stays out of names: a short checksum tells projects apart.
fn name(text: &impl Fn(&str) -> Option<String>) -> String {
    let part = |name| text(name).unwrap_or_default();
    let sum = part("apiKey")
        .bytes()
        .fold(0x811c_9dc5_u32, |sum, byte| (sum ^ u32::from(byte)).wrapping_mul(0x0100_0193));
    [part("backend"), part("baseUrl"), sum.to_string()].join(":")
}

/// Where tokens or keys come from.
pub enum Supply {
    /// Nowhere.
    None,
    /// The app's callback.
    Callback(Function),
    /// A key of the app's own making.
    UserKey(Secret),
    /// A key that we make.
    Anonymous(Anonymous),
}

/// A credential, as the face names it: `{ kind, value }`.
pub fn credential(given: &JsValue, settings: &Settings) -> (Credential, Supply) {
    let value = get(given, "value");
    let function = value.dyn_ref::<Function>().cloned();
    let kind = get(given, "kind").as_string().unwrap_or_default();
    match (kind.as_str(), function) {
        ("userToken", Some(ask)) => (
            Credential::Callback { usage: Use::Exchange, source: Source::TokenExchange },
            Supply::Callback(ask),
        ),
        ("sessionToken", Some(ask)) => {
            (Credential::Callback { usage: Use::Direct, source: Source::SessionToken }, Supply::Callback(ask))
        }
        ("userToken", None) => {
            let text = value.as_string().unwrap_or_default();
            (Credential::of_text(&text, Use::Exchange, Source::TokenExchange, Js::parse), Supply::None)
        }
        ("userKey", _) => {
            let key = value.as_string().unwrap_or_default();
            (Credential::Fixed { source: Source::UserKey }, Supply::UserKey(Secret::new(key)))
        }
        ("anonymous", _) => {
            let persist = Js(value).text_at("persist");
            let anonymous = Anonymous::new(persist.as_deref().unwrap_or("session"), &settings.name);
            (Credential::Fixed { source: Source::Anonymous }, Supply::Anonymous(anonymous))
        }
        ("conflict", _) => (Credential::Conflicting, Supply::None),
        _ => (Credential::Missing, Supply::None),
    }
}
