//! What the other half tells the core, by number. `tell.ts` in the package's sources is the twin of this list.

/// The first use.
pub const START: u8 = 0;
/// Whether somebody reads the activity log. With a boolean.
pub const WATCH: u8 = 1;
/// Another credential takes over. With `{ kind, value }`.
pub const SET_CREDENTIAL: u8 = 2;
/// The provider's user may have changed.
pub const INVALIDATE: u8 = 3;
/// Sign out.
pub const SIGN_OUT: u8 = 4;
/// The end.
pub const DISPOSE: u8 = 5;
/// A caller wants a token that is valid now.
pub const TOKEN: u8 = 6;
/// A caller wants a newer token.
pub const FRESH_TOKEN: u8 = 7;
/// A caller waits until somebody is identified.
pub const READY: u8 = 8;
/// A caller wants the headers that say who the user is.
pub const HEADERS: u8 = 9;
/// A call that is answered with JSON. With its name and arguments in an array.
pub const CALL: u8 = 10;
/// A run. With its arguments in an array.
pub const RUN: u8 = 11;
/// A request of another SDK. With `{ origin, username, password, replayable }`.
pub const FETCH: u8 = 12;
/// A caller has gone.
pub const ABANDON: u8 = 13;
/// The app's callback has answered. With its answer.
pub const ANSWERED: u8 = 14;
/// The app's callback has thrown. With what it threw.
pub const COULD_NOT_ASK: u8 = 15;
/// An answer has come. With what was read of it.
pub const REPLIED: u8 = 16;
/// No answer has come, or not all of it. With `{ lost, thrown }`, where `lost` is one of the numbers below.
pub const FAILED: u8 = 17;
/// The page went out of sight.
pub const HIDDEN: u8 = 18;
/// The page became visible.
pub const VISIBLE: u8 = 19;
/// The window got the focus.
pub const FOCUS: u8 = 20;
/// The network came back.
pub const ONLINE: u8 = 21;
/// The page came out of the back/forward cache.
pub const PAGE_SHOW: u8 = 22;
/// Another tab said something. With its message.
pub const HEARD: u8 = 23;
/// The machine's timer has fired.
pub const TIMER: u8 = 24;
/// The other half could not get a token for an anonymous identity. With the error that says why.
pub const NOT_GIVEN: u8 = 25;

/// The browser knows that it is offline.
pub const LOST_OFFLINE: u8 = 1;
/// A deadline has passed.
pub const LOST_TIMEOUT: u8 = 2;
/// The answer is not JSON.
pub const LOST_SYNTAX: u8 = 3;
/// The app's `fetch` gave something that is no answer.
pub const LOST_SHAPE: u8 = 4;
/// A stream fell silent.
pub const LOST_IDLE: u8 = 5;
/// A stream ended too soon.
pub const LOST_INTERRUPTED: u8 = 6;
