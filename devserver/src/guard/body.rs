//! Reading a request's body, JSON or form, before anything else looks at the request.

use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::http::header;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use serde_json::error::Category;
use serde_json::{Map, Value};

use crate::mcp;
use crate::tambo::problem::Problem;

/// The service's limit.
pub(crate) const LARGEST: usize = 10 * 1024 * 1024;

/// The body as an object, empty where there was none. Handlers read it through [`Call`](super::Call).
#[derive(Debug, Clone)]
pub(crate) struct ParsedBody(pub(crate) Value);

/// Replaces the request's body by the parsed one. That of the MCP endpoint is left to it.
pub(crate) async fn read(request: Request, next: Next) -> Response {
    if request.uri().path() == mcp::PATH {
        return next.run(request).await;
    }
    let (mut parts, body) = request.into_parts();
    let content_type =
        parts.headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let essence = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let Ok(bytes) = to_bytes(body, LARGEST).await else { return Problem::too_large().into_response() };
    let parsed = match essence.as_str() {
        _ if bytes.is_empty() => Ok(Value::Object(Map::new())),
        "application/json" => json(&bytes),
        "application/x-www-form-urlencoded" => Ok(form(&bytes)),
        _ => Ok(Value::Object(Map::new())),
    };
    match parsed {
        Ok(value) => {
            parts.extensions.insert(ParsedBody(value));
            next.run(Request::from_parts(parts, Body::empty())).await
        }
        Err(problem) => problem.into_response(),
    }
}

fn form(bytes: &[u8]) -> Value {
    form_urlencoded::parse(bytes)
        .map(|(name, value)| (name.into_owned(), value.into_owned().into()))
        .collect::<Map<_, _>>()
        .into()
}

/// Parses JSON and puts a mistake into words close to the ones JavaScript's parser would use.
fn json(bytes: &[u8]) -> Result<Value, Problem> {
    match serde_json::from_slice(bytes) {
        Ok(value @ (Value::Object(_) | Value::Array(_))) => Ok(value),
        Ok(_) => Err(Problem::bad_request("Unexpected token in JSON at position 0 (line 1 column 1)")),
        Err(error) => {
            let (line, column) = (error.line().max(1), error.column());
            let before: usize =
                bytes.split_inclusive(|byte| *byte == b'\n').take(line - 1).map(<[u8]>::len).sum();
            let place = |column: usize| {
                format!("at position {} (line {line} column {})", before + column, column + 1)
            };
            Err(Problem::bad_request(match error.classify() {
                Category::Eof if error.to_string().contains("string") => {
                    format!("Unterminated string in JSON {}", place(column))
                }
                Category::Eof => "Unexpected end of JSON input".to_owned(),
                _ => format!("Unexpected token in JSON {}", place(column.saturating_sub(1))),
            }))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mistakes_in_json_are_placed() {
        let cases = [
            ("{\"bad", "Unterminated string in JSON at position 5 (line 1 column 6)"),
            ("{\"a\":1", "Unexpected end of JSON input"),
            ("{\n  bad}", "Unexpected token in JSON at position 4 (line 2 column 3)"),
            ("7", "Unexpected token in JSON at position 0 (line 1 column 1)"),
        ];
        for (text, expected) in cases {
            let problem = format!("{:?}", json(text.as_bytes()).unwrap_err());
            assert!(problem.contains(expected), "{text:?}: {problem}");
        }
    }

    #[test]
    fn forms_become_objects() {
        assert_eq!(form(b"a=1&b=x%20y+z"), serde_json::json!({ "a": "1", "b": "x y z" }));
    }
}
