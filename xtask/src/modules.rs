//! Which module of the crate the bytes of the WebAssembly belong to.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::Result;
use rustc_demangle::demangle;
use wasmparser::{KnownCustom, Name, Parser, Payload};

/// Code bytes by module, largest first, before optimisation (which drops the names).
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
    // `<a::B as c::D>::e` belongs to `a`.
    let path =
        name.trim_start_matches(['<', '&', '(', '[']).trim_start_matches("dyn ").trim_start_matches("mut ");
    let mut parts = path.split("::");
    let (first, second) = (parts.next().unwrap_or("?"), parts.next());
    match (first, second) {
        ("threadpass", Some(second)) if second.chars().all(|c| c.is_ascii_lowercase() || c == '_') => {
            format!("threadpass::{second}")
        }
        (first, Some(_)) if first.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') => first.to_owned(),
        _ => "other".to_owned(),
    }
}
