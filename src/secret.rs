//! Tokens in memory, and texts from elsewhere made fit for an error.

use std::fmt;
use std::rc::Rc;

use zeroize::Zeroizing;

use crate::mutations::mutated;

/// A token or key. It has no `Display` and no `Serialize`, its `Debug` shows nothing, and its memory is wiped when the
/// last copy is dropped.
///
/// JavaScript's own copies of the string cannot be wiped, so they are made late and few.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Rc<Zeroizing<String>>);

impl Secret {
    /// Takes the text over.
    #[must_use]
    pub fn new(text: String) -> Self {
        Self(Rc::new(Zeroizing::new(text)))
    }

    /// The text, for the one place that puts it on the wire.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(mutated!(DebugShowsSecret, "Secret(..)", self.expose()))
    }
}

/// Whether a text can be a bearer token: the `b64token` grammar of RFC 6750 section 2.1. This is what keeps CR, LF,
/// spaces and everything outside ASCII out of an `Authorization` header.
#[must_use]
pub fn is_b64token(text: &str) -> bool {
    let mut padding = false;
    let fits = |byte: u8| match byte {
        b'=' => {
            padding = true;
            true
        }
        byte => {
            !padding
                && (byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~' | b'+' | b'/'))
        }
    };
    !matches!(text.as_bytes().first(), None | Some(b'=')) && text.bytes().all(fits)
}

/// Whether a text can be a subject token, which travels in a form body and may be wider: visible ASCII (RFC 6749
/// appendix A.12, without the space that no issuer uses and every error page has).
#[must_use]
pub fn is_visible_ascii(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_graphic())
}

/// The longest text of another party that we repeat in an error.
const LONGEST: usize = 300;
/// From this length on a run of token characters is taken for a token. Ids of the three backends are shorter.
const TOKEN_RUN: usize = 40;

/// A secret shorter than this is not looked for: it would be found in ordinary words.
const SHORTEST: usize = 8;
const REDACTED: &str = "[redacted]";

/// A text from a server, fit for an error message: control characters become a blank, whatever looks like a token or is
/// one of `known` is replaced, the rest is cut to a readable length. Servers do echo tokens in their error bodies.
#[must_use]
pub fn scrub(text: &str, known: &[&str]) -> String {
    let (mut out, mut rest) = (String::new(), text);
    while let Some(first) = rest.as_bytes().first()
        && out.len() <= LONGEST
    {
        let (kind, mut length) = (Kind::of(*first), 0);
        let secret = loop {
            let here = rest.as_bytes().get(length..).unwrap_or_default();
            let secret = known.iter().find(|it| it.len() >= SHORTEST && here.starts_with(it.as_bytes()));
            if secret.is_some() || here.first().is_none_or(|byte| Kind::of(*byte) != kind) {
                break secret;
            }
            length += 1;
        };
        let run = rest.get(..length).unwrap_or_default();
        out.push_str(match kind {
            Kind::Control if length > 0 => " ",
            Kind::Token if looks_like_token(run) => REDACTED,
            _ => run,
        });
        if let Some(secret) = secret {
            out.push_str(REDACTED);
            length += secret.len();
        }
        rest = rest.get(length..).unwrap_or_default();
    }
    if out.len() > LONGEST {
        out.truncate(out.floor_char_boundary(LONGEST));
        out.push('…');
    }
    out
}

#[derive(PartialEq)]
enum Kind {
    Token,
    Control,
    Other,
}

impl Kind {
    fn of(byte: u8) -> Self {
        match byte {
            0..b' ' | 0x7f => Self::Control,
            b'-' | b'.' | b'_' | b'~' | b'+' | b'/' | b'=' => Self::Token,
            byte if byte.is_ascii_alphanumeric() => Self::Token,
            _ => Self::Other,
        }
    }
}

fn looks_like_token(run: &str) -> bool {
    // A JWT's header always starts with `{"`, which is `eyJ` in base64url.
    run.len() >= TOKEN_RUN || (run.len() >= 12 && run.as_bytes().windows(3).any(|window| window == b"eyJ"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_shows_nothing() {
        let secret = Secret::new("abc123".into());
        assert_eq!(format!("{secret:?}"), "Secret(..)");
        assert_eq!(secret.expose(), "abc123");
    }

    #[test]
    fn bearer_grammar() {
        for good in ["a", "eyJh.eyJz.sig_-", "abc==", "a+/~._-9"] {
            assert!(is_b64token(good), "{good}");
        }
        for bad in ["", "=", "a b", "a\r\nx: y", "ü", "a=b", "\u{0}", "a,b", "\"a\""] {
            assert!(!is_b64token(bad), "{bad:?}");
        }
    }

    #[test]
    fn subject_grammar_is_wider_but_has_no_blank() {
        assert!(is_visible_ascii("opaque|token:{1}"));
        for bad in ["", " ", "a b", "a\n", "ü"] {
            assert!(!is_visible_ascii(bad), "{bad:?}");
        }
    }

    #[test]
    fn scrub_takes_out_what_looks_like_a_token() {
        let jwt = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ4In0.c2ln";
        let out = scrub(&format!("bad token {jwt}, sorry"), &[]);
        assert_eq!(out, "bad token [redacted], sorry");
        assert_eq!(scrub("key \"canary-key-1\" refused", &["canary-key-1"]), "key \"[redacted]\" refused");
        assert_eq!(scrub(&"a".repeat(50), &[]), "[redacted]");
        assert_eq!(scrub("line\r\nnext", &[]), "line next");
        assert_eq!(scrub("thread thr_AlggMZod.eb4fe9 is busy", &[]), "thread thr_AlggMZod.eb4fe9 is busy");
    }

    #[test]
    fn scrub_takes_out_what_is_known_whatever_it_is_made_of() {
        let subject = "auth0|user:{\"1\"} x";
        for (text, expected) in [
            (format!("{subject} is no token"), "[redacted] is no token"),
            (format!("no token: \"{subject}\", sorry"), "no token: \"[redacted]\", sorry"),
            (format!("{subject}{subject}, twice"), "[redacted][redacted], twice"),
            (format!("head-{subject}"), "head-[redacted]"),
        ] {
            assert_eq!(scrub(&text, &["", "x", subject]), expected, "{text}");
        }
        assert_eq!(
            scrub("a session-1.2 b session-12", &["session-12", "session-1"]),
            "a [redacted].2 b [redacted]"
        );
    }

    #[test]
    fn slashes_hide_no_token() {
        // One base64 token in forty has two in a row.
        let token = format!("{}//{}", "a".repeat(20), "b".repeat(30));
        assert_eq!(scrub(&format!("bad {token}."), &[]), "bad [redacted]");
        let link = format!("https://api.example.com/callback/{}", "c".repeat(40));
        assert_eq!(scrub(&link, &[]), "https:[redacted]");
        assert_eq!(
            scrub("see https://docs.example.com/conflict", &[]),
            "see https://docs.example.com/conflict"
        );
    }

    #[test]
    fn scrub_cuts_at_a_character() {
        for text in ["ü ", "ü", "word ", "x\n", "known-secret ", "known-secret"] {
            let out = scrub(&text.repeat(400), &["known-secret"]);
            let least = if text == "known-secret" { 10 } else { 100 };
            assert!(out.len() <= 2 * LONGEST && out.len() >= least, "{out}");
        }
        assert!(scrub(&"ü a ".repeat(400), &[]).ends_with('…'));
    }
}
