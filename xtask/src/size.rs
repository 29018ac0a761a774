//! What the package costs, beside what else a user would load, bundled the same way in the same run.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;

use anyhow::{Context, Result, bail};
use clap::Args;
use serde::{Deserialize, Serialize};

use crate::step::say;
use crate::weigh::{self, Weight};
use crate::{docs, modules, package, workspace};

/// Options of `size`.
#[derive(Args)]
pub struct Options {
    /// Write the sizes down, with the reason why they have changed
    #[arg(long, value_name = "REASON")]
    record: Option<String>,
}

/// Where sizes and budgets are written down.
const RECORD: &str = "tests/size.toml";
const HEADER: &str = "# Bytes of what a page loads, written by `cargo xtask size --record \"why\"`. Budgets are brotli bytes.\n";
/// Growth below this is noise.
const NOISE: u64 = 150;

/// The rows in the order of the tables: name in the record, and what it is.
const ROWS: [(&str, &str); 9] = [
    ("eager", "`threadpass`, with the page"),
    ("core", "`threadpass`, core, at first use"),
    ("tools", "`threadpass`, first use of tools"),
    ("langgraph", "`threadpass`, LangGraph's first run"),
    ("cloud", "`threadpass`, Assistant Cloud, its own"),
    (HISTORY, "`threadpass/assistant-cloud`"),
    (THIN, "`@tambo-ai/typescript-sdk`"),
    ("@langchain/langgraph-sdk", "`@langchain/langgraph-sdk`"),
    ("oidc-client-ts", "`oidc-client-ts`"),
];
/// The entry that keeps chats, beside what it shares with the client.
const HISTORY: &str = "threadpass/assistant-cloud";
/// Chunks that are loaded later than the core, by their first use.
const LATER: [&str; 3] = ["tools", "langgraph", "cloud"];
/// The thin client that a user would otherwise load.
const THIN: &str = "@tambo-ai/typescript-sdk";

type Sizes = BTreeMap<String, Weight>;

#[derive(Deserialize, Serialize)]
struct Record {
    /// Why the sizes are what they are.
    reason: String,
    rows: BTreeMap<String, Row>,
}

#[derive(Deserialize, Serialize)]
struct Row {
    #[serde(flatten)]
    size: Weight,
    /// Brotli bytes that may not be passed. Only what is ours has them.
    #[serde(skip_serializing_if = "Option::is_none")]
    budget: Option<u64>,
}

/// Prints the tables.
pub fn run(options: &Options) -> Result<()> {
    package::build()?;
    let sizes = measure()?;
    let mut record = read()?;
    print(&sizes, &record)?;
    if let Some(reason) = &options.record {
        reason.clone_into(&mut record.reason);
        for (name, size) in &sizes {
            record.rows.entry(name.clone()).or_insert(Row { size: *size, budget: None }).size = *size;
        }
        fs::write(workspace::path(RECORD), format!("{HEADER}{}", toml::to_string(&record)?))?;
        docs::write()?;
    }
    judge(&sizes, &record)
}

/// The gate's part.
pub fn check() -> Result<()> {
    run(&Options { record: None })
}

/// The sizes that are written down, as a table of the README.
pub fn table() -> Result<String> {
    let record = read()?;
    let mut table = String::from("\n| Loaded | minified | gzip | brotli |\n|---|--:|--:|--:|\n");
    for (name, what) in ROWS {
        let Weight { raw, gzip, brotli } = record.rows.get(name).with_context(|| missing(name))?.size;
        let [raw, gzip, brotli] = [raw, gzip, brotli].map(|bytes| format!("{:.1} kB", bytes as f64 / 1000.0));
        writeln!(table, "| {what} | {raw} | {gzip} | {brotli} |")?;
    }
    Ok(table + "\n")
}

fn missing(name: &str) -> String {
    format!("{RECORD} has no {name}; run `cargo xtask size --record \"…\"`")
}

fn read() -> Result<Record> {
    let text = fs::read_to_string(workspace::path(RECORD)).context(RECORD)?;
    toml::from_str(&text).context(RECORD)
}

fn judge(sizes: &Sizes, record: &Record) -> Result<()> {
    for (name, row) in &record.rows {
        let size =
            sizes.get(name).with_context(|| format!("{RECORD} has {name}, which is not measured"))?.brotli;
        let Some(budget) = row.budget else { continue };
        if size > budget {
            bail!("{name} is {size} bytes after brotli, over its budget of {budget}");
        }
        let before = row.size.brotli;
        if size > before + NOISE {
            bail!(
                "{name} has grown from {before} to {size} bytes after brotli; make it smaller, or say why: \
                 cargo xtask size --record \"…\""
            );
        }
        if size + NOISE < before {
            say(&format!(
                "{name} has shrunk from {before} bytes after brotli; keep it: cargo xtask size --record \"…\""
            ));
        }
    }
    Ok(())
}

fn measure() -> Result<Sizes> {
    let ours = weigh::bundle("threadpass", "createClient")?;
    let of_its_own = |chunk: &str| LATER.into_iter().find(|name| chunk.starts_with(&format!("{name}-")));
    let sum = |which: Option<&str>| {
        let chunks = ours.later.iter().filter(|(chunk, _)| of_its_own(chunk) == which);
        chunks.map(|(_, weight)| *weight).sum()
    };
    let mut sizes = Sizes::from([("eager".into(), ours.at_once), ("core".into(), sum(None))]);
    sizes.extend(LATER.map(|name| (name.to_owned(), sum(Some(name)))));
    sizes.insert(HISTORY.into(), weigh::bundle(HISTORY, "openHistory")?.at_once);
    let others =
        [(THIN, "default"), ("@langchain/langgraph-sdk", "Client"), ("oidc-client-ts", "UserManager")];
    for (package, import) in others {
        sizes.insert(package.into(), weigh::bundle(package, import)?.at_once);
    }
    Ok(sizes)
}

fn print(sizes: &Sizes, record: &Record) -> Result<()> {
    let thin = sizes.get(THIN).context("no thin client")?.brotli;
    say("\nbytes                                  raw     gzip   brotli   budget   × thin client");
    for (name, what) in ROWS {
        let Weight { raw, gzip, brotli } = *sizes.get(name).context(name)?;
        let budget = record.rows.get(name).and_then(|row| row.budget);
        let budget = budget.map(|budget| budget.to_string()).unwrap_or_default();
        let ratio = brotli as f64 / thin as f64;
        let what = what.replace('`', "");
        say(&format!("{what:<34} {raw:>8} {gzip:>8} {brotli:>8} {budget:>8} {ratio:>10.2}"));
    }
    let modules = modules::bytes(&weigh::named_core()?)?;
    say("\ncode bytes of the core by module, uncompressed");
    for (module, size) in modules.into_iter().filter(|(_, size)| *size > 300) {
        say(&format!("{module:<34} {size:>8}"));
    }
    say("");
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(budget: u64) -> Record {
        let size = Weight { raw: 9000, gzip: 4000, brotli: 3000 };
        Record { reason: "r".into(), rows: [("eager".into(), Row { size, budget: Some(budget) })].into() }
    }

    fn sizes(brotli: u64) -> Sizes {
        [("eager".into(), Weight { raw: 9000, gzip: 4000, brotli })].into()
    }

    #[test]
    fn growth_has_to_be_explained() {
        let record = record(4000);
        assert!(judge(&sizes(3000 + NOISE), &record).is_ok());
        assert!(judge(&sizes(2000), &record).is_ok());
        let error = judge(&sizes(3001 + NOISE), &record).unwrap_err();
        assert!(error.to_string().contains("has grown from 3000 to 3151 bytes"), "{error}");
    }

    #[test]
    fn a_budget_is_not_passed_even_with_a_reason() {
        let error = judge(&sizes(3000), &record(2999)).unwrap_err();
        assert!(error.to_string().contains("over its budget of 2999"), "{error}");
    }

    #[test]
    fn a_record_survives_being_written() {
        let text = format!("{HEADER}{}", toml::to_string(&record(4000)).unwrap());
        let read: Record = toml::from_str(&text).unwrap();
        assert_eq!(read.rows["eager"].budget, Some(4000));
        assert_eq!(read.rows["eager"].size.gzip, 4000);
    }
}
