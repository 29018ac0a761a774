//! Choosing the key of a published set that a token was signed with.

use serde_json::{Map, Value};

use super::jws::Jws;
use super::key::PublicKey;

/// Why no key was chosen.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum NoKey {
    /// No key fits: the set may have been rotated since it was fetched.
    Unknown,
    /// Several fit and the token does not name one.
    Ambiguous,
    /// One fits and is broken.
    Unusable(String),
}

/// The key of the set that fits the token: by `kid` where it names one, else the only one of the right kind.
pub(super) fn select(keys: &[Map<String, Value>], jws: &Jws<'_>) -> Result<PublicKey, NoKey> {
    let mut fitting = keys.iter().filter(|key| fits(key, jws));
    match (fitting.next(), fitting.next()) {
        (None, _) => Err(NoKey::Unknown),
        (Some(_), Some(_)) => Err(NoKey::Ambiguous),
        (Some(key), None) => PublicKey::from_jwk(key).map_err(NoKey::Unusable),
    }
}

fn fits(key: &Map<String, Value>, jws: &Jws<'_>) -> bool {
    let text = |name: &str| key.get(name).and_then(Value::as_str);
    let Some(algorithm) = jws.algorithm() else { return false };
    let kind = match algorithm {
        "ES256" => text("kty") == Some("EC") && text("crv") == Some("P-256"),
        "ES384" => text("kty") == Some("EC") && text("crv") == Some("P-384"),
        "ES512" => text("kty") == Some("EC") && text("crv") == Some("P-521"),
        "RS256" | "RS384" | "RS512" | "PS256" | "PS384" | "PS512" => text("kty") == Some("RSA"),
        _ => false,
    };
    kind && jws.key_id().is_none_or(|id| text("kid") == Some(id))
        && text("use").is_none_or(|usage| usage == "sig")
        && text("alg").is_none_or(|only| only == algorithm)
        && key
            .get("key_ops")
            .and_then(Value::as_array)
            .is_none_or(|operations| operations.iter().any(|operation| operation == "verify"))
}
