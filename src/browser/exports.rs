//! The private classes that the package's TypeScript wraps. Nothing else is exported.

use std::rc::Rc;

use js_sys::Array;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use super::client::{Client, Task};
use super::convert::inspection as inspection_of;
use super::shell::Shell;
use super::timer::now;
use super::value::{Js, get};
use crate::backend::tambo::{CALLS, plan_run};
use crate::backend::{Call, Plan, Reply, read_exchange, retry_after_ms, same_place};
use crate::error::{Cause, Code, Failure, Fault};
use crate::json::{Json, Platform};
use crate::session::{Answer, Exchanged, Input, Need, OpId};

/// The core of one client.
#[wasm_bindgen]
#[expect(missing_debug_implementations, reason = "it leads to tokens")]
pub struct Core(Rc<Client>);

#[wasm_bindgen]
impl Core {
    /// A core that does nothing until `start`.
    #[wasm_bindgen(constructor)]
    pub fn new(options: &JsValue, credential: &JsValue, shell: Shell) -> Core {
        Core(Client::new(options, credential, shell))
    }

    /// The first use.
    pub fn start(&self) {
        self.0.start();
    }

    /// Whether activity is to be reported.
    pub fn watch(&self, watched: bool) {
        self.0.watch(watched);
    }

    /// Another credential takes over.
    #[wasm_bindgen(js_name = setCredential)]
    pub fn set_credential(&self, credential: &JsValue) {
        self.0.set_credential(credential);
    }

    /// The provider's user may have changed.
    pub fn invalidate(&self) {
        self.0.drive(Input::Invalidate);
    }

    /// Signs out.
    #[wasm_bindgen(js_name = signOut)]
    pub fn sign_out(&self) {
        self.0.drive(Input::SignOut);
    }

    /// The end.
    pub fn dispose(&self) {
        self.0.dispose();
    }

    /// The token, if one is valid now; else null.
    #[wasm_bindgen(js_name = peekToken)]
    pub fn peek_token(&self) -> JsValue {
        let token = self.0.session.borrow().peek(now()).cloned();
        token.map_or(JsValue::NULL, |token| token.expose().into())
    }

    /// Token-free diagnostics.
    pub fn inspect(&self) -> JsValue {
        let inspection = self.0.session.borrow().inspect(now());
        inspection_of(&inspection)
    }

    /// A caller wants a token; `need` is 0 for a valid one, 1 for a newer one, 2 for none but being identified, 3 for the
    /// headers.
    pub fn want(&self, id: i32, need: u8) {
        self.0.begin(
            id,
            match need {
                1 => Task::Token(Need::Fresh),
                2 => Task::Ready,
                3 => Task::Headers,
                _ => Task::Token(Need::Token),
            },
        );
    }

    /// A call that is answered with JSON.
    pub fn call(&self, id: i32, name: &str, args: &Array) {
        let planned = match CALLS.iter().find(|call| call.name == name) {
            Some(endpoint) => Plan::new(endpoint, &elements(args)),
            None => Err(Fault::of(Code::Unsupported, &["tambo has no ", name])),
        };
        self.begin(id, planned.map(Call::plan));
    }

    /// A run. What it is settled with is the answer whose body carries the events.
    pub fn run(&self, id: i32, args: &Array) {
        self.begin(id, plan_run(&elements(args)).map(|(plan, thread)| Call::run(plan, thread)));
    }

    /// The body of a run begins.
    pub fn decoder(&self) -> Run {
        Run(super::run::Run::new(self.0.clone()))
    }

    /// A request of another SDK: where it goes to, and whether its body can be sent twice.
    pub fn fetch(&self, id: i32, origin: &str, username: &str, password: &str, may_replay: bool) {
        let allowed = if !same_place(&self.0.settings.origin, origin, username, password) {
            let message = "this client's identity is for its own backend only; use the platform's fetch for other origins";
            Err(Fault::new(Code::ForeignOrigin, message))
        } else if self.0.user_key().is_some() {
            let message =
                "fetch cannot put a userKey where each endpoint wants it; use the calls of the client";
            Err(Fault::new(Code::Unsupported, message))
        } else {
            Ok(Call::foreign(may_replay))
        };
        self.begin(id, allowed);
    }

    fn begin(&self, id: i32, call: Result<Call<Js>, Fault>) {
        match call {
            Ok(call) => self.0.begin(id, Task::Call(Box::new(call))),
            Err(fault) => self.0.shell.settle(id, false, &self.0.error(&fault)),
        }
    }

    /// A caller has gone.
    pub fn abandon(&self, id: i32) {
        self.0.abandon(id);
    }

    /// The app's callback has answered.
    pub fn answered(&self, id: i32, value: &JsValue) {
        let answer = if value.is_null() || value.is_undefined() {
            Answer::Nobody
        } else {
            match value.as_string() {
                Some(text) => Answer::of_text::<Js>(&text, self.0.usage()),
                None => Answer::unusable("no string; give the token's text, or null for nobody"),
            }
        };
        self.0.drive(Input::Answered(op_of(id), answer));
    }

    /// The app's callback has thrown.
    #[wasm_bindgen(js_name = couldNotAsk)]
    pub fn could_not_ask(&self, id: i32, thrown: &JsValue) {
        let mut failure = Failure::new(
            Code::CallbackFailed,
            "the token callback threw; `cause` is what. Return null for nobody, throw only if you could not ask",
        );
        failure.retryable = get(thrown, "retryable") != JsValue::FALSE;
        failure.retry_after_ms = get(thrown, "retryAfterMs").as_f64().map(|ms| ms as u32);
        let fault = failure.cause(Cause::new(thrown.clone())).into();
        self.0.drive(Input::Answered(op_of(id), Answer::Failed(fault)));
    }

    /// An answer has come: the platform's object, what was read of it, and the headers that matter.
    #[expect(
        clippy::too_many_arguments,
        reason = "one call across the boundary is cheaper than reading an object"
    )]
    pub fn replied(
        &self,
        id: i32,
        response: JsValue,
        status: u16,
        json: JsValue,
        text: String,
        retry_after: Option<String>,
        request_id: Option<String>,
        content_type: Option<String>,
    ) {
        let json = if json.is_undefined() { Js::parse(&text) } else { Some(Js(json)) };
        let retry_after_ms = retry_after.and_then(|value| retry_after_ms::<Js>(&value, now().wall_ms));
        let content_type = content_type.unwrap_or_default();
        let response = Js(response);
        let reply = Reply { status, json, text, retry_after_ms, request_id, content_type, response };
        if id > 0 {
            return self.0.came_back(id, Ok(reply));
        }
        let exchanged = read_exchange(&reply, &[&self.0.settings.api_key]);
        self.0.drive(Input::Exchanged(op_of(id), exchanged));
    }

    /// No answer has come, or not all of it: "offline", "network", "timeout", "syntax" or "shape".
    pub fn failed(&self, id: i32, reason: &str, thrown: &JsValue) {
        let fault = fault_of(reason, thrown);
        if id > 0 {
            return self.0.came_back(id, Err(fault));
        }
        self.0.drive(Input::Exchanged(op_of(id), Exchanged::Failed(fault)));
    }
}

/// The decoder of one run.
#[wasm_bindgen]
#[expect(missing_debug_implementations, reason = "it leads to tokens")]
pub struct Run(super::run::Run);

#[wasm_bindgen]
impl Run {
    /// Decodes a piece of the body: `{ events, done, error }`.
    pub fn push(&self, piece: &[u8]) -> JsValue {
        self.0.push(piece)
    }

    /// What is known of the run: `{ threadId, runId, outcome, error }`.
    pub fn facts(&self) -> JsValue {
        self.0.facts()
    }

    /// What to tell the caller of a body that ended too soon ("interrupted") or fell silent ("idle").
    pub fn broken(&self, reason: &str, thrown: &JsValue) -> JsValue {
        self.0.broken(reason, thrown)
    }
}

/// Why there is no answer. CORS hides why, so it may be a refusal; that is why tries are counted.
pub fn fault_of(reason: &str, thrown: &JsValue) -> Fault {
    let (code, message, retryable) = match reason {
        "offline" => (Code::Offline, "the browser is offline", true),
        "timeout" => (Code::NetworkTimeout, "no complete answer in time", true),
        "syntax" => (Code::MalformedResponse, "the answer is not JSON", false),
        "shape" => (Code::MalformedResponse, "fetch gave something that is not a Response", false),
        "idle" => (Code::StreamIdle, "nothing arrived for too long while the next event was awaited", false),
        "interrupted" => {
            let message = "the stream ended before the run did; read the thread for what was stored";
            (Code::StreamInterrupted, message, true)
        }
        _ => {
            let message = "no answer; the backend cannot be reached, or does not allow this origin";
            (Code::NetworkFailed, message, true)
        }
    };
    let mut failure = Failure::new(code, message);
    failure.retryable = retryable;
    if !thrown.is_undefined() {
        failure.cause = Cause::new(thrown.clone());
    }
    failure.into()
}

fn op_of(id: i32) -> OpId {
    OpId(id.unsigned_abs())
}

fn elements(args: &Array) -> Vec<Js> {
    Js(args.into()).elements().unwrap_or_default()
}
