//! The README's TypeScript, compiled as a user's would be.

use std::fs;

use anyhow::{Result, bail};

use crate::{setup, step, workspace};

/// Type-checks every TypeScript block of the README.
pub fn check() -> Result<()> {
    let readme = fs::read_to_string(workspace::path("README.md"))?;
    let snippets = blocks(&readme);
    if snippets.is_empty() {
        bail!("the README shows no TypeScript");
    }
    // Where imports are found from, and where nothing of it is in the way.
    let folder = workspace::path("node_modules/.cache/readme");
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    fs::create_dir_all(&folder)?;
    let mut tsc =
        setup::npx("tsc", ["--ignoreConfig", "--noEmit", "--strict", "--skipLibCheck", "--types", ""]);
    tsc.args(["--target", "es2022", "--module", "esnext", "--moduleResolution", "bundler"]);
    tsc.args(["--lib", "es2022,esnext.disposable,dom,dom.iterable"]);
    for (number, snippet) in (1..).zip(snippets) {
        let file = folder.join(format!("block-{number}.ts"));
        fs::write(&file, snippet)?;
        tsc.arg(file);
    }
    step::run("Checking the types of the README's code", &mut tsc)?;
    Ok(())
}

/// The blocks fenced as `ts`.
fn blocks(markdown: &str) -> Vec<&str> {
    let after_fences = markdown.split("\n```ts\n").skip(1);
    after_fences.filter_map(|rest| rest.split_once("\n```").map(|(block, _)| block)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_typescript_is_taken() {
        let markdown = "# A\n\n```sh\nls\n```\n\n```ts\nlet a;\nlet b;\n```\n\n```ts\nlet c;\n```\n";
        assert_eq!(blocks(markdown), ["let a;\nlet b;", "let c;"]);
    }
}
