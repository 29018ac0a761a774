//! Every recorded exchange of the Tambo API, replayed against the local backend.
//!
//! A server of its own for each transcript, one project for each captured project. Requests are sent as recorded, with
//! what cannot be the same put in place: API keys, tokens (minted again, their times relative to the recorded moment),
//! and ids, times and cursors, which are bound to the live ones as they first appear. Answers have to agree after that,
//! value by value. `skipped.toml` lists what does not, and an exchange on that list has to disagree.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a panic is the report"
)]

mod agree;
mod bindings;
mod race;
mod tokens;
mod world;

use race::Race;
use threadpass_contracts::{files, load, skipped};
use world::World;

#[tokio::test]
async fn recorded_exchanges_agree() {
    let skipped = skipped("tambo").unwrap();
    let recorded: Vec<_> =
        files("tambo").unwrap().into_iter().map(|file| (load(&file).unwrap(), file)).collect();
    let everything: Vec<_> = recorded.iter().flat_map(|(exchanges, _)| exchanges).collect();
    let project_ids = tokens::project_ids(&everything);
    assert_eq!(project_ids.len(), 3, "the recordings show the ids of three projects: {project_ids:?}");

    let (mut agreed, mut passed_over, mut problems) = (0, 0, Vec::new());
    let mut unused: Vec<_> = skipped.iter().collect();
    for (exchanges, file) in &recorded {
        let file = format!("tambo/{}", file.file_name().unwrap().to_string_lossy());
        let mut world = World::start(&project_ids).await;
        for (index, exchange) in exchanges.iter().enumerate() {
            let race = Race::stage(&mut world, exchange, exchanges.get(index + 1)).await;
            let listed = skipped.iter().any(|entry| entry.file == file && entry.name == exchange.name);
            unused.retain(|entry| entry.file != file || entry.name != exchange.name);
            let headers = race.as_ref().map_or(&exchange.request.headers, Race::headers);
            let agreement = world.replay(exchange, headers).await;
            if let Some(race) = race {
                race.settle(&mut world, exchange).await;
            }
            match (agreement, listed) {
                (Ok(()), false) => agreed += 1,
                (Err(_), true) => passed_over += 1,
                (Ok(()), true) => problems.push(format!(
                    "{file}: {:?} agrees although skipped.toml lists it; take it off the list",
                    exchange.name
                )),
                (Err(difference), false) => {
                    problems.push(format!("{file}: {:?}\n{difference}", exchange.name))
                }
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
    println!("tambo: {agreed} exchanges agreed, {passed_over} skipped");
}
