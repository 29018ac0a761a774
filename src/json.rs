//! JSON as the pure code sees it: a checked reader over somebody else's values, and a small builder.
//!
//! In the browser a value is what `Response.json()` gave and stays a JavaScript value; in native code it is whatever
//! implements [`Json`] (the tests use `serde_json`). Nobody here copies a whole document: the members that matter are
//! read one by one, and what is wrong is reported with the path of the field.

use std::fmt;

/// A JSON value that can be looked into.
pub trait Json: Clone {
    /// The own member of an object; `None` where it is absent, `undefined`, or this is not an object.
    fn member(&self, name: &str) -> Option<Self>;
    /// The elements of an array.
    fn elements(&self) -> Option<Vec<Self>>;
    /// The text of a string.
    fn text(&self) -> Option<String>;
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
}

/// JSON values that can be built, and the encodings that every platform brings along.
pub trait Platform: Json {
    /// `{}`.
    fn object() -> Self;
    /// A string.
    fn string(text: &str) -> Self;
    /// `true` or `false`.
    fn bool(value: bool) -> Self;
    /// `null`.
    fn null() -> Self;
    /// An array.
    fn array(items: Vec<Self>) -> Self;
    /// A shallow copy of an object, so that a caller's own is never changed.
    #[must_use]
    fn shallow_copy(&self) -> Self;
    /// Sets a member of an object made by one of the above.
    fn set(&self, name: &str, value: Self);

    /// Reads a JSON text.
    fn parse(text: &str) -> Option<Self>;
    /// One path segment, percent-encoded (RFC 3986).
    fn encode_segment(text: &str) -> String;
    /// `application/x-www-form-urlencoded` text.
    fn form(pairs: &[(&str, &str)]) -> String;
    /// An HTTP date (RFC 9110 section 5.6.7) as milliseconds since the epoch.
    fn http_date_ms(text: &str) -> Option<f64>;
}

/// A number in decimal, without the weight of the formatting machinery.
#[must_use]
pub fn number(mut n: u32) -> String {
    let mut digits = Vec::new();
    loop {
        digits.insert(0, b'0' + (n % 10) as u8);
        n /= 10;
        if n == 0 {
            return String::from_utf8(digits).unwrap_or_default();
        }
    }
}

/// A field that is not what the contract says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Malformed {
    /// Path of the field, such as `threads[1].id`.
    pub field: String,
    /// What it should be.
    pub expected: &'static str,
}

impl Malformed {
    /// The sentence for an error.
    #[must_use]
    pub fn sentence(&self) -> String {
        [&self.field, " should be ", self.expected].concat()
    }
}

/// A value and where it stands, so that an error can name it.
#[derive(Clone)]
pub struct Field<J> {
    value: J,
    path: String,
}

impl<J: Json> Field<J> {
    /// The root of an answer, under the name it goes by in errors.
    pub fn root(value: J, name: &str) -> Self {
        Self { value, path: name.to_owned() }
    }

    /// The value itself.
    pub fn value(&self) -> &J {
        &self.value
    }

    /// The value itself, by move.
    pub fn into_value(self) -> J {
        self.value
    }

    fn path_to(&self, name: &str) -> String {
        let dot = if self.path.is_empty() { "" } else { "." };
        [&self.path, dot, name].concat()
    }

    fn malformed(&self, expected: &'static str) -> Malformed {
        Malformed { field: self.path.clone(), expected }
    }

    /// This, if it is an object.
    pub fn object(self) -> Result<Self, Malformed> {
        if self.value.is_object() { Ok(self) } else { Err(self.malformed("an object")) }
    }

    /// A member that has to be there.
    pub fn required(&self, name: &str) -> Result<Self, Malformed> {
        let path = self.path_to(name);
        match self.value.member(name) {
            Some(value) => Ok(Self { value, path }),
            None => Err(Malformed { field: path, expected: "present" }),
        }
    }

    /// A member that is a string with something in it.
    pub fn text(&self, name: &str) -> Result<String, Malformed> {
        match self.value.text_at(name) {
            Some(text) if !text.is_empty() => Ok(text),
            _ => Err(Malformed { field: self.path_to(name), expected: "a non-empty string" }),
        }
    }

    /// A member that is a string, absent or null.
    pub fn optional_text(&self, name: &str) -> Result<Option<String>, Malformed> {
        match self.value.member(name) {
            None => Ok(None),
            Some(value) if value.is_null() => Ok(None),
            Some(value) => match value.text() {
                Some(text) => Ok(Some(text)),
                None => Err(Malformed { field: self.path_to(name), expected: "a string" }),
            },
        }
    }

    /// A member that is a boolean.
    pub fn boolean(&self, name: &str) -> Result<bool, Malformed> {
        self.value
            .member(name)
            .and_then(|value| value.boolean())
            .ok_or_else(|| Malformed { field: self.path_to(name), expected: "true or false" })
    }

    /// A member that is an array, element by element.
    pub fn elements(&self, name: &str) -> Result<Vec<Self>, Malformed> {
        let path = self.path_to(name);
        match self.value.member(name).and_then(|value| value.elements()) {
            Some(items) => Ok(items
                .into_iter()
                .enumerate()
                .map(|(index, value)| Self { value, path: [&path, "[", &number(index as u32), "]"].concat() })
                .collect()),
            None => Err(Malformed { field: path, expected: "an array" }),
        }
    }
}

impl<J> fmt::Debug for Field<J> {
    // The value may hold anything the user wrote; its place is enough.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Field({})", self.path)
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
        fn elements(&self) -> Option<Vec<Self>> {
            self.0.borrow().as_array().map(|items| items.iter().cloned().map(Self::from).collect())
        }
        fn text(&self) -> Option<String> {
            self.0.borrow().as_str().map(str::to_owned)
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
        fn null() -> Self {
            Value::Null.into()
        }
        fn array(items: Vec<Self>) -> Self {
            Value::Array(items.iter().map(Self::to_value).collect()).into()
        }
        fn shallow_copy(&self) -> Self {
            self.to_value().into()
        }
        fn parse(text: &str) -> Option<Self> {
            serde_json::from_str::<Value>(text).ok().map(Self::from)
        }
        fn encode_segment(text: &str) -> String {
            utf8_percent_encode(text, SEGMENT).to_string()
        }
        fn form(pairs: &[(&str, &str)]) -> String {
            form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish()
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
    }
}

#[cfg(test)]
mod tests {
    use super::native::NativeJson;
    use super::*;

    fn root(text: &str) -> Field<NativeJson> {
        Field::root(NativeJson::parse(text).unwrap(), "answer")
    }

    #[test]
    fn errors_name_the_field() {
        let answer = root(r#"{"threads":[{"id":"a"},{"id":7}],"hasMore":"yes"}"#);
        let threads = answer.elements("threads").unwrap();
        assert_eq!(threads[0].text("id").unwrap(), "a");
        assert_eq!(
            threads[1].text("id").unwrap_err().sentence(),
            "answer.threads[1].id should be a non-empty string"
        );
        assert_eq!(answer.boolean("hasMore").unwrap_err().field, "answer.hasMore");
        assert_eq!(answer.elements("nope").unwrap_err().expected, "an array");
    }

    #[test]
    fn numbers() {
        for n in [0, 7, 10, 429, u32::MAX] {
            assert_eq!(number(n), n.to_string());
        }
    }

    #[test]
    fn null_and_absent_are_both_no_text() {
        let answer = root(r#"{"a":null,"b":1}"#);
        assert_eq!(answer.optional_text("a"), Ok(None));
        assert_eq!(answer.optional_text("z"), Ok(None));
        assert!(answer.optional_text("b").is_err());
    }

    #[test]
    fn a_copy_leaves_the_original_alone() {
        let original = NativeJson::parse(r#"{"a":1}"#).unwrap();
        let copy = original.shallow_copy();
        copy.set("userKey", NativeJson::string("u"));
        assert!(original.member("userKey").is_none());
        assert_eq!(copy.text_at("userKey").unwrap(), "u");
    }
}
