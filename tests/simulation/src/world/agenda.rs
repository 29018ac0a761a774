//! What happens when: in order of time, and of being planned.

use std::cmp::{Ordering, Reverse};
use std::collections::BinaryHeap;

use threadpass::session::{Ms, OpId};

use crate::action::Action;

/// Something planned.
#[derive(Clone, Copy, Debug)]
pub enum Entry {
    Act(Action),
    /// An answer to this callback or exchange.
    Reply(OpId, Action),
    /// What the tab does by itself.
    Tick,
    /// What users and apps do.
    Habit,
    Call,
    Weather,
}

#[derive(Debug)]
struct Planned {
    key: (Ms, u64),
    index: u8,
    entry: Entry,
}

impl PartialEq for Planned {
    fn eq(&self, other: &Self) -> bool {
        self.key == other.key
    }
}
impl Eq for Planned {}
impl PartialOrd for Planned {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
impl Ord for Planned {
    fn cmp(&self, other: &Self) -> Ordering {
        self.key.cmp(&other.key)
    }
}

/// The plan of a world.
#[derive(Debug, Default)]
pub struct Agenda {
    heap: BinaryHeap<Reverse<Planned>>,
    count: u64,
}

impl Agenda {
    /// Plans something for a tab.
    pub fn at(&mut self, t: Ms, index: u8, entry: Entry) {
        self.count += 1;
        self.heap.push(Reverse(Planned { key: (t, self.count), index, entry }));
    }

    /// What comes next.
    pub fn next(&mut self) -> Option<(Ms, u8, Entry)> {
        self.heap.pop().map(|Reverse(planned)| (planned.key.0, planned.index, planned.entry))
    }
}
