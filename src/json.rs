//! JSON as the pure code sees it: a checked reader over somebody else's values, and a small builder.
//!
//! In the browser a value is what `Response.json()` gave and stays a JavaScript value; in native code it is whatever
//! implements [`Json`] (the tests use `serde_json`). Nobody here copies a whole document: the members that matter are
//! read one by one, and what is wrong is reported with the path of the field.

/// A JSON value that can be looked into.
pub trait Json: Clone {
    /// The own member of an object; `None` where it is absent, `undefined`, or this is not an object.
    fn member(&self, name: &str) -> Option<Self>;
    /// The number of elements of an array.
    fn length(&self) -> Option<u32>;
    /// An element of an array; `null` where there is none.
    fn item(&self, index: u32) -> Self;
    /// The text of a string.
    fn text(&self) -> Option<String>;
    /// Whether this is a string.
    fn is_text(&self) -> bool;
    /// The value of a number.
    fn number(&self) -> Option<f64>;
    /// The value of a boolean.
    fn boolean(&self) -> Option<bool>;
    /// Whether this is `null` (or `undefined`).
    fn is_null(&self) -> bool;
    /// Whether this is an object that is not an array.
    fn is_object(&self) -> bool;

    /// The text of a string member; `None` for everything else.
    fn text_at(&self, name: &str) -> Option<String> {
        self.member(name).and_then(|value| value.text())
    }

    /// A member that is a string with something in it.
    fn required_text(&self, name: &str) -> Result<String, Malformed> {
        match self.text_at(name) {
            Some(text) if !text.is_empty() => Ok(text),
            _ => Err(Malformed::new(name, "a non-empty string")),
        }
    }

    /// A member that is a string, absent or null.
    fn optional_text(&self, name: &str) -> Result<Option<String>, Malformed> {
        match self.member(name) {
            Some(value) if !value.is_null() => match value.text() {
                None => Err(Malformed::new(name, "a string")),
                text => Ok(text),
            },
            _ => Ok(None),
        }
    }
}

/// JSON values that can be built, and the encodings that every platform brings along.
pub trait Platform: Json {
    /// `{}`.
    fn object() -> Self;
    /// `[]`.
    fn array() -> Self;
    /// A string.
    fn string(text: &str) -> Self;
    /// `true` or `false`.
    fn bool(value: bool) -> Self;
    /// A number.
    fn number_of(value: f64) -> Self;
    /// `null`.
    fn null() -> Self;
    /// What a call is answered with that is answered with nothing.
    fn nothing() -> Self;
    /// A shallow copy of an object, so that a caller's own is never changed.
    #[must_use]
    fn shallow_copy(&self) -> Self;
    /// Sets a member of an object made by one of the above.
    fn set(&self, name: &str, value: Self);
    /// Appends to an array made by one of the above.
    fn push(&self, value: Self);

    /// Reads a JSON text; what is not UTF-8 in it becomes U+FFFD.
    fn parse(text: &[u8]) -> Option<Self>;
    /// One path segment, percent-encoded (RFC 3986).
    fn encode_segment(text: &str) -> String;
    /// `application/x-www-form-urlencoded` text.
    fn form(pairs: &[(&str, &str)]) -> String;
    /// A point in time as ISO 8601 text: this text, this platform's date, or now where this is null.
    fn instant(&self) -> Option<Self>;
    /// An HTTP date (RFC 9110 section 5.6.7) as milliseconds since the epoch.
    fn http_date_ms(text: &str) -> Option<f64>;
}

/// A number in decimal, without the weight of the formatting machinery.
#[must_use]
pub fn number(n: u32) -> String {
    let mut text = if n > 9 { number(n / 10) } else { String::new() };
    let digit = (n % 10) as usize;
    text.push_str("0123456789".get(digit..=digit).unwrap_or_default());
    text
}

/// A field that is not what the contract says, as a sentence.
#[derive(Debug, PartialEq, Eq)]
pub struct Malformed(pub String);

impl Malformed {
    /// The field of this name should be something else.
    #[must_use]
    pub fn new(field: &str, expected: &str) -> Self {
        Self([field, " should be ", expected].concat())
    }

    /// The same, seen from further out.
    #[must_use]
    pub fn within(self, place: &[&str]) -> Self {
        Self([&place.concat(), ".", &self.0].concat())
    }
}

/// The native twin, for tests and for the simulation.
#[cfg(any(test, feature = "native-json"))]
pub mod native {
    use std::cell::RefCell;
    use std::rc::Rc;
    use std::time::SystemTime;

    use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
    use serde_json::Value;

    use super::{Json, Platform};

    /// What `encodeURIComponent` leaves alone.
    const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC
        .remove(b'-')
        .remove(b'.')
        .remove(b'_')
        .remove(b'~')
        .remove(b'!')
        .remove(b'*')
        .remove(b'\'')
        .remove(b'(')
        .remove(b')');

    /// A `serde_json` value that can be shared and built like a JavaScript one.
    #[derive(Clone, Debug)]
    pub struct NativeJson(Rc<RefCell<Value>>);

    impl NativeJson {
        /// A copy of the whole value.
        #[must_use]
        pub fn to_value(&self) -> Value {
            self.0.borrow().clone()
        }
    }

    impl From<Value> for NativeJson {
        fn from(value: Value) -> Self {
            Self(Rc::new(RefCell::new(value)))
        }
    }

    impl Json for NativeJson {
        fn member(&self, name: &str) -> Option<Self> {
            self.0.borrow().as_object()?.get(name).cloned().map(Self::from)
        }
        fn length(&self) -> Option<u32> {
            self.0.borrow().as_array().map(|items| items.len() as u32)
        }
        fn item(&self, index: u32) -> Self {
            self.0.borrow().get(index as usize).cloned().unwrap_or_default().into()
        }
        fn text(&self) -> Option<String> {
            self.0.borrow().as_str().map(str::to_owned)
        }
        fn is_text(&self) -> bool {
            self.0.borrow().is_string()
        }
        fn number(&self) -> Option<f64> {
            self.0.borrow().as_f64()
        }
        fn boolean(&self) -> Option<bool> {
            self.0.borrow().as_bool()
        }
        fn is_null(&self) -> bool {
            self.0.borrow().is_null()
        }
        fn is_object(&self) -> bool {
            self.0.borrow().is_object()
        }
    }

    impl Platform for NativeJson {
        fn object() -> Self {
            Value::Object(serde_json::Map::new()).into()
        }
        fn string(text: &str) -> Self {
            Value::from(text).into()
        }
        fn bool(value: bool) -> Self {
            Value::from(value).into()
        }
        fn number_of(value: f64) -> Self {
            Value::from(value).into()
        }
        fn null() -> Self {
            Value::Null.into()
        }
        fn nothing() -> Self {
            Self::null()
        }
        fn array() -> Self {
            Value::Array(Vec::new()).into()
        }
        fn shallow_copy(&self) -> Self {
            self.to_value().into()
        }
        fn parse(text: &[u8]) -> Option<Self> {
            serde_json::from_str::<Value>(&String::from_utf8_lossy(text)).ok().map(Self::from)
        }
        fn encode_segment(text: &str) -> String {
            utf8_percent_encode(text, SEGMENT).to_string()
        }
        fn form(pairs: &[(&str, &str)]) -> String {
            form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish()
        }
        /// The platform's clock stands still.
        fn instant(&self) -> Option<Self> {
            let now = || Self::string("1970-01-01T00:00:00.000Z");
            if self.is_null() { Some(now()) } else { self.text().map(|_| self.clone()) }
        }
        fn http_date_ms(text: &str) -> Option<f64> {
            let date = httpdate::parse_http_date(text).ok()?;
            Some(date.duration_since(SystemTime::UNIX_EPOCH).ok()?.as_secs_f64() * 1000.0)
        }
        fn set(&self, name: &str, value: Self) {
            if let Some(object) = self.0.borrow_mut().as_object_mut() {
                object.insert(name.to_owned(), value.to_value());
            }
        }
        fn push(&self, value: Self) {
            if let Some(array) = self.0.borrow_mut().as_array_mut() {
                array.push(value.to_value());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::native::NativeJson;
    use super::*;

    fn json(text: &str) -> NativeJson {
        NativeJson::parse(text.as_bytes()).unwrap()
    }

    #[test]
    fn errors_name_the_field() {
        let thread = json(r#"{"id":7}"#);
        let wrong = thread.required_text("id").unwrap_err().within(&["threads[", &number(1), "]"]);
        assert_eq!(wrong.0, "threads[1].id should be a non-empty string");
        assert_eq!(json(r#"{"id":""}"#).required_text("id"), Err(Malformed::new("id", "a non-empty string")));
    }

    #[test]
    fn numbers() {
        for n in [0, 7, 10, 429, u32::MAX] {
            assert_eq!(number(n), n.to_string());
        }
    }

    #[test]
    fn null_and_absent_are_both_no_text() {
        let answer = json(r#"{"a":null,"b":1}"#);
        assert_eq!(answer.optional_text("a"), Ok(None));
        assert_eq!(answer.optional_text("z"), Ok(None));
        assert!(answer.optional_text("b").is_err());
    }

    #[test]
    fn a_copy_leaves_the_original_alone() {
        let original = json(r#"{"a":1}"#);
        let copy = original.shallow_copy();
        copy.set("userKey", NativeJson::string("u"));
        assert!(original.member("userKey").is_none());
        assert_eq!(copy.text_at("userKey").unwrap(), "u");
    }
}
