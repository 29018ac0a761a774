//! Public keys, from a JWK, an SPKI PEM or an X.509 PEM, and what each may verify.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, DecodingKey};
use p521::ecdsa::signature::Verifier as _;
use p521::ecdsa::{Signature, VerifyingKey};
use serde_json::{Map, Value};
use x509_cert::Certificate;
use x509_cert::der::asn1::{ObjectIdentifier, UintRef};
use x509_cert::der::{Decode, DecodePem, Reader, SliceReader};
use x509_cert::spki::SubjectPublicKeyInfoOwned;

use super::jws::Jws;

const RSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");
const EC: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");
const P256: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.3.1.7");
const P384: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.132.0.34");
const P521: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.132.0.35");

/// RFC 7518 asks for 2048 bits, and the service's library refuses less.
const SHORTEST_RSA_MODULUS: usize = 2048 / 8;

/// A key that verifies. Its kind decides the algorithms, whatever the token says, so that no token can have a public
/// key used as a shared secret.
#[derive(Debug)]
pub(crate) enum PublicKey {
    Rsa(DecodingKey),
    P256(DecodingKey),
    P384(DecodingKey),
    /// A valid point. The JWT library has no ES512.
    P521(Vec<u8>),
}

impl PublicKey {
    /// Reads a key as a person would configure it. The error completes the sentence "key …".
    pub(crate) fn from_text(text: &str) -> Result<Self, String> {
        let text = text.trim();
        if text.starts_with('{') {
            let jwk = serde_json::from_str(text).map_err(|error| format!("is not valid JSON ({error})"))?;
            return Self::from_jwk(&jwk);
        }
        if text.contains("PRIVATE KEY-----") {
            return Err("is a private key; give the public one, this server has no use for more".into());
        }
        let unusable = |error| format!("is a PEM that cannot be read ({error})");
        if text.starts_with("-----BEGIN CERTIFICATE-----") {
            let certificate = Certificate::from_pem(text).map_err(unusable)?;
            return Self::from_spki(&certificate.tbs_certificate.subject_public_key_info);
        }
        if text.starts_with("-----BEGIN PUBLIC KEY-----") {
            return Self::from_spki(&SubjectPublicKeyInfoOwned::from_pem(text).map_err(unusable)?);
        }
        Err("is neither a JWK ({\"kty\":…}), nor an SPKI PEM (BEGIN PUBLIC KEY), nor an X.509 PEM (BEGIN CERTIFICATE)".into())
    }

    /// Reads a JSON Web Key.
    pub(crate) fn from_jwk(jwk: &Map<String, Value>) -> Result<Self, String> {
        if jwk.contains_key("d") {
            return Err("is a private JWK; give the public one, without \"d\"".into());
        }
        let bytes = |name: &str| {
            let text = jwk.get(name).and_then(Value::as_str).unwrap_or_default();
            match URL_SAFE_NO_PAD.decode(text) {
                Ok(bytes) if !bytes.is_empty() => Ok(bytes),
                _ => Err(format!("is a JWK whose \"{name}\" is missing or not base64url")),
            }
        };
        match jwk.get("kty").and_then(Value::as_str) {
            Some("RSA") => Self::rsa(&bytes("n")?, &bytes("e")?),
            Some("EC") => {
                let curve = match jwk.get("crv").and_then(Value::as_str) {
                    Some("P-256") => P256,
                    Some("P-384") => P384,
                    Some("P-521") => P521,
                    _ => return Err("is on a curve other than P-256, P-384 and P-521".into()),
                };
                Self::ec(curve, &[&[4], bytes("x")?.as_slice(), bytes("y")?.as_slice()].concat())
            }
            Some("oct") => {
                Err("is a symmetric JWK; use verification = \"symmetric\" for a shared secret".into())
            }
            _ => Err("is a JWK of a kind other than RSA and EC".into()),
        }
    }

    fn from_spki(spki: &SubjectPublicKeyInfoOwned) -> Result<Self, String> {
        let unusable = |_| String::from("holds a public key that cannot be read");
        let content = spki.subject_public_key.raw_bytes();
        if spki.algorithm.oid == RSA {
            let mut reader = SliceReader::new(content).map_err(unusable)?;
            let (modulus, exponent) = reader
                .sequence(|inner| Ok((UintRef::decode(inner)?, UintRef::decode(inner)?)))
                .map_err(unusable)?;
            return Self::rsa(modulus.as_bytes(), exponent.as_bytes());
        }
        if spki.algorithm.oid == EC {
            let curve = spki.algorithm.parameters.as_ref().and_then(|any| any.decode_as().ok());
            return Self::ec(curve.ok_or("names no curve")?, content);
        }
        Err("is neither RSA nor EC".into())
    }

    fn rsa(modulus: &[u8], exponent: &[u8]) -> Result<Self, String> {
        let length = modulus.iter().skip_while(|byte| **byte == 0).count();
        if length < SHORTEST_RSA_MODULUS {
            return Err(format!("is RSA with {} bits; use at least 2048", length * 8));
        }
        Ok(Self::Rsa(DecodingKey::from_rsa_raw_components(modulus, exponent)))
    }

    /// `point` is the uncompressed SEC1 form.
    fn ec(curve: ObjectIdentifier, point: &[u8]) -> Result<Self, String> {
        match (curve, point.len()) {
            (P256, 65) => Ok(Self::P256(DecodingKey::from_ec_der(point))),
            (P384, 97) => Ok(Self::P384(DecodingKey::from_ec_der(point))),
            (P521, 133) => match VerifyingKey::from_sec1_bytes(point) {
                Ok(_) => Ok(Self::P521(point.to_vec())),
                Err(_) => Err("is not a point on P-521".into()),
            },
            _ => Err("is not an uncompressed point on P-256, P-384 or P-521".into()),
        }
    }

    /// Whether this key signed the token, with an algorithm that this kind of key is for.
    pub(crate) fn verifies(&self, jws: &Jws<'_>) -> bool {
        let (key, algorithm) = match (self, jws.algorithm()) {
            (Self::Rsa(key), Some("RS256")) => (key, Algorithm::RS256),
            (Self::Rsa(key), Some("RS384")) => (key, Algorithm::RS384),
            (Self::Rsa(key), Some("RS512")) => (key, Algorithm::RS512),
            (Self::Rsa(key), Some("PS256")) => (key, Algorithm::PS256),
            (Self::Rsa(key), Some("PS384")) => (key, Algorithm::PS384),
            (Self::Rsa(key), Some("PS512")) => (key, Algorithm::PS512),
            (Self::P256(key), Some("ES256")) => (key, Algorithm::ES256),
            (Self::P384(key), Some("ES384")) => (key, Algorithm::ES384),
            (Self::P521(key), Some("ES512")) => return p521_verifies(key, jws),
            _ => return false,
        };
        jsonwebtoken::crypto::verify(jws.signature, jws.signed.as_bytes(), key, algorithm).unwrap_or(false)
    }
}

fn p521_verifies(point: &[u8], jws: &Jws<'_>) -> bool {
    let check = || {
        let signature = Signature::from_slice(&URL_SAFE_NO_PAD.decode(jws.signature).ok()?).ok()?;
        VerifyingKey::from_sec1_bytes(point).ok()?.verify(jws.signed.as_bytes(), &signature).ok()
    };
    check().is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    // Made with another library; the private halves are gone.
    const PUBLIC: &str = include_str!("../../tests/keys/public.json");
    const REFUSED: &str = include_str!("../../tests/keys/refused.json");

    fn fixtures(text: &str) -> Map<String, Value> {
        serde_json::from_str(text).unwrap()
    }

    fn text(value: &Value) -> &str {
        value.as_str().unwrap()
    }

    #[test]
    fn nine_algorithms_from_three_forms_of_key() {
        let mut verified = 0;
        for (name, key) in fixtures(PUBLIC) {
            for form in [text(&key["spki"]), text(&key["x509"]), &key["jwk"].to_string()] {
                let public = PublicKey::from_text(form).unwrap();
                for (algorithm, token) in key["tokens"].as_object().unwrap() {
                    assert!(public.verifies(&Jws::parse(text(token)).unwrap()), "{algorithm} with {form}");
                    verified += 1;
                    // One bit of the signature, one of what was signed.
                    let end = text(token).len() - 3;
                    for position in [end, 60] {
                        let mut changed = text(token).to_owned();
                        let other = if changed.as_bytes()[position] == b'A' { "B" } else { "A" };
                        changed.replace_range(position..=position, other);
                        let parsed = Jws::parse(&changed);
                        assert!(
                            !parsed.is_some_and(|jws| public.verifies(&jws)),
                            "{name} {algorithm} {position}"
                        );
                    }
                }
            }
        }
        assert_eq!(verified, 9 * 3);
    }

    #[test]
    fn a_key_verifies_only_what_its_kind_is_for() {
        let keys = fixtures(PUBLIC);
        for (name, key) in &keys {
            let public = PublicKey::from_text(text(&key["spki"])).unwrap();
            for (other, theirs) in &keys {
                for (algorithm, token) in theirs["tokens"].as_object().unwrap() {
                    let verified = public.verifies(&Jws::parse(text(token)).unwrap());
                    assert_eq!(verified, name == other, "{name} and {algorithm}");
                }
            }
        }
    }

    #[test]
    fn a_public_key_is_no_shared_secret() {
        for (_, key) in fixtures(PUBLIC) {
            for form in [text(&key["spki"]), text(&key["x509"]), &key["jwk"].to_string()] {
                for (header, secret) in [
                    (r#"{"alg":"HS256"}"#, form.as_bytes()),
                    (r#"{"alg":"none"}"#, form.as_bytes()),
                    (r#"{"alg":"None"}"#, b"".as_slice()),
                ] {
                    let signed = format!(
                        "{}.{}",
                        URL_SAFE_NO_PAD.encode(header),
                        URL_SAFE_NO_PAD.encode(r#"{"sub":"a"}"#)
                    );
                    let key = jsonwebtoken::EncodingKey::from_secret(secret);
                    let signature =
                        jsonwebtoken::crypto::sign(signed.as_bytes(), &key, Algorithm::HS256).unwrap();
                    for token in [format!("{signed}.{signature}"), format!("{signed}.")] {
                        let jws = Jws::parse(&token).unwrap();
                        assert!(!PublicKey::from_text(form).unwrap().verifies(&jws), "{header}");
                    }
                }
            }
        }
    }

    #[test]
    fn what_is_no_usable_public_key_is_refused_with_the_reason() {
        let refused = fixtures(REFUSED);
        let public = fixtures(PUBLIC);
        let mut private_jwk = public["p256"]["jwk"].clone();
        private_jwk["d"] = "AA".into();
        let mut short_point = public["p256"]["jwk"].clone();
        short_point["x"] = "AA".into();
        let cases = [
            (text(&refused["short_rsa"]).to_owned(), "is RSA with 1024 bits"),
            (text(&refused["ed25519"]).to_owned(), "is neither RSA nor EC"),
            ("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----".into(), "is a private key"),
            (
                "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----".into(),
                "is a PEM that cannot be read",
            ),
            (private_jwk.to_string(), "is a private JWK"),
            (short_point.to_string(), "is not an uncompressed point"),
            (r#"{"kty":"oct","k":"AAAA"}"#.into(), "is a symmetric JWK"),
            (r#"{"kty":"OKP","crv":"Ed25519","x":"AA"}"#.into(), "of a kind other than RSA and EC"),
            (r#"{"kty":"RSA","n":"!","e":"AQAB"}"#.into(), "whose \"n\" is missing or not base64url"),
            ("{".into(), "is not valid JSON"),
            ("hello".into(), "is neither a JWK"),
        ];
        for (form, expected) in cases {
            let reason = PublicKey::from_text(&form).unwrap_err();
            assert!(reason.contains(expected), "{form}: {reason}");
        }
    }
}
