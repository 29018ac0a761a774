//! A compact JWS taken apart. Nothing here is believed: the signature is for the caller to verify.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value};

/// The three parts of a token, the first two decoded.
#[derive(Debug)]
pub(crate) struct Jws<'token> {
    pub(crate) header: Map<String, Value>,
    pub(crate) claims: Map<String, Value>,
    /// Header and payload as they were signed.
    pub(crate) signed: &'token str,
    pub(crate) signature: &'token str,
}

impl<'token> Jws<'token> {
    /// Takes a token apart, or says that it is not a JWT.
    pub(crate) fn parse(token: &'token str) -> Option<Self> {
        let (signed, signature) = token.rsplit_once('.')?;
        let (header, payload) = signed.split_once('.')?;
        if payload.contains('.') {
            return None;
        }
        Some(Self { header: object(header)?, claims: object(payload)?, signed, signature })
    }

    /// The algorithm the header names. `None` too for a header that asks for an extension (`crit`), since none is
    /// understood here and RFC 7515 has such a token refused.
    pub(crate) fn algorithm(&self) -> Option<&str> {
        if self.header.contains_key("crit") {
            return None;
        }
        self.header.get("alg").and_then(Value::as_str)
    }

    /// The id of the key the header names.
    pub(crate) fn key_id(&self) -> Option<&str> {
        self.header.get("kid").and_then(Value::as_str)
    }
}

fn object(part: &str) -> Option<Map<String, Value>> {
    match serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).ok()?).ok()? {
        Value::Object(object) => Some(object),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn encode(text: &str) -> String {
        URL_SAFE_NO_PAD.encode(text)
    }

    #[test]
    fn takes_a_token_apart() {
        let token = format!("{}.{}.c2ln", encode(r#"{"alg":"ES256","kid":"k"}"#), encode(r#"{"sub":"a"}"#));
        let jws = Jws::parse(&token).unwrap();
        assert_eq!(jws.algorithm(), Some("ES256"));
        assert_eq!(jws.key_id(), Some("k"));
        assert_eq!(jws.claims["sub"], "a");
        assert_eq!(jws.signature, "c2ln");
    }

    #[test]
    fn other_strings_are_not_tokens() {
        let (header, claims) = (encode(r#"{"alg":"ES256"}"#), encode("{}"));
        for text in
            ["", "opaque", "a.b", "a.b.c", &format!("{header}.{claims}"), &format!("{header}.{claims}.a.b")]
        {
            assert!(Jws::parse(text).is_none(), "{text}");
        }
        assert!(Jws::parse(&format!("{header}.{}.x", encode("[]"))).is_none());
    }

    #[test]
    fn a_critical_extension_leaves_no_usable_algorithm() {
        let token = format!("{}.{}.x", encode(r#"{"alg":"ES256","crit":["b64"],"b64":false}"#), encode("{}"));
        assert_eq!(Jws::parse(&token).unwrap().algorithm(), None);
    }
}
