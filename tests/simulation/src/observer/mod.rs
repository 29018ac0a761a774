//! Who watches the machine. The observer knows the truth of the model, sees every input and effect, and keeps its own
//! account; it never asks the machine. Each of the nine invariants has a file.

mod generations;
mod healing;
mod in_flight;
mod rotations;
mod secrets;
mod serving;
mod settling;
mod states;
mod storms;
mod timers;
mod tokens;

use threadpass::session::{AuthState, Effect, Moment, Ms, Need, OpId, Reason, TabMessage, Use, Wake};

use crate::action::Given;
use crate::answers::Meaning;
use crate::people::Person;
pub use rotations::Rotated;
pub use secrets::CANARY;
pub use settling::Waiting;
pub use tokens::{Granted, Subject, life};

use self::generations::Arrival;
use self::storms::Pace;
use self::tokens::Tokens;

/// An invariant that does not hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// Which, from 1 to 9.
    pub invariant: u8,
    /// How.
    pub what: &'static str,
}

/// Whether all is well.
pub type Verdict = Result<(), Violation>;

/// Says that an invariant holds, or how it does not.
pub fn hold(invariant: u8, holds: bool, what: &'static str) -> Verdict {
    if holds { Ok(()) } else { Err(Violation { invariant, what }) }
}

/// An answer as the model knows it. `live`: the machine waits for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answered {
    /// A provider's token, by its number.
    Token(u32),
    Nobody,
    Unusable,
    Failed {
        for_good: bool,
    },
}

/// An input as the model knows it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Seen {
    Start,
    Want(u32, Need),
    Refused(Option<u32>, u32),
    Accepted(u32),
    /// A call is answered with the token of this number.
    Rotated(u32),
    Abandon(u32),
    Answered {
        live: bool,
        what: Answered,
    },
    Granted {
        live: bool,
        number: u32,
    },
    NotGranted {
        live: bool,
        what: Meaning,
    },
    Timer,
    Hidden,
    Woke(Wake),
    SetCredential {
        given: Given,
        number: u32,
    },
    Invalidate,
    SignOut,
    OtherTab(TabMessage),
    Dispose,
}

/// A callback or exchange under way.
#[derive(Clone, Copy, Debug)]
pub struct Op {
    pub id: OpId,
    pub ask: bool,
    pub reason: Option<Reason>,
    pub forced: bool,
    pub sent: Moment,
    pub sent_t: Ms,
    /// The number of the provider's token that is exchanged.
    pub subject: u32,
    pub generation: u32,
    pub step: u64,
}

/// The observer's account of one tab.
#[derive(Debug)]
pub struct Observer {
    pub t: Ms,
    pub now: Moment,
    pub step: u64,
    pub input: Seen,
    pub given: Given,
    pub generation: u32,
    pub disposed: bool,
    pub hidden: bool,
    /// The state that was published last.
    pub state: AuthState,
    pub op: Option<Op>,
    /// Whether the machine waited for what this input brings.
    pub continuing: bool,
    /// Whose generation this is, where a token told.
    pub identity: Option<Person>,
    pub waiting: Vec<Waiting>,
    pub tokens: Tokens,
    pub pace: Pace,
    /// Whether the timer is set.
    pub armed: bool,
    /// True time that passed while the page could run.
    pub awake: Ms,
    /// How often the clocks have jumped, or the page stood still.
    pub jumps: u32,
    /// Whether both clocks have always been right.
    pub honest: bool,
    /// Timers of the hidden page come this late.
    pub throttle: Ms,
    /// The callback has said that it is of no use to ask again.
    pub hopeless: bool,
    /// The number of the string that is the credential.
    pub text: u32,
    arrival: Arrival,
    timers: timers::Fired,
    ended: bool,
    /// What was refused is not the token that the machine has, and that one is valid.
    stale_refusal: bool,
    /// Since when the next use has to ask again.
    waits_for_use: Option<Ms>,
    /// The one who was served last replays a call.
    pub served_replay: bool,
    /// The provider's cache was skipped for the token that comes.
    forced: bool,
}

impl Observer {
    /// Of a client that was just made.
    pub fn new(given: Given, state: AuthState, honest: bool) -> Self {
        Self {
            t: 0,
            now: Moment::default(),
            step: 0,
            input: Seen::Start,
            given,
            generation: 0,
            disposed: false,
            hidden: false,
            state,
            op: None,
            continuing: false,
            identity: None,
            waiting: Vec::new(),
            tokens: Tokens::default(),
            pace: Pace::default(),
            armed: false,
            awake: 0,
            jumps: 0,
            honest,
            throttle: 0,
            hopeless: false,
            text: 0,
            arrival: Arrival::default(),
            timers: timers::Fired::default(),
            ended: false,
            stale_refusal: false,
            waits_for_use: None,
            served_replay: false,
            forced: false,
        }
    }

    /// What the credential does with its tokens.
    pub const fn usage(&self) -> Option<Use> {
        match self.given {
            Given::Callback(usage) | Given::Text(usage, _) => Some(usage),
            _ => None,
        }
    }

    /// Before the machine sees an input.
    pub fn before(&mut self, t: Ms, now: Moment, input: Seen) -> Verdict {
        let input = self.understood(input);
        (self.t, self.now, self.input) = (t, now, input);
        self.step += 1;
        self.ended = false;
        self.continuing = false;
        self.stale_refusal = false;
        self.arrival = self.arrival();
        self.pace.mark();
        self.tokens.age(now);
        match input {
            Seen::Start => self.takes_text(),
            Seen::SetCredential { given, number } => {
                (self.given, self.text) = (given, number);
                self.tokens.pardon();
                self.pace.stirred();
                if self.arrival.same_person {
                    self.takes_text();
                }
            }
            Seen::Want(id, need) => {
                self.joins(id, need, None);
                self.used();
            }
            Seen::Refused(waiter, serial) => {
                if let Some(id) = waiter {
                    self.joins(id, Need::Token, Some(serial));
                }
                self.refused(serial);
            }
            Seen::Accepted(serial) => self.accepted(serial),
            Seen::Rotated(number) => self.rotated(number),
            Seen::Answered { live: true, what } => self.answered(what),
            Seen::Granted { live: true, number } => self.granted(number),
            Seen::NotGranted { live: true, what } => self.not_granted(what),
            Seen::Hidden => self.hidden = true,
            Seen::Woke(wake) => self.woke(wake),
            Seen::Timer => {
                self.armed = false;
                self.fired()?;
            }
            _ => {}
        }
        Ok(())
    }

    /// The token of somebody who has just left in another tab says that nobody is here.
    fn understood(&mut self, input: Seen) -> Seen {
        match input {
            Seen::Answered { live: true, what: Answered::Token(number) }
                if self.tokens.is_of_who_left(number) =>
            {
                Seen::Answered { live: true, what: Answered::Nobody }
            }
            _ => input,
        }
    }

    /// Each effect, before it is carried out.
    pub fn effect(&mut self, effect: &Effect) -> Verdict {
        self.after_the_end(effect)?;
        self.no_secret(effect)?;
        match effect {
            Effect::Ask { op, reason, force_refresh } => self.asks(*op, *reason, *force_refresh),
            Effect::Exchange { op, subject } => self.exchanges(*op, subject),
            Effect::Abort(op) => self.aborts(*op),
            Effect::Arm { after_ms } => self.arms(*after_ms),
            Effect::Disarm => {
                self.armed = false;
                Ok(())
            }
            Effect::Settle(waiter, result) => self.settles(*waiter, result),
            Effect::Publish { state, .. } => self.publishes(state),
            Effect::EndGeneration { begins, .. } => self.ends(*begins),
            Effect::Broadcast(_) | Effect::Forget | Effect::Warn(_) | Effect::Note(_) => Ok(()),
        }
    }

    /// After all effects of a step.
    pub fn after(&mut self) -> Verdict {
        if let Seen::Abandon(id) = self.input {
            // What was overdue may still have answered it.
            self.waiting.retain(|waiting| waiting.id != id);
        }
        self.ended_where_it_must()?;
        self.nothing_overdue()?;
        self.looked();
        self.one_timer()?;
        if self.input == Seen::Dispose {
            self.disposed = true;
        }
        Ok(())
    }
}
