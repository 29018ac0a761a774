//! Items of the store: values by namespace and key, each user's for themselves.

use rusqlite::{Connection, OptionalExtension, Row, params};
use serde_json::Value;

use crate::store::threads::Owner;

/// An item as it is kept.
#[derive(Debug, Clone)]
pub(crate) struct ItemRow {
    pub(crate) namespace: Vec<String>,
    pub(crate) key: String,
    pub(crate) value: Value,
    pub(crate) created_at: i64,
    pub(crate) updated_at: i64,
}

/// Labels have no dots in them.
const SEPARATOR: &str = ".";
const COLUMNS: &str = "namespace, key, value, created_at, updated_at";

/// Adds an item or replaces its value.
pub(crate) fn put(
    connection: &Connection,
    owner: &Owner,
    namespace: &[String],
    key: &str,
    value: &Value,
    now: i64,
) -> rusqlite::Result<()> {
    connection.execute(
        "insert into graph_items (project_id, context_key, namespace, key, value, created_at, updated_at)
         values (?1, ?2, ?3, ?4, ?5, ?6, ?6)
         on conflict do update set value = ?5, updated_at = ?6",
        params![owner.project_id, owner.context_key, namespace.join(SEPARATOR), key, value, now],
    )?;
    Ok(())
}

/// An item.
pub(crate) fn find(
    connection: &Connection,
    owner: &Owner,
    namespace: &[String],
    key: &str,
) -> rusqlite::Result<Option<ItemRow>> {
    connection
        .query_row(
            &format!(
                "select {COLUMNS} from graph_items
                 where project_id = ?1 and context_key = ?2 and namespace = ?3 and key = ?4"
            ),
            params![owner.project_id, owner.context_key, namespace.join(SEPARATOR), key],
            read,
        )
        .optional()
}

/// The owner's items, those touched last first.
pub(crate) fn all(connection: &Connection, owner: &Owner) -> rusqlite::Result<Vec<ItemRow>> {
    connection
        .prepare(&format!(
            "select {COLUMNS} from graph_items where project_id = ?1 and context_key = ?2 order by updated_at desc"
        ))?
        .query_map(params![owner.project_id, owner.context_key], read)?
        .collect()
}

/// Deletes an item, if it is there.
pub(crate) fn delete(
    connection: &Connection,
    owner: &Owner,
    namespace: &[String],
    key: &str,
) -> rusqlite::Result<()> {
    connection.execute(
        "delete from graph_items where project_id = ?1 and context_key = ?2 and namespace = ?3 and key = ?4",
        params![owner.project_id, owner.context_key, namespace.join(SEPARATOR), key],
    )?;
    Ok(())
}

fn read(row: &Row<'_>) -> rusqlite::Result<ItemRow> {
    let namespace: String = row.get("namespace")?;
    Ok(ItemRow {
        namespace: namespace.split(SEPARATOR).map(str::to_owned).collect(),
        key: row.get("key")?,
        value: row.get("value")?,
        created_at: row.get("created_at")?,
        updated_at: row.get("updated_at")?,
    })
}
