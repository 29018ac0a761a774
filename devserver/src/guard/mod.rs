//! What a request passes before a handler does its work, in the order of the contract: Host and Origin, then the API
//! key, then the session token, then exactly one identity.

mod api_key;
mod bearer;
pub(crate) mod body;
mod call;
pub(crate) mod cors;
mod identity;
pub(crate) mod origin;

pub(crate) use api_key::project;
pub(crate) use bearer::bearer;
pub(crate) use call::Call;
pub(crate) use identity::{Caller, Place, caller};
