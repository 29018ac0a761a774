//! Tables, and how a database of an earlier version becomes one of this version.

use std::time::Duration;

use rusqlite::Connection;

/// Each entry takes the database from its index to the next version. Entries are added, never changed.
const MIGRATIONS: [&str; 3] = [
    r"
create table projects (
    id text primary key,
    name text not null,
    signing_secret text not null,
    created_at integer not null
) strict;

create table threads (
    id text primary key,
    project_id text not null references projects (id) on delete cascade,
    context_key text not null,
    name text,
    metadata text,
    run_status text not null default 'idle',
    current_run_id text,
    status_message text,
    last_run_cancelled integer not null default 0,
    last_run_error_code text,
    last_run_error_message text,
    pending_tool_call_ids text not null default '[]',
    last_completed_run_id text,
    created_at integer not null,
    updated_at integer not null
) strict;
create index threads_of_user on threads (project_id, context_key, created_at desc, id desc);

create table messages (
    id text primary key,
    thread_id text not null references threads (id) on delete cascade,
    role text not null,
    content text not null,
    metadata text,
    parent_message_id text,
    is_cancelled integer not null default 0,
    created_at integer not null
) strict;
create index messages_of_thread on messages (thread_id, created_at, id);

create table runs (
    id text primary key,
    thread_id text not null references threads (id) on delete cascade,
    status text not null,
    message_id text,
    created_at integer not null,
    ended_at integer
) strict;
create index runs_of_thread on runs (thread_id);
create index runs_active on runs (id) where status = 'active';
",
    r"
drop index runs_active;
create index runs_unfinished on runs (id) where status in ('active', 'committing');

create table suggestions (
    id text primary key,
    message_id text not null references messages (id) on delete cascade,
    title text not null,
    description text not null,
    created_at integer not null
) strict;
create index suggestions_of_message on suggestions (message_id, created_at, id);
",
    r"
create table graph_threads (
    id text primary key,
    project_id text not null references projects (id) on delete cascade,
    context_key text not null,
    metadata text not null,
    status text not null,
    error text,
    config text not null,
    temporary integer not null,
    settled_at text,
    created_at integer not null,
    updated_at integer not null,
    state_updated_at integer not null
) strict;
create index graph_threads_of_user on graph_threads (project_id, context_key);

create table graph_checkpoints (
    position integer primary key autoincrement,
    thread_id text not null references graph_threads (id) on delete cascade,
    id text not null,
    parent_id text,
    run_id text,
    state text not null,
    next text not null,
    tasks text not null,
    metadata text not null,
    created_at integer not null,
    unique (thread_id, id)
) strict;

create table graph_runs (
    id text primary key,
    thread_id text not null references graph_threads (id) on delete cascade,
    assistant_id text not null,
    status text not null,
    error text,
    metadata text not null,
    kwargs text not null,
    multitask_strategy text not null,
    created_at integer not null,
    updated_at integer not null
) strict;
create index graph_runs_of_thread on graph_runs (thread_id, created_at);

create table graph_items (
    project_id text not null references projects (id) on delete cascade,
    context_key text not null,
    namespace text not null,
    key text not null,
    value text not null,
    created_at integer not null,
    updated_at integer not null,
    primary key (project_id, context_key, namespace, key)
) strict;
",
];

/// Sets the connection up and brings the tables to this version. `false` when they are of a later one.
pub(super) fn prepare(connection: &Connection) -> rusqlite::Result<bool> {
    // Exclusive: a second server on the same file would settle the first one's running answers.
    connection.busy_timeout(Duration::from_secs(1))?;
    connection.execute_batch(
        "pragma locking_mode = exclusive;
         pragma journal_mode = wal;
         pragma synchronous = normal;
         pragma foreign_keys = on;
         begin exclusive; commit;",
    )?;
    let version: u32 = connection.query_row("pragma user_version", [], |row| row.get(0))?;
    let Some(missing) = MIGRATIONS.get(version as usize..) else { return Ok(false) };
    for (step, migration) in (version + 1..).zip(missing) {
        connection.execute_batch(&format!("begin; {migration} pragma user_version = {step}; commit;"))?;
    }
    Ok(true)
}
