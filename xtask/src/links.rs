//! Links between the repository's pages and files.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};

use crate::workspace;

/// The pages that a reader meets.
const PAGES: [&str; 6] = [
    "README.md",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "SECURITY.md",
    "devserver/README.md",
    "www/docs/troubleshooting.md",
];

/// Fails if a page links to a file that is not there.
pub fn check() -> Result<()> {
    for page in PAGES {
        let folder = Path::new(page).parent().unwrap_or(Path::new(""));
        let text = fs::read_to_string(workspace::path(page)).context(page)?;
        for link in relative(&text) {
            let file = folder.join(link);
            if !workspace::root().join(&file).exists() {
                bail!("{page} links to {}, which is not there", file.display());
            }
        }
    }
    Ok(())
}

/// The targets of links and images that are files, without their fragment.
fn relative(text: &str) -> impl Iterator<Item = &str> {
    [("](", ')'), ("src=\"", '"'), ("srcset=\"", '"')]
        .into_iter()
        .flat_map(move |(before, after)| text.split(before).skip(1).map(move |rest| (rest, after)))
        .filter_map(|(rest, after)| rest.split(after).next()?.split('#').next())
        .filter(|link| !link.is_empty() && !link.contains("://"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_links_to_files_count() {
        let text = "[a](b.md#c) [d](https://e.test/f) [g](#h)\n<img src=\"i.png\"> <source srcset=\"j.png\">";
        assert_eq!(relative(text).collect::<Vec<_>>(), ["b.md", "i.png", "j.png"]);
    }
}
