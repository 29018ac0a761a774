//! What the TypeScript face gives us: it makes errors, keeps listeners, and tells them.

use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

#[wasm_bindgen]
extern "C" {
    /// The face's half of a client. None of these run code of the app before they return.
    pub type Face;

    /// Makes a `ThreadpassError`.
    #[wasm_bindgen(method, catch)]
    pub fn error(this: &Face, code: &str, message: &str, extras: &JsValue) -> Result<JsValue, JsValue>;

    /// The state has changed.
    #[wasm_bindgen(method, catch)]
    pub fn state(this: &Face, state: &JsValue, cause: &str) -> Result<(), JsValue>;

    /// Something was done.
    #[wasm_bindgen(method, catch)]
    pub fn activity(this: &Face, entry: &JsValue) -> Result<(), JsValue>;

    /// The developer should know.
    #[wasm_bindgen(method, catch)]
    pub fn warn(this: &Face, error: &JsValue) -> Result<(), JsValue>;
}
