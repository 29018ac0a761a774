//! Where the next page of a list begins.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};

use super::problem::Problem;
use crate::store::threads::Position;
use crate::timestamp;

#[derive(Serialize, Deserialize)]
struct Cursor {
    #[serde(rename = "createdAt")]
    created_at: String,
    id: String,
}

/// The cursor for what comes after `position`.
pub(super) fn encode(position: &Position) -> String {
    let cursor = Cursor { created_at: timestamp::iso(position.created_at), id: position.id.clone() };
    URL_SAFE_NO_PAD.encode(serde_json::to_vec(&cursor).unwrap_or_default())
}

/// Reads a cursor that a client sent back.
pub(super) fn decode(text: &str) -> Result<Position, Problem> {
    let read = || {
        let cursor: Cursor = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(text).ok()?).ok()?;
        Some(Position { created_at: timestamp::parse(&cursor.created_at)?, id: cursor.id })
    };
    read().ok_or_else(|| Problem::bad_request("Invalid cursor"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_and_back() {
        let position = Position { created_at: 1_795_242_474_615, id: "thr_a.1".into() };
        assert_eq!(decode(&encode(&position)).unwrap(), position);
    }

    #[test]
    fn anything_else_is_refused() {
        for text in ["garbage", "", "e30", &URL_SAFE_NO_PAD.encode(r#"{"createdAt":"now","id":"x"}"#)] {
            assert!(decode(text).is_err(), "{text}");
        }
    }
}
