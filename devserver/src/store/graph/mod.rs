//! What LangGraph's contract keeps: threads with their checkpoints, runs, and items of the store. Times are in
//! microseconds.

pub(crate) mod checkpoints;
pub(crate) mod items;
pub(crate) mod runs;
pub(crate) mod threads;
