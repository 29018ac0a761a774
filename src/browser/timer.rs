//! Timers, clocks, and tasks of their own.

use gloo_timers::callback::Timeout;
use js_sys::Date;
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen_futures::spawn_local;

use crate::session::{Moment, Ms};

#[wasm_bindgen]
extern "C" {
    // Looked up by name on the global, so that it works in workers and with replaced clocks.
    #[wasm_bindgen(js_namespace = performance, js_name = now)]
    fn performance_now() -> f64;
}

/// Both clocks.
pub fn now() -> Moment {
    Moment { mono_ms: performance_now() as Ms, wall_ms: Date::now() as Ms }
}

/// A one-shot timer. Dropping it clears it. Delays are cut to what a browser's timer takes; `u32` beyond `i32` would
/// fire at once.
pub fn after(ms: Ms, then: Box<dyn FnOnce()>) -> Timeout {
    Timeout::new(ms.clamp(0, Ms::from(i32::MAX)) as u32, then)
}

/// Runs something in a task of its own, where it may call back into us as it likes.
pub fn later(then: Box<dyn FnOnce()>) {
    spawn_local(async move { then() });
}
