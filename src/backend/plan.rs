//! A request, planned but not sent.

use super::endpoint::{Arg, Endpoint, Kind, Place};
use crate::error::{Code, Fault};
use crate::json::{Json, Platform, number};

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

impl<J: Platform> Plan<J> {
    /// Plans a call from the caller's arguments.
    pub fn new(endpoint: &'static Endpoint, args: &[J]) -> Result<Self, Fault> {
        let mut plan = Self { endpoint, path: String::new(), query: Vec::new(), body: None };
        let mut path = endpoint.path.iter();
        plan.path.push_str(path.next().unwrap_or(&""));
        for (index, arg) in endpoint.args.iter().enumerate() {
            let given = args.get(index).filter(|value| !value.is_null());
            match arg {
                Arg::Id(name) => {
                    plan.path.push_str(&segment(given, name)?);
                    plan.path.push_str(path.next().unwrap_or(&""));
                }
                Arg::Query(known) => plan.query = query(given, known)?,
                Arg::Body => plan.body = Some(given.map_or_else(J::object, J::clone)),
                Arg::RequiredBody => plan.body = Some(given.cloned().ok_or_else(no_body)?),
            }
        }
        if let Some(body) = &plan.body {
            without_foreign_identity(body)?;
        }
        Ok(plan)
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
        [&self.path, "?", &J::form(&pairs)].concat()
    }

    /// Puts a `userKey` where this endpoint reads it. The caller's own objects stay as they are.
    #[must_use]
    pub fn with_user_key(&self, user_key: &str) -> Self {
        let mut plan = self.clone();
        if plan.endpoint.place == Place::Query {
            plan.query.push(("userKey", user_key.to_owned()));
            return plan;
        }
        let body = copy(plan.body.as_ref());
        if plan.endpoint.place == Place::Body {
            body.set("userKey", J::string(user_key));
        } else {
            let thread = copy(body.member("thread").as_ref());
            thread.set("userKey", J::string(user_key));
            body.set("thread", thread);
        }
        plan.body = Some(body);
        plan
    }
}

/// A shallow copy of an object, or a new one.
fn copy<J: Platform>(object: Option<&J>) -> J {
    match object {
        Some(object) if object.is_object() => object.shallow_copy(),
        _ => J::object(),
    }
}

/// An id as a path segment. An empty or dot-only one would name another path.
fn segment<J: Platform>(given: Option<&J>, name: &str) -> Result<String, Fault> {
    let id = given.and_then(Json::text).unwrap_or_default();
    if matches!(id.as_str(), "" | "." | "..") {
        let message = [name, " should be the string that the backend gave, not empty and not dots"];
        return Err(Fault::of(Code::InvalidArgument, &message));
    }
    Ok(J::encode_segment(&id))
}

/// The members of a query object that the endpoint knows. Absent and null ones are left out.
fn query<J: Json>(
    given: Option<&J>,
    known: &'static [(&'static str, Kind)],
) -> Result<Vec<(&'static str, String)>, Fault> {
    let mut pairs = Vec::new();
    let Some(given) = given else { return Ok(pairs) };
    if !given.is_object() {
        return Err(Fault::new(Code::InvalidArgument, "query should be an object"));
    }
    for (name, kind) in known {
        let Some(value) = given.member(name).filter(|value| !value.is_null()) else { continue };
        let (text, takes) = match kind {
            Kind::Text => (value.text(), "a string"),
            Kind::Count => (value.number().and_then(count), "a whole number of at least 1"),
        };
        let text = text.ok_or_else(|| Fault::of(Code::InvalidArgument, &[name, " should be ", takes]))?;
        pairs.push((*name, text));
    }
    Ok(pairs)
}

fn count(n: f64) -> Option<String> {
    let whole = n as u32;
    (whole >= 1 && f64::from(whole) == n).then(|| number(whole))
}

fn no_body() -> Fault {
    Fault::new(Code::InvalidArgument, "the object to send is missing")
}

/// It is the credential's to say who the user is: a client with a bearer must never send a `userKey` (Tambo contract,
/// section 3).
fn without_foreign_identity<J: Json>(body: &J) -> Result<(), Fault> {
    if !body.is_object() {
        return Err(Fault::new(Code::InvalidArgument, "what is to be sent should be an object"));
    }
    let named = |object: &J| object.member("userKey").is_some();
    if named(body) || body.member("thread").as_ref().is_some_and(named) {
        let message = "userKey is not an argument; the client's credential says who the user is";
        return Err(Fault::new(Code::InvalidArgument, message));
    }
    Ok(())
}
