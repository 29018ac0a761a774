//! What goes on the wire: endpoints as data, requests, answers, errors. Pure.
//!
//! A call is an [`Endpoint`] plus arguments, which make a [`Plan`]; one path in the shell carries out every plan. What
//! came back goes through the same module's readers, which lift out what all backends share and leave the rest as it is.

mod endpoint;
mod exchange;
mod headers;
mod plan;
mod query;
mod refusal;
mod retry;
mod url;

pub mod tambo;

pub use endpoint::{Endpoint, Method, Place};
pub use exchange::{ExchangeAnswer, read_exchange};
pub use headers::{Identity, authorize, bearer};
pub use plan::{Args, Plan};
pub use refusal::{Refusal, accepts, refuse};
pub use retry::{retry_after_ms, retry_delay_ms};
pub use url::{form, same_place};
