//! What goes on the wire: endpoints as data, requests, answers, errors. Pure.
//!
//! An [`Endpoint`] and a caller's arguments make a [`Plan`]. A [`Call`] decides what happens to it, from the first wish for
//! a token to the answer: the shell sends what it says and tells it what came back. Of an answer is lifted out what all
//! backends share; the rest is left as it is.

use crate::error::{Code, Fault};

mod answer;
mod call;
mod endpoint;
mod exchange;
mod headers;
mod plan;
mod reply;
mod retry;

pub mod assistant_cloud;
pub mod langgraph;
pub mod tambo;

pub use call::{Body, Call, Step, Told};
pub use endpoint::{Arg, Endpoint, Kind, Lift, Lifted, Method, Place, Reads, Take};
pub use exchange::read_exchange;
pub use headers::{ApiKey, Identity, authorize, same_place};
pub use plan::Plan;
pub use reply::Reply;
pub use retry::{digits, retry_after_ms};

/// Whose calls are made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Backend {
    /// Tambo.
    Tambo,
    /// A LangGraph server.
    LangGraph,
    /// Assistant Cloud.
    AssistantCloud,
}

impl Backend {
    /// A call of its table, by the name that the face has for it.
    pub fn endpoint(self, name: &str) -> Result<&'static Endpoint, Fault> {
        let (backend, calls) = match self {
            Self::Tambo => ("tambo", tambo::CALLS),
            Self::LangGraph => ("langgraph", langgraph::CALLS),
            Self::AssistantCloud => ("assistant-cloud", assistant_cloud::CALLS),
        };
        let found = calls.iter().find(|call| call.name == name);
        found.ok_or_else(|| Fault::of(Code::Unsupported, &[backend, " has no ", name]))
    }
}
