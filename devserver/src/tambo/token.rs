//! `POST /oauth/token`: the provider's token for a session token (RFC 8693).

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Serialize;
use serde_json::Value;

use super::problem::{self, Problem};
use super::session_token;
use super::validate::Checks;
use crate::app::Shared;
use crate::guard::{self, Call};
use crate::store::Clock;
use crate::verify::Refusal;

const GRANT_TYPE: &str = "urn:ietf:params:oauth:grant-type:token-exchange";
const ACCESS_TOKEN: &str = "urn:ietf:params:oauth:token-type:access_token";
const ID_TOKEN: &str = "urn:ietf:params:oauth:token-type:id_token";
const LONGEST_TOKEN: usize = 8192;

#[derive(Serialize)]
struct Exchanged {
    access_token: String,
    token_type: &'static str,
    expires_in: i64,
    issued_token_type: &'static str,
}

/// Answers 201 with a session token, or says why not.
pub(super) async fn exchange(State(app): State<Shared>, call: Call) -> Result<Response, Problem> {
    let project = guard::project(&app, &call)?;
    let subject_token = requested(call.body())?;
    call.note.set_subject(app.calls.subject(subject_token));
    let now = Clock::seconds().saturating_add(call.faults.skew());
    let subject = project.verifier.verify(subject_token, now, &app.discovery).await.map_err(|refused| {
        tracing::warn!("project {:?} refused a subject token: {}", project.name, refused.why);
        answer(refused.answer)
    })?;
    let longest = call.faults.lifetime().unwrap_or(app.token_lifetime);
    let cap = i64::try_from(longest.as_secs()).unwrap_or(i64::MAX);
    let expires_in = subject.exp.map_or(cap, |exp| cap.min(exp.saturating_sub(now)));
    let claims = session_token::claims(&project, &subject, now, now.saturating_add(expires_in));
    call.note.set_user(&session_token::context_key(&claims));
    let access_token = session_token::sign(&project, &claims).map_err(|error| {
        tracing::error!("a session token cannot be signed: {error}");
        Problem::internal()
    })?;
    let body = Exchanged { access_token, token_type: "Bearer", expires_in, issued_token_type: ACCESS_TOKEN };
    Ok(problem::json(StatusCode::CREATED, &body))
}

/// The subject token of a well-formed request.
fn requested(body: &Value) -> Result<&str, Problem> {
    let mut checks = Checks::default();
    for name in ["grant_type", "subject_token", "subject_token_type"] {
        checks.filled_string(body, name);
    }
    for name in ["audience", "scope"] {
        checks.optional_string(body, name);
    }
    checks.finish()?;
    let text = |name: &str| body.get(name).and_then(Value::as_str).unwrap_or_default();
    if text("grant_type") != GRANT_TYPE {
        return Err(Problem::bad_request(format!("Invalid grant_type. Must be '{GRANT_TYPE}'")));
    }
    if ![ACCESS_TOKEN, ID_TOKEN].contains(&text("subject_token_type")) {
        return Err(Problem::bad_request(format!(
            "Invalid subject_token_type. Must be one of: {ACCESS_TOKEN}, {ID_TOKEN}"
        )));
    }
    let subject_token = text("subject_token");
    if subject_token.chars().count() > LONGEST_TOKEN {
        return Err(Problem::bad_request("Subject token too large"));
    }
    Ok(subject_token)
}

fn answer(refusal: Refusal) -> Problem {
    match refusal {
        Refusal::Expired => Problem::unauthorized("Token has expired"),
        Refusal::NoSubject => Problem::unauthorized("Subject token missing subject (sub)"),
        Refusal::Invalid => Problem::unverified("Invalid OAuth subject token"),
        Refusal::KeyMismatch => Problem::unauthorized("Invalid public key configuration"),
        Refusal::Issuer(message) => Problem::unauthorized(message),
        Refusal::IssuerForm(message) => Problem::bad_request(message),
    }
}
