//! The faults of the other contracts, in the words of this one.

use serde_json::{Value, json};

use super::client::{User, open};
use crate::client::{Answer, Backend};

async fn answer_to(user: &User<'_>, fault: &str) -> Answer {
    Answer::of(user.request("GET", "/threads").header("x-dev-fault", fault)).await
}

#[tokio::test]
async fn refusals_in_the_services_words() {
    let backend = Backend::open().await;
    let (user, _) = User::anonymous(&backend).await;
    let limited = answer_to(&user, "status=429").await;
    assert_eq!((limited.status.as_u16(), limited.json()), (429, json!({ "error": "rate_limited" })));
    assert_eq!(limited.headers["retry-after"], "60");
    assert_eq!(answer_to(&user, "status=429;retry-after=2").await.headers["retry-after"], "2");
    let plan = answer_to(&user, "status=402").await;
    assert_eq!((plan.status.as_u16(), &plan.json()["error"]), (402, &json!("plan_limit_reached")));
    assert!(plan.json()["cap"].is_number() && plan.json()["period_end"].is_string());
    assert_eq!(answer_to(&user, "status=503").await.json(), json!({ "error": "Service Unavailable" }));
    assert!(answer_to(&user, "malformed").await.text.starts_with("<!doctype html>"));
}

#[tokio::test]
async fn faults_of_token_requests_meet_those_alone() {
    let backend = Backend::open().await;
    let (user, refresh) = User::anonymous(&backend).await;
    let faults = json!({ "faults": ["status=429;on=exchange", "lifetime=3;on=api"] });
    let request = backend.control("PUT", "faults").header("content-type", "application/json");
    assert_eq!(Answer::of(request.body(faults.to_string())).await.status, 200);
    assert_eq!(open(&backend, "/auth/tokens/anonymous", Value::Null).await.status, 429);
    let refreshed = open(&backend, "/auth/tokens/refresh", json!({ "refresh_token": refresh })).await;
    assert_eq!(refreshed.status, 429);
    assert_eq!(user.get("/threads").await.status, 200);
    let server = User::by_key(&backend, "alice", "acme");
    let token = server.done("POST", "/auth/tokens", Value::Null).await["token"].as_str().unwrap().to_owned();
    let said = super::client::claims(&token);
    assert_eq!(said["exp"].as_i64().unwrap() - said["iat"].as_i64().unwrap(), 3);
}
