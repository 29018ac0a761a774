//! The policies of other clients, as far as their contracts describe them. All of these clients are visible and make calls
//! as often as ours; what their users do beyond that (focus another window, reload) is left out, for them and for us.

use super::{CALLS, END, LATENCY, LIFE, MINUTE, Ms, OUTAGE, RECOVERY, SECOND, Tally};
use crate::dice::Dice;

/// A client's token, and when it had one again.
struct Client {
    ends: Ms,
    identified: Option<Ms>,
}

impl Client {
    const fn new() -> Self {
        Self { ends: 0, identified: None }
    }

    /// Sends a request, and says whether it worked.
    fn request(&mut self, t: Ms, tally: &mut Tally) -> bool {
        tally.request(t);
        let works = !(OUTAGE..RECOVERY).contains(&t);
        if t >= RECOVERY && self.identified.is_none() {
            // Either its token has lasted through all of it, or this is the one that brings it back.
            self.identified = Some(if self.ends > RECOVERY { RECOVERY } else { t + LATENCY });
        }
        if works {
            self.ends = t + LATENCY + LIFE;
        }
        works
    }

    fn done(&self, tally: &mut Tally) {
        tally.client(self.identified);
    }
}

/// The React SDK exchanges again when the token ends, without a margin; a failure is followed by three more attempts after
/// 1, 2 and 4 s and then, as long as there is an older result, by the next interval.
pub fn tambo(seed: u64, tally: &mut Tally) {
    let (mut dice, mut client) = (Dice::new(seed), Client::new());
    let mut t = dice.between(0, LIFE);
    while t <= END {
        for wait in [0, SECOND, 2 * SECOND, 4 * SECOND] {
            t += wait;
            if client.request(t, tally) {
                break;
            }
            t += LATENCY;
        }
        t += LATENCY + LIFE;
    }
    client.done(tally);
}

/// Assistant Cloud's client asks its callback when a call finds less than 30 s left. A failure fails the call, and the next
/// call asks again.
pub fn assistant_cloud(seed: u64, tally: &mut Tally) {
    const MARGIN: Ms = 30 * SECOND;
    let (mut dice, mut client) = (Dice::new(seed), Client::new());
    let mut t = dice.between(0, LIFE);
    while t <= END {
        if client.ends - t <= MARGIN {
            client.request(t, tally);
        }
        t += dice.exponential(CALLS);
    }
    client.done(tally);
}

/// LangGraph's client leaves tokens to the app; its template takes them from supabase-js, which looks every 30 s, renews
/// with less than 90 s left, tries again after 0.2, 0.4, 0.8 … s within a look, and then holds the failure for 60 s.
pub fn langgraph(seed: u64, tally: &mut Tally) {
    const LOOK: Ms = 30 * SECOND;
    const MARGIN: Ms = 90 * SECOND;
    let (mut dice, mut client) = (Dice::new(seed), Client::new());
    // Renewed in the first look within the margin.
    let mut look = dice.between(0, LIFE - MARGIN + LOOK / 2);
    let mut held_until = 0;
    while look <= END {
        if client.ends - look < MARGIN && look >= held_until {
            let (mut t, mut wait) = (look, 200);
            while !client.request(t, tally) {
                t += LATENCY;
                if t + wait - look >= LOOK {
                    held_until = t + MINUTE;
                    break;
                }
                t += wait;
                wait *= 2;
            }
        }
        look += LOOK;
    }
    client.done(tally);
}
