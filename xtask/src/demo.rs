//! The demo: backend, identity provider and page, on loopback.

use std::io::Read;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use clap::Args;
use serde_json::{Value, json};

use crate::children::Running;
use crate::example::Example;
use crate::step::{command, say};
use crate::{package, page, serve, setup};

/// Options of `demo`.
#[derive(Args)]
pub struct Options {
    /// An example instead of the demo, from www/examples
    #[arg(long)]
    example: Option<Example>,
    /// Do not open a browser
    #[arg(long)]
    no_open: bool,
    /// Print one JSON line when everything is ready, and nothing else on stdout
    #[arg(long)]
    json: bool,
    /// Port of the page; the backend and the provider get the two after it [default: free ones]
    #[arg(long)]
    port: Option<u16>,
    /// Lifetime of Tambo's session tokens in seconds
    #[arg(long, default_value_t = 900)]
    token_lifetime: u32,
    /// Lifetime of Assistant Cloud's session tokens in seconds
    #[arg(long, default_value_t = 300)]
    workspace_token_lifetime: u32,
    /// Lifetime of the provider's tokens in seconds
    #[arg(long, default_value_t = 3600)]
    provider_lifetime: u32,
    /// Signing algorithm of the provider
    #[arg(long, default_value = "RS256", value_parser = ["RS256", "ES256"])]
    algorithm: String,
    /// Where threads are kept: a file, or `:memory:`
    #[arg(long, default_value = "target/demo.sqlite")]
    db: String,
}

/// Runs the demo until Ctrl-C or until stdin is closed.
pub fn run(options: &Options) -> Result<()> {
    let mut children = Vec::new();
    let ready = match options.example {
        Some(example) => example.start(&options.port.unwrap_or(0).to_string(), &mut children)?,
        None => start(options, &mut children)?,
    };
    announce(options, &ready);
    wait(&mut children)
}

fn start(options: &Options, children: &mut Vec<Running>) -> Result<Value> {
    package::build()?;
    page::build()?;
    let port = |offset: u16| options.port.map_or(0, |port| port.saturating_add(offset)).to_string();
    let page_port = options.port.map_or_else(free_port, Ok)?.to_string();
    let page_url = format!("http://127.0.0.1:{page_port}/");

    let mut provider = command("node", ["www/provider/server.mjs", "--port", &port(2), "--page", &page_url]);
    provider.args(["--lifetime", &options.provider_lifetime.to_string(), "--algorithm", &options.algorithm]);
    let (running, provider) = Running::start("provider", &mut provider)?;
    children.push(running);
    let issuer = text(&provider, "issuer")?;

    let mut backend = serve::backend()?;
    backend.args(["--json", "--exit-with-stdin", "--port", &port(1), "--db", &options.db]);
    backend.args(["--trusted-issuer", &issuer, "--token-lifetime", &options.token_lifetime.to_string()]);
    backend.args(["--workspace-token-lifetime", &options.workspace_token_lifetime.to_string()]);
    let (running, backend) = Running::start("backend", &mut backend)?;
    children.push(running);
    let (url, key) = (text(&backend, "backend")?, text(&backend, "apiKey")?);
    let cloud = backend.get("assistantCloud").with_context(|| format!("no assistantCloud in {backend}"))?;

    let settings = json!({
        "backend": url,
        "apiKey": key,
        "assistantCloud": text(cloud, "baseUrl")?,
        "controlKey": text(&backend, "controlKey")?,
        "issuer": issuer,
        "clientId": text(&provider, "clientId")?,
    });
    let mut page = command("node", ["www/serve.mjs", "--port", &page_port]);
    page.env("THREADPASS_DEMO", settings.to_string());
    let (running, page) = Running::start("page", &mut page)?;
    children.push(running);
    Ok(json!({ "page": text(&page, "page")?, "backend": url, "issuer": issuer }))
}

fn announce(options: &Options, ready: &Value) {
    if options.json {
        #[expect(clippy::print_stdout, reason = "the one line that was asked for")]
        {
            println!("{ready}");
        }
        return;
    }
    let page = ready.get("page").and_then(Value::as_str).unwrap_or_default();
    say(&format!("\n  The demo is at  {page}\n  Ctrl-C ends it.\n"));
    if !options.no_open {
        let opener = if cfg!(target_os = "macos") { "open" } else { "xdg-open" };
        if command(opener, [page]).spawn().is_err() {
            say("  No browser could be opened from here; open the address above.");
        }
    }
}

/// Until Ctrl-C, until stdin is closed, or until a child ends by itself.
fn wait(children: &mut [Running]) -> Result<()> {
    let (end, ended) = mpsc::channel();
    let interrupted = end.clone();
    ctrlc::set_handler(move || {
        let _ = interrupted.send(());
    })
    .context("Ctrl-C cannot be watched")?;
    thread::spawn(move || {
        let _ = std::io::stdin().read_to_end(&mut Vec::new());
        let _ = end.send(());
    });
    while ended.recv_timeout(Duration::from_millis(200)).is_err() {
        if let Some(child) =
            children.iter_mut().find_map(|child| child.ended().then(|| child.name().to_owned()))
        {
            bail!("the {child} has ended by itself; what it said stands above");
        }
    }
    Ok(())
}

/// A port that was free a moment ago.
pub fn free_port() -> Result<u16> {
    Ok(std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?.port())
}

/// A member of what a part has said when it was ready.
pub fn text(value: &Value, name: &str) -> Result<String> {
    value
        .get(name)
        .and_then(Value::as_str)
        .map(str::to_owned)
        .with_context(|| format!("no {name} in {value}"))
}

/// What the demos need, without starting one.
pub fn prepare() -> Result<()> {
    setup::npm()?;
    package::build()?;
    page::build()?;
    page::build_static()?;
    serve::backend().map(|_| ())
}
