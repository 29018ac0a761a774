//! What has happened, counted: a simulation that reaches nothing proves nothing.

use threadpass::session::{Absence, AuthState, Ms, Need, TabMessage, Wake};

use crate::action::Given;

macro_rules! counted {
    ($(#[$doc:meta])* $name:ident { $($variant:ident = $text:literal,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum $name { $($variant,)* }

        impl $name {
            pub const NAMES: &[&str] = &[$($text,)*];
            pub const COUNT: usize = Self::NAMES.len();
        }
    };
}

counted! {
    /// The classes of faults, and what else has to happen often.
    Event {
        SlowAnswer = "answers after more than 2 s",
        Lost = "lost connections",
        Offline = "offline",
        Reordered = "answers after a later request",
        StalledCallback = "callbacks that hang",
        StalledExchange = "exchanges that stall",
        Status400 = "exchange: 400",
        Status401 = "exchange: 401",
        Status403 = "exchange: 403",
        Misconfigured = "exchange: invalid_client",
        Status429 = "exchange: 429",
        Status429After = "exchange: 429 with Retry-After",
        Status429Huge = "exchange: 429 with a huge Retry-After",
        Status500 = "exchange: 500",
        Status503After = "exchange: 503 with Retry-After",
        WrongShape = "exchange: answers of the wrong shape",
        Throws = "callbacks that throw",
        ThrowsForGood = "callbacks that throw for good",
        Nobody = "callbacks: null",
        Empty = "callbacks: empty",
        Unusable = "callbacks: no token",
        Same = "callbacks: the same token",
        Older = "callbacks: an older string",
        Cached = "callbacks: an old cached token",
        Expired = "callbacks: an expired token",
        Opaque = "callbacks: an opaque token",
        AnotherUser = "callbacks: another user's token",
        AnotherWorkspace = "callbacks: another workspace's token",
        WallForward = "wall clock set forward",
        WallBack = "wall clock set back",
        Drift = "clocks that drift",
        SleepPaused = "sleep, monotonic clock stopped",
        SleepRunning = "sleep, monotonic clock running",
        Freeze = "frozen pages",
        Throttle = "throttled timers",
        Hidden = "hidden pages",
        WokeTogether = "tabs that wake together",
        SignOut = "sign-out",
        Replace = "signOut(); setCredential() in one tick",
        SetCredential = "setCredential",
        Invalidate = "invalidate",
        Dispose = "dispose",
        GapCall = "between two effects: a call",
        GapInvalidate = "between two effects: invalidate",
        GapSignOut = "between two effects: sign-out",
        GapSetCredential = "between two effects: setCredential",
        GapDispose = "between two effects: dispose",
        OtherTab = "messages from other tabs",
        Abandoned = "callers that have gone",
        Refused = "calls: 401",
        RefusedAgain = "calls: 401 to the replay",
        CallFailed = "calls: failures that say nothing of the token",
        Rotated = "rotations",
        RotatedForeign = "rotations to another user",
        RotatedNameless = "rotations to a token without a name",
        RotatedEndless = "rotations to a token without an end",
        RotatedBrief = "rotations to a token of 60 s or less",
        RotatedDated = "rotations dated by a wrong clock",
        RotatedLate = "rotations after more than 2 s",
        RotatedOlder = "rotations of an older token",
        RotatedEarlier = "rotations of an earlier generation",
        RotatedServed = "calls with a rotated token",
        RotatedBack = "callbacks: the same token after a rotation",
        Forced = "forced refreshes",
    }
}

counted! {
    /// The public state, with what matters to the machine.
    State {
        NoCredential = "unauthenticated/no-credential",
        NoUser = "unauthenticated/no-user",
        SignedOut = "unauthenticated/signed-out",
        SessionEnded = "unauthenticated/session-ended",
        OtherTab = "unauthenticated/other-tab",
        Exchanging = "exchanging",
        Identified = "identified",
        Failing = "identified, refreshError",
        Healing = "error, may heal",
        Stuck = "error, final",
        Invalid = "invalid",
        Disposed = "disposed",
    }
}

impl State {
    /// Sorts a state.
    pub fn of(auth: &AuthState, disposed: bool) -> Self {
        match auth {
            _ if disposed => Self::Disposed,
            AuthState::Unauthenticated { reason } => match reason {
                Absence::NoCredential => Self::NoCredential,
                Absence::NoUser => Self::NoUser,
                Absence::SignedOut => Self::SignedOut,
                Absence::SessionEnded => Self::SessionEnded,
                Absence::OtherTab => Self::OtherTab,
            },
            AuthState::Exchanging { .. } => Self::Exchanging,
            AuthState::Identified { refresh_error: None, .. } => Self::Identified,
            AuthState::Identified { .. } => Self::Failing,
            AuthState::Error { error, .. } if error.retryable => Self::Healing,
            AuthState::Error { .. } => Self::Stuck,
            AuthState::Invalid { .. } => Self::Invalid,
        }
    }
}

counted! {
    /// The inputs of the machine, with what matters to it.
    Kind {
        Start = "start",
        WantToken = "want a token",
        WantReady = "want to be identified",
        WantFresh = "want a fresh token",
        Refused = "refused, to be replayed",
        RefusedAgain = "refused, finally",
        Accepted = "accepted",
        Rotated = "rotated",
        Abandon = "abandon",
        Token = "answered: token",
        Nobody = "answered: nobody",
        Unusable = "answered: unusable",
        NotAsked = "answered: failed",
        Granted = "exchanged: granted",
        Rejected = "exchanged: rejected",
        Misconfigured = "exchanged: misconfigured",
        Failed = "exchanged: failed",
        Timer = "timer",
        Hidden = "hidden",
        Visible = "woke: visible",
        Focus = "woke: focus",
        Online = "woke: online",
        PageShow = "woke: pageshow",
        SetCallback = "setCredential: callback",
        SetText = "setCredential: string",
        SetUnusable = "setCredential: unusable",
        SetFixed = "setCredential: fixed",
        SetMissing = "setCredential: none",
        SetConflicting = "setCredential: two",
        Invalidate = "invalidate",
        SignOut = "sign-out",
        OtherSignedOut = "other tab: signed out",
        OtherChanged = "other tab: user changed",
        Dispose = "dispose",
    }
}

impl Kind {
    pub const fn want(need: Need) -> Self {
        match need {
            Need::Token => Self::WantToken,
            Need::Ready => Self::WantReady,
            Need::Fresh => Self::WantFresh,
        }
    }

    pub const fn woke(wake: Wake) -> Self {
        match wake {
            Wake::Visible => Self::Visible,
            Wake::Focus => Self::Focus,
            Wake::Online => Self::Online,
            Wake::PageShow => Self::PageShow,
        }
    }

    pub const fn set(given: Given) -> Self {
        match given {
            Given::Callback(_) => Self::SetCallback,
            Given::Text(..) => Self::SetText,
            Given::Unusable => Self::SetUnusable,
            Given::Fixed => Self::SetFixed,
            Given::Missing => Self::SetMissing,
            Given::Conflicting => Self::SetConflicting,
        }
    }

    pub const fn other(message: TabMessage) -> Self {
        match message {
            TabMessage::SignedOut => Self::OtherSignedOut,
            TabMessage::UserChanged => Self::OtherChanged,
        }
    }
}

/// Whether a shell can give this input in this state. `start` comes first and once; where nothing is in flight and nothing
/// will be, no timer is set.
pub fn legal(state: usize, kind: usize) -> bool {
    let is = |of: State| state == of as usize;
    if kind == Kind::Start as usize {
        return is(State::NoCredential) || is(State::Exchanging) || is(State::Invalid);
    }
    if kind == Kind::Timer as usize {
        return !(is(State::NoCredential)
            || is(State::SignedOut)
            || is(State::Invalid)
            || is(State::Disposed));
    }
    true
}

counted! {
    /// What the machine wants done.
    Wanted {
        Ask = "ask",
        Exchange = "exchange",
        Abort = "abort",
        Arm = "arm",
        Disarm = "disarm",
        Served = "settle with a token",
        Rejected = "settle with an error",
        Publish = "publish",
        EndGeneration = "end of a generation",
        Broadcast = "broadcast",
        Forget = "forget",
        Warn = "warn",
        Note = "note",
    }
}

/// The counts of a run.
#[derive(Clone, Debug)]
pub struct Stats {
    pub steps: u64,
    pub client_ms: Ms,
    pub worlds: u64,
    pub clients: u64,
    pub events: [u64; Event::COUNT],
    pub pairs: [[u64; Kind::COUNT]; State::COUNT],
    pub wanted: [u64; Wanted::COUNT],
    /// Lifetimes of session tokens that were granted, and those of at most a minute among them.
    pub lifetimes: u64,
    pub short_lifetimes: u64,
    pub healings: u64,
}

impl Stats {
    pub const fn new() -> Self {
        Self {
            steps: 0,
            client_ms: 0,
            worlds: 0,
            clients: 0,
            events: [0; Event::COUNT],
            pairs: [[0; Kind::COUNT]; State::COUNT],
            wanted: [0; Wanted::COUNT],
            lifetimes: 0,
            short_lifetimes: 0,
            healings: 0,
        }
    }

    pub const fn happened(&mut self, event: Event) {
        self.events[event as usize] += 1;
    }

    pub const fn wanted(&mut self, wanted: Wanted) {
        self.wanted[wanted as usize] += 1;
    }

    pub const fn hours(&self) -> i64 {
        self.client_ms / 3_600_000
    }

    /// Both together.
    pub fn add(&mut self, other: &Self) {
        self.steps += other.steps;
        self.client_ms += other.client_ms;
        self.worlds += other.worlds;
        self.clients += other.clients;
        self.lifetimes += other.lifetimes;
        self.short_lifetimes += other.short_lifetimes;
        self.healings += other.healings;
        let rows = self.pairs.as_flattened_mut().iter_mut().zip(other.pairs.as_flattened());
        let events = self.events.iter_mut().zip(&other.events);
        let wanted = self.wanted.iter_mut().zip(&other.wanted);
        for (mine, theirs) in rows.chain(events).chain(wanted) {
            *mine += theirs;
        }
    }
}
