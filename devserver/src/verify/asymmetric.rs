//! One configured public key.

use super::claims::check_times;
use super::jws::Jws;
use super::key::PublicKey;
use super::{Refusal, Refused, Subject};

/// Verifies against the configured key. The service answers every failure with the same words, as if its own
/// configuration were at fault; only a missing subject is told apart.
pub(super) fn verify(token: &str, now: i64, key: &PublicKey) -> Result<Subject, Refused> {
    let mismatch = |why: &str| Refused::new(Refusal::KeyMismatch, why);
    let jws = Jws::parse(token).ok_or_else(|| mismatch("the token is not a JWT"))?;
    if !key.verifies(&jws) {
        return Err(mismatch(
            "the signature does not match the configured key, or uses an algorithm it is not for",
        ));
    }
    check_times(&jws.claims, now).map_err(|refused| mismatch(&refused.why))?;
    Subject::read(&jws.claims)
}
