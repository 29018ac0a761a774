//! Who may talk to the server at all.
//!
//! The server is on loopback, and so is every page the developer happens to visit. A page of another site is refused
//! by its `Origin`; one that has pointed its own name at 127.0.0.1 (DNS rebinding) by its `Host`. The answer carries no
//! CORS headers, so such a page cannot even read the refusal.

use std::net::IpAddr;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::app::Shared;

/// Refuses a request that does not come from this machine's own tools and pages.
pub(crate) async fn check(State(app): State<Shared>, request: Request, next: Next) -> Response {
    match refusal(request.uri(), request.headers(), &app.allow_origins) {
        None => next.run(request).await,
        Some(reason) => {
            tracing::warn!("refused {} {}: {reason}", request.method(), request.uri().path());
            (StatusCode::FORBIDDEN, reason).into_response()
        }
    }
}

const FOREIGN_HOST: &str = "This server answers only to localhost, 127.0.0.1 and [::1].\n";
const FOREIGN_ORIGIN: &str =
    "This origin may not call this server. Add it with --allow-origin if it is yours.\n";

fn refusal(uri: &Uri, headers: &HeaderMap, allowed: &[String]) -> Option<&'static str> {
    let text = |name| headers.get_all(name).iter().map(|value| value.to_str().unwrap_or_default());
    let mut hosts = text(header::HOST).chain(uri.authority().map(|authority| authority.as_str())).peekable();
    if hosts.peek().is_none() || !hosts.all(is_loopback_authority) {
        return Some(FOREIGN_HOST);
    }
    let mut origins = text(header::ORIGIN);
    let fine = origins.all(|origin| is_loopback_origin(origin) || allowed.iter().any(|own| own == origin));
    if fine { None } else { Some(FOREIGN_ORIGIN) }
}

fn is_loopback_origin(origin: &str) -> bool {
    let rest = origin.strip_prefix("http://").or_else(|| origin.strip_prefix("https://"));
    rest.is_some_and(is_loopback_authority)
}

/// `host` or `host:port` where the host is this machine.
fn is_loopback_authority(authority: &str) -> bool {
    // A colon inside brackets belongs to an IPv6 address.
    let (host, port) = match authority.rsplit_once(':') {
        Some((host, port)) if !port.ends_with(']') => (host, Some(port)),
        _ => (authority, None),
    };
    if port.is_some_and(|port| port.parse::<u16>().is_err()) {
        return false;
    }
    if host.eq_ignore_ascii_case("localhost") {
        return true;
    }
    let address = host.strip_prefix('[').and_then(|inner| inner.strip_suffix(']')).map_or_else(
        || host.parse().ok().filter(IpAddr::is_ipv4),
        |inner| inner.parse().ok().filter(IpAddr::is_ipv6),
    );
    address.is_some_and(|address| address.is_loopback())
}

/// Whether a text has the form of an `Origin` header that names a web origin.
pub(crate) fn is_origin(text: &str) -> bool {
    let parsed = text.parse::<Uri>().ok();
    parsed.is_some_and(|uri| {
        matches!(uri.scheme_str(), Some("http" | "https"))
            && uri.authority().is_some_and(|authority| !authority.as_str().contains('@'))
            && !text.ends_with('/')
            && matches!(uri.path(), "" | "/")
            && uri.query().is_none()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(host: Option<&str>, origin: Option<&str>) -> Option<&'static str> {
        let mut headers = HeaderMap::new();
        host.map(|host| headers.insert(header::HOST, host.parse().unwrap()));
        origin.map(|origin| headers.insert(header::ORIGIN, origin.parse().unwrap()));
        refusal(&Uri::from_static("/v1/threads"), &headers, &["https://app.example.test".to_owned()])
    }

    #[test]
    fn hosts() {
        for host in ["localhost", "LOCALHOST:1", "127.0.0.1:8261", "127.1.2.3", "[::1]", "[::1]:8261"] {
            assert_eq!(refused(Some(host), None), None, "{host}");
        }
        let foreign = [
            "evil.test",
            "evil.test:8261",
            "localhost.evil.test",
            "127.0.0.1.evil.test",
            "10.0.0.1",
            "0.0.0.0",
            "::1",
            "[::2]",
            "[127.0.0.1]",
            "localhost:port",
            "localhost:",
            "",
            "127.0.0.1@evil.test",
            "[::1",
            "2130706433",
        ];
        for host in foreign {
            assert_eq!(refused(Some(host), None), Some(FOREIGN_HOST), "{host}");
        }
        assert_eq!(refused(None, None), Some(FOREIGN_HOST));
    }

    #[test]
    fn origins() {
        for origin in
            ["http://localhost:3000", "https://127.0.0.1", "http://[::1]:5173", "https://app.example.test"]
        {
            assert_eq!(refused(Some("localhost"), Some(origin)), None, "{origin}");
        }
        let foreign = [
            "null",
            "https://evil.test",
            "http://localhost.evil.test",
            "https://app.example.test.evil.test",
            "https://app.example.test:8443",
            "http://app.example.test",
            "file://",
            "chrome-extension://abc",
            "",
            "http://127.0.0.1@evil.test",
            "localhost",
        ];
        for origin in foreign {
            assert_eq!(refused(Some("localhost"), Some(origin)), Some(FOREIGN_ORIGIN), "{origin}");
        }
    }

    #[test]
    fn every_header_of_a_name_counts() {
        let mut headers = HeaderMap::new();
        headers.append(header::HOST, "localhost".parse().unwrap());
        headers.append(header::HOST, "evil.test".parse().unwrap());
        assert_eq!(refusal(&Uri::from_static("/"), &headers, &[]), Some(FOREIGN_HOST));
    }

    #[test]
    fn an_absolute_request_target_counts_as_a_host() {
        let mut headers = HeaderMap::new();
        headers.insert(header::HOST, "localhost".parse().unwrap());
        assert_eq!(refusal(&Uri::from_static("http://evil.test/v1"), &headers, &[]), Some(FOREIGN_HOST));
    }

    #[test]
    fn what_allow_origin_takes() {
        for good in ["https://app.example.test", "http://10.0.0.2:5173"] {
            assert!(is_origin(good), "{good}");
        }
        for bad in [
            "app.example.test",
            "https://app.example.test/",
            "https://a.test/b",
            "*",
            "null",
            "https://u@a.test",
            "",
        ] {
            assert!(!is_origin(bad), "{bad}");
        }
    }
}
