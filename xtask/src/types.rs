//! The public types, as consumers' compilers see them.

use std::fs;

use anyhow::{Result, bail};

use crate::step::{command, run, say};
use crate::workspace;

const TESTS: &str = "tests/types";

/// The compilers: the one that the project is built with, and the last one of the line before, which most projects have.
const COMPILERS: [(&str, &str); 2] = [("7", "node_modules"), ("5.9", "tests/node_modules")];

/// How a consumer's modules can be resolved: `module`, and `moduleResolution`. Node's ways see the package as a module.
const MODES: [(&str, &str); 5] = [
    ("nodenext", "nodenext"),
    ("node20", "node16"),
    ("node16", "node16"),
    ("esnext", "bundler"),
    ("preserve", "bundler"),
];
/// Only the older compiler still has the resolution of Node 10.
const OLD_MODE: (&str, &str) = ("esnext", "node10");

/// How many statements about the types there have to be.
const FLOOR: usize = 60;

/// Checks the types in every compiler and every mode.
pub fn check() -> Result<()> {
    let count = assertions()?;
    if count < FLOOR {
        bail!("{TESTS} holds {count} assertions, which is less than {FLOOR}");
    }
    let mut runs = 0;
    for (version, modules) in COMPILERS {
        let old = (version == "5.9").then_some(OLD_MODE);
        for (module, resolution) in MODES.into_iter().chain(old) {
            let tsc = workspace::path(modules).join("typescript/bin/tsc");
            let args = ["-p", TESTS, "--module", module, "--moduleResolution", resolution];
            let title =
                format!("Checking the types as a consumer, TypeScript {version}, {module}/{resolution}");
            run(&title, command("node", [tsc]).args(args))?;
            runs += 1;
        }
    }
    say(&format!("✓ {count} assertions about the types, each in {runs} ways"));
    Ok(())
}

/// What has to be so, and what may not compile.
fn assertions() -> Result<usize> {
    let mut count = 0;
    for file in fs::read_dir(workspace::path(TESTS))? {
        let file = file?.path();
        if file.to_string_lossy().ends_with(".test-d.ts") {
            count += count_in(&fs::read_to_string(file)?);
        }
    }
    Ok(count)
}

fn count_in(source: &str) -> usize {
    ["@ts-expect-error", "Expect<Same<", "const none: never"]
        .iter()
        .map(|mark| source.matches(mark).count())
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_to_be_so_counts_as_what_may_not_compile() {
        let source =
            "type A = [Expect<Same<1, 1>>, Expect<Same<2, 2>>];\n// @ts-expect-error No.\nlet a: 1 = 2;";
        assert_eq!(count_in(source), 3);
    }
}
