//! One shared secret.

use jsonwebtoken::{Algorithm, DecodingKey};

use super::claims::check_times;
use super::jws::Jws;
use super::{Refused, Subject};
use crate::secret::Secret;

/// Verifies HS256, HS384 or HS512. Neither issuer nor audience is looked at.
pub(super) fn verify(token: &str, now: i64, secret: &Secret) -> Result<Subject, Refused> {
    let jws = Jws::parse(token).ok_or_else(|| Refused::invalid("the token is not a JWT"))?;
    let algorithm = match jws.algorithm() {
        Some("HS256") => Algorithm::HS256,
        Some("HS384") => Algorithm::HS384,
        Some("HS512") => Algorithm::HS512,
        _ => return Err(Refused::invalid("a shared secret verifies HS256, HS384 and HS512 only")),
    };
    let key = DecodingKey::from_secret(secret.reveal().as_bytes());
    match jsonwebtoken::crypto::verify(jws.signature, jws.signed.as_bytes(), &key, algorithm) {
        Ok(true) => {}
        _ => return Err(Refused::invalid("the signature does not match the shared secret")),
    }
    check_times(&jws.claims, now)?;
    Subject::read(&jws.claims)
}
