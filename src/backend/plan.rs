//! A request, planned but not sent.

use super::endpoint::{Endpoint, Place};
use super::query::{self, Kind};
use super::url;
use crate::error::{Code, Failure};
use crate::json::{Json, JsonBuild};

/// The arguments of a call, as the caller gave them.
#[derive(Debug)]
pub struct Args<J>(pub Vec<J>);

impl<J: Json> Args<J> {
    /// An argument that has to be a string.
    pub fn id(&self, index: usize, name: &'static str) -> Result<(&'static str, String), Failure> {
        match self.0.get(index).and_then(Json::text) {
            Some(id) => Ok((name, id)),
            None => Err(Failure::new(Code::InvalidArgument, String::from(name) + " should be a string")),
        }
    }

    /// An argument that may be left out.
    #[must_use]
    pub fn optional(&self, index: usize) -> Option<&J> {
        self.0.get(index).filter(|value| !value.is_null())
    }

    /// An argument that has to be an object, or may be left out.
    pub fn object(&self, index: usize, name: &str) -> Result<Option<&J>, Failure> {
        match self.optional(index) {
            Some(value) if !value.is_object() => {
                Err(Failure::new(Code::InvalidArgument, String::from(name) + " should be an object"))
            }
            value => Ok(value),
        }
    }
}

/// What to send, but for base URL and headers.
#[derive(Clone, Debug)]
pub struct Plan<J> {
    /// The route.
    pub endpoint: &'static Endpoint,
    /// The path.
    pub path: String,
    /// The query, in order.
    pub query: Vec<(&'static str, String)>,
    /// The JSON body.
    pub body: Option<J>,
}

impl<J: JsonBuild> Plan<J> {
    /// Plans a call.
    pub fn new(endpoint: &'static Endpoint, ids: &[(&'static str, String)]) -> Result<Self, Failure> {
        Ok(Self { endpoint, path: url::path(endpoint.path, ids)?, query: Vec::new(), body: None })
    }

    pub(super) fn query(
        mut self,
        query: Option<&J>,
        known: &[(&'static str, Kind)],
    ) -> Result<Self, Failure> {
        self.query = query::read(query, known)?;
        Ok(self)
    }

    pub(super) fn body(mut self, body: J) -> Self {
        self.body = Some(body);
        self
    }

    /// A member of the query.
    pub(super) fn asked(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(known, _)| *known == name).map(|(_, value)| value.as_str())
    }

    /// Path and query.
    #[must_use]
    pub fn target(&self) -> String {
        if self.query.is_empty() {
            return self.path.clone();
        }
        let pairs: Vec<(&str, &str)> =
            self.query.iter().map(|(name, value)| (*name, value.as_str())).collect();
        self.path.clone() + "?" + &url::form(&pairs)
    }

    /// Refuses an identity that the caller put into the body: it is the credential's to say who the user is, and a client
    /// with a bearer must never send a `userKey` (Tambo contract, section 3).
    pub(super) fn without_foreign_identity(self) -> Result<Self, Failure> {
        let named = self.body.as_ref().is_some_and(|body| {
            body.member("userKey").is_some()
                || body.member("thread").is_some_and(|thread| thread.member("userKey").is_some())
        });
        if named {
            return Err(Failure::new(
                Code::InvalidArgument,
                "userKey is not an argument; the client's credential says who the user is",
            ));
        }
        Ok(self)
    }

    /// Puts a `userKey` where this endpoint reads it.
    #[must_use]
    pub fn with_user_key(mut self, user_key: &str) -> Self {
        match self.endpoint.place {
            Place::Query => self.query.push(("userKey", user_key.to_owned())),
            Place::Body | Place::BodyThread => {
                let body = self.body.map_or_else(J::object, |body| body.shallow_copy());
                if self.endpoint.place == Place::Body {
                    body.set("userKey", J::string(user_key));
                } else {
                    let thread = body
                        .member("thread")
                        .filter(Json::is_object)
                        .map_or_else(J::object, |thread| thread.shallow_copy());
                    thread.set("userKey", J::string(user_key));
                    body.set("thread", thread);
                }
                self.body = Some(body);
            }
        }
        self
    }
}
