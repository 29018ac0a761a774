//! The npm package: crate → WebAssembly → glue → one lazy chunk, and the TypeScript face around it.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow, bail};
use wasm_bindgen_cli_support::Bindgen;

use crate::pack::pack;
use crate::setup::{self, WASM};
use crate::step::{cargo, perform, run};
use crate::{shrink, stamp, workspace};

/// What the package is made from.
const INPUTS: &[&str] = &[
    "src",
    "Cargo.toml",
    "Cargo.lock",
    "rust-toolchain.toml",
    "pkg-template",
    "package-lock.json",
    "xtask/src/pack.rs",
    "xtask/src/package.rs",
    "xtask/src/shrink.rs",
];

/// Builds the package into `pkg/` unless it is there already.
pub fn build() -> Result<()> {
    setup::wasm_target()?;
    setup::npm()?;
    copy_texts()?;
    let checksum = stamp::of(INPUTS)?;
    if stamp::is("package", &checksum, &workspace::path("pkg/index.js")) {
        return Ok(());
    }
    let named = compile()?;
    let stage = workspace::target("stage");
    if stage.exists() {
        fs::remove_dir_all(&stage)?;
    }
    copy_folder(&workspace::path("pkg-template/src"), &stage)?;
    perform("Generating the JavaScript glue", || glue(&named, &stage))?;
    optimise(&stage)?;
    fs::write(stage.join("packed.js"), pack(&fs::read(stage.join("core.wasm"))?))?;
    bundle(&stage)?;
    stamp::set("package", &checksum)
}

/// Answers the WebAssembly, with the names of its functions.
fn compile() -> Result<PathBuf> {
    let home = |name: &str, below: &str| {
        std::env::var(name).or_else(|_| std::env::var("HOME").map(|home| format!("{home}/{below}")))
    };
    // Panic messages carry source paths; without this they would carry this machine's.
    let cargo_home = home("CARGO_HOME", ".cargo").unwrap_or_default();
    let mut sources = vec![
        (workspace::root().to_string_lossy().into_owned(), "threadpass"),
        (cargo_home.clone(), "cargo"),
        (home("RUSTUP_HOME", ".rustup").unwrap_or_default(), "rustup"),
    ];
    // The folder below is named after the registry; the last rule that fits is the one that counts.
    for registry in fs::read_dir(Path::new(&cargo_home).join("registry/src")).into_iter().flatten().flatten()
    {
        sources.push((registry.path().to_string_lossy().into_owned(), "cargo"));
    }
    let flags: Vec<String> = sources
        .iter()
        .filter(|(from, _)| !from.is_empty())
        .map(|(from, to)| format!("--remap-path-prefix={from}=/{to}"))
        .collect();
    let target = workspace::target("package");
    let mut cargo =
        cargo(["build", "--package", "threadpass", "--lib", "--profile", "wasm", "--target", WASM]);
    cargo.env("CARGO_TARGET_DIR", &target).env("CARGO_ENCODED_RUSTFLAGS", flags.join("\x1f"));
    run("Compiling the core to WebAssembly", &mut cargo)?;
    Ok(target.join(WASM).join("wasm/threadpass.wasm"))
}

fn glue(wasm: &Path, stage: &Path) -> Result<()> {
    // Without the default path bundlers do not see a file to emit that nobody loads.
    let mut output = Bindgen::new()
        .input_path(wasm)
        .web(true)
        .and_then(|bindgen| bindgen.omit_default_module_path(true).typescript(false).generate_output())
        .map_err(|error| anyhow!("{error:#}"))?;
    let js = output.js().to_owned();
    let module = output.wasm_mut();
    shrink::mute_panics(module)?;
    shrink::blank_messages(module);
    let js = shrink::trim_start(&shrink::shorten_names(module, &js))?;
    if js.contains("new Function") || js.contains("eval(") {
        bail!("the generated glue contains eval, which a Content-Security-Policy forbids");
    }
    fs::write(stage.join("glue.js"), js)?;
    fs::write(stage.join("glue.wasm"), module.emit_wasm())?;
    Ok(())
}

fn optimise(stage: &Path) -> Result<()> {
    // Measured: what comes between the -Oz makes it a hundredth smaller after compression.
    let passes = ["-Oz", "--gufa-optimizing", "--flatten", "--rereloop", "-Oz", "-Oz", "--converge"];
    let strip = ["--reorder-functions", "--strip-target-features", "--strip-debug", "--strip-producers"];
    let mut wasm_opt = setup::npx("wasm-opt", passes);
    wasm_opt.args(strip).arg(stage.join("glue.wasm")).arg("-o").arg(stage.join("core.wasm"));
    run("Optimising the WebAssembly", &mut wasm_opt)?;
    Ok(())
}

fn bundle(stage: &Path) -> Result<()> {
    let common = ["--bundle", "--minify", "--format=esm", "--target=es2022", "--log-level=warning"];
    for (entry, external) in
        [("index", &["face", "core"][..]), ("face", &[]), ("core", &["tools"]), ("tools", &[])]
    {
        let from = stage.join(format!("{entry}.ts"));
        let to = format!("--outfile={}", workspace::path(&format!("pkg/{entry}.js")).display());
        let mut esbuild = setup::npx("esbuild", common);
        esbuild.args(external.iter().map(|name| format!("--external:./{name}.js"))).arg(from).arg(to);
        run(&format!("Bundling {entry}.js"), &mut esbuild)?;
    }
    Ok(())
}

/// What needs no building. It is copied each time, so that a changed README builds nothing.
fn copy_texts() -> Result<()> {
    for file in ["package.json", "index.d.ts"] {
        fs::copy(workspace::path("pkg-template").join(file), workspace::path("pkg").join(file))?;
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
