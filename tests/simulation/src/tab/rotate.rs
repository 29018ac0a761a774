//! Tokens that the backend answers calls with.

use threadpass::session::{Claims, Input, SECOND};

use super::{Sent, Tab};
use crate::action::{Rotation, Shape, Whose};
use crate::clocks::EPOCH;
use crate::observer::{Rotated, Seen};
use crate::stats::{Event, Kind, Stats};

impl Tab {
    /// This call is answered with another token than it was sent with.
    pub(super) fn rotated(&mut self, call: Sent, rotation: Rotation, stats: &mut Stats) {
        if !call.bearer {
            return;
        }
        self.count_rotation(call, rotation, stats);
        let (number, token) = self.secret();
        let person = match rotation.whose {
            Whose::Same => call.owner,
            Whose::Other(person) => Some(person),
            Whose::Nobody => None,
        };
        let made_t = if rotation.early { call.at_t } else { self.t };
        let made_s = (made_t + EPOCH) / SECOND;
        let issued = made_s - rotation.behind_s;
        let issued_s = (rotation.shape == Shape::Full).then_some(issued);
        let expires_s = (rotation.shape != Shape::Opaque).then_some(issued + rotation.life_s);
        let claims = Claims {
            identity: self.shared.people.at_backend(person),
            user: None,
            issued_at_s: issued_s.map(|s| s as f64),
            expires_at_s: expires_s.map(|s| s as f64),
        };
        self.observer.tokens.remember_rotated(Rotated {
            number,
            person,
            serial: call.serial,
            generation: call.generation,
            sent: call.at,
            jumps: call.jumps,
            issued_s,
            expires_s,
            ends_t: (made_s + rotation.life_s) * SECOND - EPOCH,
            dated_wrongly: rotation.behind_s != 0,
            life: None,
            outdated: false,
            unnamed: false,
        });
        let input = Input::Rotated { sent: call.at, serial: call.serial, token, claims };
        self.queue(input, Seen::Rotated(number), Kind::Rotated);
    }

    fn count_rotation(&self, call: Sent, rotation: Rotation, stats: &mut Stats) {
        let mut count = |is, event| {
            if is {
                stats.happened(event);
            }
        };
        let foreign = matches!(rotation.whose, Whose::Other(person) if Some(person) != call.owner);
        count(true, Event::Rotated);
        count(foreign, Event::RotatedForeign);
        count(rotation.whose == Whose::Nobody, Event::RotatedNameless);
        count(rotation.shape == Shape::Opaque, Event::RotatedEndless);
        count(rotation.life_s <= 60, Event::RotatedBrief);
        count(rotation.behind_s != 0, Event::RotatedDated);
        count(self.t - call.at_t > 2_000, Event::RotatedLate);
        let now = self.observer.generation;
        count(call.generation == now && call.serial < self.last.serial, Event::RotatedOlder);
        count(call.generation != now, Event::RotatedEarlier);
    }
}
