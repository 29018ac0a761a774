//! The examples, each with everything that it needs, on loopback.

use anyhow::Result;
use clap::ValueEnum;
use serde_json::{Value, json};

use crate::children::Running;
use crate::demo::{free_port, text};
use crate::step::{command, say};
use crate::{langgraph, package, serve};

/// What there is.
#[derive(Clone, Copy, ValueEnum)]
pub enum Example {
    /// LangGraph's own server, with users of a stand-in for Supabase
    LanggraphSupabase,
    /// assistant-ui's React components over the local backend's Assistant Cloud
    AssistantUi,
}

impl Example {
    /// Sets up what it needs and starts it. Answers where it is.
    pub fn start(self, port: &str, children: &mut Vec<Running>) -> Result<Value> {
        match self {
            Self::LanggraphSupabase => langgraph_supabase(port, children),
            Self::AssistantUi => assistant_ui(port, children),
        }
    }
}

fn langgraph_supabase(port: &str, children: &mut Vec<Running>) -> Result<Value> {
    package::build()?;
    let program = langgraph::program()?.to_string_lossy().into_owned();
    say("· Starting the stand-in for Supabase, LangGraph's server and the page …");
    let part = |file: &str| command("node", [format!("www/examples/langgraph-supabase/{file}")]);

    let (running, supabase) = Running::start("supabase", &mut part("supabase.mjs"))?;
    children.push(running);
    let (url, key) = (text(&supabase, "supabase")?, text(&supabase, "anonKey")?);

    let mut server = part("server.mjs");
    server.args(["--langgraph", &program]);
    server.env("SUPABASE_URL", &url).env("SUPABASE_SERVICE_KEY", text(&supabase, "serviceKey")?);
    let (running, server) = Running::start("langgraph", &mut server)?;
    children.push(running);
    let langgraph = text(&server, "langgraph")?;

    let mut page = part("page.mjs");
    page.args(["--port", port]);
    page.env("VITE_SUPABASE_URL", &url).env("VITE_SUPABASE_KEY", &key).env("VITE_LANGGRAPH_URL", &langgraph);
    let (running, page) = Running::start("page", &mut page)?;
    children.push(running);
    Ok(json!({ "page": text(&page, "page")?, "langgraph": langgraph, "supabase": url }))
}

fn assistant_ui(port: &str, children: &mut Vec<Running>) -> Result<Value> {
    package::build()?;
    // The provider has to know the page's address before the page is there.
    let port = if port == "0" { free_port()?.to_string() } else { port.to_owned() };
    let page = format!("http://127.0.0.1:{port}/");
    let (running, provider) =
        Running::start("provider", &mut command("node", ["www/provider/server.mjs", "--page", &page]))?;
    children.push(running);
    let (issuer, client) = (text(&provider, "issuer")?, text(&provider, "clientId")?);

    let mut backend = serve::backend()?;
    backend.args(["--json", "--exit-with-stdin", "--db", ":memory:", "--trusted-issuer", &issuer]);
    let (running, backend) = Running::start("backend", &mut backend)?;
    children.push(running);
    let cloud = format!("{}/assistant-cloud", text(&backend, "backend")?);

    let mut page = command("node", ["www/examples/assistant-ui/page.mjs", "--port", &port]);
    page.env("VITE_ASSISTANT_CLOUD_URL", &cloud).env("VITE_ISSUER", &issuer).env("VITE_CLIENT_ID", &client);
    let (running, page) = Running::start("page", &mut page)?;
    children.push(running);
    Ok(json!({ "page": text(&page, "page")?, "assistantCloud": cloud, "issuer": issuer }))
}
