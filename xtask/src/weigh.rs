//! Bundling a package as a consumer would, and weighing what comes out.

use std::fs;
use std::io::Write;
use std::iter::Sum;
use std::path::PathBuf;

use anyhow::Result;
use serde::{Deserialize, Serialize};

use crate::{setup, stamp, step, workspace};

/// Bytes: minified, and after each of the compressions that web servers use, at their best.
#[derive(Clone, Copy, Default, Deserialize, Serialize)]
pub struct Weight {
    /// As it is.
    pub raw: u64,
    /// With gzip -9.
    pub gzip: u64,
    /// With brotli -11.
    pub brotli: u64,
}

impl Weight {
    fn of(bytes: &[u8]) -> Result<Self> {
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        gzip.write_all(bytes)?;
        let mut brotli = Vec::new();
        let params = brotli::enc::BrotliEncoderParams { quality: 11, lgwin: 22, ..Default::default() };
        brotli::BrotliCompress(&mut &*bytes, &mut brotli, &params)?;
        let [raw, gzip, brotli] =
            [bytes.len(), gzip.finish()?.len(), brotli.len()].map(|length| length as u64);
        Ok(Self { raw, gzip, brotli })
    }
}

impl Sum for Weight {
    fn sum<I: Iterator<Item = Self>>(weights: I) -> Self {
        weights.fold(Self::default(), |a, b| Self {
            raw: a.raw + b.raw,
            gzip: a.gzip + b.gzip,
            brotli: a.brotli + b.brotli,
        })
    }
}

/// What is loaded at once, and the chunks that are loaded later, by their names.
pub struct Bundle {
    /// With the page.
    pub at_once: Weight,
    /// Later.
    pub later: Vec<(String, Weight)>,
}

/// Bundles one import of a package.
pub fn bundle(package: &str, import: &str) -> Result<Bundle> {
    let out = workspace::target("size").join(package.replace('/', "-"));
    if out.exists() {
        fs::remove_dir_all(&out)?;
    }
    fs::create_dir_all(&out)?;
    // Inside the tests' package, so that its dependencies are found.
    let entry = workspace::path("tests").join(".size-entry.mjs");
    let source = format!("import {{ {import} as used }} from \"{package}\";\nglobalThis.used = used;\n");
    fs::write(&entry, source)?;
    let args =
        ["--bundle", "--minify", "--format=esm", "--target=es2022", "--splitting", "--platform=browser"];
    let mut esbuild = setup::npx("esbuild", args);
    esbuild.arg("--log-level=error").arg(&entry).arg(format!("--outdir={}", out.display()));
    esbuild.args(["--entry-names=entry", "--chunk-names=[name]-[hash]"]);
    let built = step::run(&format!("Bundling {package}"), &mut esbuild);
    fs::remove_file(&entry)?;
    built?;

    let eager = fs::read_to_string(out.join("entry.js"))?;
    let (mut at_once, mut later) = (Vec::new(), Vec::new());
    for file in fs::read_dir(&out)? {
        let file = file?.path();
        let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
        // A static import is loaded with the entry.
        let with_entry = [format!("from\"./{name}\""), format!("import\"./{name}\"")];
        let with_entry = name == "entry.js" || with_entry.iter().any(|import| eager.contains(import));
        let weight = Weight::of(&fs::read(&file)?)?;
        if with_entry { at_once.push(weight) } else { later.push((name, weight)) }
    }
    Ok(Bundle { at_once: at_once.into_iter().sum(), later })
}

/// The core as it is shipped, but with its names.
pub fn named_core() -> Result<PathBuf> {
    let [from, to] = ["core/glue.wasm", "size/named.wasm"].map(workspace::target);
    let checksum = stamp::of(&[&from.to_string_lossy()])?;
    if !stamp::is("named", &checksum, &to) {
        let mut optimise = setup::npx("wasm-opt", ["-Oz", "--debuginfo", "--strip-producers"]);
        step::run("Optimising the core with its names", optimise.arg(&from).arg("-o").arg(&to))?;
        stamp::set("named", &checksum)?;
    }
    Ok(to)
}
