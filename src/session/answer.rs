//! Sorting what the callback (or a string credential) gave (decision D9).

use super::claims::Claims;
use super::credential::Use;
use super::input::Answer;
use crate::error::{Code, Fault};
use crate::json::Platform;
use crate::secret::{Secret, is_b64token, is_visible_ascii};

impl Answer {
    /// A text: a token, or empty for nobody.
    #[must_use]
    pub fn of_text<J: Platform>(text: &str, usage: Use) -> Self {
        if text.is_empty() {
            return Self::Nobody;
        }
        // A token that was read from a response often ends with a newline.
        let token = text.trim_ascii();
        if token.is_empty() {
            return Self::unusable("blanks; give null for nobody");
        }
        if token.starts_with('<') {
            return Self::unusable("an HTML page; check response.ok before reading its text");
        }
        if token.starts_with(['{', '[']) {
            return Self::unusable("JSON; give the token's text alone");
        }
        if !is_visible_ascii(token) || (usage == Use::Direct && !is_b64token(token)) {
            return Self::unusable("a text with characters that no token has");
        }
        Self::Token(Secret::new(token.to_owned()), Claims::of::<J>(token))
    }

    /// Something that cannot be a token.
    #[must_use]
    pub fn unusable(what: &str) -> Self {
        Self::Unusable(Fault::of(Code::NotAToken, &["what was given for a token is ", what]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::native::NativeJson;

    fn sorted(text: &str, usage: Use) -> Answer {
        Answer::of_text::<NativeJson>(text, usage)
    }

    #[test]
    fn everything_a_callback_may_give_has_one_outcome() {
        // Case 43.
        assert!(matches!(sorted("", Use::Exchange), Answer::Nobody));
        for (text, says) in [
            ("  ", "blanks"),
            ("\n", "blanks"),
            ("<!doctype html><title>Sign in</title>", "HTML"),
            ("<html></html>", "HTML"),
            ("{\"token\":\"abc\"}", "JSON"),
            ("two words", "characters"),
            ("a\r\nx-evil: 1", "characters"),
            ("t\u{f6}ken", "characters"),
            ("a\0b", "characters"),
        ] {
            let Answer::Unusable(failure) = sorted(text, Use::Exchange) else { panic!("{text:?}") };
            assert_eq!(failure.code, Code::NotAToken);
            assert!(failure.message.contains(says), "{}", failure.message);
            assert!(!failure.message.contains("evil"), "what was given is not repeated");
        }
        let Answer::Token(token, _) = sorted("abc.def\n", Use::Direct) else { panic!("trimmed") };
        assert_eq!(token.expose(), "abc.def");
        assert!(matches!(sorted("opaque|token", Use::Exchange), Answer::Token(..)));
        assert!(
            matches!(sorted("opaque|token", Use::Direct), Answer::Unusable(_)),
            "it would go into a header"
        );
    }
}
