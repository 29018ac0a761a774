//! The generated JavaScript without what nobody runs.

use anyhow::{Context, Result};

/// What to leave out: from where, and up to where. Encoders without `encodeInto`, strings that are passed without a way to
/// make more room, and disposal by `using`, which the face has for its clients.
const CUTS: &[(&str, &str)] = &[
    ("if (!('encodeInto' in cachedTextEncoder))", "let WASM_VECTOR_LEN"),
    ("if (realloc === undefined)", "let len = arg.length;"),
    ("if (Symbol.dispose) Core", "/**"),
    ("if (Symbol.dispose) Run", "function __wbg_get_imports"),
    ("async function __wbg_load", "export {"),
];

/// What is left can be started with `start(module)`.
pub fn trim(glue: &str) -> Result<String> {
    let mut glue = glue.to_owned();
    for (from, until) in CUTS {
        let start = glue.find(from);
        let end = start.and_then(|start| Some(start + glue.get(start..)?.find(until)?));
        let range = start.zip(end).with_context(|| {
            format!("wasm-bindgen's glue has another shape than expected: no {from:?} before {until:?}")
        })?;
        glue.replace_range(range.0..range.1, "");
    }
    let (glue, _) = glue.split_once("export {").context("wasm-bindgen's glue exports nothing")?;
    let start = "export function start(module) {\n  \
        __wbg_finalize_init(new WebAssembly.Instance(module, __wbg_get_imports()), module);\n}\n";
    Ok([glue, start].concat())
}
