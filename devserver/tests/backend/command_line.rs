//! The binary: what it prints, how it ends, and what it keeps when it is killed.

use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::client::{Answer, form_body, http_client, json_body, says, says_after};

struct Process {
    child: Child,
    ready: Value,
    http: reqwest::Client,
}

impl Process {
    /// Starts the binary in a folder and reads its line of JSON.
    fn start(folder: &Path, flags: &[&str]) -> Self {
        let mut child = command(folder, flags).arg("--json").spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
        let ready = serde_json::from_str(&line).unwrap_or_else(|_| panic!("{line:?} {}", stderr(&mut child)));
        Self { child, ready, http: http_client() }
    }

    fn request(&self, method: &str, path: &str) -> reqwest::RequestBuilder {
        let url = format!("{}{path}", self.ready["backend"].as_str().unwrap());
        let key = self.ready["apiKey"].as_str().unwrap();
        self.http.request(method.parse().unwrap(), url).header("x-api-key", key)
    }

    async fn session(&self, subject_token: &str) -> String {
        let fields = [
            ("grant_type", "urn:ietf:params:oauth:grant-type:token-exchange"),
            ("subject_token", subject_token),
            ("subject_token_type", "urn:ietf:params:oauth:token-type:access_token"),
        ];
        let answer = Answer::of(form_body(self.request("POST", "/oauth/token"), &fields)).await;
        answer.json()["access_token"].as_str().unwrap().to_owned()
    }

    fn ends(&mut self) -> ExitStatus {
        let start = Instant::now();
        loop {
            match self.child.try_wait().unwrap() {
                Some(status) => return status,
                None if start.elapsed() > Duration::from_secs(5) => panic!("it does not end"),
                None => std::thread::sleep(Duration::from_millis(10)),
            }
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may have ended; then there is nothing to do.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn command(folder: &Path, flags: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_threadpass-devserver"));
    command.current_dir(folder).args(flags).env_remove("THREADPASS_API_KEY");
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

fn stderr(child: &mut Child) -> String {
    let mut text = String::new();
    child.stderr.take().unwrap().read_to_string(&mut text).unwrap();
    text
}

/// A folder that goes when the test is done.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        let folder = std::env::temp_dir().join(format!("threadpass-{}", rand::random::<u64>()));
        std::fs::create_dir_all(&folder).unwrap();
        Self(folder)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

#[tokio::test]
async fn a_killed_server_loses_nothing_that_was_committed() {
    let folder = Folder::new();
    let flags = ["--verification", "none", "--api-key", "tambo_fixed_for_this_test"];
    let mut process = Process::start(&folder.0, &flags);
    assert_eq!(process.ready["apiKey"], "tambo_fixed_for_this_test");
    let alice = process.session("alice").await;
    let request =
        json_body(process.request("POST", "/v1/threads/runs").bearer_auth(&alice), &says("slow 30"));
    let mut response = request.send().await.unwrap();
    let header = |name: &str| response.headers()[name].to_str().unwrap().to_owned();
    let (thread, run) = (header("x-thread-id"), header("x-run-id"));
    let mut streamed = String::new();
    while !streamed.contains("TEXT_MESSAGE_CONTENT") {
        streamed.push_str(std::str::from_utf8(&response.chunk().await.unwrap().unwrap()).unwrap());
    }
    // SIGKILL: nothing of the server's own runs after this.
    process.child.kill().unwrap();
    process.child.wait().unwrap();

    let process = Process::start(&folder.0, &flags);
    // The same session token: the project and what it signs with are in the database.
    let path = format!("/v1/threads/{thread}");
    let after = Answer::of(process.request("GET", &path).bearer_auth(&alice)).await.json();
    assert_eq!(after["runStatus"], "idle");
    assert_eq!(after["lastRunCancelled"], true);
    assert_eq!(after["lastCompletedRunId"], run.as_str());
    assert_eq!(after["messages"][0]["content"][0]["text"], "slow 30");
    assert_eq!(after["messages"][1]["isCancelled"], true);

    let runs = format!("/v1/threads/{thread}/runs");
    let ask = |body: Value| Answer::of(json_body(process.request("POST", &runs).bearer_auth(&alice), &body));
    assert_eq!(ask(says("hello")).await.json()["type"], "urn:tambo:error:invalid_previous_run");
    let answer = ask(says_after("hello", &json!(run))).await;
    assert!(answer.status == 201 && answer.text.contains("RUN_FINISHED"), "{answer:?}");
}

#[test]
fn one_line_of_json_and_a_clean_end() {
    let folder = Folder::new();
    let mut process = Process::start(&folder.0, &["--db", ":memory:", "--exit-with-stdin"]);
    let ready = &process.ready;
    assert!(ready["backend"].as_str().unwrap().starts_with("http://127.0.0.1:"));
    assert!(ready["apiKey"].as_str().unwrap().starts_with("tambo_"));
    assert_eq!(ready["apiKeys"], json!({ "default": ready["apiKey"] }));
    assert!(ready["controlKey"].as_str().unwrap().len() > 40);
    drop(process.child.stdin.take());
    assert!(process.ends().success());
    let mut rest = String::new();
    process.child.stdout.take().unwrap().read_to_string(&mut rest).unwrap();
    assert_eq!(rest, "", "more than one line");
    assert!(std::fs::read_dir(&folder.0).unwrap().next().is_none(), "a file in spite of :memory:");
}

#[cfg(unix)]
#[test]
fn a_request_to_terminate_is_heard_and_stdin_does_not_matter_by_default() {
    let folder = Folder::new();
    for signal in ["-TERM", "-INT"] {
        let mut process = Process::start(&folder.0, &["--db", ":memory:"]);
        drop(process.child.stdin.take());
        std::thread::sleep(Duration::from_millis(50));
        assert!(process.child.try_wait().unwrap().is_none());
        Command::new("kill").args([signal, &process.child.id().to_string()]).status().unwrap();
        assert!(process.ends().success(), "{signal}");
    }
}

#[test]
fn the_banner_tells_a_person_what_to_do() {
    let folder = Folder::new();
    let flags = ["--db", ":memory:", "--exit-with-stdin", "--trusted-issuer", "http://127.0.0.1:3902/"];
    let mut child = command(&folder.0, &flags).spawn().unwrap();
    drop(child.stdin.take());
    let output = child.wait_with_output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    for expected in [
        "http://127.0.0.1:",
        "tambo_",
        "control key",
        "verified by: discovery",
        "it is not https, it is on localhost",
    ] {
        assert!(text.contains(expected), "{expected:?} in {text}");
    }
}

#[test]
fn what_is_wrong_is_said_in_one_sentence() {
    let folder = Folder::new();
    std::fs::write(folder.0.join("bad.toml"), "[[project]]\nname = \"a\"\nverification = \"symmetric\"\n")
        .unwrap();
    std::fs::write(
        folder.0.join("not.sqlite"),
        "this is no database, and long enough to be looked at".repeat(20),
    )
    .unwrap();
    let running = Process::start(&folder.0, &["--db", "used.sqlite"]);
    let port = running.ready["backend"].as_str().unwrap().rsplit(':').next().unwrap().to_owned();
    let cases: [(&[&str], &str); 8] = [
        (&["--config", "bad.toml"], "bad.toml: project \"a\": verification \"symmetric\" needs secret"),
        (&["--config", "none.toml"], "none.toml: cannot be read"),
        (&["--db", "not.sqlite"], "not.sqlite cannot be opened as a database"),
        (&["--db", "used.sqlite"], "used.sqlite is in use by another program; stop the other server"),
        (&["--db", ":memory:", "--port", &port], "stop what runs there, or choose another with --port"),
        (&["--db", ":memory:", "--allow-origin", "app"], "\"app\" is not an origin"),
        (&["--db", ":memory:", "--fault", "explode"], "faults: there is no fault \"explode\""),
        (
            &["--db", ":memory:", "--openai-base-url", "http://10.0.0.1/v1"],
            "openai_base_url: \"http://10.0.0.1/v1\" is plain http",
        ),
    ];
    for (flags, expected) in cases {
        let output = command(&folder.0, flags).output().unwrap();
        let text = String::from_utf8(output.stderr).unwrap();
        assert!(!output.status.success() && output.stdout.is_empty(), "{flags:?}");
        let sentence = text.lines().last().unwrap();
        assert!(
            sentence.starts_with("threadpass-devserver: ") && sentence.contains(expected),
            "{flags:?}: {text}"
        );
    }
}

#[tokio::test]
async fn logs_and_database_hold_no_secret() {
    let folder = Folder::new();
    let secret = "canary-shared-secret-0123456789-0123456789";
    std::fs::write(
        folder.0.join("s.toml"),
        format!("[[project]]\nname = \"open\"\nverification = \"none\"\n[[project]]\nname = \"shared\"\nverification = \"symmetric\"\nsecret = \"{secret}\"\n"),
    )
    .unwrap();
    let mut process = Process::start(&folder.0, &["--config", "s.toml"]);
    let bearer = process.session("canary-subject-token").await;
    let shared = process.ready["apiKeys"]["shared"].as_str().unwrap().to_owned();
    let url = process.ready["backend"].as_str().unwrap().to_owned();
    let refused = crate::issuer::signed_with_secret(&json!({ "sub": "canary-sub" }), "canary-wrong-secret");
    let fields = [
        ("grant_type", "urn:ietf:params:oauth:grant-type:token-exchange"),
        ("subject_token", refused.as_str()),
        ("subject_token_type", "urn:ietf:params:oauth:token-type:access_token"),
    ];
    let exchange = process.http.post(format!("{url}/oauth/token")).header("x-api-key", &shared);
    assert_eq!(Answer::of(form_body(exchange, &fields)).await.status, 401);
    let cloud = process.ready["assistantCloud"].clone();
    let cloud_url = |path: &str| format!("{}/v1{path}", cloud["baseUrl"].as_str().unwrap());
    let anonymous = Answer::of(process.http.post(cloud_url("/auth/tokens/anonymous"))).await.json();
    let anonymous = [&anonymous["access_token"], &anonymous["refresh_token"]["token"]]
        .map(|token| token.as_str().unwrap().to_owned());
    let refresh = json!({ "refresh_token": anonymous[1] });
    let provider =
        format!("{}.canary", crate::issuer::unsigned(&json!({ "alg": "none" }), &json!({ "sub": "p" })));
    let calls = [
        process.http.get(cloud_url("/threads")).bearer_auth(&anonymous[0]),
        process.http.get(cloud_url("/threads")).bearer_auth(&provider),
        process.http.get(cloud_url("/threads")).bearer_auth("canary-cloud-bearer"),
        json_body(process.http.post(cloud_url("/auth/tokens/refresh")), &refresh),
        json_body(
            process.http.post(cloud_url("/auth/tokens/refresh")),
            &json!({ "refresh_token": "refresh_0canary" }),
        ),
        process.request("GET", "/v1/threads?token=canary-query").bearer_auth(&bearer),
        process.request("GET", "/v1/threads").bearer_auth("canary-bearer"),
        process.request("GET", "/v1/threads").header("authorization", "canary-header"),
        process.http.get(format!("{url}/v1/threads")).header("x-api-key", "canary-key"),
        process.request("GET", "/__dev/calls").header("x-dev-key", "canary-dev"),
        process.request("GET", "/v1/threads").header("origin", "https://canary-origin.test"),
        json_body(
            process.request("POST", "/v1/threads/runs").bearer_auth(&bearer),
            &says("hello canary-message"),
        ),
        process.request("POST", "/v1/threads").header("content-type", "application/json").body("{\"canary"),
    ];
    for call in calls {
        Answer::of(call).await;
    }
    process.child.kill().unwrap();
    let log = stderr(&mut process.child);
    assert!(log.contains("POST /v1/threads/runs 201") && log.contains("refused a subject token"), "{log}");
    let mut secrets =
        vec!["canary".to_owned(), bearer, refused, cloud["apiKey"].as_str().unwrap().to_owned(), provider];
    secrets.extend(anonymous);
    for key in ["apiKey", "controlKey"] {
        secrets.push(process.ready[key].as_str().unwrap().to_owned());
    }
    for secret in &secrets {
        assert!(!log.contains(secret.as_str()), "{secret} in {log}");
    }
    // The message is in the database, and so is what session tokens are signed with; no token or key is.
    let database: Vec<u8> = ["", "-wal"]
        .iter()
        .flat_map(|suffix| {
            std::fs::read(folder.0.join(format!("threadpass-dev.sqlite{suffix}"))).unwrap_or_default()
        })
        .collect();
    let contains = |text: &str| database.windows(text.len()).any(|window| window == text.as_bytes());
    assert!(contains("canary-message"));
    for secret in
        secrets[1..].iter().map(String::as_str).chain(["canary-subject-token", secret, shared.as_str()])
    {
        assert!(!contains(secret), "{secret}");
    }
}
