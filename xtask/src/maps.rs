//! Source maps for whoever debugs into the package.

use std::fs;
use std::path::Path;

use anyhow::Result;
use serde_json::{Value, json};

/// The WebAssembly as text: nobody reads it, and it is in the module itself.
const UNREAD: &str = "packed.js";

/// Names the sources as they are in the repository instead of where the build has put them, and leaves out what nobody
/// reads.
pub fn tidy(map: &Path) -> Result<()> {
    let tidied = tidied(serde_json::from_slice(&fs::read(map)?)?);
    fs::write(map, serde_json::to_string(&tidied)?)?;
    Ok(())
}

fn tidied(mut map: Value) -> Value {
    let names: Vec<String> = list(&map, "sources").filter_map(Value::as_str).map(name_of).collect();
    let contents: Vec<Value> = list(&map, "sourcesContent")
        .zip(&names)
        .map(|(content, name)| if name.ends_with(UNREAD) { Value::Null } else { content.clone() })
        .collect();
    if let Some(map) = map.as_object_mut() {
        map.insert("sources".into(), json!(names));
        map.insert("sourcesContent".into(), json!(contents));
    }
    map
}

fn list<'a>(map: &'a Value, member: &str) -> impl Iterator<Item = &'a Value> {
    map.get(member).and_then(Value::as_array).into_iter().flatten()
}

fn name_of(source: &str) -> String {
    let below = source.rsplit_once("stage/").map(|(_, below)| below);
    format!("src/{}", below.unwrap_or(source.rsplit('/').next().unwrap_or(source)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_map_tells_nothing_of_the_machine() {
        let map = json!({
            "version": 3,
            "sources": ["../../home/me/target/stage/face.ts", "../stage/react/gates.ts", "../stage/packed.js"],
            "sourcesContent": ["let a;", "let b;", "export const text = \"…\";"],
            "mappings": "A",
        });
        let tidied = tidied(map);
        assert_eq!(tidied["sources"], json!(["src/face.ts", "src/react/gates.ts", "src/packed.js"]));
        assert_eq!(tidied["sourcesContent"], json!(["let a;", "let b;", null]));
        assert_eq!(tidied["mappings"], "A");
    }
}
