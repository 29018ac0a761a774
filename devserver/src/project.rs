//! The projects of a running server, found by API key.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use rusqlite::Connection;
use sha2::{Digest, Sha256};

use crate::config::{Config, ConfigError, ProjectConfig, Verification};
use crate::random;
use crate::secret::Secret;
use crate::store::{Store, StoreError, projects};
use crate::verify::Verifier;

/// A project in use.
#[derive(Debug)]
pub(crate) struct Project {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) verification: &'static str,
    pub(crate) verifier: Verifier,
    pub(crate) token_required: bool,
    pub(crate) system_prompt_override: bool,
    pub(crate) mcp: bool,
    signing_secret: RwLock<Secret>,
    api_key: RwLock<Secret>,
}

impl Project {
    /// The key its clients send at the moment.
    pub(crate) fn api_key(&self) -> Secret {
        self.api_key.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// What this project's session tokens are signed with at the moment.
    pub(crate) fn signing_secret(&self) -> Secret {
        self.signing_secret.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// All projects with their API keys.
#[derive(Debug)]
pub(crate) struct Projects {
    in_order: Vec<Arc<Project>>,
    /// By the key's hash, so that finding one takes the same time however much of a guess is right.
    by_key: RwLock<HashMap<[u8; 32], Arc<Project>>>,
}

/// Why the projects could not be set up.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SetupError {
    #[error(transparent)]
    Config(#[from] ConfigError),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Sqlite(#[from] rusqlite::Error),
}

impl Projects {
    /// Loads or creates the configured projects and makes the keys that are not fixed.
    pub(crate) fn load(config: &Config, store: &Store) -> Result<Self, SetupError> {
        let mut in_order = Vec::new();
        for settings in &config.projects {
            let row = store.with_blocking(|transaction, clock| {
                let found = projects::find_or_create(
                    transaction,
                    &settings.name,
                    settings.id.as_deref(),
                    clock.now(),
                );
                found.map_err(StoreError::from)
            })?;
            let project = Project {
                id: row.id,
                name: settings.name.clone(),
                verification: settings.verification.word(),
                verifier: Verifier::new(&settings.verification, &config.trusted_issuers)?,
                token_required: settings.token_required,
                system_prompt_override: settings.system_prompt_override,
                mcp: settings.mcp,
                signing_secret: RwLock::new(row.signing_secret),
                api_key: RwLock::new(settings.api_key.clone().unwrap_or_else(new_key)),
            };
            in_order.push(Arc::new(project));
        }
        let by_key = RwLock::new(by_key(&in_order));
        Ok(Self { in_order, by_key })
    }

    /// The project an API key belongs to.
    pub(crate) fn by_key(&self, key: &str) -> Option<Arc<Project>> {
        self.by_key.read().unwrap_or_else(PoisonError::into_inner).get(&hash(key)).cloned()
    }

    /// The project of that name.
    pub(crate) fn by_name(&self, name: &str) -> Option<&Arc<Project>> {
        self.in_order.iter().find(|project| project.name == name)
    }

    /// Gives every project a new API key, which ends the old one, and says which.
    pub(crate) fn rotate_keys(&self) -> impl Iterator<Item = (String, Secret)> {
        let mut found = self.by_key.write().unwrap_or_else(PoisonError::into_inner);
        for project in &self.in_order {
            *project.api_key.write().unwrap_or_else(PoisonError::into_inner) = new_key();
        }
        *found = by_key(&self.in_order);
        self.in_order.iter().map(|project| (project.name.clone(), project.api_key()))
    }

    /// The projects, the default one first.
    pub(crate) fn all(&self) -> impl Iterator<Item = &Arc<Project>> {
        self.in_order.iter()
    }

    /// Ends every session token issued so far, by signing with new secrets from now on.
    pub(crate) fn revoke_sessions(&self, connection: &Connection) -> rusqlite::Result<()> {
        for project in &self.in_order {
            let secret = random::signing_secret();
            projects::set_signing_secret(connection, &project.id, &secret)?;
            *project.signing_secret.write().unwrap_or_else(PoisonError::into_inner) = secret;
        }
        Ok(())
    }
}

/// What a person should know about these settings: above all what the real service would not accept.
pub(crate) fn deviations(config: &Config) -> Vec<String> {
    let mut found = Vec::new();
    let by_discovery =
        |project: &ProjectConfig| matches!(project.verification, Verification::Discovery { .. });
    if !config.trusted_issuers.is_empty() && !config.projects.iter().any(by_discovery) {
        found.push("trusted issuers have no effect: no project verifies tokens by discovery".to_owned());
    }
    if config.langgraph.open {
        found.push("LangGraph's routes ask for no token: everything there belongs to everybody".to_owned());
    }
    for project in &config.projects {
        match &project.verification {
            Verification::Discovery { trusted_issuers } => {
                for issuer in config.trusted_issuers.iter().chain(trusted_issuers) {
                    found.extend(crate::verify::issuer::deviation(&project.name, issuer));
                }
            }
            Verification::None => found.push(format!(
                "project {:?} verifies no tokens: whoever writes one is whoever it says. \
                 The real service does the same in this mode; do not run a product with it",
                project.name
            )),
            Verification::Asymmetric { .. } | Verification::Symmetric { .. } => {}
        }
    }
    found
}

fn new_key() -> Secret {
    random::key("tambo")
}

fn by_key(projects: &[Arc<Project>]) -> HashMap<[u8; 32], Arc<Project>> {
    projects.iter().map(|project| (hash(project.api_key().reveal()), project.clone())).collect()
}

fn hash(key: &str) -> [u8; 32] {
    Sha256::digest(key).into()
}
