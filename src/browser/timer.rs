//! Clocks, and the pauses between two tries.

use gloo_timers::callback::Timeout;
use js_sys::Date;
use wasm_bindgen::prelude::wasm_bindgen;

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

/// A delay that a browser's timer takes; `u32` beyond `i32` would fire at once.
pub fn delay(ms: Ms) -> u32 {
    ms.clamp(0, Ms::from(i32::MAX)) as u32
}

/// A one-shot timer. Dropping it clears it.
pub fn after(ms: Ms, then: Box<dyn FnOnce()>) -> Timeout {
    Timeout::new(delay(ms), then)
}
