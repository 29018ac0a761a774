//! A run under way: the request, the body in pieces, and the events they complete.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use js_sys::{Array, Promise};
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::spawn_local;

use super::body::Reader;
use super::call::{Answer, settled};
use super::client::Client;
use super::guard::{Guard, Thrown};
use super::send::Response;
use super::value::{Js, set};
use crate::backend::tambo::{self, RunPlan, is_stale_previous};
use crate::backend::{Args, Plan};
use crate::error::{Cause, Code, Failure};
use crate::json::{Json, JsonBuild};
use crate::session::{Fault, Ms};
use crate::stream::{Decoder, RunTracker, SseEvent, Step};

/// How long a stream that has said its last event is read to its end, so that the backend does not take the closed
/// connection for a cancelled run.
const TAIL: Ms = 5_000;

/// A run's state. One consumer pulls.
pub struct Run {
    client: Rc<Client>,
    guard: Guard,
    /// Resolves when the request was answered or has failed.
    opened: Promise,
    reader: RefCell<Option<Rc<Reader>>>,
    decoder: RefCell<Decoder>,
    tracker: RefCell<RunTracker>,
    failed: RefCell<Option<Thrown>>,
    over: Cell<bool>,
}

impl Run {
    /// Starts a run at once; events are read when they are pulled.
    pub fn start(client: Rc<Client>, args: Args<Js>, guard: Guard) -> Rc<Self> {
        let mut open = None;
        let opened = Promise::new(&mut |resolve, _| open = Some(resolve));
        let run = Rc::new(Self {
            client,
            guard,
            opened,
            reader: RefCell::new(None),
            decoder: RefCell::new(Decoder::new()),
            tracker: RefCell::default(),
            failed: RefCell::new(None),
            over: Cell::new(false),
        });
        let starting = run.clone();
        spawn_local(async move {
            if let Err(thrown) = starting.open(args).await {
                starting.fail(thrown);
            }
            if let Some(open) = open {
                let _ = open.call0(&JsValue::UNDEFINED);
            }
        });
        run
    }

    async fn open(&self, args: Args<Js>) -> Result<(), Thrown> {
        let run = tambo::plan_run(&args)?;
        let response = match (&run.thread, run.previous_given) {
            (Some(thread), false) => {
                let thread = thread.clone();
                self.continue_thread(run, &thread).await?
            }
            _ => self.send(&run.plan).await?,
        };
        let kind = response.header("content-type").unwrap_or_default();
        // CORS always lets the content type be read; what is not a stream is somebody else's answer.
        if !kind.is_empty() && !kind.starts_with("text/event-stream") {
            super::body::discard(&response);
            return Err(Failure::new(
                Code::MalformedResponse,
                "runs.stream: the answer is not an event stream",
            )
            .into());
        }
        let Some(reader) = Reader::of(&response) else {
            return Err(Failure::new(Code::MalformedResponse, "runs.stream: the answer has no body").into());
        };
        *self.reader.borrow_mut() = Some(Rc::new(reader));
        Ok(())
    }

    /// The backend wants to know which run this one continues. What we have seen may be out of date, because another tab
    /// may have gone on; then it refuses before anything starts, and the thread is read again, once.
    async fn continue_thread(&self, run: RunPlan<Js>, thread: &str) -> Result<Response, Thrown> {
        let known = self.client.previous.borrow().get(thread).map(|previous| previous.map(str::to_owned));
        let seen = known.is_some();
        let previous = match known {
            Some(previous) => previous,
            None => self.read_previous(thread).await?,
        };
        let refused = match self.send(&run.clone().continuing(previous.as_deref()).plan).await {
            Err(Thrown::Fault(fault)) if seen && is_stale_previous(&fault) => fault,
            answer => return answer,
        };
        self.client.previous.borrow_mut().forget(thread);
        let fresh = self.read_previous(thread).await?;
        if fresh == previous {
            return Err(Thrown::Fault(refused));
        }
        self.send(&run.continuing(fresh.as_deref()).plan).await
    }

    async fn read_previous(&self, thread: &str) -> Result<Option<String>, Thrown> {
        let plan = tambo::plan("threads.get", &Args(vec![Js::string(thread)]))?;
        self.client.call(plan, &self.guard).await?;
        Ok(self.client.previous.borrow().get(thread).flatten().map(str::to_owned))
    }

    async fn send(&self, plan: &Plan<Js>) -> Result<Response, Thrown> {
        match self.client.request(plan, &self.guard).await? {
            Answer::Stream(response) => Ok(response),
            Answer::Json(_) => Err(Failure::new(Code::Internal, "a stream was answered as JSON").into()),
        }
    }

    /// Reads on until there are events: `{ events, done }`.
    pub async fn pull(self: Rc<Self>) -> Result<JsValue, Thrown> {
        settled(&self.opened).await;
        let events = Array::new();
        while events.length() == 0 && !self.over.get() {
            self.check()?;
            let reader = self.reader.borrow().clone();
            let Some(reader) = reader else { break };
            self.guard.deadline(self.client.settings.idle_ms, || {
                Failure::new(
                    Code::StreamIdle,
                    "nothing arrived for too long while the next event was awaited",
                )
            });
            let read = reader.read(&self.guard).await;
            self.guard.no_deadline();
            let step = match read {
                Ok(Some(piece)) => self.take(&piece, &events),
                Ok(None) => Err(interrupted().into()),
                Err(stopped) => Err(stopped.or(|thrown| interrupted().cause(Cause::new(thrown)))),
            };
            if let Err(thrown) = step {
                reader.cancel();
                self.fail(thrown);
            }
        }
        if events.length() == 0 {
            self.check()?;
        }
        let batch = Js::object().0;
        set(&batch, "events", &events);
        set(&batch, "done", &self.over.get().into());
        Ok(batch)
    }

    /// Decodes a piece. Events that came before something malformed are still the caller's.
    fn take(&self, piece: &[u8], events: &Array) -> Result<(), Thrown> {
        let mut decoded: Vec<SseEvent> = Vec::new();
        let fits = self.decoder.borrow_mut().push(piece, &mut decoded);
        for event in decoded {
            let raw = Js::parse(&event.data).ok_or_else(|| {
                Failure::new(Code::StreamMalformed, "the stream carries an event that is not JSON")
            })?;
            let step = self.tracker.borrow_mut().event(raw)?;
            match step {
                Step::Yield(event) => {
                    self.learn(&event);
                    events.push(&event.0);
                }
                Step::Last(event) => {
                    events.push(&event.0);
                    self.end();
                    return Ok(());
                }
            }
        }
        fits.map_err(|_| {
            Failure::new(Code::StreamMalformed, "the stream carries an event of more than 16 MiB").into()
        })
    }

    fn learn(&self, event: &Js) {
        if event.text_at("type").as_deref() != Some("RUN_STARTED") {
            return;
        }
        let tracker = self.tracker.borrow();
        if let (Some(thread), Some(run)) = (&tracker.thread_id, &tracker.run_id) {
            self.client.previous.borrow_mut().started(thread, run);
        }
    }

    /// The last event came.
    fn end(&self) {
        self.over.set(true);
        let error = match &self.tracker.borrow().end {
            Some(Err(failure)) => Some(Thrown::Fault(Fault::from(failure.clone()))),
            _ => None,
        };
        *self.failed.borrow_mut() = error;
        let reader = self.reader.borrow_mut().take();
        if let Some(reader) = reader {
            spawn_local(async move {
                let guard = Guard::new(None);
                guard.deadline(TAIL, || Failure::new(Code::StreamIdle, "the stream did not end"));
                while let Ok(Some(_)) = reader.read(&guard).await {}
                reader.cancel();
            });
        }
    }

    fn fail(&self, thrown: Thrown) {
        let mut failed = self.failed.borrow_mut();
        if failed.is_none() {
            *failed = Some(thrown);
        }
    }

    /// A failure that ended the stream before its last event.
    fn check(&self) -> Result<(), Thrown> {
        let failed = self.failed.borrow().clone();
        match failed {
            Some(thrown) if !self.over.get() => Err(thrown),
            _ => match self.guard.ended().filter(|_| !self.over.get()) {
                Some(thrown) => Err(thrown),
                None => Ok(()),
            },
        }
    }

    /// What is known of the run: `{ threadId, runId, outcome, error }`.
    pub fn facts(&self) -> JsValue {
        let tracker = self.tracker.borrow();
        let facts = Js::object().0;
        let text = |text: &Option<String>| text.as_deref().map_or(JsValue::NULL, JsValue::from_str);
        set(&facts, "threadId", &text(&tracker.thread_id));
        set(&facts, "runId", &text(&tracker.run_id));
        let outcome = match &tracker.end {
            Some(Ok(outcome)) => outcome.as_str().into(),
            _ => JsValue::NULL,
        };
        set(&facts, "outcome", &outcome);
        let failed = self.failed.borrow().clone();
        set(&facts, "error", &failed.map_or(JsValue::NULL, |thrown| self.client.value_of(&thrown)));
        facts
    }

    /// Stops reading.
    pub fn close(&self) {
        if !self.over.get() {
            self.guard.end(Failure::new(Code::StreamInterrupted, "the caller has stopped reading").into());
        }
        let reader = self.reader.borrow_mut().take();
        if let Some(reader) = reader {
            reader.cancel();
        }
    }
}

fn interrupted() -> Failure {
    Failure::new(
        Code::StreamInterrupted,
        "the stream ended before the run did; read the thread for what was stored",
    )
    .retryable()
}
