//! How it gets there: the only code that touches the browser. It carries out what the pure parts decide.
//!
//! Rules of this folder: exported methods take `&self`; no `RefCell` borrow lives across an await or a call into
//! JavaScript; JavaScript that belongs to the app (its callback, its `fetch`) is called from a task of its own and every
//! throw is caught; nothing here can panic, because a panic would leave promises pending for ever.

mod abort;
mod anonymous;
mod body;
mod call;
mod callback;
mod client;
mod convert;
mod exchange;
mod exports;
mod face;
mod fetch;
mod guard;
mod options;
mod run;
mod send;
mod tabs;
mod timer;
mod value;
mod waiters;
mod wake;
