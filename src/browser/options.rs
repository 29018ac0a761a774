//! The options of a client, as the face has checked and completed them.

use wasm_bindgen::JsValue;

use super::anonymous::Anonymous;
use super::value::{Js, get};
use crate::backend::tambo::SubjectTokenType;
use crate::json::number;
use crate::secret::Secret;
use crate::session::{Credential, Ms, Rules, Source, Use};

/// What does not change in a client's life.
pub struct Settings {
    /// Without a slash at the end.
    pub base_url: String,
    /// Its origin, which our headers never leave.
    pub origin: String,
    /// The project's public key.
    pub api_key: String,
    /// What the subject token is said to be.
    pub subject_type: SubjectTokenType,
    /// The deadlines of the session.
    pub rules: Rules,
    /// The deadline of a call in milliseconds, head and body together.
    pub request_ms: f64,
    /// Repetitions of what is safe to repeat.
    pub retries: u32,
    /// Names this backend, base URL and project between tabs and in storage, without a key.
    pub name: String,
}

impl Settings {
    /// Reads the face's object.
    pub fn read(options: &JsValue) -> Self {
        let text = |name: &str| get(options, name).as_string().unwrap_or_default();
        let number = |name: &str, default: f64| get(options, name).as_f64().unwrap_or(default);
        let (base_url, api_key) = (text("baseUrl"), text("apiKey"));
        let id_token = text("subjectTokenType") == "id_token";
        Self {
            name: name(&text("backend"), &base_url, &api_key),
            base_url,
            origin: text("origin"),
            api_key,
            subject_type: if id_token { SubjectTokenType::IdToken } else { SubjectTokenType::AccessToken },
            rules: Rules {
                callback_timeout_ms: number("callbackMs", 30_000.0) as Ms,
                exchange_timeout_ms: number("exchangeMs", 30_000.0) as Ms,
            },
            request_ms: number("requestMs", 60_000.0),
            retries: number("retries", 2.0) as u32,
        }
    }
}

/// Backend, base URL and project. The project's key itself stays out of names: a short checksum tells projects apart.
fn name(backend: &str, base_url: &str, api_key: &str) -> String {
    let mut sum = 0x811c_9dc5_u32;
    for byte in api_key.bytes() {
        sum = (sum ^ u32::from(byte)).wrapping_mul(0x0100_0193);
    }
    [backend, ":", base_url, ":", &number(sum)].concat()
}

/// Where keys come from that say who the user is.
pub enum Supply {
    /// Nowhere.
    None,
    /// A key of the app's own making.
    UserKey(Secret),
    /// A key that we make.
    Anonymous(Anonymous),
}

/// A credential, as the face names it: `{ kind, value }`. A callback stays on the other side.
pub fn credential(given: &JsValue, settings: &Settings) -> (Credential, Supply) {
    let value = get(given, "value");
    let text = || value.as_string().unwrap_or_default();
    let callback = |usage, source| (Credential::Callback { usage, source }, Supply::None);
    match (get(given, "kind").as_string().unwrap_or_default().as_str(), value.is_function()) {
        ("userToken", true) => callback(Use::Exchange, Source::TokenExchange),
        ("sessionToken", _) => callback(Use::Direct, Source::SessionToken),
        ("userToken", false) => {
            (Credential::of_text::<Js>(&text(), Use::Exchange, Source::TokenExchange), Supply::None)
        }
        ("userKey", _) => {
            (Credential::Fixed { source: Source::UserKey }, Supply::UserKey(Secret::new(text())))
        }
        ("anonymous", _) => {
            let persist = get(&value, "persist").as_string().unwrap_or_default();
            let anonymous = Anonymous::new(&persist, &settings.name);
            (Credential::Fixed { source: Source::Anonymous }, Supply::Anonymous(anonymous))
        }
        ("conflict", _) => (Credential::Conflicting, Supply::None),
        _ => (Credential::Missing, Supply::None),
    }
}
