//! What goes wrong while a token is still good, and what does not.

use super::rig::{Rig, callback, offline, rejected, someone};
use crate::error::{Code, Failure};
use crate::session::{Answer, AuthState, Claims, Exchanged, Input, Need, Use};

fn refused(code: Code, status: u16) -> Failure {
    Failure::new(code, "no").status(status)
}

fn busy(retry_after_ms: Option<u32>) -> Exchanged {
    let mut failure = refused(Code::RateLimited, 429).retryable();
    failure.retry_after_ms = retry_after_ms;
    Exchanged::Failed(failure.into())
}

/// Every way in which an exchange fails.
const FAILURES: [fn() -> Exchanged; 6] = [
    rejected,
    || Exchanged::Misconfigured(refused(Code::ExchangeRejected, 403).into()),
    || Exchanged::Failed(refused(Code::Server, 500).retryable().into()),
    || Exchanged::Failed(refused(Code::ExchangeMalformed, 200).retryable().into()),
    || Exchanged::Failed(offline()),
    || busy(None),
];

/// Answers whatever is asked for a second of virtual time.
fn second(rig: &mut Rig, failure: fn() -> Exchanged, issued: &mut u32) {
    while !rig.asks.is_empty() || !rig.exchanges.is_empty() {
        if !rig.asks.is_empty() {
            *issued += 1;
            rig.answer(&format!("alice-{issued}"), someone("alice"));
        }
        if !rig.exchanges.is_empty() {
            rig.exchange(failure());
        }
    }
    rig.advance(1_000);
}

#[test]
fn a_token_that_is_still_good_outlives_every_failure() {
    // Cases 16 and 32: not the token, not its deadline, and no state but a note.
    for (n, failure) in FAILURES.into_iter().enumerate() {
        let mut rig = Rig::alice(900);
        let ends = rig.session.inspect(rig.now).numbers[0];
        let mut issued = 1;
        while rig.now.mono_ms < 1_000 + 899_000 {
            second(&mut rig, failure, &mut issued);
            if rig.now.mono_ms < 1_000 + 899_000 {
                let call = rig.call();
                assert_eq!(rig.token_of(call), "session-1", "failure {n}");
                assert_eq!(rig.session.inspect(rig.now).numbers[0], ends, "failure {n}");
                assert_eq!(rig.status(), "identified", "failure {n}");
            }
        }
        assert!(issued > 1, "failure {n}: the renewal was tried");
        for _ in 0..5 {
            second(&mut rig, failure, &mut issued);
        }
        assert!(rig.session.peek(rig.now).is_none(), "failure {n}");
        assert_eq!(rig.status(), "error", "failure {n}");
    }
}

#[test]
fn too_many_requests_is_nobodys_sign_out() {
    // Case 31, with and without a readable `Retry-After`.
    for asked in [None, Some(0), Some(30_000), Some(u32::MAX)] {
        let mut rig = Rig::alice(900);
        rig.advance(845_000);
        rig.answer("alice-2", someone("alice"));
        rig.exchange(busy(asked));
        let AuthState::Identified { refresh_error: Some(error), .. } = rig.session.auth() else {
            panic!("{}", rig.status())
        };
        assert_eq!(error.code, Code::RateLimited);
        let call = rig.call();
        assert_eq!(rig.token_of(call), "session-1");
        assert!(rig.asks.is_empty(), "no call makes it worse");
    }
}

#[test]
fn a_dead_token_that_the_exchange_refuses_is_named_as_such() {
    // Case 26, where the token is exchanged: bounded tries, then an error that names the callback.
    let mut rig = Rig::new(callback(Use::Exchange));
    rig.input(Input::Start);
    let ready = rig.want(Need::Ready);
    let now = rig.now.wall_ms as f64 / 1_000.0;
    let dead =
        Claims { issued_at_s: Some(now - 7_200.0), expires_at_s: Some(now - 3_600.0), ..someone("alice") };
    for _ in 0..600 {
        while !rig.asks.is_empty() || !rig.exchanges.is_empty() {
            if !rig.asks.is_empty() {
                rig.answer("dead", dead.clone());
            }
            if !rig.exchanges.is_empty() {
                rig.exchange(rejected());
            }
        }
        rig.advance(1_000);
    }
    assert_eq!(rig.error().0, Code::TokenExpired);
    assert_eq!(rig.code_of(ready), Code::TokenExpired);
    assert!(rig.exchanged <= 2 && rig.asked <= 16, "{} exchanges, {} asks", rig.exchanged, rig.asked);
}

#[test]
fn a_provider_session_that_ends_first_is_found_out_when_asked() {
    // Case 50: without `invalidate` the session lasts at most to its deadline, with it no longer.
    let mut rig = Rig::alice(3_600);
    rig.advance(1_200_000);
    rig.input(Input::Invalidate);
    assert!(rig.session.peek(rig.now).is_none());
    rig.reply(Answer::Nobody);
    assert_eq!(rig.status(), "unauthenticated");

    let mut rig = Rig::alice(3_600);
    let end = rig.now.mono_ms + 3_600_000;
    while rig.status() == "identified" && rig.now.mono_ms <= end {
        rig.advance(1_000);
        if !rig.asks.is_empty() {
            rig.reply(Answer::Nobody);
        }
    }
    assert_eq!((rig.status(), rig.exchanged), ("unauthenticated", 1));
    assert!(rig.now.mono_ms <= end, "it was never extended");
}
