//! Tabs, users, provider, backend, network and clocks, from one seed.

mod agenda;
mod chance;
mod habits;
mod plan;

use std::rc::Rc;

use threadpass::session::{Ms, Need, TabMessage, Wake};

use crate::action::Action;
use crate::dice::Dice;
use crate::observer::Violation;
use crate::people::Person;
use crate::stats::Stats;
use crate::tab::{Birth, Out, Shared, Tab};

use self::agenda::{Agenda, Entry};
use self::plan::Plan;
pub use self::plan::Weather;

/// How long everything stays well before everybody has to be.
const WELL: Ms = 40 * 60_000;
/// Calls are made in the first part of it only: the rest has to go by itself.
const CALLS_WHILE_WELL: Ms = 18 * 60_000;

/// A tab, and how it came to be where it is.
#[derive(Debug)]
struct Member {
    birth: Birth,
    tab: Tab,
    log: Vec<(Ms, Action)>,
    /// When it is looked at next for what it does by itself.
    ticks: Option<Ms>,
    /// So often it was still prodded after its end.
    prodded: u8,
}

/// What went wrong, and how to see it again.
#[derive(Debug)]
pub struct Failed {
    pub violation: Violation,
    pub birth: Birth,
    pub log: Vec<(Ms, Action)>,
    pub until: Ms,
}

/// A world.
#[derive(Debug)]
pub struct World {
    dice: Dice,
    plan: Plan,
    shared: Rc<Shared>,
    members: Vec<Member>,
    agenda: Agenda,
    weather: Weather,
    /// Who is signed in at the provider.
    person: Person,
    /// Since when everything is well.
    well_since: Option<Ms>,
    /// Meanwhile nobody looks at anything or calls anything.
    quiet: bool,
    t: Ms,
    recording: bool,
    slow: u64,
    stalled: (u64, u64),
}

impl World {
    /// The world of a seed. Recording costs time and is for worlds that are known to fail.
    pub fn new(seed: u64, shared: &Rc<Shared>, recording: bool) -> Self {
        let mut dice = Dice::new(seed);
        let plan = Plan::draw(&mut dice);
        let mut world = Self {
            dice,
            plan,
            shared: shared.clone(),
            members: Vec::new(),
            agenda: Agenda::default(),
            weather: Weather::Fine,
            person: 0,
            well_since: None,
            quiet: false,
            t: 0,
            recording,
            slow: 0,
            stalled: (0, 0),
        };
        for index in 0..world.plan.tabs {
            let member = world.born();
            world.members.push(member);
            world.agenda.at(0, index, Entry::Act(Action::Start));
            let (habit, call) = (world.plan.habit_ms, world.plan.call_ms);
            let (habit, call) = (world.dice.exponential(habit), world.dice.exponential(call));
            world.agenda.at(habit, index, Entry::Habit);
            world.agenda.at(call, index, Entry::Call);
        }
        let change = world.plan.weather_ms;
        let first = world.dice.exponential(change);
        world.agenda.at(first, 0, Entry::Weather);
        world
    }

    fn born(&mut self) -> Member {
        let birth = Birth {
            t: self.t,
            seed: self.dice.bits(),
            given: self.first_credential(),
            offset: self.plan.offset,
            honest: self.plan.honest,
        };
        Member { birth, tab: Tab::new(birth, &self.shared), log: Vec::new(), ticks: None, prodded: 0 }
    }

    /// Runs until its end, or until an invariant does not hold.
    pub fn run(mut self, stats: &mut Stats) -> Result<(), Box<Failed>> {
        stats.worlds += 1;
        stats.clients += u64::from(self.plan.tabs);
        while let Some((t, index, entry)) = self.agenda.next() {
            if t > self.plan.duration {
                break;
            }
            self.t = t;
            self.enter(index, entry, stats)?;
        }
        for index in 0..self.plan.tabs {
            self.act(index, Action::Dispose, stats)?;
        }
        Ok(())
    }

    fn enter(&mut self, index: u8, entry: Entry, stats: &mut Stats) -> Result<(), Box<Failed>> {
        if let Entry::Weather = entry {
            return self.weather_turns(stats);
        }
        let until = self.members[usize::from(index)].tab.suspended_until;
        if until > self.t {
            self.agenda.at(until, index, entry);
            return Ok(());
        }
        match entry {
            Entry::Tick => {
                self.members[usize::from(index)].ticks = None;
                self.tick(index, stats)?;
                self.follow(index);
                Ok(())
            }
            Entry::Act(action) => self.act(index, action, stats),
            Entry::Reply(op, reply) => {
                let observer = &self.members[usize::from(index)].tab.observer;
                if observer.op.is_some_and(|waiting| waiting.id == op) {
                    return self.act(index, reply, stats);
                }
                self.act(index, late(reply), stats)
            }
            Entry::Habit => {
                let mean = self.plan.habit_ms;
                let next = self.t + self.dice.exponential(mean);
                self.agenda.at(next, index, Entry::Habit);
                self.habit(index, stats)
            }
            Entry::Call => {
                let mean = self.plan.call_ms;
                let next = self.t + self.dice.exponential(mean);
                self.agenda.at(next, index, Entry::Call);
                self.call(index, stats)
            }
            Entry::Weather => Ok(()),
        }
    }

    fn tick(&mut self, index: u8, stats: &mut Stats) -> Result<(), Box<Failed>> {
        let t = self.t;
        let tab = &mut self.members[usize::from(index)].tab;
        let mut ticks = 0;
        while let Some(due) = tab.due().filter(|due| *due <= t) {
            tab.tick(due.max(tab.suspended_until), stats);
            ticks += 1;
            if ticks > 1_000 {
                tab.violation.get_or_insert(Violation { invariant: 8, what: "the timer spins" });
            }
            if tab.violation.is_some() {
                break;
            }
        }
        self.check(index)
    }

    fn act(&mut self, index: u8, action: Action, stats: &mut Stats) -> Result<(), Box<Failed>> {
        self.tick(index, stats)?;
        let (t, recording) = (self.t, self.recording);
        let member = &mut self.members[usize::from(index)];
        if recording {
            member.log.push((t, action));
        }
        member.tab.act(t, action, stats);
        self.check(index)?;
        self.follow(index);
        Ok(())
    }

    fn check(&mut self, index: u8) -> Result<(), Box<Failed>> {
        let t = self.t;
        let member = &mut self.members[usize::from(index)];
        let Some(violation) = member.tab.violation.take() else { return Ok(()) };
        let log = std::mem::take(&mut member.log);
        Err(Box::new(Failed { violation, birth: member.birth, log, until: t }))
    }

    /// What follows from what a tab has done.
    fn follow(&mut self, index: u8) {
        let out = std::mem::take(&mut self.members[usize::from(index)].tab.out);
        for done in &out {
            match done {
                Out::Asked { forced } => self.will_answer(index, *forced),
                Out::Exchanging => self.will_settle(index),
                Out::Sent => {
                    let (delay, response) = self.response();
                    self.agenda.at(self.t + delay, index, Entry::Act(response));
                }
                Out::Said(message) => self.spread(index, *message),
            }
        }
        let member = &mut self.members[usize::from(index)];
        member.tab.out = out;
        member.tab.out.clear();
        if let Some(due) = member.tab.due()
            && member.ticks.is_none_or(|ticks| due < ticks)
        {
            member.ticks = Some(due);
            self.agenda.at(due.max(self.t), index, Entry::Tick);
        }
    }

    fn spread(&mut self, from: u8, message: TabMessage) {
        for index in (0..self.plan.tabs).filter(|index| *index != from) {
            let delay = self.dice.between(1, 40);
            self.agenda.at(self.t + delay, index, Entry::Act(Action::OtherTab(message)));
        }
    }

    fn heal(&mut self, stats: &mut Stats) -> Result<(), Box<Failed>> {
        let (person, life_s) = (self.person, self.plan.life_when_well());
        self.quiet = self.dice.permille(500);
        for index in 0..self.plan.tabs {
            self.act(index, Action::Heal { person, life_s }, stats)?;
            if !self.quiet {
                self.agenda.at(self.t + 90_000, index, Entry::Act(Action::Want(Need::Token)));
                if self.dice.permille(700) {
                    self.act(index, Action::Wake(Wake::Visible), stats)?;
                }
            }
        }
        Ok(())
    }

    fn weather_turns(&mut self, stats: &mut Stats) -> Result<(), Box<Failed>> {
        let mean = self.plan.weather_ms;
        let next = match self.well_since.take() {
            Some(since) => {
                for index in 0..self.plan.tabs {
                    if self.members[usize::from(index)].tab.suspended_until <= since {
                        self.act(index, Action::Expect, stats)?;
                    }
                    self.act(index, Action::Ail, stats)?;
                }
                self.weather = Weather::Fine;
                self.dice.exponential(mean)
            }
            None => {
                self.weather = self.dice.weighed(plan::WEATHERS);
                if self.weather == Weather::Well {
                    self.well_since = Some(self.t);
                    self.heal(stats)?;
                    WELL
                } else {
                    self.dice.exponential(mean)
                }
            }
        };
        self.agenda.at(self.t + next, 0, Entry::Weather);
        Ok(())
    }
}

const fn late(reply: Action) -> Action {
    match reply {
        Action::Answer(ask) => Action::LateAnswer(ask),
        Action::Settle(exchange) => Action::LateSettle(exchange),
        other => other,
    }
}
