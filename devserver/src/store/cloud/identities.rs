//! Anonymous users, found by their refresh tokens. Of those only the hashes are kept.

use rusqlite::{Connection, OptionalExtension, params};
use sha2::{Digest, Sha256};

/// Adds an anonymous user.
pub(crate) fn insert(
    connection: &Connection,
    project_id: &str,
    user_id: &str,
    refresh_token: &str,
    expires_at: i64,
) -> rusqlite::Result<()> {
    connection.execute(
        "insert into cloud_identities (user_id, project_id, refresh_hash, expires_at) values (?1, ?2, ?3, ?4)",
        params![user_id, project_id, hash(refresh_token), expires_at],
    )?;
    Ok(())
}

/// Whose a refresh token is that is good at the time `now`.
pub(crate) fn find(
    connection: &Connection,
    project_id: &str,
    refresh_token: &str,
    now: i64,
) -> rusqlite::Result<Option<String>> {
    connection
        .query_row(
            "select user_id from cloud_identities where project_id = ?1 and refresh_hash = ?2 and expires_at > ?3",
            params![project_id, hash(refresh_token), now],
            |row| row.get(0),
        )
        .optional()
}

/// Lets a user's refresh token live until another time.
pub(crate) fn extend(connection: &Connection, user_id: &str, expires_at: i64) -> rusqlite::Result<()> {
    connection.execute(
        "update cloud_identities set expires_at = ?2 where user_id = ?1",
        params![user_id, expires_at],
    )?;
    Ok(())
}

fn hash(refresh_token: &str) -> [u8; 32] {
    Sha256::digest(refresh_token).into()
}
