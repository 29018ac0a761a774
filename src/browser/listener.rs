//! Event listeners that are removed on drop.

use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::EventTarget;

use super::value::has;

/// A listener.
pub struct Listener {
    target: EventTarget,
    event: &'static str,
    closure: Closure<dyn FnMut(JsValue)>,
}

impl Listener {
    /// Listens, if the target can be listened to.
    pub fn new(target: &JsValue, event: &'static str, closure: Closure<dyn FnMut(JsValue)>) -> Option<Self> {
        if !has(target, "addEventListener") {
            return None;
        }
        let target: EventTarget = target.clone().unchecked_into();
        target.add_event_listener_with_callback(event, closure.as_ref().unchecked_ref()).ok()?;
        Some(Self { target, event, closure })
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        let listener = self.closure.as_ref().unchecked_ref();
        let _ = self.target.remove_event_listener_with_callback(self.event, listener);
    }
}
