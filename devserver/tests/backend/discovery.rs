use serde_json::json;
use threadpass_devserver::{Config, ProjectConfig, Verification};

use crate::client::Backend;
use crate::issuer::{Issuer, Key, now, signed_with_secret, unsigned};

/// A backend that trusts these issuers.
async fn backend(trusted: &[&str]) -> Backend {
    let trusted_issuers = trusted.iter().map(|issuer| (*issuer).to_owned()).collect();
    let projects = vec![ProjectConfig::new("default", Verification::Discovery { trusted_issuers })];
    Backend::start(Config { projects, ..Config::default() }).await
}

fn invalid() -> (u16, String) {
    (401, "Invalid OAuth subject token".into())
}

#[tokio::test]
async fn a_trusted_loopback_issuer_is_verified_for_real() {
    let (key, foreign) = (Key::new("k1"), Key::new("k1"));
    let issuer = Issuer::start(&[&key]).await;
    let backend = backend(&[&issuer.url]).await;
    let answer = backend.exchange(&key.sign(&issuer.claims("alice"))).await;
    assert_eq!(answer.status, 201, "{answer:?}");

    let claims = issuer.claims("alice");
    let (mut expired, mut early) = (claims.clone(), claims.clone());
    expired["exp"] = (now() - 1).into();
    early["nbf"] = (now() + 60).into();
    let public = key.jwk().to_string();
    let critical = json!({ "alg": "ES256", "kid": "k1", "crit": ["b64"] });
    let good = key.sign(&claims);
    for (token, what) in [
        (key.sign(&expired), "expired"),
        (key.sign(&early), "not yet valid"),
        (foreign.sign(&claims), "another key with the same id"),
        (format!("{}.", unsigned(&json!({ "alg": "none" }), &claims)), "alg none"),
        (format!("{}.", unsigned(&json!({ "alg": "ES256", "kid": "k1" }), &claims)), "no signature"),
        (signed_with_secret(&claims, &public), "the public key as a shared secret"),
        (key.sign_as(&json!({ "alg": "RS256", "kid": "k1" }), &claims), "the wrong algorithm for the key"),
        (key.sign_as(&json!({ "alg": "EdDSA", "kid": "k1" }), &claims), "an algorithm not allowed"),
        (key.sign_as(&critical, &claims), "a critical extension"),
        (format!("{}{}", &good[..good.len() - 4], "AAAA"), "a tampered signature"),
        ("opaque".into(), "no JWT"),
    ] {
        assert_eq!(backend.exchange(&token).await.summary(), invalid(), "{what}");
    }
    let nobody = key.sign(&json!({ "iss": issuer.url, "exp": now() + 60 }));
    assert_eq!(backend.exchange(&nobody).await.summary().1, "Subject token missing subject (sub)");
    let no_issuer = key.sign(&json!({ "sub": "a", "exp": now() + 60 }));
    assert_eq!(backend.exchange(&no_issuer).await.status, 400);
}

#[tokio::test]
async fn an_issuer_that_is_not_trusted_gets_the_services_refusal() {
    let key = Key::new("k1");
    let issuer = Issuer::start(&[&key]).await;
    let backend = backend(&[&format!("{}/other", issuer.url)]).await;
    let answer = backend.exchange(&key.sign(&issuer.claims("alice"))).await;
    assert_eq!(answer.summary(), (401, "OAuth issuer must use HTTPS".into()));
    assert_eq!(issuer.served(), (0, 0));
    let claims = |iss: &str| json!({ "iss": iss, "sub": "a", "exp": now() + 60 });
    for (iss, status, message) in [
        ("https://localhost:1", 401, "OAuth issuer cannot be localhost"),
        ("https://idp.example.test/realms/a", 400, "OAuth issuer must not have a path"),
        ("idp", 400, "OAuth issuer is not a valid URL"),
    ] {
        assert_eq!(backend.exchange(&key.sign(&claims(iss))).await.summary(), (status, message.into()));
    }
}

#[tokio::test]
async fn trust_is_for_the_exact_string() {
    let key = Key::new("k1");
    let issuer = Issuer::start(&[&key]).await;
    for (suffix, other) in [("", "/"), ("/", ""), ("/realms/a", "/realms/b")] {
        let name = format!("{}{suffix}", issuer.url);
        issuer.call_itself(&name);
        let backend = backend(&[&name]).await;
        let mut claims = issuer.claims("alice");
        claims["iss"] = name.clone().into();
        let answer = backend.exchange(&key.sign(&claims)).await;
        assert_eq!(answer.status, 201, "{name}: {answer:?}");
        claims["iss"] = format!("{}{other}", issuer.url).into();
        let refused = backend.exchange(&key.sign(&claims)).await;
        assert_eq!(refused.summary(), (401, "OAuth issuer must use HTTPS".into()), "{name}");
    }
}

#[tokio::test]
async fn the_document_has_to_name_the_same_issuer_and_keys_that_may_be_fetched() {
    let key = Key::new("k1");
    let issuer = Issuer::start(&[&key]).await;
    for document in [
        json!({ "issuer": "https://idp.example.test", "jwks_uri": format!("{}/keys", issuer.url) }),
        json!({ "issuer": format!("{}/", issuer.url), "jwks_uri": format!("{}/keys", issuer.url) }),
        json!({ "jwks_uri": format!("{}/keys", issuer.url) }),
        json!({ "issuer": issuer.url }),
        json!({ "issuer": issuer.url, "jwks_uri": "http://keys.example.test/" }),
        json!({ "issuer": issuer.url, "jwks_uri": format!("{}/nothing", issuer.url) }),
        json!("not an object"),
    ] {
        let backend = backend(&[&issuer.url]).await;
        *issuer.served.document.lock().unwrap() = document.clone();
        assert_eq!(backend.exchange(&key.sign(&issuer.claims("a"))).await.summary(), invalid(), "{document}");
        assert_eq!(issuer.served().1, 0, "{document}");
    }
}

#[tokio::test]
async fn rotation_is_noticed_at_once() {
    let (old, new) = (Key::new("old"), Key::new("new"));
    let issuer = Issuer::start(&[&old]).await;
    let backend = backend(&[&issuer.url]).await;
    let status = async |key: &Key| backend.exchange(&key.sign(&issuer.claims("a"))).await.status.as_u16();
    assert_eq!(status(&old).await, 201);
    issuer.publish(&[&new, &old]);
    assert_eq!((status(&new).await, status(&old).await), (201, 201));
    issuer.publish(&[&new]);
    // The cache still has the old key; an unknown one makes it look again.
    assert_eq!(status(&Key::new("unknown")).await, 401);
    assert_eq!((status(&old).await, status(&new).await), (401, 201));
}

#[tokio::test]
async fn keys_are_cached_and_made_up_key_ids_are_no_lever() {
    let key = Key::new("k1");
    let issuer = Issuer::start(&[&key]).await;
    let backend = backend(&[&issuer.url]).await;
    let token = key.sign(&issuer.claims("a"));
    let together: Vec<_> = (0..20).map(|_| backend.exchange(&token)).collect();
    for answer in futures_util::future::join_all(together).await {
        assert_eq!(answer.status, 201);
    }
    assert_eq!(issuer.served(), (1, 1));
    for number in 0..50 {
        let header = json!({ "alg": "ES256", "kid": format!("made up {number}") });
        let token = key.sign_as(&header, &issuer.claims("a"));
        assert_eq!(backend.exchange(&token).await.summary(), invalid());
    }
    assert!(issuer.served().1 <= 6, "{:?}", issuer.served());
    assert_eq!(backend.exchange(&token).await.status, 201);
}

#[tokio::test]
async fn a_token_without_key_id_needs_an_unambiguous_key() {
    let (one, two) = (Key::new("one"), Key::new("two"));
    let issuer = Issuer::start(&[&one]).await;
    let token = one.sign_as(&json!({ "alg": "ES256" }), &issuer.claims("a"));
    let first = backend(&[&issuer.url]).await;
    assert_eq!(first.exchange(&token).await.status, 201);
    issuer.publish(&[&one, &two]);
    let second = backend(&[&issuer.url]).await;
    assert_eq!(second.exchange(&token).await.summary(), invalid());
    // A key for encryption, or for another algorithm, is no candidate.
    for (member, value) in [("use", "enc"), ("alg", "ES384"), ("crv", "P-384"), ("kty", "RSA")] {
        let mut other = two.jwk();
        other[member] = value.into();
        *issuer.served.keys.lock().unwrap() = json!({ "keys": [other, one.jwk()] });
        let backend = backend(&[&issuer.url]).await;
        assert_eq!(backend.exchange(&token).await.status, 201, "{member}");
    }
}

#[tokio::test]
async fn an_issuer_that_is_down_may_come_back() {
    let key = Key::new("k1");
    let issuer = Issuer::start(&[&key]).await;
    let backend = backend(&[&issuer.url]).await;
    let document = std::mem::take(&mut *issuer.served.document.lock().unwrap());
    let token = key.sign(&issuer.claims("a"));
    assert_eq!(backend.exchange(&token).await.summary(), invalid());
    *issuer.served.document.lock().unwrap() = document;
    assert_eq!(backend.exchange(&token).await.status, 201);
}
