//! Invariant 5: no storms, whatever the clocks, lifetimes and failures (D3, D4).

use threadpass::session::{AuthState, MINUTE, Ms, Need, Reason, SECOND, Use, Wake};

use super::tokens::Since;
use super::{Answered, Observer, Op, Seen, Verdict, hold};

/// The floor of D4, with what a drifting clock takes from it.
const FLOOR: Ms = 5 * SECOND - 50;
/// The least wait after a first failure, and after further ones.
const FIRST: Ms = 20 * SECOND - 100;
const FURTHER: Ms = MINUTE - 200;
const BREAKER: Ms = 20 * SECOND - 100;

/// What is remembered of earlier tries.
#[derive(Clone, Copy, Debug, Default)]
pub struct Pace {
    last: Option<Ms>,
    jumps: u32,
    failures: Failures,
    before: Failures,
    /// The quick second try has been made in this series.
    quick_used: bool,
    /// The last try was because of a 401.
    for_401: bool,
    /// The last try found nothing newer than what is held.
    looked: bool,
    fresh_refused: u32,
    breaker_until: Ms,
    dispersing_until: Ms,
    dispersing_jumps: u32,
    /// The renewal of the present token is spread widely.
    dispersed: bool,
}

#[derive(Clone, Copy, Debug, Default)]
struct Failures {
    /// In a row, without the quick try's own.
    count: u32,
    at: Ms,
    /// Something else than the timer may have asked for the next try.
    stirred: bool,
}

impl Pace {
    /// A session token has come.
    pub const fn renewed(&mut self, life: Ms, t: Ms, jumps: u32) {
        if self.failures.count > 0 || self.quick_used {
            self.dispersing_until = t.saturating_add(life.saturating_mul(2)).saturating_add(MINUTE);
            self.dispersing_jumps = jumps;
        }
        // After a jump nobody knows when that is.
        self.dispersed =
            t < self.dispersing_until || (self.dispersing_until > 0 && jumps != self.dispersing_jumps);
        self.worked();
    }

    /// Something is about to come.
    pub const fn mark(&mut self) {
        self.before = self.failures;
    }

    /// Something has come.
    pub const fn worked(&mut self) {
        self.failures = Failures { count: 0, at: 0, stirred: false };
        self.quick_used = false;
        self.looked = false;
    }

    const fn failed(&mut self, retryable: bool, t: Ms) {
        let count = if retryable { self.failures.count + 1 } else { 3 };
        self.failures = Failures { count, at: t, stirred: false };
    }

    /// A token was refused; `fresh` if it never was accepted.
    pub const fn refused(&mut self, fresh: bool, t: Ms) {
        self.failures.stirred = true;
        if fresh {
            self.fresh_refused += 1;
            if self.fresh_refused >= 2 {
                self.breaker_until = t + BREAKER;
            }
        }
    }

    /// Something else than the timer may ask for the next try.
    pub const fn stirred(&mut self) {
        self.failures.stirred = true;
    }

    pub const fn accepted(&mut self) {
        self.fresh_refused = 0;
    }

    pub const fn generation(&mut self) {
        self.worked();
        self.mark();
        self.fresh_refused = 0;
        self.breaker_until = 0;
        self.dispersing_until = 0;
    }
}

impl Observer {
    pub(super) fn failed(&mut self, retryable: bool) {
        self.tokens.standing.shaken();
        self.pace.failed(retryable, self.t);
        // What was overdue fails first.
        self.pace.failures.stirred =
            matches!(self.input, Seen::Woke(_) | Seen::Refused(..) | Seen::SetCredential { .. });
    }

    /// Something in flight was aborted, and not because its generation ended.
    pub(super) fn gave_up(&mut self, op: &Op) {
        if self.now.since_truly(op.sent) >= 30 * SECOND {
            self.failed(true);
        }
    }

    /// The same flight goes on, so what came was not its failure.
    pub(super) fn goes_on(&mut self) {
        self.pace.failures = self.pace.before;
    }

    pub(super) fn woke(&mut self, wake: Wake) {
        if matches!(wake, Wake::Visible | Wake::PageShow) {
            self.hidden = false;
        }
        self.pace.failures.stirred = true;
    }

    /// Whether the app itself has asked for this try.
    fn wished(&self) -> bool {
        match self.input {
            Seen::Start
            | Seen::SetCredential { .. }
            | Seen::Invalidate
            | Seen::OtherTab(_)
            | Seen::Want(_, Need::Fresh) => true,
            // Nobody is signed in: each use asks.
            Seen::Want(..) | Seen::Refused(Some(_), _) => {
                matches!(self.state, AuthState::Unauthenticated { .. })
            }
            _ => false,
        }
    }

    pub(super) fn begins_try(&mut self, op: Op) -> Verdict {
        let stale = self.stale_refusal && op.reason == Some(Reason::Unauthorized);
        hold(2, !stale, "a 401 to an older token begins a refresh")?;
        hold(5, !matches!(self.input, Seen::Rotated(_)), "a rotated token begins a try")?;
        let (wished, jumped) = (self.wished(), self.pace.jumps != self.jumps);
        let last = self.pace.last.replace(self.t);
        self.pace.jumps = self.jumps;
        let answers_401 = matches!(self.input, Seen::Refused(..));
        let refused = op.reason == Some(Reason::Unauthorized);
        let again = std::mem::replace(&mut self.pace.for_401, refused);
        if wished || jumped {
            self.pace.breaker_until = 0;
            return Ok(());
        }
        hold(5, self.t >= self.pace.breaker_until, "a try begins while the breaker is open")?;
        self.not_too_early(&op)?;
        self.rotated_not_too_early(&op)?;
        let gap = last.map_or(Ms::MAX, |last| self.t - last);
        // Of a string's exchange the reason cannot be seen.
        self.not_too_soon(gap, answers_401 && (refused || op.reason.is_none()) && !again)
    }

    /// The first refresh after a 401 is exempt from the floor.
    fn not_too_soon(&mut self, gap: Ms, exempt: bool) -> Verdict {
        let (t, timed) = (self.t, self.input == Seen::Timer);
        let pace = &mut self.pace;
        let failing = pace.failures.count > 0;
        let patience = if pace.failures.count <= 1 { FIRST } else { FURTHER };
        let early = failing && timed && !pace.failures.stirred && t - pace.failures.at < patience;
        let soon = gap < FLOOR;
        // A try that found nothing newer may be followed by one at the end of what is held.
        let looked = std::mem::take(&mut pace.looked);
        if !early && !soon || looked || exempt {
            return Ok(());
        }
        if failing && !pace.quick_used {
            pace.quick_used = true;
            pace.failures.count = pace.failures.count.saturating_sub(1);
            return Ok(());
        }
        hold(5, !early, "a try follows a failure too soon")?;
        hold(5, false, "two refreshes are closer than the floor")
    }

    fn not_too_early(&self, op: &Op) -> Verdict {
        let calm = self.tokens.current.filter(|current| {
            self.usage() == Some(Use::Exchange)
                && current.valid(self.now)
                && current.jumps == self.jumps
                && self.pace.failures.count == 0
                && !self.pace.looked
        });
        let Some(current) = calm.filter(|_| op.reason == Some(Reason::Expiring)) else { return Ok(()) };
        let margin = MINUTE.min(current.life / 5);
        let spread = if self.pace.dispersed { current.life / 4 } else { margin / 10 };
        let earliest = current.life - margin - spread - current.life / 500 - 200;
        let elapsed = self.now.since_truly(current.from);
        hold(5, elapsed >= earliest, "a token is renewed long before its end")
    }

    /// A try that found nothing newer may be followed by one at the end of what is held.
    pub(super) fn looked(&mut self) {
        if self.op.is_none() && matches!(self.input, Seen::Answered { live: true, what: Answered::Token(_) })
        {
            self.pace.looked = true;
        }
    }
}
