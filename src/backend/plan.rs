//! A request, planned but not sent.

use super::endpoint::{Arg, Endpoint, Kind, Place};
use crate::error::{Code, Fault};
use crate::json::{Json, Platform, number};

/// What to send, but for base URL, headers and whatever says who the user is.
#[derive(Debug)]
pub struct Plan<J> {
    /// The route.
    pub endpoint: &'static Endpoint,
    /// Path and query.
    target: String,
    /// The cursor that is asked with.
    pub(super) cursor: Option<String>,
    /// The JSON body.
    pub(super) body: Option<J>,
}

impl<J: Platform> Plan<J> {
    /// Plans a call from the caller's arguments, which stand in an array from `first` on.
    pub fn new(endpoint: &'static Endpoint, args: &J, first: u32) -> Result<Self, Fault> {
        let mut plan = Self { endpoint, target: String::new(), cursor: None, body: None };
        let mut path = endpoint.path.iter();
        plan.target.push_str(path.next().unwrap_or(&""));
        for (index, arg) in (first..).zip(endpoint.args) {
            let given = args.item(index);
            let absent = given.is_null();
            match arg {
                Arg::Id(name) => {
                    plan.target.push_str(&segment(&given, name)?);
                    plan.target.push_str(path.next().unwrap_or(&""));
                }
                Arg::Query(_) if absent => {}
                Arg::Query(known) => plan.query(&given, known)?,
                Arg::Body if absent => plan.body = Some(J::object()),
                Arg::RequiredBody if absent => return Err(invalid("the object to send is missing")),
                Arg::Body | Arg::RequiredBody => plan.body = Some(without_foreign_identity(given)?),
                Arg::Object(name) if !given.is_object() => {
                    return Err(Fault::of(Code::InvalidArgument, &[name, " should be an object"]));
                }
                Arg::List(name) if given.length().unwrap_or(0) == 0 => {
                    let message = [name, " should be an array with something in it"];
                    return Err(Fault::of(Code::InvalidArgument, &message));
                }
                Arg::Object(name) | Arg::List(name) => {
                    let body = J::object();
                    body.set(name, given);
                    plan.body = Some(body);
                }
            }
        }
        Ok(plan)
    }

    /// The members of a query object that the endpoint knows. Absent and null ones are left out.
    fn query(&mut self, given: &J, known: &[(&str, Kind)]) -> Result<(), Fault> {
        if !given.is_object() {
            return Err(invalid("query should be an object"));
        }
        for (name, kind) in known {
            let Some(value) = given.member(name).filter(|value| !value.is_null()) else { continue };
            let (text, takes) = match kind {
                Kind::Text => (value.text(), "a string"),
                Kind::Count => (value.number().and_then(count), "a whole number of at least 1"),
            };
            let Some(text) = text else {
                return Err(Fault::of(Code::InvalidArgument, &[name, " should be ", takes]));
            };
            ask::<J>(&mut self.target, name, &text);
            if *name == "cursor" {
                self.cursor = Some(text);
            }
        }
        Ok(())
    }

    /// Path and query, with the `userKey` of the user where the endpoint reads it there.
    #[must_use]
    pub fn target(&self, user_key: Option<&str>) -> String {
        let mut target = self.target.clone();
        let name = match self.endpoint.place {
            Place::Query => "userKey",
            Place::ContextQuery => "contextKey",
            _ => return target,
        };
        if let Some(key) = user_key {
            ask::<J>(&mut target, name, key);
        }
        target
    }

    /// The body, continuing this run, with the `userKey` of the user where the endpoint reads it there. The caller's own
    /// objects stay as they are.
    pub fn body(&self, previous_run: Option<&str>, user_key: Option<&str>) -> Option<J> {
        let body = self.body.as_ref()?.shallow_copy();
        if let Some(run) = previous_run {
            body.set("previousRunId", J::string(run));
        }
        match (self.endpoint.place, user_key) {
            (Place::Body, Some(key)) => body.set("userKey", J::string(key)),
            (Place::ContextBody, Some(key)) => body.set("contextKey", J::string(key)),
            (Place::BodyThread, Some(key)) => {
                let given = body.member("thread").filter(Json::is_object);
                let thread = given.map_or_else(J::object, |thread| thread.shallow_copy());
                thread.set("userKey", J::string(key));
                body.set("thread", thread);
            }
            _ => {}
        }
        Some(body)
    }
}

/// Appends a member to the query of a target.
fn ask<J: Platform>(target: &mut String, name: &str, value: &str) {
    target.push_str(if target.bytes().any(|byte| byte == b'?') { "&" } else { "?" });
    target.push_str(&J::form(&[(name, value)]));
}

/// An id as a path segment. An empty or dot-only one would name another path.
fn segment<J: Platform>(given: &J, name: &str) -> Result<String, Fault> {
    let id = given.text().unwrap_or_default();
    if matches!(id.as_str(), "" | "." | "..") {
        let message = [name, " should be the string that the backend gave, not empty and not dots"];
        return Err(Fault::of(Code::InvalidArgument, &message));
    }
    Ok(J::encode_segment(&id))
}

fn count(n: f64) -> Option<String> {
    let whole = n as u32;
    (whole >= 1 && f64::from(whole) == n).then(|| number(whole))
}

/// It is the credential's to say who the user is: a client with a bearer must never send a `userKey` (Tambo contract,
/// section 3).
fn without_foreign_identity<J: Json>(body: J) -> Result<J, Fault> {
    if !body.is_object() {
        return Err(invalid("what is to be sent should be an object"));
    }
    let named = |object: &J| ["userKey", "contextKey"].iter().any(|name| object.member(name).is_some());
    if named(&body) || body.member("thread").as_ref().is_some_and(named) {
        let message = "userKey and contextKey are no arguments; the client's credential says who the user is";
        return Err(invalid(message));
    }
    Ok(body)
}

pub(super) fn invalid(message: &'static str) -> Fault {
    Fault::new(Code::InvalidArgument, message)
}
