//! No verification: the token is only decoded.

use sha2::{Digest, Sha256};

use super::claims::seconds;
use super::jws::Jws;
use super::{Refusal, Refused, Subject};

/// What the subject of a token begins with that is not a JWT.
pub(crate) const OPAQUE_SUBJECT: &str = "opaque:";

/// Believes the token. One that is not a JWT stands for a user of its own, named by its hash, so that user changes
/// whenever such a token rotates.
pub(super) fn verify(token: &str, now: i64) -> Result<Subject, Refused> {
    let Some(jws) = Jws::parse(token) else {
        return Ok(Subject {
            sub: format!("{OPAQUE_SUBJECT}{:x}", Sha256::digest(token)),
            ..Subject::default()
        });
    };
    if seconds(&jws.claims, "exp")?.is_some_and(|exp| exp <= now) {
        return Err(Refused::new(Refusal::Expired, "the token has expired"));
    }
    Subject::read(&jws.claims)
}
