//! The core: crate → WebAssembly, and the JavaScript glue around it.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Result, anyhow, bail};
use walrus::Module;
use wasm_bindgen_cli_support::Bindgen;

use crate::setup::{self, WASM};
use crate::step::{cargo, perform, run};
use crate::{glue, shrink, stamp, workspace};

/// What the core is made from. The optimiser's version is in `package.json`.
const INPUTS: &[&str] = &[
    "src",
    "Cargo.toml",
    "Cargo.lock",
    "rust-toolchain.toml",
    "package.json",
    "xtask/src/core.rs",
    "xtask/src/glue.rs",
    "xtask/src/shrink.rs",
];

/// Bytes of the stack, far more than is used: nothing here recurses deeply. Data stands behind it, and its addresses are a
/// byte shorter below 1 MiB, which is the linker's own choice for the stack.
const STACK: u32 = 512 << 10;

/// Where the core is made: which sources, cargo's folder, and the folder of the results.
pub struct Place {
    /// The repository's root, or that of a copy.
    pub root: PathBuf,
    /// Where cargo leaves what it compiles.
    pub target: PathBuf,
    /// `core.wasm` and `glue.js` come to be here, and `glue.wasm`, which still has its names.
    pub out: PathBuf,
}

/// Builds the core unless it is there already, and answers the folder where it is.
pub fn build() -> Result<PathBuf> {
    let out = workspace::target("core");
    let checksum = stamp::of(INPUTS)?;
    if !stamp::is("core", &checksum, &out.join("core.wasm")) {
        let (root, target) = (workspace::root(), workspace::target("package"));
        make(&Place { root, target, out: out.clone() })?;
        stamp::set("core", &checksum)?;
    }
    Ok(out)
}

/// Builds the core.
pub fn make(place: &Place) -> Result<()> {
    let named = compile(place)?;
    fs::create_dir_all(&place.out)?;
    perform("Generating the JavaScript glue", || make_glue(&named, &place.out))?;
    optimise(&place.out)
}

/// Answers the WebAssembly, with the names of its functions.
fn compile(place: &Place) -> Result<PathBuf> {
    let home = |name: &str, below: &str| {
        std::env::var(name).or_else(|_| std::env::var("HOME").map(|home| format!("{home}/{below}")))
    };
    // Panic messages carry source paths; without this they would carry this machine's.
    let cargo_home = home("CARGO_HOME", ".cargo").unwrap_or_default();
    let mut sources = vec![
        (place.root.to_string_lossy().into_owned(), "threadpass"),
        (cargo_home.clone(), "cargo"),
        (home("RUSTUP_HOME", ".rustup").unwrap_or_default(), "rustup"),
    ];
    // The folder below is named after the registry; the last rule that fits is the one that counts.
    for registry in fs::read_dir(Path::new(&cargo_home).join("registry/src")).into_iter().flatten().flatten()
    {
        sources.push((registry.path().to_string_lossy().into_owned(), "cargo"));
    }
    let mut flags: Vec<String> = sources
        .iter()
        .filter(|(from, _)| !from.is_empty())
        .map(|(from, to)| format!("--remap-path-prefix={from}=/{to}"))
        .collect();
    flags.push(format!("-Clink-arg=-zstack-size={STACK}"));
    let mut cargo =
        cargo(["build", "--package", "threadpass", "--lib", "--profile", "wasm", "--target", WASM]);
    cargo.current_dir(&place.root);
    cargo.env("CARGO_TARGET_DIR", &place.target).env("CARGO_ENCODED_RUSTFLAGS", flags.join("\x1f"));
    run("Compiling the core to WebAssembly", &mut cargo)?;
    Ok(place.target.join(WASM).join("wasm/threadpass.wasm"))
}

fn make_glue(wasm: &Path, out: &Path) -> Result<()> {
    // Without the default path bundlers do not see a file to emit that nobody loads.
    let mut module = Module::from_file(wasm)?;
    shrink::mute_unreached(&mut module)?;
    let mut output = Bindgen::new()
        .input_module("threadpass", module)
        .web(true)
        .and_then(|bindgen| bindgen.omit_default_module_path(true).typescript(false).generate_output())
        .map_err(|error| anyhow!("{error:#}"))?;
    let js = output.js().to_owned();
    let module = output.wasm_mut();
    shrink::mute_panics(module)?;
    shrink::blank_messages(module);
    let js = glue::trim(&shrink::shorten_names(module, &js))?;
    if js.contains("new Function") || js.contains("eval(") {
        bail!("the generated glue contains eval, which a Content-Security-Policy forbids");
    }
    fs::write(out.join("glue.js"), js)?;
    fs::write(out.join("glue.wasm"), module.emit_wasm())?;
    Ok(())
}

fn optimise(out: &Path) -> Result<()> {
    // Measured: what comes between the -Oz makes it a hundredth smaller after compression.
    // Nothing stands below 1 KiB: there the stack would end, which grows down to zero.
    // Large functions with one caller stay on their own, and all stay in the order of the compiler, which puts similar ones
    // side by side: 0.3 kB less after compression.
    let passes = [
        "--low-memory-unused",
        "--one-caller-inline-max-function-size=200",
        "-Oz",
        "--gufa-optimizing",
        "--flatten",
        "--rereloop",
        "-Oz",
        "-Oz",
        "--converge",
    ];
    let strip = ["--strip-target-features", "--strip-debug", "--strip-producers"];
    let mut wasm_opt = setup::npx("wasm-opt", passes);
    wasm_opt.args(strip).arg(out.join("glue.wasm")).arg("-o").arg(out.join("core.wasm"));
    run("Optimising the WebAssembly", &mut wasm_opt)?;
    Ok(())
}
