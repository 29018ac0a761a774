//! Tables, and how a database of an earlier version becomes one of this version.

use std::time::Duration;

use rusqlite::Connection;

/// Each entry takes the database from its index to the next version. Entries are added, never changed.
const MIGRATIONS: [&str; 4] = [
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
    r"
create table cloud_identities (
    user_id text primary key,
    project_id text not null references projects (id) on delete cascade,
    refresh_hash blob not null unique,
    expires_at integer not null
) strict;

create table cloud_threads (
    id text primary key,
    project_id text not null references projects (id) on delete cascade,
    workspace_id text not null,
    title text,
    metadata text,
    external_id text,
    is_archived integer not null default 0,
    last_message_at integer not null,
    created_at integer not null,
    updated_at integer not null
) strict;
create index cloud_threads_of_workspace
    on cloud_threads (project_id, workspace_id, is_archived, last_message_at desc, id desc);
create index cloud_threads_of_project on cloud_threads (project_id, is_archived, last_message_at desc, id desc);

create table cloud_messages (
    id text primary key,
    thread_id text not null references cloud_threads (id) on delete cascade,
    parent_id text references cloud_messages (id) on delete cascade,
    height integer not null,
    format text not null,
    content text not null,
    external_id text,
    created_at integer not null,
    updated_at integer not null
) strict;
create index cloud_messages_of_thread on cloud_messages (thread_id, height desc, created_at desc, id desc);
create index cloud_messages_of_parent on cloud_messages (parent_id);
create unique index cloud_messages_by_external_id on cloud_messages (thread_id, external_id)
    where external_id is not null;

create table cloud_runs (
    id text primary key,
    project_id text not null references projects (id) on delete cascade,
    workspace_id text not null,
    user_id text not null,
    report text not null,
    created_at integer not null
) strict;

create table cloud_scores (
    id text primary key,
    project_id text not null references projects (id) on delete cascade,
    workspace_id text not null,
    user_id text not null,
    name text not null,
    data_type text not null,
    value real,
    string_value text,
    comment text,
    thread_id text references cloud_threads (id) on delete cascade,
    message_id text references cloud_messages (id) on delete cascade,
    run_id text references cloud_runs (id) on delete cascade,
    created_at integer not null,
    updated_at integer not null
) strict;
create index cloud_scores_of_message on cloud_scores (message_id, user_id, name);

create table cloud_events (
    id integer primary key,
    project_id text not null references projects (id) on delete cascade,
    workspace_id text not null,
    user_id text not null,
    event text not null,
    created_at integer not null
) strict;

create table cloud_files (
    key text primary key,
    project_id text not null references projects (id) on delete cascade,
    workspace_id text not null,
    content_type text,
    content blob,
    created_at integer not null
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
