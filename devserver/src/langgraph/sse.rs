//! Streams as the Python server frames them: CRLF, one data line, the id behind it, and a heartbeat of its own rhythm.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use serde_json::{Value, json};
use tokio::time::{Interval, MissedTickBehavior};

use super::live::{Action, At, Event, Live};
use super::mode;
use super::problem::Problem;

const HEARTBEAT: Bytes = Bytes::from_static(b": heartbeat\r\n\r\n");

/// What a reader asks of a run's stream.
#[derive(Debug, Default)]
pub(super) struct Reading {
    /// The place of the first event.
    pub(super) from: usize,
    /// Where what is told again ends: a failure is only told once.
    pub(super) again_until: usize,
    /// Only the events of these modes.
    pub(super) modes: Option<Vec<String>>,
    /// The run ends when the reader leaves.
    pub(super) cancel_on_disconnect: bool,
}

/// The stream of a run.
pub(super) fn of(run: Arc<Live>, reading: Reading, every: Duration) -> Response {
    let mut heartbeat = tokio::time::interval_at(tokio::time::Instant::now() + every, every);
    heartbeat.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let leaving = Leaving(reading.cancel_on_disconnect.then(|| run.clone()));
    let Reading { from, again_until, modes, .. } = reading;
    let reader = Reader { run, at: from, again_until, modes, heartbeat, leaving };
    let frames = stream::unfold(reader, |mut reader| async move {
        let frame = reader.next().await?;
        Some((Ok::<_, Infallible>(frame), reader))
    });
    response(Body::from_stream(frames))
}

/// A stream in which nothing comes any more.
pub(super) fn empty() -> Response {
    response(Body::empty())
}

/// A stream that holds a refusal: its status was sent before anybody looked.
pub(super) fn refused(problem: &Problem) -> Response {
    let (error, message) = problem.in_band();
    let data = json!({ "error": error, "message": message }).to_string();
    response(Body::from(frame(&Event { name: "error".into(), data, id: None })))
}

/// Says where a run is, and where to go to read on.
pub(super) fn locate(response: &mut Response, run: &str, to_read_on: Option<&str>) {
    let headers: &mut HeaderMap = response.headers_mut();
    let mut set = |name: HeaderName, value: &str| {
        if let Ok(value) = HeaderValue::from_str(value) {
            headers.insert(name, value);
        }
    };
    set(header::CONTENT_LOCATION, run);
    if let Some(word) = to_read_on {
        set(header::LOCATION, &format!("{run}/{word}"));
    }
}

/// The path of a run, which says nothing of a thread that was made for it.
pub(super) fn path(thread: Option<&str>, run: &str) -> String {
    match thread {
        Some(thread) => format!("/threads/{thread}/runs/{run}"),
        None => format!("/runs/{run}"),
    }
}

/// A body with what a run comes to, and white space, which JSON ignores, for as long as that takes. Whoever leaves before
/// ends the run, if so asked.
pub(super) fn result(run: Arc<Live>, cancel_on_disconnect: bool, every: Duration) -> Body {
    let leaving = Leaving(cancel_on_disconnect.then(|| run.clone()));
    Body::from_stream(stream::unfold(Some((run, leaving)), move |waiting| async move {
        let (run, mut leaving) = waiting?;
        let Ok(result) = tokio::time::timeout(every, run.result()).await else {
            return Some((Ok::<_, Infallible>(Bytes::from_static(b"\n")), Some((run, leaving))));
        };
        leaving.stay();
        Some((Ok(Bytes::from(result.to_string())), None))
    }))
}

/// What a final value says instead when a run failed.
pub(super) fn failure(error: &Value) -> Value {
    json!({ "__error__": error })
}

struct Reader {
    run: Arc<Live>,
    at: usize,
    again_until: usize,
    modes: Option<Vec<String>>,
    heartbeat: Interval,
    leaving: Leaving,
}

impl Reader {
    async fn next(&mut self) -> Option<Bytes> {
        let mut changes = self.run.changes();
        loop {
            match self.run.at(self.at) {
                At::Event(event) => {
                    let again = self.at < self.again_until;
                    self.at += 1;
                    if again && event.name == "error" {
                        continue;
                    }
                    if self.modes.as_ref().is_none_or(|modes| mode::asked_for(&event.name, modes)) {
                        return Some(frame(&event));
                    }
                }
                At::Over => {
                    self.leaving.stay();
                    return None;
                }
                At::Soon => tokio::select! {
                    _ = changes.changed() => {}
                    _ = self.heartbeat.tick() => return Some(HEARTBEAT),
                },
            }
        }
    }
}

/// Cancels a run when it is dropped.
struct Leaving(Option<Arc<Live>>);

impl Leaving {
    fn stay(&mut self) {
        self.0 = None;
    }
}

impl Drop for Leaving {
    fn drop(&mut self) {
        if let Some(run) = &self.0 {
            run.cancel(Action::Interrupt);
        }
    }
}

fn frame(event: &Event) -> Bytes {
    let Event { name, data, id } = event;
    let id = id.as_ref().map(|id| format!("id: {id}\r\n")).unwrap_or_default();
    format!("event: {name}\r\ndata: {data}\r\n{id}\r\n").into()
}

fn response(body: Body) -> Response {
    let mut response = body.into_response();
    let fixed = [
        (header::CONTENT_TYPE, "text/event-stream; charset=utf-8"),
        (header::CACHE_CONTROL, "no-store"),
        (HeaderName::from_static("x-accel-buffering"), "no"),
    ];
    for (name, value) in fixed {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_id_comes_last() {
        let event =
            |id: Option<&str>| Event { name: "values".into(), data: "{}".into(), id: id.map(String::from) };
        assert_eq!(frame(&event(Some("5-0"))), "event: values\r\ndata: {}\r\nid: 5-0\r\n\r\n");
        assert_eq!(frame(&event(None)), "event: values\r\ndata: {}\r\n\r\n");
    }
}
