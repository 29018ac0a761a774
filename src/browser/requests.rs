//! Building requests. gloo-net builds them; its `send` is not used, because it panics or never settles in ordinary
//! situations: a rejection that is no `Error`, a `fetch` that throws at once, a mock that returns something else.

use gloo_net::http::{Method, RequestBuilder};
use js_sys::JSON;
use wasm_bindgen::JsValue;
use web_sys::{ReferrerPolicy, Request, RequestCache, RequestCredentials, RequestRedirect};

use super::client::Client;
use super::value::{Js, object, set};
use crate::backend::tambo::{EXCHANGE_PATH, exchange_body};
use crate::backend::{Identity, Plan, Reads, authorize};
use crate::error::{Cause, Code, Failure, Fault};
use crate::secret::Secret;
use crate::session::Pass;

type Headers = Vec<(&'static str, String)>;

/// A request as the rules for bearers want it: no cookies, no cache, no redirect, no referrer (RFC 9700 section 4.12).
/// Header values have been checked to be visible ASCII, so that setting them cannot throw.
fn build(method: Method, url: &str, headers: Headers, body: JsValue) -> Result<JsValue, Fault> {
    let mut builder = RequestBuilder::new(url)
        .method(method)
        .credentials(RequestCredentials::Omit)
        .cache(RequestCache::NoStore)
        .redirect(RequestRedirect::Error)
        .referrer_policy(ReferrerPolicy::NoReferrer);
    for (name, value) in headers {
        builder = builder.header(name, &value);
    }
    match builder.body(body) {
        Ok(request) => Ok(Request::from(request).into()),
        Err(_) => Err(Fault::new(Code::InvalidArgument, "the platform cannot make this request")),
    }
}

impl Client {
    /// The token exchange.
    pub fn exchange_request(&self, subject: &Secret) -> Result<JsValue, Fault> {
        let settings = &self.settings;
        let mut headers: Headers = vec![("content-type", "application/x-www-form-urlencoded".to_owned())];
        headers.push(("accept", "application/json".to_owned()));
        headers.push(("x-api-key", settings.api_key.clone()));
        let body = exchange_body::<Js>(subject, settings.subject_type);
        build(Method::POST, &[&settings.base_url, EXCHANGE_PATH].concat(), headers, body.into())
    }

    /// A call, as this user.
    pub fn call_request(&self, plan: &Plan<Js>, pass: &Pass) -> Result<JsValue, Fault> {
        let mut headers = self.identity_headers(pass)?;
        let streams = matches!(plan.endpoint.reads, Reads::Stream);
        let accept = if streams { "text/event-stream" } else { "application/json" };
        headers.push(("accept", accept.to_owned()));
        let keyed = self.user_key_for(pass).map(|key| plan.with_user_key(key.expose()));
        let plan = keyed.as_ref().unwrap_or(plan);
        let body = match &plan.body {
            Some(body) => {
                headers.push(("content-type", "application/json".to_owned()));
                JSON::stringify(&body.0).map_err(unwritable)?.into()
            }
            None => JsValue::UNDEFINED,
        };
        let method = match plan.endpoint.method {
            crate::backend::Method::Get => Method::GET,
            crate::backend::Method::Post => Method::POST,
            crate::backend::Method::Patch => Method::PATCH,
            crate::backend::Method::Delete => Method::DELETE,
        };
        build(method, &[&*self.settings.base_url, &plan.target()].concat(), headers, body)
    }

    /// The headers that say who the user is, as an object.
    pub fn headers_of(&self, pass: &Pass) -> Result<JsValue, Fault> {
        let headers = object();
        for (name, value) in self.identity_headers(pass)? {
            set(&headers, name, value.into());
        }
        Ok(headers)
    }

    fn identity_headers(&self, pass: &Pass) -> Result<Headers, Fault> {
        let mut headers = Headers::new();
        let identity = match &pass.token {
            Some(token) => Some(Identity::Bearer(token)),
            None => self.user_key_for(pass).map(|_| Identity::UserKey),
        };
        authorize(&mut headers, &self.settings.api_key, identity.as_ref())?;
        Ok(headers)
    }

    /// A `userKey` is only ever sent where there is no bearer.
    fn user_key_for(&self, pass: &Pass) -> Option<Secret> {
        if pass.token.is_some() { None } else { self.user_key() }
    }
}

fn unwritable(thrown: JsValue) -> Fault {
    let failure = Failure::new(Code::InvalidArgument, "the argument cannot be written as JSON");
    failure.cause(Cause::new(thrown)).into()
}
