//! The TypeScript of the README and of the types' examples, compiled as a user's would be.

use std::fs;

use anyhow::{Result, bail};

use crate::{setup, step, workspace};

/// The languages of blocks, which are the extensions of files, too.
const LANGUAGES: [&str; 2] = ["ts", "tsx"];

/// A block's language, and what is in it.
type Block = (&'static str, String);

/// Type-checks every TypeScript block of the README, and every example in the types.
pub fn check() -> Result<()> {
    let readme = fs::read_to_string(workspace::path("README.md"))?;
    compile("readme", "the README's code", &blocks(&readme), &[])?;
    let mut examples = Vec::new();
    for folder in ["pkg-template", "pkg-template/providers", "pkg-template/assistant-cloud"] {
        for file in fs::read_dir(workspace::path(folder))? {
            let file = file?.path();
            if file.to_string_lossy().ends_with(".d.ts") {
                examples.extend(blocks(&uncommented(&fs::read_to_string(file)?)).into_iter().map(as_module));
            }
        }
    }
    compile("examples", "the examples in the types", &examples, &["tests/types/given.d.ts"])
}

/// An example may use what another one declares under the same name.
fn as_module((language, example): Block) -> Block {
    (language, example + "\nexport {};")
}

fn compile(name: &str, what: &str, snippets: &[Block], given: &[&str]) -> Result<()> {
    if snippets.is_empty() {
        bail!("there is no TypeScript in {what}");
    }
    // Where imports are found from, and where nothing of it is in the way.
    let folder = workspace::path("node_modules/.cache").join(name);
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    fs::create_dir_all(&folder)?;
    let mut tsc =
        setup::npx("tsc", ["--ignoreConfig", "--noEmit", "--strict", "--skipLibCheck", "--jsx", "react-jsx"]);
    // Where they name their environment, it is Vite's.
    tsc.args(["--types", "vite/client"]);
    tsc.args(["--target", "es2022", "--module", "esnext", "--moduleResolution", "bundler"]);
    tsc.args(["--lib", "es2022,esnext.disposable,dom,dom.iterable"]).args(given);
    for (number, (language, snippet)) in (1..).zip(snippets) {
        let file = folder.join(format!("block-{number}.{language}"));
        fs::write(&file, snippet)?;
        tsc.arg(file);
    }
    step::run(&format!("Checking the types of {what}"), &mut tsc)?;
    Ok(())
}

/// The text of the doc comments.
fn uncommented(source: &str) -> String {
    let text = |line: &str| {
        let line = line.trim_start();
        line.strip_prefix("* ").or(line.strip_prefix('*')).unwrap_or(line).to_owned()
    };
    source.lines().map(text).collect::<Vec<_>>().join("\n")
}

/// The blocks in these languages, each with its own.
fn blocks(markdown: &str) -> Vec<Block> {
    let fenced = |language: &'static str| {
        let after_fences = markdown.split(&format!("\n```{language}\n")).skip(1).collect::<Vec<_>>();
        let block = move |rest: &str| Some((language, rest.split_once("\n```")?.0.to_owned()));
        after_fences.into_iter().filter_map(block).collect::<Vec<_>>()
    };
    LANGUAGES.into_iter().flat_map(fenced).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_typescript_is_taken() {
        let markdown = "# A\n\n```sh\nls\n```\n\n```ts\nlet a;\nlet b;\n```\n\n```tsx\nlet c;\n```\n";
        let expected = [("ts", "let a;\nlet b;".to_owned()), ("tsx", "let c;".to_owned())];
        assert_eq!(blocks(markdown), expected);
    }

    #[test]
    fn an_example_is_taken_without_its_comment() {
        let source = "/**\n * Text.\n *\n * @example\n * ```ts\n * if (a) {\n *   b();\n *\n * }\n * ```\n */\nlet a;\n";
        let [(_, example)] = &blocks(&uncommented(source))[..] else { panic!("one example") };
        assert_eq!(example, "if (a) {\n  b();\n\n}");
    }
}
