//! Whether a live answer says what the recorded one says.

use std::collections::BTreeSet;

use serde_json::{Map, Value};
use threadpass_contracts::{Headers, Response};

use crate::bindings::Bindings;

/// Headers that belong to the real server's framework and transport, and not to the contract.
const TRANSPORT: [&str; 5] = ["connection", "content-length", "date", "server", "transfer-encoding"];
/// What each server calls its own model.
const MODELS: [(&str, &str); 2] = [("SlowFake", "ScriptedChatModel"), ("slowfake", "scripted")];

/// A live answer.
#[derive(Debug)]
pub struct Live {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: String,
}

/// Compares two answers, binding what may differ. `late` is a reader of a stream who sees what comes after it has come.
pub fn answers(recorded: &Response, live: &Live, late: bool, bindings: &mut Bindings) -> Result<(), String> {
    if recorded.status != live.status {
        return Err(format!("  status: recorded {}, live {} {}", recorded.status, live.status, live.body));
    }
    headers(&recorded.headers, &live.headers, bindings)?;
    if recorded.is_event_stream() {
        let (ours, theirs) = (frames(&recorded.body, "\n"), frames(&live.body, "\r\n"));
        let missed = if late { ours.len().saturating_sub(theirs.len()) } else { 0 };
        return streams(&ours[missed..], &theirs, bindings);
    }
    match (serde_json::from_str(&recorded.body), serde_json::from_str(&live.body)) {
        (Ok(ours), Ok(theirs)) => values("body", &ours, &theirs, bindings),
        _ if recorded.body == live.body => Ok(()),
        _ => Err(format!("  body: recorded {:?}, live {:?}", recorded.body, live.body)),
    }
}

/// The events of a stream, each as its lines. Comments are none.
pub fn frames<'a>(body: &'a str, line_end: &str) -> Vec<Vec<&'a str>> {
    let between = line_end.repeat(2);
    let frames = body.split(between.as_str()).map(|frame| frame.trim_matches(['\r', '\n']));
    let lines = |frame: &'a str| frame.split(line_end).collect::<Vec<_>>();
    frames.filter(|frame| !frame.is_empty() && !frame.starts_with(':')).map(lines).collect()
}

fn streams(ours: &[Vec<&str>], theirs: &[Vec<&str>], bindings: &mut Bindings) -> Result<(), String> {
    for (index, (ours, theirs)) in ours.iter().zip(theirs).enumerate() {
        if ours.len() != theirs.len() {
            return Err(format!("  event {index}: recorded {ours:?}, live {theirs:?}"));
        }
        for (ours, theirs) in ours.iter().zip(theirs) {
            match (ours.strip_prefix("data: "), theirs.strip_prefix("data: ")) {
                (Some(ours), Some(theirs)) => {
                    let read = |text: &str| {
                        serde_json::from_str(text).map_err(|error| format!("  {error} in {text:?}"))
                    };
                    values(&format!("event {index}"), &read(ours)?, &read(theirs)?, bindings)?;
                }
                _ => {
                    bindings.agree(ours, theirs).map_err(|wrong| format!("  event {index}:\n    {wrong}"))?
                }
            }
        }
    }
    if ours.len() != theirs.len() {
        return Err(format!("  recorded {} events, live {}: {theirs:?}", ours.len(), theirs.len()));
    }
    Ok(())
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

fn values(path: &str, recorded: &Value, live: &Value, bindings: &mut Bindings) -> Result<(), String> {
    match (recorded, live) {
        (Value::Object(ours), Value::Object(theirs)) => objects(path, ours, theirs, bindings),
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
                values(&format!("{path}[{index}]"), ours, theirs, bindings)
            })
        }
        (Value::String(ours), Value::String(theirs)) => {
            let ours = MODELS.iter().find(|(word, _)| word == ours).map_or(ours.as_str(), |(_, word)| word);
            bindings.agree(ours, theirs).map_err(|difference| format!("  {path}:\n    {difference}"))
        }
        _ if path.ends_with("__request_start_time_ms__") && recorded.is_i64() && live.is_i64() => Ok(()),
        _ if recorded == live => Ok(()),
        _ => Err(format!("  {path}: recorded {recorded}, live {live}")),
    }
}

fn objects(
    path: &str,
    recorded: &Map<String, Value>,
    live: &Map<String, Value>,
    bindings: &mut Bindings,
) -> Result<(), String> {
    // Ids of messages and tasks are names of members, too.
    let mut theirs: Vec<_> = live.iter().collect();
    for (name, ours) in recorded {
        let found = theirs
            .iter()
            .position(|(other, _)| *other == name || bindings.clone().agree(name, other).is_ok());
        let Some(found) = found else {
            return Err(format!("  {path}.{name}: recorded {ours}, live {:?}", live.keys()));
        };
        let (other, value) = theirs.remove(found);
        bindings.agree(name, other).map_err(|difference| format!("  {path}:\n    {difference}"))?;
        values(&format!("{path}.{name}"), ours, value, bindings)?;
    }
    if theirs.is_empty() { Ok(()) } else { Err(format!("  {path}: live has also {theirs:?}")) }
}
