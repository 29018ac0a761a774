//! Which module of the crate the bytes of the WebAssembly belong to.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::Result;
use rustc_demangle::demangle;
use wasmparser::{KnownCustom, Name, Parser, Payload};

/// Code bytes by module, largest first. The module has to have its names.
pub fn bytes(wasm: &Path) -> Result<Vec<(String, u64)>> {
    let wasm = fs::read(wasm)?;
    let (mut imported, mut sizes, mut names) = (0_u32, Vec::new(), BTreeMap::new());
    for payload in Parser::new(0).parse_all(&wasm) {
        match payload? {
            Payload::ImportSection(imports) => {
                for import in imports.into_imports() {
                    if matches!(import?.ty, wasmparser::TypeRef::Func(_)) {
                        imported += 1;
                    }
                }
            }
            Payload::CodeSectionEntry(body) => sizes.push(body.range().len() as u64),
            Payload::CustomSection(section) => {
                let KnownCustom::Name(section) = section.as_known() else { continue };
                for subsection in section {
                    let Name::Function(functions) = subsection? else { continue };
                    for naming in functions {
                        let naming = naming?;
                        names.insert(naming.index, format!("{:#}", demangle(naming.name)));
                    }
                }
            }
            _ => {}
        }
    }
    let mut modules: BTreeMap<String, u64> = BTreeMap::new();
    for (index, size) in (imported..).zip(sizes) {
        let name = names.get(&index).map_or("?", String::as_str);
        *modules.entry(module_of(name)).or_default() += size;
    }
    let mut modules: Vec<_> = modules.into_iter().collect();
    modules.sort_by_key(|(_, size)| std::cmp::Reverse(*size));
    Ok(modules)
}

/// `threadpass::session::asking::…` is `threadpass::session`; of other crates the name is enough.
fn module_of(name: &str) -> String {
    if !name.contains("::") {
        // wasm-bindgen names what the crate exports after class and method, and its own with underscores.
        return if name.starts_with("__") { "wasm_bindgen" } else { "threadpass::browser" }.to_owned();
    }
    // `<&a::B as c::D>::e` belongs to `a`.
    let path = name.trim_start_matches(['<', '&', '(', '[']);
    let path = path.trim_start_matches("dyn ").trim_start_matches("mut ");
    // A crate may carry its hash: `core[c5930c85a12de822]`.
    let mut parts = path.split("::").map(|part| part.split('[').next().unwrap_or_default());
    let word = |part: &str| !part.is_empty() && part.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    match (parts.next(), parts.next()) {
        (Some("threadpass"), Some(module)) if word(module) => format!("threadpass::{module}"),
        (Some(first), Some(_)) if word(first) => first.to_owned(),
        _ => "other".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_function_belongs_to_its_module_or_crate() {
        for (name, module) in [
            ("threadpass::session::machine::Session::step", "threadpass::session"),
            ("<threadpass::browser::exports::Core as core::ops::Drop>::drop", "threadpass::browser"),
            ("core_start", "threadpass::browser"),
            ("<core[c5930c85a12de822]::fmt::Formatter>::pad", "core"),
            ("<&mut alloc::string::String as core::fmt::Write>::write_str", "alloc"),
            ("__externref_table_alloc", "wasm_bindgen"),
            ("<T as core::any::Any>::type_id", "other"),
        ] {
            assert_eq!(module_of(name), module, "{name}");
        }
    }
}
