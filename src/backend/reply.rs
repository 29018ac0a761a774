//! What an answer outside 200-299 means.

use crate::error::{Code, Detail, Failure};
use crate::json::{Json, Platform, number};
use crate::secret::{Secret, scrub};

/// An answer, as far as it was read.
#[derive(Clone, Debug)]
pub struct Reply<J> {
    /// The HTTP status.
    pub status: u16,
    /// The body, if it was read and was JSON.
    pub json: Option<J>,
    /// The body of a refusal or exchange as text, capped.
    pub text: String,
    /// `Retry-After`, if it could be read: CORS may hide it.
    pub retry_after_ms: Option<u32>,
    /// The backend's request id, if it could be read.
    pub request_id: Option<String>,
    /// The content type, which CORS always lets be read.
    pub content_type: String,
    /// Where the next page begins and how many things there are at least, if the backend says so in headers.
    pub next: Option<f64>,
    /// See above.
    pub total: Option<f64>,
    /// The token that a backend answers with, if it could be read.
    pub authorization: Option<Secret>,
    /// The platform's own object.
    pub response: J,
}

impl<J: Platform> Reply<J> {
    /// An answer of which only status and body are known.
    pub fn new(status: u16, text: String, json: Option<J>) -> Self {
        let (retry_after_ms, request_id, content_type) = (None, None, String::new());
        let (next, total, authorization, response) = (None, None, None, J::null());
        Self {
            status,
            json,
            text,
            retry_after_ms,
            request_id,
            content_type,
            next,
            total,
            authorization,
            response,
        }
    }
}

impl<J> Reply<J> {
    /// Whether it is a success.
    pub fn ok(&self) -> bool {
        (200..300).contains(&self.status)
    }
}

/// The code of a status, and whether the same thing may work later.
pub(super) fn code_of(status: u16) -> (Code, bool) {
    match status {
        401 => (Code::Unauthorized, false),
        402 => (Code::PaymentRequired, false),
        403 => (Code::Forbidden, false),
        404 | 410 => (Code::NotFound, false),
        408 => (Code::NetworkTimeout, true),
        409 => (Code::Conflict, false),
        413 => (Code::TooLarge, false),
        425 | 429 => (Code::RateLimited, true),
        500.. => (Code::Server, true),
        _ => (Code::BadRequest, false),
    }
}

/// Whether a status shows that the bearer was accepted. A gateway's 502 or a refused API key says nothing about it.
#[must_use]
pub const fn accepts(status: u16) -> bool {
    matches!(status, 200..=299 | 400 | 404 | 409 | 410 | 422)
}

/// Every error shape of the contracts, read for what it says (Tambo contract, section 3: four shapes).
pub fn refuse<J: Json>(call: &str, reply: &Reply<J>, known: &[&str]) -> Failure {
    let (code, retryable) = code_of(reply.status);
    let words = scrub(&words(reply), known);
    let comma = if words.is_empty() { "" } else { ", " };
    let status = number(reply.status.into());
    let mut failure = Failure::of(code, &[call, ": the backend answered ", &status, comma, &words]);
    failure.status = Some(reply.status);
    failure.retryable = retryable;
    failure.retry_after_ms = reply.retry_after_ms;
    failure.request_id = reply.request_id.as_deref().map(|id| scrub(id, known));
    if let Some(json) = &reply.json {
        failure.details = details(json, known);
    }
    failure
}

/// The backend's own words.
fn words<J: Json>(reply: &Reply<J>) -> String {
    let Some(json) = &reply.json else {
        // An error page is no help in an error message; a short plain text is.
        let text = reply.text.trim_ascii();
        return if text.starts_with('<') || text.len() > 200 { String::new() } else { text.to_owned() };
    };
    if let Some(messages) = texts(json, "message") {
        let mut all = String::new();
        for message in &messages {
            all.push_str(if all.is_empty() { "" } else { "; " });
            all.push_str(message);
        }
        return all;
    }
    // What LangGraph's server for Node finds wrong with a body.
    let issues = json.member("error").and_then(|error| error.member("issues"));
    if let Some(first) = issues.map(|issues| issues.item(0)) {
        return first.text_at("message").unwrap_or_default();
    }
    let names = ["detail", "message", "error_description", "title", "error"];
    let said = |name: &&str| json.text_at(name).filter(|text| !text.is_empty());
    let said = names.iter().find_map(said).unwrap_or_default();
    // What Assistant Cloud finds wrong with a body: places and sentences.
    let Some(first) = json.member("details").map(|details| details.item(0)) else { return said };
    let Some(wrong) = first.text_at("message") else { return said };
    let place = first.text_at("path").or_else(|| Some(texts(&first, "path")?.join("."))).unwrap_or_default();
    [&*said, ": ", &*place, " ", &*wrong].concat()
}

/// The texts of a member that is an array.
fn texts<J: Json>(json: &J, name: &str) -> Option<Vec<String>> {
    let list = json.member(name)?;
    let mut texts = Vec::new();
    for index in 0..list.length()? {
        texts.extend(list.item(index).text());
    }
    Some(texts)
}

/// Members of error bodies that a program can act on. The type is that of a problem.
const TEXTS: [&str; 8] =
    ["type", "code", "threadId", "currentRunId", "error", "instance", "plan", "period_end"];
const NUMBERS: [&str; 1] = ["cap"];
const LISTS: [&str; 2] = ["missingToolCallIds", "extraToolCallIds"];

fn details<J: Json>(json: &J, known: &[&str]) -> Vec<(&'static str, Detail)> {
    let mut details = Vec::new();
    for name in TEXTS {
        if let Some(text) = json.text_at(name) {
            let (name, text) = if name == "type" { ("problem", problem(&text)) } else { (name, &*text) };
            details.push((name, Detail::Text(scrub(text, known))));
        }
    }
    for name in NUMBERS {
        if let Some(number) = json.member(name).and_then(|value| value.number()) {
            details.push((name, Detail::Number(number)));
        }
    }
    for name in LISTS {
        if let Some(mut texts) = texts(json, name) {
            for text in &mut texts {
                *text = scrub(text, known);
            }
            details.push((name, Detail::Texts(texts)));
        }
    }
    details
}

/// The last part of a problem's type: `urn:tambo:error:run_active` and `https://…/problems/conflict` (RFC 9457).
fn problem(kind: &str) -> &str {
    let end = kind.bytes().rposition(|byte| matches!(byte, b':' | b'/'));
    end.and_then(|end| kind.get(end + 1..)).unwrap_or(kind)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::native::NativeJson;

    fn failure(status: u16, body: &str) -> Failure {
        let reply = Reply::new(status, body.into(), NativeJson::parse(body.as_bytes()));
        refuse("threads.get", &reply, &["canary-key-123"])
    }

    #[test]
    fn the_four_shapes_of_tambo() {
        let nest = failure(
            400,
            r#"{"message":["limit must not be less than 1"],"error":"Bad Request","statusCode":400}"#,
        );
        assert_eq!(nest.code, Code::BadRequest);
        assert_eq!(nest.message, "threads.get: the backend answered 400, limit must not be less than 1");

        let problem = failure(
            409,
            r#"{"type":"urn:tambo:error:concurrent_run","title":"Concurrent","status":409,"detail":"busy","threadId":"thr_1","currentRunId":"run_1"}"#,
        );
        assert_eq!(problem.code, Code::Conflict);
        assert_eq!(problem.details[0], ("problem", Detail::Text("concurrent_run".into())));
        assert!(problem.details.contains(&("currentRunId", Detail::Text("run_1".into()))));

        let domain = failure(
            403,
            r#"{"type":"https://docs.tambo.co/reference/problems/forbidden","title":"Forbidden","status":403,"detail":"no"}"#,
        );
        assert_eq!(domain.details[0], ("problem", Detail::Text("forbidden".into())));

        let text = failure(401, "Unauthorized");
        assert_eq!(text.message, "threads.get: the backend answered 401, Unauthorized");
    }

    #[test]
    fn the_shapes_of_langgraphs_two_servers() {
        for (status, body, code, words) in [
            (404, r#"{"detail":"Not Found"}"#, Code::NotFound, ", Not Found"),
            (401, r#"{"detail":""}"#, Code::Unauthorized, ""),
            (422, r#"{"detail":"Invalid limit x","message":"no"}"#, Code::BadRequest, ", Invalid limit x"),
            (
                422,
                "Namespace must be a list of labels",
                Code::BadRequest,
                ", Namespace must be a list of labels",
            ),
            (409, r#"{"detail":"Conflict"}"#, Code::Conflict, ", Conflict"),
            (500, "Internal Server Error", Code::Server, ", Internal Server Error"),
            (
                400,
                r#"{"success":false,"error":{"issues":[{"path":["limit"],"message":"Expected number"}],"name":"ZodError"}}"#,
                Code::BadRequest,
                ", Expected number",
            ),
            (400, r#"{"success":false,"error":{"issues":[]}}"#, Code::BadRequest, ""),
            (401, "Unauthorized", Code::Unauthorized, ", Unauthorized"),
        ] {
            let failure = failure(status, body);
            let expected = format!("threads.get: the backend answered {status}{words}");
            assert_eq!((failure.code, &*failure.message), (code, &*expected), "{body}");
        }
    }

    #[test]
    fn assistant_cloud_says_where_a_body_is_wrong() {
        for (details, words) in [
            (
                r#"[{"path":"titel","message":"is not known"},{"path":"x","message":"y"}]"#,
                ": titel is not known",
            ),
            (r#"[{"path":["metadata","title"],"message":"is too long"}]"#, ": metadata.title is too long"),
            ("[]", ""),
            (r#""none""#, ""),
        ] {
            let body = format!(r#"{{"error":"Schema validation error","details":{details}}}"#);
            let expected = format!("threads.get: the backend answered 400, Schema validation error{words}");
            assert_eq!(failure(400, &body).message, expected);
        }
    }

    #[test]
    fn tool_results_are_named() {
        let failure = failure(
            400,
            r#"{"type":"urn:tambo:error:invalid_tool_result","status":400,"detail":"Missing","code":"MISSING_RESULTS","missingToolCallIds":["call_1"]}"#,
        );
        assert!(failure.details.contains(&("missingToolCallIds", Detail::Texts(vec!["call_1".into()]))));
        assert!(failure.details.contains(&("code", Detail::Text("MISSING_RESULTS".into()))));
    }

    #[test]
    fn what_a_server_echoes_is_scrubbed() {
        let jwt = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ4In0.c2lnbmF0dXJl";
        let failure =
            failure(400, &format!(r#"{{"message":"bad {jwt} with canary-key-123","code":"{jwt}"}}"#));
        let all = format!("{failure:?}");
        assert!(!all.contains("eyJ") && !all.contains("canary"), "{all}");
    }

    #[test]
    fn every_status_has_a_code() {
        for (status, code, retryable) in [
            (400, Code::BadRequest, false),
            (401, Code::Unauthorized, false),
            (402, Code::PaymentRequired, false),
            (403, Code::Forbidden, false),
            (404, Code::NotFound, false),
            (408, Code::NetworkTimeout, true),
            (409, Code::Conflict, false),
            (413, Code::TooLarge, false),
            (418, Code::BadRequest, false),
            (422, Code::BadRequest, false),
            (425, Code::RateLimited, true),
            (429, Code::RateLimited, true),
            (500, Code::Server, true),
            (503, Code::Server, true),
            (522, Code::Server, true),
        ] {
            assert_eq!(code_of(status), (code, retryable), "{status}");
        }
    }

    #[test]
    fn an_html_page_is_not_repeated() {
        let failure = failure(502, "<html>Bad gateway</html>");
        assert_eq!(failure.message, "threads.get: the backend answered 502");
    }
}
