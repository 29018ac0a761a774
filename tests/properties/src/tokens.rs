//! Tokens: what they say of themselves, and where they go.

use threadpass::backend::tambo::{SubjectTokenType, exchange_body};
use threadpass::backend::{Identity, authorize, same_place};
use threadpass::json::native::NativeJson;
use threadpass::secret::{Secret, is_b64token, is_visible_ascii};
use threadpass::session::{Answer, Claims, TabMessage, Use};

use crate::secrets;

/// Any text is a token that can be looked into, or an opaque one.
pub fn claims(token: &str) {
    let claims = Claims::of::<NativeJson>(token);
    assert!(claims.expires_at_s.is_none_or(f64::is_finite) && claims.issued_at_s.is_none_or(f64::is_finite));
    assert_eq!(claims.user.is_some(), claims.identity.is_some());
    if let (Some(user), Some(identity)) = (&claims.user, &claims.identity) {
        assert!(!user.id.is_empty() && user.id == identity.subject);
    }
    if claims != Claims::default() {
        assert_eq!(token.split('.').count(), 3, "only a compact JWS is looked into");
    }
}

/// Any text is nobody, a token that its place can take, or refused without being repeated.
pub fn header(text: &str) {
    for usage in [Use::Exchange, Use::Direct] {
        match Answer::of_text::<NativeJson>(text, usage) {
            Answer::Nobody => assert!(text.is_empty()),
            Answer::Token(token, _) => {
                let token = token.expose();
                assert_eq!(token, text.trim_ascii());
                assert!(is_visible_ascii(token) && (usage == Use::Exchange || is_b64token(token)));
            }
            Answer::Unusable(fault) => secrets::failure(&fault),
            Answer::Failed(_) => panic!("a text is an answer"),
        }
    }
    assert_eq!(TabMessage::parse(text).map(TabMessage::as_str), Some(text).filter(is_message));
    if is_b64token(text) {
        let token = Secret::new(text.to_owned());
        let set = |name: &str, value: &str| {
            assert!(!name.is_empty() && value.bytes().all(|byte| (b' '..=b'~').contains(&byte)));
            if name == "authorization" {
                assert_eq!(value.split(' ').collect::<Vec<_>>(), ["Bearer", text]);
            }
        };
        authorize(&set, secrets::KEY, Some(&Identity::Bearer(&token))).unwrap();
    }
    if let Ok(url) = url::Url::parse(text) {
        let origin = url.origin().ascii_serialization();
        let home = "https://api.example.com";
        if same_place(home, &origin, url.username(), url.password().unwrap_or_default()) {
            assert_eq!((url.scheme(), url.host_str(), url.port()), ("https", Some("api.example.com"), None));
            assert!(
                !url.as_str().contains('@')
                    || url.path().contains('@')
                    || url.query().is_some()
                    || url.fragment().is_some()
            );
        }
    }
}

fn is_message(text: &&str) -> bool {
    matches!(*text, "signed-out" | "user-changed")
}

/// The exchange's form says what it was given, byte for byte, and nothing else.
pub fn form(subject: &str) {
    for (kind, urn) in
        [(SubjectTokenType::AccessToken, "access_token"), (SubjectTokenType::IdToken, "id_token")]
    {
        let body = exchange_body::<NativeJson>(&Secret::new(subject.to_owned()), kind);
        assert!(body.bytes().all(|byte| byte.is_ascii_graphic()));
        let pairs: Vec<_> = form_urlencoded::parse(body.as_bytes()).into_owned().collect();
        let expected = [
            ("grant_type", "urn:ietf:params:oauth:grant-type:token-exchange"),
            ("subject_token", subject),
            ("subject_token_type", &format!("urn:ietf:params:oauth:token-type:{urn}")),
        ];
        assert_eq!(pairs, expected.map(|(name, value)| (name.to_owned(), value.to_owned())));
    }
}
