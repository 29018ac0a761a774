use std::convert::Infallible;
use std::sync::LazyLock;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, Uri};
use serde_json::{Map, Value};

use super::body::ParsedBody;
use super::identity::names_user_key;
use crate::calls::Note;
use crate::faults::Struck;

static NOTHING: LazyLock<Value> = LazyLock::new(|| Value::Object(Map::new()));

/// A request as handlers see it.
#[derive(Debug)]
pub(crate) struct Call {
    pub(crate) headers: HeaderMap,
    pub(crate) uri: Uri,
    /// What is noted about the call for the list of calls.
    pub(crate) note: Note,
    /// How the call is to be answered otherwise than usual.
    pub(crate) faults: Struck,
    query: Vec<(String, String)>,
    body: Option<Value>,
}

impl Call {
    /// The first value of a query parameter.
    pub(crate) fn query(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// All values of a query parameter.
    pub(crate) fn queries<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.query.iter().filter(move |(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// A header as text.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// The parsed body, if there was one.
    pub(crate) fn given_body(&self) -> Option<&Value> {
        self.body.as_ref()
    }

    /// The parsed body, an empty object where there was none.
    pub(crate) fn body(&self) -> &Value {
        self.body.as_ref().unwrap_or(&NOTHING)
    }
}

impl<S: Sync> FromRequestParts<S> for Call {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let query = parts.uri.query().unwrap_or_default();
        let call = Self {
            headers: parts.headers.clone(),
            uri: parts.uri.clone(),
            note: parts.extensions.get::<Note>().cloned().unwrap_or_default(),
            faults: parts.extensions.get::<Struck>().cloned().unwrap_or_default(),
            query: form_urlencoded::parse(query.as_bytes()).into_owned().collect(),
            body: parts.extensions.remove::<ParsedBody>().map(|ParsedBody(body)| body),
        };
        if names_user_key(&call) {
            call.note.set_user_key();
        }
        Ok(call)
    }
}
