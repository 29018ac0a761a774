//! The token that the exchange returns: a JWT signed with the project's secret.

use jsonwebtoken::errors::Error;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use reqwest::Url;
use serde::{Deserialize, Serialize};

use crate::project::Project;
use crate::verify::Subject;

const AUDIENCE: &str = "tambo";

/// What a session token says, in the order it says it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Claims {
    sub: String,
    iss: String,
    aud: String,
    iat: i64,
    exp: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    original_iss: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    original_hd: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    original_tid: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    original_org_id: Option<String>,
}

/// What a session token of the project for the subject says.
pub(crate) fn claims(project: &Project, subject: &Subject, iat: i64, exp: i64) -> Claims {
    Claims {
        sub: subject.sub.clone(),
        iss: project.id.clone(),
        aud: AUDIENCE.to_owned(),
        iat,
        exp,
        original_iss: subject.iss.clone(),
        original_hd: subject.hd.clone(),
        original_tid: subject.tid.clone(),
        original_org_id: subject.org_id.clone(),
    }
}

/// Signs a session token. The same claims give the same token.
pub(crate) fn sign(project: &Project, claims: &Claims) -> Result<String, Error> {
    let header = Header { typ: None, ..Header::new(Algorithm::HS256) };
    jsonwebtoken::encode(
        &header,
        claims,
        &EncodingKey::from_secret(project.signing_secret().reveal().as_bytes()),
    )
}

/// The claims of a session token that is genuine, of this project, and not over at the time `now` (in seconds).
pub(crate) fn verify(project: &Project, token: &str, now: i64) -> Option<Claims> {
    let mut validation = Validation::new(Algorithm::HS256);
    // The library looks at a clock of its own.
    validation.validate_exp = false;
    validation.set_audience(&[AUDIENCE]);
    validation.set_issuer(&[&project.id]);
    validation.set_required_spec_claims(&["exp", "aud", "iss", "sub"]);
    let key = DecodingKey::from_secret(project.signing_secret().reveal().as_bytes());
    let claims = jsonwebtoken::decode::<Claims>(token, &key, &validation).ok()?.claims;
    (claims.exp > now).then_some(claims)
}

/// The string that identifies the user inside the project. Who switches the organisation is somebody else by it.
pub(crate) fn context_key(claims: &Claims) -> String {
    let sub = &claims.sub;
    let Some(issuer) = &claims.original_iss else { return format!("oauth:user:{sub}") };
    let host = Url::parse(issuer)
        .ok()
        .and_then(|url| url.host_str().map(str::to_owned))
        .unwrap_or_else(|| plain(issuer));
    let google = host == "accounts.google.com";
    let microsoft = host == "sts.windows.net" || host.ends_with(".microsoftonline.com");
    let tenant = match (&claims.original_hd, &claims.original_tid) {
        (Some(hd), _) if google => Some(hd),
        (_, Some(tid)) if microsoft => Some(tid),
        _ => claims.original_org_id.as_ref(),
    };
    match tenant {
        Some(tenant) => format!("oauth:user:{host}:{tenant}:{sub}"),
        None => format!("oauth:user:{host}:{sub}"),
    }
}

fn plain(issuer: &str) -> String {
    issuer
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() || matches!(c, '.' | '-') { c } else { '_' })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(iss: Option<&str>, hd: Option<&str>, tid: Option<&str>, org: Option<&str>) -> String {
        let own = |text: Option<&str>| text.map(str::to_owned);
        context_key(&Claims {
            sub: "u".into(),
            iss: "p".into(),
            aud: AUDIENCE.into(),
            iat: 0,
            exp: 0,
            original_iss: own(iss),
            original_hd: own(hd),
            original_tid: own(tid),
            original_org_id: own(org),
        })
    }

    #[test]
    fn context_keys() {
        let cases = [
            (key(None, None, None, Some("o")), "oauth:user:u"),
            (key(Some("https://idp.example.test/"), None, None, None), "oauth:user:idp.example.test:u"),
            (
                key(Some("https://idp.example.test:8443/a"), None, None, Some("o")),
                "oauth:user:idp.example.test:o:u",
            ),
            (
                key(Some("https://accounts.google.com"), Some("corp.test"), None, None),
                "oauth:user:accounts.google.com:corp.test:u",
            ),
            (
                key(Some("https://idp.example.test"), Some("corp.test"), Some("t"), None),
                "oauth:user:idp.example.test:u",
            ),
            (
                key(Some("https://login.microsoftonline.com/x/v2.0"), None, Some("t"), None),
                "oauth:user:login.microsoftonline.com:t:u",
            ),
            (
                key(Some("https://sts.windows.net/x/"), None, Some("t"), Some("o")),
                "oauth:user:sts.windows.net:t:u",
            ),
            (
                key(Some("https://evilmicrosoftonline.com"), None, Some("t"), None),
                "oauth:user:evilmicrosoftonline.com:u",
            ),
            (key(Some("my issuer/1"), None, None, None), "oauth:user:my_issuer_1:u"),
        ];
        for (key, expected) in cases {
            assert_eq!(key, expected);
        }
    }
}
