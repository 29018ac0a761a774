use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use tokio::sync::oneshot;

/// The runs this process is working on, each with a way to stop it.
#[derive(Debug, Default)]
pub(crate) struct ActiveRuns(Mutex<HashMap<String, oneshot::Sender<()>>>);

impl ActiveRuns {
    /// Stops the run; what that means for the thread is the caller's to store first.
    pub(crate) fn cancel(&self, run: &str) {
        if let Some(stop) = self.with(|runs| runs.remove(run)) {
            // The run may just have ended by itself.
            let _ = stop.send(());
        }
    }

    /// Enters a run; the receiver hears when it is to stop.
    pub(super) fn register(&self, run: &str) -> oneshot::Receiver<()> {
        let (stop, stopped) = oneshot::channel();
        self.with(|runs| runs.insert(run.to_owned(), stop));
        stopped
    }

    /// Takes a run out that has ended.
    pub(super) fn remove(&self, run: &str) {
        self.with(|runs| runs.remove(run));
    }

    fn with<T>(&self, work: impl FnOnce(&mut HashMap<String, oneshot::Sender<()>>) -> T) -> T {
        work(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
