//! What outlives the process.

use serde_json::json;
use threadpass_devserver::{Config, Database};

use super::client::{User, contents, says};
use crate::client::{Backend, open_project};

#[tokio::test]
async fn threads_stay_and_what_ran_has_failed() {
    let file = std::env::temp_dir().join(format!("threadpass-graph-{}.sqlite", std::process::id()));
    let config = || Config {
        projects: vec![open_project("default")],
        database: Database::File(file.clone()),
        ..Config::default()
    };
    let (thread, run) = {
        let backend = Backend::start(config()).await;
        let alice = User::new(&backend, "alice");
        let thread = alice.thread().await;
        alice.post(&format!("{thread}/runs/wait"), says("hi", json!({}))).await;
        let begun = alice.post(&format!("{thread}/runs"), says("slow 5000 20", json!({}))).await;
        let run = begun.headers["content-location"].to_str().unwrap().to_owned();
        backend.server.shutdown().await;
        (thread, run)
    };
    let backend = loop {
        // The file is let go of when the last task of the old server has ended.
        match threadpass_devserver::Server::start(config()).await {
            Ok(server) => break Backend { server, http: crate::client::http_client() },
            Err(_) => tokio::time::sleep(std::time::Duration::from_millis(50)).await,
        }
    };
    let alice = User::new(&backend, "alice");
    assert_eq!(contents(&alice.get(&thread).await.json()["values"])[..2], ["hi", "You said: hi"]);
    let status = alice.get(&run).await.json()["status"].as_str().unwrap().to_owned();
    assert!(["error", "interrupted"].contains(&status.as_str()), "{status}");
    assert_ne!(alice.get(&thread).await.json()["status"], "busy");
    assert!(alice.join(&format!("{run}/stream"), Some("-1")).await.rest().await.is_empty());
    drop(backend);
    for suffix in ["", "-wal", "-shm"] {
        let _ = std::fs::remove_file(format!("{}{suffix}", file.display()));
    }
}
