//! Starting and ending the server.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::app::{self, App, Shared};
use crate::assistant_cloud::AssistantCloud;
use crate::calls::Calls;
use crate::config::{Config, ConfigError};
use crate::faults::Faults;
use crate::langgraph::LangGraph;
use crate::model::Chat;
use crate::project::{self, Projects, SetupError};
use crate::random;
use crate::secret::Secret;
use crate::store::{Clock, OpenError, Store};
use crate::tambo::{ActiveRuns, session_token};
use crate::verify::{Discovery, Subject};

/// How long open streams get to end before they are cut off.
const PATIENCE: Duration = Duration::from_secs(2);

/// Why the server did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// A setting cannot be used.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The database cannot be used.
    #[error(transparent)]
    Database(#[from] OpenError),
    /// The projects cannot be read from the database or written to it.
    #[error(
        "the projects cannot be set up in the database ({0}); check the file, or choose another with --db"
    )]
    Projects(String),
    /// The port cannot be listened on.
    #[error(
        "port {port} on 127.0.0.1 cannot be used ({source}); stop what runs there, or choose another with --port"
    )]
    Port {
        /// The port asked for.
        port: u16,
        /// What the system said.
        source: std::io::Error,
    },
}

impl From<SetupError> for StartError {
    fn from(error: SetupError) -> Self {
        match error {
            SetupError::Config(error) => Self::Config(error),
            other => Self::Projects(other.to_string()),
        }
    }
}

/// The server.
#[derive(Debug)]
pub struct Server;

impl Server {
    /// Starts the server on 127.0.0.1 inside the current tokio runtime.
    pub async fn start(config: Config) -> Result<Running, StartError> {
        config.check()?;
        let store = Store::open(&config.database)?;
        let projects = Projects::load(&config, &store)?;
        let deviations = project::deviations(&config);
        for deviation in &deviations {
            tracing::warn!("{deviation}");
        }
        let port = config.port;
        let refused = |source| StartError::Port { port, source };
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await.map_err(refused)?;
        let addr = listener.local_addr().map_err(refused)?;
        let faults = Faults::default();
        faults.set(config.faults()?);
        let chat = config.chat.clone().map(|chat| Chat::new(chat, config.model.retry_delay)).transpose()?;
        let url = format!("http://{addr}");
        let assistant_cloud = AssistantCloud::new(&config, &url);
        let (stop, stopping) = watch::channel(false);
        let app = Arc::new(App {
            projects,
            store,
            discovery: Discovery::default(),
            calls: Calls::default(),
            runs: ActiveRuns::default(),
            langgraph: LangGraph::new(&config.langgraph),
            assistant_cloud,
            faults,
            control_key: random::key("dev"),
            url,
            deviations,
            allow_origins: config.allow_origins,
            token_lifetime: config.token_lifetime,
            mcp_secret: random::signing_secret(),
            model: config.model,
            chat,
            stopping: stopping.clone(),
        });
        let serving = serve(listener, app.clone(), stopping);
        tracing::info!("listening on http://{addr}");
        Ok(Running { addr, app, stop, serving: Some(serving) })
    }
}

fn serve(listener: TcpListener, app: Shared, mut stopping: watch::Receiver<bool>) -> JoinHandle<()> {
    tokio::spawn(async move {
        let stopped = async move {
            // An error means that the handle is gone, which ends the server too.
            let _ = stopping.wait_for(|stopping| *stopping).await;
        };
        if let Err(error) = axum::serve(listener, app::router(app)).with_graceful_shutdown(stopped).await {
            tracing::error!("the server ended: {error}");
        }
    })
}

/// What there is to know about a project of a running server.
#[derive(Debug, Clone)]
pub struct ProjectInfo<'a> {
    /// Its name in the settings.
    pub name: &'a str,
    /// Its id, which session tokens name as their issuer.
    pub id: &'a str,
    /// The word for its way of verifying tokens.
    pub verification: &'static str,
    /// The key clients send.
    pub api_key: Secret,
}

/// What a client of Assistant Cloud is given.
#[derive(Debug, Clone)]
pub struct AssistantCloudInfo<'a> {
    /// Its base URL.
    pub base_url: &'a str,
    /// The key a server calls with.
    pub api_key: Secret,
}

/// A server that runs. Dropping it ends it.
#[derive(Debug)]
pub struct Running {
    addr: SocketAddr,
    app: Shared,
    stop: watch::Sender<bool>,
    serving: Option<JoinHandle<()>>,
}

impl Running {
    /// Where it listens.
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// The base URL a client is given.
    pub fn url(&self) -> String {
        self.app.url.clone()
    }

    /// The projects, the default one first.
    pub fn projects(&self) -> impl Iterator<Item = ProjectInfo<'_>> {
        self.app.projects.all().map(|project| ProjectInfo {
            name: &project.name,
            id: &project.id,
            verification: project.verification,
            api_key: project.api_key(),
        })
    }

    /// The API key of the project of that name.
    pub fn key(&self, project: &str) -> Option<Secret> {
        self.projects().find(|info| info.name == project).map(|info| info.api_key)
    }

    /// What a client of Assistant Cloud is given.
    pub fn assistant_cloud(&self) -> AssistantCloudInfo<'_> {
        let cloud = &self.app.assistant_cloud;
        AssistantCloudInfo { base_url: &cloud.base_url, api_key: cloud.api_key() }
    }

    /// The key for the control routes, sent as `x-dev-key`.
    pub fn control_key(&self) -> &Secret {
        &self.app.control_key
    }

    /// What this configuration accepts and the real service refuses, a sentence each.
    pub fn deviations(&self) -> &[String] {
        &self.app.deviations
    }

    /// A session token that ends `seconds` from now, for tests that need one that has ended already: an exchange gives
    /// only living ones. `None` for an unknown project.
    pub fn session_token(&self, project: &str, issuer: &str, sub: &str, seconds: i64) -> Option<Secret> {
        let project = self.app.projects.by_name(project)?;
        let subject = Subject { sub: sub.into(), iss: Some(issuer.into()), ..Subject::default() };
        let end = Clock::seconds().saturating_add(seconds);
        let claims = session_token::claims(project, &subject, end.saturating_sub(3600), end);
        session_token::sign(project, &claims).ok().map(Secret::new)
    }

    /// Ends the server: no new calls, running answers are cancelled and stored as such.
    pub async fn shutdown(mut self) {
        self.stop.send_replace(true);
        if let Some(mut serving) = self.serving.take()
            && tokio::time::timeout(PATIENCE, &mut serving).await.is_err()
        {
            serving.abort();
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.stop.send_replace(true);
    }
}
