//! Streams: their framing, and the events of a run.

use threadpass::error::Code;
use threadpass::json::Platform;
use threadpass::json::native::NativeJson;
use threadpass::stream::{Decoder, RunTracker, SseEvent, Step};

use crate::secrets::{KEY, SUBJECT, TOKEN, failure};

/// A body means the same however it is cut, and what the standard says.
pub fn sse(body: &[u8], cuts: &[usize]) {
    let expected = by_the_standard(body);
    assert_eq!(decoded(&[body]), expected);
    assert_eq!(decoded(&body.chunks(1).collect::<Vec<_>>()), expected);
    let (mut pieces, mut rest) = (Vec::new(), body);
    for cut in cuts {
        let (piece, after) = rest.split_at(cut % (rest.len() + 1));
        pieces.push(piece);
        rest = after;
    }
    pieces.push(rest);
    assert_eq!(decoded(&pieces), expected);
}

fn decoded(pieces: &[&[u8]]) -> Vec<SseEvent> {
    let (mut decoder, mut events) = (Decoder::new(), Vec::new());
    for piece in pieces {
        decoder.push(piece, &mut events).unwrap();
    }
    events
}

/// WHATWG HTML, "Interpreting an event stream", word for word and all at once.
fn by_the_standard(body: &[u8]) -> Vec<SseEvent> {
    let mut body = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
    let (mut events, mut data, mut event, mut id) = (Vec::new(), Vec::new(), Vec::new(), None);
    while let Some(end) = body.iter().position(|byte| matches!(byte, b'\r' | b'\n')) {
        let (line, ending) = body.split_at(end);
        body = ending.strip_prefix(b"\r\n").or(ending.get(1..)).unwrap_or_default();
        if line.is_empty() {
            if data.pop().is_some() {
                events.push(SseEvent { event: event.clone(), data: data.clone(), id: id.clone() });
            }
            data.clear();
            event.clear();
            continue;
        }
        let colon = line.iter().position(|byte| *byte == b':');
        let (field, value) = line.split_at(colon.unwrap_or(line.len()));
        let value = value.strip_prefix(b":").unwrap_or(value);
        let value = value.strip_prefix(b" ").unwrap_or(value);
        match field {
            b"event" => event = value.to_vec(),
            b"data" => data = [&data, value, b"\n"].concat(),
            b"id" if !value.contains(&0) => id = Some(value.to_vec()),
            _ => {}
        }
    }
    events
}

/// Any lines of JSON are a run that can be followed to its end, or no run by name.
pub fn run(lines: &[u8]) {
    let mut tracker = RunTracker::default();
    for json in lines.split(|byte| *byte == b'\n').filter_map(NativeJson::parse) {
        let raw = json.to_value();
        match tracker.event(json, &[KEY, TOKEN, SUBJECT]) {
            Ok(Step::Yield(event) | Step::Started(event)) => {
                assert_eq!(event.to_value().get("raw"), Some(&raw));
                assert!(tracker.end.is_none());
            }
            Ok(Step::Last(event)) => {
                assert_eq!(event.to_value().get("raw"), Some(&raw));
                match tracker.end.as_ref().expect("the last event ends it") {
                    Ok(outcome) => assert!(!outcome.as_str().is_empty()),
                    Err(fault) => {
                        assert!(matches!(fault.code, Code::RunFailed | Code::RunCancelled));
                        failure(fault);
                    }
                }
                return;
            }
            Err(malformed) => {
                assert_eq!(malformed.code, Code::StreamMalformed);
                assert!(raw.get("type").and_then(|kind| kind.as_str()).is_none());
                failure(&malformed);
                return;
            }
        }
    }
}
