//! Credentials given as a string.

use super::rig::{Rig, START_WALL, rejected, someone, string};
use crate::error::Code;
use crate::session::{AuthState, Claims, Input, Need, Use};

fn until(seconds: i64) -> Claims {
    let now = START_WALL as f64 / 1000.0;
    Claims { issued_at_s: Some(now), expires_at_s: Some(now + seconds as f64), ..someone("alice") }
}

fn started(claims: Claims, usage: Use) -> Rig {
    let mut rig = Rig::new(string("text-1", claims, usage));
    rig.input(Input::Start);
    rig
}

#[test]
fn at_its_end_the_error_comes_once() {
    let mut rig = started(until(600), Use::Exchange);
    rig.grant("session-1", 600);
    rig.advance(3_600_000);
    assert_eq!(rig.error(), (Code::CannotRenew, None));
    assert_eq!(rig.exchanged, 1);
    assert_eq!(rig.warned, [Code::CannotRenew]);
    let call = rig.call();
    assert_eq!(rig.code_of(call), Code::CannotRenew);
    assert_eq!(rig.timer, None);
}

#[test]
fn one_that_outlives_the_session_is_exchanged_again_until_its_end() {
    let mut rig = started(until(7_200), Use::Exchange);
    while rig.status() != "error" {
        if !rig.exchanges.is_empty() {
            // Like the service: an hour, or what is left of the string.
            let left = (START_WALL + 7_200_000 - rig.now.wall_ms) / 1_000;
            rig.grant(&format!("session-{left}"), left.min(3_600));
        }
        rig.advance(1_000);
        assert!(rig.now.mono_ms < 8_000_000, "{:?}", rig.session.inspect(rig.now));
    }
    assert_eq!(rig.error().0, Code::CannotRenew);
    assert!((7_190_000..=7_201_000).contains(&(rig.now.wall_ms - START_WALL)));
    assert!(rig.exchanged <= 6, "{} exchanges", rig.exchanged);
}

#[test]
fn sent_as_it_is_it_ends_when_it_says() {
    let mut rig = started(until(600), Use::Direct);
    let call = rig.call();
    assert_eq!(rig.token_of(call), "text-1");
    rig.advance(600_000);
    assert_eq!(rig.error().0, Code::CannotRenew);
}

#[test]
fn dead_from_the_start_it_is_never_sent() {
    let mut rig = started(until(-10), Use::Direct);
    let call = rig.call();
    assert_eq!(rig.code_of(call), Code::CannotRenew);
}

#[test]
fn the_same_person_with_a_newer_string_loses_nothing() {
    let mut rig = started(until(600), Use::Exchange);
    rig.grant("session-1", 600);
    let published = rig.published.len();
    rig.input(Input::SetCredential(string("text-2", until(1_200), Use::Exchange)));
    assert_eq!(rig.session.generation(), 0);
    let call = rig.call();
    assert_eq!(rig.token_of(call), "session-1");
    rig.advance(545_000);
    rig.grant("session-2", 600);
    assert_eq!(rig.published.len(), published);
}

#[test]
fn a_newer_string_after_the_end_goes_on() {
    let mut rig = started(until(600), Use::Exchange);
    rig.grant("session-1", 600);
    rig.advance(700_000);
    let now = rig.now.wall_ms as f64 / 1000.0;
    let newer = Claims { issued_at_s: Some(now), expires_at_s: Some(now + 600.0), ..someone("alice") };
    rig.input(Input::SetCredential(string("text-2", newer, Use::Exchange)));
    rig.grant("session-2", 600);
    let AuthState::Identified { generation: 0, .. } = rig.session.auth() else { panic!("{}", rig.status()) };
}

#[test]
fn another_persons_string_is_another_generation() {
    let mut rig = started(until(600), Use::Exchange);
    rig.grant("session-1", 600);
    rig.input(Input::SetCredential(string("bob-1", someone("bob"), Use::Exchange)));
    assert!(rig.session.peek(rig.now).is_none());
    assert_eq!(rig.ended, [(1, Code::IdentityChanged)]);
}

#[test]
fn refused_by_the_exchange_it_is_not_posted_again() {
    let mut rig = started(someone("alice"), Use::Exchange);
    rig.exchange(rejected());
    assert_eq!(rig.error(), (Code::ExchangeRejected, None));
    rig.advance(3_600_000);
    let call = rig.call();
    assert_eq!(rig.code_of(call), Code::ExchangeRejected);
    assert_eq!(rig.exchanged, 1);
}

#[test]
fn a_revoked_session_is_exchanged_anew() {
    let mut rig = started(until(7_200), Use::Exchange);
    rig.grant("session-1", 3_600);
    let serial = rig.serial();
    rig.input(Input::Accepted(serial));
    let replay = rig.refused(serial);
    rig.grant("session-2", 3_600);
    assert_eq!(rig.token_of(replay), "session-2");
}

#[test]
fn sent_as_it_is_and_refused_there_is_nothing_newer() {
    let mut rig = started(until(7_200), Use::Direct);
    let serial = rig.serial();
    rig.input(Input::Accepted(serial));
    let replay = rig.refused(serial);
    assert_eq!(rig.code_of(replay), Code::CannotRenew);
    let fresh = rig.want(Need::Fresh);
    assert_eq!(rig.code_of(fresh), Code::CannotRenew);
}
