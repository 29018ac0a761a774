use super::rig::{Rig, callback, offline, rejected, someone};
use crate::error::{Code, Failure};
use crate::session::{Answer, AuthState, Exchanged, Input, Need, Use, Wake};

#[test]
fn a_valid_token_survives_failed_renewals() {
    // Cases 30 and 32.
    let mut rig = Rig::alice(900);
    rig.advance(850_000);
    rig.answer("alice-2", someone("alice"));
    rig.exchange_fails();
    let AuthState::Identified { refresh_error: Some(error), .. } = rig.session.auth() else {
        panic!("{}", rig.status())
    };
    assert_eq!(error.code, Code::Offline);
    let call = rig.call();
    assert_eq!(rig.token_of(call), "session-1");
    rig.advance(51_000);
    // A retry was made in between and is unanswered; the token has ended.
    assert!(rig.session.peek(rig.now).is_none());
    rig.answer("alice-3", someone("alice"));
    rig.grant("session-2", 900);
    let AuthState::Identified { refresh_error: None, .. } = rig.session.auth() else {
        panic!("{}", rig.status())
    };
}

#[test]
fn the_end_of_the_token_shows_the_error_if_renewal_keeps_failing() {
    let mut rig = Rig::alice(900);
    rig.advance(850_000);
    for _ in 0..20 {
        if !rig.asks.is_empty() {
            rig.answer("alice-2", someone("alice"));
        }
        if !rig.exchanges.is_empty() {
            rig.exchange_fails();
        }
        rig.advance(5_000);
    }
    let (code, retry_at) = rig.error();
    assert_eq!(code, Code::Offline);
    assert!(retry_at.unwrap() > rig.now.wall_ms);

    // Somebody who calls now gets one quick try; after that calls fail at once until the next one is due.
    let call = rig.call();
    rig.advance(1_500);
    rig.answer("alice-3", someone("alice"));
    rig.exchange_fails();
    assert_eq!(rig.code_of(call), Code::Offline);
    let call = rig.call();
    assert_eq!(rig.code_of(call), Code::Offline);
    assert!(rig.asks.is_empty());
}

#[test]
fn a_token_that_ended_underway_is_not_given_out() {
    let mut rig = Rig::new(callback(Use::Exchange));
    rig.input(Input::Start);
    let call = rig.call();
    for _ in 0..2 {
        rig.answer("alice-1", someone("alice"));
        rig.advance(1_200);
        rig.grant("session", 1);
        assert!(rig.session.peek(rig.now).is_none());
        rig.advance(1_500);
    }
    assert_eq!(rig.code_of(call), Code::TokenExpired);
}

#[test]
fn a_cold_start_is_tried_once_more_quickly() {
    let mut rig = Rig::new(callback(Use::Exchange));
    rig.input(Input::Start);
    let call = rig.call();
    rig.answer("alice-1", someone("alice"));
    rig.exchange_fails();
    assert!(rig.waits(call));
    assert_eq!(rig.status(), "exchanging");
    rig.advance(1_500);
    rig.renew("session-1", 900);
    assert_eq!(rig.token_of(call), "session-1");
}

#[test]
fn a_second_failure_tells_the_callers_and_ready_waits_on() {
    let mut rig = Rig::new(callback(Use::Exchange));
    rig.input(Input::Start);
    let (call, ready) = (rig.call(), rig.want(Need::Ready));
    for _ in 0..2 {
        rig.answer("alice-1", someone("alice"));
        rig.exchange_fails();
        rig.advance(1_500);
    }
    assert_eq!(rig.code_of(call), Code::Offline);
    assert!(rig.waits(ready));
    assert_eq!(rig.warned, [Code::Offline], "once per change");
    rig.advance(40_000);
    rig.renew("session-1", 900);
    assert!(rig.settled.get(&ready).unwrap().is_ok());
}

#[test]
fn being_online_again_is_tried_at_once_within_the_floor() {
    let mut rig = Rig::new(callback(Use::Exchange));
    rig.input(Input::Start);
    for _ in 0..2 {
        rig.answer("alice-1", someone("alice"));
        rig.exchange_fails();
        rig.advance(1_500);
    }
    let asked = rig.asked;
    rig.advance(19_000);
    for _ in 0..50 {
        rig.input(Input::Woke(Wake::Online));
    }
    assert_eq!(rig.asked, asked + 1);
    rig.renew("session-1", 900);
    assert_eq!(rig.status(), "identified");
}

#[test]
fn flapping_networks_do_not_storm() {
    let mut rig = Rig::alice(900);
    rig.advance(870_000);
    let before = rig.asked;
    for _ in 0..600 {
        while !rig.asks.is_empty() || !rig.exchanges.is_empty() {
            if !rig.asks.is_empty() {
                rig.answer("alice-2", someone("alice"));
            }
            if !rig.exchanges.is_empty() {
                rig.exchange_fails();
            }
        }
        rig.advance(1_000);
        rig.input(Input::Woke(Wake::Online));
    }
    assert!(rig.asked - before <= 20, "{} tries in ten minutes", rig.asked - before);
}

#[test]
fn a_wish_to_wait_is_respected_and_capped() {
    // Case 31.
    for (asked_ms, least, most) in [(120_000, 120_000, 144_000), (86_400_000, 300_000, 360_000)] {
        let mut rig = Rig::new(callback(Use::Exchange));
        rig.input(Input::Start);
        rig.answer("alice-1", someone("alice"));
        let mut failure = Failure::new(Code::RateLimited, "slow down").status(429).retryable();
        failure.retry_after_ms = Some(asked_ms);
        rig.exchange(Exchanged::Failed(failure.into()));
        let wait = rig.error().1.unwrap() - rig.now.wall_ms;
        assert!((least..=most).contains(&wait), "{wait}");
    }
}

#[test]
fn a_refused_subject_token_is_posted_once_and_another_one_is_tried() {
    let mut rig = Rig::new(callback(Use::Exchange));
    rig.input(Input::Start);
    let (call, ready) = (rig.call(), rig.want(Need::Ready));
    rig.answer("bad", someone("alice"));
    rig.exchange(rejected());
    assert_eq!(rig.asks.front().map(|(_, _, force)| *force), Some(true));
    rig.answer("bad", someone("alice"));
    assert_eq!(rig.exchanged, 1, "the same token is not posted again");
    assert_eq!(rig.code_of(call), Code::ExchangeRejected);
    assert_eq!(rig.code_of(ready), Code::ExchangeRejected, "ready does not wait for what may never come");
    assert_eq!(rig.error(), (Code::ExchangeRejected, None));

    // Later the provider has another one: found without the app.
    rig.advance(90_000);
    assert_eq!(rig.asks.len(), 1);
    rig.answer("good", someone("alice"));
    rig.grant("session-1", 900);
    assert_eq!(rig.status(), "identified");
}

#[test]
fn subject_tokens_that_are_all_refused_are_tried_more_and_more_rarely() {
    let mut rig = Rig::new(callback(Use::Exchange));
    rig.input(Input::Start);
    let mut issued = 0;
    for _ in 0..3_600 {
        while !rig.asks.is_empty() || !rig.exchanges.is_empty() {
            if !rig.asks.is_empty() {
                issued += 1;
                rig.answer(&format!("bad-{issued}"), someone("alice"));
            }
            if !rig.exchanges.is_empty() {
                rig.exchange(rejected());
            }
        }
        rig.advance(1_000);
    }
    assert!(rig.exchanged <= 20, "{} exchanges in an hour", rig.exchanged);
    assert_eq!(rig.warned, [Code::ExchangeRejected]);
}

#[test]
fn a_project_that_refuses_everybody_is_left_alone_until_somebody_calls() {
    let mut rig = Rig::new(callback(Use::Exchange));
    rig.input(Input::Start);
    rig.answer("alice-1", someone("alice"));
    rig.exchange(Exchanged::Misconfigured(
        Failure::new(Code::ExchangeRejected, "Forbidden resource").status(403).into(),
    ));
    assert_eq!(rig.error(), (Code::ExchangeRejected, None));
    rig.advance(3_600_000);
    assert_eq!((rig.asked, rig.exchanged), (1, 1));
    for _ in 0..3 {
        let call = rig.call();
        rig.answer("alice-1", someone("alice"));
        assert_eq!(rig.code_of(call), Code::ExchangeRejected);
        rig.advance(3_600_000);
    }
    assert_eq!((rig.asked, rig.exchanged), (4, 1), "the same token is not posted again");
    let call = rig.call();
    rig.answer("alice-2", someone("alice"));
    rig.grant("session-2", 900);
    assert_eq!(rig.token_of(call), "session-2");
}

#[test]
fn a_callback_may_say_stop() {
    // Case 41.
    let mut rig = Rig::new(callback(Use::Exchange));
    rig.input(Input::Start);
    rig.reply(Answer::Failed(Failure::new(Code::CallbackFailed, "stop").into()));
    rig.advance(3_600_000);
    rig.input(Input::Woke(Wake::Focus));
    let call = rig.call();
    assert_eq!(rig.code_of(call), Code::CallbackFailed);
    assert_eq!(rig.asked, 1);
    rig.input(Input::Invalidate);
    assert_eq!(rig.asks.len(), 1);
}

#[test]
fn a_callback_that_never_settles_is_ended_and_its_late_answer_ignored() {
    // Case 28.
    let mut rig = Rig::new(callback(Use::Exchange));
    rig.input(Input::Start);
    let call = rig.call();
    let (op, ..) = *rig.asks.front().unwrap();
    rig.advance(30_000);
    assert_eq!(rig.aborted, [op]);
    rig.advance(31_500);
    assert_eq!(rig.code_of(call), Code::CallbackTimeout);
    rig.input(Input::Answered(op, Answer::Nobody));
    assert_eq!(rig.error().0, Code::CallbackTimeout);
}

#[test]
fn an_exchange_that_stalls_is_ended() {
    // Case 29.
    let mut rig = Rig::new(callback(Use::Exchange));
    rig.input(Input::Start);
    rig.answer("alice-1", someone("alice"));
    let ops = rig.exchanges.front().map(|(op, _)| *op).unwrap();
    rig.advance(30_000);
    assert_eq!(rig.aborted, [ops]);
    assert_eq!(rig.session.inspect(rig.now).last_error, Some("network/timeout"));
}

#[test]
fn waking_before_the_network_is_up_recovers() {
    // Case 33.
    let mut rig = Rig::alice(900);
    rig.input(Input::Hidden);
    rig.sleep(8 * 3_600_000);
    rig.input(Input::Woke(Wake::Visible));
    for _ in 0..2 {
        rig.reply(Answer::Failed(offline()));
        rig.advance(1_500);
    }
    assert_eq!(rig.status(), "error");
    rig.advance(40_000);
    rig.renew("session-2", 900);
    assert_eq!(rig.status(), "identified");
}

#[test]
fn nobody_is_not_an_error_and_is_asked_again_on_use() {
    let mut rig = Rig::new(callback(Use::Exchange));
    rig.input(Input::Start);
    let call = rig.call();
    rig.reply(Answer::Nobody);
    assert_eq!(rig.code_of(call), Code::NotSignedIn);
    assert_eq!(rig.status(), "unauthenticated");
    let published = rig.published.len();
    let again = rig.call();
    rig.reply(Answer::Nobody);
    assert_eq!(rig.code_of(again), Code::NotSignedIn);
    assert_eq!(rig.published.len(), published, "asking again is nobody's news");
    let third = rig.call();
    rig.renew("session-1", 900);
    assert_eq!(rig.token_of(third), "session-1");
}
