//! The demo's page, in its two forms: served beside a backend and a provider, or static with a backend of its own.

use anyhow::Result;

use crate::step::{command, run};
use crate::{stamp, workspace};

/// Where the static one is left.
pub const STATIC: &str = "www/dist-demo";

/// What both are made from.
const INPUTS: &[&str] = &[
    "www",
    "pkg/index.js",
    "pkg/face.js",
    "pkg/core.js",
    "pkg/cloud.js",
    "pkg/assistant-cloud/index.js",
    "package-lock.json",
];

/// Builds the page unless it is there already.
pub fn build() -> Result<()> {
    make("page", "Building the demo page", "build", "www/dist")
}

/// Builds the static demo unless it is there already.
pub fn build_static() -> Result<()> {
    make("static-page", "Building the static demo", "build:static", STATIC)
}

fn make(name: &str, title: &str, script: &str, folder: &str) -> Result<()> {
    let checksum = stamp::of(INPUTS)?;
    if stamp::is(name, &checksum, &workspace::path(folder).join("index.html")) {
        return Ok(());
    }
    run(title, &mut command("npm", ["run", script, "--workspace", "www"]))?;
    stamp::set(name, &checksum)
}
