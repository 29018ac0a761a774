//! Abort signals, ours and the caller's.

use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{AbortController, AbortSignal, EventTarget};

use super::value::get;

/// A listener that is removed on drop.
pub struct Listener {
    target: EventTarget,
    event: &'static str,
    closure: Closure<dyn FnMut(JsValue)>,
}

impl Listener {
    /// Listens.
    pub fn new(target: &EventTarget, event: &'static str, on: impl FnMut(JsValue) + 'static) -> Self {
        let closure = Closure::<dyn FnMut(JsValue)>::new(on);
        let _ = target.add_event_listener_with_callback(event, closure.as_ref().unchecked_ref());
        Self { target: target.clone(), event, closure }
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        let _ = self
            .target
            .remove_event_listener_with_callback(self.event, self.closure.as_ref().unchecked_ref());
    }
}

/// The caller's signal, from `{ signal }`. Anything with `aborted` and `addEventListener` will do: it may be of another
/// realm.
pub fn signal_of(options: &JsValue) -> Option<AbortSignal> {
    let signal = get(options, "signal");
    (signal.is_object() && get(&signal, "addEventListener").is_function()).then(|| signal.unchecked_into())
}

/// A controller, where the platform has one.
pub fn controller() -> Option<AbortController> {
    AbortController::new().ok()
}
