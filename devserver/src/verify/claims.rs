//! What is read from a token once its signature is settled.

use serde_json::{Map, Value};

use super::{Refusal, Refused};

/// The user a subject token speaks of.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Subject {
    pub(crate) sub: String,
    pub(crate) iss: Option<String>,
    pub(crate) hd: Option<String>,
    pub(crate) tid: Option<String>,
    pub(crate) org_id: Option<String>,
    pub(crate) email: Option<String>,
    /// When the token ends, in seconds since the epoch.
    pub(crate) exp: Option<i64>,
}

impl Subject {
    /// Reads the claims that matter here. A token without a subject identifies nobody.
    pub(crate) fn read(claims: &Map<String, Value>) -> Result<Self, Refused> {
        let text = |name: &str| {
            claims.get(name).and_then(Value::as_str).filter(|text| !text.is_empty()).map(String::from)
        };
        let sub =
            text("sub").ok_or_else(|| Refused::new(Refusal::NoSubject, "the token has no subject (sub)"))?;
        Ok(Self {
            sub,
            iss: text("iss"),
            hd: text("hd"),
            tid: text("tid"),
            org_id: text("org_id"),
            email: text("email"),
            exp: seconds(claims, "exp")?,
        })
    }
}

/// Refuses a token whose time is over (`exp`) or has not come (`nbf`), without leeway, as the service does.
pub(crate) fn check_times(claims: &Map<String, Value>, now: i64) -> Result<(), Refused> {
    if seconds(claims, "exp")?.is_some_and(|exp| exp <= now) {
        return Err(Refused::invalid("the token has expired"));
    }
    if seconds(claims, "nbf")?.is_some_and(|nbf| nbf > now) {
        return Err(Refused::invalid("the token is not valid yet (nbf); compare the clocks"));
    }
    Ok(())
}

/// A time claim. Absent is fine; something other than a number is not.
pub(crate) fn seconds(claims: &Map<String, Value>, name: &str) -> Result<Option<i64>, Refused> {
    match claims.get(name) {
        None => Ok(None),
        Some(value) => match value.as_f64() {
            #[expect(
                clippy::cast_possible_truncation,
                reason = "a float cast saturates, which is right for a time"
            )]
            Some(number) => Ok(Some(number.floor() as i64)),
            None => Err(Refused::invalid(format!("the token's {name} is not a number"))),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn claims(value: Value) -> Map<String, Value> {
        value.as_object().unwrap().clone()
    }

    #[test]
    fn times_are_strict() {
        let cases = [
            (json!({}), true),
            (json!({"exp": 101}), true),
            (json!({"exp": 100}), false),
            (json!({"exp": 100.9}), false),
            (json!({"exp": "200"}), false),
            (json!({"exp": null}), false),
            (json!({"nbf": 100}), true),
            (json!({"nbf": 101}), false),
            (json!({"exp": 1e300}), true),
        ];
        for (value, valid) in cases {
            assert_eq!(check_times(&claims(value.clone()), 100).is_ok(), valid, "{value}");
        }
    }

    #[test]
    fn a_subject_is_a_string_with_something_in_it() {
        for value in [json!({}), json!({"sub": ""}), json!({"sub": 7})] {
            assert_eq!(Subject::read(&claims(value)).unwrap_err().answer, Refusal::NoSubject);
        }
        let subject = Subject::read(&claims(json!({"sub": "a", "iss": "i", "tid": 3, "exp": 9}))).unwrap();
        assert_eq!(
            subject,
            Subject { sub: "a".into(), iss: Some("i".into()), exp: Some(9), ..Subject::default() }
        );
    }
}
