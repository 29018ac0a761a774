//! Deliberate faults in the session machine, one at a time, for the simulation to find. Without the feature `mutations`
//! there are none: [`mutated`] then leaves nothing of them.

macro_rules! mutations {
    ($($name:ident: $invariant:literal, $what:literal;)*) => {
        /// A deliberate fault.
        #[cfg(feature = "mutations")]
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Mutation {
            $(#[doc = $what] $name,)*
        }

        #[cfg(feature = "mutations")]
        impl Mutation {
            /// All of them.
            pub const ALL: &[Mutation] = &[$(Mutation::$name,)*];

            /// The invariant of the machine that it breaks, from 1 to 9.
            #[must_use]
            pub const fn invariant(self) -> u8 {
                match self { $(Mutation::$name => $invariant,)* }
            }

            /// What is wrong.
            #[must_use]
            pub const fn what(self) -> &'static str {
                match self { $(Mutation::$name => $what,)* }
            }
        }
    };
}

mutations! {
    FreshStartsAnother: 1, "a forced call begins a try although one is in flight";
    RefusedStartsAnother: 1, "a 401 begins a try although one is in flight";
    WakeStartsAnother: 1, "waking up begins a try although one is in flight";
    NothingAborted: 1, "what is in flight when a generation ends is not aborted";
    WallClockIgnored: 2, "elapsed time is read from the monotonic clock alone";
    LifeFromReceipt: 2, "a lifetime counts from the answer, not from the request";
    RefusedIsServed: 2, "a token goes on being given out after a 401";
    RepeatedIsNew: 2, "the same string again gets a later deadline";
    StaleRefusalRefreshes: 2, "a 401 to an older token refreshes the present one";
    RotatedFromReceipt: 2, "a rotated token's life counts from the answer, not from the call";
    CachedIsFresh: 2, "the age of a token from a cache is not looked at";
    LateAnswerTaken: 3, "an answer is taken whatever its number";
    TokenSurvives: 3, "the token outlives its generation";
    IdentityIgnored: 3, "another user's token does not begin a generation";
    WaitersSurvive: 3, "those who wait are kept when a generation ends";
    GenerationStays: 3, "the number of the generation does not change";
    LateRotationTaken: 3, "a rotated token is taken whatever the token that its call was sent with";
    RotatedIdentityIgnored: 3, "another user's rotated token is taken";
    DepartedComesBack: 3, "the token of somebody who left in another tab is taken as new";
    OneWaiterServed: 4, "only the first of those who wait is served";
    NothingOverdue: 4, "a flight has no deadline";
    NobodyRejected: 4, "those who wait are not told of a failure";
    SettledTwice: 4, "a call is answered at once and again later";
    NoFloor: 5, "there is no least gap between two refreshes";
    NoBreaker: 5, "refused tokens never open the breaker";
    FixedMargin: 5, "the margin is five minutes whatever the lifetime";
    NoPatience: 5, "after a failure the next try follows within seconds";
    RotatedSameForces: 5, "the same token again after a rotation skips the provider's cache the next time";
    RotatedSameGainsNothing: 5, "the same token again after a rotation counts as one that brings nothing";
    AlwaysQuick: 5, "every failure is followed by a quick try";
    NeverRetried: 6, "a failure that can heal plans nothing";
    NeverRechecked: 6, "a refused subject token is the last one that is asked for";
    NeverRenewed: 6, "a token's end plans nothing";
    RejectedPostedAgain: 6, "a refused subject token is posted again";
    SkewNeverLearned: 6, "a wrong clock stays unknown";
    HiddenForEver: 6, "a page that was hidden once counts as hidden";
    PublishedTwice: 7, "a state is published although it has not changed";
    ErrorWhileValid: 7, "a failed renewal shows an error although the token is valid";
    FailureSignsOut: 7, "a callback that could not be asked counts as nobody";
    RotatedIsNews: 7, "a rotated token is published as a renewal is";
    RenewalHidesUser: 7, "a renewal shows `exchanging` while the user is known";
    TimerSurvives: 8, "the timer is left when the client is disposed";
    HiddenTimer: 8, "a hidden page keeps its timer";
    LongTimer: 8, "a timer is set to more than a timer takes";
    DebugShowsSecret: 9, "the debug text of a token shows it";
    MessageNamesToken: 9, "the error of a refused exchange repeats the subject token";
    UserIsToken: 9, "the user's id is the token";
}

#[cfg(feature = "mutations")]
thread_local! {
    static ACTIVE: std::cell::Cell<Option<Mutation>> = const { std::cell::Cell::new(None) };
}

/// Breaks the machine on this thread, or mends it.
#[cfg(feature = "mutations")]
pub fn activate(mutation: Option<Mutation>) {
    ACTIVE.set(mutation);
}

/// Whether this fault is in.
#[cfg(feature = "mutations")]
pub(crate) fn is_active(mutation: Mutation) -> bool {
    ACTIVE.get() == Some(mutation)
}

/// What is right, or what is wrong while a fault is in; or something wrong that is done besides.
#[cfg(feature = "mutations")]
macro_rules! mutated {
    ($name:ident, $right:expr, $wrong:expr) => {
        if $crate::mutations::is_active($crate::mutations::Mutation::$name) { $wrong } else { $right }
    };
    ($name:ident => $wrong:block) => {
        if $crate::mutations::is_active($crate::mutations::Mutation::$name) $wrong
    };
}

/// What is right. The rest is gone before anything is compiled.
#[cfg(not(feature = "mutations"))]
macro_rules! mutated {
    ($name:ident, $right:expr, $wrong:expr) => {
        $right
    };
    ($name:ident => $wrong:block) => {};
}

pub(crate) use mutated;
