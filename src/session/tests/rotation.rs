//! Tokens that the backend answers with.

use super::rig::{Rig, callback, someone};
use crate::error::Code;
use crate::session::{Claims, Credential, Identity, Input, Ms, Need, Reason, Source, Use};

const HOUR: i64 = 3_600;
const FIVE_MINUTES: i64 = 300;

/// A token of this person that is made now and lives so many seconds.
fn lives(rig: &Rig, name: &str, seconds: i64) -> Claims {
    let issued = rig.now.wall_ms as f64 / 1000.0;
    Claims { issued_at_s: Some(issued), expires_at_s: Some(issued + seconds as f64), ..someone(name) }
}

/// A user whose provider's token lives so many seconds, and is sent as it is.
fn signed_in(seconds: i64) -> Rig {
    let mut rig = Rig::new(callback(Use::Direct));
    rig.input(Input::Start);
    let claims = lives(&rig, "alice", seconds);
    rig.answer("provider-1", claims);
    rig
}

fn rotate(rig: &mut Rig, token: &str) {
    let (serial, claims) = (rig.serial(), lives(rig, "alice", FIVE_MINUTES));
    rig.rotated(serial, token, claims);
}

fn present(rig: &mut Rig) -> String {
    let call = rig.call();
    rig.token_of(call).to_owned()
}

#[test]
fn it_is_used_from_then_on_and_is_nobodys_news() {
    let mut rig = signed_in(HOUR);
    let (published, generation) = (rig.published.len(), rig.session.generation());
    rotate(&mut rig, "rotated-1");
    assert_eq!(present(&mut rig), "rotated-1");
    rotate(&mut rig, "rotated-2");
    assert_eq!(present(&mut rig), "rotated-2");
    assert_eq!((rig.published.len(), rig.session.generation(), rig.asked), (published, generation, 1));
}

#[test]
fn its_own_end_is_planned_with_and_the_callbacks_same_token_takes_over_unforced() {
    let mut rig = signed_in(HOUR);
    for round in 1..=10 {
        rotate(&mut rig, &format!("rotated-{round}"));
        rig.advance(FIVE_MINUTES * 1_000 - 70_000);
        assert!(rig.asks.is_empty(), "not before the margin");
        rig.advance(10_500);
        let (_, reason, forced) = rig.asks[0];
        assert_eq!((reason, forced), (Reason::Expiring, false), "round {round}");
        let claims = Claims { issued_at_s: None, expires_at_s: None, ..someone("alice") };
        rig.answer("provider-1", claims);
        assert_eq!(present(&mut rig), "provider-1", "round {round}");
        assert!(rig.asks.is_empty());
    }
}

#[test]
fn the_callbacks_same_token_keeps_its_first_deadline() {
    let mut rig = signed_in(400);
    rotate(&mut rig, "rotated-1");
    rig.advance(241_000);
    let claims = lives(&rig, "alice", 400);
    rig.answer("provider-1", claims);
    assert_eq!(present(&mut rig), "provider-1");
    // A fifth of what it had left is its margin, whatever it said of itself the second time.
    rig.advance(130_000);
    assert!(!rig.asks.is_empty());
}

#[test]
fn a_provider_whose_token_is_over_too_is_asked_past_its_cache() {
    let mut rig = signed_in(290);
    rotate(&mut rig, "rotated-1");
    rig.advance(245_000);
    let claims = someone("alice");
    rig.answer("provider-1", claims);
    assert!(rig.asks[0].2, "what it has ends with what the backend gave");
    let claims = lives(&rig, "alice", HOUR);
    rig.answer("provider-2", claims);
    assert_eq!(present(&mut rig), "provider-2");
}

#[test]
fn a_401_to_it_asks_the_callback_once_and_takes_the_same_token_back() {
    let mut rig = signed_in(HOUR);
    rotate(&mut rig, "rotated-1");
    let serial = rig.serial();
    let (one, other) = (rig.refused(serial), rig.refused(serial));
    assert_eq!((rig.asks.len(), rig.asks[0].1, rig.asks[0].2), (1, Reason::Unauthorized, true));
    rig.answer("provider-1", someone("alice"));
    assert_eq!((rig.token_of(one), rig.token_of(other)), ("provider-1", "provider-1"));
    assert_eq!(rig.asked, 2);

    let serial = rig.serial();
    let third = rig.refused(serial);
    rig.advance(5_000);
    if !rig.asks.is_empty() {
        rig.answer("provider-1", someone("alice"));
    }
    assert_eq!(rig.code_of(third), Code::Refused, "that was refused itself");
}

#[test]
fn a_401_to_the_token_before_is_sent_again_with_it() {
    let mut rig = signed_in(HOUR);
    let serial = rig.serial();
    rotate(&mut rig, "rotated-1");
    let call = rig.refused(serial);
    assert_eq!((rig.token_of(call), rig.asked), ("rotated-1", 1));
}

#[test]
fn what_cannot_be_used_is_passed_over() {
    let mut rig = signed_in(HOUR);
    let first = rig.serial();
    rotate(&mut rig, "rotated-1");
    let serial = rig.serial();
    let now = rig.now.wall_ms as f64 / 1000.0;
    let of = |from: f64, to: f64| Claims {
        issued_at_s: Some(now + from),
        expires_at_s: Some(now + to),
        ..someone("alice")
    };
    let elsewhere = |place: usize, text: &str| {
        let mut scope: [Option<String>; 6] = Default::default();
        scope[place] = Some(text.into());
        let identity = Identity { subject: "alice".into(), scope };
        Claims { identity: Some(identity.into()), ..of(0.0, 400.0) }
    };
    for (what, serial, claims) in [
        ("another user's", serial, lives(&rig, "bob", HOUR)),
        ("for the token before", first, of(0.0, 900.0)),
        ("for a token there never was", 99, of(0.0, 900.0)),
        ("without an end", serial, someone("alice")),
        ("over already", serial, of(-400.0, -1.0)),
        ("over before the one that is held", serial, of(0.0, 200.0)),
    ] {
        rig.rotated(serial, "other", claims);
        assert_eq!(present(&mut rig), "rotated-1", "{what}");
    }
    // Another issuer is what is to be expected.
    rig.rotated(serial, "other", elsewhere(0, "https://proj.example"));
    assert_eq!(present(&mut rig), "other");
    assert_eq!(rig.asked, 1);
}

#[test]
fn one_that_ends_with_the_one_that_is_held_is_used() {
    let mut rig = signed_in(HOUR);
    let claims = lives(&rig, "alice", FIVE_MINUTES);
    let serial = rig.serial();
    rig.rotated(serial, "rotated-1", claims.clone());
    // Made in the same second, and asked for by a clock that is read in another place.
    let (serial, mut sent) = (rig.serial(), rig.now);
    sent.wall_ms += 1;
    rig.rotated_since(sent, serial, "rotated-2", claims);
    assert_eq!(present(&mut rig), "rotated-2");
}

#[test]
fn another_workspaces_is_passed_over_where_both_say_theirs() {
    let in_workspace = |rig: &Rig, name: &str| {
        let mut scope: [Option<String>; 6] = Default::default();
        scope[5] = Some(name.into());
        let identity = Identity { subject: "alice".into(), scope };
        Claims { identity: Some(identity.into()), ..lives(rig, "alice", FIVE_MINUTES) }
    };
    let mut rig = Rig::new(callback(Use::Direct));
    rig.input(Input::Start);
    let claims = in_workspace(&rig, "one");
    rig.answer("minted", claims);
    let (serial, claims) = (rig.serial(), in_workspace(&rig, "other"));
    rig.rotated(serial, "rotated", claims);
    assert_eq!(present(&mut rig), "minted");

    // From the callback it is another identity.
    let generation = rig.session.generation();
    rig.want(Need::Fresh);
    let claims = in_workspace(&rig, "other");
    rig.answer("minted-2", claims);
    assert_eq!(rig.session.generation(), generation + 1);
    assert_eq!(present(&mut rig), "minted-2");
}

#[test]
fn an_earlier_generations_is_passed_over() {
    let mut rig = signed_in(HOUR);
    let serial = rig.serial();
    rig.input(Input::Invalidate);
    let claims = lives(&rig, "bob", HOUR);
    rig.answer("provider-bob", claims);
    let claims = lives(&rig, "alice", HOUR);
    rig.rotated(serial, "rotated", claims);
    assert_eq!(present(&mut rig), "provider-bob");

    rig.input(Input::SignOut);
    let claims = lives(&rig, "bob", HOUR);
    rig.rotated(serial + 1, "rotated", claims);
    assert_eq!(rig.session.peek(rig.now), None);
}

#[test]
fn what_was_held_until_it_ended_does_not_come_back() {
    let mut rig = signed_in(60);
    let serial = rig.serial();
    rig.sleep(70_000);
    let claims = lives(&rig, "alice", FIVE_MINUTES);
    rig.rotated(serial, "rotated", claims);
    assert_eq!(rig.session.peek(rig.now), None);
}

#[test]
fn its_life_counts_from_when_the_call_was_sent() {
    let mut rig = signed_in(HOUR);
    let (serial, sent) = (rig.serial(), rig.now);
    rig.advance(100_000);
    let claims = lives(&rig, "alice", FIVE_MINUTES);
    rig.rotated_since(sent, serial, "rotated", claims);
    let left: Ms = 200_000;
    rig.sleep(left - 1_000);
    assert!(rig.session.peek(rig.now).is_some());
    rig.sleep(1_000);
    assert_eq!(rig.session.peek(rig.now), None);
}

#[test]
fn wrong_clocks_do_not_shorten_it() {
    for fast in [-HOUR, -200, 200] {
        let mut rig = signed_in(HOUR);
        let serial = rig.serial();
        let mut claims = lives(&rig, "alice", FIVE_MINUTES);
        claims.issued_at_s = claims.issued_at_s.map(|at| at - fast as f64);
        claims.expires_at_s = claims.expires_at_s.map(|at| at - fast as f64);
        rig.rotated(serial, "rotated", claims);
        rig.advance(200_000);
        assert_eq!((present(&mut rig), rig.asked), ("rotated".into(), 1), "{fast} s");
    }
}

#[test]
fn a_renewal_that_is_under_way_goes_on() {
    let mut rig = signed_in(FIVE_MINUTES);
    let serial = rig.serial();
    rig.advance(245_000);
    assert!(!rig.asks.is_empty());
    let claims = lives(&rig, "alice", FIVE_MINUTES);
    rig.rotated(serial, "rotated", claims);
    let claims = lives(&rig, "alice", FIVE_MINUTES);
    rig.answer("provider-2", claims);
    assert_eq!(present(&mut rig), "provider-2", "a newer token of the callback's is a newer token");
}

#[test]
fn a_callback_that_fails_meanwhile_is_tried_again_as_planned() {
    let mut rig = signed_in(FIVE_MINUTES);
    rig.advance(245_000);
    rig.reply(crate::session::Answer::Failed(super::rig::offline()));
    rotate(&mut rig, "rotated");
    rig.advance(41_000);
    assert_eq!(rig.asks.len(), 1, "not only when the new one nears its end");
}

#[test]
fn anonymous_identities_are_rotated_too() {
    let mut rig = Rig::new(Credential::Callback { usage: Use::Direct, source: Source::Anonymous });
    rig.input(Input::Start);
    rig.advance(60_000);
    assert_eq!(rig.asks.len(), 1, "our own source has its own deadlines within");
    let claims = lives(&rig, "alice", FIVE_MINUTES);
    rig.answer("minted", claims);
    rotate(&mut rig, "rotated");
    assert_eq!(present(&mut rig), "rotated");
}
