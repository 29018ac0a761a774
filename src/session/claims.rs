//! What a token says about itself: a best-effort hint, never a decision about trust (decision D12, RFC 8725).

use std::rc::Rc;

use crate::json::{Json, Platform};

/// The largest token we look into. Larger ones are used all the same, as opaque ones.
const LARGEST: usize = 64 * 1024;

/// Who a token is about, as far as can be compared. Two people differ in at least one member.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// `sub`; without it there is no identity to compare.
    pub subject: String,
    /// `iss`, `org_id` (or `o.id`), `tid`, `hd`, `project_id`, `workspace_id`.
    pub scope: [Option<String>; 6],
}

/// Unverified hints for display.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UserHint {
    /// `sub`.
    pub id: String,
    /// `email`.
    pub email: Option<String>,
    /// `org_id` or `o.id`.
    pub org_id: Option<String>,
}

/// The claims that the session machine reads. All of them may be missing: the token may be opaque.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Claims {
    /// Who it is about.
    pub identity: Option<Rc<Identity>>,
    /// For display.
    pub user: Option<Rc<UserHint>>,
    /// `exp`, seconds since the epoch, possibly fractional (RFC 7519 section 4.1.4).
    pub expires_at_s: Option<f64>,
    /// `iat`, seconds since the epoch.
    pub issued_at_s: Option<f64>,
}

impl Claims {
    /// Reads a JWT's payload. Anything unreadable gives empty claims.
    #[must_use]
    pub fn of<J: Platform>(token: &str) -> Self {
        payload(token).and_then(|text| J::parse(&text)).map_or_else(Self::default, |json| Self::read(&json))
    }

    fn read<J: Json>(json: &J) -> Self {
        let organisation = json
            .text_at("org_id")
            .or_else(|| json.member("o").and_then(|organisation| organisation.text_at("id")));
        let subject = json.text_at("sub").filter(|subject| !subject.is_empty());
        let number = |name| json.member(name).and_then(|value| value.number()).filter(|n| n.is_finite());
        Self {
            user: subject.clone().map(|id| {
                Rc::new(UserHint { id, email: json.text_at("email"), org_id: organisation.clone() })
            }),
            identity: subject.map(|subject| {
                Rc::new(Identity {
                    subject,
                    scope: [
                        json.text_at("iss"),
                        organisation,
                        json.text_at("tid"),
                        json.text_at("hd"),
                        json.text_at("project_id"),
                        json.text_at("workspace_id"),
                    ],
                })
            }),
            expires_at_s: number("exp"),
            issued_at_s: number("iat"),
        }
    }
}

/// The payload of a compact JWS: the middle one of three parts, base64url (RFC 7515 section 2), UTF-8.
fn payload(token: &str) -> Option<Vec<u8>> {
    if token.len() > LARGEST {
        return None;
    }
    let mut parts = token.as_bytes().split(|byte| *byte == b'.');
    let (_header, payload, _signature) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() {
        return None;
    }
    base64url(payload)
}

/// Unpadded base64url; padding, which some issuers add, is passed over.
fn base64url(text: &[u8]) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    let (mut bits, mut count) = (0_u32, 0);
    for byte in text.iter().filter(|byte| **byte != b'=') {
        let six = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'-' => 62,
            b'_' => 63,
            _ => return None,
        };
        bits = bits << 6 | u32::from(six);
        count += 6;
        if count >= 8 {
            count -= 8;
            bytes.push((bits >> count) as u8);
        }
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use base64ct::{Base64UrlUnpadded, Encoding};
    use proptest::prelude::*;

    use super::*;
    use crate::json::native::NativeJson;

    fn token(payload: &str) -> String {
        format!("e30.{}.sig", Base64UrlUnpadded::encode_string(payload.as_bytes()))
    }

    fn claims(payload: &str) -> Claims {
        Claims::of::<NativeJson>(&token(payload))
    }

    #[test]
    fn reads_names_in_any_script_and_any_length() {
        for name in ["Zoë", "Łukasz", "Ольга", "李雷", "मीरा", "a", "ab", "abc", "ab?>~"] {
            let claims = claims(&format!(r#"{{"sub":"{name}","email":"{name}@x"}}"#));
            assert_eq!(claims.user.unwrap().id, name);
        }
    }

    #[test]
    fn organisation_comes_in_two_spellings() {
        let flat = claims(r#"{"sub":"u","org_id":"org_9"}"#);
        let nested = claims(r#"{"sub":"u","o":{"id":"org_9","rol":"admin"}}"#);
        assert_eq!(flat.identity, nested.identity);
        assert_eq!(nested.user.unwrap().org_id.as_deref(), Some("org_9"));
    }

    #[test]
    fn a_different_scope_is_a_different_identity() {
        let base = claims(r#"{"sub":"u","iss":"a"}"#).identity;
        for other in [
            r#"{"sub":"v","iss":"a"}"#,
            r#"{"sub":"u","iss":"b"}"#,
            r#"{"sub":"u","iss":"a","org_id":"o"}"#,
            r#"{"sub":"u","iss":"a","tid":"t"}"#,
            r#"{"sub":"u","iss":"a","hd":"h"}"#,
            r#"{"sub":"u","iss":"a","project_id":"p"}"#,
            r#"{"sub":"u","iss":"a","workspace_id":"w"}"#,
        ] {
            assert_ne!(claims(other).identity, base, "{other}");
        }
    }

    #[test]
    fn what_cannot_be_read_is_opaque() {
        let five_parts = "a.b.c.d.e";
        let bad_utf8 = format!("e30.{}.s", Base64UrlUnpadded::encode_string(&[0xff, 0xfe]));
        let large = token(&format!(r#"{{"sub":"{}"}}"#, "x".repeat(LARGEST)));
        for opaque in
            ["", "opaque", "a.b", "..", "e30.!!.s", five_parts, &bad_utf8, &large, &token("[1]"), &token("7")]
        {
            assert_eq!(Claims::of::<NativeJson>(opaque), Claims::default());
        }
        let odd = claims(r#"{"sub":7,"exp":"soon","iat":null}"#);
        assert_eq!(odd, Claims::default());
    }

    #[test]
    fn times_may_be_fractional() {
        let claims = claims(r#"{"exp":1795243300.5,"iat":1795242400}"#);
        assert_eq!(claims.expires_at_s, Some(1_795_243_300.5));
        assert_eq!(claims.issued_at_s, Some(1_795_242_400.0));
    }

    #[test]
    fn padded_payloads_are_read_too() {
        let padded = format!("e30.{}==.s", Base64UrlUnpadded::encode_string(br#"{"sub":"ab"}"#));
        assert_eq!(Claims::of::<NativeJson>(&padded).user.unwrap().id, "ab");
    }

    proptest! {
        #[test]
        fn decodes_what_a_library_encodes(bytes: Vec<u8>) {
            prop_assert_eq!(base64url(Base64UrlUnpadded::encode_string(&bytes).as_bytes()), Some(bytes));
        }

        #[test]
        fn any_text_is_read_or_is_opaque(token: String) {
            let _ = Claims::of::<NativeJson>(&token);
        }
    }
}
