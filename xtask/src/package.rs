//! The npm package: the TypeScript face, bundled around the core, and what npm users get beside it.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use clap::Args;

use crate::pack::pack;
use crate::step::{run as run_step, say};
use crate::{compiled_in, core, maps, page, setup, stamp, workspace};

/// What the package is made from, beside the core.
const INPUTS: &[&str] = &[
    "pkg-template",
    "Cargo.toml",
    "package-lock.json",
    "xtask/src/compiled_in.rs",
    "xtask/src/maps.rs",
    "xtask/src/pack.rs",
    "xtask/src/package.rs",
];

/// The package's modules: what is made from `<name>.ts`, and the modules that it imports from outside.
const MODULES: [(&str, &[&str]); 13] = [
    ("index", &["./face.js", "./core.js"]),
    ("slim", &["./face.js", "./bare.js"]),
    ("url", &["./face.js", "./bare.js"]),
    ("face", &[]),
    ("core", &["./tools.js", "./langgraph.js", "./cloud.js"]),
    ("bare", &["./face.js", "./tools.js", "./langgraph.js", "./cloud.js"]),
    ("tools", &[]),
    ("langgraph", &[]),
    ("cloud", &[]),
    ("react/index", &["../index.js", "react"]),
    ("testing/index", &["../face.js"]),
    ("assistant-cloud/index", &["../face.js"]),
    ("providers/index", &[]),
];

/// Options of `build`.
#[derive(Args)]
pub struct Options {
    /// Also build the static demo, which any static host can serve
    #[arg(long)]
    demo: bool,
}

/// Builds the package, and what else was asked for.
pub fn run(options: &Options) -> Result<()> {
    build()?;
    if options.demo {
        page::build_static()?;
        let folder = workspace::path(page::STATIC);
        say(&format!(
            "\n  The static demo is in  {}\n  Put it on any static host, in a subfolder too: https, or http on \
             localhost. To try it:\n  python3 -m http.server --bind 127.0.0.1 --directory {}\n",
            page::STATIC,
            folder.display()
        ));
    }
    Ok(())
}

/// Builds the package into `pkg/` unless it is there already.
pub fn build() -> Result<()> {
    setup::wasm_target()?;
    setup::npm()?;
    copy_texts()?;
    let core = core::build()?;
    let wasm = fs::read(core.join("core.wasm"))?;
    let checksum = stamp::of(&[INPUTS, &[&core.to_string_lossy()]].concat())?;
    if stamp::is("package", &checksum, &workspace::path("pkg/index.js")) {
        return Ok(());
    }
    let stage = workspace::target("stage");
    if stage.exists() {
        fs::remove_dir_all(&stage)?;
    }
    copy_folder(&workspace::path("pkg-template/src"), &stage)?;
    fs::copy(core.join("glue.js"), stage.join("glue.js"))?;
    fs::write(stage.join("packed.js"), pack(&wasm))?;
    let crates = compiled_in::crates()?;
    fs::write(stage.join("versions.js"), compiled_in::versions(&crates)?)?;
    bundle(&stage)?;
    fs::write(workspace::path("pkg/client.wasm"), wasm)?;
    fs::write(workspace::path("pkg/THIRD-PARTY-NOTICES.txt"), compiled_in::notices(&crates)?)?;
    stamp::set("package", &checksum)
}

fn bundle(stage: &Path) -> Result<()> {
    let common = ["--bundle", "--format=esm", "--target=es2022", "--log-level=warning", "--sourcemap"];
    for (module, beside) in MODULES {
        let to = workspace::path(&format!("pkg/{module}.js"));
        let mut esbuild = setup::npx("esbuild", common);
        // Components keep their names, for React's warnings and tools; the app's own build shortens them.
        let keeps_names = module.contains('/');
        esbuild.args(["--minify-whitespace", "--minify-syntax"]);
        esbuild.args((!keeps_names).then_some("--minify-identifiers"));
        esbuild.args(beside.iter().map(|other| format!("--external:{other}")));
        esbuild.arg(stage.join(format!("{module}.ts"))).arg(format!("--outfile={}", to.display()));
        run_step(&format!("Bundling {module}.js"), &mut esbuild)?;
        maps::tidy(&to.with_extension("js.map"))?;
    }
    Ok(())
}

/// What needs no building. It is copied each time, so that a changed README builds nothing.
fn copy_texts() -> Result<()> {
    for folder in [".", "react", "testing", "providers", "assistant-cloud"] {
        let (from, to) = (workspace::path("pkg-template").join(folder), workspace::path("pkg").join(folder));
        fs::create_dir_all(&to)?;
        for entry in fs::read_dir(from)? {
            let entry = entry?;
            let name = entry.file_name().to_string_lossy().into_owned();
            if name == "package.json" || name.ends_with(".d.ts") {
                fs::copy(entry.path(), to.join(&name))?;
            }
        }
    }
    for file in ["README.md", "LICENSE-MIT", "LICENSE-APACHE"] {
        fs::copy(workspace::path(file), workspace::path("pkg").join(file))
            .with_context(|| file.to_owned())?;
    }
    Ok(())
}

fn copy_folder(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?.path();
        let target = to.join(entry.file_name().unwrap_or_default());
        if entry.is_dir() {
            copy_folder(&entry, &target)?;
        } else {
            fs::copy(&entry, &target)?;
        }
    }
    Ok(())
}
