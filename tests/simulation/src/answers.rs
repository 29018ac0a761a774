//! What servers and callbacks answer, read by the real readers once, and handed out again and again.

use threadpass::backend::{Reply, read_exchange};
use threadpass::error::{Code, Failure, Fault};
use threadpass::json::Platform;
use threadpass::json::native::NativeJson;
use threadpass::session::{Answer, Exchanged, Use};

use crate::stats::Event;

/// An exchange that is refused, as a status and a body.
const REFUSALS: &[(Event, u16, &str, Option<u32>)] = &[
    (Event::Status400, 400, r#"{"error":"invalid_grant"}"#, None),
    (Event::Status401, 401, r#"{"message":"Invalid OAuth subject token","statusCode":401}"#, None),
    (Event::Status403, 403, r#"{"message":"Forbidden","statusCode":403}"#, None),
    (Event::Misconfigured, 400, r#"{"error":"invalid_client"}"#, None),
    (Event::Status429, 429, r#"{"message":"slow down"}"#, None),
    (Event::Status429After, 429, r#"{"message":"slow down"}"#, Some(30_000)),
    (Event::Status429Huge, 429, r#"{"message":"slow down"}"#, Some(u32::MAX)),
    (Event::Status500, 500, "", None),
    (Event::Status503After, 503, "<html>", Some(5_000)),
    (Event::WrongShape, 201, "{}", None),
    (Event::WrongShape, 200, "<!doctype html>", None),
    (Event::WrongShape, 201, r#"{"access_token":"abc","token_type":"N_A"}"#, None),
];

/// Texts that are no token.
const UNUSABLE: &[&str] = &["<!doctype html>", "{\"token\":\"x\"}", "   ", "two words"];

/// How many [`Exchange::Refused`](crate::action::Exchange) there are.
pub const REFUSAL_KINDS: u8 = REFUSALS.len() as u8;
/// How many [`Ask::Unusable`](crate::action::Ask) there are.
pub const UNUSABLE_KINDS: u8 = UNUSABLE.len() as u8;

/// What an answer of the exchange means, without the answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Meaning {
    Rejected,
    Misconfigured,
    Failed,
}

/// All answers, read.
#[derive(Debug)]
pub struct Answers {
    refusals: Vec<(Event, Meaning, Fault)>,
    unusable: Vec<Fault>,
}

impl Answers {
    /// Reads them.
    pub fn new() -> Self {
        let refusals = REFUSALS.iter().filter_map(|(event, status, body, after)| {
            let mut reply =
                Reply::<NativeJson>::new(*status, (*body).to_owned(), NativeJson::parse(body.as_bytes()));
            reply.retry_after_ms = *after;
            match read_exchange(&reply, &[]) {
                Exchanged::Rejected(fault) => Some((*event, Meaning::Rejected, fault)),
                Exchanged::Misconfigured(fault) => Some((*event, Meaning::Misconfigured, fault)),
                Exchanged::Failed(fault) => Some((*event, Meaning::Failed, fault)),
                Exchanged::Granted { .. } => None,
            }
        });
        let unusable =
            UNUSABLE.iter().filter_map(|text| match Answer::of_text::<NativeJson>(text, Use::Exchange) {
                Answer::Unusable(fault) => Some(fault),
                _ => None,
            });
        Self { refusals: refusals.collect(), unusable: unusable.collect() }
    }

    /// A refusal. Each is a failure of its own, as it is when it is read anew.
    pub fn refusal(&self, kind: u8) -> (Event, Meaning, Exchanged) {
        let (event, meaning, fault) = &self.refusals[usize::from(kind) % self.refusals.len()];
        let fault = anew(fault);
        let exchanged = match meaning {
            Meaning::Rejected => Exchanged::Rejected(fault),
            Meaning::Misconfigured => Exchanged::Misconfigured(fault),
            Meaning::Failed => Exchanged::Failed(fault),
        };
        (*event, *meaning, exchanged)
    }

    /// Something that is no token.
    pub fn unusable(&self, kind: u8) -> Fault {
        anew(&self.unusable[usize::from(kind) % self.unusable.len()])
    }
}

fn anew(fault: &Fault) -> Fault {
    Failure::clone(fault).into()
}

/// A connection that broke, or none at all.
pub fn network(code: Code) -> Fault {
    Failure::new(code, "the request failed before an answer could be read").retryable().into()
}

/// A callback that threw.
pub fn thrown(for_good: bool) -> Fault {
    let failure = Failure::new(Code::CallbackFailed, "the token callback threw");
    if for_good { failure } else { failure.retryable() }.into()
}
