//! Checks of what a client sent, collected in the words of the service's validator.

use serde_json::Value;

use super::problem::Problem;

/// What is wrong with a body or a query so far.
#[derive(Debug, Default)]
pub(super) struct Checks {
    problems: Vec<String>,
}

impl Checks {
    /// Notes something that is wrong.
    pub(super) fn wrong(&mut self, message: impl Into<String>) {
        self.problems.push(message.into());
    }

    /// All that was noted as one answer.
    pub(super) fn finish(self) -> Result<(), Problem> {
        if self.problems.is_empty() { Ok(()) } else { Err(Problem::validation(self.problems)) }
    }

    /// A member that has to be a string with something in it.
    pub(super) fn filled_string(&mut self, body: &Value, name: &str) {
        let value = body.get(name).unwrap_or(&Value::Null);
        if value.is_null() || value.as_str() == Some("") {
            self.wrong(format!("{name} should not be empty"));
        }
        if !value.is_string() {
            self.wrong(format!("{name} must be a string"));
        }
    }

    /// A member that may be absent or null, and is a string otherwise.
    pub(super) fn optional_string(&mut self, body: &Value, name: &str) {
        if given(body, name).is_some_and(|value| !value.is_string()) {
            self.wrong(format!("{name} must be a string"));
        }
    }

    /// A member that may be absent or null, and is an object otherwise.
    pub(super) fn optional_object(&mut self, body: &Value, name: &str) {
        if given(body, name).is_some_and(|value| !value.is_object()) {
            self.wrong(format!("{name} must be an object"));
        }
    }
}

/// A member that is there and not null.
pub(super) fn given<'a>(body: &'a Value, name: &str) -> Option<&'a Value> {
    body.get(name).filter(|value| !value.is_null())
}

/// `limit` of a list, a whole number from 1 to 100.
pub(super) fn limit(text: Option<&str>, default: u32) -> Result<u32, Problem> {
    let Some(text) = text else { return Ok(default) };
    let mut checks = Checks::default();
    let number: Option<i64> = text.trim().parse().ok();
    match number {
        Some(number) if number < 1 => checks.wrong("limit must not be less than 1"),
        Some(number) if number > 100 => checks.wrong("limit must not be greater than 100"),
        Some(_) => {}
        None => checks.wrong("limit must be an integer number"),
    }
    checks.finish()?;
    Ok(number.and_then(|number| u32::try_from(number).ok()).unwrap_or(default))
}
