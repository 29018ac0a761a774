//! The answer of a token endpoint (RFC 8693 section 2.2, RFC 6749 section 5), read with the contracts' deviations.

use super::reply::{Reply, code_of, refuse};
use super::retry::digits;
use crate::error::{Code, Failure};
use crate::json::{Json, Malformed, Platform};
use crate::secret::{Secret, is_b64token};
use crate::session::{Claims, Exchanged};

/// What an answer means to the session. Bodies are capped by the shell.
#[must_use]
pub fn read_exchange<J: Platform>(answer: &Reply<J>, known: &[&str]) -> Exchanged {
    if !answer.ok() {
        return refused(answer, known);
    }
    match grant(answer.json.as_ref()) {
        Ok((token, expires_in_s)) => {
            let claims = Claims::of::<J>(&token);
            Exchanged::Granted { token: Secret::new(token), expires_in_s, claims }
        }
        Err(what) => {
            let message = ["the token exchange answered something else than a token: ", &what.0];
            Exchanged::Failed(Failure::of(Code::ExchangeMalformed, &message).retryable().into())
        }
    }
}

fn grant<J: Json>(json: Option<&J>) -> Result<(String, Option<f64>), Malformed> {
    let wrong = |field, expected| Err(Malformed::new(field, expected));
    let Some(json) = json else { return wrong("the answer", "JSON of at most 64 KiB") };
    if !json.is_object() {
        return wrong("the answer", "an object");
    }
    let token = json.required_text("access_token")?;
    if !is_b64token(&token) {
        return wrong("access_token", "a bearer token (RFC 6750 section 2.1)");
    }
    if !json.required_text("token_type")?.eq_ignore_ascii_case("bearer") {
        return wrong("token_type", "Bearer, the only one that can be used (RFC 6749 section 7.1)");
    }
    let issued = json.optional_text("issued_token_type")?;
    let usable = ["urn:ietf:params:oauth:token-type:access_token", "urn:ietf:params:oauth:token-type:jwt"];
    if issued.is_some_and(|issued| !usable.contains(&issued.as_str())) {
        return wrong("issued_token_type", "an access token");
    }
    // A number, or a decimal string, as some servers send it.
    let life = json.member("expires_in");
    Ok((token, life.and_then(|value| value.number().or_else(|| digits(value.text()?.trim_ascii())))))
}

/// Codes that say that the client or project is wrong, whatever the subject token (RFC 6749 section 5.2, RFC 8693 section
/// 2.2.2). `error` is only a code where no numeric `statusCode` stands beside it: elsewhere it is the reason phrase.
const MISCONFIGURED: [&str; 5] =
    ["unsupported_grant_type", "invalid_client", "unauthorized_client", "invalid_scope", "invalid_target"];

fn refused<J: Json>(reply: &Reply<J>, known: &[&str]) -> Exchanged {
    let mut failure = refuse("token exchange", reply, known);
    let (code, transient) = code_of(reply.status);
    if transient {
        failure.code = code;
        return Exchanged::Failed(failure.into());
    }
    failure.code = Code::ExchangeRejected;
    let oauth_code = reply
        .json
        .as_ref()
        .filter(|json| json.member("statusCode").and_then(|status| status.number()).is_none())
        .and_then(|json| json.text_at("error"));
    let misconfigured = match reply.status {
        400 | 401 | 413 | 422 => oauth_code.is_some_and(|code| MISCONFIGURED.contains(&code.as_str())),
        _ => true,
    };
    if misconfigured { Exchanged::Misconfigured(failure.into()) } else { Exchanged::Rejected(failure.into()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::native::NativeJson;

    fn refusal(status: u16, body: &str) -> Exchanged {
        read_exchange(&Reply::new(status, body.into(), NativeJson::parse(body.as_bytes())), &[])
    }

    fn success(body: &str) -> Exchanged {
        refusal(201, body)
    }

    fn granted(body: &str) -> Option<f64> {
        match success(body) {
            Exchanged::Granted { token, expires_in_s, .. } => {
                assert_eq!(token.expose(), "abc");
                expires_in_s
            }
            other => panic!("{body}: {other:?}"),
        }
    }

    #[test]
    fn every_odd_expires_in_is_read_or_left_out() {
        // Case 23.
        for (given, expected) in [
            ("900", Some(900.0)),
            ("\"3600\"", Some(3600.0)),
            ("1.5", Some(1.5)),
            ("0", Some(0.0)),
            ("-5", Some(-5.0)),
            ("\"abc\"", None),
            ("null", None),
            ("{}", None),
            ("[1]", None),
            ("true", None),
            ("1e308", Some(1e308)),
        ] {
            let body = format!(r#"{{"access_token":"abc","token_type":"Bearer","expires_in":{given}}}"#);
            assert_eq!(granted(&body), expected, "{given}");
        }
        assert_eq!(granted(r#"{"access_token":"abc","token_type":"bEaReR"}"#), None);
    }

    #[test]
    fn what_is_no_grant_is_malformed_and_says_where() {
        for (body, names) in [
            ("", "JSON"),
            ("<html>", "JSON"),
            ("{\"access_token\":\"a", "JSON"),
            ("[]", "an object"),
            ("\"abc\"", "an object"),
            ("{}", "access_token"),
            (r#"{"access_token":7,"token_type":"Bearer"}"#, "access_token"),
            (r#"{"access_token":"","token_type":"Bearer"}"#, "access_token"),
            (r#"{"access_token":"a\r\nb","token_type":"Bearer"}"#, "access_token"),
            (r#"{"access_token":"abc"}"#, "token_type"),
            (r#"{"access_token":"abc","token_type":"N_A"}"#, "token_type"),
            (
                r#"{"access_token":"abc","token_type":"Bearer","issued_token_type":"urn:ietf:params:oauth:token-type:saml2"}"#,
                "issued_token_type",
            ),
        ] {
            let Exchanged::Failed(failure) = success(body) else { panic!("{body}") };
            assert_eq!(failure.code, Code::ExchangeMalformed);
            assert!(failure.message.contains(names), "{}", failure.message);
            assert!(failure.retryable);
        }
    }

    #[test]
    fn refusals_are_told_apart() {
        let nest = r#"{"message":"Invalid OAuth subject token","statusCode":401}"#;
        assert!(matches!(refusal(401, nest), Exchanged::Rejected(_)));
        let reason = r#"{"message":"x","error":"Unauthorized","statusCode":401}"#;
        assert!(matches!(refusal(401, reason), Exchanged::Rejected(_)));
        assert!(matches!(refusal(403, "{}"), Exchanged::Misconfigured(_)));
        assert!(matches!(refusal(404, ""), Exchanged::Misconfigured(_)));
        assert!(matches!(refusal(400, r#"{"error":"invalid_grant"}"#), Exchanged::Rejected(_)));
        assert!(matches!(refusal(400, r#"{"error":"invalid_request"}"#), Exchanged::Rejected(_)));
        for code in MISCONFIGURED {
            let body = format!(r#"{{"error":"{code}"}}"#);
            assert!(matches!(refusal(400, &body), Exchanged::Misconfigured(_)), "{code}");
        }
        for (status, code) in
            [(408, Code::NetworkTimeout), (429, Code::RateLimited), (500, Code::Server), (522, Code::Server)]
        {
            let Exchanged::Failed(failure) = refusal(status, "") else { panic!("{status}") };
            assert_eq!(failure.code, code);
        }
    }
}
