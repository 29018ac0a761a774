//! A run under way: its body comes in pieces, which complete events.

use std::cell::RefCell;
use std::rc::Rc;

use js_sys::Array;
use wasm_bindgen::JsValue;

use super::client::Client;
use super::value::{Js, object, set};
use crate::error::{Code, Fault};
use crate::json::Platform;
use crate::stream::{Decoder, RunTracker, SseEvent, Step};

/// What is known of a run.
pub struct Run {
    client: Rc<Client>,
    decoder: RefCell<Decoder>,
    tracker: RefCell<RunTracker>,
}

impl Run {
    /// A run whose body begins.
    pub fn new(client: Rc<Client>) -> Self {
        Self { client, decoder: RefCell::new(Decoder::new()), tracker: RefCell::default() }
    }

    /// Decodes a piece: `{ events, done, error }`. Events that came before something malformed are still the caller's.
    pub fn push(&self, piece: &[u8]) -> JsValue {
        let events = Array::new();
        let error = self.decode(piece, &events).err();
        let batch = object();
        set(&batch, "events", events.into());
        set(&batch, "done", self.tracker.borrow().end.is_some().into());
        set(&batch, "error", error.map_or(JsValue::NULL, |fault| self.client.error(&fault)));
        batch
    }

    fn decode(&self, piece: &[u8], events: &Array) -> Result<(), Fault> {
        let mut decoded: Vec<SseEvent> = Vec::new();
        let fits = self.decoder.borrow_mut().push(piece, &mut decoded);
        let mut tracker = self.tracker.borrow_mut();
        for event in decoded {
            let raw = Js::parse(&event.data).ok_or_else(|| {
                Fault::new(Code::StreamMalformed, "the stream carries an event that is not JSON")
            })?;
            let step = tracker.event(raw)?;
            let (Step::Yield(event) | Step::Started(event) | Step::Last(event)) = &step;
            events.push(&event.0);
            match step {
                Step::Yield(_) => {}
                Step::Started(_) => {
                    if let (Some(thread), Some(run)) = (&tracker.thread_id, &tracker.run_id) {
                        self.client.previous.borrow_mut().started(thread, run);
                    }
                }
                Step::Last(_) => return Ok(()),
            }
        }
        fits.map_err(|_| Fault::new(Code::StreamMalformed, "the stream carries an event of more than 16 MiB"))
    }

    /// What is known: `{ threadId, runId, outcome, error }`.
    pub fn facts(&self) -> JsValue {
        let tracker = self.tracker.borrow();
        let facts = object();
        let text = |text: &Option<String>| text.as_deref().map_or(JsValue::NULL, JsValue::from_str);
        set(&facts, "threadId", text(&tracker.thread_id));
        set(&facts, "runId", text(&tracker.run_id));
        let (outcome, error) = match &tracker.end {
            Some(Ok(outcome)) => (outcome.as_str().into(), JsValue::NULL),
            Some(Err(fault)) => (JsValue::NULL, self.client.error(fault)),
            None => (JsValue::NULL, JsValue::NULL),
        };
        set(&facts, "outcome", outcome);
        set(&facts, "error", error);
        facts
    }

    /// The body has ended, or cannot be read on: what the caller is told.
    pub fn broken(&self, reason: &str, thrown: &JsValue) -> JsValue {
        let fault = super::exports::fault_of(reason, thrown);
        self.client.error(&fault)
    }
}
