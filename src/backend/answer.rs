//! What a caller gets of an answer.

use super::endpoint::{Lift, Reads, Take};
use super::plan::Plan;
use crate::error::{Code, Fault};
use crate::json::{Malformed, Platform, number};

/// Reads the answer of a call that succeeded.
pub fn read<J: Platform>(plan: &Plan<J>, answer: Option<J>) -> Result<J, Fault> {
    let read = match plan.endpoint.reads {
        Reads::Nothing | Reads::Stream => return Ok(J::null()),
        Reads::Cancelled => return Ok(cancelled(true)),
        Reads::One(shape) => {
            object(answer).and_then(|json| lift(&json, shape).map_err(|wrong| wrong.within(&[shape.object])))
        }
        Reads::Page(name, shape) => object(answer).and_then(|json| page(&json, name, shape, plan)),
    };
    read.map_err(|wrong| Fault::of(Code::MalformedResponse, &[plan.endpoint.name, ": ", &wrong.0]))
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

fn object<J: Platform>(answer: Option<J>) -> Result<J, Malformed> {
    match answer {
        Some(json) if json.is_object() => Ok(json),
        _ => Err(Malformed::new("the answer", "a JSON object")),
    }
}

/// What all backends share is lifted out; `raw` is the object itself.
fn lift<J: Platform>(object: &J, shape: &Lift) -> Result<J, Malformed> {
    let lifted = J::object();
    for member in shape.members {
        let value = match member.take {
            Take::Text => J::string(&object.required_text(member.from)?),
            Take::OptionalText => {
                object.optional_text(member.from)?.map_or_else(J::null, |text| J::string(&text))
            }
            Take::Any => object.member(member.from).unwrap_or_else(J::null),
            Take::False => J::bool(false),
        };
        lifted.set(member.to, value);
    }
    lifted.set("raw", object.clone());
    Ok(lifted)
}

/// A page, as the face wants it: the items, whether there is more, and the cursor to ask for it with.
fn page<J: Platform>(answer: &J, name: &str, shape: &Lift, plan: &Plan<J>) -> Result<J, Malformed> {
    let page = J::object();
    let list = answer.member(name).unwrap_or_else(J::null);
    let length = list.length().ok_or_else(|| Malformed::new(name, "an array"))?;
    let items = J::array();
    for index in 0..length {
        let item = lift(&list.item(index), shape);
        items.push(item.map_err(|wrong| wrong.within(&[name, "[", &number(index), "]"]))?);
    }
    page.set("items", items);
    let more = answer.member("hasMore").and_then(|more| more.boolean());
    let more = more.ok_or_else(|| Malformed::new("hasMore", "true or false"))?;
    page.set("hasMore", J::bool(more));
    if more {
        let cursor = answer.required_text("nextCursor")?;
        if plan.cursor.as_ref() == Some(&cursor) {
            // A caller who iterates would never come to an end.
            return Err(Malformed::new("nextCursor", "another one than was asked with"));
        }
        page.set("cursor", J::string(&cursor));
    }
    Ok(page)
}
