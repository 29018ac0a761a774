//! Building a request and sending it.
//!
//! gloo-net builds; its `send` is not used, because it panics or never settles in ordinary situations (a rejection that is
//! no `Error`, a `fetch` that throws at once, a mock that returns something else). The `fetch` below is caught.

use gloo_net::http::{Method, RequestBuilder};
use js_sys::Function;
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{ReferrerPolicy, Request, RequestCache, RequestCredentials, RequestRedirect};

use super::anonymous::is_offline;
use super::guard::{Guard, Stopped, Thrown};
use super::timer::now;
use super::value::{Js, get};
use crate::backend::{self, Refusal, retry_after_ms};
use crate::error::{Cause, Code, Failure};

#[wasm_bindgen]
extern "C" {
    // By name, at call time: pages and tests replace it.
    #[wasm_bindgen(js_name = fetch, catch)]
    fn global_fetch(request: &JsValue) -> Result<JsValue, JsValue>;
}

/// What to send. Header values have been checked: visible ASCII, so that setting them cannot throw.
pub struct Outgoing<'a> {
    /// The method.
    pub method: &'a str,
    /// The whole URL.
    pub url: &'a str,
    /// The headers.
    pub headers: &'a [(&'static str, String)],
    /// The body.
    pub body: Option<JsValue>,
}

/// The request, as the rules for bearers want it: no cookies, no cache, no redirect, no referrer (RFC 9700 section 4.12).
pub fn build(outgoing: Outgoing<'_>, guard: &Guard) -> Result<JsValue, Failure> {
    let method = match outgoing.method {
        "POST" => Method::POST,
        "PATCH" => Method::PATCH,
        "DELETE" => Method::DELETE,
        _ => Method::GET,
    };
    let mut builder = RequestBuilder::new(outgoing.url)
        .method(method)
        .credentials(RequestCredentials::Omit)
        .cache(RequestCache::NoStore)
        .redirect(RequestRedirect::Error)
        .referrer_policy(ReferrerPolicy::NoReferrer)
        .abort_signal(guard.signal().as_ref());
    for (name, value) in outgoing.headers {
        builder = builder.header(name, value);
    }
    let built = match outgoing.body {
        Some(body) => builder.body(body),
        None => builder.build(),
    };
    match built {
        Ok(request) => Ok(Request::from(request).into()),
        Err(_) => Err(Failure::new(Code::InvalidArgument, "the platform cannot make this request")),
    }
}

/// Sends a request and waits for the head of the answer.
pub async fn send(request: &JsValue, own: Option<&Function>, guard: &Guard) -> Result<Response, Thrown> {
    let sent = match own {
        Some(fetch) => fetch.call1(&JsValue::UNDEFINED, request),
        None => global_fetch(request),
    };
    let answered = match sent {
        Ok(promise) => guard.run(&promise).await,
        Err(thrown) => Err(Stopped::Rejected(thrown)),
    };
    match answered {
        Ok(value) => Response::of(value).map_err(Thrown::from),
        Err(stopped) => Err(stopped.or(network)),
    }
}

impl Stopped {
    /// The guard's reason, or what to make of the rejection.
    pub fn or(self, rejected: impl FnOnce(JsValue) -> Failure) -> Thrown {
        match self {
            Self::Ended(thrown) => thrown,
            Self::Rejected(value) => rejected(value).into(),
        }
    }
}

/// No answer, or not all of it. CORS hides why, so it may be a refusal; that is why tries are counted.
pub fn network(thrown: JsValue) -> Failure {
    let failure = if is_offline() {
        Failure::new(Code::Offline, "the browser is offline")
    } else {
        Failure::new(
            Code::NetworkFailed,
            "no answer; the backend cannot be reached or does not allow this origin",
        )
    };
    failure.retryable().cause(Cause::new(thrown))
}

/// An answer's head, from whatever `fetch` gave.
pub struct Response {
    /// The object itself.
    pub value: JsValue,
    /// The status.
    pub status: u16,
}

impl Response {
    fn of(value: JsValue) -> Result<Self, Failure> {
        let status = get(&value, "status").as_f64().filter(|status| (100.0..1_000.0).contains(status));
        match status {
            Some(status) => Ok(Self { status: status as u16, value }),
            None => Err(Failure::new(Code::MalformedResponse, "fetch gave something that is not a Response")),
        }
    }

    /// Whether it is a success.
    pub fn ok(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// A header, where CORS lets it be read.
    pub fn header(&self, name: &str) -> Option<String> {
        let headers = get(&self.value, "headers");
        let read = get(&headers, "get").dyn_into::<Function>().ok()?;
        read.call1(&headers, &JsValue::from_str(name)).ok()?.as_string()
    }

    /// Reads a refusal: its body, capped, and the headers that matter.
    pub async fn refusal(self, guard: &Guard) -> Result<Refusal<Js>, Thrown> {
        let text = super::body::text(&self, guard).await.map_err(|stopped| stopped.or(network))?;
        let text = text.unwrap_or_default();
        let json = Js::parse(&text);
        let mut refusal = Refusal::new(self.status, text, json);
        refusal.retry_after_ms =
            self.header("retry-after").and_then(|value| retry_after_ms(&value, now().wall_ms));
        refusal.request_id = self.header("x-request-id");
        Ok(refusal)
    }

    /// Reads a refusal as the failure of a call.
    pub async fn failure(self, call: &str, known: &[&str], guard: &Guard) -> Thrown {
        match self.refusal(guard).await {
            Ok(refusal) => backend::refuse(call, &refusal, known).into(),
            Err(thrown) => thrown,
        }
    }
}
