//! Whether a live answer says what the recorded one says.

use std::collections::BTreeSet;
use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::{Map, Value};
use threadpass_contracts::{Headers, Response};

use crate::bindings::Bindings;
use crate::tokens;

/// Headers that belong to the real server's framework and transport, and not to the contract.
const TRANSPORT: [&str; 18] = [
    "content-security-policy",
    "cross-origin-opener-policy",
    "cross-origin-resource-policy",
    "origin-agent-cluster",
    "referrer-policy",
    "x-content-type-options",
    "x-dns-prefetch-control",
    "x-download-options",
    "x-frame-options",
    "x-permitted-cross-domain-policies",
    "x-xss-protection",
    "connection",
    "content-length",
    "date",
    "etag",
    "keep-alive",
    "transfer-encoding",
    "server",
];

/// A live answer.
pub struct Live {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: String,
}

/// When the recording was made and when it is replayed, in seconds.
#[derive(Clone, Copy)]
pub struct Moments {
    pub recorded: i64,
    pub live: i64,
}

/// Compares two answers, binding what may differ.
pub fn answers(
    recorded: &Response,
    live: &Live,
    moments: Moments,
    bindings: &mut Bindings,
) -> Result<(), String> {
    if recorded.status != live.status {
        return Err(format!("  status: recorded {}, live {} {}", recorded.status, live.status, live.body));
    }
    headers(&recorded.headers, &live.headers, bindings)?;
    if recorded.is_event_stream() {
        let (ours, theirs) = (events(&recorded.body)?, events(&live.body)?);
        for (index, (ours, theirs)) in ours.iter().zip(&theirs).enumerate() {
            values(&format!("event {index}"), ours, theirs, moments, bindings)?;
        }
        if ours.len() != theirs.len() {
            return Err(format!("  recorded {} events, live {}:\n{}", ours.len(), theirs.len(), live.body));
        }
        return Ok(());
    }
    match (serde_json::from_str(&recorded.body), serde_json::from_str(&live.body)) {
        (Ok(ours), Ok(theirs)) => values("body", &ours, &theirs, moments, bindings),
        _ if recorded.body == live.body => Ok(()),
        _ => Err(format!("  body: recorded {:?}, live {:?}", recorded.body, live.body)),
    }
}

fn headers(recorded: &Headers, live: &[(String, String)], bindings: &mut Bindings) -> Result<(), String> {
    let of_contract = |name: &str| !TRANSPORT.contains(&name.to_ascii_lowercase().as_str());
    let names = |headers: &mut dyn Iterator<Item = &str>| -> BTreeSet<String> {
        headers.filter(|name| of_contract(name)).map(str::to_ascii_lowercase).collect()
    };
    let ours = names(&mut recorded.iter().map(|(name, _)| name));
    let theirs = names(&mut live.iter().map(|(name, _)| name.as_str()));
    if ours != theirs {
        return Err(format!("  headers: recorded {ours:?}, live {theirs:?}"));
    }
    for name in ours {
        let theirs =
            live.iter().find(|(key, _)| *key == name).map(|(_, value)| value.as_str()).unwrap_or_default();
        let agreed = bindings.agree(recorded.get(&name).unwrap_or_default(), theirs);
        agreed.map_err(|difference| format!("  header {name}:\n    {difference}"))?;
    }
    Ok(())
}

/// The events of a stream, which has to be framed exactly: a `data:` line and an empty one, nothing else.
fn events(body: &str) -> Result<Vec<Value>, String> {
    let frames = body
        .strip_suffix("\n\n")
        .ok_or_else(|| format!("  the stream does not end with an empty line: {body:?}"))?;
    frames
        .split("\n\n")
        .map(|frame| {
            let data = frame.strip_prefix("data: ").filter(|data| !data.contains('\n'));
            let data = data.ok_or_else(|| format!("  not one data line: {frame:?}"))?;
            serde_json::from_str(data).map_err(|error| format!("  {error} in {data:?}"))
        })
        .collect()
}

fn values(
    path: &str,
    recorded: &Value,
    live: &Value,
    moments: Moments,
    bindings: &mut Bindings,
) -> Result<(), String> {
    match (recorded, live) {
        (Value::Object(ours), Value::Object(theirs)) => objects(path, ours, theirs, moments, bindings),
        (Value::Array(ours), Value::Array(theirs)) => {
            if ours.len() != theirs.len() {
                return Err(format!(
                    "  {path}: recorded {} items, live {}: {live}",
                    ours.len(),
                    theirs.len()
                ));
            }
            let mut pairs = ours.iter().zip(theirs).enumerate();
            pairs.try_for_each(|(index, (ours, theirs))| {
                values(&format!("{path}[{index}]"), ours, theirs, moments, bindings)
            })
        }
        (Value::String(ours), Value::String(theirs)) => {
            bindings.agree(ours, theirs).map_err(|difference| format!("  {path}:\n    {difference}"))
        }
        _ if recorded == live => Ok(()),
        _ => Err(format!("  {path}: recorded {recorded}, live {live}")),
    }
}

fn objects(
    path: &str,
    recorded: &Map<String, Value>,
    live: &Map<String, Value>,
    moments: Moments,
    bindings: &mut Bindings,
) -> Result<(), String> {
    let names = |object: &Map<String, Value>| object.keys().cloned().collect::<BTreeSet<_>>();
    if names(recorded) != names(live) {
        return Err(format!("  {path}: recorded members {:?}, live {:?}", names(recorded), names(live)));
    }
    for (name, ours) in recorded {
        let theirs = &live[name];
        let path = format!("{path}.{name}");
        let wrong = |what: &str| Err(format!("  {path}: {what}: recorded {ours}, live {theirs}"));
        match name.as_str() {
            "timestamp" => {
                let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis() as i64;
                if !theirs.as_i64().is_some_and(|time| (now - 60_000..=now).contains(&time)) {
                    return wrong("not the time in milliseconds");
                }
            }
            // A second may pass between minting and answering.
            "expires_in" => match (ours.as_i64(), theirs.as_i64()) {
                (Some(ours), Some(theirs)) if (ours - 2..=ours).contains(&theirs) => {}
                _ => return wrong("another lifetime"),
            },
            "iat" | "exp" => match (ours.as_i64(), theirs.as_i64()) {
                (Some(ours), Some(theirs))
                    if ((ours - moments.recorded) - (theirs - moments.live)).abs() <= 2 => {}
                _ => return wrong("another time relative to the exchange"),
            },
            "nextCursor" => {
                let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
                let agreed = bindings.agree_cursors(&text(ours), &text(theirs));
                agreed.map_err(|difference| format!("  {path}:\n    {difference}"))?;
            }
            "access_token" => {
                let token = |value: &Value| value.as_str().and_then(tokens::decode);
                let (Some(ours), Some(theirs)) = (token(ours), token(theirs)) else {
                    return wrong("not a token");
                };
                if ours.header != theirs.header {
                    return Err(format!("  {path}: recorded header {}, live {}", ours.header, theirs.header));
                }
                values(&path, &ours.claims, &theirs.claims, moments, bindings)?;
            }
            _ => values(&path, ours, theirs, moments, bindings)?,
        }
    }
    Ok(())
}
