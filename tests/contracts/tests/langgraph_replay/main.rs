//! The recorded exchanges of LangGraph's Python server, replayed against the local backend.
//!
//! A server of its own for each transcript. Requests are sent as recorded, with tokens minted again (their ends relative to
//! the recorded moment) and with ids, times and places in a stream bound to the live ones as they first appear. Answers have
//! to agree after that, value by value; heartbeats come when they come. An exchange named after a hang-up is left after
//! as many events as were recorded, and who joins a stream without a place in it has to see the end of what was recorded. `skipped.toml` lists what does not agree, and an exchange on that list has to disagree.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a panic is the report"
)]

mod agree;
#[expect(dead_code, reason = "cursors are the other backend's")]
#[path = "../tambo_replay/bindings.rs"]
mod bindings;
mod world;

use threadpass_contracts::{files, load, skipped};
use world::World;

#[tokio::test(flavor = "multi_thread")]
async fn recorded_exchanges_agree() {
    let skipped = skipped("langgraph").unwrap();
    let mut unused: Vec<_> = skipped.iter().collect();
    let (mut agreed, mut passed_over, mut problems) = (0, 0, Vec::new());
    let mut replays = Vec::new();
    // What is in the inner folder is of the server alone: much of it our client would not send.
    let folders = ["langgraph", "langgraph/rest"].into_iter();
    for (folder, file) in
        folders.flat_map(|folder| files(folder).unwrap().into_iter().map(move |file| (folder, file)))
    {
        let name = format!("{folder}/{}", file.file_name().unwrap().to_string_lossy());
        replays.push((name, tokio::spawn(async move { World::replay_all(&load(&file).unwrap()).await })));
    }
    assert!(replays.len() > 5, "the transcripts are missing");
    for (file, replay) in replays {
        for (name, agreement) in replay.await.unwrap() {
            let listed = skipped.iter().any(|entry| entry.file == file && entry.name == name);
            unused.retain(|entry| entry.file != file || entry.name != name);
            match (agreement, listed) {
                (Ok(()), false) => agreed += 1,
                (Err(_), true) => passed_over += 1,
                (Ok(()), true) => problems.push(format!(
                    "{file}: {name:?} agrees although skipped.toml lists it; take it off the list"
                )),
                (Err(difference), false) => problems.push(format!("{file}: {name:?}\n{difference}")),
            }
        }
    }
    for entry in unused {
        problems.push(format!("skipped.toml lists {} {:?}, which is not recorded", entry.file, entry.name));
    }
    report(agreed, passed_over);
    assert!(problems.is_empty(), "{} problem(s):\n\n{}", problems.len(), problems.join("\n\n"));
}

#[expect(clippy::print_stdout, reason = "the figures are part of the report")]
fn report(agreed: usize, passed_over: usize) {
    println!("langgraph: {agreed} exchanges agreed, {passed_over} skipped");
}
