//! The licences of what the project is built from, and what is known against it.

use anyhow::{Context, Result, bail};
use spdx::{Expression, ParseMode};

use crate::compiled_in;
use crate::step::{command, perform, say};

/// What may be compiled in: licences that ask for no more than to be named.
const ALLOWED: [&str; 11] = [
    "0BSD",
    "Apache-2.0",
    "BSD-1-Clause",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "CDLA-Permissive-2.0",
    "ISC",
    "MIT",
    "Unicode-3.0",
    "Unlicense",
    "Zlib",
];

/// Checks the licence of every crate.
pub fn licences() -> Result<()> {
    perform("Checking the licences of the crates", || {
        for one in compiled_in::all()? {
            let license = one.license.as_deref().unwrap_or_default();
            if !allowed(license).with_context(|| format!("the licence of {} {}", one.name, one.version))? {
                bail!("{} {} is under {license}, which is not in xtask/src/terms.rs", one.name, one.version);
            }
        }
        Ok(())
    })
}

fn allowed(license: &str) -> Result<bool> {
    let expression = Expression::parse_mode(license, ParseMode::LAX)?;
    Ok(expression.evaluate(|wanted| wanted.license.id().is_some_and(|id| ALLOWED.contains(&id.name))))
}

/// Asks the npm registry what is known against the packages of the lock file. It fails only on an answer.
pub fn advisories() -> Result<()> {
    let output = command("npm", ["audit", "--json", "--audit-level=high"]).output()?;
    let answer: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap_or_default();
    match verdict(&answer) {
        None => say("· The registry does not answer questions about advisories; nothing was checked"),
        Some(0) => say("✓ No advisory of high severity or worse against an npm package"),
        Some(count) => bail!("{count} advisories of high severity or worse; see `npm audit`"),
    }
    Ok(())
}

/// How many advisories are grave, if that was answered.
fn verdict(answer: &serde_json::Value) -> Option<u64> {
    let counts = answer.get("metadata")?.get("vulnerabilities")?;
    Some(counts.get("high")?.as_u64()? + counts.get("critical")?.as_u64()?)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_choice_is_fine_if_one_of_it_is() {
        for license in ["MIT", "MIT OR GPL-3.0-only", "MIT/Apache-2.0", "(MIT OR Apache-2.0) AND Unicode-3.0"]
        {
            assert!(allowed(license).unwrap(), "{license}");
        }
        for license in ["GPL-3.0-only", "MIT AND GPL-3.0-only", "MPL-2.0"] {
            assert!(!allowed(license).unwrap(), "{license}");
        }
        assert!(allowed("").is_err());
    }

    #[test]
    fn only_an_answer_is_a_verdict() {
        assert_eq!(verdict(&json!({ "statusCode": 405 })), None);
        let answer = |high| json!({ "metadata": { "vulnerabilities": { "high": high, "critical": 1 } } });
        assert_eq!(verdict(&answer(2)), Some(3));
    }
}
