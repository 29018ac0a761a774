//! Invariant 1: one callback and one exchange in flight.

use threadpass::secret::Secret;
use threadpass::session::{OpId, Reason};

use super::{Observer, Op, Verdict, hold};

impl Observer {
    fn begins(&mut self, op: Op) -> Verdict {
        hold(1, self.op.is_none(), "a try begins while another is in flight")?;
        self.not_forced_by_a_rotation(&op)?;
        if self.continuing {
            self.goes_on();
        } else {
            self.begins_try(op)?;
        }
        self.op = Some(op);
        Ok(())
    }

    /// One that begins now.
    pub fn next(&self, id: OpId, ask: bool) -> Op {
        Op {
            id,
            ask,
            reason: None,
            forced: false,
            sent: self.now,
            sent_t: self.t,
            subject: 0,
            generation: self.generation,
            step: self.step,
        }
    }

    pub(super) fn asks(&mut self, id: OpId, reason: Reason, forced: bool) -> Verdict {
        self.begins(Op { reason: Some(reason), forced, ..self.next(id, true) })
    }

    pub(super) fn exchanges(&mut self, id: OpId, subject: &Secret) -> Verdict {
        let number = super::tokens::number(subject);
        self.not_posted_again(number)?;
        self.begins(Op { subject: number, ..self.next(id, false) })
    }

    pub(super) fn aborts(&mut self, id: OpId) -> Verdict {
        let aborted = self.op.take_if(|op| op.id == id);
        if let Some(op) = &aborted {
            self.gave_up(op);
        }
        hold(1, aborted.is_some(), "something is aborted that is not in flight")
    }
}
