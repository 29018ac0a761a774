//! An identity provider in this process: a discovery document, keys that can be changed, and tokens.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{SystemTime, UNIX_EPOCH};

use axum::extract::State;
use axum::http::header;
use axum::routing::get;
use axum::{Router, response::IntoResponse};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, EncodingKey};
use p256::ecdsa::SigningKey;
use p256::pkcs8::EncodePrivateKey;
use serde_json::{Value, json};

/// A key pair with its id.
#[derive(Clone)]
pub struct Key {
    pub id: &'static str,
    signing: SigningKey,
}

impl Key {
    pub fn new(id: &'static str) -> Self {
        Self { id, signing: SigningKey::random(&mut rand::thread_rng()) }
    }

    pub fn jwk(&self) -> Value {
        let point = self.signing.verifying_key().to_encoded_point(false);
        let part = |bytes: Option<&p256::FieldBytes>| URL_SAFE_NO_PAD.encode(bytes.unwrap());
        json!({ "kty": "EC", "crv": "P-256", "kid": self.id, "use": "sig", "alg": "ES256", "x": part(point.x()), "y": part(point.y()) })
    }

    /// A token of the claims; the header is what the caller says.
    pub fn sign_as(&self, header: &Value, claims: &Value) -> String {
        let key = EncodingKey::from_ec_der(self.signing.to_pkcs8_der().unwrap().as_bytes());
        let signed = unsigned(header, claims);
        let signature = jsonwebtoken::crypto::sign(signed.as_bytes(), &key, Algorithm::ES256).unwrap();
        format!("{signed}.{signature}")
    }

    pub fn sign(&self, claims: &Value) -> String {
        self.sign_as(&json!({ "alg": "ES256", "kid": self.id }), claims)
    }
}

/// Header and claims, encoded.
pub fn unsigned(header: &Value, claims: &Value) -> String {
    format!("{}.{}", URL_SAFE_NO_PAD.encode(header.to_string()), URL_SAFE_NO_PAD.encode(claims.to_string()))
}

pub fn signed_with_secret(claims: &Value, secret: &str) -> String {
    let signed = unsigned(&json!({ "alg": "HS256" }), claims);
    let key = EncodingKey::from_secret(secret.as_bytes());
    format!("{signed}.{}", jsonwebtoken::crypto::sign(signed.as_bytes(), &key, Algorithm::HS256).unwrap())
}

pub fn now() -> i64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs() as i64
}

/// What the issuer serves; tests change it while it runs.
#[derive(Default)]
pub struct Served {
    pub document: Mutex<Value>,
    pub keys: Mutex<Value>,
    pub documents_served: AtomicUsize,
    pub keys_served: AtomicUsize,
}

pub struct Issuer {
    /// Without a slash at the end.
    pub url: String,
    pub served: Arc<Served>,
}

impl Issuer {
    pub async fn start(keys: &[&Key]) -> Self {
        let served = Arc::new(Served::default());
        let router = Router::new()
            .route("/.well-known/openid-configuration", get(document))
            .route("/realms/a/.well-known/openid-configuration", get(document))
            .route("/keys", get(key_set))
            .with_state(served.clone());
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, router).await });
        let issuer = Self { url: url.clone(), served };
        issuer.call_itself(&url);
        issuer.publish(keys);
        issuer
    }

    /// Sets the issuer that the discovery document names.
    pub fn call_itself(&self, name: &str) {
        *self.served.document.lock().unwrap() =
            json!({ "issuer": name, "jwks_uri": format!("{}/keys", self.url) });
    }

    pub fn publish(&self, keys: &[&Key]) {
        let keys: Vec<_> = keys.iter().map(|key| key.jwk()).collect();
        *self.served.keys.lock().unwrap() = json!({ "keys": keys });
    }

    /// Claims of this issuer for a minute.
    pub fn claims(&self, sub: &str) -> Value {
        json!({ "iss": self.url, "sub": sub, "exp": now() + 60 })
    }

    pub fn served(&self) -> (usize, usize) {
        (self.served.documents_served.load(Ordering::SeqCst), self.served.keys_served.load(Ordering::SeqCst))
    }
}

async fn document(State(served): State<Arc<Served>>) -> impl IntoResponse {
    served.documents_served.fetch_add(1, Ordering::SeqCst);
    ([(header::CONTENT_TYPE, "application/json")], served.document.lock().unwrap().to_string())
}

async fn key_set(State(served): State<Arc<Served>>) -> impl IntoResponse {
    served.keys_served.fetch_add(1, Ordering::SeqCst);
    ([(header::CONTENT_TYPE, "application/json")], served.keys.lock().unwrap().to_string())
}
