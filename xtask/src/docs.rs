//! What the documentation says that the code knows better: written into it from one source, and compared in the gate.

use std::fs;

use anyhow::{Context, Result, bail};
use clap::Args;
use threadpass::error::Code;

use crate::{setup, size, step, workspace};

/// Options of `docs`.
#[derive(Args)]
pub struct Options {
    /// Only compare, and fail where something is out of date
    #[arg(long)]
    check: bool,
}

/// A part of a file that is written by us.
struct Part {
    file: &'static str,
    /// What stands before it and is kept.
    begin: &'static str,
    /// What stands after it and is kept.
    end: &'static str,
    text: fn() -> Result<String>,
}

const PARTS: [Part; 4] = [
    Part {
        file: "README.md",
        begin: "<!-- error codes, by `cargo xtask docs` -->\n<!-- prettier-ignore-start -->\n",
        end: "<!-- prettier-ignore-end -->",
        text: || Ok(code_table()),
    },
    Part {
        file: "www/docs/troubleshooting.md",
        begin: "<!-- error codes, by `cargo xtask docs` -->\n<!-- prettier-ignore-start -->\n",
        end: "<!-- prettier-ignore-end -->",
        text: || Ok(code_sections()),
    },
    Part {
        file: "README.md",
        begin: "<!-- sizes, by `cargo xtask docs` -->\n<!-- prettier-ignore-start -->\n",
        end: "<!-- prettier-ignore-end -->",
        text: size::table,
    },
    Part {
        file: "pkg-template/index.d.ts",
        begin: "export type ErrorCode =\n",
        end: "\n// ---",
        text: || Ok(code_union()),
    },
];

/// What the package declares, in a form whose changes are changes of the public API.
const REPORT: &str = "tests/types/api.txt";

/// Writes or compares.
pub fn run(options: &Options) -> Result<()> {
    if options.check { check() } else { write() }
}

/// Brings the documentation up to date.
pub fn write() -> Result<()> {
    for part in &PARTS {
        let (old, new) = versions(part)?;
        if old != new {
            fs::write(workspace::path(part.file), new)?;
            step::say(&format!("✓ {} brought up to date", part.file));
        }
    }
    let report = report()?;
    if fs::read_to_string(workspace::path(REPORT)).ok().as_ref() != Some(&report) {
        fs::write(workspace::path(REPORT), report)?;
        step::say(&format!("✓ {REPORT} brought up to date"));
    }
    Ok(())
}

/// The declarations of the package's entries.
fn report() -> Result<String> {
    setup::npm()?;
    let mut node = step::command("node", ["tests/types/report.mjs", "pkg-template"]);
    let output = node.output()?;
    if !output.status.success() {
        bail!("the API report failed: {}", String::from_utf8_lossy(&output.stderr));
    }
    Ok(String::from_utf8(output.stdout)?)
}

/// Fails if the documentation is out of date.
pub fn check() -> Result<()> {
    for part in &PARTS {
        let (old, new) = versions(part)?;
        if old != new {
            bail!("{} is out of date; run `cargo xtask docs`", part.file);
        }
    }
    if fs::read_to_string(workspace::path(REPORT)).context(REPORT)? != report()? {
        bail!("the public API has changed; run `cargo xtask docs` and look at what changes in {REPORT}");
    }
    Ok(())
}

/// A file as it is, and as it should be.
fn versions(part: &Part) -> Result<(String, String)> {
    let old = fs::read_to_string(workspace::path(part.file)).context(part.file)?;
    let new = replace(&old, part.begin, part.end, &(part.text)()?)
        .with_context(|| format!("{} has no place marked {:?}", part.file, part.begin.trim()))?;
    Ok((old, new))
}

fn replace(text: &str, begin: &str, end: &str, new: &str) -> Option<String> {
    let (before, rest) = text.split_once(begin)?;
    let (_, after) = rest.split_once(end)?;
    Some([before, begin, new, end, after].concat())
}

fn code_table() -> String {
    let mut table = String::from("\n| Code | Meaning | What to do |\n|---|---|---|\n");
    for code in Code::ALL {
        let cells =
            [&format!("`{}`", code.as_str()), code.meaning(), code.fix()].map(|c| c.replace('|', "\\|"));
        table.push_str(&format!("| {} |\n", cells.join(" | ")));
    }
    table + "\n"
}

/// A heading for each code, which messages and searches lead to.
fn code_sections() -> String {
    let sections = Code::ALL.iter().map(|code| {
        format!("\n### `{}`\n\n{}\n\n**What to do:** {}\n", code.as_str(), code.meaning(), code.fix())
    });
    sections.collect::<String>() + "\n"
}

/// The members of the union, each with its line of meaning and its fix, as prettier leaves them.
fn code_union() -> String {
    let comment = textwrap::Options::new(120).initial_indent("   * ").subsequent_indent("   * ");
    let members = Code::ALL.iter().map(|code| {
        let text = [code.meaning(), code.fix()].map(|text| textwrap::fill(text, &comment)).join("\n");
        format!("  /**\n{text}\n   */\n  | \"{}\"", code.as_str())
    });
    members.collect::<Vec<_>>().join("\n") + ";\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_stands_between_is_replaced() {
        assert_eq!(replace("a <b> old <e> c <e>", "<b>", "<e>", "new").unwrap(), "a <b>new<e> c <e>");
        assert_eq!(replace("a <e> <b>", "<b>", "<e>", "new"), None, "the end stands before the beginning");
    }

    #[test]
    fn every_code_is_in_all_lists_with_its_fix() {
        let (table, union, sections) = (code_table(), code_union(), code_sections());
        for code in Code::ALL {
            assert!(sections.contains(&format!("### `{}`\n\n{}", code.as_str(), code.meaning())));
            assert!(sections.contains(&format!("**What to do:** {}\n", code.fix())));
            assert!(table.contains(&format!("| `{}` | {}", code.as_str(), code.meaning())));
            assert!(union.contains(&format!("| \"{}\"", code.as_str())));
        }
        assert!(union.lines().all(|line| line.chars().count() <= 120));
    }
}
