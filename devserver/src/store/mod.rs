//! The database: one SQLite file, or memory, behind one connection.
//!
//! [`Store::with`] runs a closure in a transaction on a blocking thread. What is committed survives the process being
//! killed (WAL); what a killed process left running is settled at the next start.

mod clock;
pub(crate) mod cloud;
pub(crate) mod graph;
pub(crate) mod messages;
pub(crate) mod projects;
pub(crate) mod runs;
mod schema;
pub(crate) mod suggestions;
pub(crate) mod threads;

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use rusqlite::{Connection, ErrorCode, Transaction};

pub(crate) use clock::{Clock, epoch_ms};

use crate::config::Database;

/// Why the database could not be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum StoreError {
    #[error("database: {0}")]
    Sqlite(#[from] rusqlite::Error),
    /// The work was dropped half-way and rolled back: the runtime is ending, or the work panicked.
    #[error("database: the work was interrupted")]
    Interrupted,
}

/// Why the database could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Another process has it.
    #[error("{0} is in use by another program; stop the other server, or choose another file with --db")]
    InUse(String),
    /// It was made by a later version.
    #[error("{0} was made by a newer threadpass-devserver; use that one, or choose another file with --db")]
    Newer(String),
    /// Anything else.
    #[error("{0} cannot be opened as a database ({1}); check the path, or choose another file with --db")]
    Unusable(String, String),
}

/// The open database.
#[derive(Debug, Clone)]
pub(crate) struct Store {
    connection: Arc<Mutex<Connection>>,
    clock: Arc<Clock>,
}

impl Store {
    /// Opens (and where needed creates) the database, and settles what an earlier process left running.
    pub(crate) fn open(database: &Database) -> Result<Self, OpenError> {
        let name = match database {
            Database::Memory => ":memory:".to_owned(),
            Database::File(path) => path.display().to_string(),
        };
        let failed = |error: rusqlite::Error| match error.sqlite_error_code() {
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => OpenError::InUse(name.clone()),
            _ => OpenError::Unusable(name.clone(), error.to_string()),
        };
        let connection = match database {
            Database::Memory => Connection::open_in_memory().map_err(failed)?,
            Database::File(path) => {
                create_private(path).map_err(|error| OpenError::Unusable(name.clone(), error.to_string()))?;
                Connection::open(path).map_err(failed)?
            }
        };
        let clock = Arc::new(Clock::default());
        if !schema::prepare(&connection).map_err(failed)? {
            return Err(OpenError::Newer(name));
        }
        let settled = runs::settle_abandoned(&connection, clock.now()).map_err(failed)?
            + graph::runs::settle_abandoned(&connection, clock.now_us()).map_err(failed)?;
        if settled > 0 {
            tracing::info!("settled {settled} run(s) that an earlier process left unfinished");
        }
        Ok(Self { connection: Arc::new(Mutex::new(connection)), clock })
    }

    /// The time of the database's clock.
    pub(crate) fn now(&self) -> i64 {
        self.clock.now()
    }

    /// Runs `work` in a transaction, committed when it succeeds. `work` gets the time to stamp what it writes with.
    pub(crate) async fn with<T, E, F>(&self, work: F) -> Result<T, E>
    where
        F: FnOnce(&Transaction<'_>, &Clock) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        let store = self.clone();
        tokio::task::spawn_blocking(move || store.with_blocking(work))
            .await
            .unwrap_or_else(|_| Err(StoreError::Interrupted.into()))
    }

    /// [`Store::with`] for code that is not async.
    pub(crate) fn with_blocking<T, E, F>(&self, work: F) -> Result<T, E>
    where
        F: FnOnce(&Transaction<'_>, &Clock) -> Result<T, E>,
        E: From<StoreError>,
    {
        // A panic inside a transaction rolled it back, so the connection is fit for use.
        let mut connection = self.connection.lock().unwrap_or_else(PoisonError::into_inner);
        let transaction = connection.transaction().map_err(StoreError::from)?;
        let result = work(&transaction, &self.clock)?;
        transaction.commit().map_err(StoreError::from)?;
        Ok(result)
    }
}

/// Creates the file so that only its owner can read it: it holds what session tokens are signed with.
fn create_private(path: &Path) -> std::io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.create(true).append(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map(|_| ())
}
