//! Searching: which rows are meant, in which order, and what of them is shown.

use std::cmp::Ordering;

use axum::http::{HeaderName, HeaderValue};
use axum::response::Response;
use serde_json::{Map, Value};

use super::plan::{mistyped, odd};
use super::problem::{Problem, ok};

const MOST: u64 = 1000;

/// Which part of a list is asked for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Page {
    pub(super) limit: usize,
    pub(super) offset: usize,
}

impl Page {
    /// `limit` and `offset` of a body.
    pub(super) fn of_body(body: &Map<String, Value>) -> Result<Self, Problem> {
        let read = |name: &str, default: u64, least: u64| match body
            .get(name)
            .filter(|value| !value.is_null())
        {
            None => Ok(default),
            Some(value) => {
                let number = value.as_i64().ok_or_else(|| mistyped(name, value, "integer"))?;
                let wrong = |keyword: &str, words: String| {
                    Problem::invalid(format!(
                        "{number} is {words}\n\nFailed validating \"{keyword}\" in schema[\"properties\"][\"{name}\"]\n\n\
                         On instance[\"{name}\"]:\n    {number}"
                    ))
                };
                match u64::try_from(number) {
                    Ok(number) if name == "limit" && number > MOST => {
                        Err(wrong("maximum", format!("greater than the maximum of {MOST}")))
                    }
                    Ok(number) if number >= least => Ok(number),
                    _ => Err(wrong("minimum", format!("less than the minimum of {least}"))),
                }
            }
        };
        Ok(Self::new(read("limit", 10, 1)?, read("offset", 0, 0)?))
    }

    /// Those of a query, where they are numbers.
    pub(super) fn of_query(limit: Option<&str>, offset: Option<&str>) -> Self {
        let read = |text: Option<&str>, default| text.and_then(|text| text.parse().ok()).unwrap_or(default);
        Self::new(read(limit, 10), read(offset, 0))
    }

    fn new(limit: u64, offset: u64) -> Self {
        let size = |number| usize::try_from(number).unwrap_or(usize::MAX);
        Self { limit: size(limit), offset: size(offset) }
    }

    /// The part of a list.
    pub(super) fn take<T>(self, rows: Vec<T>) -> impl Iterator<Item = T> {
        rows.into_iter().skip(self.offset).take(self.limit)
    }

    /// A list's answer. Its headers say where to go on, and a total that only counts what has been seen and one more:
    /// the server looks no further.
    pub(super) fn answer(self, rows: Vec<Value>) -> Response {
        let next = self.offset.saturating_add(self.limit);
        let more = next < rows.len();
        let shown: Vec<_> = self.take(rows).collect();
        let seen = self.offset.saturating_add(shown.len()).saturating_add(usize::from(more));
        let mut response = ok(&shown);
        let headers = response.headers_mut();
        headers.insert(HeaderName::from_static("x-pagination-total"), HeaderValue::from(seen));
        if more {
            headers.insert(HeaderName::from_static("x-pagination-next"), HeaderValue::from(next));
        }
        response
    }
}

/// Whether a value holds all of another: of objects the members that are named, of lists the items.
pub(super) fn contains(value: &Value, part: &Value) -> bool {
    match (value, part) {
        (Value::Object(value), Value::Object(part)) => {
            part.iter().all(|(name, part)| value.get(name).is_some_and(|value| contains(value, part)))
        }
        (Value::Array(value), Value::Array(part)) => {
            part.iter().all(|part| value.iter().any(|value| contains(value, part)))
        }
        _ => value == part,
    }
}

/// Whether a member of a row holds what the body asks for under that name.
pub(super) fn matches(row: &Value, body: &Map<String, Value>, name: &str) -> bool {
    let asked = body.get(name).filter(|asked| !asked.is_null());
    asked.is_none_or(|asked| row.get(name).is_some_and(|value| contains(value, asked)))
}

/// Sorts rows as the body says: by creation, the newest first, if it says nothing.
pub(super) fn sort(rows: &mut [Value], body: &Map<String, Value>, columns: &[&str]) -> Result<(), Problem> {
    let text = |name: &str| body.get(name).and_then(Value::as_str);
    let column = text("sort_by").unwrap_or("created_at");
    if !columns.contains(&column) {
        return Err(odd("sort_by", column, &format!("\"{}\"", columns.join("\", \""))));
    }
    let order = text("sort_order").unwrap_or("desc").to_ascii_lowercase();
    let by = |row: &Value| row.get(column).and_then(Value::as_str).unwrap_or_default().to_owned();
    rows.sort_by(|one, other| {
        let ascending: Ordering = by(one).cmp(&by(other));
        if order == "asc" { ascending } else { ascending.reverse() }
    });
    Ok(())
}

/// A row with what the body asks to see of it: some of its members, and what is to be taken out of them by paths such
/// as `values.messages[-1].content`.
pub(super) fn shown(row: Value, body: &Map<String, Value>) -> Value {
    let extracted = body.get("extract").and_then(Value::as_object).map(|asked| {
        let found = |path: &Value| at(&row, path.as_str().unwrap_or_default()).cloned().unwrap_or_default();
        asked.iter().map(|(name, path)| (name.clone(), found(path))).collect::<Map<_, _>>()
    });
    let mut members = match row {
        Value::Object(members) => members,
        other => return other,
    };
    if let Some(select) = body.get("select").and_then(Value::as_array) {
        members.retain(|name, _| select.iter().any(|selected| selected == name));
    }
    members.extend(extracted.map(|extracted| ("extracted".to_owned(), extracted.into())));
    members.into()
}

fn at<'a>(row: &'a Value, path: &str) -> Option<&'a Value> {
    path.split('.').try_fold(row, |value, step| {
        let (name, indices) = step.split_once('[').unwrap_or((step, ""));
        let member = value.get(name)?;
        indices.split('[').filter(|index| !index.is_empty()).try_fold(member, |value, index| {
            let items = value.as_array()?;
            let index: i64 = index.trim_end_matches(']').parse().ok()?;
            let from_the_end =
                || usize::try_from(index.unsigned_abs()).ok().and_then(|back| items.len().checked_sub(back));
            items.get(if index < 0 { from_the_end()? } else { usize::try_from(index).ok()? })
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn body(value: Value) -> Map<String, Value> {
        value.as_object().unwrap().clone()
    }

    #[test]
    fn paths() {
        let row = json!({ "values": { "messages": [{ "content": "a" }, { "content": "b" }] } });
        let asked =
            body(json!({ "extract": { "last": "values.messages[-1].content", "none": "values.x[0]" } }));
        assert_eq!(shown(row.clone(), &asked)["extracted"], json!({ "last": "b", "none": null }));
        let selected = body(json!({ "select": ["thread_id"] }));
        assert_eq!(shown(json!({ "thread_id": "t", "values": 1 }), &selected), json!({ "thread_id": "t" }));
        assert_eq!(at(&row, "values.messages[0].content"), Some(&json!("a")));
        assert_eq!(at(&row, "values.messages[-3].content"), None);
    }

    #[test]
    fn what_a_value_holds() {
        let value = json!({ "a": { "b": 1, "c": [1, 2] }, "d": null });
        for part in
            [json!({}), json!({ "a": { "b": 1 } }), json!({ "a": { "c": [2] } }), json!({ "d": null })]
        {
            assert!(contains(&value, &part), "{part}");
        }
        for part in [json!({ "a": 1 }), json!({ "a": { "b": 2 } }), json!({ "e": null })] {
            assert!(!contains(&value, &part), "{part}");
        }
    }

    #[test]
    fn pages() {
        let page = |value| Page::of_body(&body(value)).map(|page| (page.limit, page.offset));
        assert_eq!(page(json!({})).unwrap(), (10, 0));
        assert_eq!(page(json!({ "limit": 2, "offset": 4 })).unwrap(), (2, 4));
        for wrong in [
            json!({ "limit": 0 }),
            json!({ "limit": 1001 }),
            json!({ "limit": "x" }),
            json!({ "offset": -1 }),
        ] {
            assert!(page(wrong).is_err());
        }
    }
}
