//! Every recorded stream of LangGraph's servers, through our decoder in pieces of every size.
//!
//! Two readings of a body have to agree: that of `sseer`, and ours, however the body is cut. The files hold bodies as the
//! servers have sent them: CRLF and a line of data each from the one in Python, LF and indented JSON over many lines from the
//! one in Node (`10…`). What becomes of the events is tried by `tests/browser/langgraph-recorded.test.mjs`.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a panic is the report")]

use std::convert::Infallible;
use std::path::PathBuf;
use std::thread;

use futures_util::{FutureExt, StreamExt, stream};
use serde_json::Value;
use sseer::event_stream::EventStream;
use threadpass::stream::{Decoder, SseEvent};
use threadpass_contracts::captures;

#[test]
fn every_chunk_size_gives_the_recorded_events() {
    let files = recorded();
    thread::scope(|scope| {
        for file in &files {
            scope.spawn(move || every_size(&file.display().to_string(), &std::fs::read(file).unwrap()));
        }
    });
}

#[test]
fn every_event_is_json_and_a_heartbeat_is_none() {
    for file in recorded() {
        let body = std::fs::read(&file).unwrap();
        for event in ours(body.chunks(1)) {
            let value: Result<Value, _> = serde_json::from_slice(&event.data);
            assert!(value.is_ok(), "{}: {event:?}", file.display());
        }
    }
    let beats = std::fs::read(captures("langgraph").join("05d-heartbeats.sse")).unwrap();
    assert_eq!(String::from_utf8(beats.clone()).unwrap().matches(": heartbeat").count(), 5);
    let names: Vec<_> = ours(beats.chunks(7)).into_iter().map(|event| event.event).collect();
    assert_eq!(names, [&b"metadata"[..], b"updates"]);
}

fn every_size(name: &str, body: &[u8]) {
    let expected = judge(body);
    assert!(!expected.is_empty(), "{name} has no event");
    for size in 1..=body.len() {
        assert_eq!(ours(body.chunks(size)), expected, "{name}, in pieces of {size} bytes");
    }
}

fn recorded() -> Vec<PathBuf> {
    let entries = std::fs::read_dir(captures("langgraph")).unwrap();
    let mut files: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    files.retain(|file| file.extension().is_some_and(|extension| extension == "sse"));
    files.sort();
    assert!(
        files.iter().any(|file| file.ends_with("10a-npm-four-modes.sse")),
        "the Node server's is missing"
    );
    files
}

fn judge(body: &[u8]) -> Vec<SseEvent> {
    let whole = stream::iter([Ok::<_, Infallible>(body.to_vec())]);
    let events = EventStream::new(whole).map(|event| {
        let event = event.unwrap();
        let id = event.id.to_string().into_bytes();
        let (event, data) = (event.event.to_string().into_bytes(), event.data.to_string().into_bytes());
        SseEvent { event, data, id: (!id.is_empty()).then_some(id) }
    });
    events.collect().now_or_never().unwrap()
}

fn ours<'a>(pieces: impl Iterator<Item = &'a [u8]>) -> Vec<SseEvent> {
    let (mut decoder, mut events) = (Decoder::new(), Vec::new());
    for piece in pieces {
        decoder.push(piece, &mut events).unwrap();
    }
    events
}
