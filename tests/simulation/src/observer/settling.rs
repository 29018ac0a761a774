//! Invariant 4: every waiter settles, once, and what never ends is ended.

use threadpass::error::{Code, Fault};
use threadpass::session::{Ms, Need, Pass, SECOND, WaiterId};

use super::{Observer, Verdict, hold};

/// Callback and exchange have 30 s each.
const DEADLINE: Ms = 30 * SECOND;
/// Two flights of all that a flight can consist of, and the longest floor between them.
const PATIENCE: Ms = 12 * DEADLINE + 60 * SECOND;

/// Somebody who waits.
#[derive(Clone, Copy, Debug)]
pub struct Waiting {
    pub id: u32,
    pub need: Need,
    /// The token that was refused, where this is for a replay.
    pub refused: Option<u32>,
    since: Ms,
    /// The step in which it came.
    pub joined: u64,
}

impl Observer {
    pub(super) fn joins(&mut self, id: u32, need: Need, refused: Option<u32>) {
        self.waiting.push(Waiting { id, need, refused, since: self.awake, joined: self.step });
    }

    pub(super) fn settles(&mut self, waiter: WaiterId, result: &Result<Pass, Fault>) -> Verdict {
        let found = self.waiting.iter().position(|waiting| waiting.id == waiter.0);
        let Some(index) = found else { return hold(4, false, "somebody is answered who does not wait") };
        let waiting = self.waiting.swap_remove(index);
        self.served_replay = waiting.refused.is_some();
        match result {
            Ok(pass) => self.serves(pass, waiting.refused),
            Err(fault) => hold(4, fault.code != Code::Internal, "somebody is told of a defect"),
        }
    }

    pub(super) fn nothing_overdue(&self) -> Verdict {
        if let Some(op) = &self.op {
            let old = op.step != self.step && self.now.since(op.sent) >= DEADLINE;
            hold(4, !old, "a flight has outlived its deadline")?;
        }
        let patience = PATIENCE + 8 * self.throttle;
        let stuck =
            |waiting: &&super::Waiting| waiting.need != Need::Ready && self.awake - waiting.since > patience;
        hold(4, !self.waiting.iter().any(|waiting| stuck(&waiting)), "somebody waits and is never answered")
    }
}
