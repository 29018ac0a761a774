//! Making the WebAssembly smaller than compiler and optimiser can, without changing what it does.
//!
//! A panic in the shipped build is a trap, and its message goes nowhere. So the functions that would format the message
//! become the trap itself, source paths become blanks, and imports get short names: what `panic=immediate-abort` and
//! `-Zlocation-detail=none` do on a nightly compiler.

use rustc_demangle::demangle;
use walrus::{FunctionBuilder, FunctionId, FunctionKind, Module};

/// Starts of the names of functions that never return and are reached by panics only.
const PANICS: &[&str] = &[
    "alloc::alloc::handle_alloc_error",
    "alloc::raw_vec::capacity_overflow",
    "alloc::raw_vec::handle_error",
    "core::cell::panic_already_",
    "core::option::expect_failed",
    "core::option::unwrap_failed",
    "core::panicking::",
    "core::result::unwrap_failed",
    "core::slice::index::slice_index_fail",
    "core::str::slice_error_fail",
    "std::panicking::",
    "<std::panicking::",
];

/// Mutes panics. What they alone have used is removed by the optimiser.
pub fn mute_panics(module: &mut Module) {
    let panics: Vec<FunctionId> = module
        .funcs
        .iter_local()
        .map(|(id, _)| id)
        .filter(|id| module.funcs.get(*id).name.as_deref().is_some_and(|name| panics(&plain(name))))
        .collect();
    for id in panics {
        let ty = module.types.get(module.funcs.get(id).ty());
        let (params, results) = (ty.params().to_vec(), ty.results().to_vec());
        let args = params.iter().map(|ty| module.locals.add(*ty)).collect();
        let mut trap = FunctionBuilder::new(&mut module.types, &params, &results);
        trap.func_body().unreachable();
        module.funcs.get_mut(id).kind = FunctionKind::Local(trap.local_func(args));
    }
}

fn panics(name: &str) -> bool {
    name.ends_with("::assert_failed") || PANICS.iter().any(|start| name.starts_with(start))
}

/// A demangled name without the crates' hashes.
fn plain(name: &str) -> String {
    let mut plain = String::new();
    let mut depth = 0_u32;
    for c in format!("{:#}", demangle(name)).chars() {
        match c {
            '[' => depth += 1,
            ']' => depth = depth.saturating_sub(1),
            c if depth == 0 => plain.push(c),
            _ => {}
        }
    }
    plain
}

/// Blanks the paths of source files, which panics would have named.
pub fn blank_paths(module: &mut Module) {
    let segments: Vec<_> = module.data.iter().map(walrus::Data::id).collect();
    for id in segments {
        let bytes = &mut module.data.get_mut(id).value;
        let mut from = 0;
        while let Some((start, end)) = next_path(bytes, from) {
            bytes.iter_mut().take(end).skip(start).for_each(|byte| *byte = 0);
            from = end;
        }
    }
}

/// The next text from `/` to `.rs`, as the build's path remapping leaves them.
fn next_path(bytes: &[u8], from: usize) -> Option<(usize, usize)> {
    let starts: [&[u8]; 4] = [b"/rustc/", b"/cargo/", b"/rustup/", b"/threadpass/"];
    let start = (from..bytes.len())
        .find(|at| bytes.get(*at..).is_some_and(|rest| starts.iter().any(|start| rest.starts_with(start))))?;
    let rest = bytes.get(start..)?;
    let length = rest.windows(3).position(|window| window == b".rs")? + 3;
    let printable = rest.get(..length)?.iter().all(u8::is_ascii_graphic);
    Some((start, start + if printable { length } else { 1 }))
}

/// Gives imports short names, in the module and in the glue that provides them.
pub fn shorten_imports(module: &mut Module, glue: &str) -> String {
    let mut glue = glue.to_owned();
    let imports: Vec<_> = module.imports.iter().map(walrus::Import::id).collect();
    for (number, id) in imports.into_iter().enumerate() {
        let import = module.imports.get_mut(id);
        let short = format!("i{number:x}");
        glue = glue.replace(&format!("{}:", import.name), &format!("{short}:"));
        import.name = short;
        glue = glue.replace(&format!("\"{}\"", import.module), "\"w\"");
        "w".clone_into(&mut import.module);
    }
    glue
}
