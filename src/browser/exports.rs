//! The private classes that the package's TypeScript wraps. Nothing else is exported.
//!
//! Whatever happens comes in through one door, [`Core::tell`]: a door of its own for every kind of thing would weigh more
//! than what is behind it.

use std::rc::Rc;

use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use super::client::{Client, Task};
use super::convert::inspection;
use super::shell::Shell;
use super::tell;
use super::timer::now;
use super::value::{Js, get, number, object, set, text};
use crate::backend::assistant_cloud::takes;
use crate::backend::tambo::plan_run;
use crate::backend::{Backend, Call, Plan, Reply, digits, read_exchange, retry_after_ms, same_place};
use crate::error::{Cause, Code, Failure, Fault};
use crate::json::Json;
use crate::secret::Secret;
use crate::session::{Answer, Exchanged, Input, Need, OpId, TabMessage, Wake};

/// The core of one client.
#[wasm_bindgen]
#[expect(missing_debug_implementations, reason = "it leads to tokens")]
pub struct Core(Rc<Client>);

#[wasm_bindgen]
impl Core {
    /// A core that does nothing until it is told to start.
    #[wasm_bindgen(constructor)]
    pub fn new(settings: &JsValue, credential: &JsValue, shell: Shell) -> Core {
        Core(Client::new(settings, credential, shell))
    }

    /// Something has happened: one of the numbers in `tell`, who it concerns, and what comes with it.
    pub fn tell(&self, what: u8, id: i32, value: JsValue) {
        let client = &self.0;
        let input = match what {
            tell::START => Input::Start,
            tell::WATCH => return client.watch(value.is_truthy()),
            tell::SET_CREDENTIAL => return client.set_credential(&value),
            tell::INVALIDATE => Input::Invalidate,
            tell::SIGN_OUT => Input::SignOut,
            tell::DISPOSE => Input::Dispose,
            tell::TOKEN => return client.begin(id, Task::Token(Need::Token)),
            tell::FRESH_TOKEN => return client.begin(id, Task::Token(Need::Fresh)),
            tell::READY => return client.begin(id, Task::Token(Need::Ready)),
            tell::HEADERS => return client.begin(id, Task::Headers),
            tell::CALL => return self.call(id, self.planned(&value)),
            tell::RUN => {
                let planned = plan_run(&Js(value)).map(|(plan, thread)| Call::run(plan, thread));
                return self.call(id, planned);
            }
            tell::FETCH => return self.call(id, self.foreign(&value)),
            tell::ABANDON => return client.abandon(id),
            tell::ANSWERED => Input::Answered(op_of(id), self.answer(&value)),
            tell::COULD_NOT_ASK => Input::Answered(op_of(id), Answer::Failed(not_asked(value))),
            tell::NOT_GIVEN => Input::Answered(op_of(id), Answer::Failed(not_given(value))),
            tell::REPLIED => return self.replied(id, &value),
            tell::FAILED => {
                return self.failed(id, fault_of(number(&value, "lost") as u8, get(&value, "thrown")));
            }
            tell::HIDDEN => Input::Hidden,
            tell::VISIBLE => Input::Woke(Wake::Visible),
            tell::FOCUS => Input::Woke(Wake::Focus),
            tell::ONLINE => Input::Woke(Wake::Online),
            tell::PAGE_SHOW => Input::Woke(Wake::PageShow),
            tell::HEARD => match value.as_string().as_deref().and_then(TabMessage::parse) {
                Some(message) => Input::OtherTab(message),
                None => return,
            },
            tell::TIMER => Input::Timer,
            _ => return,
        };
        client.drive(input);
    }

    /// The token, if one is valid now; else null.
    #[wasm_bindgen(js_name = peekToken)]
    pub fn peek_token(&self) -> JsValue {
        let now = now();
        let token = self.0.session.borrow().peek(now).cloned();
        token.map_or(JsValue::NULL, |token| token.expose().into())
    }

    /// Token-free diagnostics.
    pub fn inspect(&self) -> JsValue {
        let now = now();
        let seen = self.0.session.borrow().inspect(now);
        inspection(&seen)
    }

    fn call(&self, id: i32, call: Result<Call<Js>, Fault>) {
        match call {
            Ok(call) => self.0.begin(id, Task::Call(Box::new(call))),
            Err(fault) => self.0.settle(id, Err(fault)),
        }
    }

    /// A call by its name, which comes first, and its arguments.
    fn planned(&self, named: &JsValue) -> Result<Call<Js>, Fault> {
        let (args, settings) = (Js(named.clone()), &self.0.settings);
        let endpoint = settings.backend.endpoint(&args.item(0).text().unwrap_or_default())?;
        let plan = Plan::new(endpoint, &args, 1)?;
        plan.assistant(&settings.assistant_id)?;
        Ok(Call::plan(plan))
    }

    /// A request of another SDK: where it goes to, and whether its body can be sent twice.
    fn foreign(&self, to: &JsValue) -> Result<Call<Js>, Fault> {
        let home = &self.0.settings.origin;
        if !same_place(home, &text(to, "origin"), &text(to, "username"), &text(to, "password")) {
            let message = "this client's identity is for its own backend only; use the platform's fetch for other origins";
            return Err(Fault::new(Code::ForeignOrigin, message));
        }
        if self.0.shell.user_key().is_some() {
            let message =
                "fetch cannot put a userKey where each endpoint wants it; use the calls of the client";
            return Err(Fault::new(Code::Unsupported, message));
        }
        Ok(Call::foreign(get(to, "replayable").is_truthy()))
    }

    fn answer(&self, value: &JsValue) -> Answer {
        match value.as_string() {
            Some(text) => match Answer::of_text::<Js>(&text, self.0.usage()) {
                Answer::Token(token, _)
                    if self.0.settings.backend == Backend::AssistantCloud && !takes(token.expose()) =>
                {
                    Answer::unusable(
                        "no JWT; if a token endpoint gave it, check response.ok before reading its text",
                    )
                }
                answer => answer,
            },
            None if value.is_null() || value.is_undefined() => Answer::Nobody,
            None => Answer::unusable("no string; give the token's text, or null for nobody"),
        }
    }

    fn replied(&self, id: i32, reply: &JsValue) {
        let header = |name| get(reply, name).as_string();
        let json = get(reply, "json");
        let reply = Reply {
            status: number(reply, "status") as u16,
            json: (!json.is_undefined()).then_some(Js(json)),
            text: text(reply, "text"),
            retry_after_ms: header("retryAfter")
                .and_then(|value| retry_after_ms::<Js>(&value, now().wall_ms)),
            request_id: header("requestId"),
            content_type: header("contentType").unwrap_or_default(),
            next: header("next").as_deref().and_then(digits),
            total: header("total").as_deref().and_then(digits),
            authorization: header("authorization").map(Secret::new),
            response: Js(get(reply, "response")),
        };
        if id > 0 {
            return self.0.came_back(id, Ok(reply));
        }
        let subject = self.0.session.borrow().subject().cloned();
        let exchanged = read_exchange(&reply, &self.0.known(subject.as_ref()));
        self.0.drive(Input::Exchanged(op_of(id), exchanged));
    }

    fn failed(&self, id: i32, fault: Fault) {
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
    /// Decodes a piece of the body: its events, and what is known of the run.
    pub fn push(&self, piece: &[u8]) -> JsValue {
        self.0.push(piece)
    }

    /// A text of the backend without token and keys, for an error message.
    pub fn scrub(&self, text: &str) -> JsValue {
        self.0.scrub(text)
    }

    /// What to tell the caller of a body that ended too soon or fell silent.
    pub fn broken(&self, lost: u8, thrown: JsValue) -> JsValue {
        self.0.broken(lost, thrown)
    }
}

impl Run {
    /// What a run is answered with: `{ response, decoder }`.
    pub(super) fn begin(client: Rc<Client>, proof: Option<Secret>, response: &JsValue) -> JsValue {
        let begun = object();
        set(&begun, "response", response);
        set(&begun, "decoder", &Run(super::run::Run::new(client, proof)).into());
        begun
    }
}

fn not_asked(thrown: JsValue) -> Fault {
    let mut failure = Failure::new(
        Code::CallbackFailed,
        "the token callback threw; `cause` is what. Return null for nobody, throw only if you could not ask",
    );
    failure.retryable = get(&thrown, "retryable") != JsValue::FALSE;
    failure.retry_after_ms = get(&thrown, "retryAfterMs").as_f64().map(|ms| ms as u32);
    failure.cause(Cause::new(thrown)).into()
}

/// Why there is no token of an anonymous identity: what our own half has thrown, which has everything that a failure has.
fn not_given(thrown: JsValue) -> Fault {
    let code = text(&thrown, "code");
    let Some(code) = Code::ALL.iter().find(|known| known.as_str() == code) else { return not_asked(thrown) };
    let mut failure = Failure::of(*code, &[&text(&thrown, "message")]);
    failure.status = get(&thrown, "status").as_f64().map(|status| status as u16);
    failure.retryable = get(&thrown, "retryable").is_truthy();
    failure.retry_after_ms = get(&thrown, "retryAfterMs").as_f64().map(|ms| ms as u32);
    let cause = get(&thrown, "cause");
    if !cause.is_undefined() {
        failure.cause = Cause::new(cause);
    }
    failure.into()
}

/// Why there is no answer. CORS hides why, so it may be a refusal; that is why tries are counted.
pub fn fault_of(lost: u8, thrown: JsValue) -> Fault {
    let (code, message, retryable) = match lost {
        tell::LOST_OFFLINE => (Code::Offline, "the browser is offline", true),
        tell::LOST_TIMEOUT => (Code::NetworkTimeout, "no complete answer in time", true),
        tell::LOST_SYNTAX => (Code::MalformedResponse, "the answer is not JSON", false),
        tell::LOST_SHAPE => (Code::MalformedResponse, "fetch gave something that is not a Response", false),
        tell::LOST_IDLE => {
            (Code::StreamIdle, "nothing arrived for too long while the next event was awaited", false)
        }
        tell::LOST_INTERRUPTED => {
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
        failure.cause = Cause::new(thrown);
    }
    failure.into()
}

fn op_of(id: i32) -> OpId {
    OpId(id.unsigned_abs())
}
