//! Secrets that are planted everywhere, and the looks for them.

use threadpass::error::{Detail, Failure};
use threadpass::secret::scrub;

/// The project's key.
pub const KEY: &str = "tambo_canary-api-key";
/// A session token that nothing but our own knowledge tells from a word.
pub const TOKEN: &str = "canary-session-token";
/// A provider's token of the widest kind: visible ASCII.
pub const SUBJECT: &str = "canary|subject:{\"1\"}+/=";

/// What looks like a token of itself: so many token characters in a row, or a JWT's beginning in some.
const LONG: usize = 40;
const JWT: usize = 12;

/// Whether a text repeats no secret: none of ours, and nothing that looks like a token.
#[must_use]
pub fn is_silent(text: &str) -> bool {
    let fits =
        |byte: char| byte.is_ascii_alphanumeric() || matches!(byte, '-' | '.' | '_' | '~' | '+' | '/' | '=');
    let ours = [KEY, TOKEN, SUBJECT].iter().any(|secret| text.contains(secret));
    let token = |run: &str| run.len() >= LONG || (run.len() >= JWT && run.contains("eyJ"));
    !ours && !text.split(|byte| !fits(byte)).any(token)
}

/// A text from elsewhere, made fit for an error.
pub fn scrubbed(text: &str) {
    for known in [&[][..], &[KEY, TOKEN, SUBJECT], &["", "short", TOKEN, "canary"]] {
        let out = scrub(text, known);
        assert!(out.len() <= 700, "{} bytes of {}", out.len(), text.len());
        assert!(!out.chars().any(|c| c.is_ascii_control()), "{out:?}");
        for secret in known.iter().filter(|secret| secret.len() >= 8) {
            assert!(!out.contains(secret), "{out:?}");
        }
        if known.contains(&SUBJECT) {
            assert!(is_silent(&out), "{out:?}");
        }
    }
}

/// A failure that may be shown to anybody: named, readable, bounded, and silent.
pub fn failure(failure: &Failure) {
    assert!(!failure.message.is_empty());
    let mut texts = vec![failure.message.to_string(), failure.to_string()];
    texts.extend(failure.request_id.clone());
    for (_, detail) in &failure.details {
        match detail {
            Detail::Text(text) => texts.push(text.clone()),
            Detail::Texts(list) => texts.extend(list.iter().cloned()),
            Detail::Number(_) => {}
        }
    }
    for text in texts {
        assert!(text.len() <= 1_000, "{} bytes", text.len());
        assert!(!text.chars().any(|c| c.is_ascii_control()), "{text:?}");
        assert!(is_silent(&text), "{text:?}");
    }
    for secret in [KEY, TOKEN, SUBJECT] {
        assert!(!format!("{failure:?}").contains(secret));
    }
}
