//! Minting again the tokens that were recorded: same claims, times moved to today, signed with a key we have.

use std::collections::HashMap;
use std::sync::LazyLock;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, EncodingKey};
use p256::ecdsa::SigningKey;
use p256::pkcs8::EncodePrivateKey;
use serde_json::Value;
use threadpass_contracts::Exchange;

/// What the replay's project with a shared secret verifies with.
pub const SHARED_SECRET: &str = "a shared secret that only this test knows";
/// What its project with a public key verifies with.
static KEY: LazyLock<SigningKey> = LazyLock::new(|| SigningKey::random(&mut rand::thread_rng()));

const UNKNOWN_SECRET: &str = "a secret that the server does not know about";

/// A token's readable parts.
pub struct Decoded {
    pub header: String,
    pub claims: Value,
}

/// Takes a JWT apart; `None` for everything else.
pub fn decode(token: &str) -> Option<Decoded> {
    let parts: Vec<_> = token.split('.').collect();
    let [header, claims, _] = parts[..] else { return None };
    let header = String::from_utf8(URL_SAFE_NO_PAD.decode(header).ok()?).ok()?;
    Some(Decoded { header, claims: serde_json::from_slice(&URL_SAFE_NO_PAD.decode(claims).ok()?).ok()? })
}

/// The recorded ids of the projects, by the names their keys go by: session tokens name them as their issuer.
pub fn project_ids(exchanges: &[&Exchange]) -> HashMap<String, String> {
    let mut ids = HashMap::new();
    for exchange in exchanges {
        let body: Value = serde_json::from_str(&exchange.response.body).unwrap_or_default();
        let token = body.get("access_token").and_then(Value::as_str).and_then(decode);
        let project = exchange.request.headers.get("x-api-key").and_then(project_of_key);
        if let (Some(token), Some(project)) = (token, project) {
            ids.insert(token.claims["iss"].as_str().unwrap().to_owned(), project.to_owned());
        }
    }
    ids
}

/// The project a placeholder of a recording stands for.
pub fn project_of_key(placeholder: &str) -> Option<&str> {
    placeholder.strip_prefix("<api-key-of-project-")?.strip_suffix('>')
}

/// A recorded subject token for today: its times moved by `shift` seconds and signed anew. The recording tells only by
/// the name of the exchange that a signature was bad.
pub fn subject(recorded: &str, exchange: &str, shift: i64) -> String {
    let Some(Decoded { header, mut claims }) = decode(recorded) else { return recorded.to_owned() };
    for name in ["iat", "nbf", "exp"] {
        if let Some(time) = claims.get_mut(name) {
            *time = (time.as_i64().unwrap() + shift).into();
        }
    }
    let algorithm = serde_json::from_str::<Value>(&header).unwrap()["alg"].as_str().unwrap().to_owned();
    let signed =
        format!("{}.{}", URL_SAFE_NO_PAD.encode(&header), URL_SAFE_NO_PAD.encode(claims.to_string()));
    let (key, algorithm) = match algorithm.as_str() {
        "HS256" if exchange.contains("bad signature") => {
            (EncodingKey::from_secret(UNKNOWN_SECRET.as_bytes()), Algorithm::HS256)
        }
        "HS256" => (EncodingKey::from_secret(SHARED_SECRET.as_bytes()), Algorithm::HS256),
        "HS512" => (EncodingKey::from_secret(SHARED_SECRET.as_bytes()), Algorithm::HS512),
        "ES256" => (private_key(), Algorithm::ES256),
        other => panic!("no key for {other}"),
    };
    let mut signature = jsonwebtoken::crypto::sign(signed.as_bytes(), &key, algorithm).unwrap();
    if exchange.contains("tampered") {
        signature.replace_range(signature.len() - 4.., "AAAA");
    }
    format!("{signed}.{signature}")
}

/// A subject token of our own, for a user of the recordings.
pub fn subject_of(issuer: &str, sub: &str, exp: i64, project: &str) -> String {
    let claims = serde_json::json!({ "iss": issuer, "sub": sub, "exp": exp });
    let (header, key, algorithm) = match project {
        "asymmetric_manual" => (r#"{"alg":"ES256"}"#, private_key(), Algorithm::ES256),
        _ => (r#"{"alg":"HS256"}"#, EncodingKey::from_secret(SHARED_SECRET.as_bytes()), Algorithm::HS256),
    };
    let signed = format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(claims.to_string()));
    let signature = jsonwebtoken::crypto::sign(signed.as_bytes(), &key, algorithm).unwrap();
    format!("{signed}.{signature}")
}

/// The public half, as a JWK.
pub fn public_key() -> String {
    let point = KEY.verifying_key().to_encoded_point(false);
    let part = |bytes: Option<&p256::FieldBytes>| URL_SAFE_NO_PAD.encode(bytes.unwrap());
    serde_json::json!({ "kty": "EC", "crv": "P-256", "x": part(point.x()), "y": part(point.y()) }).to_string()
}

fn private_key() -> EncodingKey {
    EncodingKey::from_ec_der(KEY.to_pkcs8_der().unwrap().as_bytes())
}
