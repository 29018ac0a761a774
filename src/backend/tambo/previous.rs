//! `previousRunId`: which run a thread's next run continues (contract, section 4, ordering rule 2).

use crate::error::{Detail, Failure};
use crate::json::Json;

/// More threads than this are not remembered; the oldest are asked for again.
const MOST: usize = 200;

/// The last run of each thread, as far as this client has seen it. It belongs to a generation and ends with it.
#[derive(Debug, Default)]
pub struct PreviousRuns(Vec<(String, Option<String>)>);

impl PreviousRuns {
    /// The last run of a thread: unknown, known to be none, or an id.
    #[must_use]
    pub fn get(&self, thread: &str) -> Option<Option<&str>> {
        self.0.iter().rev().find(|(id, _)| id == thread).map(|(_, run)| run.as_deref())
    }

    /// A run has started. Whether it finishes, fails or is cut, it is what the next one continues.
    pub fn started(&mut self, thread: &str, run: &str) {
        self.put(thread.to_owned(), Some(run.to_owned()));
    }

    /// A thread object with its run members was read.
    pub fn read<J: Json>(&mut self, thread: &J) {
        // A message, which comes this way too, has no status of runs.
        if let (Some(id), Some(_)) = (thread.text_at("id"), thread.member("runStatus")) {
            self.put(id, thread.text_at("lastCompletedRunId"));
        }
    }

    /// What is known of a thread is out of date.
    pub fn forget(&mut self, thread: &str) {
        self.0.retain(|(id, _)| id != thread);
    }

    fn put(&mut self, thread: String, run: Option<String>) {
        self.forget(&thread);
        self.0.push((thread, run));
        if self.0.len() > MOST {
            self.0.remove(0);
        }
    }
}

/// Whether a run was refused because its `previousRunId` was not the last one: another tab has gone on with the thread.
/// Nothing was started then.
#[must_use]
pub fn is_stale_previous(failure: &Failure) -> bool {
    failure.details.iter().any(|(name, value)| {
        *name == "problem" && matches!(value, Detail::Text(problem) if problem == "invalid_previous_run")
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::json::native::NativeJson;

    #[test]
    fn remembers_the_newest_and_not_too_many() {
        let mut runs = PreviousRuns::default();
        assert_eq!(runs.get("t"), None);
        runs.read(&NativeJson::from(json!({"id": "t", "runStatus": "idle"})));
        assert_eq!(runs.get("t"), Some(None));
        runs.started("t", "run_1");
        assert_eq!(runs.get("t"), Some(Some("run_1")));
        runs.read(&NativeJson::from(json!({"id": "t", "runStatus": "idle", "lastCompletedRunId": "run_2"})));
        assert_eq!(runs.get("t"), Some(Some("run_2")));
        runs.read(&NativeJson::from(json!({"id": "msg_1", "role": "user"})));
        assert_eq!(runs.get("msg_1"), None);
        for n in 0..MOST {
            runs.started(&format!("other-{n}"), "run");
        }
        assert_eq!(runs.get("t"), None);
    }
}
