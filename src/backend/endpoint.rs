//! Endpoints as data.

/// The HTTP methods in use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// GET.
    Get,
    /// POST.
    Post,
    /// PATCH.
    Patch,
    /// DELETE.
    Delete,
}

impl Method {
    /// As it is sent.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
        }
    }
}

/// Where a `userKey` goes, if that is the credential (Tambo contract, section 3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// The query member `userKey`.
    Query,
    /// The body member `userKey`.
    Body,
    /// The body member `thread.userKey`.
    BodyThread,
}

/// One route of a backend.
#[derive(Debug)]
pub struct Endpoint {
    /// What it is called in errors and activity, such as `threads.get`.
    pub name: &'static str,
    /// The method.
    pub method: Method,
    /// The path; each `{}` is an id.
    pub path: &'static str,
    /// Where a `userKey` goes.
    pub place: Place,
    /// Whether sending it twice does the same as sending it once, so that it may be repeated when the answer is lost.
    /// A 401 says that nothing was done; after one, every request may be repeated.
    pub repeatable: bool,
    /// Whether the answer is an event stream.
    pub streams: bool,
}
