//! What kind of world it is.

use threadpass::session::Ms;

use crate::dice::Dice;

const MINUTE: Ms = 60_000;
const HOUR: Ms = 60 * MINUTE;

/// How provider, backend and network are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weather {
    Fine,
    Rough,
    /// Exchanges fail.
    Outage,
    /// Calls are answered 401, whatever the token.
    Refusing,
    /// Some calls are.
    PartlyRefusing,
    /// Nothing fails, long enough for everybody to be well.
    Well,
}

pub const WEATHERS: &[(u32, Weather)] = &[
    (4, Weather::Fine),
    (6, Weather::Rough),
    (3, Weather::Outage),
    (2, Weather::Refusing),
    (2, Weather::PartlyRefusing),
    (3, Weather::Well),
];

/// Lifetimes of session tokens, in seconds.
const LONG: &[f64] =
    &[61.0, 300.0, 600.0, 900.0, 900.0, 3_600.0, 3_600.0, 86_400.0, 2_592_000.0, 9_007_199_254_740_992.0];
const SHORT: &[f64] = &[0.0, 1.0, 5.0, 30.0, 59.0, 60.0];

/// What is fixed for a world's whole life.
#[derive(Debug)]
pub struct Plan {
    pub tabs: u8,
    pub duration: Ms,
    pub lifetimes: &'static [f64],
    pub call_ms: Ms,
    pub habit_ms: Ms,
    pub weather_ms: Ms,
    /// How far the wall clocks are ahead.
    pub offset: Ms,
    /// The clocks never lie.
    pub honest: bool,
    pub direct: bool,
    /// Calls are answered with other tokens.
    pub rotating: bool,
    /// Among the things that happen are sleep and frozen pages.
    pub sleeps: bool,
}

impl Plan {
    /// A plan.
    pub fn draw(dice: &mut Dice) -> Self {
        let honest = dice.permille(350);
        let offset = if honest || dice.permille(400) {
            0
        } else {
            dice.of(&[-2 * HOUR, -90_000, 90_000, 2 * HOUR, dice.clone().between(-5, 5) * HOUR])
        };
        let busy = dice.permille(680);
        let tabs = dice.weighed(&[(3, 1), (3, 2), (2, 3), (1, 4)]);
        let base = Self {
            tabs,
            duration: 0,
            lifetimes: LONG,
            call_ms: 0,
            habit_ms: 0,
            weather_ms: 0,
            offset,
            honest,
            direct: dice.permille(250),
            rotating: false,
            sleeps: dice.permille(500),
        };
        let base = Self { rotating: base.direct && dice.permille(600), ..base };
        if busy {
            let lifetimes = if dice.permille(750) { SHORT } else { LONG };
            let (duration, call_ms) = (dice.between(60, 150) * MINUTE, dice.of(&[3_000, 10_000, 40_000]));
            let (habit_ms, weather_ms) = (dice.of(&[8_000, 25_000, 60_000]), 4 * MINUTE);
            Self { duration, lifetimes, call_ms, habit_ms, weather_ms, ..base }
        } else {
            let (duration, call_ms) = (dice.between(100, 300) * HOUR, dice.of(&[4, 8, 15]) * MINUTE);
            let (habit_ms, weather_ms) = (dice.of(&[20, 40, 90]) * MINUTE, 3 * HOUR);
            Self { duration, call_ms, habit_ms, weather_ms, ..base }
        }
    }

    /// Lifetimes while everything is well.
    pub fn life_when_well(&self) -> i64 {
        (self.lifetimes[self.lifetimes.len() - 2] as i64).max(1)
    }
}
