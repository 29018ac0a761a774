//! Clients for what this server asks of others: keys of an issuer, answers of a model.

use reqwest::{ClientBuilder, Url};

use crate::verify::issuer;

/// What a client is built with. Loopback gets one of its own, which asks no proxy and needs no certificates: a machine
/// without any can still use what runs on it. Redirects are not followed: they could lead from one to the other.
pub(crate) fn builder(loopback: bool) -> ClientBuilder {
    // Fails when another part of the process has chosen a provider before, which is just as good.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let builder = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none());
    if loopback { builder.no_proxy().tls_certs_only([]) } else { builder }
}

/// Whether a URL is plain http on this machine. The error says why it cannot be asked at all.
pub(crate) fn is_loopback(url: &str) -> Result<bool, String> {
    let parsed = Url::parse(url).map_err(|_| format!("{url:?} is not a URL"))?;
    match parsed.scheme() {
        "https" => Ok(false),
        "http" if issuer::is_loopback(&parsed) => Ok(true),
        "http" => {
            Err(format!("{url:?} is plain http and not on this machine; what is sent would be readable"))
        }
        _ => Err(format!("{url:?} is not an http URL")),
    }
}

/// The innermost cause, which is the one that says "connection refused".
pub(crate) fn root_cause(error: &dyn std::error::Error) -> String {
    let mut cause = error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    cause.to_string()
}
