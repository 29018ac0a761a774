//! Asking the app's callback, and telling the machine what it gave.

use std::rc::Rc;

use js_sys::Function;
use wasm_bindgen::JsValue;

use super::client::Client;
use super::guard::{Guard, Stopped};
use super::value::{Js, get, set};
use crate::error::{Cause, Code, Failure};
use crate::json::JsonBuild;
use crate::session::{Answer, Input, OpId, Reason, Use};

/// Asks, and tells the machine. The machine's own deadline ends it.
pub async fn ask(client: Rc<Client>, op: OpId, reason: Reason, force_refresh: bool, guard: Rc<Guard>) {
    let Some(callback) = client.callback() else { return };
    let request = Js::object().0;
    set(&request, "reason", &reason.as_str().into());
    set(&request, "forceRefresh", &force_refresh.into());
    set(&request, "signal", &guard.signal().into());
    let answer = match call(&callback, &request, &guard).await {
        Ok(value) => sort(&value, client.usage()),
        Err(Stopped::Ended(_)) => return,
        Err(Stopped::Rejected(thrown)) => Answer::Failed(could_not_ask(thrown)),
    };
    client.drop_op(op);
    client.drive(Input::Answered(op, answer));
}

async fn call(callback: &Function, request: &JsValue, guard: &Guard) -> Result<JsValue, Stopped> {
    if let Some(thrown) = guard.ended() {
        return Err(Stopped::Ended(thrown));
    }
    let value = callback.call1(&JsValue::UNDEFINED, request).map_err(Stopped::Rejected)?;
    guard.run(&value).await
}

fn sort(value: &JsValue, usage: Use) -> Answer {
    if value.is_null() || value.is_undefined() {
        return Answer::Nobody;
    }
    match value.as_string() {
        Some(text) => Answer::of_text(&text, usage, Js::parse),
        None => Answer::unusable("no string; give the token's text, or null for nobody"),
    }
}

fn could_not_ask(thrown: JsValue) -> Failure {
    let mut failure = Failure::new(
        Code::CallbackFailed,
        "the token callback threw; `cause` is what it threw. Return null for nobody, throw only if you could not ask",
    );
    failure.retryable = get(&thrown, "retryable") != JsValue::FALSE;
    failure.retry_after_ms = get(&thrown, "retryAfterMs").as_f64().map(|ms| ms.max(0.0) as u32);
    failure.cause(Cause::new(thrown))
}
