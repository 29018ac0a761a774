//! The two clocks of a machine, each of which lies in its own way, over the true time, which only the model knows.

use threadpass::session::{Moment, Ms};

const MILLION: Ms = 1_000_000;

/// The true time at which a run begins, as the servers' wall clocks show it.
pub const EPOCH: Ms = 1_795_000_000_000;

/// A clock: where it stood at some true time, and how fast it goes.
#[derive(Clone, Copy, Debug)]
struct Clock {
    at: Ms,
    value: Ms,
    /// Millionths by which it is fast.
    drift: Ms,
}

impl Clock {
    fn read(&self, t: Ms) -> Ms {
        let passed = (t - self.at).max(0);
        if self.drift == 0 {
            self.value + passed
        } else {
            self.value + passed + passed * self.drift / MILLION
        }
    }

    fn set(&mut self, t: Ms, value: Ms) {
        (self.at, self.value) = (t, value);
    }

    /// The true time at which it shows this.
    fn reaches(&self, value: Ms) -> Ms {
        let left = (value - self.value).max(0);
        let rate = MILLION + self.drift;
        self.at + if self.drift == 0 { left } else { (left * MILLION + rate - 1) / rate }
    }
}

/// Both clocks of a machine.
#[derive(Clone, Copy, Debug)]
pub struct Clocks {
    mono: Clock,
    wall: Clock,
}

impl Clocks {
    /// Clocks whose wall clock is this much ahead, from the beginning.
    pub fn new(offset: Ms) -> Self {
        Self {
            mono: Clock { at: 0, value: 5_000, drift: 0 },
            wall: Clock { at: 0, value: EPOCH + offset, drift: 0 },
        }
    }

    /// What both show.
    pub fn read(&self, t: Ms) -> Moment {
        Moment { mono_ms: self.mono.read(t), wall_ms: self.wall.read(t) }
    }

    /// The wall clock is set by this much.
    pub fn step(&mut self, t: Ms, by: Ms) {
        self.wall.set(t, self.wall.read(t) + by);
    }

    /// From now on they go faster or slower by so many millionths.
    pub fn drift(&mut self, t: Ms, mono: i32, wall: i32) {
        let now = self.read(t);
        self.mono = Clock { at: t, value: now.mono_ms, drift: mono.into() };
        self.wall = Clock { at: t, value: now.wall_ms, drift: wall.into() };
    }

    /// The monotonic clock stands still for so long.
    pub fn pause(&mut self, t: Ms, for_ms: Ms) {
        self.mono.set(t + for_ms, self.mono.read(t));
    }

    /// The true time at which a timer fires that is set now.
    pub fn fires(&self, t: Ms, after: Ms) -> Ms {
        self.mono.reaches(self.mono.read(t).saturating_add(after)).max(t)
    }
}
