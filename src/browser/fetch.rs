//! `fetch` with our identity, for other SDKs.

use std::rc::Rc;

use js_sys::Object;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{AbortSignal, Blob, FormData, Headers, Request, Url, UrlSearchParams};

use super::abort::signal_of;
use super::body::discard;
use super::client::Client;
use super::guard::{Guard, Thrown};
use super::send::send;
use super::value::{get, set};
use crate::backend::{accepts, bearer, same_place};
use crate::error::{Cause, Code, Failure};
use crate::json::JsonBuild;
use crate::session::{Input, Need, Pass};

/// Sends what another SDK wants to send, as our user: once more after a 401 if the body can be sent twice.
pub async fn fetch(client: Rc<Client>, input: JsValue, init: JsValue) -> Result<JsValue, Thrown> {
    let request = read(&client, &input, &init)?;
    if client.user_key().is_some() {
        let message = "fetch cannot put a userKey where each endpoint wants it; use the calls of the client";
        return Err(Failure::new(Code::Unsupported, message).into());
    }
    let signal = signal_of(&init).or_else(|| signal_of(&input));
    let guard = Guard::new(signal.clone());
    let mut pass = client.pass(Need::Token, &guard).await?;
    let repeatable = can_be_sent_twice(&input, &init);
    // The body is read after this call is over: it ends with its generation and with the caller's own signal.
    let signal = client.lasting_signal(signal.as_ref()).or_else(|| guard.signal());
    let mut prepared = prepare(&client, request, &pass, signal.as_ref())?;
    let mut replayed = false;
    loop {
        client.underway.join(&guard, pass.generation);
        let response = send(&prepared, client.settings.fetch.as_ref(), &guard).await?;
        let bearer = pass.token.is_some();
        if response.status != 401 || !bearer {
            if bearer && accepts(response.status) {
                client.drive(Input::Accepted(pass.serial));
            }
            return Ok(response.value);
        }
        if replayed || !repeatable {
            client.drive(Input::Refused(None, pass.serial));
            return Ok(response.value);
        }
        replayed = true;
        discard(&response);
        pass = client.replacement(pass.serial, &guard).await?;
        let again = read(&client, &input, &init)?;
        prepared = prepare(&client, again, &pass, signal.as_ref())?;
    }
}

/// The request as the platform reads it, if it is for our backend.
fn read(client: &Client, input: &JsValue, init: &JsValue) -> Result<Request, Failure> {
    let init: &Object = if init.is_object() { init.unchecked_ref() } else { &Object::new() };
    let init = Object::assign(&Object::new(), init);
    set(&init, "credentials", &"omit".into());
    set(&init, "redirect", &"error".into());
    let request = match input.dyn_ref::<Request>() {
        Some(request) => Request::new_with_request_and_init(request, init.unchecked_ref()),
        None => {
            let url = get(input, "href").as_string().or_else(|| input.as_string()).unwrap_or_default();
            Request::new_with_str_and_init(&url, init.unchecked_ref())
        }
    };
    let request = request.map_err(|thrown| {
        Failure::new(Code::InvalidArgument, "fetch cannot make a request of this").cause(Cause::new(thrown))
    })?;
    let home = Url::new(&request.url()).is_ok_and(|url| {
        same_place(&client.settings.origin, &url.origin(), &url.username(), &url.password())
    });
    if !home {
        let message =
            "this client's identity is for its own backend only; use the platform's fetch for other origins";
        return Err(Failure::new(Code::ForeignOrigin, message));
    }
    Ok(request)
}

/// Our headers replace whatever the SDK has put there.
fn prepare(
    client: &Client,
    request: Request,
    pass: &Pass,
    signal: Option<&AbortSignal>,
) -> Result<JsValue, Failure> {
    let unusable = |thrown: JsValue| {
        Failure::new(Code::InvalidArgument, "fetch cannot set the headers of this request")
            .cause(Cause::new(thrown))
    };
    let headers = Headers::new_with_headers(&request.headers()).map_err(unusable)?;
    match &pass.token {
        Some(token) => headers.set("authorization", &bearer(token)).map_err(unusable)?,
        None => headers.delete("authorization").map_err(unusable)?,
    }
    if let Some(key) = &client.settings.api_key {
        headers.set("x-api-key", key).map_err(unusable)?;
    }
    let init = super::value::Js::object().0;
    set(&init, "headers", &headers);
    set(&init, "signal", &signal.into());
    let prepared = Request::new_with_request_and_init(&request, init.unchecked_ref()).map_err(unusable)?;
    Ok(prepared.into())
}

/// Strings, bytes and forms can be read twice; streams, and whatever is inside a `Request`, cannot.
fn can_be_sent_twice(input: &JsValue, init: &JsValue) -> bool {
    let body = get(init, "body");
    if body.is_null() || body.is_undefined() {
        return !get(input, "body").is_object();
    }
    body.is_string()
        || get(&body, "byteLength").as_f64().is_some()
        || body.has_type::<UrlSearchParams>()
        || body.has_type::<FormData>()
        || body.has_type::<Blob>()
}
