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
    /// The path. The caller's first arguments are the ids in it, each of which is a capital letter: `A` of an assistant,
    /// `C` of a component, `M` of a message, `R` of a run, `T` of a thread. A `*` is the id of a thread as the start of
    /// the path, `/threads/T`, or null for a run without a thread.
    pub path: &'static str,
    /// The caller's further arguments, in order.
    pub args: [Arg; 3],
    /// Where a `userKey` goes.
    pub place: Place,
    /// Whether sending it twice does the same as sending it once, so that it may be repeated when the answer is lost.
    /// A 401 says that nothing was done; after one, every request may be repeated.
    pub repeatable: bool,
    /// What is read of the answer.
    pub reads: Reads,
}

/// What an argument has to be. Not one of them has an address in it: the tables would weigh twice as much.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Arg {
    /// There is none.
    None,
    /// Members for the query: which page.
    Page,
    /// The same, and in which order.
    OrderedPage,
    /// Members for the query: whether subgraphs are told of.
    Subgraphs,
    /// Members for the query: which runs.
    Runs,
    /// Members for the query: how a run is cancelled.
    Cancelling,
    /// Members for the query: how a run is joined.
    Joining,
    /// The JSON body of a search, which may be left out; `limit` and `offset` are checked.
    Search,
    /// The JSON body of a run, or a user's text.
    Run,
    /// The JSON body, which may be left out.
    Body,
    /// The JSON body, which may not.
    RequiredBody,
    /// The member `state` of the JSON body: an object.
    State,
    /// The member `value` of the JSON body: an object.
    Value,
    /// The member `patch` of the JSON body: an array with something in it.
    Patch,
    /// The member `key`, of the query of a GET and else of the JSON body: a string with something in it.
    Key,
    /// The member `namespace`, of the query of a GET and else of the JSON body: the labels of a namespace, one at least.
    Namespace,
    /// The member `namespace_prefix`, in the same place: labels, or none.
    NamespacePrefix,
    /// The event after which a stream goes on, for a header; it may be left out.
    LastEventId,
    /// Members for the query: which threads of Assistant Cloud.
    CloudThreads,
    /// Members for the query: which messages of Assistant Cloud.
    CloudMessages,
    /// The JSON body of a new thread of Assistant Cloud, which may be left out.
    NewThread,
    /// The JSON body of a new message of Assistant Cloud.
    NewMessage,
    /// The JSON body of what a user thinks of a message.
    Feedback,
    /// The member `refresh_token` of the JSON body: a string with something in it.
    RefreshToken,
    /// The member `events` of the JSON body: an array with something in it.
    Events,
}

impl Arg {
    /// At most three, as the tables have them.
    pub(super) const fn three(args: &[Self]) -> [Self; 3] {
        match *args {
            [] => [Self::None; 3],
            [first] => [first, Self::None, Self::None],
            [first, second] => [first, second, Self::None],
            [first, second, third, ..] => [first, second, third],
        }
    }

    /// The name of a member.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::State => "state",
            Self::Value => "value",
            Self::Patch => "patch",
            Self::Key => "key",
            Self::Namespace => "namespace",
            Self::NamespacePrefix => "namespace_prefix",
            Self::RefreshToken => "refresh_token",
            Self::Events => "events",
            _ => "",
        }
    }

    /// The members of a query; none where the argument is something else.
    pub(super) const fn members(self) -> &'static [(&'static str, Kind)] {
        match self {
            Self::Page => &[("limit", Kind::Count), ("cursor", Kind::Text)],
            Self::OrderedPage => &[("limit", Kind::Count), ("cursor", Kind::Text), ("order", Kind::Text)],
            Self::Subgraphs => &[("subgraphs", Kind::Flag)],
            Self::Runs => &[("limit", Kind::Count), ("offset", Kind::Offset), ("status", Kind::Text)],
            Self::Cancelling => &[("wait", Kind::Flag), ("action", Kind::Text)],
            Self::Joining => &[("stream_mode", Kind::Words), ("cancel_on_disconnect", Kind::Flag)],
            Self::CloudThreads => &[
                ("is_archived", Kind::Side),
                ("limit", Kind::Count),
                ("after", Kind::Text),
                ("external_id", Kind::Text),
            ],
            Self::CloudMessages => &[("format", Kind::Text), ("limit", Kind::Count), ("after", Kind::Text)],
            _ => &[],
        }
    }
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
    /// True or false; false is said by nothing.
    Flag,
    /// True or false; both are said.
    Side,
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
    /// A page of objects, in the member that is called after them.
    Page(&'static Lift),
    /// A page, as an array; headers say what follows. The objects are lifted, or left as they are.
    Listed(Option<&'static Lift>),
    /// A page of objects, newest first, in the member that is called after them: the last one's id leads to the next.
    Newest(&'static Lift),
    /// The same as `One`, in the member that is called after the object.
    Within(&'static Lift),
    /// The id of something that was made of the body, which has the rest of its members.
    Made(&'static Lift),
    /// An object with this member, left as it is.
    Having(&'static Lifted),
    /// A text that comes as a stream.
    Text,
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
    /// Its name in the public types; empty for one that is only checked.
    pub to: &'static str,
    /// Its name in the backend's object.
    pub from: &'static str,
    /// What it has to be.
    pub take: Take,
}

/// A member of the tables.
pub(super) const fn lifted(to: &'static str, from: &'static str, take: Take) -> Lifted {
    Lifted { to, from, take }
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
    /// True or false.
    Flag,
    /// A string or null, but not absent.
    Nullable,
    /// A whole number.
    Whole,
    /// "positive" or "negative".
    Thumb,
    /// An object whose `role` is taken, or null where that is no string.
    Role,
}
