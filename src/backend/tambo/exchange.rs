//! The token endpoint (contract, section 2).

use crate::json::Platform;
use crate::secret::Secret;

/// The token endpoint's path.
pub const EXCHANGE_PATH: &str = "/oauth/token";

/// What kind of token the callback gives. Never guessed from its shape (RFC 8693 section 3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum SubjectTokenType {
    /// An access token, which is what the backend's own client always says.
    #[default]
    AccessToken,
    /// An ID token.
    IdToken,
}

impl SubjectTokenType {
    const fn urn(self) -> &'static str {
        match self {
            Self::AccessToken => "urn:ietf:params:oauth:token-type:access_token",
            Self::IdToken => "urn:ietf:params:oauth:token-type:id_token",
        }
    }
}

/// The form that is posted.
#[must_use]
pub fn exchange_body<J: Platform>(subject: &Secret, kind: SubjectTokenType) -> String {
    J::form(&[
        ("grant_type", "urn:ietf:params:oauth:grant-type:token-exchange"),
        ("subject_token", subject.expose()),
        ("subject_token_type", kind.urn()),
    ])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::native::NativeJson;

    #[test]
    fn the_form_is_the_recorded_one() {
        let body =
            exchange_body::<NativeJson>(&Secret::new("a.b+c/d=".into()), SubjectTokenType::AccessToken);
        assert_eq!(
            body,
            "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Atoken-exchange&subject_token=a.b%2Bc%2Fd%3D&\
             subject_token_type=urn%3Aietf%3Aparams%3Aoauth%3Atoken-type%3Aaccess_token"
        );
    }
}
