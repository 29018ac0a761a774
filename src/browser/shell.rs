//! The other half of the shell, in TypeScript: what has to be awaited, and what callers hold.

use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

#[wasm_bindgen]
extern "C" {
    /// One client's. Its methods neither throw nor run code of the app before they return.
    pub type Shell;

    /// Makes a `ThreadpassError`.
    #[wasm_bindgen(method)]
    pub fn error(this: &Shell, code: &str, message: &str, extras: &JsValue) -> JsValue;

    /// The state has changed.
    #[wasm_bindgen(method)]
    pub fn publish(this: &Shell, state: &JsValue, cause: &str);

    /// Something was done.
    #[wasm_bindgen(method)]
    pub fn activity(this: &Shell, entry: &JsValue);

    /// The developer should know.
    #[wasm_bindgen(method)]
    pub fn warn(this: &Shell, error: &JsValue);

    /// Ask the app's callback; `ANSWERED` or `COULD_NOT_ASK` follows.
    #[wasm_bindgen(method)]
    pub fn ask(this: &Shell, id: i32, reason: &str, force_refresh: bool);

    /// Arm the one timer of the machine, in place of what was armed before; `TIMER` follows. It does not keep a process
    /// alive: whoever waits for something does.
    #[wasm_bindgen(method)]
    pub fn arm(this: &Shell, after_ms: u32);

    /// No timer any more.
    #[wasm_bindgen(method)]
    pub fn disarm(this: &Shell);

    /// The request of another SDK, with these headers set, or undefined if the platform cannot make it.
    #[wasm_bindgen(method)]
    pub fn prepare(this: &Shell, id: i32, headers: &JsValue) -> JsValue;

    /// Send a request and read its answer; `REPLIED` or `FAILED` follows. Zero milliseconds are no deadline.
    #[wasm_bindgen(method)]
    pub fn send(this: &Shell, id: i32, request: &JsValue, body: u8, deadline_ms: f64);

    /// Nobody wants the outcome any more, and none follows.
    #[wasm_bindgen(method)]
    pub fn abort(this: &Shell, id: i32);

    /// The caller's promise of this number.
    #[wasm_bindgen(method)]
    pub fn settle(this: &Shell, id: i32, fulfilled: bool, value: &JsValue);

    /// Reads a JSON text; `undefined` if it is none.
    #[wasm_bindgen(method)]
    pub fn parse(this: &Shell, text: &[u8]) -> JsValue;

    /// Tell the other tabs.
    #[wasm_bindgen(method)]
    pub fn say(this: &Shell, message: &str);

    /// The key that says who the user is, where the credential is one: the app's own, or that of an anonymous identity.
    #[wasm_bindgen(method, js_name = userKey)]
    pub fn user_key(this: &Shell) -> Option<String>;

    /// The anonymous identity is over.
    #[wasm_bindgen(method)]
    pub fn forget(this: &Shell);

    /// A generation has ended: whatever still reads an answer of it ends with this error.
    #[wasm_bindgen(method)]
    pub fn ended(this: &Shell, error: &JsValue);
}
