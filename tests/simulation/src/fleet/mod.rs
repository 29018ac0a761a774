//! Many clients at once: what an outage of the token endpoint does to the rate of its requests afterwards, under our
//! policy, with the real machine, and under those of the vendors' clients as their contracts describe them.
//!
//! A client does not see the others, so each is run alone through the same outage and the requests are added up.

mod ours;
mod page;
mod plot;
mod vendors;

use std::path::Path;

use crate::dice::Dice;
use crate::report;

pub type Ms = i64;

pub const SECOND: Ms = 1_000;
pub const MINUTE: Ms = 60 * SECOND;
/// Tokens live this long.
pub const LIFE: Ms = 10 * MINUTE;
/// By then clients are spread as they stay: they start evenly within what passes between two renewals of theirs.
pub const OUTAGE: Ms = 35 * MINUTE;
/// It works again.
pub const RECOVERY: Ms = OUTAGE + 5 * MINUTE;
pub const END: Ms = RECOVERY + 2 * LIFE + 5 * MINUTE;
/// Each visible client makes a call this often on average.
pub const CALLS: Ms = MINUTE;
/// A request takes this long, also one that fails.
pub const LATENCY: Ms = 150;

/// Recovery is over and echoes begin.
const RECOVERED: Ms = RECOVERY + LIFE / 2;

/// The requests of all clients, by the second, and when each is identified again.
#[derive(Clone, Debug)]
pub struct Tally {
    pub requests: Vec<u64>,
    /// How many are identified again so many seconds after the recovery.
    pub identified: Vec<u64>,
    pub clients: u64,
    /// Clients that are not identified at the end.
    pub left: u64,
}

impl Tally {
    fn new() -> Self {
        let (seconds, after) = ((END / SECOND) as usize, ((END - RECOVERY) / SECOND) as usize);
        Self { requests: vec![0; seconds + 1], identified: vec![0; after + 1], clients: 0, left: 0 }
    }

    /// A request is sent.
    pub fn request(&mut self, t: Ms) {
        if let Some(count) = self.requests.get_mut((t / SECOND) as usize) {
            *count += 1;
        }
    }

    /// A client is done: from when on it is identified, if it ever is again.
    pub fn client(&mut self, identified_from: Option<Ms>) {
        self.clients += 1;
        let Some(from) = identified_from else {
            self.left += 1;
            return;
        };
        let after = ((from - RECOVERY).max(0) + SECOND - 1) / SECOND;
        if let Some(count) = self.identified.get_mut(after as usize) {
            *count += 1;
        }
    }

    fn add(&mut self, other: &Self) {
        let requests = self.requests.iter_mut().zip(&other.requests);
        for (mine, theirs) in requests.chain(self.identified.iter_mut().zip(&other.identified)) {
            *mine += theirs;
        }
        self.clients += other.clients;
        self.left += other.left;
    }

    /// Requests a second before the outage.
    fn steady(&self) -> f64 {
        let (from, to) = (((OUTAGE - LIFE) / SECOND) as usize, (OUTAGE / SECOND) as usize);
        self.requests[from..to].iter().sum::<u64>() as f64 / (to - from) as f64
    }

    /// The highest mean of five seconds in a part of the time, over the steady rate.
    fn peak(&self, from: Ms, to: Ms) -> f64 {
        let window = &self.requests[(from / SECOND) as usize..(to / SECOND) as usize];
        let most = window.windows(5).map(|five| five.iter().sum::<u64>()).max().unwrap_or(0);
        most as f64 / 5.0 / self.steady()
    }

    /// Seconds after the recovery until this share of all clients is identified.
    fn until(&self, share: f64) -> Option<usize> {
        let (mut sum, goal) = (0, (self.clients as f64 * share).ceil() as u64);
        self.identified.iter().position(|count| {
            sum += count;
            sum >= goal
        })
    }
}

/// The figures of one policy.
#[derive(Debug)]
pub struct Figures {
    pub name: &'static str,
    pub outage: f64,
    pub recovery: f64,
    pub first_echo: f64,
    pub second_echo: f64,
    pub identified_s: Option<usize>,
    pub left: u64,
    /// Requests a second, over the steady rate, by the second.
    pub curve: Vec<f64>,
}

impl Figures {
    fn of(name: &'static str, tally: &Tally) -> Self {
        let steady = tally.steady();
        Self {
            name,
            outage: tally.peak(OUTAGE, RECOVERY),
            recovery: tally.peak(RECOVERY, RECOVERED),
            first_echo: tally.peak(RECOVERED, RECOVERED + LIFE),
            second_echo: tally.peak(RECOVERED + LIFE, END),
            identified_s: tally.until(0.99),
            left: tally.left,
            curve: tally.requests.iter().map(|count| *count as f64 / steady).collect(),
        }
    }
}

/// One client's life, from a seed.
type Life = fn(u64, &mut Tally);

const POLICIES: [(&str, Life); 4] = [
    ("Threadpass", ours::life),
    ("Tambo React SDK", vendors::tambo),
    ("Assistant Cloud", vendors::assistant_cloud),
    ("LangGraph with supabase-js", vendors::langgraph),
];

fn simulate(life: Life, clients: u64) -> Tally {
    let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get) as u64;
    let mut total = Tally::new();
    std::thread::scope(|scope| {
        let parts: Vec<_> = (0..threads)
            .map(|part| {
                scope.spawn(move || {
                    let mut tally = Tally::new();
                    for n in (part..clients).step_by(threads as usize) {
                        life(Dice::new(n).bits(), &mut tally);
                    }
                    tally
                })
            })
            .collect();
        for part in parts {
            if let Ok(tally) = part.join() {
                total.add(&tally);
            }
        }
    });
    total
}

/// Runs all policies. With a folder, writes the page and its plot there. True if ours keeps within its figures.
pub fn run(clients: u64, folder: Option<&Path>) -> bool {
    let figures: Vec<Figures> = POLICIES
        .iter()
        .map(|(name, life)| {
            report::progress(&format!("{} clients: {name}", report::number(clients)));
            Figures::of(name, &simulate(*life, clients))
        })
        .collect();
    for line in page::table(&figures) {
        report::line(&line);
    }
    let written = folder.is_none_or(|folder| page::write(folder, clients, &figures));
    let ours = &figures[0];
    let within = ours.recovery <= 7.0
        && ours.second_echo <= 4.0
        && ours.identified_s.is_some_and(|seconds| seconds <= 90)
        && ours.left == 0;
    report::line(if within {
        "✓ Fleet: recovery at most 7 x, second echo at most 4 x, 99 % identified within 90 s, none left"
    } else {
        "✗ Fleet: recovery at most 7 x, second echo at most 4 x, 99 % identified within 90 s, none left"
    });
    within && written
}
