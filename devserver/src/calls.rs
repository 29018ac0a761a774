//! The calls the server has answered, for tests that count them. Nothing here is or contains a secret: no query, no
//! body, no header value.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use axum::extract::{Request, State};
use axum::http::{Method, header};
use axum::middleware::Next;
use axum::response::Response;
use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::app::Shared;
use crate::control;
use crate::guard::bearer;
use crate::store::epoch_ms;
use crate::verify::OPAQUE_SUBJECT;

const KEPT: usize = 10_000;

/// What handlers add to the record of the call they work on.
#[derive(Debug, Clone, Default)]
pub(crate) struct Note(Arc<Mutex<Noted>>);

#[derive(Debug, Clone, Default)]
struct Noted {
    user: Option<String>,
    user_key: bool,
    subject: Option<usize>,
}

impl Note {
    /// The user the call was made as. One who is known only by the hash of a token is not told apart here: what comes
    /// from a token stays out of lists and logs, hashed or not.
    pub(crate) fn set_user(&self, context_key: &str) {
        let user = match context_key.split_once(OPAQUE_SUBJECT) {
            Some((before, _)) => format!("{before}{OPAQUE_SUBJECT}…"),
            None => context_key.to_owned(),
        };
        locked(&self.0).user = Some(user);
    }

    /// The call named a `userKey`.
    pub(crate) fn set_user_key(&self) {
        locked(&self.0).user_key = true;
    }

    /// The number of the subject token the call exchanged.
    pub(crate) fn set_subject(&self, number: usize) {
        locked(&self.0).subject = Some(number);
    }
}

/// One call.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
struct Call {
    seq: u64,
    /// When it came, in milliseconds since the epoch.
    time: i64,
    method: String,
    path: String,
    /// `null` until there is an answer, and for ever when the client went away before.
    status: Option<u16>,
    bearer: bool,
    user_key: bool,
    user: Option<String>,
    /// For exchanges: equal numbers mean equal subject tokens.
    subject: Option<usize>,
}

/// How often what happened since the last reset.
#[derive(Debug, Clone, Default, Serialize)]
#[serde(rename_all = "camelCase")]
struct Totals {
    calls: u64,
    exchanges: u64,
    by_status: BTreeMap<u16, u64>,
}

/// The last calls, at most ten thousand, and the totals.
#[derive(Debug, Default)]
pub(crate) struct Calls(Mutex<Kept>);

#[derive(Debug, Default)]
struct Kept {
    next: u64,
    calls: VecDeque<Call>,
    totals: Totals,
    /// The hash of each subject token seen, and its number. The hashes stay in here.
    subjects: HashMap<[u8; 32], usize>,
}

impl Calls {
    /// The number that stands for a subject token in this process.
    pub(crate) fn subject(&self, token: &str) -> usize {
        let subjects = &mut locked(&self.0).subjects;
        let next = subjects.len() + 1;
        *subjects.entry(Sha256::digest(token).into()).or_insert(next)
    }

    /// The calls and totals as JSON.
    pub(crate) fn report(&self) -> serde_json::Value {
        let kept = locked(&self.0);
        serde_json::json!({ "totals": kept.totals, "calls": kept.calls })
    }

    /// Forgets everything, the numbers of subject tokens too. Calls go on being counted from where they were.
    pub(crate) fn reset(&self) {
        let mut kept = locked(&self.0);
        *kept = Kept { next: kept.next, ..Kept::default() };
    }

    fn begin(&self, request: &Request) -> u64 {
        let header = request.headers().get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
        let mut kept = locked(&self.0);
        let seq = kept.next;
        kept.next += 1;
        kept.totals.calls += 1;
        kept.totals.exchanges +=
            u64::from(request.method() == Method::POST && request.uri().path() == "/oauth/token");
        if kept.calls.len() == KEPT {
            kept.calls.pop_front();
        }
        kept.calls.push_back(Call {
            seq,
            time: epoch_ms(),
            method: request.method().to_string(),
            path: request.uri().path().to_owned(),
            status: None,
            bearer: header.and_then(bearer).is_some(),
            user_key: false,
            user: None,
            subject: None,
        });
        seq
    }

    fn finish(&self, seq: u64, status: u16, noted: &Noted) {
        let mut kept = locked(&self.0);
        *kept.totals.by_status.entry(status).or_default() += 1;
        if let Some(call) = kept.calls.iter_mut().rev().find(|call| call.seq == seq) {
            call.status = Some(status);
            call.user_key = noted.user_key;
            call.user.clone_from(&noted.user);
            call.subject = noted.subject;
        }
    }
}

/// Notes each call and logs it, but for those to the control routes.
pub(crate) async fn record(State(app): State<Shared>, mut request: Request, next: Next) -> Response {
    if request.uri().path().starts_with(control::PREFIX) {
        return next.run(request).await;
    }
    let note = Note::default();
    request.extensions_mut().insert(note.clone());
    let (method, path) = (request.method().clone(), request.uri().path().to_owned());
    let started = Instant::now();
    let seq = app.calls.begin(&request);
    let response = next.run(request).await;
    let noted = locked(&note.0).clone();
    app.calls.finish(seq, response.status().as_u16(), &noted);
    let user = noted.user.map(|user| format!(" as {user:?}")).unwrap_or_default();
    tracing::info!(
        "{method} {path} {} in {} ms{user}",
        response.status().as_u16(),
        started.elapsed().as_millis()
    );
    response
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // Plain data that is whole at every step.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
