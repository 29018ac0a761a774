use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::Deserialize;

use super::{
    AssistantCloudSettings, ChatSettings, CloudRule, Config, ConfigError, DEFAULT_MODEL, Database,
    ProjectConfig, Verification,
};
use crate::secret::Secret;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    port: Option<u16>,
    db: Option<String>,
    token_lifetime: Option<u64>,
    #[serde(default)]
    trusted_issuers: Vec<String>,
    #[serde(default)]
    allow_origins: Vec<String>,
    #[serde(default)]
    faults: Vec<String>,
    #[serde(default)]
    model: Model,
    #[serde(default)]
    langgraph: LangGraph,
    #[serde(default)]
    assistant_cloud: AssistantCloud,
    #[serde(default)]
    project: Vec<Project>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
struct LangGraph {
    open: Option<bool>,
    heartbeat_ms: Option<u64>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
struct AssistantCloud {
    workspace_token_lifetime: Option<u64>,
    api_key: Option<String>,
    anonymous: Option<bool>,
    largest_content: Option<usize>,
    frozen_parents: Option<bool>,
    #[serde(default)]
    rule: Vec<CloudRule>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
struct Model {
    word_delay_ms: Option<u64>,
    retry_delay_ms: Option<u64>,
    openai_base_url: Option<String>,
    openai_model: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Project {
    name: String,
    id: Option<String>,
    #[serde(default)]
    verification: Mode,
    key: Option<String>,
    key_file: Option<PathBuf>,
    secret: Option<String>,
    trusted_issuers: Option<Vec<String>>,
    #[serde(default)]
    token_required: bool,
    #[serde(default)]
    system_prompt_override: bool,
    mcp: Option<bool>,
    api_key: Option<String>,
}

#[derive(Deserialize, Default, Clone, Copy)]
#[serde(rename_all = "lowercase")]
enum Mode {
    #[default]
    Discovery,
    Asymmetric,
    Symmetric,
    None,
}

/// Reads settings from a TOML file over the given defaults, and checks them.
pub fn read(path: &Path, defaults: Config) -> Result<Config, ConfigError> {
    let text = std::fs::read_to_string(path).map_err(|error| {
        ConfigError::new(format!("cannot be read ({error}); check the path given with --config"))
            .in_file(path)
    })?;
    parse(&text, defaults, path.parent()).map_err(|error| error.in_file(path))
}

fn parse(text: &str, defaults: Config, folder: Option<&Path>) -> Result<Config, ConfigError> {
    let file: File = toml::from_str(text).map_err(|error| {
        // Only the message: the library's full form quotes the line, which may hold a secret.
        let line =
            error.span().map(|span| 1 + text.bytes().take(span.start).filter(|byte| *byte == b'\n').count());
        let place = line.map(|line| format!("line {line}: ")).unwrap_or_default();
        ConfigError::new(format!("{place}{}", error.message().replace('\n', " ")))
    })?;
    let mut config = defaults;
    config.port = file.port.unwrap_or(config.port);
    config.trusted_issuers = file.trusted_issuers;
    config.allow_origins = file.allow_origins;
    config.faults = file.faults;
    if let Some(name) = file.db {
        config.database = Database::named(&name);
    }
    if let Some(seconds) = file.token_lifetime {
        config.token_lifetime = Duration::from_secs(seconds);
    }
    if let Some(ms) = file.model.word_delay_ms {
        config.model.word_delay = Duration::from_millis(ms);
    }
    if let Some(ms) = file.model.retry_delay_ms {
        config.model.retry_delay = Duration::from_millis(ms);
    }
    if let Some(base_url) = file.model.openai_base_url {
        let model = file.model.openai_model.unwrap_or_else(|| DEFAULT_MODEL.to_owned());
        config.chat = Some(ChatSettings { base_url, model, key: None });
    }
    config.langgraph.open = file.langgraph.open.unwrap_or(config.langgraph.open);
    if let Some(ms) = file.langgraph.heartbeat_ms {
        config.langgraph.heartbeat = Duration::from_millis(ms);
    }
    config.assistant_cloud = file.assistant_cloud.resolve(config.assistant_cloud);
    if !file.project.is_empty() {
        config.projects =
            file.project.into_iter().map(|project| project.resolve(folder)).collect::<Result<_, _>>()?;
    }
    config.check()?;
    Ok(config)
}

impl AssistantCloud {
    fn resolve(self, defaults: AssistantCloudSettings) -> AssistantCloudSettings {
        AssistantCloudSettings {
            rules: self.rule,
            workspace_token_lifetime: self
                .workspace_token_lifetime
                .map_or(defaults.workspace_token_lifetime, Duration::from_secs),
            api_key: self.api_key.map(Secret::new).or(defaults.api_key),
            anonymous: self.anonymous.unwrap_or(defaults.anonymous),
            largest_content: self.largest_content.unwrap_or(defaults.largest_content),
            frozen_parents: self.frozen_parents.unwrap_or(defaults.frozen_parents),
        }
    }
}

impl Project {
    fn resolve(self, folder: Option<&Path>) -> Result<ProjectConfig, ConfigError> {
        let wrong = |what: &str| ConfigError::new(format!("project {:?}: {what}", self.name));
        let key = match (&self.key, &self.key_file) {
            (Some(_), Some(_)) => return Err(wrong("key and key_file are both given; keep one")),
            (Some(key), None) => Some(key.clone()),
            (None, Some(file)) => {
                let file = folder.unwrap_or(Path::new("")).join(file);
                let text = std::fs::read_to_string(&file).map_err(|error| {
                    wrong(&format!("key_file {} cannot be read ({error})", file.display()))
                })?;
                Some(text)
            }
            (None, None) => None,
        };
        // A setting that the mode ignores is a mistake in the mode more often than not.
        if key.is_some() && !matches!(self.verification, Mode::Asymmetric) {
            return Err(wrong(
                "key is only used with verification = \"asymmetric\"; set that, or remove the key",
            ));
        }
        if self.secret.is_some() && !matches!(self.verification, Mode::Symmetric) {
            return Err(wrong(
                "secret is only used with verification = \"symmetric\"; set that, or remove the secret",
            ));
        }
        if self.trusted_issuers.is_some() && !matches!(self.verification, Mode::Discovery) {
            return Err(wrong(
                "trusted_issuers is only used with verification = \"discovery\"; set that, or remove it",
            ));
        }
        let verification = match self.verification {
            Mode::Discovery => Verification::Discovery { trusted_issuers: self.trusted_issuers.unwrap_or_default() },
            Mode::Asymmetric => Verification::Asymmetric {
                key: key.ok_or_else(|| wrong("verification \"asymmetric\" needs key or key_file: a JWK, an SPKI PEM or an X.509 PEM"))?,
            },
            Mode::Symmetric => Verification::Symmetric {
                secret: Secret::new(self.secret.ok_or_else(|| wrong("verification \"symmetric\" needs secret"))?),
            },
            Mode::None => Verification::None,
        };
        Ok(ProjectConfig {
            name: self.name,
            id: self.id,
            verification,
            token_required: self.token_required,
            system_prompt_override: self.system_prompt_override,
            mcp: self.mcp.unwrap_or(true),
            api_key: self.api_key.map(Secret::new),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Workspace;

    fn read(text: &str) -> Result<Config, String> {
        parse(text, Config::default(), None).map_err(|error| error.to_string())
    }

    #[test]
    fn reads_every_setting() {
        let config = read(
            r#"
            port = 4000
            db = ":memory:"
            token_lifetime = 20
            trusted_issuers = ["http://127.0.0.1:3902/"]
            allow_origins = ["https://app.example.test"]
            [model]
            word_delay_ms = 1
            retry_delay_ms = 2
            openai_base_url = "http://127.0.0.1:1/v1"
            [langgraph]
            open = true
            heartbeat_ms = 100
            [assistant_cloud]
            workspace_token_lifetime = 20
            api_key = "sk_aui_proj_fixed"
            anonymous = false
            largest_content = 65536
            frozen_parents = true
            [[assistant_cloud.rule]]
            issuer = "https://clerk.example.test"
            jwks_url = "http://127.0.0.1:1/keys"
            audience = "app"
            workspace = "project"
            [[project]]
            name = "open"
            verification = "none"
            token_required = true
            api_key = "tambo_fixed"
            [[project]]
            name = "shared"
            id = "p_shared"
            verification = "symmetric"
            secret = "0123456789abcdef0123456789abcdef"
            "#,
        )
        .unwrap();
        assert_eq!(config.port, 4000);
        assert_eq!(config.token_lifetime, Duration::from_secs(20));
        assert_eq!(config.model.word_delay, Duration::from_millis(1));
        assert_eq!(config.chat.map(|chat| chat.model), Some(DEFAULT_MODEL.to_owned()));
        assert_eq!((config.langgraph.open, config.langgraph.heartbeat), (true, Duration::from_millis(100)));
        let cloud = config.assistant_cloud;
        assert_eq!(cloud.workspace_token_lifetime, Duration::from_secs(20));
        assert_eq!((cloud.anonymous, cloud.largest_content, cloud.frozen_parents), (false, 65_536, true));
        assert_eq!(cloud.api_key, Some(Secret::new("sk_aui_proj_fixed")));
        assert_eq!((cloud.rules.len(), cloud.rules[0].workspace), (1, Workspace::Project));
        let words: Vec<_> = config.projects.iter().map(|project| project.verification.word()).collect();
        assert_eq!(words, ["none", "symmetric"]);
    }

    #[test]
    fn the_example_in_the_readme_is_good() {
        let readme = include_str!("../../README.md");
        let example = readme.split("```toml").nth(1).and_then(|rest| rest.split("```").next()).unwrap();
        let keys: serde_json::Value =
            serde_json::from_str(include_str!("../../tests/keys/public.json")).unwrap();
        let inline = format!("key = '{}'", keys["p256"]["jwk"]);
        let config = read(&example.replace("key_file = \"public.pem\"", &inline)).unwrap();
        assert_eq!(config.projects.len(), 3);
    }

    #[test]
    fn the_example_for_assistant_cloud_is_good() {
        let config = read(include_str!("../../examples/assistant-cloud/threadpass.toml")).unwrap();
        let audiences: Vec<_> =
            config.assistant_cloud.rules.iter().map(|rule| rule.audience.as_deref()).collect();
        assert_eq!(audiences, [Some("assistant-ui"), Some("assistant-ui"), None]);
        assert_eq!(config.assistant_cloud.rules[0].workspace, Workspace::Organisation);
    }

    #[test]
    fn the_example_for_vite_is_good() {
        let config = read(include_str!("../../examples/vite/threadpass.toml")).unwrap();
        assert_eq!((config.port, config.trusted_issuers.len(), config.projects.len()), (8261, 1, 1));
        let proxy = include_str!("../../examples/vite/vite.config.js");
        assert!(
            proxy.contains(&format!("http://127.0.0.1:{}", config.port)),
            "the proxy goes to another port"
        );
    }

    #[test]
    fn without_a_project_table_the_default_project_stays() {
        let config = read("port = 1").unwrap();
        assert_eq!(config.projects[0].name, "default");
        assert_eq!(config.projects[0].verification.word(), "discovery");
    }

    #[test]
    fn a_mistake_is_named_with_what_to_do() {
        let cases = [
            ("prot = 1", "line 1: unknown field `prot`"),
            ("\nport = \"x\"", "line 2: invalid type"),
            ("token_lifetime = 0", "token_lifetime is 0; give at least 1 second"),
            ("allow_origins = [\"app.test/x\"]", "is not an origin; write it as the browser sends it"),
            ("[langgraph]\nheartbeat_ms = 0", "langgraph: heartbeat_ms is 0"),
            (
                "[assistant_cloud]\nworkspace_token_lifetime = 0",
                "workspace_token_lifetime is 0; give at least 1",
            ),
            ("[assistant_cloud]\napi_key = \"short\"", "assistant_cloud: api_key has to be at least 8"),
            (
                "[[assistant_cloud.rule]]\nissuer = \"https://a.test\"\nworkspace = \"team\"",
                "unknown variant `team`",
            ),
            ("faults = [\"explode\"]", "faults: there is no fault \"explode\""),
            ("trusted_issuers = [\"nope\"]", "trusted_issuers: \"nope\" is not a URL"),
            (
                "[[project]]\nname = \"a\"\nverification = \"symmetric\"",
                "project \"a\": verification \"symmetric\" needs secret",
            ),
            (
                "[[project]]\nname = \"a\"\nverification = \"symmetric\"\nsecret = \"short\"",
                "secret has 5 characters",
            ),
            ("[[project]]\nname = \"a\"\nsecret = \"x\"", "secret is only used with verification"),
            ("[[project]]\nname = \"a\"\nverification = \"asymmetric\"", "needs key or key_file"),
            (
                "[[project]]\nname = \"a\"\nverification = \"asymmetric\"\nkey = \"x\"",
                "project \"a\": key is neither",
            ),
            ("[[project]]\nname = \"a\"\n[[project]]\nname = \"a\"", "is that of another project"),
            ("[[project]]\nname = \"a\"\nverification = \"maybe\"", "unknown variant `maybe`"),
        ];
        for (text, expected) in cases {
            let message = read(text).unwrap_err();
            assert!(message.contains(expected), "{text:?} gave {message:?}");
            assert!(!message.contains('\n'), "{message:?}");
        }
    }

    #[test]
    fn a_missing_file_is_named() {
        let error = super::read(Path::new("/nowhere/at-all.toml"), Config::default()).unwrap_err();
        assert!(error.to_string().starts_with("/nowhere/at-all.toml: cannot be read"));
    }
}
