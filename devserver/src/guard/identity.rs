use std::sync::Arc;

use serde_json::Value;

use super::{Call, api_key, bearer};
use crate::app::App;
use crate::project::Project;
use crate::store::threads::Owner;
use crate::tambo::problem::Problem;

/// Where a route takes `userKey` from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    /// The query: every GET, PATCH and DELETE.
    Query,
    /// The body's `userKey`.
    Body,
    /// The body's `thread.userKey`.
    Thread,
    /// `contextKey` in the body or the query: the routes that are older than `/v1`.
    ContextKey,
}

/// Who calls: a user of a project.
#[derive(Debug, Clone)]
pub(crate) struct Caller {
    pub(crate) project: Arc<Project>,
    pub(crate) owner: Owner,
}

/// Context keys of session tokens begin with this.
const SESSION_NAMESPACE: &str = "oauth:";

/// Who calls, after key, token and the rule that there is exactly one identity.
pub(crate) fn caller(app: &App, call: &Call, place: Place) -> Result<Caller, Problem> {
    let project = api_key::project(app, call)?;
    let context_key = match bearer::context_key(&project, call)? {
        Some(context_key) => match user_keys(call).chain(at(call, place)).find(|key| !key.is_null()) {
            None => context_key,
            Some(key) => {
                user_key(&key)?;
                return Err(exactly_one("both"));
            }
        },
        None => {
            let key = at(call, place).filter(|key| !key.is_null()).ok_or_else(|| exactly_one("neither"))?;
            let key = user_key(&key)?;
            if key.starts_with(SESSION_NAMESPACE) {
                return Err(Problem::forbidden_because(
                    "userKey must not begin with \"oauth:\": such keys belong to users with a session token. \
                     The real service lets this pass unless the project requires tokens.",
                ));
            }
            key
        }
    };
    call.note.set_user(&context_key);
    let owner = Owner { project_id: project.id.clone(), context_key };
    Ok(Caller { project, owner })
}

/// Whether the call names a `userKey` anywhere.
pub(super) fn names_user_key(call: &Call) -> bool {
    user_keys(call).any(|key| !key.is_null())
}

fn user_keys(call: &Call) -> impl Iterator<Item = Value> {
    [Place::Query, Place::Body, Place::Thread].into_iter().filter_map(|place| at(call, place))
}

fn at(call: &Call, place: Place) -> Option<Value> {
    match place {
        Place::Query => call.query("userKey").map(Value::from),
        Place::Body => call.body().get("userKey").cloned(),
        Place::Thread => call.body().get("thread").and_then(|thread| thread.get("userKey")).cloned(),
        Place::ContextKey => {
            let query = || call.query("contextKey").map(Value::from);
            call.body().get("contextKey").cloned().or_else(query)
        }
    }
}

fn user_key(value: &Value) -> Result<String, Problem> {
    let text =
        value.as_str().ok_or_else(|| Problem::validation(vec!["userKey must be a string".into()]))?.trim();
    if text.is_empty() {
        Err(Problem::bad_request("userKey cannot be an empty string."))
    } else {
        Ok(text.to_owned())
    }
}

fn exactly_one(received: &str) -> Problem {
    Problem::bad_request(format!(
        "V1 APIs require exactly one context identifier: provide either userKey (query/body) or an OAuth bearer token \
         with a context key (received {received})."
    ))
}
