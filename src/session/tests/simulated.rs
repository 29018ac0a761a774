//! What the simulation has found, each as short as it could be made.

use super::rig::{Rig, callback, rejected, someone, string};
use crate::error::{Code, Failure};
use crate::session::{Answer, Exchanged, Input, Need, TabMessage, Use, Wake};

fn forbidden() -> Exchanged {
    Exchanged::Misconfigured(Failure::new(Code::ExchangeRejected, "Forbidden").status(403).into())
}

#[test]
fn a_provider_that_names_another_user_each_time_is_not_asked_without_end() {
    let mut rig = Rig::alice(1);
    let before = rig.asked;
    for n in 0..600 {
        rig.advance(100);
        while !rig.asks.is_empty() {
            rig.answer(&format!("token-{n}"), someone(&format!("user-{n}")));
            rig.grant(&format!("session-{n}"), 1);
        }
    }
    assert!(rig.asked - before <= 13, "{} in a minute", rig.asked - before);
}

#[test]
fn a_401_skips_the_floor_but_not_twice_in_a_row() {
    // One endpoint accepts every token and another refuses it, so that the breaker never opens.
    let mut rig = Rig::alice(900);
    let before = rig.exchanged;
    for n in 0..60 {
        let waiter = rig.call();
        if !rig.waits(waiter) {
            let serial = rig.settled[&waiter].as_ref().unwrap().serial;
            rig.input(Input::Accepted(serial));
            rig.refused(serial);
        }
        if !rig.asks.is_empty() {
            rig.renew(&format!("session-{n}"), 900);
        }
        rig.advance(1_000);
    }
    assert!(rig.exchanged - before <= 13, "{} in a minute", rig.exchanged - before);
}

#[test]
fn waking_up_does_not_bring_a_string_back_that_another_tab_has_signed_out() {
    let mut rig = Rig::new(string("alice-token", someone("alice"), Use::Direct));
    rig.input(Input::Start);
    assert_eq!(rig.status(), "identified");
    rig.input(Input::OtherTab(TabMessage::SignedOut));
    rig.advance(60_000);
    rig.input(Input::Woke(Wake::Visible));
    assert_eq!(rig.status(), "unauthenticated");
    let call = rig.call();
    assert_eq!(rig.code_of(call), Code::NotSignedIn);
}

#[test]
fn a_forced_refresh_that_brings_nothing_newer_is_not_repeated_until_the_end() {
    let mut rig = Rig::alice(86_400);
    rig.want(Need::Fresh);
    let expires = (rig.now.wall_ms / 1_000) as f64 + 60.0;
    let claims = crate::session::Claims { expires_at_s: Some(expires), ..someone("alice") };
    rig.answer("alice-short", claims.clone());
    rig.grant("session-2", 86_400);
    rig.want(Need::Fresh);
    rig.answer("alice-short", claims);
    let before = rig.asked;
    rig.advance(3_600_000);
    assert_eq!(rig.asked, before, "there is no hurry: the session lasts for a day");
}

#[test]
fn a_rejected_subject_token_is_not_posted_after_another_was_rejected() {
    let mut rig = Rig::new(callback(Use::Exchange));
    rig.input(Input::Start);
    rig.answer("cached", someone("alice"));
    rig.exchange(rejected());
    rig.answer("fresh", someone("alice"));
    rig.exchange(rejected());
    let before = rig.exchanged;
    rig.advance(100_000);
    rig.answer("cached", someone("alice"));
    assert_eq!(rig.exchanged, before, "this one was refused already");
}

#[test]
fn nobody_ends_what_has_failed_before() {
    // The exchange said 403, which leaves it to the next use; then the user signed out at the provider.
    let mut rig = Rig::new(callback(Use::Exchange));
    rig.input(Input::Start);
    rig.answer("opaque", Default::default());
    rig.exchange(forbidden());
    rig.advance(61_000);
    rig.call();
    rig.reply(Answer::Nobody);
    assert_eq!(rig.status(), "unauthenticated");
    rig.advance(1_000);
    let call = rig.call();
    assert!(rig.waits(call), "the next use asks, and is not told of a defect");
    rig.answer("bob-1", someone("bob"));
    rig.grant("session-bob", 900);
    assert_eq!(rig.token_of(call), "session-bob");
}

#[test]
fn a_token_that_has_ended_does_not_come_back_with_the_clock() {
    // The monotonic clock stood still in sleep; then the wall clock is set back.
    let mut rig = Rig::alice(3_600);
    rig.input(Input::Hidden);
    rig.sleep(8 * 3_600_000);
    rig.input(Input::Woke(Wake::Focus));
    assert!(rig.session.peek(rig.now).is_none());
    rig.now.wall_ms -= 8 * 3_600_000;
    rig.input(Input::Accepted(0));
    assert!(rig.session.peek(rig.now).is_none(), "it has truly ended");
}

#[test]
fn calls_wait_for_the_breaker_although_the_exchange_said_403_before() {
    let mut rig = Rig::alice(900);
    let first = rig.serial();
    rig.refused(first);
    rig.renew("session-2", 900);
    rig.advance(845_000);
    rig.answer("alice-3", someone("alice"));
    rig.exchange(forbidden());
    let call = rig.call();
    let serial = rig.settled[&call].as_ref().unwrap().serial;
    rig.refused(serial);
    assert_eq!(rig.error().0, Code::Refused);
    let asked = rig.asked;
    rig.advance(11_000);
    let call = rig.call();
    assert_eq!(rig.asked, asked, "the breaker is open");
    assert_eq!(rig.code_of(call), Code::Refused);
}

#[test]
fn a_newer_string_closes_the_breaker_for_what_wakes() {
    let mut rig = Rig::new(string("alice-1", someone("alice"), Use::Exchange));
    rig.input(Input::Start);
    rig.grant("session-1", 900);
    let first = rig.serial();
    rig.advance(10_000);
    rig.refused(first);
    rig.grant("session-2", 900);
    let second = rig.serial();
    rig.refused(second);
    assert_eq!(rig.error().0, Code::Refused);
    rig.input(Input::SetCredential(string("alice-2", someone("alice"), Use::Exchange)));
    let mut busy = Failure::new(Code::RateLimited, "slow down").retryable();
    busy.retry_after_ms = Some(1_000);
    rig.exchange(Exchanged::Failed(busy.into()));
    assert_eq!(rig.error().0, Code::RateLimited);
    rig.advance(5_000);
    rig.input(Input::Woke(Wake::Online));
    rig.advance(6_000);
    assert_eq!(rig.exchanges.len(), 1, "what failed is tried as soon as the floor allows");
}
