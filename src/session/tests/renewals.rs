use super::rig::{Rig, START_WALL, callback, someone};
use crate::error::Code;
use crate::session::{Answer, Claims, Input, Ms, Need, Reason, Use, Wake};

fn lives(name: &str, from_ms: Ms, seconds: i64) -> Claims {
    let issued = from_ms as f64 / 1000.0;
    Claims { issued_at_s: Some(issued), expires_at_s: Some(issued + seconds as f64), ..someone(name) }
}

#[test]
fn renews_inside_the_margin_for_every_lifetime() {
    // Case 24: ten minutes each; no more than the lifetime and the floor allow.
    for life in [1, 5, 30, 59, 60, 61, 300, 900, 3_600] {
        let mut rig = Rig::alice(life);
        let exchanges = i64::from(rig.run_healthy(600_000, life));
        let gap = (life * 1_000 * 3 / 4).max(5_000);
        assert!(exchanges <= 600_000 / gap + 1, "{life} s: {exchanges}");
        if life <= 300 {
            assert!(exchanges >= 600_000 / (life * 1_000).max(5_000) - 1, "{life} s: {exchanges}");
        }
        assert_eq!(rig.published.len(), 3, "a renewal that works is nobody's news");
    }
}

#[test]
fn a_lifetime_of_zero_or_less_is_not_believed() {
    for life in [0, -5] {
        let mut rig = Rig::alice(life);
        assert!(rig.run_healthy(600_000, life) <= 3, "{life}");
        assert_eq!(rig.status(), "identified");
    }
}

#[test]
fn lifetimes_beyond_a_timer_do_not_fire_at_once() {
    // Case 22.
    for life in [2_147_484, 1_000_000_000, 9_007_199_254_740_992] {
        let mut rig = Rig::alice(life);
        assert!(rig.timer.unwrap() - rig.now.mono_ms <= i64::from(i32::MAX));
        assert_eq!(rig.run_healthy(24 * 3_600_000, life), 0);
    }
}

#[test]
fn a_call_during_the_floor_waits_for_it() {
    let mut rig = Rig::alice(1);
    rig.advance(1_500);
    let call = rig.call();
    assert!(rig.waits(call));
    rig.advance(3_600);
    rig.renew("session-2", 1);
    assert_eq!(rig.token_of(call), "session-2");
}

#[test]
fn a_hidden_page_keeps_no_timer_and_renews_on_its_next_use() {
    let mut rig = Rig::alice(900);
    rig.input(Input::Hidden);
    assert_eq!(rig.timer, None);
    rig.advance(3_600_000);
    assert_eq!(rig.asked, 1);
    let call = rig.call();
    rig.renew("session-2", 900);
    assert_eq!(rig.token_of(call), "session-2");
    assert_eq!(rig.timer, None);
}

#[test]
fn waking_with_a_valid_token_does_nothing() {
    // Case 36.
    let mut rig = Rig::alice(900);
    let published = rig.published.len();
    for _ in 0..100 {
        rig.input(Input::Hidden);
        rig.advance(1_000);
        rig.input(Input::Woke(Wake::Visible));
        rig.input(Input::Woke(Wake::Focus));
    }
    assert_eq!((rig.asked, rig.published.len()), (1, published));
}

#[test]
fn waking_after_a_sleep_renews_at_once() {
    let mut rig = Rig::alice(900);
    rig.input(Input::Hidden);
    rig.sleep(8 * 3_600_000);
    rig.input(Input::Woke(Wake::Visible));
    assert_eq!(rig.asks.front().map(|(_, reason, _)| *reason), Some(Reason::Expiring));
    rig.renew("session-2", 900);
    assert_eq!(rig.published.len(), 3, "the user was known all along");
}

#[test]
fn a_cached_subject_token_is_asked_for_again_with_force() {
    // Case 27: the provider answers from its cache, and its token ends with our session.
    let mut rig = Rig::new(callback(Use::Exchange));
    rig.input(Input::Start);
    rig.answer("provider-1", lives("alice", START_WALL, 600));
    rig.grant("session-1", 600);
    rig.advance(545_000);
    assert_eq!(rig.asks.front().map(|(_, reason, force)| (*reason, *force)), Some((Reason::Expiring, false)));
    rig.answer("provider-1", lives("alice", START_WALL, 600));
    assert_eq!(rig.asks.front().map(|(_, reason, force)| (*reason, *force)), Some((Reason::Expiring, true)));
    let now = rig.now.wall_ms;
    rig.answer("provider-2", lives("alice", now, 600));
    rig.grant("session-2", 600);
    let call = rig.call();
    assert_eq!(rig.token_of(call), "session-2");
    assert_eq!(rig.exchanged, 2);
}

#[test]
fn a_subject_token_that_outlives_the_session_is_exchanged_again_as_it_is() {
    let mut rig = Rig::new(callback(Use::Exchange));
    rig.input(Input::Start);
    rig.answer("long", lives("alice", START_WALL, 86_400));
    rig.grant("session-1", 3_600);
    rig.advance(3_600_000 - 50_000);
    rig.answer("long", lives("alice", START_WALL, 86_400));
    rig.grant("session-2", 3_600);
    assert_eq!((rig.asked, rig.exchanged), (2, 2));
}

#[test]
fn the_same_string_after_force_keeps_the_session_and_waits() {
    // Case 25: Firebase answers a forced refresh within one second with the same token.
    let mut rig = Rig::new(callback(Use::Direct));
    rig.input(Input::Start);
    let token = lives("alice", START_WALL, 600);
    rig.answer("same", token.clone());
    rig.advance(545_000);
    let before = rig.asked;
    for _ in 0..4 {
        while !rig.asks.is_empty() {
            rig.answer("same", token.clone());
        }
        assert_eq!(rig.status(), "identified");
        rig.advance(12_000);
    }
    assert!(rig.asked - before <= 9, "{} asks in 48 s", rig.asked - before);
}

#[test]
fn one_dead_token_for_ever_ends_in_an_error_that_names_the_callback() {
    // Case 26.
    let mut rig = Rig::new(callback(Use::Direct));
    rig.input(Input::Start);
    let ready = rig.want(Need::Ready);
    let dead = lives("alice", START_WALL - 7_200_000, 3_600);
    for _ in 0..600 {
        while !rig.asks.is_empty() {
            rig.answer("dead", dead.clone());
        }
        rig.advance(1_000);
    }
    assert_eq!(rig.error().0, Code::TokenExpired);
    assert_eq!(rig.code_of(ready), Code::TokenExpired);
    assert!(rig.asked <= 16, "{} asks in ten minutes", rig.asked);
}

#[test]
fn the_callback_may_say_nobody_at_renewal() {
    // Case 50.
    let mut rig = Rig::alice(900);
    rig.advance(845_000);
    rig.reply(Answer::Nobody);
    assert_eq!(rig.status(), "unauthenticated");
    assert_eq!(rig.ended.last(), Some(&(1, Code::SignedOut)));
    assert!(rig.session.peek(rig.now).is_none());
    assert_eq!(rig.timer, None);
}

#[test]
fn opaque_tokens_live_for_five_minutes() {
    let mut rig = Rig::new(callback(Use::Direct));
    rig.input(Input::Start);
    rig.answer("opaque", Claims::default());
    rig.advance(235_000);
    assert_eq!(rig.asks.len(), 0);
    rig.advance(10_000);
    assert_eq!(rig.asks.len(), 1);
}
