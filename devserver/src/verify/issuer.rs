//! Which issuers the service goes to for keys, and which it refuses to.

use std::net::IpAddr;

use reqwest::Url;

use super::{Refusal, Refused};
use crate::config::ConfigError;

/// Something about an issuer that the real service does not accept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Objection {
    NotHttps,
    Localhost,
    Private,
    Path,
}

impl Objection {
    /// For the log of a server that accepts the issuer nevertheless.
    pub(crate) fn explain(self) -> &'static str {
        match self {
            Self::NotHttps => "it is not https",
            Self::Localhost => "it is on localhost",
            Self::Private => "it is in a private network",
            Self::Path => "it has a path",
        }
    }

    fn refusal(self) -> Refusal {
        match self {
            Self::NotHttps => Refusal::Issuer("OAuth issuer must use HTTPS"),
            Self::Localhost => Refusal::Issuer("OAuth issuer cannot be localhost"),
            Self::Private => Refusal::Issuer("OAuth issuer cannot be in a private network"),
            Self::Path => Refusal::IssuerForm("OAuth issuer must not have a path"),
        }
    }
}

/// What the real service would hold against an issuer; the first is what it would say.
pub(crate) fn objections(issuer: &Url) -> Vec<Objection> {
    let mut found = host_objections(issuer);
    if !matches!(issuer.path(), "" | "/") {
        found.push(Objection::Path);
    }
    found
}

/// Whether the keys of an issuer may be fetched from where it says they are.
pub(super) fn check_keys_url(keys: &str, trusted: bool) -> Result<(), String> {
    let url = Url::parse(keys).map_err(|_| format!("its jwks_uri {keys:?} is not a URL"))?;
    if trusted && check_trusted(keys).is_ok() {
        return Ok(());
    }
    match host_objections(&url).first() {
        None => Ok(()),
        Some(objection) => Err(format!("its jwks_uri {keys:?} is refused: {}", objection.explain())),
    }
}

fn host_objections(url: &Url) -> Vec<Objection> {
    let mut found = Vec::new();
    if url.scheme() != "https" {
        found.push(Objection::NotHttps);
    }
    if is_loopback(url) {
        found.push(Objection::Localhost);
    } else if is_private(url) {
        found.push(Objection::Private);
    }
    found
}

/// Applies the service's rules to an issuer claim.
pub(crate) fn check_strict(issuer: &str) -> Result<(), Refused> {
    let url = Url::parse(issuer).map_err(|_| {
        Refused::new(
            Refusal::IssuerForm("OAuth issuer is not a valid URL"),
            "the token's issuer is not a URL",
        )
    })?;
    let found = objections(&url);
    let Some(first) = found.first() else { return Ok(()) };
    let reasons: Vec<_> = found.iter().map(|objection| objection.explain()).collect();
    Err(Refused::new(
        first.refusal(),
        format!(
            "issuer {issuer:?}: {}; the real service refuses it too, and to accept it here put exactly this string \
             into trusted_issuers",
            reasons.join(", ")
        ),
    ))
}

/// Whether an issuer can be trusted by configuration: plain http is for loopback only.
pub(crate) fn check_trusted(issuer: &str) -> Result<(), ConfigError> {
    let Ok(url) = Url::parse(issuer) else {
        return Err(ConfigError::new(format!(
            "trusted_issuers: {issuer:?} is not a URL; write it exactly as the tokens' iss claim has it"
        )));
    };
    if url.scheme() == "https" || (url.scheme() == "http" && is_loopback(&url)) {
        return Ok(());
    }
    Err(ConfigError::new(format!(
        "trusted_issuers: {issuer:?} would send keys over an open network; use https, or an issuer on loopback"
    )))
}

/// What to log of a trusted issuer that the real service would refuse.
pub(crate) fn deviation(project: &str, issuer: &str) -> Option<String> {
    let found = objections(&Url::parse(issuer).ok()?);
    let reasons: Vec<_> = found.iter().map(|objection| objection.explain()).collect();
    (!reasons.is_empty()).then(|| {
        format!(
            "project {project:?} trusts the issuer {issuer:?}; the real service refuses it: {}",
            reasons.join(", ")
        )
    })
}

/// Whether a URL leads to this machine.
pub(crate) fn is_loopback(url: &Url) -> bool {
    match host(url) {
        Host::Address(address) => address.is_loopback() || address.is_unspecified(),
        Host::Name(name) => name == "localhost" || name.ends_with(".localhost"),
    }
}

fn is_private(url: &Url) -> bool {
    match host(url) {
        Host::Address(IpAddr::V4(address)) => address.is_private() || address.is_link_local(),
        Host::Address(IpAddr::V6(address)) => address.is_unique_local() || address.is_unicast_link_local(),
        Host::Name(name) => name == "metadata.google.internal" || name.ends_with(".internal"),
    }
}

enum Host {
    Address(IpAddr),
    Name(String),
}

fn host(url: &Url) -> Host {
    let name = url.host_str().unwrap_or_default().trim_matches(['[', ']']).trim_end_matches('.');
    match name.parse::<IpAddr>() {
        Ok(IpAddr::V6(address)) => Host::Address(address.to_canonical()),
        Ok(address) => Host::Address(address),
        Err(_) => Host::Name(name.to_ascii_lowercase()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_services_rules() {
        let issuer = |text| Some(Refusal::Issuer(text));
        let cases = [
            ("https://idp.example.test", None),
            ("https://idp.example.test/", None),
            ("http://idp.example.test/", issuer("OAuth issuer must use HTTPS")),
            ("http://127.0.0.1:9999/", issuer("OAuth issuer must use HTTPS")),
            ("https://localhost:3000", issuer("OAuth issuer cannot be localhost")),
            ("https://LOCALHOST./", issuer("OAuth issuer cannot be localhost")),
            ("https://127.8.8.8", issuer("OAuth issuer cannot be localhost")),
            ("https://[::1]/", issuer("OAuth issuer cannot be localhost")),
            ("https://[::ffff:10.0.0.1]/", issuer("OAuth issuer cannot be in a private network")),
            ("https://0x7f000001/", issuer("OAuth issuer cannot be localhost")),
            ("https://10.1.2.3", issuer("OAuth issuer cannot be in a private network")),
            ("https://192.168.1.1", issuer("OAuth issuer cannot be in a private network")),
            ("https://172.31.0.1", issuer("OAuth issuer cannot be in a private network")),
            ("https://172.32.0.1", None),
            ("https://169.254.169.254", issuer("OAuth issuer cannot be in a private network")),
            ("https://metadata.google.internal", issuer("OAuth issuer cannot be in a private network")),
            (
                "https://idp.example.test/realms/a",
                Some(Refusal::IssuerForm("OAuth issuer must not have a path")),
            ),
            ("not a url", Some(Refusal::IssuerForm("OAuth issuer is not a valid URL"))),
        ];
        for (text, expected) in cases {
            assert_eq!(check_strict(text).err().map(|refused| refused.answer), expected, "{text}");
        }
    }

    #[test]
    fn keys_come_from_where_an_issuer_might_be() {
        let cases = [
            ("https://keys.example.test/a/b", false, true),
            ("http://127.0.0.1:1/keys", false, false),
            ("https://localhost/keys", false, false),
            ("http://keys.example.test", false, false),
            ("nowhere", false, false),
            ("http://127.0.0.1:1/keys", true, true),
            ("https://10.0.0.1/keys", true, true),
            ("http://keys.example.test", true, false),
        ];
        for (keys, trusted, fine) in cases {
            assert_eq!(check_keys_url(keys, trusted).is_ok(), fine, "{keys} {trusted}");
        }
    }

    #[test]
    fn trust_does_not_extend_to_plain_http_over_a_network() {
        for good in
            ["http://127.0.0.1:3902/", "http://localhost:1/realms/a", "https://10.0.0.1/", "https://a.test/b"]
        {
            assert!(check_trusted(good).is_ok(), "{good}");
        }
        for bad in ["http://idp.example.test", "ftp://127.0.0.1", "127.0.0.1:3902", ""] {
            assert!(check_trusted(bad).is_err(), "{bad}");
        }
    }
}
