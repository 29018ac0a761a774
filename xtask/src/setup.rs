//! What the other commands need on a machine, set up where a machine lets itself be set up.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use crate::step::{command, run, say};
use crate::{stamp, workspace};

/// The target of the shipped build.
pub const WASM: &str = "wasm32-unknown-unknown";

/// The standard library for WebAssembly.
pub fn wasm_target() -> Result<()> {
    let sysroot = output(&mut command("rustc", ["--print", "sysroot"]))?;
    if Path::new(sysroot.trim()).join("lib/rustlib").join(WASM).join("lib").exists() {
        return Ok(());
    }
    if !has("rustup") {
        bail!(
            "Rust's WebAssembly target is missing; install Rust with rustup (https://rustup.rs) and try again."
        );
    }
    run("Adding Rust's WebAssembly target", &mut command("rustup", ["target", "add", WASM]))?;
    Ok(())
}

/// What Vite asks for.
const NODE: (u32, u32) = (20, 19);

/// The npm packages of the lock file.
pub fn npm() -> Result<()> {
    let (major, minor) = NODE;
    match node_version() {
        Some(version) if version >= NODE => {}
        Some((old, older)) => bail!(
            "Node {major}.{minor} or newer is needed, this is {old}.{older}; install it from https://nodejs.org."
        ),
        None => bail!("Node {major}.{minor} or newer is needed; install it from https://nodejs.org."),
    }
    if !has("npm") {
        bail!("npm is needed beside Node; install it from your system's packages.");
    }
    // The package is a member of the npm workspace, so that demo and tests use it like anybody's.
    let manifest = workspace::path("pkg/package.json");
    if !manifest.exists() {
        fs::create_dir_all(workspace::path("pkg"))?;
        fs::copy(workspace::path("pkg-template/package.json"), &manifest)?;
    }
    let checksum = stamp::of(&[
        "package.json",
        "package-lock.json",
        "www/package.json",
        "tests/package.json",
        "tests/types/package.json",
    ])?;
    if stamp::is("npm", &checksum, &workspace::path("node_modules/.package-lock.json")) {
        return Ok(());
    }
    let args = ["ci", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error"];
    run("Installing the npm packages of the lock file", &mut command("npm", args))?;
    stamp::set("npm", &checksum)
}

/// A tool of an npm package.
pub fn npx<const N: usize>(tool: &str, args: [&str; N]) -> Command {
    let tool = workspace::path("node_modules/.bin").join(tool);
    command(&tool.to_string_lossy(), args)
}

fn node_version() -> Option<(u32, u32)> {
    let version = output(&mut command("node", ["--version"])).ok()?;
    let mut numbers = version.trim().trim_start_matches('v').split('.').map_while(|part| part.parse().ok());
    Some((numbers.next()?, numbers.next()?))
}

/// A browser that tests run in.
pub struct Browser {
    name: &'static str,
    /// The environment variable that says where it is, to us and to the tests.
    variable: &'static str,
    programs: &'static [&'static str],
    applications: &'static [&'static str],
    /// What Debian calls it.
    package: &'static str,
}

/// Chromium, or Chrome.
pub const CHROMIUM: Browser = Browser {
    name: "Chromium",
    variable: "CHROMIUM",
    programs: &["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"],
    applications: &[
        "/Applications/Chromium.app/Contents/MacOS/Chromium",
        "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    ],
    package: "chromium",
};

/// Firefox, with extended support where there is the choice.
pub const FIREFOX: Browser = Browser {
    name: "Firefox",
    variable: "FIREFOX",
    programs: &["firefox-esr", "firefox"],
    applications: &["/Applications/Firefox.app/Contents/MacOS/firefox"],
    package: "firefox-esr",
};

impl Browser {
    /// What tells tests where it is.
    pub fn env(&self) -> Result<(&'static str, String)> {
        Ok((self.variable, self.find()?))
    }

    /// Where it is. It is installed where that can be done without asking anybody.
    fn find(&self) -> Result<String> {
        let Self { name, variable, package, .. } = self;
        if let Ok(named) = std::env::var(variable) {
            if !Path::new(&named).is_file() {
                bail!("{variable} names {named}, which is not there; correct it or take it away.");
            }
            return Ok(named);
        }
        if let Some(found) = self.installed() {
            return Ok(found);
        }
        if has("apt-get")
            && let Err(error) = apt_get(name, package)
        {
            say(&format!("✗ {error:#}"));
        }
        self.installed().with_context(|| {
            format!("{name} is needed for the browser tests; install it, or set {variable} to where it is.")
        })
    }

    fn installed(&self) -> Option<String> {
        let application = || self.applications.iter().find(|file| Path::new(file).is_file());
        self.programs
            .iter()
            .find_map(|program| which(program))
            .or_else(|| application().map(|file| (*file).to_owned()))
    }
}

fn apt_get(name: &str, package: &str) -> Result<()> {
    let root = output(&mut command("id", ["-u"])).is_ok_and(|id| id.trim() == "0");
    let prefix: &[&str] = if root { &["env"] } else { &["sudo", "-n", "env"] };
    let apt_get = |args: &[&str]| {
        let quiet = ["DEBIAN_FRONTEND=noninteractive", "apt-get"];
        let words: Vec<&str> = prefix.iter().chain(&quiet).chain(args).copied().collect();
        let (program, args) = words.split_first().unwrap_or((&"env", &[]));
        command(program, args)
    };
    run("Reading the system's package lists", &mut apt_get(&["update"]))?;
    let install = ["install", "--yes", "--no-install-recommends", package];
    run(&format!("Installing {name}"), &mut apt_get(&install))?;
    Ok(())
}

fn has(program: &str) -> bool {
    which(program).is_some()
}

fn which(program: &str) -> Option<String> {
    let paths = std::env::var_os("PATH")?;
    std::env::split_paths(&paths)
        .map(|folder| folder.join(program))
        .find(|file| file.is_file())
        .map(|file| file.to_string_lossy().into_owned())
}

fn output(command: &mut Command) -> Result<String> {
    let output = command.stdin(Stdio::null()).output()?;
    if !output.status.success() {
        bail!("{} failed", command.get_program().to_string_lossy());
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}
