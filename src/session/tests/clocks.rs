use super::rig::{Rig, START_WALL, callback, someone};
use crate::session::{Claims, Input, Ms, Use};

/// A provider with a right clock, asked by a client whose wall clock is `ahead` of it.
struct Provider {
    ahead: Ms,
    life_s: i64,
    /// Answers from its cache while the token is valid, unless forced.
    caches: bool,
    cached: Option<(String, f64)>,
    issued: u32,
}

impl Provider {
    fn token(&mut self, wall_ms: Ms, force: bool) -> (String, Claims) {
        let truth = (wall_ms - self.ahead) as f64 / 1000.0;
        let life = self.life_s as f64;
        let keep = self.caches && !force && self.cached.as_ref().is_some_and(|(_, iat)| truth < iat + life);
        if !keep {
            self.issued += 1;
            self.cached = Some((format!("provider-{}", self.issued), truth.floor()));
        }
        let (name, iat) = self.cached.clone().unwrap();
        (name, Claims { issued_at_s: Some(iat), expires_at_s: Some(iat + life), ..someone("alice") })
    }
}

fn run(usage: Use, ahead: Ms, caches: bool, life_s: i64) -> (Rig, u32) {
    let mut provider = Provider { ahead, life_s, caches, cached: None, issued: 0 };
    if caches {
        // The app has been signed in for a while.
        provider.token(START_WALL - life_s * 500, false);
    }
    let mut rig = Rig::new(callback(usage));
    rig.input(Input::Start);
    let end = rig.now.mono_ms + 3_600_000;
    let mut refused = 0;
    while rig.now.mono_ms < end {
        if let Some((_, _, force)) = rig.asks.front() {
            let (name, claims) = provider.token(rig.now.wall_ms, *force);
            rig.answer(&name, claims);
        } else if let Some((_, subject)) = rig.exchanges.front() {
            // Like the service: at most the subject token's own end.
            let truth = (rig.now.wall_ms - ahead) as f64 / 1000.0;
            let (name, iat) = provider.cached.clone().unwrap();
            assert_eq!(subject.expose(), name);
            let left = (iat + life_s as f64 - truth).floor() as i64;
            rig.grant("session", left.max(1));
        } else {
            let step = rig.timer.map_or(1_000, |at| (at - rig.now.mono_ms).clamp(1, 1_000));
            rig.advance(step);
        }
        if usage == Use::Direct && rig.session.peek(rig.now).is_some() {
            let truth = (rig.now.wall_ms - ahead) as f64 / 1000.0;
            let (name, iat) = provider.cached.clone().unwrap();
            let serial = rig.serial();
            if rig.session.peek(rig.now).unwrap().expose() == name && truth >= iat + life_s as f64 {
                refused += 1;
                rig.refused(serial);
            } else {
                rig.input(Input::Accepted(serial));
            }
        }
    }
    // With a slow clock the first cached token may turn out dead; from then on the clock is known.
    assert!(refused <= u32::from(ahead < 0), "{refused} dead tokens sent, {ahead} {caches} {life_s}");
    let asked = rig.asked;
    (rig, asked)
}

#[test]
fn wrong_clocks_neither_storm_nor_serve_the_dead() {
    // Cases 20 and 21.
    for usage in [Use::Exchange, Use::Direct] {
        for ahead in [-7_200_000, -90_000, 0, 90_000, 7_200_000] {
            for caches in [false, true] {
                for life_s in [60, 600] {
                    let (rig, asked) = run(usage, ahead, caches, life_s);
                    let lifetimes = (3_600 / life_s) as u32;
                    assert_eq!(rig.status(), "identified", "{usage:?} {ahead} {caches} {life_s}");
                    assert!(
                        asked <= lifetimes * 3 + 6,
                        "{usage:?}, {ahead} ms ahead, caches {caches}, {life_s} s: {asked} asks"
                    );
                }
            }
        }
    }
}

#[test]
fn a_jump_of_the_wall_clock_costs_one_renewal() {
    for jump in [-7_200_000, 7_200_000] {
        let mut rig = Rig::alice(900);
        rig.advance(60_000);
        rig.now.wall_ms += jump;
        let exchanges = rig.run_healthy(600_000, 900);
        assert!(exchanges <= 1, "{jump}: {exchanges}");
        assert_eq!(rig.status(), "identified");
    }
}
