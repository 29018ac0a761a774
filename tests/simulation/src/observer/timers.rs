//! Invariant 8: one timer, which a timer can take, and none without need.

use threadpass::session::{Effect, Ms};

use super::{Observer, Seen, Verdict, hold};

/// More often than this within a second a timer does not fire for good reasons.
const OFTEN: u32 = 12;

/// How often the timer has fired of late.
#[derive(Debug, Default)]
pub struct Fired {
    since: Ms,
    times: u32,
}

impl Observer {
    pub(super) fn arms(&mut self, after_ms: Ms) -> Verdict {
        self.armed = true;
        hold(8, (0..=i32::MAX.into()).contains(&after_ms), "the timer is set to more than a timer takes")
    }

    pub(super) fn fired(&mut self) -> Verdict {
        if self.t - self.timers.since >= 1_000 {
            self.timers = Fired { since: self.t, times: 0 };
        }
        self.timers.times += 1;
        hold(8, self.timers.times <= OFTEN, "the timer spins")
    }

    /// After dispose nothing is done but that callers are turned away.
    pub(super) fn after_the_end(&self, effect: &Effect) -> Verdict {
        if !self.disposed {
            return Ok(());
        }
        match effect {
            Effect::Settle(_, Err(_)) => Ok(()),
            Effect::Settle(..) => hold(3, false, "a token is given out after dispose"),
            Effect::Publish { .. } => hold(3, false, "a state is published after dispose"),
            _ => hold(8, false, "something is done after dispose"),
        }
    }

    pub(super) fn one_timer(&self) -> Verdict {
        if self.disposed || self.input == Seen::Dispose {
            hold(8, !self.armed, "a timer is left after dispose")?;
            hold(4, self.waiting.is_empty(), "somebody waits after dispose")?;
            return hold(8, self.op.is_none(), "something is in flight after dispose");
        }
        let idle = self.hidden && self.op.is_none() && self.waiting.is_empty();
        hold(8, !(idle && self.armed), "a hidden, idle page keeps a timer")
    }
}
