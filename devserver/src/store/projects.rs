//! Projects: the rows that make session tokens outlive a restart.

use rusqlite::{Connection, OptionalExtension, params};

use crate::random;
use crate::secret::Secret;

/// What the database keeps of a project.
#[derive(Debug)]
pub(crate) struct ProjectRow {
    pub(crate) id: String,
    pub(crate) signing_secret: Secret,
}

/// Finds a project by its fixed id or else by its name, and makes it where it is new.
pub(crate) fn find_or_create(
    connection: &Connection,
    name: &str,
    id: Option<&str>,
    now: i64,
) -> rusqlite::Result<ProjectRow> {
    let found = connection
        .query_row(
            "select id, signing_secret from projects
             where case when ?1 is null then name = ?2 else id = ?1 end
             order by created_at limit 1",
            params![id, name],
            |row| Ok(ProjectRow { id: row.get(0)?, signing_secret: Secret::new(row.get::<_, String>(1)?) }),
        )
        .optional()?;
    if let Some(row) = found {
        return Ok(row);
    }
    let row = ProjectRow {
        id: id.map_or_else(|| random::id("p"), str::to_owned),
        signing_secret: random::signing_secret(),
    };
    connection.execute(
        "insert into projects (id, name, signing_secret, created_at) values (?1, ?2, ?3, ?4)",
        params![row.id, name, row.signing_secret.reveal(), now],
    )?;
    Ok(row)
}

/// Replaces what a project's session tokens are signed with, which ends every token issued so far.
pub(crate) fn set_signing_secret(connection: &Connection, id: &str, secret: &Secret) -> rusqlite::Result<()> {
    connection
        .execute("update projects set signing_secret = ?2 where id = ?1", params![id, secret.reveal()])?;
    Ok(())
}
