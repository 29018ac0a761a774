//! Timers and clocks.

use gloo_timers::callback::Timeout;
use js_sys::{Date, Promise};
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen_futures::JsFuture;

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
pub fn after(ms: Ms, then: impl FnOnce() + 'static) -> Timeout {
    let ms = u32::try_from(ms.clamp(0, Ms::from(i32::MAX))).unwrap_or(0);
    Timeout::new(ms, then)
}

/// Waits.
pub async fn sleep(ms: Ms) {
    let mut timer = None;
    let promise = Promise::new(&mut |resolve, _| {
        timer = Some(after(ms, move || {
            let _ = resolve.call0(&JsValue::UNDEFINED);
        }));
    });
    let _ = JsFuture::from(promise).await;
    drop(timer);
}
