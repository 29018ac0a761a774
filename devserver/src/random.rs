//! Ids and keys nobody can guess.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rand::Rng;
use rand::distributions::{Alphanumeric, DistString};

use crate::secret::Secret;

/// An id in the service's form: prefix, eight characters, a dot, six hexadecimal digits.
pub(crate) fn id(prefix: &str) -> String {
    let mut random = rand::thread_rng();
    let body = Alphanumeric.sample_string(&mut random, 8);
    format!("{prefix}_{body}.{:06x}", random.r#gen::<u32>() & 0xff_ffff)
}

/// What a project's session tokens are signed with: 64 hexadecimal digits, used as text.
pub(crate) fn signing_secret() -> Secret {
    let bytes: [u8; 32] = rand::random();
    Secret::new(bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>())
}

/// A key to be shown to the person who started the server.
pub(crate) fn key(prefix: &str) -> Secret {
    let bytes: [u8; 32] = rand::random();
    Secret::new(format!("{prefix}_{}", URL_SAFE_NO_PAD.encode(bytes)))
}

/// `length` characters of the alphabet of nanoid.
pub(crate) fn nanoid(length: usize) -> String {
    const ALPHABET: &[u8; 64] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-_";
    let mut random = rand::thread_rng();
    (0..length)
        .filter_map(|_| ALPHABET.get(random.gen_range(0..ALPHABET.len())))
        .map(|byte| char::from(*byte))
        .collect()
}
