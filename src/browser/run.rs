//! A run under way: its body comes in pieces, which complete events.

use std::cell::RefCell;
use std::rc::Rc;

use js_sys::Array;
use wasm_bindgen::JsValue;

use super::client::Client;
use super::exports::fault_of;
use super::value::{Js, object, set, set_text};
use crate::error::{Code, Fault};
use crate::json::Json;
use crate::secret::Secret;
use crate::stream::{Decoder, RunTracker, SseEvent, Step, TooLarge};

/// What is known of a run.
pub struct Run {
    client: Rc<Client>,
    /// The token or key that it was asked for with.
    proof: Option<Secret>,
    decoder: RefCell<Decoder>,
    tracker: RefCell<RunTracker>,
}

impl Run {
    /// A run whose body begins.
    pub fn new(client: Rc<Client>, proof: Option<Secret>) -> Self {
        Self { client, proof, decoder: RefCell::new(Decoder::new()), tracker: RefCell::default() }
    }

    /// Decodes a piece: `{ events, broken, threadId, runId, outcome, error }`. Events that came before something malformed,
    /// which is `broken`, are still the caller's. The others are there once they are known; `error` is a failed run's.
    pub fn push(&self, piece: &[u8]) -> JsValue {
        let mut decoded = Vec::new();
        let fits = self.decoder.borrow_mut().push(piece, &mut decoded);
        let events = Array::new();
        // Taken out while it is worked with, so that nothing is borrowed while JavaScript is called.
        let mut tracker = self.tracker.take();
        let error = self.follow(&mut tracker, decoded, fits, &events).err();
        let batch = object();
        set(&batch, "events", &events);
        set(&batch, "broken", &error.map_or(JsValue::NULL, |fault| self.client.error(&fault)));
        for (name, text) in [("threadId", &tracker.thread_id), ("runId", &tracker.run_id)] {
            if let Some(text) = text {
                set_text(&batch, name, text);
            }
        }
        match &tracker.end {
            Some(Ok(outcome)) => set_text(&batch, "outcome", outcome.as_str()),
            Some(Err(fault)) => set(&batch, "error", &self.client.error(fault)),
            None => {}
        }
        self.tracker.replace(tracker);
        batch
    }

    fn follow(
        &self,
        tracker: &mut RunTracker,
        decoded: Vec<SseEvent>,
        fits: Result<(), TooLarge>,
        events: &Array,
    ) -> Result<(), Fault> {
        let known = self.client.known(self.proof.as_ref());
        for event in decoded {
            let raw = Js(self.client.shell.parse(&event.data));
            if raw.is_null() {
                return Err(Fault::new(
                    Code::StreamMalformed,
                    "the stream carries an event that is not JSON",
                ));
            }
            let step = tracker.event(raw, &known)?;
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

    /// The body has ended, or cannot be read on: what the caller is told.
    pub fn broken(&self, lost: u8, thrown: JsValue) -> JsValue {
        self.client.error(&fault_of(lost, thrown))
    }
}
