//! Checks of bodies and queries: what is wrong is collected, a path and a sentence each.

use serde_json::{Map, Value, json};

use super::problem::Problem;
use crate::guard::Call;
use crate::timestamp::lenient;

/// The longest title, name or external id, in characters.
pub(super) const LONGEST_TEXT: usize = 255;

/// What metadata may hold.
const METADATA: (usize, usize, usize) = (16, 64, 512);

/// An object that is read member by member.
#[derive(Debug)]
pub(super) struct Fields<'a> {
    members: &'a Map<String, Value>,
    known: Vec<&'static str>,
    details: Vec<Value>,
}

impl<'a> Fields<'a> {
    /// The body of a call, which has to be an object.
    pub(super) fn of(call: &'a Call) -> Result<Self, Problem> {
        match call.body() {
            Value::Object(members) => Ok(Self { members, known: vec![], details: vec![] }),
            _ => Err(Problem::schema(vec![detail("", "must be an object")])),
        }
    }

    /// Notes something that is wrong.
    pub(super) fn wrong(&mut self, path: &str, message: &str) {
        self.details.push(detail(path, message));
    }

    /// A member as it is; `None` where it is absent.
    pub(super) fn any(&mut self, name: &'static str) -> Option<&'a Value> {
        self.known.push(name);
        self.members.get(name)
    }

    /// A member that has to be there.
    pub(super) fn required<T>(&mut self, name: &'static str, value: Option<T>) -> Option<T> {
        if value.is_none() && !self.members.contains_key(name) {
            self.wrong(name, "is required");
        }
        value
    }

    /// A string of 1 to `longest` characters.
    pub(super) fn text(&mut self, name: &'static str, longest: usize) -> Option<String> {
        let value = self.any(name)?;
        let fits = |text: &&str| (1..=longest).contains(&text.chars().count());
        let text = value.as_str().filter(fits);
        if text.is_none() {
            self.wrong(name, &format!("must be a string of 1 to {longest} characters"));
        }
        text.map(str::to_owned)
    }

    /// One of some words.
    pub(super) fn word(&mut self, name: &'static str, words: &[&'static str]) -> Option<&'static str> {
        let value = self.any(name)?;
        let found = words.iter().find(|word| value.as_str() == Some(**word)).copied();
        if found.is_none() {
            self.wrong(name, &format!("must be one of {}", words.join(", ")));
        }
        found
    }

    pub(super) fn flag(&mut self, name: &'static str) -> Option<bool> {
        let value = self.any(name)?;
        if !value.is_boolean() {
            self.wrong(name, "must be true or false");
        }
        value.as_bool()
    }

    /// A time, in milliseconds since the epoch.
    pub(super) fn time(&mut self, name: &'static str) -> Option<i64> {
        let value = self.any(name)?;
        let time = value.as_str().and_then(lenient);
        if time.is_none() {
            self.wrong(name, "must be a time in ISO 8601, such as 2026-09-17T09:30:00.000Z");
        }
        time
    }

    pub(super) fn object(&mut self, name: &'static str) -> Option<&'a Value> {
        let value = self.any(name)?;
        if !value.is_object() {
            self.wrong(name, "must be an object");
        }
        Some(value).filter(|value| value.is_object())
    }

    /// Metadata of a thread: absent, null, or a few short strings.
    pub(super) fn metadata(&mut self) -> Option<Option<Value>> {
        let value = self.any("metadata")?;
        let (most, longest_key, longest_value) = METADATA;
        let short = |text: &str, longest| text.chars().count() <= longest;
        match value {
            Value::Null => Some(None),
            Value::Object(members)
                if members.len() <= most
                    && members.iter().all(|(key, value)| {
                        short(key, longest_key)
                            && value.as_str().is_some_and(|text| short(text, longest_value))
                    }) =>
            {
                Some(Some(value.clone()))
            }
            _ => {
                let takes = format!(
                    "must be null or an object of at most {most} strings, keys up to {longest_key} characters and \
                     values up to {longest_value}"
                );
                self.wrong("metadata", &takes);
                None
            }
        }
    }

    /// Refuses what was wrong, and members nobody asked for.
    pub(super) fn finish(mut self) -> Result<(), Problem> {
        for name in self.members.keys().filter(|name| !self.known.contains(&name.as_str())) {
            self.details.push(detail(name, "is not known"));
        }
        self.finish_open()
    }

    /// Refuses what was wrong. More members are fine.
    pub(super) fn finish_open(self) -> Result<(), Problem> {
        if self.details.is_empty() { Ok(()) } else { Err(Problem::schema(self.details)) }
    }
}

/// `limit` of a list, from 1 to `most`.
pub(super) fn limit(call: &Call, default: u32, most: u32) -> Result<u32, Problem> {
    match call.query("limit").map(str::parse) {
        None => Ok(default),
        Some(Ok(limit)) if (1..=most).contains(&limit) => Ok(limit),
        Some(_) => {
            Err(Problem::schema(vec![detail("limit", &format!("must be a whole number from 1 to {most}"))]))
        }
    }
}

/// A flag of a query.
pub(super) fn flag(call: &Call, name: &str) -> Result<Option<bool>, Problem> {
    match call.query(name) {
        None => Ok(None),
        Some("true") => Ok(Some(true)),
        Some("false") => Ok(Some(false)),
        Some(_) => Err(Problem::schema(vec![detail(name, "must be true or false")])),
    }
}

fn detail(path: &str, message: &str) -> Value {
    json!({ "path": path, "message": message })
}
