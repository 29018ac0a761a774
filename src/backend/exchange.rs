//! The answer of a token endpoint (RFC 8693 section 2.2, RFC 6749 section 5), read with the contracts' deviations.

use super::refusal::{Refusal, code_of, refuse};
use crate::error::{Code, Failure};
use crate::json::{Field, Json};
use crate::secret::{Secret, is_b64token};
use crate::session::{Claims, Exchanged};

/// What came back, as far as it could be read. Bodies are capped by the shell.
#[derive(Debug)]
pub enum ExchangeAnswer<J> {
    /// A 2xx with a body that was JSON, or was not.
    Success(Option<J>),
    /// Another status.
    Refused(Refusal<J>),
}

/// What an answer means to the session. `parse` reads a JWT's payload.
pub fn read_exchange<J: Json>(
    answer: ExchangeAnswer<J>,
    known: &[&str],
    parse: impl FnOnce(&str) -> Option<J>,
) -> Exchanged {
    match answer {
        ExchangeAnswer::Success(None) => malformed("the body is not JSON"),
        ExchangeAnswer::Success(Some(json)) => match grant(json) {
            Ok((token, expires_in_s)) => {
                let claims = Claims::of(&token, parse);
                Exchanged::Granted { token: Secret::new(token), expires_in_s, claims }
            }
            Err(message) => malformed(&message),
        },
        ExchangeAnswer::Refused(refusal) => refused(&refusal, known),
    }
}

fn grant<J: Json>(json: J) -> Result<(String, Option<f64>), String> {
    let answer = Field::root(json, "").object().map_err(|_| "the body is not an object".to_owned())?;
    let token = answer.text("access_token").map_err(|malformed| malformed.to_string())?;
    if !is_b64token(&token) {
        return Err("access_token has characters that no bearer token has (RFC 6750 section 2.1)".to_owned());
    }
    let kind = answer.text("token_type").map_err(|malformed| malformed.to_string())?;
    if !kind.eq_ignore_ascii_case("bearer") {
        return Err(
            "token_type is not Bearer, and nothing else can be used (RFC 6749 section 7.1)".to_owned()
        );
    }
    let issued = answer.optional_text("issued_token_type").map_err(|malformed| malformed.to_string())?;
    let usable = ["urn:ietf:params:oauth:token-type:access_token", "urn:ietf:params:oauth:token-type:jwt"];
    if issued.is_some_and(|issued| !usable.contains(&issued.as_str())) {
        return Err("issued_token_type is not an access token".to_owned());
    }
    Ok((token, answer.value().member("expires_in").and_then(|value| seconds(&value))))
}

/// A number, or a decimal string, as some servers send it.
fn seconds<J: Json>(value: &J) -> Option<f64> {
    value.number().or_else(|| value.text().and_then(|text| text.trim().parse().ok()))
}

fn malformed(what: &str) -> Exchanged {
    let message = String::from("the token exchange answered something else than a token: ") + what;
    Exchanged::Failed(Failure::new(Code::ExchangeMalformed, message).retryable())
}

/// Codes that say that the client or project is wrong, whatever the subject token (RFC 6749 section 5.2, RFC 8693 section
/// 2.2.2). `error` is only a code where no numeric `statusCode` stands beside it: elsewhere it is the reason phrase.
const MISCONFIGURED: [&str; 5] =
    ["unsupported_grant_type", "invalid_client", "unauthorized_client", "invalid_scope", "invalid_target"];

fn refused<J: Json>(refusal: &Refusal<J>, known: &[&str]) -> Exchanged {
    let mut failure = refuse("token exchange", refusal, known);
    let (code, transient) = code_of(refusal.status);
    if transient {
        failure.code = code;
        return Exchanged::Failed(failure);
    }
    failure.code = Code::ExchangeRejected;
    let oauth_code = refusal
        .json
        .as_ref()
        .filter(|json| json.member("statusCode").and_then(|status| status.number()).is_none())
        .and_then(|json| json.text_at("error"));
    let misconfigured = match refusal.status {
        400 | 401 | 413 | 422 => oauth_code.is_some_and(|code| MISCONFIGURED.contains(&code.as_str())),
        _ => true,
    };
    if misconfigured { Exchanged::Misconfigured(failure) } else { Exchanged::Rejected(failure) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::native::NativeJson;

    fn success(body: &str) -> Exchanged {
        read_exchange(ExchangeAnswer::Success(NativeJson::parse(body)), &[], NativeJson::parse)
    }

    fn refusal(status: u16, body: &str) -> Exchanged {
        let refusal = Refusal::new(status, body.into(), NativeJson::parse(body));
        read_exchange(ExchangeAnswer::Refused(refusal), &[], NativeJson::parse)
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
            ("", "not JSON"),
            ("<html>", "not JSON"),
            ("{\"access_token\":\"a", "not JSON"),
            ("[]", "not an object"),
            ("\"abc\"", "not an object"),
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
