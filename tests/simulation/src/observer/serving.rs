//! Invariants 2 and 3 where a token is given out: it is the right user's, of this generation, and has not ended.

use threadpass::session::{Moment, Ms, Pass, SECOND, Use};

use super::tokens::{Current, Since, UNKNOWN, number};
use super::{Observer, Verdict, Violation, hold};
use crate::action::Given;
use crate::clocks::EPOCH;

impl Observer {
    /// Somebody gets a token.
    pub(super) fn serves(&mut self, pass: &Pass, refused: Option<u32>) -> Verdict {
        hold(3, pass.generation == self.generation, "a token is given out for another generation")?;
        let Some(secret) = &pass.token else {
            return hold(2, self.given == Given::Fixed, "somebody is served without a token");
        };
        hold(2, refused != Some(pass.serial), "a call gets the token that was refused")?;
        let number = number(secret);
        let rotated = self.tokens.rotation(number).map(|rotated| rotated.jumps);
        let (from, life) = match self.usage() {
            Some(Use::Exchange) => self.exchanged_token(number)?,
            Some(Use::Direct) => self.direct_token(number)?,
            None => return hold(3, false, "a token is given out that the credential does not have"),
        };
        hold(2, self.now.since_truly(from) < life, "a token is given out after its deadline")?;
        let before = self.tokens.current.filter(|current| current.number == number);
        if let Some(current) = before {
            let same = current.serial.is_none_or(|serial| serial == pass.serial);
            hold(2, !(current.refused && same), "a refused token is given out")?;
            hold(2, !(current.ended && same), "a token is given out that had ended before")?;
        }
        self.tokens.current = Some(match before {
            Some(current) if current.serial.is_none_or(|serial| serial == pass.serial) => {
                Current { serial: Some(pass.serial), ..current }
            }
            _ => Current {
                number,
                serial: Some(pass.serial),
                from,
                life,
                refused: false,
                accepted: false,
                jumps: rotated.unwrap_or(self.jumps),
                ended: false,
                rotated: rotated.is_some(),
            },
        });
        self.tokens.stands(number, pass.serial);
        Ok(())
    }

    fn exchanged_token(&mut self, number: u32) -> Result<(Moment, Ms), Violation> {
        let wrong = |what| Violation { invariant: 3, what };
        let granted = self.tokens.granted.iter().rev().find(|granted| granted.number == number);
        let granted = granted.ok_or(wrong("a token is given out that nobody granted"))?;
        if granted.generation != self.generation {
            return Err(wrong("a token of another generation is given out"));
        }
        if matches!((self.identity, granted.person), (Some(identity), Some(person)) if identity != person) {
            return Err(wrong("another user's token is given out"));
        }
        if number < self.tokens.served {
            return Err(wrong("an older token has replaced a newer one"));
        }
        // Where no clock has ever lied, the truth itself can be asked.
        if self.honest && self.t - granted.from_t >= granted.life {
            return Err(Violation { invariant: 2, what: "a token is given out that has truly ended" });
        }
        self.tokens.served = number;
        Ok((granted.from, granted.life))
    }

    fn direct_token(&self, number: u32) -> Result<(Moment, Ms), Violation> {
        let wrong = |invariant, what| Violation { invariant, what };
        if let Some(rotated) = self.tokens.rotation(number) {
            return self.rotated_token(rotated);
        }
        let subject = self.tokens.subject(number).ok_or(wrong(3, "an unknown token is given out"))?;
        let (generation, at, left) = subject.first.ok_or(wrong(3, "a token is given out that never came"))?;
        if generation != self.generation {
            return Err(wrong(3, "a token of another generation is given out"));
        }
        if let (Some(identity), Some(person)) = (self.identity, subject.readable)
            && identity != person
        {
            return Err(wrong(3, "another user's token is given out"));
        }
        let ended = subject.expires_s.is_some_and(|end| end * SECOND <= self.t + EPOCH);
        // A token without `iat` may tell a wrong time about itself, never a right clock.
        if self.honest && !self.tokens.deceived && ended {
            return Err(wrong(2, "a token is given out that has truly ended"));
        }
        match left {
            // A string that looked dead is looked at again when it is needed: the clock may have been set right.
            Some(left) if left <= 0 && matches!(self.given, Given::Text(..)) => {
                let ends = subject.expires_s.unwrap_or(0) * SECOND - (self.now.wall_ms - self.tokens.skew);
                Ok((self.now, ends))
            }
            Some(left) => Ok((at, left)),
            None => Ok((subject.received, UNKNOWN)),
        }
    }
}
