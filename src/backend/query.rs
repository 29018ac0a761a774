//! Query members from a caller's object.

use crate::error::{Code, Failure};
use crate::json::Json;

/// What a query member has to be.
#[derive(Clone, Copy, Debug)]
pub(super) enum Kind {
    /// A string that is sent as it is.
    Text,
    /// A whole number of at least one.
    Count,
}

/// Reads the members of `query` that the endpoint knows. Absent, `undefined` and null ones are left out.
pub(super) fn read<J: Json>(
    query: Option<&J>,
    known: &[(&'static str, Kind)],
) -> Result<Vec<(&'static str, String)>, Failure> {
    let mut pairs = Vec::new();
    let Some(query) = query.filter(|query| !query.is_null()) else { return Ok(pairs) };
    for (name, kind) in known {
        let Some(value) = query.member(name).filter(|value| !value.is_null()) else { continue };
        let text = match kind {
            Kind::Text => value.text(),
            Kind::Count => value.number().filter(|n| *n >= 1.0 && *n <= 1e9 && n.fract() == 0.0).map(|n| {
                // Checked above, so nothing is cut off.
                (n as u32).to_string()
            }),
        };
        let Some(text) = text else {
            let takes = match kind {
                Kind::Text => "a string",
                Kind::Count => "a whole number of at least 1",
            };
            let message = String::from(*name) + " should be " + takes;
            return Err(Failure::new(Code::InvalidArgument, message));
        };
        pairs.push((*name, text));
    }
    Ok(pairs)
}
