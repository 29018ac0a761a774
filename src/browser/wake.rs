//! Noticing that the page is looked at again. No `unload` and no `beforeunload`, which would cost the page its place in
//! the back/forward cache.

use js_sys::global;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::EventTarget;

use super::abort::Listener;
use super::value::get;
use crate::session::{Input, Wake};

/// Listens for as long as it lives.
pub struct Wakes {
    _listeners: Vec<Listener>,
}

/// Whether the page is out of sight. Where there is no document, nothing ever is.
pub fn is_hidden() -> bool {
    get(&get(&global(), "document"), "visibilityState").as_string().as_deref() == Some("hidden")
}

impl Wakes {
    /// Starts listening where there is something to listen to.
    pub fn listen(on: impl Fn(Input) + Clone + 'static) -> Self {
        let mut listeners = Vec::new();
        let scope: JsValue = global().into();
        let document = get(&scope, "document");
        if let Some(document) = target(&document) {
            let on = on.clone();
            listeners.push(Listener::new(&document, "visibilitychange", move |_| {
                on(if is_hidden() { Input::Hidden } else { Input::Woke(Wake::Visible) });
            }));
        }
        if let Some(scope) = target(&scope) {
            for (event, wake) in
                [("focus", Wake::Focus), ("online", Wake::Online), ("pageshow", Wake::PageShow)]
            {
                let on = on.clone();
                listeners.push(Listener::new(&scope, event, move |event| {
                    // The first `pageshow` of a page is its load, which is no waking up.
                    if wake != Wake::PageShow || get(&event, "persisted").is_truthy() {
                        on(Input::Woke(wake));
                    }
                }));
            }
        }
        Self { _listeners: listeners }
    }
}

fn target(value: &JsValue) -> Option<EventTarget> {
    get(value, "addEventListener").is_function().then(|| value.clone().unchecked_into())
}
