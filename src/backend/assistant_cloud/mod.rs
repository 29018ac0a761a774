//! Assistant Cloud: threads, messages as a tree, titles, reports and files. The recorded exchanges stand under
//! `tests/contracts`.
//!
//! Anonymous identities, and the claim of what they have left, are the package's TypeScript's: they need storage and locks.

mod endpoints;
#[cfg(test)]
mod tests;

pub use endpoints::CALLS;

use crate::json::Platform;
use crate::secret::{Secret, is_b64token};
use crate::session::Claims;

/// The token of an `Authorization` header in an answer, if it is one, and what it says of itself.
#[must_use]
pub fn read_rotated<J: Platform>(header: &str) -> Option<(Secret, Claims)> {
    let token = header.strip_prefix("Bearer ").filter(|token| takes(token) && is_b64token(token))?;
    Some((Secret::new(token.to_owned()), Claims::of::<J>(token)))
}

/// Whether a text can be a token: the service takes JWTs, so that anything else is what a token endpoint says when it
/// refuses.
#[must_use]
pub fn takes(token: &str) -> bool {
    token.bytes().filter(|byte| *byte == b'.').count() >= 2
}
