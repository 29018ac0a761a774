//! The props of a component while they are still being written: what a fragment of JSON says so far, and how that
//! differs from what it said before.

use serde_json::{Map, Value, json};

/// Props in the making.
#[derive(Debug, Default)]
pub(super) struct Props {
    text: String,
    known: Map<String, Value>,
}

/// A change of the props, as an event tells it.
#[derive(Debug, PartialEq)]
pub(super) struct Change {
    /// RFC 6902, each prop as a whole: what has grown is sent again.
    pub(super) operations: Vec<Value>,
    /// For each prop `started`, `streaming` or `done`.
    pub(super) status: Map<String, Value>,
}

impl Props {
    /// Takes more of the JSON and says what has changed by it, if anything.
    pub(super) fn push(&mut self, fragment: &str) -> Option<Change> {
        self.text.push_str(fragment);
        let Value::Object(now) = closed(&self.text)? else { return None };
        let mut operations = Vec::new();
        let mut status = Map::new();
        let newest = now.len().saturating_sub(1);
        for (index, (name, value)) in now.iter().enumerate() {
            let before = self.known.get(name);
            let operation = if before.is_none() { "add" } else { "replace" };
            if before != Some(value) {
                let path = format!("/{}", name.replace('~', "~0").replace('/', "~1"));
                operations.push(json!({ "op": operation, "path": path, "value": value }));
            }
            // A prop is done when a later one has come.
            let state = match before {
                _ if index < newest => "done",
                None => "started",
                Some(_) => "streaming",
            };
            status.insert(name.clone(), state.into());
        }
        self.known = now;
        (!operations.is_empty()).then_some(Change { operations, status })
    }

    /// The props as they came to be, with what a component says of itself while it is made.
    pub(super) fn whole(&self) -> Value {
        self.known.clone().into()
    }

    /// The props as they are kept.
    pub(super) fn kept(&self) -> Value {
        let own = |name: &str| name.starts_with("_tambo_");
        self.known
            .iter()
            .filter(|(name, _)| !own(name))
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect()
    }
}

/// The value of a JSON text that may end anywhere: what is open at its end is closed there. `None` while it says
/// nothing yet, and where it is no JSON.
fn closed(text: &str) -> Option<Value> {
    let (mut open, mut in_string, mut escaped) = (Vec::new(), false, false);
    // A text can end where no value can: behind a comma, a colon, or inside of a word. Then the last place counts at
    // which it could.
    let mut ends = Vec::new();
    for (index, character) in text.char_indices() {
        if in_string {
            match character {
                _ if escaped => escaped = false,
                '\\' => escaped = true,
                '"' => in_string = false,
                _ => {}
            }
        } else {
            match character {
                '"' => in_string = true,
                '{' => open.push('}'),
                '[' => open.push(']'),
                '}' | ']' => {
                    open.pop();
                }
                _ => {}
            }
        }
        let quote = if in_string && !escaped { "\"" } else { "" };
        let rest: String = open.iter().rev().collect();
        ends.push((index + character.len_utf8(), quote, rest));
    }
    ends.iter().rev().find_map(|(end, quote, rest)| {
        serde_json::from_str(&format!("{}{quote}{rest}", text.get(..*end)?)).ok()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_closed_wherever_it_ends() {
        let cases = [
            ("", None),
            ("{", Some(json!({}))),
            ("{\"a", Some(json!({}))),
            ("{\"a\":", Some(json!({}))),
            ("{\"a\":\"x", Some(json!({ "a": "x" }))),
            ("{\"a\":\"x\\", Some(json!({ "a": "x" }))),
            ("{\"a\":\"x\\\"", Some(json!({ "a": "x\"" }))),
            ("{\"a\":\"é", Some(json!({ "a": "é" }))),
            ("{\"a\":tr", Some(json!({}))),
            ("{\"a\":1,", Some(json!({ "a": 1 }))),
            ("{\"a\":[1,{\"b\":\"}", Some(json!({ "a": [1, { "b": "}" }] }))),
            ("nonsense", None),
        ];
        for (text, expected) in cases {
            assert_eq!(closed(text), expected, "{text}");
        }
    }

    #[test]
    fn each_prop_is_sent_whole_until_a_later_one_comes() {
        let mut props = Props::default();
        assert_eq!(props.push("{\"ti"), None);
        let change = props.push("tle\":\"A\"").unwrap();
        assert_eq!(change.operations, [json!({ "op": "add", "path": "/title", "value": "A" })]);
        assert_eq!(Value::from(change.status), json!({ "title": "started" }));
        let change = props.push(",\"a/b~\":[1").unwrap();
        assert_eq!(change.operations, [json!({ "op": "add", "path": "/a~1b~0", "value": [1] })]);
        assert_eq!(Value::from(change.status), json!({ "title": "done", "a/b~": "started" }));
        let change = props.push(",2],\"_tambo_statusMessage\":\"x\"}").unwrap();
        assert_eq!(change.operations[0], json!({ "op": "replace", "path": "/a~1b~0", "value": [1, 2] }));
        assert_eq!(props.whole()["_tambo_statusMessage"], "x");
        assert_eq!(props.kept(), json!({ "title": "A", "a/b~": [1, 2] }));
    }
}
