//! Endpoints as data: everything that tells one call from another stands in a table.

/// The HTTP methods in use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// GET.
    Get,
    /// POST.
    Post,
    /// PATCH.
    Patch,
    /// PUT.
    Put,
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
            Self::Put => "PUT",
            Self::Delete => "DELETE",
        }
    }
}

/// One route of a backend.
#[derive(Debug)]
pub struct Endpoint {
    /// What it is called, by the face and in errors, such as `threads.get`.
    pub name: &'static str,
    /// The method.
    pub method: Method,
    /// The path, cut where ids stand.
    pub path: &'static [&'static str],
    /// The caller's arguments, in order.
    pub args: &'static [Arg],
    /// Where a `userKey` goes.
    pub place: Place,
    /// Whether sending it twice does the same as sending it once, so that it may be repeated when the answer is lost.
    /// A 401 says that nothing was done; after one, every request may be repeated.
    pub repeatable: bool,
    /// What is read of the answer.
    pub reads: Reads,
}

/// What an argument has to be.
#[derive(Clone, Copy, Debug)]
pub enum Arg {
    /// An id for the path, by the name it has in errors.
    Id(&'static str),
    /// The id of a thread, as the start of the path; null for a run without a thread.
    ThreadOrNone,
    /// Members for the query.
    Query(&'static [(&'static str, Kind)]),
    /// The JSON body of a search, which may be left out; `limit` and `offset` are checked.
    Search,
    /// The JSON body of a run, or a user's text.
    Run,
    /// The JSON body, which may be left out.
    Body,
    /// The JSON body, which may not.
    RequiredBody,
    /// A member of the JSON body, by its name: an object.
    Object(&'static str),
    /// A member of the JSON body, by its name: an array with something in it.
    List(&'static str),
    /// A member by its name, of the query of a GET and else of the JSON body: a string with something in it.
    Key(&'static str),
    /// A member by its name, of the query of a GET and else of the JSON body: the labels of a namespace, at least so many.
    Labels(&'static str, u32),
    /// The event after which a stream goes on, for a header; it may be left out.
    LastEventId,
}

/// What a query member has to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A string that is sent as it is.
    Text,
    /// A whole number of at least one.
    Count,
    /// A whole number from zero on.
    Offset,
    /// True or false.
    Flag,
    /// A word, or an array of words, which is sent as JSON.
    Words,
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
    /// The query member `contextKey`.
    ContextQuery,
    /// The body member `contextKey`.
    ContextBody,
    /// Nowhere: the backend has no such credential.
    Nowhere,
}

/// What is read of an answer.
#[derive(Clone, Copy, Debug)]
pub enum Reads {
    /// Nothing: success is enough.
    Nothing,
    /// That something was cancelled; a 404 says that it was over already.
    Cancelled,
    /// The same, where the answer may come only when the run is over.
    Ended,
    /// One object.
    One(&'static Lift),
    /// A page of objects, in the member of this name.
    Page(&'static str, &'static Lift),
    /// A page, as an array; headers say what follows. The objects are lifted, or left as they are.
    Listed(Option<&'static Lift>),
    /// JSON, left as it is.
    Json,
    /// The final values of a run, which comes when the run is over; a failed run is a success here that says so itself.
    Values,
    /// An event stream.
    Stream,
}

/// What all backends share of an object, and where it stands in this backend's.
#[derive(Debug)]
pub struct Lift {
    /// What the object is called in errors.
    pub object: &'static str,
    /// The members that are lifted out.
    pub members: &'static [Lifted],
}

/// A member that is lifted out.
#[derive(Debug)]
pub struct Lifted {
    /// Its name in the public types.
    pub to: &'static str,
    /// Its name in the backend's object.
    pub from: &'static str,
    /// What it has to be.
    pub take: Take,
}

/// What a lifted member has to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Take {
    /// A string with something in it.
    Text,
    /// A string, or null where there is none.
    OptionalText,
    /// A string within `metadata`, or null where there is none.
    MetadataText,
    /// Anything, or null where there is nothing.
    Any,
    /// Always false: the backend knows no such thing.
    False,
}
