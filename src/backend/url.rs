//! Paths, queries and forms.

use form_urlencoded::Serializer;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::error::{Code, Failure};

/// Everything but the unreserved characters of RFC 3986 section 2.3.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// Puts ids into a path. An empty or dot-only id would name another path, so it is refused.
pub(super) fn path(template: &str, ids: &[(&'static str, String)]) -> Result<String, Failure> {
    let mut path = String::new();
    let mut ids = ids.iter();
    for (index, piece) in template.split("{}").enumerate() {
        if index > 0
            && let Some((name, id)) = ids.next()
        {
            if id.is_empty() || id == "." || id == ".." {
                let message =
                    String::from(*name) + " is empty or made of dots only; pass the id the backend gave";
                return Err(Failure::new(Code::InvalidArgument, message));
            }
            path.extend(utf8_percent_encode(id, SEGMENT));
        }
        path.push_str(piece);
    }
    Ok(path)
}

/// `application/x-www-form-urlencoded` text, for bodies and queries.
#[must_use]
pub fn form(pairs: &[(&str, &str)]) -> String {
    Serializer::new(String::new()).extend_pairs(pairs).finish()
}

/// Whether a URL of `fetch` may get our headers: same origin, no user info (RFC 9700 section 4.9.1).
#[must_use]
pub fn same_place(base_origin: &str, origin: &str, username: &str, password: &str) -> bool {
    // `null` is the origin of everything that has none.
    origin == base_origin && origin != "null" && username.is_empty() && password.is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_encoded_as_one_segment() {
        let ids = |id: &str| [("thread id", String::from(id))];
        assert_eq!(path("/v1/threads/{}", &ids("thr_a.b")).unwrap(), "/v1/threads/thr_a.b");
        assert_eq!(
            path("/v1/threads/{}/runs", &ids("a/b ?#%ü")).unwrap(),
            "/v1/threads/a%2Fb%20%3F%23%25%C3%BC/runs"
        );
        assert_eq!(path("/v1/threads/{}", &ids("...")).unwrap(), "/v1/threads/...", "three dots are a name");
        for bad in ["", ".", ".."] {
            let failure = path("/v1/threads/{}", &ids(bad)).unwrap_err();
            assert_eq!(failure.code, Code::InvalidArgument);
            assert!(failure.message.starts_with("thread id"));
        }
    }

    #[test]
    fn a_token_survives_the_form() {
        let text = form(&[("subject_token", "a+b/c=d.e~f|g&h"), ("empty", "")]);
        assert_eq!(text, "subject_token=a%2Bb%2Fc%3Dd.e%7Ef%7Cg%26h&empty=");
        let back: Vec<_> = form_urlencoded::parse(text.as_bytes()).collect();
        assert_eq!(back[0].1, "a+b/c=d.e~f|g&h");
    }

    #[test]
    fn our_bearer_stays_at_home() {
        let home = "https://api.example.com";
        assert!(same_place(home, home, "", ""));
        assert!(!same_place(home, "https://evil.example", "", ""));
        assert!(!same_place(home, home, "user", ""));
        assert!(!same_place(home, home, "", "password"));
        assert!(!same_place("null", "null", "", ""));
    }
}
