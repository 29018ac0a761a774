//! One client: the machine, what it is fed with, and what carries out its effects.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use gloo_timers::callback::Timeout;
use js_sys::Math;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::spawn_local;

use super::convert;
use super::exports::Run;
use super::options::{Settings, api_key, credential};
use super::shell::Shell;
use super::timer::{after, delay, now};
use super::value::{Js, text};
use crate::backend::assistant_cloud::read_rotated;
use crate::backend::tambo::PreviousRuns;
use crate::backend::{ApiKey, Backend, Body, Call, Reply, Step, Told};
use crate::error::{Code, Fault};
use crate::secret::Secret;
use crate::session::{Effect, Exchanged, Input, Moment, Need, OpId, Pass, Session, Use, WaiterId};

/// Seeds of jitter, which need not be secret.
const SEEDS: f64 = 9e15;

/// What a caller waits for.
pub enum Task {
    /// A token, or to be identified.
    Token(Need),
    /// The headers that say who the user is.
    Headers,
    /// The outcome of a call.
    Call(Box<Call<Js>>),
}

struct Entry {
    id: i32,
    task: Task,
    /// Once there is a token: which one, and so which generation it belongs to.
    pass: Option<Pass>,
    /// When its request was sent last.
    sent: Option<Moment>,
    /// A pause between two tries.
    _pause: Option<Timeout>,
}

/// A client of the face.
pub struct Client {
    /// What does not change.
    pub settings: Settings,
    /// The other half.
    pub shell: Rc<Shell>,
    /// The machine. Borrowed for one step at a time, never across a call into JavaScript.
    pub session: RefCell<Session>,
    /// The runs of this generation.
    pub previous: RefCell<PreviousRuns>,
    entries: RefCell<Vec<Entry>>,
    usage: Cell<Use>,
    /// The credential, where it is a key.
    api_key: RefCell<Option<Rc<ApiKey>>>,
    inputs: RefCell<Vec<Input>>,
    /// Inputs are being fed, or a call is between two of its steps. What code of the app does then has to wait its turn.
    busy: Cell<bool>,
    shown: RefCell<Option<(Fault, JsValue)>>,
    watched: Cell<bool>,
}

impl Client {
    /// A client that does nothing yet.
    pub fn new(options: &JsValue, given: &JsValue, shell: Shell) -> Rc<Self> {
        let settings = Settings::read(options);
        let credential = credential(given, &settings);
        let usage = credential.usage().unwrap_or(Use::Direct);
        let session = Session::new(credential, settings.rules, (Math::random() * SEEDS) as u64);
        let client = Rc::new(Self {
            settings,
            shell: Rc::new(shell),
            session: RefCell::new(session),
            previous: RefCell::default(),
            entries: RefCell::default(),
            usage: Cell::new(usage),
            api_key: RefCell::new(api_key(given)),
            inputs: RefCell::default(),
            busy: Cell::new(false),
            shown: RefCell::new(None),
            watched: Cell::new(false),
        });
        client.warn_of_secret(given);
        client
    }

    /// Whoever can read a page can read a key that says who the user is, or that opens a server. Tambo's is public.
    fn warn_of_secret(&self, given: &JsValue) {
        let Settings { in_page, backend, api_key, .. } = &self.settings;
        let message = if text(given, "kind") == "userKey" {
            "a userKey in a page lets every visitor pass for any user; use userToken, or anonymous for demos"
        } else if *backend == Backend::LangGraph && !api_key.is_empty() {
            "an apiKey in a page can be taken by every visitor; let a server of yours add it, or use authToken alone"
        } else {
            return;
        };
        if *in_page {
            self.shell.warn(&self.error(&Fault::new(Code::SecretInBrowser, message)));
        }
    }

    /// Feeds the machine and carries out what it wants, in order. Whatever happens meanwhile is fed after.
    pub fn drive(self: &Rc<Self>, input: Input) {
        self.inputs.borrow_mut().push(input);
        let busy = self.busy.replace(true);
        self.go_on(busy);
    }

    /// Feeds what has come meanwhile, unless an outer caller will.
    fn go_on(self: &Rc<Self>, busy: bool) {
        if busy {
            return;
        }
        loop {
            let inputs = self.inputs.take();
            if inputs.is_empty() {
                break;
            }
            for input in inputs {
                let now = now();
                let effects = self.session.borrow_mut().step(now, input);
                for effect in effects {
                    self.carry_out(effect);
                }
            }
        }
        self.busy.set(false);
    }

    fn carry_out(self: &Rc<Self>, effect: Effect) {
        let shell = self.shell.clone();
        match effect {
            Effect::Ask { op, reason, force_refresh } => {
                spawn_local(async move { shell.ask(id_of(op), reason.as_str(), force_refresh) });
            }
            Effect::Exchange { op, subject } => match self.exchange_request(&subject) {
                Ok(request) => self.send(id_of(op), request, Body::Little, 0.0),
                Err(fault) => self.drive(Input::Exchanged(op, Exchanged::Failed(fault))),
            },
            Effect::Abort(op) => shell.abort(id_of(op)),
            Effect::Arm { after_ms } => shell.arm(delay(after_ms)),
            Effect::Disarm => shell.disarm(),
            Effect::Settle(waiter, result) => self.passed(waiter.0 as i32, result),
            Effect::Publish { state, cause } => {
                let state = convert::state(&state, &|fault| self.error(fault));
                shell.publish(&state, cause);
            }
            Effect::EndGeneration { begins, fault } => self.end(begins, &fault),
            Effect::Broadcast(message) => shell.say(message.as_str()),
            Effect::Forget => shell.forget(),
            Effect::Warn(fault) => shell.warn(&self.error(&fault)),
            Effect::Note(activity) => {
                if self.watched.get() {
                    shell.activity(&convert::activity(&activity, js_sys::Date::now()));
                }
            }
        }
    }

    fn send(&self, id: i32, request: JsValue, body: Body, deadline_ms: f64) {
        self.shell.send(id, &request, body as u8, deadline_ms);
    }

    /// A caller wants something.
    pub fn begin(self: &Rc<Self>, id: i32, task: Task) {
        let need = match task {
            Task::Token(need) => need,
            Task::Headers | Task::Call(_) => Need::Token,
        };
        self.keep(Entry { id, task, pass: None, sent: None, _pause: None });
        self.drive(Input::Want(WaiterId(id as u32), need));
    }

    /// A caller has gone.
    pub fn abandon(self: &Rc<Self>, id: i32) {
        self.take(id);
        self.drive(Input::Abandon(WaiterId(id as u32)));
    }

    fn keep(&self, entry: Entry) {
        self.entries.borrow_mut().push(entry);
    }

    fn take(&self, id: i32) -> Option<Entry> {
        let mut entries = self.entries.borrow_mut();
        let index = entries.iter().position(|entry| entry.id == id)?;
        entries.swap_remove(index).into()
    }

    /// The machine has answered a wish for a token.
    fn passed(self: &Rc<Self>, id: i32, result: Result<Pass, Fault>) {
        let Some(mut entry) = self.take(id) else { return };
        let value = match (result, &mut entry.task) {
            (Err(fault), _) => Err(fault),
            (Ok(pass), Task::Token(_)) => Ok(pass.token.map_or(JsValue::NULL, |token| token.expose().into())),
            (Ok(pass), Task::Headers) => self.headers_of(&pass),
            (Ok(pass), Task::Call(call)) => {
                let previous = self.previous.take();
                let step = call.passed(&previous);
                self.previous.replace(previous);
                entry.pass = Some(pass);
                return self.step(entry, step);
            }
        };
        self.settle(id, value);
    }

    /// Tells a caller.
    pub fn settle(&self, id: i32, value: Result<JsValue, Fault>) {
        match value {
            Ok(value) => self.shell.settle(id, true, &value),
            Err(fault) => self.shell.settle(id, false, &self.error(&fault)),
        }
    }

    /// Does what a call wants next.
    fn step(self: &Rc<Self>, entry: Entry, step: Step<Js>) {
        let busy = self.busy.replace(true);
        self.take_step(entry, step);
        self.go_on(busy);
    }

    fn take_step(self: &Rc<Self>, mut entry: Entry, step: Step<Js>) {
        let (id, waiter) = (entry.id, WaiterId(entry.id as u32));
        let serial = entry.pass.as_ref().map_or(0, |pass| pass.serial);
        match step {
            Step::Want | Step::Replace => {
                let replace = matches!(step, Step::Replace);
                self.keep(entry);
                self.drive(if replace {
                    Input::Refused(Some(waiter), serial)
                } else {
                    Input::Want(waiter, Need::Token)
                });
            }
            Step::Send => match self.request_of(&entry) {
                Ok((request, body)) => {
                    entry.sent = Some(now());
                    self.keep(entry);
                    self.send(id, request, body, self.settings.request_ms);
                }
                Err(fault) => self.settle(id, Err(fault)),
            },
            Step::Wait(ms) => {
                let weak = Rc::downgrade(self);
                let woken = move || {
                    // Its own timer is taken with it and dropped at the end.
                    if let Some(client) = weak.upgrade()
                        && let Some(entry) = client.take(id)
                    {
                        client.step(entry, Step::Want);
                    }
                };
                entry._pause = Some(after(ms.into(), Box::new(woken)));
                self.keep(entry);
            }
            Step::Done(result) => {
                let value = result.map(|value| match &entry {
                    Entry { task: Task::Call(call), pass: Some(pass), .. } if call.body() == Body::Stream => {
                        Run::begin(self.clone(), self.proof(pass), &value.0)
                    }
                    _ => value.0,
                });
                self.settle(id, value);
            }
        }
    }

    fn request_of(&self, entry: &Entry) -> Result<(JsValue, Body), Fault> {
        let (Task::Call(call), Some(pass)) = (&entry.task, &entry.pass) else {
            return Err(Fault::new(Code::Internal, "only a call with a token is sent"));
        };
        // Not held while the argument is written as JSON, which may run code of the app.
        let planned = call.request(&self.previous.borrow());
        let request = match planned {
            Some((plan, run)) => self.call_request(plan, run.as_deref(), pass)?,
            None => self.shell.prepare(entry.id, &self.headers_of(pass)?),
        };
        if request.is_undefined() {
            return Err(Fault::new(Code::InvalidArgument, "the platform cannot make a request of this"));
        }
        Ok((request, call.body()))
    }

    /// What is not to be repeated of a backend's words about a request with this token or key.
    pub fn known<'a>(&'a self, proof: Option<&'a Secret>) -> [&'a str; 2] {
        [&self.settings.api_key, proof.map_or("", Secret::expose)]
    }

    /// The key that is the credential, if it is one.
    pub fn api_key(&self) -> Option<Rc<ApiKey>> {
        self.api_key.borrow().clone()
    }

    /// The token or key that a request was made with.
    fn proof(&self, pass: &Pass) -> Option<Secret> {
        let key =
            || self.api_key().map(|api| api.key.clone()).or_else(|| self.shell.user_key().map(Secret::new));
        pass.token.clone().or_else(key)
    }

    /// What came back for a call: its answer, or why there is none.
    pub fn came_back(self: &Rc<Self>, id: i32, came: Result<Reply<Js>, Fault>) {
        let Some(mut entry) = self.take(id) else { return };
        let (retries, random) = (self.settings.retries, Math::random());
        let (Task::Call(call), Some(pass)) = (&mut entry.task, &entry.pass) else { return };
        let serial = pass.serial;
        let mut rotated = None;
        let (told, step) = match came {
            Ok(reply) => {
                let header = reply.authorization.as_ref().filter(|_| pass.token.is_some());
                if self.settings.backend == Backend::AssistantCloud
                    && let (Some(header), Some(sent)) = (header, entry.sent)
                    && let Some((token, claims)) = read_rotated::<Js>(header.expose())
                {
                    rotated = Some(Input::Rotated { sent, serial, token, claims });
                }
                let proof = self.proof(pass);
                let mut previous = self.previous.take();
                let (bearer, sent) = (pass.token.is_some(), call.sent_token().unwrap_or_default());
                let [key, token] = self.known(proof.as_ref());
                let known = [key, token, &sent];
                let next = call.replied(reply, bearer, &mut previous, retries, &known, random);
                self.previous.replace(previous);
                next
            }
            Err(fault) => (Told::Nothing, call.lost(fault, retries, random)),
        };
        match told {
            Told::Nothing => {}
            Told::Accepted => self.drive(Input::Accepted(serial)),
            Told::Refused => self.drive(Input::Refused(None, serial)),
        }
        if let Some(rotated) = rotated {
            self.drive(rotated);
        }
        self.step(entry, step);
    }

    /// Everything of earlier generations ends.
    fn end(&self, begins: u32, fault: &Fault) {
        *self.previous.borrow_mut() = PreviousRuns::default();
        let of_before = |entry: &Entry| entry.pass.as_ref().is_some_and(|pass| pass.generation != begins);
        let (mut kept, mut ended) = (Vec::new(), Vec::new());
        for entry in self.entries.take() {
            if of_before(&entry) { ended.push(entry) } else { kept.push(entry) }
        }
        self.entries.replace(kept);
        self.shell.ended(&self.error(fault));
        for entry in ended {
            self.settle(entry.id, Err(fault.clone()));
        }
    }

    /// What happens to the callback's token.
    pub fn usage(&self) -> Use {
        self.usage.get()
    }

    /// Another credential takes over.
    pub fn set_credential(self: &Rc<Self>, given: &JsValue) {
        let credential = credential(given, &self.settings);
        self.api_key.replace(api_key(given));
        self.usage.set(credential.usage().unwrap_or(Use::Direct));
        self.drive(Input::SetCredential(credential));
        self.warn_of_secret(given);
    }

    /// The one error object of a failure, so that the state's and a rejection's are the same.
    pub fn error(&self, fault: &Fault) -> JsValue {
        let shown = self.shown.borrow().clone();
        match shown {
            Some((before, value)) if before == *fault => value,
            _ => {
                let value = convert::error(&self.shell, fault);
                *self.shown.borrow_mut() = Some((fault.clone(), value.clone()));
                value
            }
        }
    }

    /// Whether somebody reads the activity log.
    pub fn watch(&self, watched: bool) {
        self.watched.set(watched);
    }
}

/// The shell's number of an operation of the machine. Callers' numbers are above zero.
fn id_of(op: OpId) -> i32 {
    -(op.0 as i32)
}
