//! The private class that the TypeScript face wraps. Nothing else is exported.

use std::rc::Rc;

use js_sys::{Array, Promise};
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use super::abort::signal_of;
use super::call::promise;
use super::client::Client;
use super::convert::plain;
use super::face::Face;
use super::fetch;
use super::guard::{Guard, Thrown};
use super::run::Run;
use super::timer::now;
use super::value::{Js, get, set};
use crate::backend::{Args, bearer, tambo};
use crate::json::JsonBuild;
use crate::session::{Input, Need};

/// The core of one client.
#[wasm_bindgen]
#[expect(missing_debug_implementations, reason = "it leads to tokens")]
pub struct Core(Rc<Client>);

#[wasm_bindgen]
impl Core {
    /// A core that does nothing until `start`.
    #[wasm_bindgen(constructor)]
    pub fn new(options: &JsValue, credential: &JsValue, face: Face) -> Core {
        Core(Client::new(options, credential, face))
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
        let session = self.0.session.borrow();
        session.peek(now()).map_or(JsValue::NULL, |token| token.expose().into())
    }

    /// Token-free diagnostics.
    pub fn inspect(&self) -> JsValue {
        let inspection = self.0.session.borrow().inspect(now());
        plain(&inspection)
    }

    /// A valid token, or null where the credential has none.
    #[wasm_bindgen(js_name = getToken)]
    pub fn get_token(&self, options: JsValue) -> Promise {
        let client = self.0.clone();
        let need = if get(&options, "forceRefresh").is_truthy() { Need::Fresh } else { Need::Token };
        promise(self.0.clone(), async move {
            let guard = Guard::new(signal_of(&options));
            let pass = client.pass(need, &guard).await?;
            Ok(pass.token.map_or(JsValue::NULL, |token| token.expose().into()))
        })
    }

    /// Resolves when identified.
    pub fn ready(&self, options: JsValue) -> Promise {
        let client = self.0.clone();
        promise(self.0.clone(), async move {
            let guard = Guard::new(signal_of(&options));
            client.pass(Need::Ready, &guard).await?;
            Ok(JsValue::UNDEFINED)
        })
    }

    /// The headers that identify the user.
    pub fn headers(&self) -> Promise {
        let client = self.0.clone();
        promise(self.0.clone(), async move {
            let guard = Guard::new(None);
            let pass = client.pass(Need::Token, &guard).await?;
            let headers = Js::object().0;
            if let Some(key) = &client.settings.api_key {
                set(&headers, "x-api-key", &key.into());
            }
            if let Some(token) = &pass.token {
                set(&headers, "authorization", &bearer(token).into());
            }
            Ok(headers)
        })
    }

    /// A call that is answered with JSON.
    pub fn call(&self, name: String, args: Array, options: JsValue) -> Promise {
        let client = self.0.clone();
        promise(self.0.clone(), async move {
            let plan = tambo::plan(&name, &arguments(&args)).map_err(Thrown::from)?;
            let guard = Guard::new(signal_of(&options));
            Ok(client.call(plan, &guard).await?.0)
        })
    }

    /// A run.
    pub fn run(&self, args: Array, options: JsValue) -> RunCore {
        let guard = Guard::new(signal_of(&options));
        RunCore(Run::start(self.0.clone(), arguments(&args), guard), self.0.clone())
    }

    /// `fetch` as our user.
    pub fn fetch(&self, input: JsValue, init: JsValue) -> Promise {
        promise(self.0.clone(), fetch::fetch(self.0.clone(), input, init))
    }
}

/// The core of one run.
#[wasm_bindgen]
#[expect(missing_debug_implementations, reason = "it leads to tokens")]
pub struct RunCore(Rc<Run>, Rc<Client>);

#[wasm_bindgen]
impl RunCore {
    /// The next events: `{ events, done }`.
    pub fn pull(&self) -> Promise {
        promise(self.1.clone(), self.0.clone().pull())
    }

    /// What is known of the run.
    pub fn facts(&self) -> JsValue {
        self.0.facts()
    }

    /// Stops reading.
    pub fn close(&self) {
        self.0.close();
    }
}

fn arguments(args: &Array) -> Args<Js> {
    Args(args.iter().map(Js).collect())
}

/// The version of the crate.
#[wasm_bindgen]
pub fn version() -> String {
    env!("CARGO_PKG_VERSION").to_owned()
}
