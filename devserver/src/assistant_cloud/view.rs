//! Rows as the REST answers show them.

use serde_json::{Value, json};

use crate::store::cloud::messages::MessageRow;
use crate::store::cloud::threads::ThreadRow;
use crate::timestamp::iso;

pub(super) fn thread(row: &ThreadRow) -> Value {
    json!({
        "id": row.id,
        "project_id": row.project_id,
        "workspace_id": row.workspace_id,
        "created_at": iso(row.created_at),
        "updated_at": iso(row.updated_at),
        "title": row.title,
        "last_message_at": iso(row.last_message_at),
        "is_archived": row.is_archived,
        "external_id": row.external_id,
        "metadata": row.metadata,
    })
}

pub(super) fn message(row: &MessageRow) -> Value {
    json!({
        "id": row.id,
        "parent_id": row.parent_id,
        "height": row.height,
        "created_at": iso(row.created_at),
        "updated_at": iso(row.updated_at),
        "format": row.format,
        "content": row.content,
        "external_id": row.external_id,
    })
}
