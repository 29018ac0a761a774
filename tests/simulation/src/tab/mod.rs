//! One client in one tab: the machine, its clocks and timer, the calls that are made with its tokens, and the observer.
//! It does what it is told by [`Action`]s, and by itself only what a browser does by itself.

mod act;
mod feed;
mod mint;
mod rotate;

use std::collections::VecDeque;
use std::rc::Rc;

use threadpass::session::{Input, Moment, Ms, Rules, Session, TabMessage};

use crate::action::{Gap, Given, Mint};
use crate::answers::Answers;
use crate::clocks::Clocks;
use crate::observer::{Observer, Op, Seen, Verdict, Violation};
use crate::people::{People, Person};
use crate::stats::{Kind, Stats};

/// What every tab of a run shares.
#[derive(Debug)]
pub struct Shared {
    pub people: People,
    pub answers: Answers,
}

impl Shared {
    /// Read anew: each thread has its own.
    pub fn new() -> Self {
        Self { people: People::new(), answers: Answers::new() }
    }
}

/// A call that was sent.
#[derive(Clone, Copy, Debug, Default)]
pub struct Sent {
    /// Of the token it was sent with, if it was.
    pub serial: u32,
    pub bearer: bool,
    /// Whose that is.
    pub owner: Option<Person>,
    pub generation: u32,
    pub at: Moment,
    pub at_t: Ms,
    pub jumps: u32,
    /// It has been refused once already.
    pub replay: bool,
}

/// What a tab has done that others may answer.
#[derive(Clone, Copy, Debug)]
pub enum Out {
    /// The callback is asked.
    Asked { forced: bool },
    /// The exchange is sent.
    Exchanging,
    /// A call is sent.
    Sent,
    /// A message to the other tabs.
    Said(TabMessage),
}

/// An input, and what the model knows of it.
#[derive(Debug)]
struct Fed {
    input: Input,
    seen: Seen,
    kind: Kind,
    /// When the backend issued the token that comes, where it says so.
    issued_s: Option<i64>,
}

/// How a tab was made, so that it can be made again.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Birth {
    pub t: Ms,
    pub seed: u64,
    pub given: Given,
    /// How far the wall clock is ahead.
    pub offset: Ms,
    /// Its clocks will never lie.
    pub honest: bool,
}

/// A client in a tab.
#[derive(Debug)]
pub struct Tab {
    pub session: Session,
    pub observer: Observer,
    pub sent: Vec<Sent>,
    pub out: Vec<Out>,
    pub violation: Option<Violation>,
    /// The machine or the page stands still until then.
    pub suspended_until: Ms,
    /// What happened, in words, where somebody wants to read it.
    pub trace: Option<Vec<String>>,
    shared: Rc<Shared>,
    clocks: Clocks,
    t: Ms,
    timer: Option<Ms>,
    healthy: Option<(Person, i64)>,
    /// When the healthy world answers.
    reply: Option<Ms>,
    /// What was aborted last: an exchange, a callback.
    late: [Option<Op>; 2],
    gap: Option<(u8, Gap)>,
    inputs: VecDeque<Fed>,
    next_waiter: u32,
    /// The call that was sent last.
    last: Sent,
    next_token: u32,
}

impl Tab {
    /// A client that was just made.
    pub fn new(birth: Birth, shared: &Rc<Shared>) -> Self {
        let mut tab = Self {
            session: Session::new(threadpass::session::Credential::Missing, Rules::default(), birth.seed),
            observer: Observer::new(
                birth.given,
                threadpass::session::AuthState::Exchanging { attempt: 0, user: None, generation: 0 },
                birth.honest,
            ),
            sent: Vec::new(),
            out: Vec::new(),
            violation: None,
            suspended_until: 0,
            trace: None,
            shared: shared.clone(),
            clocks: Clocks::new(birth.offset),
            t: birth.t,
            timer: None,
            healthy: None,
            reply: None,
            late: [None; 2],
            gap: None,
            inputs: VecDeque::new(),
            next_waiter: 0,
            last: Sent::default(),
            next_token: 0,
        };
        let (credential, number) = tab.credential(birth.given);
        tab.session = Session::new(credential, Rules::default(), birth.seed);
        tab.observer.state = tab.session.auth().clone();
        tab.observer.text = number;
        tab
    }

    /// What the tab does by itself, and when: its timer, and the answers of a healthy world.
    pub fn due(&self) -> Option<Ms> {
        let due = match (self.timer, self.reply) {
            (Some(timer), Some(reply)) => Some(timer.min(reply)),
            (timer, reply) => timer.or(reply),
        };
        due.map(|due| due.max(self.suspended_until))
    }

    /// Lets it do that.
    pub fn tick(&mut self, t: Ms, stats: &mut Stats) {
        self.pass_to(t, stats);
        if self.reply.is_some_and(|reply| reply <= t) {
            self.reply = None;
            self.reply_well(stats);
        }
        if self.timer.is_some_and(|timer| timer <= t) {
            self.timer = None;
            self.feed(Input::Timer, Seen::Timer, Kind::Timer, stats);
        }
    }

    fn pass_to(&mut self, t: Ms, stats: &mut Stats) {
        let passed = (t - self.t).max(0);
        stats.client_ms += passed;
        let still = (self.suspended_until.min(t) - self.t).max(0);
        self.observer.awake += (passed - still).max(0);
        self.t = self.t.max(t);
    }

    fn judge(&mut self, verdict: Verdict) {
        if let Err(violation) = verdict {
            if let Some(trace) = &mut self.trace {
                trace.push(format!("{:>12} !! invariant {}: {}", "", violation.invariant, violation.what));
            }
            self.violation.get_or_insert(violation);
        }
    }

    fn healthy_mint(&self) -> Option<Mint> {
        self.healthy.map(|(person, life_s)| Mint {
            person,
            age_s: 0,
            life_s: life_s.max(3_600),
            shape: crate::action::Shape::Full,
        })
    }
}
