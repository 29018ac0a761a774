//! What a caller gets of an answer.

use super::endpoint::{Lift, Method, Reads, Take};
use super::plan::{Plan, with};
use super::reply::{Reply, code_of};
use super::retry::digits;
use crate::error::{Code, Detail, Failure, Fault};
use crate::json::{Json, Malformed, Platform, number};
use crate::secret::scrub;

/// Reads the answer of a call that succeeded. `known` is not to be repeated from the backend's words.
pub fn read<J: Platform>(plan: &Plan<J>, reply: Reply<J>, known: &[&str]) -> Result<J, Fault> {
    let Reply { json: answer, next, total, .. } = reply;
    let read = match plan.endpoint.reads {
        Reads::Nothing | Reads::Stream => return Ok(J::nothing()),
        Reads::Cancelled | Reads::Ended => return Ok(cancelled(true)),
        Reads::Json => answer.ok_or_else(|| Malformed::new("the answer", "JSON")),
        Reads::Values => return values(plan, answer.unwrap_or_else(J::null), known),
        Reads::Listed(shape) => listed(answer, shape, plan, next, total),
        Reads::One(shape) => {
            object(answer).and_then(|json| lift(&json, shape).map_err(|wrong| wrong.within(&[shape.object])))
        }
        Reads::Page(shape) => object(answer).and_then(|json| page(&json, shape, plan)),
    };
    read.map_err(|wrong| Fault::of(Code::MalformedResponse, &[plan.endpoint.name, ": ", &wrong.0]))
}

/// What a refusal means to a call: cancelling what is already over is an answer, not an error.
pub fn mend<J: Platform>(plan: &Plan<J>, failure: &Fault) -> Option<J> {
    (matches!(plan.endpoint.reads, Reads::Cancelled | Reads::Ended) && failure.code == Code::NotFound)
        .then(|| cancelled(false))
}

fn cancelled<J: Platform>(cancelled: bool) -> J {
    with("cancelled", J::bool(cancelled))
}

fn object<J: Platform>(answer: Option<J>) -> Result<J, Malformed> {
    match answer {
        Some(json) if json.is_object() => Ok(json),
        _ => Err(Malformed::new("the answer", "a JSON object")),
    }
}

/// What all backends share is lifted out; `raw` is the object itself.
#[inline(never)]
fn lift<J: Platform>(object: &J, shape: &Lift) -> Result<J, Malformed> {
    let lifted = J::object();
    for member in shape.members {
        let value = match member.take {
            Take::Text => J::string(&object.required_text(member.from)?),
            Take::OptionalText => {
                object.optional_text(member.from)?.map_or_else(J::null, |text| J::string(&text))
            }
            Take::MetadataText => {
                let text = object.member("metadata").and_then(|metadata| metadata.text_at(member.from));
                text.map_or_else(J::null, |text| J::string(&text))
            }
            Take::Any => object.member(member.from).unwrap_or_else(J::null),
            Take::False => J::bool(false),
        };
        lifted.set(member.to, value);
    }
    lifted.set("raw", object.clone());
    Ok(lifted)
}

/// The final values of a run. A run that has failed is a success of the call that says so in its values.
fn values<J: Platform>(plan: &Plan<J>, values: J, known: &[&str]) -> Result<J, Fault> {
    let Some(error) = values.member("__error__").filter(Json::is_object) else { return Ok(values) };
    let words = |name| scrub(&error.text_at(name).unwrap_or_default(), known);
    let (message, kind) = (words("message"), words("error"));
    // Joining an unknown run is answered with 200, and with this in place of a 404.
    let status = message.get(..3).filter(|_| kind == "HTTPException").and_then(digits);
    let status = status.map(|status| status as u16);
    let (code, what) = match status {
        Some(status) => (code_of(status).0, ": "),
        None => (Code::RunFailed, ": the run failed: "),
    };
    let mut failure = Failure::of(code, &[plan.endpoint.name, what, &message]);
    failure.status = status;
    if status.is_none() {
        failure.details.push(("error", Detail::Text(kind)));
    }
    Err(failure.into())
}

/// A page of an array: the items, and where the next one begins.
fn listed<J: Platform>(
    answer: Option<J>,
    shape: Option<&Lift>,
    plan: &Plan<J>,
    next: Option<f64>,
    total: Option<f64>,
) -> Result<J, Malformed> {
    let list = answer.unwrap_or_else(J::null);
    let length = list.length().ok_or_else(|| Malformed::new("the answer", "an array"))?;
    let items = items(&list, length, "", shape)?;
    let page = J::object();
    page.set("items", items);
    let end = plan.offset + f64::from(length);
    let more = match (next, total) {
        (Some(_), _) => true,
        // Some servers let no page of another origin read where the next one begins.
        (None, Some(total)) => total > end && length > 0,
        // Of runs nothing is said: after a full page there may be another one.
        (None, None) => plan.endpoint.method == Method::Get && f64::from(length) >= plan.limit,
    };
    page.set("hasMore", J::bool(more));
    if more {
        let next = next.unwrap_or(end);
        if next <= plan.offset {
            // A caller who iterates would never come to an end.
            return Err(Malformed::new("x-pagination-next", "beyond what was asked with"));
        }
        page.set("offset", J::number_of(next));
    }
    Ok(page)
}

/// The objects of a list, lifted if there is a shape.
fn items<J: Platform>(list: &J, length: u32, name: &str, shape: Option<&Lift>) -> Result<J, Malformed> {
    let items = J::array();
    for index in 0..length {
        let item = list.item(index);
        let Some(shape) = shape else {
            items.push(item);
            continue;
        };
        let item = lift(&item, shape);
        items.push(item.map_err(|wrong| wrong.within(&[name, "[", &number(index), "]"]))?);
    }
    Ok(items)
}

/// A page, as the face wants it: the items, whether there is more, and the cursor to ask for it with.
fn page<J: Platform>(answer: &J, shape: &Lift, plan: &Plan<J>) -> Result<J, Malformed> {
    let page = J::object();
    let name = &[shape.object, "s"].concat();
    let list = answer.member(name).unwrap_or_else(J::null);
    let length = list.length().ok_or_else(|| Malformed::new(name, "an array"))?;
    page.set("items", items(&list, length, name, Some(shape))?);
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
