//! Values that a JSON Schema allows, as a model under a strict schema would write them: everything that is required
//! has a value, and what is optional is there as null.

use serde_json::{Map, Value, json};

/// How deep a schema is followed; one that refers to itself has no end.
const DEEPEST: usize = 8;

/// A value for a schema.
pub(super) fn value(schema: &Value) -> Value {
    at("value", schema, DEEPEST)
}

fn at(name: &str, schema: &Value, depth: usize) -> Value {
    for given in ["const", "default"] {
        if let Some(value) = schema.get(given) {
            return value.clone();
        }
    }
    let first = |member: &str| schema.get(member).and_then(Value::as_array).and_then(|list| list.first());
    if let Some(value) = first("enum").or_else(|| first("examples")) {
        return value.clone();
    }
    if depth == 0 {
        return Value::Null;
    }
    if let Some(choice) = first("anyOf").or_else(|| first("oneOf")) {
        return at(name, choice, depth - 1);
    }
    match kind(schema) {
        Some("string") => json!(format!("a {name}")),
        Some("integer" | "number") => schema.get("minimum").cloned().unwrap_or_else(|| json!(1)),
        Some("boolean") => json!(true),
        Some("array") => {
            schema.get("items").map_or_else(|| json!([]), |item| json!([at(name, item, depth - 1)]))
        }
        Some("object") => object(schema, depth),
        _ => Value::Null,
    }
}

fn object(schema: &Value, depth: usize) -> Value {
    let required = schema.get("required").and_then(Value::as_array);
    let is_required = |name: &str| required.is_some_and(|names| names.iter().any(|item| item == name));
    let properties = schema.get("properties").and_then(Value::as_object).into_iter().flatten();
    let members = properties.map(|(name, schema)| {
        let value = if is_required(name) { at(name, schema, depth - 1) } else { Value::Null };
        (name.clone(), value)
    });
    members.collect::<Map<_, _>>().into()
}

/// The schema's type, the first one of several, and where it has none the one its members tell of.
fn kind(schema: &Value) -> Option<&str> {
    match schema.get("type") {
        Some(Value::String(kind)) => Some(kind),
        Some(Value::Array(kinds)) => kinds.iter().filter_map(Value::as_str).find(|kind| *kind != "null"),
        _ => schema.get("properties").map(|_| "object"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn required_members_have_values_and_optional_ones_are_null() {
        let schema = json!({
            "type": "object",
            "properties": {
                "city": { "type": "string" },
                "unit": { "enum": ["celsius", "fahrenheit"] },
                "days": { "type": ["null", "integer"], "minimum": 3 },
                "tags": { "type": "array", "items": { "type": "boolean" } },
                "place": { "properties": { "x": { "type": "number" }, "y": { "type": "number" } }, "required": ["x"] },
                "note": { "type": "string" },
            },
            "required": ["city", "unit", "days", "tags", "place"],
        });
        let expected = json!({
            "city": "a city", "unit": "celsius", "days": 3, "tags": [true], "place": { "x": 1, "y": null }, "note": null,
        });
        assert_eq!(value(&schema), expected);
    }

    #[test]
    fn a_schema_without_end_has_one_here() {
        let mut schema = json!({ "type": "array" });
        for _ in 0..100 {
            schema = json!({ "type": "array", "items": schema });
        }
        assert!(value(&schema).to_string().len() < 100);
        assert_eq!(value(&json!(true)), Value::Null);
    }
}
