//! Noticing that the page is looked at again. No `unload` and no `beforeunload`, which would cost the page its place in
//! the back/forward cache.

use std::rc::Rc;

use wasm_bindgen::JsValue;
use wasm_bindgen::closure::Closure;

use super::listener::Listener;
use super::value::{get, global};
use crate::session::{Input, Wake};

/// Listens for as long as it lives.
pub struct Wakes {
    _listeners: Vec<Listener>,
}

/// Whether the page is out of sight. Where there is no document, nothing ever is.
pub fn is_hidden() -> bool {
    get(&global("document"), "visibilityState") == "hidden"
}

impl Wakes {
    /// Starts listening where there is something to listen to.
    pub fn listen(on: &Rc<dyn Fn(Input)>) -> Self {
        let (document, scope) = (global("document"), JsValue::from(js_sys::global()));
        let watched = [
            (&document, "visibilitychange", Wake::Visible),
            (&scope, "focus", Wake::Focus),
            (&scope, "online", Wake::Online),
            (&scope, "pageshow", Wake::PageShow),
        ];
        let mut listeners = Vec::new();
        for (target, event, wake) in watched {
            let on = on.clone();
            let closure = Closure::<dyn FnMut(JsValue)>::new(move |event: JsValue| match wake {
                Wake::Visible if is_hidden() => on(Input::Hidden),
                // The first `pageshow` of a page is its load, which is no waking up.
                Wake::PageShow if !get(&event, "persisted").is_truthy() => {}
                wake => on(Input::Woke(wake)),
            });
            listeners.extend(Listener::new(target, event, closure));
        }
        Self { _listeners: listeners }
    }
}
