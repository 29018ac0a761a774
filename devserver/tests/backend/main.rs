//! The server from the outside, over HTTP.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a panic is the report"
)]

mod answers;
mod assistant_cloud;
mod chat;
mod client;
mod command_line;
mod control;
mod discovery;
mod exchange;
mod extras;
mod faults;
mod guards;
mod issuer;
mod langgraph;
mod page;
mod runs;
mod streams;
mod threads;
