//! What is done to a tab. Each is decided completely, so that a list of them can be replayed and shortened.

use threadpass::session::{Ms, Need, TabMessage, Use, Wake};

use crate::people::Person;

/// What a provider's token says of itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// Who it is about, when it was issued, and when it ends.
    Full,
    /// The same without `iat`.
    NoIssue,
    /// Nothing.
    Opaque,
}

/// A provider's token to be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mint {
    pub person: Person,
    /// How long ago it was issued: it may come from the provider's cache.
    pub age_s: i64,
    pub life_s: i64,
    pub shape: Shape,
}

/// What the callback does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ask {
    /// Another string than ever before.
    Token(Mint),
    /// The string it answered last.
    Same,
    /// One it answered before that.
    Older,
    /// `null`.
    Nobody,
    /// `""`.
    Empty,
    /// Something that is no token: a page, JSON, blanks, a text with blanks.
    Unusable(u8),
    /// It throws.
    Throws,
    /// It throws, and says that asking again is of no use.
    ThrowsForGood,
}

/// How long a session token lives by its own account.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Grant {
    pub expires_in_s: Option<f64>,
    /// Lifetime in its claims, where it can be read.
    pub claimed_s: Option<i64>,
}

/// What comes of an exchange.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Exchange {
    Granted(Grant),
    /// One of the refusals of [`crate::answers`].
    Refused(u8),
    /// The connection broke.
    Lost,
    /// The browser is offline.
    Offline,
}

/// What a call is answered with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Response {
    /// Anything that shows that the token was accepted.
    Accepted,
    /// 401.
    Unauthorized,
    /// A failure that says nothing about the token.
    Failed,
}

/// Whom a rotated token names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whose {
    /// The one whose token the call was sent with.
    Same,
    Other(Person),
    Nobody,
}

/// A token that the backend answers a call with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rotation {
    pub whose: Whose,
    pub life_s: i64,
    /// How far the clock that it is dated by is behind.
    pub behind_s: i64,
    pub shape: Shape,
    /// It was made when the call was sent, and not when the answer came.
    pub early: bool,
}

/// What comes back unawaited. Calls are those with the token that was given out last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stray {
    /// The answer of a callback with a number that never was.
    Answer,
    Accepted,
    Refused,
    RefusedAgain,
    Rotated(Rotation),
}

/// A credential.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Given {
    Callback(Use),
    Text(Use, Mint),
    Unusable,
    Fixed,
    Missing,
    Conflicting,
}

/// What the app does from within an effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gap {
    Call,
    Invalidate,
    SignOut,
    SetCredential(Given),
    Dispose,
}

/// One thing that happens.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Action {
    Start,
    Want(Need),
    /// The n-th caller that waits has gone.
    Abandon(u8),
    /// The n-th call that was sent is answered, perhaps with another token.
    Respond(u8, Response, Option<Rotation>),
    /// The callback that is asked settles.
    Answer(Ask),
    /// The exchange that was sent settles.
    Settle(Exchange),
    /// A callback that nobody waits for any more settles.
    LateAnswer(Ask),
    /// An exchange that nobody waits for any more settles.
    LateSettle(Exchange),
    /// Something comes back that the machine did not wait for, or not any more.
    Stray(Stray),
    Hide,
    Wake(Wake),
    /// The wall clock is set.
    StepClock(Ms),
    /// Both clocks go wrong, in millionths.
    Drift(i32, i32),
    /// The machine sleeps. The monotonic clock may stand still, and with it the timer.
    Sleep {
        ms: Ms,
        mono_stops: bool,
    },
    /// The page is frozen: nothing runs, both clocks do.
    Freeze(Ms),
    /// Timers of a hidden page are held back to a multiple of this.
    Throttle(Ms),
    SetCredential(Given),
    /// `signOut(); setCredential(…)` in one tick.
    Replace(Given),
    Invalidate,
    SignOut,
    OtherTab(TabMessage),
    Dispose,
    /// The app does something while the n-th effect of the next step with so many is carried out.
    InGap(u8, Gap),
    /// From now on provider, backend and network are well, and this person is signed in.
    Heal {
        person: Person,
        life_s: i64,
    },
    /// Not any more.
    Ail,
    /// Long after the healing: everything that can heal has.
    Expect,
}
