//! One client: the machine, what it is fed with, and what carries out its effects.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::rc::Rc;

use gloo_timers::callback::Timeout;
use js_sys::{Array, Function};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::spawn_local;
use web_sys::{AbortController, AbortSignal};

use super::abort::controller;

use super::anonymous::{in_page, seed};
use super::face::Face;
use super::guard::{Guard, Thrown, Underway};
use super::options::{Settings, Supply, credential};
use super::tabs::Tabs;
use super::timer::{after, now};
use super::value::get;
use super::waiters::Waiters;
use super::wake::{Wakes, is_hidden};
use super::{callback, convert, exchange};
use crate::backend::tambo::PreviousRuns;
use crate::error::{Code, Failure};
use crate::secret::Secret;
use crate::session::{Effect, Fault, Input, OpId, Session, Use};

/// A client of the face.
pub struct Client {
    /// What does not change.
    pub settings: Settings,
    /// The face's half.
    pub face: Face,
    /// The machine. Borrowed for one step at a time, never across a call into JavaScript.
    pub session: RefCell<Session>,
    /// Who waits for it.
    pub waiters: Waiters,
    /// What belongs to the present generation.
    pub underway: Underway,
    /// The runs of this generation.
    pub previous: RefCell<PreviousRuns>,
    usage: Cell<Use>,
    supply: RefCell<Rc<Supply>>,
    inputs: RefCell<VecDeque<Input>>,
    driving: Cell<bool>,
    timer: RefCell<Option<Timeout>>,
    ops: RefCell<Vec<(OpId, Rc<Guard>)>>,
    ended: RefCell<Option<Fault>>,
    shown: RefCell<Option<(Fault, JsValue)>>,
    watched: Cell<bool>,
    /// Aborted with the generation, for bodies that outlive their call.
    lasting: RefCell<Option<AbortController>>,
    wakes: RefCell<Option<Wakes>>,
    tabs: RefCell<Option<Tabs>>,
}

impl Client {
    /// A client that does nothing yet.
    pub fn new(options: &JsValue, given: &JsValue, face: Face) -> Rc<Self> {
        let settings = Settings::read(options);
        let (credential, supply) = credential(given, &settings);
        let usage = credential.usage().unwrap_or(Use::Direct);
        let session = Session::new(credential, settings.rules, seed());
        Rc::new(Self {
            settings,
            face,
            session: RefCell::new(session),
            waiters: Waiters::default(),
            underway: Underway::default(),
            previous: RefCell::default(),
            usage: Cell::new(usage),
            supply: RefCell::new(Rc::new(supply)),
            inputs: RefCell::default(),
            driving: Cell::new(false),
            timer: RefCell::new(None),
            ops: RefCell::default(),
            ended: RefCell::new(None),
            shown: RefCell::new(None),
            watched: Cell::new(false),
            lasting: RefCell::new(None),
            wakes: RefCell::new(None),
            tabs: RefCell::new(None),
        })
    }

    /// The first use: listens, and begins.
    pub fn start(self: &Rc<Self>) {
        let weak = Rc::downgrade(self);
        let wakes = Wakes::listen(move |input| {
            if let Some(client) = weak.upgrade() {
                client.drive(input);
            }
        });
        *self.wakes.borrow_mut() = Some(wakes);
        self.open_tabs();
        if is_hidden() {
            self.drive(Input::Hidden);
        }
        self.drive(Input::Start);
        self.warn_of_secret();
    }

    /// Whoever can read a page can read a key that says who the user is.
    fn warn_of_secret(&self) {
        if matches!(&*self.supply(), Supply::UserKey(_)) && in_page() {
            let failure = Failure::new(
                Code::SecretInBrowser,
                "a userKey in a page lets every visitor pass for any user; use userToken, or anonymous for demos",
            );
            let _ = self.face.warn(&self.error(&failure.into()));
        }
    }

    fn open_tabs(self: &Rc<Self>) {
        let weak = Rc::downgrade(self);
        let tabs = Tabs::open(&self.settings.name, move |message| {
            if let Some(client) = weak.upgrade().filter(|client| client.shares_identity()) {
                client.drive(Input::OtherTab(message));
            }
        });
        *self.tabs.borrow_mut() = tabs;
    }

    /// An anonymous identity of this tab alone is no other tab's business.
    fn shares_identity(&self) -> bool {
        !matches!(&*self.supply(), Supply::Anonymous(anonymous) if !anonymous.shared())
    }

    /// Feeds the machine and carries out what it wants, in order. Whatever happens meanwhile is fed after.
    pub fn drive(self: &Rc<Self>, input: Input) {
        self.inputs.borrow_mut().push_back(input);
        if self.driving.replace(true) {
            return;
        }
        loop {
            let next = self.inputs.borrow_mut().pop_front();
            let Some(input) = next else { break };
            let effects = self.session.borrow_mut().step(now(), input);
            for effect in effects {
                self.carry_out(effect);
            }
        }
        self.driving.set(false);
    }

    fn carry_out(self: &Rc<Self>, effect: Effect) {
        match effect {
            Effect::Ask { op, reason, force_refresh } => {
                let guard = self.new_op(op);
                spawn_local(callback::ask(self.clone(), op, reason, force_refresh, guard));
            }
            Effect::Exchange { op, subject } => {
                let guard = self.new_op(op);
                spawn_local(exchange::exchange(self.clone(), op, subject, guard));
            }
            Effect::Abort(op) => {
                if let Some(guard) = self.drop_op(op) {
                    guard.end(Failure::new(Code::IdentityChanged, "no longer needed").into());
                }
            }
            Effect::Arm { after_ms } => {
                let weak = Rc::downgrade(self);
                let timer = after(after_ms, move || {
                    // A task of its own, so that the timer is not replaced while it runs.
                    spawn_local(async move {
                        if let Some(client) = weak.upgrade() {
                            client.drive(Input::Timer);
                        }
                    });
                });
                drop(self.timer.replace(Some(timer)));
            }
            Effect::Disarm => drop(self.timer.replace(None)),
            Effect::Settle(waiter, result) => self.waiters.settle(waiter, result),
            Effect::Publish { state, cause } => {
                let state = convert::state(&state, |fault| self.error(fault));
                let _ = self.face.state(&state, cause);
            }
            Effect::EndGeneration { begins, fault } => {
                *self.previous.borrow_mut() = PreviousRuns::default();
                *self.ended.borrow_mut() = Some(fault.clone());
                self.underway.end_all(begins, &fault);
                let lasting = self.lasting.take();
                if let Some(lasting) = lasting {
                    lasting.abort_with_reason(&self.error(&fault));
                }
            }
            Effect::Broadcast(message) => {
                if let Some(tabs) = self.tabs.borrow().as_ref().filter(|_| self.shares_identity()) {
                    tabs.say(message);
                }
            }
            Effect::Forget => {
                if let Supply::Anonymous(anonymous) = &*self.supply() {
                    anonymous.forget();
                }
            }
            Effect::Warn(fault) => {
                let _ = self.face.warn(&self.error(&fault));
            }
            Effect::Note(activity) => {
                if self.watched.get() {
                    let _ = self.face.activity(&convert::activity(&activity, js_sys::Date::now()));
                }
            }
        }
    }

    fn new_op(&self, op: OpId) -> Rc<Guard> {
        let guard = Rc::new(Guard::new(None));
        self.ops.borrow_mut().push((op, guard.clone()));
        guard
    }

    /// Takes an operation off the list.
    pub fn drop_op(&self, op: OpId) -> Option<Rc<Guard>> {
        let mut ops = self.ops.borrow_mut();
        let index = ops.iter().position(|(id, _)| *id == op)?;
        Some(ops.swap_remove(index).1)
    }

    /// The app's callback, if that is the credential.
    pub fn callback(&self) -> Option<Function> {
        match &*self.supply() {
            Supply::Callback(callback) => Some(callback.clone()),
            _ => None,
        }
    }

    /// What happens to the callback's token.
    pub fn usage(&self) -> Use {
        self.usage.get()
    }

    /// The `userKey` of the credential, where it has one.
    pub fn user_key(&self) -> Option<Secret> {
        match &*self.supply() {
            Supply::UserKey(key) => Some(key.clone()),
            Supply::Anonymous(anonymous) => anonymous.key(),
            Supply::None | Supply::Callback(_) => None,
        }
    }

    fn supply(&self) -> Rc<Supply> {
        self.supply.borrow().clone()
    }

    /// Another credential takes over.
    pub fn set_credential(self: &Rc<Self>, given: &JsValue) {
        let (credential, supply) = credential(given, &self.settings);
        self.usage.set(credential.usage().unwrap_or(Use::Direct));
        let before = self.supply.replace(Rc::new(supply));
        drop(before);
        self.drive(Input::SetCredential(credential));
        self.warn_of_secret();
    }

    /// What ended the last generation.
    pub fn ended(&self) -> Thrown {
        let ended = self.ended.borrow().clone();
        match ended {
            Some(fault) => Thrown::Fault(fault),
            None => Failure::new(Code::IdentityChanged, "another identity took over; call again").into(),
        }
    }

    /// The one error object of a failure, so that the state's and a rejection's are the same.
    pub fn error(&self, fault: &Fault) -> JsValue {
        let shown = self.shown.borrow().clone();
        match shown {
            Some((before, value)) if before == *fault => value,
            _ => {
                let value = convert::error(&self.face, fault);
                *self.shown.borrow_mut() = Some((fault.clone(), value.clone()));
                value
            }
        }
    }

    /// What a promise is rejected with.
    pub fn value_of(&self, thrown: &Thrown) -> JsValue {
        match thrown {
            Thrown::Fault(fault) => self.error(fault),
            Thrown::Value(value) => value.clone(),
        }
    }

    /// A signal that is aborted with the generation, and with the caller's; `None` where the platform cannot combine.
    pub fn lasting_signal(&self, caller: Option<&AbortSignal>) -> Option<AbortSignal> {
        let class = get(&js_sys::global(), "AbortSignal");
        let any = get(&class, "any").dyn_into::<Function>().ok()?;
        let ours = self.lasting.borrow().clone().or_else(controller)?;
        *self.lasting.borrow_mut() = Some(ours.clone());
        let signals = Array::of1(&ours.signal());
        if let Some(caller) = caller {
            signals.push(caller);
        }
        any.call1(&class, &signals).ok().map(JsCast::unchecked_into)
    }

    /// Whether somebody reads the activity log.
    pub fn watch(&self, watched: bool) {
        self.watched.set(watched);
    }

    /// The end. Nothing of this client is left: no timer, no listener, no channel.
    pub fn dispose(self: &Rc<Self>) {
        self.drive(Input::Dispose);
        drop(self.wakes.replace(None));
        drop(self.tabs.replace(None));
        let ops = self.ops.take();
        for (_, guard) in ops {
            guard.end(Failure::new(Code::Disposed, "the client was disposed").into());
        }
        drop(self.supply.replace(Rc::new(Supply::None)));
    }
}
