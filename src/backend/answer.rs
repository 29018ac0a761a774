//! What a caller gets of an answer.

use super::endpoint::{Lift, Lifted, Method, Reads, Take};
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
        Reads::Nothing | Reads::Stream | Reads::Text => return Ok(J::nothing()),
        Reads::Cancelled | Reads::Ended => return Ok(cancelled(true)),
        Reads::Json => answer.ok_or_else(|| Malformed::new("the answer", "JSON")),
        Reads::Values => return values(plan, answer.unwrap_or_else(J::null), known),
        Reads::Listed(shape) => listed(answer, shape, plan, next, total),
        Reads::Page(shape) => object(answer).and_then(|json| page(&json, shape, plan)),
        Reads::Newest(shape) => object(answer).and_then(|json| newest(&json, shape, plan)),
        Reads::One(shape) | Reads::Within(shape) => object(answer).and_then(|json| {
            let within = match plan.endpoint.reads {
                Reads::Within(_) => json.member(shape.object).filter(Json::is_object),
                _ => Some(json),
            };
            let json = within.ok_or_else(|| Malformed::new(shape.object, "an object"))?;
            lift(&json, shape).map_err(|wrong| wrong.within(&[shape.object]))
        }),
        Reads::Made(shape) => object(answer).and_then(|json| made(&json, shape, plan)),
        Reads::Having(member) => object(answer).and_then(|json| taken(&json, member).map(|_| json)),
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
        let value = taken(object, member)?;
        if !member.to.is_empty() {
            lifted.set(member.to, value);
        }
    }
    lifted.set("raw", object.clone());
    Ok(lifted)
}

/// The value of a member, if it is what it has to be.
#[inline(never)]
fn taken<J: Platform>(object: &J, member: &Lifted) -> Result<J, Malformed> {
    let given = object.member(member.from);
    let (value, expected) = match member.take {
        Take::Text => (given.filter(is_filled), "a non-empty string"),
        Take::OptionalText => {
            (Some(given.unwrap_or_else(J::null)).filter(|it| it.is_null() || it.is_text()), "a string")
        }
        Take::Nullable => (given.filter(|it| it.is_null() || it.is_text()), "a string or null"),
        Take::MetadataText => {
            let within = object.member("metadata").and_then(|metadata| metadata.member(member.from));
            (within.filter(Json::is_text).or_else(|| Some(J::null())), "")
        }
        Take::Role => {
            let content = given.filter(Json::is_object);
            let role = |content: J| content.member("role").filter(Json::is_text).unwrap_or_else(J::null);
            (content.map(role), "an object")
        }
        Take::Flag => (given.filter(|it| it.boolean().is_some()), "true or false"),
        Take::Whole => (given.filter(is_whole), "a whole number"),
        Take::Thumb => {
            let is_thumb = |it: &J| matches!(it.text().as_deref(), Some("positive" | "negative"));
            (given.filter(is_thumb), "positive or negative")
        }
        Take::Any => (given.or_else(|| Some(J::null())), ""),
        Take::False => (Some(J::bool(false)), ""),
    };
    value.ok_or_else(|| Malformed::new(member.from, expected))
}

fn is_filled<J: Json>(value: &J) -> bool {
    value.text().is_some_and(|text| !text.is_empty())
}

fn is_whole<J: Json>(value: &J) -> bool {
    value.number().is_some_and(|n| n == f64::from(n as u32))
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

/// What was made: the id that it has got, and what was sent of it.
fn made<J: Platform>(answer: &J, shape: &Lift, plan: &Plan<J>) -> Result<J, Malformed> {
    let made = plan.body.as_ref().map_or_else(J::object, |body| body.shallow_copy());
    if let Some(id) = shape.members.first() {
        made.set(id.from, J::string(&answer.required_text(id.from)?));
    }
    let made = lift(&made, shape)?;
    made.set("raw", answer.clone());
    Ok(made)
}

/// The objects of the member that is called after them.
fn named<J: Platform>(answer: &J, shape: &Lift) -> Result<(J, u32), Malformed> {
    let name = &[shape.object, "s"].concat();
    let list = answer.member(name).unwrap_or_else(J::null);
    let length = list.length().ok_or_else(|| Malformed::new(name, "an array"))?;
    Ok((items(&list, length, name, Some(shape))?, length))
}

/// A page without a word on what follows: a full one is followed by what comes after its last item.
fn newest<J: Platform>(answer: &J, shape: &Lift, plan: &Plan<J>) -> Result<J, Malformed> {
    let (items, length) = named(answer, shape)?;
    let page = J::object();
    let more = length > 0 && f64::from(length) >= plan.limit;
    page.set("hasMore", J::bool(more));
    if more {
        page.set("after", items.item(length - 1).member("id").unwrap_or_else(J::null));
    }
    page.set("items", items);
    Ok(page)
}

/// A page, as the face wants it: the items, whether there is more, and the cursor to ask for it with.
fn page<J: Platform>(answer: &J, shape: &Lift, plan: &Plan<J>) -> Result<J, Malformed> {
    let page = J::object();
    page.set("items", named(answer, shape)?.0);
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
