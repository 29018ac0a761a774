//! Making the WebAssembly smaller than compiler and optimiser can, without changing what it does.
//!
//! A panic in the shipped build is a trap, and its message goes nowhere. So the functions that would format the message
//! become the trap itself, messages and source paths become blanks, and imports get short names: what
//! `panic=immediate-abort` and `-Zlocation-detail=none` do on a nightly compiler.

use std::collections::HashSet;

use anyhow::{Result, bail};
use rustc_demangle::demangle;
use walrus::ir::{Call, Value, Visitor, dfs_in_order};
use walrus::{
    ConstExpr, Data, DataKind, ExportItem, FunctionBuilder, FunctionId, FunctionKind, ImportKind, Module,
    ValType,
};

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
    "wasm_bindgen::__rt::throw_null",
    "wasm_bindgen::__rt::borrow_fail",
    "wasm_bindgen::throw_str",
];

/// Functions of the executor and of its surroundings that nothing here reaches: tasks that enter a suspended stack, wakers of
/// futures that wait (ours end at their first poll), and microtasks without `queueMicrotask`. They stay behind in tables or on
/// branches that the optimiser cannot rule out. What is dropped with a core that is collected is not among them.
const UNREACHED: &[&str] = &[
    "js_sys::futures::jspi::SpawnedTask::",
    "js_sys::futures::jspi::spawn_promising",
    "js_sys::futures::jspi::task_waker::",
    "js_sys::futures::task::singlethread::Task::into_raw_waker::raw_clone",
    "js_sys::futures::task::singlethread::Task::into_raw_waker::raw_wake",
    "js_sys::global::get_global_object::",
    "js_sys::Promise<T,E>::then_map",
];

/// Mutes what is never reached. Before the glue is made, so that it has nothing for it.
pub fn mute_unreached(module: &mut Module) -> Result<()> {
    ask_global_this(module)?;
    let unreached = named(module, |name| UNREACHED.iter().any(|start| name.starts_with(start)));
    mute(module, &unreached);
    Ok(())
}

/// The executor looks for the global object under four names, one of which is known wherever this runs.
fn ask_global_this(module: &mut Module) -> Result<()> {
    let imported = module.imports.iter().find(|import| import.name.contains("_GLOBAL_THIS_"));
    let asked = named(module, |name| name == "js_sys::global::get_global_object");
    let (Some(ImportKind::Function(import)), false) = (imported.map(|import| &import.kind), asked.is_empty())
    else {
        bail!("js-sys finds the global object in another way than expected");
    };
    let import = *import;
    for id in asked {
        let mut asks = FunctionBuilder::new(&mut module.types, &[], &[ValType::I32]);
        asks.func_body().call(import);
        module.funcs.get_mut(id).kind = FunctionKind::Local(asks.local_func(Vec::new()));
    }
    Ok(())
}

/// Mutes panics, and the formatting that served nothing else but stands in tables. What they alone have used is removed
/// by the optimiser. Formatting that is still called is an error: texts are put together from parts.
pub fn mute_panics(module: &mut Module) -> Result<()> {
    mute(module, &named(module, panics));
    let formatting = named(module, formats);
    if let Some(caller) = caller_of(module, &formatting) {
        bail!(
            "{caller} formats text, which brings 10 kB of machinery into the package; use concat() instead"
        );
    }
    mute(module, &formatting);
    mute(module, &unused_closures(module));
    Ok(())
}

/// wasm-bindgen exports how to call the closures that are made; for all others that its crates can make, the function
/// stays behind in the table.
fn unused_closures(module: &Module) -> HashSet<FunctionId> {
    let mut closures = named(module, |name| name.starts_with("wasm_bindgen::convert::closures::_::invoke"));
    for export in module.exports.iter() {
        if let ExportItem::Function(id) = export.item {
            closures.remove(&id);
        }
    }
    for (id, function) in module.funcs.iter_local() {
        let mut calls = Calls(HashSet::new());
        dfs_in_order(&mut calls, function, function.entry_block());
        calls.0.remove(&id);
        closures.retain(|closure| !calls.0.contains(closure));
    }
    closures
}

fn named(module: &Module, chosen: impl Fn(&str) -> bool) -> HashSet<FunctionId> {
    let all = module.funcs.iter_local().map(|(id, _)| id);
    all.filter(|id| chosen(&name_of(module, *id))).collect()
}

fn name_of(module: &Module, id: FunctionId) -> String {
    plain(module.funcs.get(id).name.as_deref().unwrap_or_default())
}

fn mute(module: &mut Module, functions: &HashSet<FunctionId>) {
    for id in functions {
        let ty = module.types.get(module.funcs.get(*id).ty());
        let (params, results) = (ty.params().to_vec(), ty.results().to_vec());
        let args = params.iter().map(|ty| module.locals.add(*ty)).collect();
        let mut trap = FunctionBuilder::new(&mut module.types, &params, &results);
        trap.func_body().unreachable();
        module.funcs.get_mut(*id).kind = FunctionKind::Local(trap.local_func(args));
    }
}

fn panics(name: &str) -> bool {
    name.ends_with("::assert_failed") || PANICS.iter().any(|start| name.starts_with(start))
}

fn formats(name: &str) -> bool {
    name.starts_with("core::fmt::") || name.starts_with("<core::fmt::") || name.contains(" as core::fmt::")
}

/// The functions that are called by name.
struct Calls(HashSet<FunctionId>);

impl Visitor<'_> for Calls {
    fn visit_call(&mut self, call: &Call) {
        self.0.insert(call.func);
    }
}

/// A function that directly calls one of these without being one of them.
fn caller_of(module: &Module, functions: &HashSet<FunctionId>) -> Option<String> {
    let mut others = module.funcs.iter_local().filter(|(id, _)| !functions.contains(id));
    let caller = others.find(|(_, function)| {
        let mut calls = Calls(HashSet::new());
        dfs_in_order(&mut calls, function, function.entry_block());
        !calls.0.is_disjoint(functions)
    });
    caller.map(|(id, _)| name_of(module, id))
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

/// What the standard library would have said in panics and formatting that are muted.
const MESSAGES: &[&[u8]] = &[
    b"copy_from_slice: source slice length (",
    b") does not match destination slice length (",
    b"removal index (is ",
    b") should be < len (is ",
    b"mid > len",
    b"attempt to join into collection with len > usize::MAX",
    b"internal error: entered unreachable code",
    b"Tried to shrink to a larger capacity",
    b"capacity overflow",
    b"00010203040506070809101112131415161718192021222324252627282930313233343536373839404142434445464748495051525354555\
      65758596061626364656667686970717273747576777879808182838485868788899091929394959697989\
      9",
    b"LazyCell instance has previously been poisoned",
    b"`async fn` resumed after completion",
    b"RefCell already mutably borrowed",
    b"RefCell already borrowed",
    b"FnOnce called more than once",
    b"attempted to take ownership of Rust value while it was borrowed",
    b"called `Option::unwrap_throw()` on a `None` value",
    b"called `Result::unwrap_throw()` on an `Err` value",
    b"closure invoked recursively or after being dropped",
    b"null pointer passed to rust",
    b"recursive use of an object detected which would lead to unsafe aliasing in rust",
];

/// Starts of paths of source files, as the build's path remapping leaves them.
const PATHS: &[&[u8]] = &[b"/rustc/", b"/cargo/", b"/rustup/", b"/threadpass/", b"src/"];

/// Blanks the messages of panics, the paths of source files that they would have named, and where in these.
pub fn blank_messages(module: &mut Module) {
    let segments: Vec<_> = module.data.iter().map(Data::id).collect();
    let mut blanked = HashSet::new();
    for id in &segments {
        let data = module.data.get_mut(*id);
        let start = start_of(data);
        let bytes = &mut data.value;
        let mut at = 0;
        while at < bytes.len() {
            let length = bytes.get(at..).map_or(0, dead_text);
            bytes.iter_mut().skip(at).take(length).for_each(|byte| *byte = 0);
            if length > 0 {
                blanked.insert((start + at, length));
            }
            at += length.max(1);
        }
    }
    for id in segments {
        blank_places(&mut module.data.get_mut(id).value, &blanked);
    }
}

/// The address of a segment.
fn start_of(data: &Data) -> usize {
    match data.kind {
        DataKind::Active { offset: ConstExpr::Value(Value::I32(start)), .. } => start as usize,
        _ => 0,
    }
}

/// Blanks the places in source files, which are four words: address and length of the path, line and column.
fn blank_places(bytes: &mut [u8], blanked: &HashSet<(usize, usize)>) {
    let word = |bytes: &[u8], at: usize| -> Option<usize> {
        Some(u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?) as usize)
    };
    for at in (0..bytes.len()).step_by(4) {
        let text = word(bytes, at).zip(word(bytes, at + 4));
        if text.is_some_and(|text| blanked.contains(&text)) {
            bytes.iter_mut().skip(at).take(16).for_each(|byte| *byte = 0);
        }
    }
}

/// The length of a text at the start of these bytes that nobody will read.
fn dead_text(bytes: &[u8]) -> usize {
    if let Some(message) = MESSAGES.iter().find(|message| bytes.starts_with(message)) {
        return message.len();
    }
    if !PATHS.iter().any(|start| bytes.starts_with(start)) {
        return 0;
    }
    let length = bytes.windows(3).position(|window| window == b".rs").map_or(0, |end| end + 3);
    let printable = bytes.iter().take(length).all(u8::is_ascii_graphic);
    if printable { length } else { 0 }
}

/// Gives imports and exports short names, in the module and in the glue, and drops the exports that it does not use.
pub fn shorten_names(module: &mut Module, glue: &str) -> String {
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
    let mut exports: Vec<_> =
        module.exports.iter().map(|export| (export.name.clone(), export.id())).collect();
    // No name is taken for the start of a longer one.
    exports.sort_by_key(|(name, _)| std::cmp::Reverse(name.len()));
    for (number, (name, id)) in exports.into_iter().enumerate() {
        let (long, short) = (format!("wasm.{name}"), format!("e{number:x}"));
        if glue.contains(&long) {
            glue = glue.replace(&long, &format!("wasm.{short}"));
            module.exports.get_mut(id).name = short;
        } else {
            module.exports.delete(id);
        }
    }
    glue
}
