//! OpenID Connect discovery: the issuer a token names publishes the keys it is verified with.
//!
//! Keys are cached per issuer. A token with a key id that the cache does not know has the keys fetched again, so a
//! rotation is noticed at once; a budget keeps a stream of made-up key ids from becoming a stream of requests.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use reqwest::Url;
use serde_json::{Map, Value};
use tokio::sync::Mutex;
use tokio::time::Instant;

use super::claims::check_times;
use super::issuer;
use super::jwks::{self, NoKey};
use super::jws::Jws;
use super::key::PublicKey;
use super::{Refusal, Refused, Subject};
use crate::http;

const ALGORITHMS: [&str; 9] =
    ["RS256", "RS384", "RS512", "ES256", "ES384", "ES512", "PS256", "PS384", "PS512"];

const FRESH_FOR: Duration = Duration::from_secs(600);
const FETCH_TIMEOUT: Duration = Duration::from_secs(5);
const LARGEST_DOCUMENT: usize = 512 * 1024;
/// Fetches in quick succession before the budget of an issuer is spent; one more is earned in each `EARN_FETCH`.
const FETCHES: u32 = 5;
const EARN_FETCH: Duration = Duration::from_secs(5);
/// Any token may name a new issuer, so the memory for them is bounded.
const MOST_ISSUERS: usize = 200;

/// The issuers met so far, with their keys.
#[derive(Debug, Default)]
pub(crate) struct Discovery {
    issuers: Mutex<HashMap<String, Arc<Mutex<Issuer>>>>,
    client: OnceLock<reqwest::Client>,
    loopback_client: OnceLock<reqwest::Client>,
}

/// Where an issuer's keys are found.
#[derive(Debug, Clone, Copy)]
pub(crate) enum KeySource<'a> {
    /// Where the discovery document of this issuer says. A trusted one may be on loopback and have a path.
    Issuer { name: &'a str, trusted: bool },
    /// At this address.
    Url(&'a str),
}

impl<'a> KeySource<'a> {
    /// What the keys are kept under.
    fn name(self) -> &'a str {
        match self {
            Self::Issuer { name, .. } | Self::Url(name) => name,
        }
    }
}

#[derive(Debug)]
struct Issuer {
    keys: Vec<Map<String, Value>>,
    fetched: Option<Instant>,
    budget: u32,
    earned: Instant,
}

impl Discovery {
    /// Verifies a token with the keys of the issuer it names. Issuers in `trusted` (the exact string) may be on
    /// loopback and have a path.
    pub(super) async fn verify(
        &self,
        token: &str,
        now: i64,
        trusted: &HashSet<String>,
    ) -> Result<Subject, Refused> {
        let jws = Jws::parse(token).ok_or_else(|| Refused::invalid("the token is not a JWT"))?;
        let Some(issuer) = jws.claims.get("iss").and_then(Value::as_str) else {
            return Err(Refused::new(
                Refusal::IssuerForm("OAuth token is missing its issuer (iss)"),
                "the token has no issuer (iss)",
            ));
        };
        let is_trusted = trusted.contains(issuer);
        if !is_trusted {
            issuer::check_strict(issuer).map_err(|refused| hint_near_miss(refused, issuer, trusted))?;
        }
        self.check_signature(&jws, KeySource::Issuer { name: issuer, trusted: is_trusted }).await?;
        check_times(&jws.claims, now)?;
        Subject::read(&jws.claims)
    }

    /// Checks that a token was signed with one of the keys found there.
    pub(crate) async fn check_signature(&self, jws: &Jws<'_>, source: KeySource<'_>) -> Result<(), Refused> {
        let name = source.name();
        // Before any request: a token nobody could verify is not worth one.
        if !jws.algorithm().is_some_and(|algorithm| ALGORITHMS.contains(&algorithm)) {
            return Err(Refused::invalid(
                "the token's algorithm is not one of RS, ES and PS with 256, 384 or 512",
            ));
        }
        let key =
            self.key(source, jws).await.map_err(|why| Refused::invalid(format!("issuer {name:?}: {why}")))?;
        if !key.verifies(jws) {
            return Err(Refused::invalid(format!("the signature does not match the key of issuer {name:?}")));
        }
        Ok(())
    }

    async fn key(&self, source: KeySource<'_>, jws: &Jws<'_>) -> Result<PublicKey, String> {
        let name = source.name();
        let issuer = self.issuer(name).await;
        // Held across the fetch: those who come meanwhile wait for the one answer instead of asking again.
        let mut issuer = issuer.lock().await;
        let fresh = issuer.fetched.is_some_and(|at| at.elapsed() < FRESH_FOR);
        let mut chosen = if fresh { jwks::select(&issuer.keys, jws) } else { Err(NoKey::Unknown) };
        if matches!(chosen, Err(NoKey::Unknown)) {
            if issuer.spend() {
                match self.fetch(source).await {
                    Ok(keys) => {
                        issuer.keys = keys;
                        issuer.fetched = Some(Instant::now());
                    }
                    Err(problem) if issuer.keys.is_empty() => return Err(problem),
                    Err(problem) => {
                        tracing::warn!("issuer {name:?}: {problem}; using the keys fetched earlier")
                    }
                }
            } else if fresh || issuer.keys.is_empty() {
                return Err("its keys were fetched several times just now; wait a few seconds".into());
            }
            chosen = jwks::select(&issuer.keys, jws);
        }
        chosen.map_err(|problem| match problem {
            NoKey::Unknown => format!("it publishes no key that fits the token (kid {:?})", jws.key_id()),
            NoKey::Ambiguous => {
                "the token names no key (kid) and the issuer publishes several that fit".into()
            }
            NoKey::Unusable(what) => format!("the published key {what}"),
        })
    }

    async fn issuer(&self, name: &str) -> Arc<Mutex<Issuer>> {
        let mut issuers = self.issuers.lock().await;
        if issuers.len() >= MOST_ISSUERS && !issuers.contains_key(name) {
            issuers.clear();
        }
        let unknown = || Issuer { keys: vec![], fetched: None, budget: FETCHES, earned: Instant::now() };
        issuers.entry(name.to_owned()).or_insert_with(|| Arc::new(Mutex::new(unknown()))).clone()
    }

    async fn fetch(&self, source: KeySource<'_>) -> Result<Vec<Map<String, Value>>, String> {
        let (name, trusted) = match source {
            KeySource::Issuer { name, trusted } => (name, trusted),
            KeySource::Url(url) => return self.key_set(url).await,
        };
        // The service concatenates, so that an issuer ending in a slash asks for `//.well-known`; for issuers that
        // only this server accepts, the form of the specification is used, which is the one local providers answer.
        let base = if trusted { name.strip_suffix('/').unwrap_or(name) } else { name };
        let document = self.get(&format!("{base}/.well-known/openid-configuration")).await?;
        let text = |member: &str| document.get(member).and_then(Value::as_str);
        match text("issuer") {
            Some(issuer) if issuer == name => {}
            other => {
                return Err(format!(
                    "its discovery document names the issuer {other:?}; the two have to be the same string, \
                     a trailing slash included"
                ));
            }
        }
        let keys = text("jwks_uri").ok_or("its discovery document has no jwks_uri")?;
        issuer::check_keys_url(keys, trusted)?;
        self.key_set(keys).await
    }

    async fn key_set(&self, url: &str) -> Result<Vec<Map<String, Value>>, String> {
        let set = self.get(url).await?;
        let keys = set.get("keys").and_then(Value::as_array).ok_or("its jwks_uri does not hold a key set")?;
        Ok(keys.iter().filter_map(|key| key.as_object().cloned()).collect())
    }

    async fn get(&self, url: &str) -> Result<Map<String, Value>, String> {
        let failed =
            |error: reqwest::Error| format!("{url} cannot be fetched ({})", http::root_cause(&error));
        let mut response = self.client_for(url)?.get(url).send().await.map_err(failed)?;
        if !response.status().is_success() {
            return Err(format!("{url} answers {}", response.status()));
        }
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(failed)? {
            if body.len() + chunk.len() > LARGEST_DOCUMENT {
                return Err(format!("{url} answers with more than {LARGEST_DOCUMENT} bytes"));
            }
            body.extend_from_slice(&chunk);
        }
        serde_json::from_slice(&body).map_err(|_| format!("{url} does not answer with a JSON object"))
    }

    fn client_for(&self, url: &str) -> Result<&reqwest::Client, String> {
        let loopback = Url::parse(url).is_ok_and(|url| issuer::is_loopback(&url) && url.scheme() == "http");
        let place = if loopback { &self.loopback_client } else { &self.client };
        if let Some(client) = place.get() {
            return Ok(client);
        }
        let builder = http::builder(loopback).timeout(FETCH_TIMEOUT);
        let client = builder
            .build()
            .map_err(|error| format!("no https client can be made ({})", http::root_cause(&error)))?;
        Ok(place.get_or_init(|| client))
    }
}

impl Issuer {
    fn spend(&mut self) -> bool {
        let seconds = EARN_FETCH.as_secs().max(1);
        let earned = u32::try_from(self.earned.elapsed().as_secs() / seconds).unwrap_or(FETCHES);
        if earned > 0 {
            self.budget = self.budget.saturating_add(earned).min(FETCHES);
            self.earned = Instant::now();
        }
        let affordable = self.budget > 0;
        self.budget = self.budget.saturating_sub(1);
        affordable
    }
}

/// Says so when a trusted issuer differs only by the slash that is so easily lost.
fn hint_near_miss(mut refused: Refused, issuer: &str, trusted: &HashSet<String>) -> Refused {
    let bare = |text: &str| text.trim_end_matches('/').to_owned();
    if let Some(near) = trusted.iter().find(|near| bare(near) == bare(issuer)) {
        refused.why = format!("{} (it has {near:?}, which differs by a slash)", refused.why);
    }
    refused
}
