//! What provider, backend and network answer, and when.

use threadpass::session::{Ms, Use};

use super::{Entry, Weather, World};
use crate::action::{Action, Ask, Exchange, Given, Grant, Mint, Response, Rotation, Shape, Whose};
use crate::answers::{REFUSAL_KINDS, UNUSABLE_KINDS};
use crate::people::{USERS, WORKSPACES};
use crate::stats::Event;

#[derive(Clone, Copy)]
enum Bad {
    Same,
    Older,
    Cached,
    Expired,
    Opaque,
    Nobody,
    Empty,
    Unusable,
    Throws,
    ThrowsForGood,
    Hangs,
    Another,
}

const BAD: &[(u32, Bad)] = &[
    (12, Bad::Same),
    (8, Bad::Older),
    (8, Bad::Cached),
    (8, Bad::Expired),
    (8, Bad::Opaque),
    (9, Bad::Nobody),
    (7, Bad::Empty),
    (5, Bad::Unusable),
    (14, Bad::Throws),
    (2, Bad::ThrowsForGood),
    (8, Bad::Hangs),
    (4, Bad::Another),
];

impl World {
    /// Per thousand, how often callback and exchange misbehave.
    const fn trouble(&self) -> (u64, u64) {
        match self.weather {
            Weather::Fine => (30, 20),
            Weather::Rough => (400, 350),
            Weather::Outage => (50, 900),
            Weather::Refusing | Weather::PartlyRefusing => (60, 20),
            Weather::Well => (0, 0),
        }
    }

    fn delay(&mut self) -> Ms {
        if self.dice.permille(60) { self.dice.between(2_001, 29_000) } else { self.dice.between(5, 600) }
    }

    pub(super) fn mint(&mut self) -> Mint {
        let life_s = self.dice.of(&[60, 300, 3_600, 3_600, 36_000]);
        let shape = if self.dice.permille(60) { Shape::NoIssue } else { Shape::Full };
        Mint { person: self.person, age_s: 0, life_s, shape }
    }

    fn cached(&mut self) -> Mint {
        let mint = self.mint();
        Mint { age_s: self.dice.between(1, mint.life_s - 1), ..mint }
    }

    pub(super) fn will_answer(&mut self, index: u8, forced: bool) {
        let ask = if self.dice.permille(self.trouble().0) {
            match self.bad_answer() {
                Some(ask) => ask,
                None => return self.hangs(index, Event::StalledCallback),
            }
        } else if self.plan.rotating && !forced && self.dice.permille(500) {
            // A provider's own cache: what the backend makes of its token is nothing to it.
            Ask::Same
        } else if !forced && self.dice.permille(300) {
            Ask::Token(self.cached())
        } else {
            Ask::Token(self.mint())
        };
        let delay = self.delay();
        self.reply(index, delay, Action::Answer(ask));
    }

    fn bad_answer(&mut self) -> Option<Ask> {
        Some(match self.dice.weighed(BAD) {
            Bad::Same => Ask::Same,
            Bad::Older => Ask::Older,
            Bad::Cached => Ask::Token(self.cached()),
            Bad::Expired => {
                let mint = self.mint();
                Ask::Token(Mint { age_s: mint.life_s + self.dice.between(0, 5_000), ..mint })
            }
            Bad::Opaque => Ask::Token(Mint { shape: Shape::Opaque, ..self.mint() }),
            Bad::Nobody => Ask::Nobody,
            Bad::Empty => Ask::Empty,
            Bad::Unusable => Ask::Unusable(self.dice.below(UNUSABLE_KINDS.into()) as u8),
            Bad::Throws => Ask::Throws,
            Bad::ThrowsForGood => Ask::ThrowsForGood,
            Bad::Another => {
                let person = self.dice.below((USERS * WORKSPACES).into()) as u8;
                Ask::Token(Mint { person, ..self.mint() })
            }
            Bad::Hangs => return None,
        })
    }

    /// Whatever a callback may answer.
    pub(super) fn any_answer(&mut self) -> Ask {
        self.bad_answer().unwrap_or_else(|| Ask::Token(self.mint()))
    }

    /// Whatever may come of an exchange.
    pub(super) fn any_settlement(&mut self) -> Exchange {
        match self.dice.below(8) {
            0 => Exchange::Lost,
            1 => Exchange::Granted(self.grant()),
            _ => self.refusal(),
        }
    }

    fn refusal(&mut self) -> Exchange {
        Exchange::Refused(self.dice.below(REFUSAL_KINDS.into()) as u8)
    }

    pub(super) fn will_settle(&mut self, index: u8) {
        let exchange = if self.dice.permille(self.trouble().1) {
            match self.dice.weighed(&[(9, 0), (3, 1), (2, 2), (2, 3)]) {
                0 => self.refusal(),
                1 => Exchange::Lost,
                2 => Exchange::Offline,
                _ => return self.hangs(index, Event::StalledExchange),
            }
        } else {
            Exchange::Granted(self.grant())
        };
        let delay = self.delay();
        self.reply(index, delay, Action::Settle(exchange));
    }

    fn grant(&mut self) -> Grant {
        let life = self.dice.of(self.plan.lifetimes);
        let claimed_s = self.dice.permille(300).then_some((life as i64).min(1 << 40));
        let expires_in_s = match self.dice.below(20) {
            0 => None,
            1 => Some(self.dice.of(&[f64::NAN, -5.0, 0.0, f64::INFINITY, 1e308, 1.5])),
            _ => Some(life),
        };
        Grant { expires_in_s, claimed_s }
    }

    fn reply(&mut self, index: u8, delay: Ms, reply: Action) {
        let Some(op) = self.members[usize::from(index)].tab.observer.op else { return };
        self.agenda.at(self.t + delay, index, Entry::Reply(op.id, reply));
        if delay > 2_000 {
            self.slow += 1;
        }
    }

    /// Nothing comes, or much too late.
    fn hangs(&mut self, index: u8, event: Event) {
        match event {
            Event::StalledCallback => self.stalled.0 += 1,
            _ => self.stalled.1 += 1,
        }
        if self.dice.permille(500) {
            let delay = self.dice.between(29_990, 45_000);
            let reply = match event {
                Event::StalledCallback => Action::Answer(Ask::Token(self.mint())),
                _ => Action::Settle(Exchange::Granted(self.grant())),
            };
            self.reply(index, delay, reply);
        }
    }

    /// What a call is answered with, and when.
    pub(super) fn response(&mut self) -> (Ms, Action) {
        let refused = match self.weather {
            Weather::Refusing => 1_000,
            Weather::PartlyRefusing => 500,
            Weather::Well => 0,
            _ => 30,
        };
        let response = if self.dice.permille(refused) {
            Response::Unauthorized
        } else if self.dice.permille(40) {
            Response::Failed
        } else {
            Response::Accepted
        };
        let rotation = self.plan.rotating.then(|| self.rotation());
        let late = self.plan.rotating && self.dice.permille(50);
        let delay = if late { self.dice.between(2_001, 40_000) } else { self.dice.between(10, 1_500) };
        (delay, Action::Respond(0, response, rotation))
    }

    /// The token that a call is answered with: mostly the same user's, for five minutes.
    pub(super) fn rotation(&mut self) -> Rotation {
        let early = self.dice.permille(500);
        let good = Rotation { whose: Whose::Same, life_s: 300, behind_s: 0, shape: Shape::Full, early };
        if self.weather == Weather::Well {
            return good;
        }
        let life_s = self.dice.of(&[2, 5, 30, 60, 300, 300, 300, 3_600]);
        match self.dice.below(10) {
            0 => {
                let person = self.dice.below((USERS * WORKSPACES).into()) as u8;
                Rotation { whose: Whose::Other(person), life_s, ..good }
            }
            1 => Rotation { whose: Whose::Nobody, life_s, ..good },
            2 => {
                let behind_s = self.dice.of(&[-7_200, -90, -1, 1, 2, 90, 200, 7_200]);
                Rotation { behind_s, life_s, ..good }
            }
            3 => Rotation { shape: self.dice.of(&[Shape::NoIssue, Shape::Opaque]), life_s, ..good },
            4..7 => Rotation { life_s, ..good },
            _ => good,
        }
    }

    fn usage(&self) -> Use {
        if self.plan.direct { Use::Direct } else { Use::Exchange }
    }

    pub(super) fn first_credential(&mut self) -> Given {
        if self.dice.permille(850) { Given::Callback(self.usage()) } else { self.another_credential() }
    }

    pub(super) fn another_credential(&mut self) -> Given {
        let usage = self.usage();
        match self.dice.below(12) {
            0..5 => Given::Callback(usage),
            5..8 => Given::Text(usage, self.mint()),
            8 => Given::Unusable,
            9 => Given::Fixed,
            10 => Given::Missing,
            _ => Given::Conflicting,
        }
    }
}
