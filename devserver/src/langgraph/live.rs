//! Runs of this process: their events so far, and ways to wait for them and to stop them.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde_json::Value;
use tokio::sync::watch;

use crate::store::epoch_ms;
use crate::store::threads::Owner;

/// How many runs that are over and resumable are remembered, for those who come late to their streams.
const REMEMBERED: usize = 256;

/// What a cancellation does to a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Action {
    /// It stops where it is.
    Interrupt,
    /// It is as if it had never been.
    Rollback,
}

/// A run of this process.
#[derive(Debug)]
pub(super) struct Live {
    pub(super) id: String,
    pub(super) thread_id: String,
    pub(super) owner: Owner,
    /// Whether its events have ids and can be read again.
    pub(super) resumable: bool,
    log: Mutex<Log>,
    changed: watch::Sender<u64>,
    stop: watch::Sender<Option<Action>>,
}

#[derive(Debug, Default)]
struct Log {
    events: Vec<Arc<Event>>,
    last_id: (i64, u32),
    /// What the run has come to, once it is over.
    result: Option<Value>,
}

/// An event of a run.
#[derive(Debug)]
pub(super) struct Event {
    pub(super) name: String,
    pub(super) data: String,
    pub(super) id: Option<String>,
}

/// What there is at a place in a run's log.
pub(super) enum At {
    Event(Arc<Event>),
    /// Nothing yet.
    Soon,
    /// Nothing any more.
    Over,
}

impl Live {
    pub(super) fn new(id: String, thread_id: String, owner: Owner, resumable: bool) -> Self {
        Self {
            id,
            thread_id,
            owner,
            resumable,
            log: Mutex::default(),
            changed: watch::Sender::new(0),
            stop: watch::Sender::new(None),
        }
    }

    /// Adds an event.
    pub(super) fn push(&self, name: impl Into<String>, data: &Value) {
        let mut log = self.locked();
        let id = self.resumable.then(|| {
            let now = epoch_ms();
            let (last, count) = log.last_id;
            log.last_id = if now > last { (now, 0) } else { (last, count.saturating_add(1)) };
            format!("{}-{}", log.last_id.0, log.last_id.1)
        });
        log.events.push(Arc::new(Event { name: name.into(), data: data.to_string(), id }));
        drop(log);
        self.changed.send_modify(|count| *count += 1);
    }

    /// Ends it with what it has come to.
    pub(super) fn finish(&self, result: Value) {
        self.locked().result.get_or_insert(result);
        self.changed.send_modify(|count| *count += 1);
    }

    pub(super) fn is_over(&self) -> bool {
        self.locked().result.is_some()
    }

    /// What it has come to, as soon as it has.
    pub(super) async fn result(&self) -> Value {
        let mut changed = self.changed.subscribe();
        loop {
            if let Some(result) = self.locked().result.clone() {
                return result;
            }
            // The sender lives as long as this.
            let _ = changed.changed().await;
        }
    }

    /// Wakes whoever waits for [`At::Soon`] to pass.
    pub(super) fn changes(&self) -> watch::Receiver<u64> {
        self.changed.subscribe()
    }

    pub(super) fn at(&self, index: usize) -> At {
        let log = self.locked();
        match (log.events.get(index), &log.result) {
            (Some(event), _) => At::Event(event.clone()),
            (None, Some(_)) => At::Over,
            (None, None) => At::Soon,
        }
    }

    /// Where a reader begins who has seen everything up to an event: `-1` is before the first. `None`, and everybody
    /// where events have no ids, begins with what comes next.
    pub(super) fn after(&self, last_event_id: Option<&str>) -> usize {
        let log = self.locked();
        match last_event_id.filter(|_| self.resumable) {
            Some("-1") => 0,
            Some(id) => {
                let seen = |event: &&Arc<Event>| event.id.as_deref().map(position) <= Some(position(id));
                log.events.iter().take_while(seen).count()
            }
            None => log.events.len(),
        }
    }

    /// Asks it to stop. The first who asks says how.
    pub(super) fn cancel(&self, action: Action) {
        self.stop.send_if_modified(|stop| stop.is_none() && stop.replace(action).is_none());
    }

    /// Resolves when it is to stop.
    pub(super) async fn cancelled(&self) -> Action {
        let mut stop = self.stop.subscribe();
        let action = stop.wait_for(Option::is_some).await.ok().and_then(|action| *action);
        action.unwrap_or(Action::Interrupt)
    }

    fn locked(&self) -> MutexGuard<'_, Log> {
        // Whole at every step.
        self.log.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The two numbers of an event's id; what is none comes first.
fn position(id: &str) -> (i64, u32) {
    let (ms, count) = id.split_once('-').unwrap_or((id, "0"));
    (ms.parse().unwrap_or_default(), count.parse().unwrap_or_default())
}

/// The runs this process works on, and the last ones it has worked on.
#[derive(Debug, Default)]
pub(crate) struct LiveRuns(Mutex<Known>);

#[derive(Debug, Default)]
struct Known {
    runs: HashMap<String, Arc<Live>>,
    over: VecDeque<String>,
}

impl LiveRuns {
    pub(super) fn add(&self, run: &Arc<Live>) {
        self.locked().runs.insert(run.id.clone(), run.clone());
    }

    /// A run of that id which is not forgotten.
    pub(super) fn find(&self, id: &str) -> Option<Arc<Live>> {
        self.locked().runs.get(id).cloned()
    }

    /// The runs of a thread that are not over.
    pub(super) fn of_thread(&self, thread: &str) -> Vec<Arc<Live>> {
        self.locked().runs.values().filter(|run| run.thread_id == thread && !run.is_over()).cloned().collect()
    }

    /// The runs of an owner that are not over.
    pub(super) fn of_owner(&self, owner: &Owner) -> Vec<Arc<Live>> {
        self.locked().runs.values().filter(|run| run.owner == *owner && !run.is_over()).cloned().collect()
    }

    /// Notes that a run is over. One that cannot be read again is forgotten, the others are as they get too many.
    pub(super) fn settle(&self, run: &Live) {
        let mut known = self.locked();
        if !run.resumable {
            known.runs.remove(&run.id);
            return;
        }
        known.over.push_back(run.id.clone());
        if known.over.len() > REMEMBERED
            && let Some(oldest) = known.over.pop_front()
        {
            known.runs.remove(&oldest);
        }
    }

    /// Forgets a run at once.
    pub(super) fn forget(&self, id: &str) {
        self.locked().runs.remove(id);
    }

    fn locked(&self) -> MutexGuard<'_, Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn run(resumable: bool) -> Live {
        Live::new("r".into(), "t".into(), Owner::default(), resumable)
    }

    fn ids(run: &Live) -> Vec<String> {
        run.locked().events.iter().filter_map(|event| event.id.clone()).collect()
    }

    #[test]
    fn ids_rise_and_are_places_to_go_on_from() {
        let run = run(true);
        for number in 0..5 {
            run.push("values", &json!(number));
        }
        let ids = ids(&run);
        assert!(ids.windows(2).all(|pair| position(&pair[0]) < position(&pair[1])), "{ids:?}");
        for (index, id) in ids.iter().enumerate() {
            assert_eq!(run.after(Some(id)), index + 1);
        }
        assert_eq!((run.after(Some("-1")), run.after(None)), (0, 5));
    }

    #[test]
    fn without_ids_one_begins_with_what_comes_next() {
        let run = run(false);
        run.push("values", &json!(1));
        assert_eq!((run.after(Some("-1")), run.after(None)), (1, 1));
        assert!(ids(&run).is_empty());
    }

    #[test]
    fn the_last_runs_that_can_be_read_again_are_remembered() {
        let runs = LiveRuns::default();
        let settle = |id: String, resumable: bool| {
            let run = Arc::new(Live::new(id, "t".into(), Owner::default(), resumable));
            runs.add(&run);
            runs.settle(&run);
        };
        settle("not again".into(), false);
        assert!(runs.find("not again").is_none());
        for number in 0..=REMEMBERED {
            settle(number.to_string(), true);
        }
        assert!(runs.find("0").is_none());
        assert!(runs.find("1").is_some());
    }
}
