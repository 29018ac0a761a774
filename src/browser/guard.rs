//! A call's life: it ends at its deadline, with its caller's signal, or with its generation, whatever the other side and
//! an injected `fetch` do about it.

use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};

use gloo_timers::callback::Timeout;
use js_sys::{Array, Function, Promise};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortController, AbortSignal};

use super::abort::{Listener, controller};
use super::timer::after;
use super::value::get;
use crate::error::Failure;
use crate::session::{Fault, Ms};

/// What a call ends with if it does not succeed.
#[derive(Clone)]
pub enum Thrown {
    /// One of our failures.
    Fault(Fault),
    /// The caller's own reason, untouched.
    Value(JsValue),
}

impl From<Failure> for Thrown {
    fn from(failure: Failure) -> Self {
        Self::Fault(failure.into())
    }
}

/// What runs inside a guard ends with this.
pub enum Stopped {
    /// The guard ended it.
    Ended(Thrown),
    /// The promise was rejected.
    Rejected(JsValue),
}

struct State {
    ended: RefCell<Option<Thrown>>,
    controller: Option<AbortController>,
    reject: RefCell<Option<Function>>,
    generation: Cell<Option<u32>>,
}

impl State {
    fn end(&self, thrown: Thrown) {
        if self.ended.borrow().is_some() {
            return;
        }
        *self.ended.borrow_mut() = Some(thrown);
        let reject = self.reject.borrow_mut().take();
        if let Some(controller) = &self.controller {
            controller.abort();
        }
        if let Some(reject) = reject {
            let _ = reject.call0(&JsValue::UNDEFINED);
        }
    }
}

/// The guard of one call. Dropping it clears its timer and its listener.
pub struct Guard {
    state: Rc<State>,
    ended: Promise,
    deadline: RefCell<Option<Timeout>>,
    _caller: Option<Listener>,
}

impl Guard {
    /// A guard that also ends with the caller's signal.
    pub fn new(signal: Option<AbortSignal>) -> Self {
        let state = Rc::new(State {
            ended: RefCell::new(None),
            controller: controller(),
            reject: RefCell::new(None),
            generation: Cell::new(None),
        });
        let ended = Promise::new(&mut |_, reject| *state.reject.borrow_mut() = Some(reject));
        // Nobody may be listening when it ends; that is no unhandled rejection.
        quiet(&ended);
        let caller = signal.and_then(|signal| {
            if get(&signal, "aborted").is_truthy() {
                state.end(Thrown::Value(get(&signal, "reason")));
                return None;
            }
            let (weak, source) = (Rc::downgrade(&state), signal.clone());
            Some(Listener::new(&signal, "abort", move |_| {
                if let Some(state) = weak.upgrade() {
                    state.end(Thrown::Value(get(&source, "reason")));
                }
            }))
        });
        Self { state, ended, deadline: RefCell::new(None), _caller: caller }
    }

    /// The signal for `fetch`.
    pub fn signal(&self) -> Option<AbortSignal> {
        self.state.controller.as_ref().map(AbortController::signal)
    }

    /// Ends it.
    pub fn end(&self, thrown: Thrown) {
        self.state.end(thrown);
    }

    /// Why it has ended, if it has.
    pub fn ended(&self) -> Option<Thrown> {
        self.state.ended.borrow().clone()
    }

    /// Sets the deadline, replacing the one before.
    pub fn deadline(&self, ms: Ms, failure: impl FnOnce() -> Failure + 'static) {
        let weak = Rc::downgrade(&self.state);
        let timer = after(ms, move || {
            if let Some(state) = weak.upgrade() {
                state.end(failure().into());
            }
        });
        let before = self.deadline.borrow_mut().replace(timer);
        drop(before);
    }

    /// Clears the deadline.
    pub fn no_deadline(&self) {
        let before = self.deadline.borrow_mut().take();
        drop(before);
    }

    /// Awaits a promise for as long as the guard has not ended. A promise that is left behind is not an unhandled
    /// rejection.
    pub async fn run(&self, promise: &JsValue) -> Result<JsValue, Stopped> {
        let promise = Promise::resolve(promise);
        let settled = if self.ended().is_none() {
            JsFuture::from(Promise::race(&Array::of2(&promise, &self.ended))).await
        } else {
            quiet(&promise);
            Err(JsValue::UNDEFINED)
        };
        match (self.ended(), settled) {
            (Some(thrown), _) => Err(Stopped::Ended(thrown)),
            (None, Ok(value)) => Ok(value),
            (None, Err(value)) => Err(Stopped::Rejected(value)),
        }
    }
}

/// Takes note of a promise's rejection, so that nobody else has to.
pub fn quiet(promise: &Promise) {
    // `catch` with a function that returns; `Function.prototype` is one, and needs no closure of ours.
    let nothing = get(&get(&js_sys::global(), "Function"), "prototype");
    let then = get(promise, "then").unchecked_into::<Function>();
    let _ = then.call2(promise, &JsValue::UNDEFINED, &nothing);
}

/// The guards of what is under way, by generation.
#[derive(Default)]
pub struct Underway(RefCell<Vec<Weak<State>>>);

impl Underway {
    /// Takes note of a guard, which belongs to this generation from now on.
    pub fn join(&self, guard: &Guard, generation: u32) {
        guard.state.generation.set(Some(generation));
        let mut list = self.0.borrow_mut();
        list.retain(|state| state.strong_count() > 0);
        list.push(Rc::downgrade(&guard.state));
    }

    /// Ends everything of generations other than the one that begins.
    pub fn end_all(&self, begins: u32, fault: &Fault) {
        let list: Vec<_> = self.0.borrow().iter().filter_map(Weak::upgrade).collect();
        for state in list {
            if state.generation.get() != Some(begins) {
                state.end(Thrown::Fault(fault.clone()));
            }
        }
    }
}
