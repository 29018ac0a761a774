//! What the server is told: by its flags, by a TOML file, or by a test.

mod assistant_cloud;
mod error;
mod file;
mod project;

use std::path::PathBuf;
use std::time::Duration;

pub use assistant_cloud::{AssistantCloudSettings, CloudRule, Workspace};
pub use error::ConfigError;
pub use file::read;
pub use project::{ProjectConfig, Verification};

use crate::faults::Fault;
use crate::guard::origin;
use crate::secret::Secret;
use crate::verify::issuer;

/// Where threads, messages and projects are kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Database {
    /// In memory, gone with the server.
    Memory,
    /// In this file, created when it is missing.
    File(PathBuf),
}

impl Database {
    /// The database a flag or a settings file names: a path, or `:memory:`.
    pub fn named(name: &str) -> Self {
        if name == ":memory:" { Self::Memory } else { Self::File(name.into()) }
    }
}

/// How the scripted model paces itself.
#[derive(Debug, Clone)]
pub struct ModelSettings {
    /// Between two pieces of an answer.
    pub word_delay: Duration,
    /// Before a failure that the real service reports only after its own three attempts (about six seconds there).
    pub retry_delay: Duration,
}

impl Default for ModelSettings {
    fn default() -> Self {
        Self { word_delay: Duration::from_millis(30), retry_delay: Duration::from_millis(300) }
    }
}

/// What is particular to LangGraph's contract.
#[derive(Debug, Clone)]
pub struct LangGraphSettings {
    /// Nobody has to say who they are: no token is asked for, and everything belongs to everybody.
    pub open: bool,
    /// Between two heartbeats of a stream.
    pub heartbeat: Duration,
}

impl Default for LangGraphSettings {
    fn default() -> Self {
        Self { open: false, heartbeat: Duration::from_secs(5) }
    }
}

/// The model of an OpenAI-compatible endpoint where none is named.
pub const DEFAULT_MODEL: &str = "gpt-5-mini";

/// An OpenAI-compatible endpoint.
#[derive(Debug, Clone)]
pub struct ChatSettings {
    /// What `/chat/completions` is put behind, such as `https://api.openai.com/v1`. Plain http on loopback only.
    pub base_url: String,
    /// The model's name there.
    pub model: String,
    /// What it is asked with, if it wants one.
    pub key: Option<Secret>,
}

/// Everything the server can be told.
#[derive(Debug, Clone)]
pub struct Config {
    /// The port on 127.0.0.1; 0 takes a free one.
    pub port: u16,
    /// Where the data is kept.
    pub database: Database,
    /// The projects, the default one first. Never empty.
    pub projects: Vec<ProjectConfig>,
    /// Issuers that every project with discovery accepts although the real service refuses them.
    pub trusted_issuers: Vec<String>,
    /// Web origins that may call beside those on loopback.
    pub allow_origins: Vec<String>,
    /// The longest life of a session token.
    pub token_lifetime: Duration,
    /// How the scripted model paces itself.
    pub model: ModelSettings,
    /// What answers instead of the scripted model.
    pub chat: Option<ChatSettings>,
    /// What is particular to LangGraph's contract.
    pub langgraph: LangGraphSettings,
    /// What is particular to Assistant Cloud's contract.
    pub assistant_cloud: AssistantCloudSettings,
    /// What it does wrong from the beginning, a fault each as the README writes them: `status=503;on=exchange`.
    pub faults: Vec<String>,
}

impl Default for Config {
    /// A free port, an in-memory database and one project, `default`, that verifies tokens by discovery.
    fn default() -> Self {
        Self {
            port: 0,
            database: Database::Memory,
            projects: vec![ProjectConfig::new(
                "default",
                Verification::Discovery { trusted_issuers: vec![] },
            )],
            trusted_issuers: vec![],
            allow_origins: vec![],
            token_lifetime: Duration::from_secs(3600),
            model: ModelSettings::default(),
            chat: None,
            langgraph: LangGraphSettings::default(),
            assistant_cloud: AssistantCloudSettings::default(),
            faults: vec![],
        }
    }
}

impl Config {
    /// Says what is wrong with these settings, in one sentence that names the setting and what to do.
    pub fn check(&self) -> Result<(), ConfigError> {
        if self.projects.is_empty() {
            return Err(ConfigError::new("no project is defined; define one with a [[project]] table"));
        }
        if self.token_lifetime < Duration::from_secs(1) {
            return Err(ConfigError::new("token_lifetime is 0; give at least 1 second"));
        }
        if self.langgraph.heartbeat.is_zero() {
            return Err(ConfigError::new("langgraph: heartbeat_ms is 0; give at least 1 millisecond"));
        }
        for origin in &self.allow_origins {
            if !origin::is_origin(origin) {
                return Err(ConfigError::new(format!(
                    "allow_origins: {origin:?} is not an origin; write it as the browser sends it, \
                     for example \"https://app.example.test\", without a path"
                )));
            }
        }
        for issuer in &self.trusted_issuers {
            issuer::check_trusted(issuer)?;
        }
        self.assistant_cloud.check()?;
        self.faults()?;
        for (index, project) in self.projects.iter().enumerate() {
            project.check()?;
            if self.projects.iter().take(index).any(|earlier| earlier.clashes(project)) {
                return Err(ConfigError::new(format!(
                    "project {:?}: its name, id or api_key is that of another project; make it its own",
                    project.name
                )));
            }
        }
        Ok(())
    }

    /// The faults, read.
    pub(crate) fn faults(&self) -> Result<Vec<Fault>, ConfigError> {
        let read = |text: &String| text.parse().map_err(|wrong| ConfigError::new(format!("faults: {wrong}")));
        self.faults.iter().map(read).collect()
    }
}
