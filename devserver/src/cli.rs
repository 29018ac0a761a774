//! Flags, and how they go over a settings file.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Parser, ValueEnum};
use threadpass_devserver::config::{self, ConfigError};
use threadpass_devserver::{ChatSettings, CloudRule, Config, Database, Secret, Verification};

/// The local backend of Threadpass: the contracts of Tambo, LangGraph and Assistant Cloud on this machine, for demos,
/// offline development and tests.
///
/// It listens on 127.0.0.1 only, makes new keys at each start, prints them, and answers with a scripted model: say
/// hello, unicode, slow, weather, err401, err500, midfail or cut to it.
#[derive(Debug, Parser)]
#[command(name = "threadpass-devserver", version)]
pub(crate) struct Cli {
    /// The port to listen on [default: a free one]
    #[arg(long)]
    port: Option<u16>,

    /// The database: a file, or :memory: [default: threadpass-dev.sqlite in the current folder]
    #[arg(long, value_name = "FILE")]
    db: Option<String>,

    /// A TOML file with settings and [[project]] tables; flags go over it
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,

    /// Print one line of JSON with URL and keys when ready, and nothing else, on standard output
    #[arg(long)]
    pub(crate) json: bool,

    /// The longest life of a session token, in seconds [default: 3600]
    #[arg(long, value_name = "SECONDS")]
    token_lifetime: Option<u64>,

    /// Accept tokens of this issuer although the real service refuses it: on loopback, or with a path (repeatable)
    #[arg(long, value_name = "URL")]
    trusted_issuer: Vec<String>,

    /// Let pages of this origin call; those on loopback always may (repeatable)
    #[arg(long, value_name = "ORIGIN")]
    allow_origin: Vec<String>,

    /// The API key of the default project [default: a new one at each start]
    #[arg(long, value_name = "KEY", env = "THREADPASS_API_KEY", hide_env_values = true)]
    api_key: Option<String>,

    /// How the default project verifies tokens; asymmetric and symmetric take their key from the settings file
    #[arg(long, value_name = "MODE")]
    verification: Option<Mode>,

    /// Admit tokens to Assistant Cloud's routes: issuer=URL,audience=AUD,jwks_url=URL,workspace=personal, organisation or
    /// project; all but the issuer may be left out (repeatable) [default: a rule for each trusted issuer]
    #[arg(long, value_name = "RULE")]
    cloud_rule: Vec<CloudRule>,

    /// How long a workspace token of Assistant Cloud's routes lives, in seconds [default: 300]
    #[arg(long, value_name = "SECONDS")]
    workspace_token_lifetime: Option<u64>,

    /// Answer LangGraph's routes without a token: everything there belongs to everybody
    #[arg(long)]
    langgraph_open: bool,

    /// Misbehave from the beginning, for example status=503;on=exchange;times=2 (repeatable; the README lists them all)
    #[arg(long, value_name = "FAULT")]
    fault: Vec<String>,

    /// Let a model behind this OpenAI-compatible endpoint answer, with the key in OPENAI_API_KEY [default: the script]
    #[arg(long, value_name = "URL")]
    openai_base_url: Option<String>,

    /// The model's name there [default: gpt-5-mini]
    #[arg(long, value_name = "NAME", requires = "openai_base_url")]
    openai_model: Option<String>,

    /// End when standard input ends, so that the server never outlives the program that started it
    #[arg(long)]
    exit_with_stdin: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Mode {
    Discovery,
    Asymmetric,
    Symmetric,
    None,
}

impl Cli {
    /// Whether the end of standard input ends the server.
    pub(crate) fn exit_with_stdin(&self) -> bool {
        self.exit_with_stdin
    }

    /// The settings that file and flags come to.
    pub(crate) fn config(&self) -> Result<Config, ConfigError> {
        let defaults =
            Config { database: Database::File("threadpass-dev.sqlite".into()), ..Config::default() };
        let mut config = match &self.config {
            Some(path) => config::read(path, defaults)?,
            None => defaults,
        };
        config.port = self.port.unwrap_or(config.port);
        if let Some(name) = &self.db {
            config.database = Database::named(name);
        }
        if let Some(seconds) = self.token_lifetime {
            config.token_lifetime = Duration::from_secs(seconds);
        }
        config.trusted_issuers.extend(self.trusted_issuer.iter().cloned());
        config.allow_origins.extend(self.allow_origin.iter().cloned());
        config.assistant_cloud.rules.extend(self.cloud_rule.iter().cloned());
        if let Some(seconds) = self.workspace_token_lifetime {
            config.assistant_cloud.workspace_token_lifetime = Duration::from_secs(seconds);
        }
        config.langgraph.open |= self.langgraph_open;
        config.faults.extend(self.fault.iter().cloned());
        if let Some(base_url) = &self.openai_base_url {
            let model = self.openai_model.clone().unwrap_or_else(|| config::DEFAULT_MODEL.to_owned());
            config.chat = Some(ChatSettings { base_url: base_url.clone(), model, key: None });
        }
        if let Some(chat) = &mut config.chat {
            // No flag for it: those are seen by every program on the machine.
            chat.key = std::env::var("OPENAI_API_KEY").ok().filter(|key| !key.is_empty()).map(Secret::new);
        }
        if let Some(project) = config.projects.first_mut() {
            if let Some(mode) = self.verification {
                set_verification(&mut project.verification, mode)?;
            }
            if let Some(key) = &self.api_key {
                project.api_key = Some(Secret::new(key));
            }
        }
        Ok(config)
    }
}

fn set_verification(verification: &mut Verification, mode: Mode) -> Result<(), ConfigError> {
    match (mode, &*verification) {
        (Mode::Discovery, Verification::Discovery { .. })
        | (Mode::Asymmetric, Verification::Asymmetric { .. })
        | (Mode::Symmetric, Verification::Symmetric { .. }) => {}
        (Mode::Discovery, _) => *verification = Verification::Discovery { trusted_issuers: vec![] },
        (Mode::None, _) => *verification = Verification::None,
        (Mode::Asymmetric, _) => {
            return Err(ConfigError::new(
                "--verification asymmetric needs a key; give it in a --config file: [[project]] name, verification = \"asymmetric\", key_file",
            ));
        }
        (Mode::Symmetric, _) => {
            return Err(ConfigError::new(
                "--verification symmetric needs a secret; give it in a --config file: [[project]] name, verification = \"symmetric\", secret",
            ));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    fn config(flags: &[&str]) -> Result<Config, ConfigError> {
        Cli::try_parse_from([&["threadpass-devserver"], flags].concat()).unwrap().config()
    }

    #[test]
    fn the_definition_is_sound() {
        Cli::command().debug_assert();
    }

    #[test]
    fn flags_go_over_the_defaults() {
        let config = config(&[
            "--port",
            "4000",
            "--db",
            ":memory:",
            "--token-lifetime",
            "5",
            "--verification",
            "none",
            "--trusted-issuer",
            "http://127.0.0.1:1/",
            "--trusted-issuer",
            "http://127.0.0.1:2/",
        ])
        .unwrap();
        assert_eq!((config.port, config.database), (4000, Database::Memory));
        assert_eq!(config.token_lifetime, Duration::from_secs(5));
        assert_eq!(config.projects[0].verification.word(), "none");
        assert_eq!(config.trusted_issuers.len(), 2);
    }

    #[test]
    fn a_mode_that_needs_a_key_says_where_to_give_it() {
        let message = config(&["--verification", "symmetric"]).unwrap_err().to_string();
        assert!(message.contains("give it in a --config file"), "{message}");
    }
}
