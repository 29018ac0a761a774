//! What the command line prints when the server is ready.

use serde_json::{Map, json};
use threadpass_devserver::Running;

/// One line for programs.
#[expect(clippy::print_stdout, reason = "the line a program that started the server reads")]
pub(crate) fn json(running: &Running) {
    let keys: Map<_, _> = running
        .projects()
        .map(|project| (project.name.to_owned(), project.api_key.reveal().into()))
        .collect();
    let line = json!({
        "backend": running.url(),
        "apiKey": running.projects().next().map(|project| project.api_key.reveal().to_owned()),
        "apiKeys": keys,
        "assistantCloud": {
            "baseUrl": running.assistant_cloud().base_url,
            "apiKey": running.assistant_cloud().api_key.reveal(),
        },
        "controlKey": running.control_key().reveal(),
    });
    println!("{line}");
}

/// A few lines for people.
#[expect(clippy::print_stdout, reason = "what the person who started the server needs to go on")]
pub(crate) fn text(running: &Running) {
    println!(
        "
  Threadpass local backend, for development only
"
    );
    println!("  URL          {}", running.url());
    for project in running.projects() {
        println!("  project      {} (tokens verified by: {})", project.name, project.verification);
        println!("  API key      {}", project.api_key.reveal());
    }
    println!("  for clients of Assistant Cloud");
    println!("  base URL     {}", running.assistant_cloud().base_url);
    println!("  API key      {}", running.assistant_cloud().api_key.reveal());
    println!("  control key  {}", running.control_key().reveal());
    for deviation in running.deviations() {
        println!(
            "
  Note: {deviation}."
        );
    }
    println!(
        "
  End it with Ctrl-C.
"
    );
}
