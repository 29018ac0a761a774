//! What a caller gets of an answer.

use super::endpoint::{Lift, Reads, Take};
use super::plan::Plan;
use crate::error::{Code, Fault};
use crate::json::{Field, Malformed, Platform};

/// Reads the answer of a call that succeeded.
pub fn read<J: Platform>(plan: &Plan<J>, answer: Option<J>) -> Result<J, Fault> {
    let read = match plan.endpoint.reads {
        Reads::Nothing | Reads::Stream => return Ok(J::null()),
        Reads::Cancelled => return Ok(cancelled(true)),
        Reads::One(shape) => object(answer, shape.object).and_then(|field| lift(&field, shape)),
        Reads::Page(items, shape) => object(answer, "").and_then(|field| page(&field, items, shape, plan)),
    };
    read.map_err(|malformed| {
        Fault::of(Code::MalformedResponse, &[plan.endpoint.name, ": ", &malformed.sentence()])
    })
}

/// What a refusal means to a call: cancelling what is already over is an answer, not an error.
pub fn mend<J: Platform>(plan: &Plan<J>, failure: &Fault) -> Option<J> {
    (matches!(plan.endpoint.reads, Reads::Cancelled) && failure.code == Code::NotFound)
        .then(|| cancelled(false))
}

fn cancelled<J: Platform>(cancelled: bool) -> J {
    let answer = J::object();
    answer.set("cancelled", J::bool(cancelled));
    answer
}

fn object<J: Platform>(answer: Option<J>, name: &str) -> Result<Field<J>, Malformed> {
    match answer {
        Some(json) => Field::root(json, name).object(),
        None => Err(Malformed { field: "the answer".into(), expected: "JSON" }),
    }
}

/// What all backends share is lifted out; `raw` is the object itself.
fn lift<J: Platform>(field: &Field<J>, shape: &Lift) -> Result<J, Malformed> {
    let lifted = J::object();
    for member in shape.members {
        let value = match member.take {
            Take::Text => J::string(&field.text(member.from)?),
            Take::OptionalText => {
                field.optional_text(member.from)?.map_or_else(J::null, |text| J::string(&text))
            }
            Take::Any => field.value().member(member.from).unwrap_or_else(J::null),
            Take::False => J::bool(false),
        };
        lifted.set(member.to, value);
    }
    lifted.set("raw", field.value().clone());
    Ok(lifted)
}

/// A page, as the face wants it: the items, whether there is more, and the cursor to ask for it with.
fn page<J: Platform>(answer: &Field<J>, items: &str, shape: &Lift, plan: &Plan<J>) -> Result<J, Malformed> {
    let page = J::object();
    let mut lifted = Vec::new();
    for item in answer.elements(items)? {
        lifted.push(lift(&item, shape)?);
    }
    page.set("items", J::array(lifted));
    let more = answer.boolean("hasMore")?;
    page.set("hasMore", J::bool(more));
    if more {
        let cursor = answer.text("nextCursor")?;
        if plan.asked("cursor") == Some(cursor.as_str()) {
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
