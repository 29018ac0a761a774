//! A run under way: its body comes in pieces, which complete events.

use std::cell::RefCell;
use std::rc::Rc;

use js_sys::Array;
use wasm_bindgen::JsValue;

use super::client::Client;
use super::exports::fault_of;
use super::value::{Js, decode, object, set, set_text};
use crate::backend::Backend;
use crate::error::{Code, Fault};
use crate::secret::{Secret, scrub};
use crate::stream::{Decoder, RunTracker, SseEvent, Step, TooLarge};

/// What is known of a run, or of one of the streams that it is read from.
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

    /// Decodes a piece of a backend that speaks AG-UI: `{ events, broken, threadId, runId, outcome, error }`. Events that came before something malformed,
    /// which is `broken`, are still the caller's. The others are there once they are known; `error` is a failed run's.
    pub fn push(&self, piece: &[u8]) -> JsValue {
        let mut decoded = Vec::new();
        let fits = self.decoder.borrow_mut().push(piece, &mut decoded);
        let events = Array::new();
        if self.client.settings.backend == Backend::LangGraph {
            return self.batch(&events, self.pass_on(decoded, fits, &events).err());
        }
        // Taken out while it is worked with, so that nothing is borrowed while JavaScript is called.
        let mut tracker = self.tracker.take();
        let error = self.follow(&mut tracker, decoded, fits, &events).err();
        let batch = self.batch(&events, error);
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
            let raw = Js(self.parsed(&event)?);
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
        fits.map_err(too_large)
    }

    /// Events as they are, for the driver of a run: `{ event, id, data }`.
    fn pass_on(
        &self,
        decoded: Vec<SseEvent>,
        fits: Result<(), TooLarge>,
        events: &Array,
    ) -> Result<(), Fault> {
        for event in decoded {
            let data = if event.data.is_empty() { JsValue::NULL } else { self.parsed(&event)? };
            let passed = object();
            let name = if event.event.is_empty() { b"message" } else { &*event.event };
            set(&passed, "event", &decode(name));
            set(&passed, "id", &event.id.as_deref().map_or(JsValue::NULL, decode));
            set(&passed, "data", &data);
            events.push(&passed);
        }
        fits.map_err(too_large)
    }

    fn parsed(&self, event: &SseEvent) -> Result<JsValue, Fault> {
        let data = self.client.shell.parse(&event.data);
        if data.is_undefined() {
            return Err(Fault::new(Code::StreamMalformed, "the stream carries an event that is not JSON"));
        }
        Ok(data)
    }

    fn batch(&self, events: &Array, error: Option<Fault>) -> JsValue {
        let batch = object();
        set(&batch, "events", events);
        set(&batch, "broken", &error.map_or(JsValue::NULL, |fault| self.client.error(&fault)));
        batch
    }

    /// A text of the backend without token and keys.
    pub fn scrub(&self, text: &str) -> JsValue {
        scrub(text, &self.client.known(self.proof.as_ref())).into()
    }

    /// The body has ended, or cannot be read on: what the caller is told.
    pub fn broken(&self, lost: u8, thrown: JsValue) -> JsValue {
        self.client.error(&fault_of(lost, thrown))
    }
}

fn too_large(_: TooLarge) -> Fault {
    Fault::new(Code::StreamMalformed, "the stream carries an event of more than 16 MiB")
}
