//! Every recorded stream of the Tambo API, through our decoder in pieces of every size.
//!
//! Three readings of a body have to agree: the plain one that the recordings allow (an event is a `data: ` line and an
//! empty one), that of `sseer`, and ours. Ours has to agree however the body is cut, whichever line ending it has, and
//! behind a byte order mark. What it then says about the run is compared with the recorded headers and with [`RUNS`].

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a panic is the report")]

use std::convert::Infallible;

use futures_util::{FutureExt, StreamExt, stream};
use serde_json::Value;
use sseer::event_stream::EventStream;
use threadpass::error::Code;
use threadpass::json::native::NativeJson;
use threadpass::stream::{Decoder, Outcome, RunTracker, Step};
use threadpass_contracts::{Exchange, files, load};

/// The event type and the data of one event.
type Event = (String, String);

/// A member that every recorded event has, and not as its first: where its data can be broken into two lines.
const MEMBER: &str = "\"timestamp\":";

/// The recorded runs: name, text of the answer, pieces of tool arguments, and how it ended.
const RUNS: [(&str, &str, &str, Result<Outcome, Code>); 9] = [
    ("new thread + run, text only", "Hello from the fake model.", "", Ok(Outcome::Finished)),
    (
        "second run with correct previousRunId, unicode reply",
        "Héllo 你好 🚀 line1\nline2 \u{2028} end",
        "",
        Ok(Outcome::Finished),
    ),
    (
        "run that calls a client tool",
        "",
        r#"{"location":"San Francisco","unit":"celsius"}"#,
        Ok(Outcome::AwaitingInput),
    ),
    ("correct tool result", r#"The tool said: {"t":21}"#, "", Ok(Outcome::Finished)),
    (
        "text then client tool in one assistant turn",
        "Let me check. ",
        r#"{"location":"Paris"}"#,
        Ok(Outcome::AwaitingInput),
    ),
    ("LLM provider failure: err401", "", "", Err(Code::RunFailed)),
    ("LLM provider failure: err429", "", "", Err(Code::RunFailed)),
    ("LLM provider failure: err500", "", "", Err(Code::RunFailed)),
    ("LLM provider failure: midfail", "Partial ", "", Err(Code::RunFailed)),
];

#[test]
fn every_chunk_size_gives_the_recorded_events() {
    let recorded = recorded();
    let mut decoded = 0;
    for exchange in &recorded {
        for (dress, body, expected) in dressed(&exchange.response.body) {
            assert!(!expected.is_empty(), "{:?} has no event", exchange.name);
            for (variant, body) in variants(&body) {
                let what = format!("{:?}, {dress}, {variant}", exchange.name);
                assert_eq!(judge(&body), expected, "{what}: the judge's reading");
                for size in 1..=body.len() {
                    assert_eq!(ours(body.chunks(size)), expected, "{what}, in pieces of {size} bytes");
                    decoded += 1;
                }
            }
        }
    }
    report(recorded.len(), decoded);
}

#[test]
fn every_run_is_followed_to_its_end() {
    let recorded = recorded();
    for (name, text, arguments, end) in &RUNS {
        let exchange = recorded.iter().find(|exchange| exchange.name == *name).unwrap();
        let run = follow(ours(exchange.response.body.as_bytes().chunks(1)));
        assert_eq!(run.text("TEXT_MESSAGE_CONTENT"), *text, "{name}");
        assert_eq!(run.text("TOOL_CALL_ARGS"), *arguments, "{name}");
        assert_eq!(run.end.as_ref(), Some(end), "{name}");
        let headers = &exchange.response.headers;
        // Only a thread that is made with the run is named by a header.
        let thread = headers.get("x-thread-id").or_else(|| exchange.request.path.split('/').nth(3));
        assert_eq!(run.thread.as_deref(), thread, "{name}");
        assert_eq!(run.run.as_deref(), headers.get("x-run-id"), "{name}");
        // Tambo says `RUN_ERROR` twice; everything else is for the caller.
        let untold = usize::from(end.is_err());
        assert_eq!(run.events.len(), plainly(&exchange.response.body).len() - untold, "{name}");
    }
    let unlisted: Vec<_> = recorded
        .iter()
        .filter(|exchange| RUNS.iter().all(|(name, ..)| *name != exchange.name))
        .map(|exchange| &exchange.name)
        .collect();
    assert!(unlisted.is_empty(), "recorded but not listed: {unlisted:?}");
}

#[test]
fn every_tool_call_is_of_a_message_of_its_stream() {
    let mut calls = 0;
    for exchange in recorded() {
        let run = follow(ours(exchange.response.body.as_bytes().chunks(1)));
        let messages: Vec<_> = run.of("TEXT_MESSAGE_START").map(|event| event["messageId"].clone()).collect();
        for call in run.of("TOOL_CALL_START").filter(|event| event.get("parentMessageId").is_some()) {
            assert!(messages.contains(&call["parentMessageId"]), "{:?}: {call}", exchange.name);
            assert_ne!(call["parentMessageId"], call["raw"]["parentMessageId"], "it was a temporary id");
            calls += 1;
        }
    }
    assert_eq!(calls, 1, "the recorded text and tool in one turn");
}

fn recorded() -> Vec<Exchange> {
    let mut recorded: Vec<_> = files("tambo").unwrap().iter().flat_map(|file| load(file).unwrap()).collect();
    recorded.retain(|exchange| exchange.response.is_event_stream());
    assert!(!recorded.is_empty(), "no stream was found among the recordings");
    recorded
}

/// The body as it is, and with all that the format has besides `data`: a comment, a type, an id, and data in two lines.
fn dressed(body: &str) -> [(&'static str, String, Vec<Event>); 2] {
    let plain = plainly(body);
    let rich = plain.iter().map(|(_, data)| ("run".into(), data.replace(MEMBER, &format!("\n{MEMBER}"))));
    let rich_body = body
        .replace("data: ", ": still here\nevent: run\nid: 7\ndata: ")
        .replace(MEMBER, &format!("\ndata: {MEMBER}"));
    [("plain", body.into(), plain.clone()), ("with every field", rich_body, rich.collect())]
}

/// The body as other servers would have sent it.
fn variants(body: &str) -> [(&'static str, Vec<u8>); 6] {
    let (cr, crlf) = (body.replace('\n', "\r"), body.replace('\n', "\r\n"));
    let marked = |body: &str| format!("\u{feff}{body}").into_bytes();
    [
        ("LF", body.into()),
        ("CR", cr.clone().into_bytes()),
        ("CRLF", crlf.clone().into_bytes()),
        ("byte order mark, LF", marked(body)),
        ("byte order mark, CR", marked(&cr)),
        ("byte order mark, CRLF", marked(&crlf)),
    ]
}

fn plainly(body: &str) -> Vec<Event> {
    body.split_terminator("\n\n")
        .map(|event| (String::from("message"), event.strip_prefix("data: ").unwrap().to_owned()))
        .collect()
}

fn judge(body: &[u8]) -> Vec<Event> {
    let whole = stream::iter([Ok::<_, Infallible>(body.to_vec())]);
    let events = EventStream::new(whole).map(|event| {
        let event = event.unwrap();
        (event.event.to_string(), event.data.to_string())
    });
    events.collect().now_or_never().unwrap()
}

fn ours<'a>(pieces: impl Iterator<Item = &'a [u8]>) -> Vec<Event> {
    let (mut decoder, mut events) = (Decoder::new(), Vec::new());
    for piece in pieces {
        decoder.push(piece, &mut events).unwrap();
    }
    events.into_iter().map(|event| (name(text(event.event)), text(event.data))).collect()
}

fn text(field: impl AsRef<[u8]>) -> String {
    str::from_utf8(field.as_ref()).unwrap().to_owned()
}

/// No type is the type of a message.
fn name(event: String) -> String {
    if event.is_empty() { "message".into() } else { event }
}

/// What the caller of a run is told.
#[derive(Default)]
struct Told {
    events: Vec<Value>,
    thread: Option<String>,
    run: Option<String>,
    end: Option<Result<Outcome, Code>>,
}

impl Told {
    fn of(&self, kind: &'static str) -> impl Iterator<Item = &Value> {
        self.events.iter().filter(move |event| event["type"] == kind)
    }

    fn text(&self, kind: &'static str) -> String {
        self.of(kind).map(|event| event["delta"].as_str().unwrap()).collect()
    }
}

fn follow(events: Vec<Event>) -> Told {
    let (mut tracker, mut told) = (RunTracker::default(), Told::default());
    for (_, data) in events {
        let raw: Value = serde_json::from_str(&data).unwrap();
        let step = tracker.event(NativeJson::from(raw.clone()), &[]).unwrap();
        let last = matches!(step, Step::Last(_));
        let (Step::Yield(event) | Step::Started(event) | Step::Last(event)) = step;
        let event = event.to_value();
        assert_eq!(event["raw"], raw);
        told.events.push(event);
        if last {
            break;
        }
    }
    Told {
        thread: tracker.thread_id,
        run: tracker.run_id,
        end: tracker.end.map(|end| end.map_err(|fault| fault.code)),
        ..told
    }
}

#[expect(clippy::print_stdout, reason = "the figures are part of the report")]
fn report(streams: usize, decoded: usize) {
    println!("tambo: {streams} streams, decoded {decoded} times");
}
