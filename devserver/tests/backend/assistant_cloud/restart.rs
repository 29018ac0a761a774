//! What outlives the process.

use serde_json::{Value, json};
use threadpass_devserver::{Config, Database, Server};

use super::client::{User, id, ids, open};
use crate::client::{Answer, Backend, http_client, open_project};

#[tokio::test]
async fn an_anonymous_user_and_what_they_have_stay() {
    let file = std::env::temp_dir().join(format!("threadpass-cloud-{}.sqlite", std::process::id()));
    let config = || Config {
        projects: vec![open_project("default")],
        database: Database::File(file.clone()),
        ..Config::default()
    };
    let (refresh, thread, message, address) = {
        let backend = Backend::start(config()).await;
        let (user, refresh) = User::anonymous(&backend).await;
        let thread = user.thread().await;
        let message = user.says(&thread, None, "hi").await;
        let upload = "/files/attachments/generate-presigned-upload-url";
        let up = user.done("POST", upload, json!({ "filename": "a.txt" })).await;
        let sent = Answer::of(backend.http.put(id(&up["signedUrl"])).body("some notes")).await;
        assert_eq!(sent.status, 200);
        backend.server.shutdown().await;
        (refresh, thread, message, up["publicUrl"].clone())
    };
    let backend = loop {
        // The file is let go of when the last task of the old server has ended.
        match Server::start(config()).await {
            Ok(server) => break Backend { server, http: http_client() },
            Err(_) => tokio::time::sleep(std::time::Duration::from_millis(50)).await,
        }
    };
    let body = open(&backend, "/auth/tokens/refresh", json!({ "refresh_token": refresh })).await.json();
    let user = User::new(&backend, body["access_token"].as_str().unwrap());
    assert_eq!(user.threads("").await, vec![thread.clone()]);
    let messages = user.done("GET", &format!("/threads/{thread}/messages"), Value::Null).await;
    assert_eq!(ids(&messages["messages"]), [message]);
    let download = "/files/attachments/generate-presigned-download-url";
    let down = user.done("POST", download, json!({ "url": address })).await;
    assert_eq!(Answer::of(backend.http.get(id(&down["signedUrl"]))).await.text, "some notes");
    drop(backend);
    for suffix in ["", "-wal", "-shm"] {
        let _ = std::fs::remove_file(format!("{}{suffix}", file.display()));
    }
}
