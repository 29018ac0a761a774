//! Clocks that are wrong or jump, with fresh and with cached tokens, and lifetimes from none to hundreds of thousands of
//! years: refreshes stay bounded as D1, D3 and D4 say, and the observer sees no token given out after its deadline.

use std::rc::Rc;

use threadpass::session::{AuthState, Ms, Need, Use};

use crate::action::{Action, Ask, Exchange, Given, Grant, Mint, Response, Shape};
use crate::report;
use crate::stats::{Stats, Wanted};
use crate::tab::{Birth, Out, Shared, Tab};

const MINUTE: Ms = 60_000;
const OFFSETS: [Ms; 5] = [0, -120 * MINUTE, -90_000, 90_000, 120 * MINUTE];
const LIVES: [i64; 9] = [0, 1, 5, 30, 59, 60, 61, 30 * 86_400, 1 << 53];
/// A provider's token that is exchanged.
const HOUR_S: i64 = 3_600;

#[derive(Clone, Copy)]
struct Case {
    usage: Use,
    offset: Ms,
    jumps: bool,
    cached: bool,
    life_s: i64,
}

impl Case {
    /// How long it is watched: several lifetimes, and never less than ten minutes.
    fn duration(&self) -> Ms {
        (self.life_s.min(40 * 86_400) * 3_000).max(10 * MINUTE)
    }

    /// What the provider gives: cached ones are five sixths through.
    fn mint(&self, forced: bool) -> Mint {
        let life_s = if self.usage == Use::Exchange { HOUR_S } else { self.life_s };
        let age_s = if self.cached && !forced { life_s.min(1 << 40) / 6 * 5 } else { 0 };
        Mint { person: 0, age_s, life_s, shape: Shape::Full }
    }

    /// So many tries at most: one in three fifths of a lifetime, which is life less margin and jitter with room to spare,
    /// or what a cached token has left of it; and never more than the floor allows. A jump may cost two more.
    fn bound(&self) -> u64 {
        // `expires_in: 0` counts as not said; a token that says so itself has the moment that rounding gives it.
        let unsaid = self.life_s == 0 && self.usage == Use::Exchange;
        let life = if unsaid { 5 * MINUTE } else { self.life_s.min(1 << 40) * 1_000 };
        let left = if self.cached && self.usage == Use::Direct { life / 8 } else { life * 3 / 5 };
        (self.duration() / left.max(5_000)) as u64 + 3 + if self.jumps { 6 } else { 0 }
    }
}

fn watch(case: Case, shared: &Rc<Shared>) -> (Tab, u64) {
    let birth =
        Birth { t: 0, seed: 7, given: Given::Callback(case.usage), offset: case.offset, honest: false };
    let (mut tab, mut stats) = (Tab::new(birth, shared), Stats::new());
    let mut agenda: Vec<(Ms, Action)> = vec![(0, Action::Start)];
    let (duration, call_ms) = (case.duration(), (case.duration() / 300).max(1_500));
    agenda.extend((1..duration / call_ms).map(|n| (n * call_ms, Action::Want(Need::Token))));
    if case.jumps {
        let by = 120 * MINUTE;
        agenda.push((duration / 4, Action::StepClock(by)));
        agenda.push((duration / 2, Action::StepClock(-2 * by)));
        agenda.push((duration * 3 / 4, Action::StepClock(by)));
    }
    loop {
        for out in std::mem::take(&mut tab.out) {
            let now = tab.observer.t;
            match out {
                Out::Asked { forced } => {
                    agenda.push((now + 60, Action::Answer(Ask::Token(case.mint(forced)))));
                }
                Out::Exchanging => {
                    let grant = Grant { expires_in_s: Some(case.life_s as f64), claimed_s: None };
                    agenda.push((now + 90, Action::Settle(Exchange::Granted(grant))));
                }
                Out::Sent => agenda.push((now + 40, Action::Respond(0, Response::Accepted, None))),
                Out::Said(_) => {}
            }
        }
        let next = agenda.iter().enumerate().min_by_key(|(_, (t, _))| *t).map(|(at, (t, _))| (at, *t));
        match (next, tab.due()) {
            (Some((at, t)), due) if due.is_none_or(|due| t <= due) => {
                let (t, action) = agenda.swap_remove(at);
                tab.act(t, action, &mut stats);
            }
            (_, Some(due)) if due <= duration => tab.tick(due, &mut stats),
            _ => break,
        }
        if tab.violation.is_some() {
            break;
        }
    }
    let tries = match case.usage {
        Use::Exchange => stats.wanted[Wanted::Exchange as usize],
        // A cached token of which too little is left is asked for once more.
        Use::Direct => stats.wanted[Wanted::Ask as usize] / if case.cached { 2 } else { 1 },
    };
    (tab, tries)
}

/// Every combination.
pub fn run() -> bool {
    let shared = Rc::new(Shared::new());
    let (mut cases, mut fine, mut closest) = (0, true, (0.0, String::new()));
    for usage in [Use::Exchange, Use::Direct] {
        for offset in OFFSETS {
            for (jumps, cached) in [(false, false), (false, true), (true, false), (true, true)] {
                for life_s in LIVES {
                    let case = Case { usage, offset, jumps, cached, life_s };
                    let (tab, tries) = watch(case, &shared);
                    cases += 1;
                    let name = format!(
                        "{usage:?}, clock {offset:+} ms, jumps {jumps}, cached {cached}, lifetime {life_s} s"
                    );
                    let share = tries as f64 / case.bound() as f64;
                    if share > closest.0 {
                        closest = (share, name.clone());
                    }
                    // What is sent as it is and has ended when it comes is of no use to anybody.
                    let hopeless = usage == Use::Direct && life_s <= 1;
                    let identified = matches!(tab.observer.state, AuthState::Identified { .. });
                    let verdict = match tab.violation {
                        Some(violation) => Some(violation.what.to_owned()),
                        None if tries > case.bound() => {
                            Some(format!("{tries} tries, bound {}", case.bound()))
                        }
                        None if !(identified || hopeless) => Some("not identified at the end".to_owned()),
                        None => None,
                    };
                    if let Some(verdict) = verdict {
                        fine = false;
                        report::line(&format!("✗ {name}: {verdict}"));
                    }
                }
            }
        }
    }
    report::line(&format!(
        "Wrong clocks: {cases} combinations, refreshes within bounds; closest to its bound with {:.0} %: {}",
        closest.0 * 100.0,
        closest.1
    ));
    fine
}
