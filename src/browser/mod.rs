//! How it gets there: the only Rust that touches the browser. It carries out what the pure parts decide.
//!
//! Rules of this folder: exported methods take `&self`; no `RefCell` borrow lives across a call into JavaScript; JavaScript
//! that belongs to the app is called from a task of its own; nothing here can panic.
//!
//! Awaiting is left to the package's TypeScript, on the other side of [`shell`]: a request goes out as a built `Request`
//! with a number, and comes back as a call with that number. A Rust future for the same weighs ten times as much in the
//! package, and a promise that JavaScript owns is rejected even if the core should fail.

mod client;
mod convert;
mod exports;
mod options;
mod requests;
mod run;
mod shell;
mod tell;
mod timer;
mod value;

use talc::wasm::{WasmDynamicTalc, new_wasm_dynamic_allocator};

/// The heap.
#[global_allocator]
static HEAP: WasmDynamicTalc = new_wasm_dynamic_allocator();
