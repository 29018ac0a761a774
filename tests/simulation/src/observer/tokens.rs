//! What is known of tokens: who they are about, when they came, and when they end by D1 and D2, worked out a second time.

use std::collections::VecDeque;

use threadpass::secret::Secret;
use threadpass::session::{MINUTE, Moment, Ms, SECOND, Use};

use super::rotations::{Rotated, Standing};
use super::{Answered, Observer};
use crate::action::{Given, Grant};
use crate::answers::Meaning;
use crate::clocks::EPOCH;
use crate::people::Person;

/// What is believed of a token that says nothing (D1).
pub const UNKNOWN: Ms = 5 * MINUTE;
const TEN_YEARS: Ms = 3_650 * 24 * 60 * MINUTE;
/// So many tokens of each kind are remembered, those in use among them.
const MEMORY: usize = 24;

/// A provider's token.
#[derive(Clone, Debug)]
pub struct Subject {
    pub number: u32,
    pub secret: Secret,
    pub person: Person,
    /// The same, where it can be read.
    pub readable: Option<Person>,
    pub issued_s: Option<i64>,
    pub expires_s: Option<i64>,
    /// When the machine first had it in this generation, and how long it then had.
    pub first: Option<(u32, Moment, Option<Ms>)>,
    pub received: Moment,
}

/// A session token.
#[derive(Clone, Debug)]
pub struct Granted {
    pub number: u32,
    /// Whom the provider's token named, if anybody.
    pub person: Option<Person>,
    pub generation: u32,
    pub from: Moment,
    pub from_t: Ms,
    pub life: Ms,
}

/// The token that the machine has, as far as is known.
#[derive(Clone, Copy, Debug)]
pub struct Current {
    pub number: u32,
    pub serial: Option<u32>,
    pub from: Moment,
    pub life: Ms,
    pub refused: bool,
    pub accepted: bool,
    pub jumps: u32,
    /// It was past its deadline once.
    pub ended: bool,
    /// The backend gave it in answer to a call.
    pub rotated: bool,
}

impl Current {
    pub fn valid(&self, now: Moment) -> bool {
        !self.refused && !self.ended && now.since_truly(self.from) < self.life
    }
}

/// Elapsed time as D2 has it, written a second time.
pub trait Since {
    fn since_truly(&self, earlier: Moment) -> Ms;
}

impl Since for Moment {
    fn since_truly(&self, earlier: Moment) -> Ms {
        let (mono, wall) = (self.mono_ms - earlier.mono_ms, self.wall_ms - earlier.wall_ms);
        if mono < 0 && wall < 0 {
            0
        } else if mono > wall {
            mono
        } else {
            wall
        }
    }
}

/// All that is known of tokens.
#[derive(Debug, Default)]
pub struct Tokens {
    pub subjects: VecDeque<Subject>,
    pub granted: VecDeque<Granted>,
    /// Tokens that calls were answered with.
    pub rotated: VecDeque<Rotated>,
    pub current: Option<Current>,
    /// What is known of the callback's part in it.
    pub standing: Standing,
    /// The highest serial number that was given out.
    pub newest: u32,
    /// The token that calls got last in this generation.
    pub served: u32,
    /// The provider's token that came last in this generation.
    pub last: Option<u32>,
    /// The one that was last when another tab signed out: if it comes next, the provider has not heard of that yet.
    departed: Option<u32>,
    pub skew: Ms,
    /// The provider was asked for a fresh token and gave an old one that was new to us, from which D1 learns a wrong time.
    pub deceived: bool,
    /// Provider's tokens that the exchange has refused since it last worked.
    rejected: Vec<(u32, Meaning)>,
}

/// The number in a token's text.
pub fn number(secret: &Secret) -> u32 {
    let digits = secret.expose().as_bytes().iter().rev().take_while(|byte| byte.is_ascii_digit());
    digits
        .fold((0, 1), |(sum, place), digit| (sum + u32::from(digit - b'0') * place, place.wrapping_mul(10)))
        .0
}

/// How long a session token lives (D1).
pub fn life(grant: Grant) -> Ms {
    let of = |seconds: f64| (seconds.is_finite() && seconds > 0.0).then_some(seconds * 1000.0);
    match grant.expires_in_s.and_then(of).or_else(|| of(grant.claimed_s? as f64)) {
        Some(ms) if ms >= TEN_YEARS as f64 => TEN_YEARS,
        Some(ms) => (ms as Ms).max(1),
        None => UNKNOWN,
    }
}

impl Tokens {
    pub fn remember(&mut self, subject: Subject) {
        if self.subjects.len() >= MEMORY {
            let kept = (self.last, self.current.map(|current| current.number));
            let old = self.subjects.iter().position(|subject| {
                let number = Some(subject.number);
                number != kept.0 && number != kept.1
            });
            self.subjects.remove(old.unwrap_or(0));
        }
        self.subjects.push_back(subject);
    }

    pub fn remember_granted(&mut self, granted: Granted) {
        if self.granted.len() >= MEMORY {
            let kept = self.current.map(|current| current.number);
            let old = self.granted.iter().position(|granted| Some(granted.number) != kept);
            self.granted.remove(old.unwrap_or(0));
        }
        self.granted.push_back(granted);
    }

    pub fn subject(&self, number: u32) -> Option<&Subject> {
        self.subjects.iter().rev().find(|subject| subject.number == number)
    }

    /// A token that has ended stays so, whatever the clocks say later.
    pub fn age(&mut self, now: Moment) {
        if let Some(current) = &mut self.current {
            current.ended |= now.since_truly(current.from) >= current.life;
        }
    }

    /// Whether any token has come in this generation.
    pub const fn any(&self) -> bool {
        self.last.is_some() || self.current.is_some()
    }

    /// `departs`: another tab has signed out.
    pub fn forget_generation(&mut self, departs: bool) {
        self.departed = if departs { self.last.or(self.departed) } else { None };
        self.current = None;
        self.last = None;
        self.served = 0;
        self.standing = Standing::default();
        self.rejected.clear();
    }

    /// Forgets what was refused.
    pub fn pardon(&mut self) {
        self.rejected.clear();
    }

    /// What the exchange meant by refusing this token, if it has.
    pub fn rejection(&self, number: u32) -> Option<Meaning> {
        self.rejected.iter().find(|(rejected, _)| *rejected == number).map(|(_, meaning)| *meaning)
    }

    /// Whether this is the token of whoever signed out elsewhere. Known only of the first that comes after that.
    pub fn is_of_who_left(&mut self, number: u32) -> bool {
        self.departed.take() == Some(number)
    }

    /// A provider's token comes to the machine: what is left of it, by D1.
    pub fn takes(&mut self, number: u32, generation: u32, (t, now): (Ms, Moment), forced: bool) {
        let repeated = self.last == Some(number);
        let Some(subject) = self.subjects.iter_mut().rev().find(|subject| subject.number == number) else {
            return;
        };
        subject.received = now;
        if repeated {
            return;
        }
        if let Some(issued) = subject.issued_s.filter(|_| forced) {
            self.skew = skew(now, issued);
            self.deceived = (t + EPOCH - issued * SECOND).abs() >= 2 * SECOND;
        }
        let ends = subject.expires_s.map(|end| end * SECOND - (now.wall_ms - self.skew));
        let left = match (ends, subject.issued_s, subject.expires_s) {
            (Some(ends), Some(issued), Some(end)) if end > issued => Some(ends.min((end - issued) * SECOND)),
            (ends, ..) => ends,
        };
        subject.first = Some((generation, now, left.map(|left| left.min(TEN_YEARS))));
        self.last = Some(number);
    }
}

fn skew(now: Moment, issued_s: i64) -> Ms {
    let skew = now.wall_ms - issued_s * SECOND;
    if skew.abs() < 2 * SECOND { 0 } else { skew }
}

impl Observer {
    pub(super) fn answered(&mut self, what: Answered) {
        let forced = self.op.take().is_some_and(|op| op.forced);
        self.continuing = true;
        match what {
            // Whether it belongs to this generation turns out with the effects; the account is kept for the next.
            Answered::Token(number) => {
                self.compares(number);
                self.arrives(number, forced);
            }
            Answered::Nobody => {
                self.leaves_it_to_use();
                self.pace.worked();
            }
            Answered::Unusable => self.failed(false),
            Answered::Failed { for_good } => {
                self.hopeless |= for_good;
                self.failed(!for_good);
            }
        }
    }

    fn arrives(&mut self, number: u32, forced: bool) {
        self.forced = forced;
        if !self.arrival.another {
            self.takes(number);
        }
        if self.usage() == Some(Use::Direct) {
            self.pace.worked();
        } else if let Some(meaning) = self.tokens.rejection(number).filter(|_| forced) {
            if meaning == Meaning::Misconfigured {
                self.leaves_it_to_use();
            }
            self.failed(false);
        }
    }

    pub(super) fn takes(&mut self, number: u32) {
        self.tokens.takes(number, self.generation, (self.t, self.now), self.forced);
    }

    /// A string is taken as if it had just come.
    pub(super) fn takes_text(&mut self) {
        self.forced = false;
        if matches!(self.given, Given::Text(..)) {
            self.takes(self.text);
        }
    }

    pub(super) fn granted(&mut self, number: u32) {
        self.op = None;
        self.continuing = true;
        let Some(granted) = self.tokens.granted.iter().find(|granted| granted.number == number) else {
            return;
        };
        if self.now.since_truly(granted.from) >= granted.life {
            return self.failed(true);
        }
        self.tokens.current = Some(Current {
            number,
            serial: None,
            from: granted.from,
            life: granted.life,
            refused: false,
            accepted: false,
            jumps: self.jumps,
            ended: false,
            rotated: false,
        });
        self.tokens.rejected.clear();
        self.pace.renewed(granted.life, self.t, self.jumps);
    }

    pub(super) fn not_granted(&mut self, what: Meaning) {
        let subject = self.op.take().map_or(0, |op| op.subject);
        self.continuing = true;
        if what != Meaning::Failed {
            self.tokens.rejected.push((subject, what));
        }
        if what == Meaning::Misconfigured {
            self.leaves_it_to_use();
        }
        self.failed(what == Meaning::Failed);
    }

    /// A backend's token says what time it is there.
    pub fn learns_time(&mut self, issued_s: i64) {
        self.tokens.skew = skew(self.now, issued_s);
    }

    fn is_current(&self, serial: u32) -> bool {
        self.tokens.current.is_some_and(|current| current.serial == Some(serial))
    }

    pub(super) fn refused(&mut self, serial: u32) {
        if !self.is_current(serial) {
            let newer = self.tokens.current.is_some_and(|current| current.valid(self.now));
            self.stale_refusal = newer && self.usage() == Some(Use::Exchange);
            return;
        }
        let Some(current) = self.tokens.current.as_mut().filter(|current| !current.refused) else { return };
        current.refused = true;
        // Of a token that is sent as it is, another may have come that was not given out yet.
        let fresh = !current.accepted && matches!(self.given, Given::Callback(Use::Exchange));
        self.pace.refused(fresh, self.t);
    }

    pub(super) fn accepted(&mut self, serial: u32) {
        if !self.is_current(serial) {
            return;
        }
        if let Some(current) = self.tokens.current.as_mut().filter(|current| !current.refused) {
            current.accepted = true;
            self.pace.accepted();
        }
    }
}
