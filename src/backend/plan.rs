//! A request, planned but not sent.

use super::endpoint::{Arg, Endpoint, Kind, Method, Place};
use crate::error::{Code, Fault};
use crate::json::{Json, Platform, number};

/// How many things the servers list where nothing is said: LangGraph's, and Assistant Cloud's of threads and messages.
const USUAL_LIMIT: f64 = 10.0;
const USUAL_THREADS: f64 = 20.0;
const USUAL_MESSAGES: f64 = 200.0;

/// What to send, but for base URL, headers and whatever says who the user is.
#[derive(Debug)]
pub struct Plan<J> {
    /// The route.
    pub endpoint: &'static Endpoint,
    /// Path and query.
    target: String,
    /// The cursor that is asked with.
    pub(super) cursor: Option<String>,
    /// How many things come before the page that is asked for.
    pub(super) offset: f64,
    /// How many are asked for.
    pub(super) limit: f64,
    /// The event after which a stream goes on.
    pub last_event_id: Option<String>,
    /// Whether it may be repeated when the answer is lost.
    pub(super) repeatable: bool,
    /// The JSON body.
    pub(super) body: Option<J>,
}

impl<J: Platform> Plan<J> {
    /// Plans a call from the caller's arguments, which stand in an array from `first` on.
    pub fn new(endpoint: &'static Endpoint, args: &J, first: u32) -> Result<Self, Fault> {
        let mut plan = Self {
            endpoint,
            target: String::new(),
            cursor: None,
            offset: 0.0,
            limit: USUAL_LIMIT,
            last_event_id: None,
            repeatable: endpoint.repeatable,
            body: None,
        };
        let mut given = (first..).map(|index| args.item(index));
        let mut next = || given.next().unwrap_or_else(J::null);
        for (at, byte) in endpoint.path.bytes().enumerate() {
            let name = match byte {
                b'A' => "assistant",
                b'C' => "component",
                b'M' => "message",
                b'R' => "run",
                b'T' | b'*' => "thread",
                _ => {
                    plan.target.push_str(endpoint.path.get(at..=at).unwrap_or_default());
                    continue;
                }
            };
            let id = next();
            if byte == b'*' {
                if id.is_null() {
                    continue;
                }
                plan.target.push_str("/threads/");
            }
            plan.target.push_str(&segment(&id, name)?);
        }
        for arg in endpoint.args {
            let (given, name) = (next(), arg.name());
            let absent = given.is_null();
            match arg {
                Arg::None => {}
                Arg::Page
                | Arg::OrderedPage
                | Arg::Subgraphs
                | Arg::Runs
                | Arg::Cancelling
                | Arg::Joining
                | Arg::CloudThreads
                | Arg::CloudMessages => {
                    match arg {
                        Arg::CloudThreads => plan.limit = USUAL_THREADS,
                        Arg::CloudMessages => plan.limit = USUAL_MESSAGES,
                        _ => {}
                    }
                    if !absent {
                        plan.query(&given, arg.members())?;
                    }
                }
                Arg::Search => plan.search(&given, absent)?,
                Arg::RequiredBody if absent => return Err(invalid("the object to send is missing")),
                Arg::Body | Arg::RequiredBody => {
                    let body = if absent { J::object() } else { object(given)? };
                    if endpoint.place != Place::Nowhere {
                        no_foreign_identity(&body)?;
                    }
                    plan.body = Some(body);
                }
                Arg::Run => plan.body = Some(run_body(given)?),
                Arg::NewThread => plan.new_thread(if absent { J::object() } else { object(given)? })?,
                Arg::NewMessage => plan.new_message(object(given)?)?,
                Arg::Feedback => plan.body = Some(feedback(&object(given)?)),
                Arg::State | Arg::Value | Arg::Patch | Arg::Events => {
                    let (fits, takes) = match arg {
                        Arg::Patch | Arg::Events => {
                            (given.length().unwrap_or(0) > 0, "an array with something in it")
                        }
                        _ => (given.is_object(), "an object"),
                    };
                    if !fits {
                        return Err(should_be(name, takes));
                    }
                    plan.member_of_body(name, given);
                }
                Arg::Key | Arg::RefreshToken | Arg::Namespace | Arg::NamespacePrefix => {
                    let (text, takes) = if matches!(arg, Arg::Key | Arg::RefreshToken) {
                        (given.text(), "a string with something in it")
                    } else {
                        (joined(&given, ".", |byte| byte != b'.'), LABELS)
                    };
                    let any = arg == Arg::NamespacePrefix;
                    let Some(text) = text.filter(|text| any || !text.is_empty()) else {
                        return Err(should_be(name, takes));
                    };
                    if endpoint.method == Method::Get {
                        ask::<J>(&mut plan.target, name, &text);
                    } else {
                        plan.member_of_body(name, given);
                    }
                }
                Arg::LastEventId if absent => {}
                Arg::LastEventId => match given.text() {
                    // What cannot be in a header would make the request fail without a word of what was wrong.
                    Some(id) if id.bytes().all(|byte| matches!(byte, b' '..=b'~')) => {
                        plan.last_event_id = Some(id);
                    }
                    _ => return Err(should_be("the last event id", "the string that the stream gave")),
                },
            }
        }
        Ok(plan)
    }

    fn member_of_body(&mut self, name: &str, value: J) {
        self.body.get_or_insert_with(J::object).set(name, value);
    }

    /// A thread of Assistant Cloud is sorted by when something was said last, which for a new one is now. One that the app
    /// has named, and that may be there already, may be made again.
    fn new_thread(&mut self, given: J) -> Result<(), Fault> {
        let body = given.shallow_copy();
        let at = body.member("last_message_at").unwrap_or_else(J::null).instant();
        body.set(
            "last_message_at",
            at.ok_or_else(|| should_be("last_message_at", "a Date or its ISO text"))?,
        );
        let upserts = body.member("upsert").and_then(|upsert| upsert.boolean()) == Some(true);
        self.repeatable = upserts && is_named(&body);
        self.body = Some(body);
        Ok(())
    }

    /// A message of Assistant Cloud has to say where it stands in the tree. One that the app has named is made once, however
    /// often it is sent.
    fn new_message(&mut self, body: J) -> Result<(), Fault> {
        if !body.member("parent_id").is_some_and(|id| id.is_null() || id.is_text()) {
            return Err(should_be("parent_id", "the id of a message, or null"));
        }
        self.repeatable = is_named(&body);
        self.body = Some(body);
        Ok(())
    }

    /// A run has an assistant: its body's, else the client's.
    pub fn assistant(&self, usual: &str) -> Result<(), Fault> {
        let starts = self.endpoint.args.contains(&Arg::Run);
        let Some(body) = self.body.as_ref().filter(|_| starts) else { return Ok(()) };
        if body.text_at("assistant_id").is_some_and(|id| !id.is_empty()) {
            return Ok(());
        }
        if usual.is_empty() {
            return Err(invalid(
                "assistant_id is missing; give it in the run or as the client's assistantId",
            ));
        }
        body.set("assistant_id", J::string(usual));
        Ok(())
    }

    /// The body of a search, beside what it is to be searched in.
    fn search(&mut self, given: &J, absent: bool) -> Result<(), Fault> {
        let body = if absent { J::object() } else { object(given.clone())?.shallow_copy() };
        for (name, kind) in [("limit", Kind::Count), ("offset", Kind::Offset)] {
            self.checked(&body, name, kind)?;
        }
        if let Some(before) = self.body.replace(body.clone())
            && let Some(prefix) = before.member("namespace_prefix")
        {
            body.set("namespace_prefix", prefix);
        }
        Ok(())
    }

    /// The members of a query object that the endpoint knows. Absent and null ones are left out.
    fn query(&mut self, given: &J, known: &[(&str, Kind)]) -> Result<(), Fault> {
        if !given.is_object() {
            return Err(invalid("query should be an object"));
        }
        for (name, kind) in known {
            let Some(text) = self.checked(given, name, *kind)? else { continue };
            if text.is_empty() && *kind == Kind::Flag {
                // Some servers take any text for true, so that false is best said by nothing.
                continue;
            }
            ask::<J>(&mut self.target, name, &text);
            if *name == "cursor" {
                self.cursor = Some(text);
            }
        }
        Ok(())
    }

    /// A member as the text of a query, if it is there.
    #[inline(never)]
    fn checked(&mut self, given: &J, name: &str, kind: Kind) -> Result<Option<String>, Fault> {
        let Some(value) = given.member(name).filter(|value| !value.is_null()) else { return Ok(None) };
        let number = value.number();
        let (text, takes) = match kind {
            Kind::Text => (value.text(), "a string"),
            Kind::Count => (number.and_then(|n| whole(n, 1)), "a whole number of at least 1"),
            Kind::Offset => (number.and_then(|n| whole(n, 0)), "a whole number of at least 0"),
            Kind::Flag => (value.boolean().map(|flag| if flag { "true" } else { "" }.into()), "a boolean"),
            Kind::Side => {
                (value.boolean().map(|side| if side { "true" } else { "false" }.into()), "a boolean")
            }
            Kind::Words => (words(&value), "a word or an array of words"),
        };
        match kind {
            Kind::Count => self.limit = number.unwrap_or_default(),
            Kind::Offset => self.offset = number.unwrap_or_default(),
            _ => {}
        }
        text.map(Some).ok_or_else(|| should_be(name, takes))
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

/// Whether the app has a name of its own for what is to be made.
fn is_named<J: Json>(body: &J) -> bool {
    body.text_at("external_id").is_some_and(|id| !id.is_empty())
}

/// What a user thinks of a message; a comment without words is none.
fn feedback<J: Platform>(given: &J) -> J {
    let body = given.shallow_copy();
    if let Some(comment) = given.text_at("comment") {
        let comment = comment.trim_ascii();
        body.set("comment", if comment.is_empty() { J::nothing() } else { J::string(comment) });
    }
    body
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
        let message = [name, " id should be the string that the backend gave, not empty and not dots"];
        return Err(Fault::of(Code::InvalidArgument, &message));
    }
    Ok(J::encode_segment(&id))
}

fn whole(n: f64, least: u32) -> Option<String> {
    let whole = n as u32;
    (whole >= least && f64::from(whole) == n).then(|| number(whole))
}

/// A word as it is, more than one as the JSON that LangGraph's servers read.
fn words<J: Json>(value: &J) -> Option<String> {
    let plain: fn(u8) -> bool = |byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'/');
    if value.length().is_none() {
        return value.text().filter(|word| !word.is_empty() && word.bytes().all(plain));
    }
    let words = joined(value, "\",\"", plain).filter(|words| !words.is_empty())?;
    Some(["[\"", &words, "\"]"].concat())
}

/// Texts of an array with something between; none if one is empty or has other bytes in it.
fn joined<J: Json>(array: &J, between: &str, takes: fn(u8) -> bool) -> Option<String> {
    let mut joined = String::new();
    for index in 0..array.length()? {
        let text = array.item(index).text().filter(|text| !text.is_empty())?;
        if !text.bytes().all(takes) {
            return None;
        }
        joined.push_str(if index > 0 { between } else { "" });
        joined.push_str(&text);
    }
    Some(joined)
}

const LABELS: &str = "an array of strings with something in them and without dots";

/// The body of a run: what a user says, or the backend's own.
fn run_body<J: Platform>(given: J) -> Result<J, Fault> {
    if let Some(text) = given.text() {
        let messages = J::array();
        messages.push(user_message(&text, given)?);
        return Ok(with("input", with("messages", messages)));
    }
    if !given.is_object() {
        return Err(invalid("input should be a text, or an object with the body of the run"));
    }
    Ok(given.shallow_copy())
}

/// What a user says, with its content as the backend wants it.
pub(super) fn user_message<J: Platform>(text: &str, content: J) -> Result<J, Fault> {
    if text.trim_ascii().is_empty() {
        return Err(invalid("the message is empty"));
    }
    let message = with("content", content);
    message.set("role", J::string("user"));
    Ok(message)
}

/// An object with one member.
#[inline(never)]
pub(super) fn with<J: Platform>(name: &str, value: J) -> J {
    let object = J::object();
    object.set(name, value);
    object
}

/// It is the credential's to say who the user is: a client with a bearer must never send a `userKey` (Tambo contract,
/// section 3).
fn no_foreign_identity<J: Json>(body: &J) -> Result<(), Fault> {
    let named = |object: &J| ["userKey", "contextKey"].iter().any(|name| object.member(name).is_some());
    if named(body) || body.member("thread").as_ref().is_some_and(named) {
        let message = "userKey and contextKey are no arguments; the client's credential says who the user is";
        return Err(invalid(message));
    }
    Ok(())
}

fn object<J: Json>(body: J) -> Result<J, Fault> {
    if !body.is_object() {
        return Err(invalid("what is to be sent should be an object"));
    }
    Ok(body)
}

fn should_be(name: &str, what: &str) -> Fault {
    Fault::of(Code::InvalidArgument, &[name, " should be ", what])
}

pub(super) fn invalid(message: &'static str) -> Fault {
    Fault::new(Code::InvalidArgument, message)
}
