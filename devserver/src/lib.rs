//! The local backend: the contracts of the chat backends on loopback, for demos, offline development and tests.
//!
//! [`Server::start`] runs it inside a tokio runtime, with everything in memory if so configured; the binary
//! `threadpass-devserver` puts flags and a TOML file in front of that.
//!
//! ```
//! # tokio::runtime::Runtime::new().unwrap().block_on(async {
//! use threadpass_devserver::{Config, Server};
//!
//! let server = Server::start(Config::default()).await.unwrap();
//! println!("{}", server.url());
//! server.shutdown().await;
//! # });
//! ```
//!
//! # The map
//!
//! | Module | Subject |
//! |---|---|
//! | `config` | what the server can be told, and the TOML file |
//! | `server`, `app` | starting and ending; what handlers share; the order of the guards |
//! | `guard` | Host and Origin, CORS, request bodies, API key, session token, identity |
//! | `verify` | subject tokens: discovery, a public key, a shared secret, none |
//! | `store` | SQLite: projects, threads, messages, runs |
//! | `tambo` | the Tambo contract |
//! | `langgraph` | LangGraph's contract |
//! | `assistant_cloud` | Assistant Cloud's contract |
//! | `model` | what answers: the script, or an OpenAI-compatible endpoint |
//! | `mcp` | the endpoint that an MCP token opens |
//! | `calls`, `control` | the list of calls and the control routes |
//! | `page` | the start page |
//! | `faults` | misbehaviour on request |
//!
//! It verifies tokens for real and keeps users apart, and it is no product: it trusts its machine, and it has been
//! compared with recorded exchanges, not with every version of the services.

mod app;
mod assistant_cloud;
mod calls;
pub mod config;
mod control;
mod faults;
mod guard;
mod http;
mod langgraph;
pub mod log;
mod mcp;
mod model;
mod page;
mod project;
mod random;
mod secret;
mod server;
mod store;
mod tambo;
mod timestamp;
mod verify;

pub use config::{
    AssistantCloudSettings, ChatSettings, CloudRule, Config, ConfigError, Database, LangGraphSettings,
    ModelSettings, ProjectConfig, Verification, Workspace,
};
pub use secret::Secret;
pub use server::{AssistantCloudInfo, ProjectInfo, Running, Server, StartError};
pub use store::OpenError;
