//! The examples, each with everything that it needs, on loopback.

use anyhow::Result;
use clap::ValueEnum;
use serde_json::{Value, json};

use crate::children::Running;
use crate::demo::text;
use crate::step::{command, say};
use crate::{langgraph, package};

/// What there is.
#[derive(Clone, Copy, ValueEnum)]
pub enum Example {
    /// LangGraph's own server, with users of a stand-in for Supabase
    LanggraphSupabase,
}

impl Example {
    /// Sets up what it needs and starts it. Answers where it is.
    pub fn start(self, port: &str, children: &mut Vec<Running>) -> Result<Value> {
        match self {
            Self::LanggraphSupabase => langgraph_supabase(port, children),
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
