//! Assistant Cloud's contract from the outside.

mod admission;
mod auth;
mod client;
mod faults;
mod feedback;
mod files;
mod messages;
mod reports;
mod restart;
mod threads;
mod titles;
