//! Building requests. How they are sent (no cookies, no cache, no redirect, no referrer) is said where they are sent,
//! because `fetch(request, init)` forgets what the request said of its referrer.
//!
//! gloo-net makes the headers. Its own `RequestBuilder` makes two requests and a URL for each one that is sent, and panics
//! if the platform throws something that is no `Error`; its `send` never settles then.

use gloo_net::http::Headers;
use js_sys::JSON;
use wasm_bindgen::JsValue;
use web_sys::{Request, RequestInit};

use super::client::Client;
use super::value::{Js, object, set_text};
use crate::backend::tambo::{EXCHANGE_PATH, exchange_body};
use crate::backend::{Identity, Plan, Reads, authorize};
use crate::error::{Cause, Code, Failure, Fault};
use crate::secret::Secret;
use crate::session::Pass;

fn build(method: &str, url: &str, headers: Headers, body: &JsValue) -> Result<JsValue, Fault> {
    let init = RequestInit::new();
    init.set_method(method);
    init.set_headers(&headers.into_raw());
    init.set_body(body);
    match Request::new_with_str_and_init(url, &init) {
        Ok(request) => Ok(request.into()),
        Err(thrown) => Err(unusable("the platform cannot make this request", thrown)),
    }
}

// Header values have been checked to be visible ASCII, so that setting them cannot throw.
impl Client {
    /// The token exchange.
    pub fn exchange_request(&self, subject: &Secret) -> Result<JsValue, Fault> {
        let settings = &self.settings;
        let headers = Headers::new();
        headers.set("content-type", "application/x-www-form-urlencoded");
        headers.set("accept", "application/json");
        headers.set("x-api-key", &settings.api_key);
        let body = exchange_body::<Js>(subject, settings.subject_type);
        build("POST", &[&settings.base_url, EXCHANGE_PATH].concat(), headers, &body.into())
    }

    /// A call, as this user.
    pub fn call_request(
        &self,
        plan: &Plan<Js>,
        previous_run: Option<&str>,
        pass: &Pass,
    ) -> Result<JsValue, Fault> {
        let headers = Headers::new();
        let key = self.identify(pass, &|name, value| headers.set(name, value))?;
        let key = key.as_deref();
        let endpoint = plan.endpoint;
        let accept = match endpoint.reads {
            Reads::Stream => "text/event-stream",
            Reads::Text => "text/plain",
            _ => "application/json",
        };
        headers.set("accept", accept);
        if let Some(id) = &plan.last_event_id {
            headers.set("last-event-id", id);
        }
        let body = match plan.body(previous_run, key) {
            Some(body) => {
                headers.set("content-type", "application/json");
                JSON::stringify(&body.0)
                    .map_err(|thrown| unusable("the argument cannot be written as JSON", thrown))?
                    .into()
            }
            None => JsValue::UNDEFINED,
        };
        let url = [&*self.settings.base_url, &plan.target(key)].concat();
        build(endpoint.method.as_str(), &url, headers, &body)
    }

    /// The headers that say who the user is, as an object.
    pub fn headers_of(&self, pass: &Pass) -> Result<JsValue, Fault> {
        let headers = object();
        self.identify(pass, &|name, value| set_text(&headers, name, value))?;
        Ok(headers)
    }

    /// Sets the headers that say who the user is. Answers the `userKey`, which is only ever sent where there is no bearer.
    fn identify(&self, pass: &Pass, set: &dyn Fn(&str, &str)) -> Result<Option<String>, Fault> {
        let key = if pass.token.is_some() { None } else { self.shell.user_key() };
        let api_key = self.api_key();
        let identity = match (&pass.token, &api_key) {
            (Some(token), _) => Some(Identity::Bearer(token)),
            (None, Some(key)) => Some(Identity::ApiKey(key)),
            (None, None) if pass.open => Some(Identity::Open),
            (None, None) => key.is_some().then_some(Identity::UserKey),
        };
        authorize(set, &self.settings.api_key, identity.as_ref())?;
        Ok(key)
    }
}

fn unusable(message: &'static str, thrown: JsValue) -> Fault {
    Failure::new(Code::InvalidArgument, message).cause(Cause::new(thrown)).into()
}
