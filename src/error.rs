//! The closed list of error codes, and the one error type of the pure code.
//!
//! A [`Failure`] is what every layer reports; the browser shell turns it into the `ThreadpassError` of the npm package.
//! It is built so that nothing secret fits in by accident: texts that come from a server go through
//! [`scrub`](crate::secret::scrub) first, and the original JavaScript value travels as an opaque [`Cause`].

use std::any::Any;
use std::borrow::Cow;
use std::fmt;
use std::ops::Deref;
use std::rc::Rc;

use serde::ser::{Serialize, Serializer};

macro_rules! codes {
    ($($variant:ident = $text:literal: $meaning:literal, $fix:literal;)*) => {
        /// What went wrong, as the stable string the npm package exports (`ErrorCode` in its types).
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Code {
            $(#[doc = $meaning] $variant,)*
        }

        impl Code {
            /// Every code, in the order of the documentation.
            pub const ALL: &[Code] = &[$(Code::$variant,)*];

            /// The stable string.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Code::$variant => $text,)* }
            }

            /// One line on what the code means.
            #[must_use]
            pub const fn meaning(self) -> &'static str {
                match self { $(Code::$variant => $meaning,)* }
            }

            /// One line on what to do about it.
            #[must_use]
            pub const fn fix(self) -> &'static str {
                match self { $(Code::$variant => $fix,)* }
            }
        }
    };
}

codes! {
    MissingCredential = "config/missing-credential":
        "The client has no credential, so nothing can be sent as anybody.",
        "Pass one credential of the backend to `createClient`, or call `auth.setCredential`.";
    ConflictingCredentials = "config/conflicting-credentials":
        "Two credentials were given; which user they mean is not for us to guess.",
        "Pass exactly one credential.";
    InvalidOption = "config/invalid-option":
        "An option of `createClient` has a value it cannot have.",
        "The message names the option and what it takes.";
    InvalidBaseUrl = "config/invalid-base-url":
        "`baseUrl` is not an absolute http(s) URL without user info, query and fragment.",
        "Pass the origin of the API, such as `https://api.example.com`.";
    InsecureBaseUrl = "config/insecure-base-url":
        "`baseUrl` is plain http on a host that is not loopback; a bearer would cross the network readable.",
        "Use https, or http on localhost, 127.0.0.1 or [::1].";
    SecretInBrowser = "config/secret-in-browser":
        "A credential for trusted environments is used in a page, where every visitor can read it.",
        "Give the page a token callback instead, and keep this credential on a server.";
    ForeignOrigin = "config/foreign-origin":
        "`client.fetch` was asked for another origin than the client's, or for a URL with user info.",
        "Use the platform's `fetch` for other origins; our bearer never goes there.";
    Disposed = "client/disposed":
        "The client was disposed; it does nothing any more.",
        "Create a new client, or dispose later.";
    CoreLoadFailed = "client/core-load-failed":
        "The WebAssembly core could not be loaded or compiled.",
        "Check the network and the Content-Security-Policy (`script-src` needs 'wasm-unsafe-eval'), then call `init()`.";
    Internal = "client/internal":
        "A defect in Threadpass.",
        "Report it with the message and what led to it; create a new client to go on.";
    NotSignedIn = "auth/not-signed-in":
        "The token callback says that nobody is signed in.",
        "Sign the user in, then call again (or `auth.invalidate()`).";
    SignedOut = "auth/signed-out":
        "The user was signed out while this was pending.",
        "Nothing to do: the result belonged to a user who has left.";
    IdentityChanged = "auth/identity-changed":
        "Another user or organisation took over while this was pending.",
        "Call again; the next call is made as the new user.";
    CallbackFailed = "auth/callback-failed":
        "The token callback threw or rejected, so the provider could not be asked.",
        "`cause` is what it threw. Return null for \"nobody is signed in\"; throw only when you could not find out.";
    CallbackTimeout = "auth/callback-timeout":
        "The token callback did not settle within `timeouts.callbackMs`.",
        "Make the callback settle; honour its `signal`.";
    NotAToken = "auth/not-a-token":
        "The callback or option gave something that cannot be a token; Assistant Cloud takes JWTs alone.",
        "Return the token's text alone; check `response.ok` before `response.text()`.";
    CannotRenew = "auth/cannot-renew":
        "A credential given as a string has reached its end and cannot be renewed.",
        "Call `auth.setCredential` with a new string, or pass a callback.";
    TokenExpired = "auth/token-expired":
        "The callback keeps answering with a token that has expired.",
        "Return a fresh token when `forceRefresh` is true.";
    ExchangeRejected = "auth/exchange-rejected":
        "The backend refused to exchange the provider's token.",
        "Compare the project's token verification (issuer, key, algorithm) with the token; the message has the backend's words.";
    ExchangeMalformed = "auth/exchange-malformed":
        "The exchange, or a token endpoint of Assistant Cloud, answered something that is not a usable token response.",
        "Check `baseUrl`; a proxy or another service may be answering.";
    Refused = "auth/refused":
        "The backend answers 401 to every token, however new. The user stays signed in.",
        "Check the backend, and the provider that it asks about tokens; a new try is made at `retryAtMs`.";
    AnonymousRefused = "auth/anonymous-refused":
        "The backend does not give out anonymous identities.",
        "Switch anonymous access on in the project, or sign the user in.";
    Offline = "network/offline":
        "The browser is offline.",
        "Try again when it is online; a session that is still valid is kept.";
    NetworkFailed = "network/failed":
        "The request failed before an answer could be read (connection, DNS, TLS or CORS).",
        "Check that the backend is reachable and allows this origin.";
    NetworkTimeout = "network/timeout":
        "No complete answer arrived in time.",
        "Try again, or raise `timeouts`.";
    InvalidArgument = "api/invalid-argument":
        "An argument cannot be sent.",
        "The message names it and what it takes.";
    BadRequest = "api/bad-request":
        "The backend refused the request as wrong (400, 422).",
        "The message and `details` have its words.";
    Unauthorized = "api/unauthorized":
        "The backend answered 401 and a renewed token did not help, or there is none to renew.",
        "Check the credential; with a `userKey` the project may require tokens. A LangGraph server whose provider is down says the same.";
    PaymentRequired = "api/payment-required":
        "The backend answered 402.",
        "Check the project's plan.";
    Forbidden = "api/forbidden":
        "The backend answered 403: the API key is not valid, or this user may not do that.",
        "Check the API key and the id; Tambo answers the same for unknown threads. Assistant Cloud: no rule of the project matches the token (issuer, audience).";
    NotFound = "api/not-found":
        "There is no such thing for this user (404).",
        "Check the id.";
    Conflict = "api/conflict":
        "Something else is going on with the same thing (409), such as another run on the thread, or there is a thread with this id already.",
        "Wait for it or cancel it, then try again; take another id.";
    TooLarge = "api/too-large":
        "The request or an answer is larger than allowed.",
        "Send less; the message names the limit.";
    RateLimited = "api/rate-limited":
        "Too many requests (429).",
        "Wait `retryAfterMs` if there is one.";
    Server = "api/server":
        "The backend failed (5xx).",
        "Try again later; `requestId` helps its operators.";
    MalformedResponse = "api/malformed-response":
        "The answer is not what the backend's contract promises.",
        "Check `baseUrl`; the message names the field.";
    Unsupported = "api/unsupported":
        "This backend or this credential cannot do that.",
        "The message says what can.";
    StreamInterrupted = "stream/interrupted":
        "The stream ended before the run did.",
        "Read the thread again for what was stored, then send again.";
    StreamIdle = "stream/idle":
        "Nothing arrived for `timeouts.streamIdleMs` while the next event was awaited.",
        "Read the thread again; raise the limit if the model thinks for longer.";
    StreamMalformed = "stream/malformed":
        "The stream carries something that is not an event.",
        "Check `baseUrl` and proxies between.";
    RunFailed = "run/failed":
        "The run ended with an error of the backend or its model.",
        "The message and `details` have its words.";
    RunCancelled = "run/cancelled":
        "The run was cancelled.",
        "Nothing to do.";
}

/// A detail of a [`Failure`]: token-free facts a program can act on.
#[derive(Clone, Debug, PartialEq)]
pub enum Detail {
    /// A text.
    Text(String),
    /// A number.
    Number(f64),
    /// A list of texts, such as ids.
    Texts(Vec<String>),
}

// By hand: derived code for an untagged enum weighs more in the package.
impl Serialize for Detail {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Text(text) => serializer.serialize_str(text),
            Self::Number(number) => serializer.serialize_f64(*number),
            Self::Texts(texts) => serializer.collect_seq(texts),
        }
    }
}

/// The original value behind a failure, untouched and unread: a JavaScript value in the browser.
#[derive(Clone, Default)]
pub struct Cause(Option<Rc<dyn Any>>);

impl Cause {
    /// No cause.
    pub const NONE: Cause = Cause(None);

    /// Keeps a value.
    pub fn new(value: impl Any) -> Self {
        Self(Some(Rc::new(value)))
    }

    /// The value, if there is one of this type.
    #[must_use]
    pub fn get<T: Any>(&self) -> Option<&T> {
        self.0.as_deref().and_then(<dyn Any>::downcast_ref)
    }
}

impl fmt::Debug for Cause {
    // A cause is somebody else's value and may hold anything, a token too.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_some() { "Cause(..)" } else { "Cause(none)" })
    }
}

/// One failure: what was wrong, where, and what can be done with it.
#[derive(Clone, Debug)]
pub struct Failure {
    /// The stable code.
    pub code: Code,
    /// A sentence for a person. Never holds a token, a key or a full URL.
    pub message: Cow<'static, str>,
    /// The HTTP status, where there was one.
    pub status: Option<u16>,
    /// Whether the same thing may work later.
    pub retryable: bool,
    /// How long the other side asked to wait, in milliseconds.
    pub retry_after_ms: Option<u32>,
    /// The backend's request id.
    pub request_id: Option<String>,
    /// Facts a program can act on.
    pub details: Vec<(&'static str, Detail)>,
    /// What was thrown.
    pub cause: Cause,
}

impl Failure {
    /// A failure that will not heal by itself.
    #[must_use]
    pub fn new(code: Code, message: &'static str) -> Self {
        Self::because(code, Cow::Borrowed(message))
    }

    /// A failure whose message is put together from these.
    #[must_use]
    pub fn of(code: Code, message: &[&str]) -> Self {
        Self::because(code, Cow::Owned(message.concat()))
    }

    fn because(code: Code, message: Cow<'static, str>) -> Self {
        Self {
            code,
            message,
            status: None,
            retryable: false,
            retry_after_ms: None,
            request_id: None,
            details: Vec::new(),
            cause: Cause::NONE,
        }
    }

    /// The same, but trying again later may work.
    #[must_use]
    pub fn retryable(mut self) -> Self {
        self.retryable = true;
        self
    }

    /// With the HTTP status.
    #[must_use]
    pub fn status(mut self, status: u16) -> Self {
        self.status = Some(status);
        self
    }

    /// With what was thrown.
    #[must_use]
    pub fn cause(mut self, cause: Cause) -> Self {
        self.cause = cause;
        self
    }
}

/// A failure that is shared by everybody it concerns. Two are equal if they are the same one.
#[derive(Clone, Debug)]
pub struct Fault(Rc<Failure>);

impl Fault {
    /// See [`Failure::new`].
    #[must_use]
    pub fn new(code: Code, message: &'static str) -> Self {
        Failure::new(code, message).into()
    }

    /// See [`Failure::of`].
    #[must_use]
    pub fn of(code: Code, message: &[&str]) -> Self {
        Failure::of(code, message).into()
    }
}

impl From<Failure> for Fault {
    fn from(failure: Failure) -> Self {
        Self(Rc::new(failure))
    }
}

impl Deref for Fault {
    type Target = Failure;
    fn deref(&self) -> &Failure {
        &self.0
    }
}

impl PartialEq for Fault {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code.as_str(), self.message)
    }
}

impl std::error::Error for Failure {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_unique_and_well_formed() {
        let mut texts: Vec<_> = Code::ALL.iter().map(|code| code.as_str()).collect();
        texts.sort_unstable();
        texts.dedup();
        assert_eq!(texts.len(), Code::ALL.len());
        for code in Code::ALL {
            let (area, name) = code.as_str().split_once('/').unwrap();
            assert!(!area.is_empty() && !name.is_empty());
            assert!(code.meaning().ends_with('.') && code.fix().ends_with('.'), "{}", code.as_str());
        }
    }

    #[test]
    fn a_cause_keeps_its_value_and_shows_none_of_it() {
        let cause = Cause::new(String::from("eyJ-secret"));
        assert_eq!(cause.get::<String>().unwrap(), "eyJ-secret");
        assert!(cause.get::<u8>().is_none());
        assert!(!format!("{cause:?}").contains("secret"));
    }
}
