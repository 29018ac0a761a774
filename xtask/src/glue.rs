//! The generated JavaScript without what nobody runs, and with the shorter of two forms.

use std::borrow::Cow;

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
    let glue: Vec<_> = glue.lines().map(arrow).collect();
    let glue = glue.join("\n");
    let (glue, _) = glue.split_once("export {").context("wasm-bindgen's glue exports nothing")?;
    let start = "export function start(module) {\n  \
        __wbg_finalize_init(new WebAssembly.Instance(module, __wbg_get_imports()), module);\n}\n";
    Ok([glue, start].concat())
}

/// A line of the imports with an arrow in place of `function`, which the core calls without `this`.
fn arrow(line: &str) -> Cow<'_, str> {
    let head = |kind| line.strip_suffix(") {")?.split_once(kind);
    if let Some((name, args)) = head(": function() { return handleError(function (") {
        format!("{name}: (...args) => handleError(({args}) => {{").into()
    } else if let Some((name, args)) = head(": function(") {
        format!("{name}: ({args}) => {{").into()
    } else if line == "}, arguments); }," {
        "}, args),".into()
    } else {
        line.into()
    }
}
