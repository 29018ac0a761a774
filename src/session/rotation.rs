//! Tokens that the backend answers with, to be used in place of the one that a call was made with (Assistant Cloud).
//!
//! Who the user is remains for the callback to say: a rotated token begins no generation, and is nobody's news.

use super::claims::{Claims, Identity};
use super::clock::{Deadline, Moment, SECOND};
use super::effect::Note;
use super::lifetime;
use super::machine::Session;
use super::memory::{Due, Halt, Held, Why};
use crate::mutations::mutated;
use crate::secret::Secret;

impl Session {
    /// A call that was sent then, with the token of this serial number, has been answered with this one. What cannot be
    /// used is passed over: the call has done its work.
    pub(super) fn rotated(&mut self, now: Moment, sent: Moment, serial: u32, token: Secret, claims: &Claims) {
        let Some(held) = self.held.as_ref().filter(|_| self.servable(now)) else { return };
        if mutated!(LateRotationTaken, held.serial != serial, false)
            || held.token == token
            || mutated!(RotatedIdentityIgnored, !self.is_present_user(claims), false)
        {
            return;
        }
        // It was made for this answer, so that its whole life counts from the question; times in whole seconds may say a
        // little less. By our clock it must not be over.
        let left = |at| lifetime::remaining(claims, at, self.skew_ms);
        let (Some(from), Some(left)) = (left(sent), left(now)) else { return };
        let whole = lifetime::full(claims).unwrap_or(from);
        let life = if whole - from < 2 * SECOND { from } else { whole };
        let deadline = Deadline::new(mutated!(RotatedFromReceipt, sent, now), life);
        if left <= 0 || deadline.reached(now) {
            return;
        }
        // Ends are told in whole seconds, and by two clocks here: what is less is no difference.
        if held.rotated && deadline.remaining(now) + SECOND <= held.deadline.remaining(now) {
            return;
        }
        self.take(token, deadline, true);
        mutated!(RotatedIsNews => {
            self.trouble = None;
            self.publish_identified("rotated");
        });
        let ends = ("deadlineMs", Note::Number(deadline.wall_ms(now)));
        self.note("rotated", ("lifetimeMs", Note::Number(life)), Some(ends));
        let renews = matches!(self.due, None | Some(Due { why: Why::Renewal, .. }));
        if self.flight.is_none() && self.halt == Halt::No && renews {
            self.plan_renewal(now, life);
        }
    }

    /// Holds a token under a new number.
    pub(super) fn take(&mut self, token: Secret, deadline: Deadline, rotated: bool) {
        self.next_serial += 1;
        let serial = self.next_serial;
        let (ended, refused, accepted) = (false, false, false);
        self.held = Some(Held { token, serial, deadline, ended, refused, accepted, rotated });
    }

    /// Whether what a token says of its user agrees with what the callback's says, as far as both say anything. They have
    /// another issuer each.
    fn is_present_user(&self, claims: &Claims) -> bool {
        let (Some(ours), Some(theirs)) = (&self.identity, &claims.identity) else { return true };
        let agree = |place: fn(&Identity) -> &Option<String>| match (place(ours), place(theirs)) {
            (Some(one), Some(other)) => one == other,
            _ => true,
        };
        ours.subject == theirs.subject
            && agree(|identity| &identity.scope[4])
            && agree(|identity| &identity.scope[5])
    }
}
