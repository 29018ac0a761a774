//! What the package costs, beside what else a user would load, bundled the same way in the same run.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};
use clap::Args;
use serde::{Deserialize, Serialize};

use crate::step::say;
use crate::{modules, package, setup, step, workspace};

/// Options of `size`.
#[derive(Args)]
pub struct Options {
    /// Write the sizes down, with the reason why they have changed
    #[arg(long, value_name = "REASON")]
    record: Option<String>,
}

/// Where sizes and budgets are written down.
const RECORD: &str = "tests/size.toml";
/// Growth below this is noise.
const NOISE: u64 = 150;

#[derive(Deserialize, Serialize)]
struct Record {
    /// Why the sizes are what they are.
    reason: String,
    rows: BTreeMap<String, Row>,
}

#[derive(Deserialize, Serialize)]
struct Row {
    /// Brotli bytes.
    size: u64,
    /// Brotli bytes that may not be passed.
    budget: u64,
}

/// Prints the table.
pub fn run(options: &Options) -> Result<()> {
    let named = package::build()?;
    let sizes = measure()?;
    let mut record = read()?;
    print(&sizes, &record, &named)?;
    if let Some(reason) = &options.record {
        reason.clone_into(&mut record.reason);
        for (name, row) in &mut record.rows {
            row.size = *sizes.get(name.as_str()).context("a row that is not measured")?;
        }
        fs::write(workspace::path(RECORD), toml::to_string(&record)?)?;
    }
    judge(&sizes, &record)
}

/// The gate's part.
pub fn check() -> Result<()> {
    run(&Options { record: None })
}

fn read() -> Result<Record> {
    let text = fs::read_to_string(workspace::path(RECORD)).context(RECORD)?;
    toml::from_str(&text).context(RECORD)
}

fn judge(sizes: &BTreeMap<&str, u64>, record: &Record) -> Result<()> {
    for (name, row) in &record.rows {
        let size = *sizes.get(name.as_str()).context("a row that is not measured")?;
        if size > row.budget {
            bail!("{name} is {size} bytes, over its budget of {}", row.budget);
        }
        if size > row.size + NOISE {
            bail!(
                "{name} has grown from {} to {size} bytes; make it smaller, or say why: cargo xtask size --record \"…\"",
                row.size
            );
        }
    }
    Ok(())
}

/// Sizes by row, in brotli bytes at quality 11.
fn measure() -> Result<BTreeMap<&'static str, u64>> {
    let folder = workspace::target("size");
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    let mut sizes = BTreeMap::new();
    let ours = bundle("threadpass", "createClient", &folder)?;
    sizes.insert("eager", ours.0);
    sizes.insert("core", ours.1);
    for (row, import) in [("@tambo-ai/typescript-sdk", "default"), ("oidc-client-ts", "UserManager")] {
        sizes.insert(row, bundle(row, import, &folder)?.0);
    }
    Ok(sizes)
}

/// Bundles one import as a consumer would. Answers the sizes of what is loaded at once, and of what is loaded later.
fn bundle(package: &str, import: &str, folder: &Path) -> Result<(u64, u64)> {
    let out = folder.join(package.replace('/', "-"));
    fs::create_dir_all(&out)?;
    // Inside the tests' package, so that its dependencies are found.
    let entry = workspace::path("tests").join(".size-entry.mjs");
    fs::write(
        &entry,
        format!("import {{ {import} as used }} from \"{package}\";\nglobalThis.used = used;\n"),
    )?;
    let args =
        ["--bundle", "--minify", "--format=esm", "--target=es2022", "--splitting", "--platform=browser"];
    let mut esbuild = setup::npx("esbuild", args);
    esbuild.arg("--log-level=error").arg(&entry).arg(format!("--outdir={}", out.display()));
    esbuild.args(["--entry-names=entry", "--chunk-names=chunk-[hash]"]);
    let built = step::run(&format!("Bundling {package}"), &mut esbuild);
    fs::remove_file(&entry)?;
    built?;
    let eager = fs::read_to_string(out.join("entry.js"))?;
    let (mut at_once, mut later) = (brotli(eager.as_bytes())?, 0);
    for file in fs::read_dir(&out)? {
        let file = file?.path();
        let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if name == "entry.js" {
            continue;
        }
        let size = brotli(&fs::read(&file)?)?;
        // A static import is loaded with the entry.
        if eager.contains(&format!("from\"./{name}\"")) || eager.contains(&format!("import\"./{name}\"")) {
            at_once += size;
        } else {
            later += size;
        }
    }
    Ok((at_once, later))
}

fn brotli(bytes: &[u8]) -> Result<u64> {
    let mut out = Vec::new();
    let params = brotli::enc::BrotliEncoderParams { quality: 11, lgwin: 22, ..Default::default() };
    brotli::BrotliCompress(&mut &*bytes, &mut out, &params)?;
    Ok(out.len() as u64)
}

fn print(sizes: &BTreeMap<&str, u64>, record: &Record, named: &Path) -> Result<()> {
    let thin = *sizes.get("@tambo-ai/typescript-sdk").context("no vendor client")?;
    say("\nbrotli bytes                       size   budget   × thin Tambo client");
    for (name, size) in sizes {
        let budget = record.rows.get(*name).map(|row| row.budget.to_string()).unwrap_or_default();
        say(&format!("{name:<30} {size:>8} {budget:>8} {:>8.2}", *size as f64 / thin as f64));
    }
    say("\ncode bytes by module, before optimisation");
    for (module, size) in modules::bytes(named)?.into_iter().filter(|(_, size)| *size > 500) {
        say(&format!("{module:<30} {size:>8}"));
    }
    say("");
    Ok(())
}
