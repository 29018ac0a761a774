//! What all backends share is lifted out of Tambo's objects; `raw` is the object itself.

use crate::json::{Field, JsonBuild, Malformed};

pub(super) fn thread<J: JsonBuild>(field: &Field<J>) -> Result<J, Malformed> {
    let thread = J::object();
    thread.set("id", J::string(&field.text("id")?));
    thread.set("title", text_or_null(field, "name")?);
    thread.set("createdAt", J::string(&field.text("createdAt")?));
    thread.set("updatedAt", J::string(&field.text("updatedAt")?));
    thread.set("archived", J::bool(false));
    thread.set("metadata", field.value().member("metadata").unwrap_or_else(J::null));
    thread.set("raw", field.value().clone());
    Ok(thread)
}

pub(super) fn message<J: JsonBuild>(field: &Field<J>) -> Result<J, Malformed> {
    let message = J::object();
    message.set("id", J::string(&field.text("id")?));
    message.set("parentId", text_or_null(field, "parentMessageId")?);
    message.set("role", text_or_null(field, "role")?);
    message.set("createdAt", text_or_null(field, "createdAt")?);
    message.set("raw", field.value().clone());
    Ok(message)
}

fn text_or_null<J: JsonBuild>(field: &Field<J>, name: &str) -> Result<J, Malformed> {
    Ok(field.optional_text(name)?.map_or_else(J::null, |text| J::string(&text)))
}

/// A page, as the face wants it: the items, whether there is more, and the cursor to ask for it with.
pub(super) fn page<J: JsonBuild>(
    answer: &Field<J>,
    items: &str,
    lift: fn(&Field<J>) -> Result<J, Malformed>,
    asked_with: Option<&str>,
) -> Result<J, Malformed> {
    let lifted = answer.elements(items)?.iter().map(lift).collect::<Result<Vec<J>, Malformed>>()?;
    let page = J::object();
    page.set("items", J::array(lifted));
    let more = answer.boolean("hasMore")?;
    page.set("hasMore", J::bool(more));
    if more {
        let cursor = answer.text("nextCursor")?;
        if asked_with == Some(cursor.as_str()) {
            // A caller who iterates would never come to an end.
            return Err(Malformed {
                field: "nextCursor".into(),
                expected: "another one than was asked with",
            });
        }
        page.set("cursor", J::string(&cursor));
    }
    Ok(page)
}
