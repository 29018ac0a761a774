//! Request headers, and the rule that nothing leaves without an identity.

use super::endpoint::Endpoint;
use crate::error::{Code, Failure};
use crate::secret::Secret;

/// Who a request is made as.
#[derive(Debug)]
pub enum Identity<'a> {
    /// A bearer.
    Bearer(&'a Secret),
    /// A `userKey`, which is in the query or body.
    UserKey,
}

/// The headers of a request. Without an identity there are none, and so no request: a backend would otherwise fall back
/// to another scope (Tambo contract, section 3).
pub fn authorize(
    endpoint: &Endpoint,
    api_key: Option<&str>,
    identity: Option<&Identity<'_>>,
    has_body: bool,
) -> Result<Vec<(&'static str, String)>, Failure> {
    let mut headers = vec![("accept", accept(endpoint).to_owned())];
    if has_body {
        headers.push(("content-type", "application/json".to_owned()));
    }
    if let Some(key) = api_key {
        headers.push(("x-api-key", key.to_owned()));
    }
    match identity {
        Some(Identity::Bearer(token)) => headers.push(("authorization", bearer(token))),
        Some(Identity::UserKey) => {}
        None => {
            return Err(Failure::new(Code::MissingCredential, "there is no identity to make this call as"));
        }
    }
    Ok(headers)
}

/// The header's value.
#[must_use]
pub fn bearer(token: &Secret) -> String {
    String::from("Bearer ") + token.expose()
}

fn accept(endpoint: &Endpoint) -> &'static str {
    if endpoint.streams { "text/event-stream" } else { "application/json" }
}
