//! Tokens that the backend answers calls with: which of them may be given out, until when, and what may be asked because
//! of them. Invariants 2, 3 and 5.

use threadpass::session::{MINUTE, Moment, Ms, Reason, SECOND};

use super::tokens::{Since, Tokens};
use super::{Answered, Observer, Op, Seen, Verdict, Violation, hold};
use crate::action::Given;
use crate::people::Person;

/// So many are remembered, the one in use among them.
const MEMORY: usize = 24;
/// A token says when it was made in whole seconds.
const ROUNDING: Ms = SECOND;

/// A token that a call was answered with.
#[derive(Clone, Debug)]
pub struct Rotated {
    pub number: u32,
    /// Whom it names, if anybody.
    pub person: Option<Person>,
    /// Of the call: its token, its generation, when it was sent, and how often the clocks had jumped by then.
    pub serial: u32,
    pub generation: u32,
    pub sent: Moment,
    pub jumps: u32,
    pub issued_s: Option<i64>,
    pub expires_s: Option<i64>,
    /// When it truly ends.
    pub ends_t: Ms,
    pub dated_wrongly: bool,
    /// How long it lives from when the call was sent, if it can be used. Worked out when it comes.
    pub life: Option<Ms>,
    /// When it came, another token than the call's had been given out.
    pub outdated: bool,
    /// When it came, no token of the callback had told whose generation this is.
    pub unnamed: bool,
}

/// What the callback's answers and the backend's together allow to say of the next try.
#[derive(Clone, Copy, Debug, Default)]
pub struct Standing {
    /// The token that was given out last, or a later rotation of it, is what the machine has.
    certain: bool,
    /// The callback has answered with a token, and no try has failed since.
    came: bool,
    /// That one was put to use, so that nothing but the end of what is held asks again.
    planned: bool,
    /// The callback's last answer was the same token again, after a rotation, with plenty of life: no reason to skip the
    /// provider's cache the next time.
    patient: bool,
    /// The same, with more life than any rotation: no reason to skip the cache at once.
    gains: bool,
}

impl Tokens {
    pub fn remember_rotated(&mut self, rotated: Rotated) {
        if self.rotated.len() >= MEMORY {
            let kept = self.current.map(|current| current.number);
            let old = self.rotated.iter().position(|rotated| Some(rotated.number) != kept);
            self.rotated.remove(old.unwrap_or(0));
        }
        self.rotated.push_back(rotated);
    }

    pub fn rotation(&self, number: u32) -> Option<&Rotated> {
        self.rotated.iter().rev().find(|rotated| rotated.number == number)
    }

    /// Whose the token is that was given out last.
    pub fn owner(&self) -> Option<Person> {
        let number = self.current?.number;
        let subject = self.subject(number).map(|subject| subject.person);
        subject.or_else(|| self.rotation(number)?.person)
    }

    /// A token has been given out.
    pub fn stands(&mut self, number: u32, serial: u32) {
        self.newest = self.newest.max(serial);
        self.standing.certain = true;
        self.standing.planned |= self.standing.came && self.last == Some(number);
    }
}

impl Standing {
    /// A try has failed.
    pub const fn shaken(&mut self) {
        (self.came, self.planned) = (false, false);
    }
}

impl Observer {
    /// A call is answered with another token.
    pub(super) fn rotated(&mut self, number: u32) {
        let (now, skew, newest) = (self.now, self.tokens.skew, self.tokens.newest);
        let unnamed = self.identity.is_none();
        let Some(rotated) = self.tokens.rotated.iter_mut().find(|rotated| rotated.number == number) else {
            return;
        };
        rotated.outdated = rotated.serial < newest;
        rotated.unnamed = unnamed;
        let Some(end) = rotated.expires_s else { return };
        let left = |at: Moment| end * SECOND - (at.wall_ms - skew);
        let whole = rotated.issued_s.map(|issued| (end - issued) * SECOND);
        // Made for this answer, it cannot be older than the question, whatever the clocks say.
        let life = match whole {
            Some(whole) if left(rotated.sent) > whole - 2 * SECOND => whole.min(left(rotated.sent)),
            Some(whole) => whole,
            None => left(rotated.sent),
        };
        rotated.life = (left(now) > 0).then_some(life);
    }

    /// Until when it may be given out.
    pub(super) fn rotated_token(&self, rotated: &Rotated) -> Result<(Moment, Ms), Violation> {
        let wrong = |invariant, what| Violation { invariant, what };
        if rotated.generation != self.generation {
            return Err(wrong(3, "a rotated token of another generation is given out"));
        }
        let another =
            matches!((self.identity, rotated.person), (Some(identity), Some(person)) if identity != person);
        if another && !rotated.unnamed {
            return Err(wrong(3, "another user's rotated token is given out"));
        }
        if rotated.outdated {
            return Err(wrong(3, "a rotation of an older token is given out"));
        }
        let life =
            rotated.life.ok_or(wrong(2, "a rotated token is given out that has no end, or is past it"))?;
        let exact = !rotated.dated_wrongly && !self.tokens.deceived;
        let rounding = if exact { 0 } else { ROUNDING };
        // By a clock that is ahead it may itself believe to live longer.
        let believes = rotated.issued_s.is_none() && !exact;
        if self.honest && !believes && self.t >= rotated.ends_t + rounding {
            return Err(wrong(2, "a rotated token is given out that has truly ended"));
        }
        Ok((rotated.sent, life))
    }

    /// The callback answers: what its token means beside one that was rotated.
    pub(super) fn compares(&mut self, number: u32) {
        let came = Standing { came: true, ..Standing::default() };
        let standing = std::mem::replace(&mut self.tokens.standing, came);
        let held = self.tokens.current.filter(|current| current.rotated && standing.certain);
        let again = self.tokens.last == Some(number) && !self.arrival.another;
        let Some(subject) = self.tokens.subject(number).filter(|_| held.is_some() && again) else { return };
        let Some((_, at, left)) = subject.first else { return };
        let left = left.map_or(Ms::MAX, |left| left - self.now.since_truly(at));
        let whole = match (subject.issued_s, subject.expires_s) {
            (Some(issued), Some(end)) if end > issued => (end - issued) * SECOND,
            _ => left,
        };
        let longest = self.tokens.rotated.iter().filter_map(|rotated| {
            let ours = rotated.generation == self.generation && !rotated.outdated;
            rotated.life.filter(|_| ours).map(|life| life - self.now.since_truly(rotated.sent))
        });
        let longest = longest.max().unwrap_or(0).max(0);
        self.tokens.standing.patient = left > 0 && left >= MINUTE.min(whole / 5);
        self.tokens.standing.gains = left > longest + SECOND;
    }

    /// That the callback has the same token after a rotation is as it should be.
    pub(super) fn not_forced_by_a_rotation(&self, op: &Op) -> Verdict {
        let standing = self.tokens.standing;
        let expiring = op.reason == Some(Reason::Expiring) && matches!(self.given, Given::Callback(_));
        if !(op.ask && op.forced && expiring) {
            return Ok(());
        }
        if self.continuing {
            let same = matches!(self.input, Seen::Answered { what: Answered::Token(_), .. });
            return hold(5, !(same && standing.gains), "the same token again is not taken after a rotation");
        }
        hold(5, !standing.patient, "the same token after a rotation skips the cache the next time")
    }

    /// A rotated token is renewed in its margin, and not before.
    pub(super) fn rotated_not_too_early(&self, op: &Op) -> Verdict {
        let calm = self.tokens.current.filter(|current| {
            let standing = self.tokens.standing;
            current.rotated
                && standing.planned
                && op.reason == Some(Reason::Expiring)
                && current.valid(self.now)
                && current.jumps == self.jumps
        });
        let Some(current) = calm else { return Ok(()) };
        let margin = MINUTE.min(current.life / 5);
        let earliest = current.life - margin - current.life / 4 - current.life / 500 - 200;
        let elapsed = self.now.since_truly(current.from);
        hold(5, elapsed >= earliest, "a rotated token is renewed long before its end")
    }
}
