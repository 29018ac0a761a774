use super::rig::{Rig, callback, someone};
use crate::error::Code;
use crate::session::{AuthState, Credential, Input, Need, Reason, Source, Use, WaiterId};

#[test]
fn a_thousand_calls_on_a_cold_client_make_one_exchange() {
    // Case 17.
    let mut rig = Rig::new(callback(Use::Exchange));
    rig.input(Input::Start);
    let waiters: Vec<u32> = (0..1_000).map(|_| rig.call()).collect();
    rig.answer("alice-1", someone("alice"));
    rig.grant("session-1", 900);
    for waiter in waiters {
        assert_eq!(rig.token_of(waiter), "session-1");
    }
    assert_eq!((rig.asked, rig.exchanged), (1, 1));
}

#[test]
fn the_states_of_a_sign_in() {
    let rig = Rig::alice(900);
    let seen: Vec<_> = rig.published.iter().map(|(state, _)| state.status()).collect();
    assert_eq!(seen, ["exchanging", "exchanging", "identified"]);
    let (AuthState::Identified { user, source, refresh_error, .. }, _) = rig.published.last().unwrap() else {
        panic!("not identified")
    };
    assert_eq!(user.as_ref().unwrap().id, "alice");
    assert_eq!(source.as_str(), "tokenExchange");
    assert!(refresh_error.is_none());
}

#[test]
fn fifty_refused_calls_make_one_refresh() {
    // Case 18.
    let mut rig = Rig::alice(900);
    let serial = rig.serial();
    rig.input(Input::Accepted(serial));
    let waiters: Vec<u32> = (0..50).map(|_| rig.refused(serial)).collect();
    assert_eq!(
        rig.asks.front().map(|(_, reason, force)| (*reason, *force)),
        Some((Reason::Unauthorized, true))
    );
    rig.renew("session-2", 900);
    for waiter in waiters {
        assert_eq!(rig.token_of(waiter), "session-2");
    }
    assert_eq!((rig.asked, rig.exchanged), (2, 2));
    assert_eq!(rig.status(), "identified");
    assert_eq!(rig.published.len(), 3, "a revocation that heals is nobody's news");
}

#[test]
fn a_401_for_an_older_token_is_replayed_without_a_refresh() {
    let mut rig = Rig::alice(900);
    let old = rig.serial();
    rig.advance(845_000);
    rig.renew("session-2", 900);
    let waiter = rig.refused(old);
    assert_eq!(rig.token_of(waiter), "session-2");
    assert_eq!(rig.exchanged, 2);
}

#[test]
fn an_api_that_always_says_401_is_asked_three_times_a_minute_at_most() {
    // Case 19: every call is replayed once, and callers keep coming ten times a second.
    let mut rig = Rig::new(callback(Use::Exchange));
    rig.input(Input::Start);
    let mut in_minute = Vec::new();
    for minute in 0..10 {
        let before = rig.exchanged;
        for _ in 0..600 {
            let waiter = rig.call();
            rig.run_healthy(100, 900);
            if let Some(Ok(pass)) = rig.settled.get(&waiter) {
                let serial = pass.serial;
                let replay = rig.refused(serial);
                rig.run_healthy(0, 900);
                if let Some(Ok(pass)) = rig.settled.get(&replay) {
                    let serial = pass.serial;
                    rig.refused_again(serial);
                }
            }
        }
        in_minute.push((minute, rig.exchanged - before));
    }
    assert!(in_minute.iter().all(|(_, count)| *count <= 3), "{in_minute:?}");
    assert!(in_minute.iter().all(|(_, count)| *count >= 1), "it must keep probing: {in_minute:?}");
    assert_eq!(rig.error().0, Code::Refused);
    assert!(rig.error().1.is_some());

    // The backend heals: the next probe finds out by itself.
    rig.run_healthy(61_000, 900);
    assert_eq!(rig.status(), "identified");
    let serial = rig.serial();
    rig.input(Input::Accepted(serial));
}

#[test]
fn while_the_breaker_is_open_calls_fail_at_once() {
    let mut rig = Rig::alice(900);
    let first = rig.refused(1);
    rig.renew("session-2", 900);
    assert_eq!(rig.token_of(first), "session-2");
    let second = rig.refused(2);
    assert_eq!(rig.code_of(second), Code::Refused);
    assert_eq!(rig.error().1, Some(rig.now.wall_ms + 20_000));
    let call = rig.call();
    assert_eq!(rig.code_of(call), Code::Refused);
    let ready = rig.want(Need::Ready);
    assert!(rig.waits(ready), "ready waits through an error that will be tried again");
    rig.run_healthy(20_000, 900);
    assert!(rig.settled.get(&ready).unwrap().is_ok());
}

#[test]
fn a_hidden_page_probes_with_the_next_call() {
    let mut rig = Rig::alice(900);
    rig.refused(1);
    rig.renew("session-2", 900);
    rig.refused(2);
    rig.input(Input::Hidden);
    rig.advance(3_600_000);
    assert_eq!(rig.exchanged, 2);
    let call = rig.call();
    rig.renew("session-3", 900);
    assert_eq!(rig.token_of(call), "session-3");
}

#[test]
fn a_call_inside_the_margin_is_served_while_the_renewal_runs() {
    let mut rig = Rig::alice(100);
    rig.advance(85_000);
    assert_eq!(rig.asks.len(), 1);
    let call = rig.call();
    assert_eq!(rig.token_of(call), "session-1");
}

#[test]
fn no_token_is_given_out_after_its_deadline() {
    // Case 34: the timer is frozen, the call comes first.
    let mut rig = Rig::alice(900);
    rig.sleep(8 * 3_600_000);
    let call = rig.call();
    assert!(rig.waits(call));
    rig.renew("session-2", 900);
    assert_eq!(rig.token_of(call), "session-2");
}

#[test]
fn aborting_a_caller_leaves_the_shared_exchange_alone() {
    let mut rig = Rig::new(callback(Use::Exchange));
    rig.input(Input::Start);
    let (gone, stays) = (rig.call(), rig.call());
    rig.input(Input::Abandon(WaiterId(gone)));
    rig.renew("session-1", 900);
    assert!(rig.waits(gone), "an abandoned waiter is nobody's business any more");
    assert_eq!(rig.token_of(stays), "session-1");
}

#[test]
fn credentials_without_a_bearer_serve_at_once() {
    let mut rig = Rig::new(Credential::Fixed { source: Source::UserKey });
    rig.input(Input::Start);
    let call = rig.call();
    assert!(rig.settled.get(&call).unwrap().as_ref().unwrap().token.is_none());
    assert_eq!(rig.status(), "identified");
    assert_eq!(rig.timer, None);
}

#[test]
fn no_credential_and_two_credentials_fail_closed() {
    let mut rig = Rig::new(Credential::Missing);
    rig.input(Input::Start);
    let call = rig.call();
    assert_eq!(rig.code_of(call), Code::MissingCredential);
    assert_eq!(rig.warned, [Code::MissingCredential]);
    let mut rig = Rig::new(Credential::Conflicting);
    rig.input(Input::Start);
    let call = rig.call();
    assert_eq!(rig.code_of(call), Code::ConflictingCredentials);
    assert_eq!(rig.warned, [Code::ConflictingCredentials]);
    assert_eq!(rig.status(), "invalid");
}

#[test]
fn a_forced_refresh_asks_with_force_and_shares_the_flight() {
    let mut rig = Rig::alice(900);
    let (one, two) = (rig.want(Need::Fresh), rig.want(Need::Fresh));
    assert_eq!(rig.asks.front().map(|(_, reason, force)| (*reason, *force)), Some((Reason::Manual, true)));
    rig.renew("session-2", 900);
    assert_eq!(rig.token_of(one), "session-2");
    assert_eq!(rig.token_of(two), "session-2");
    assert_eq!(rig.asked, 2);
}

#[test]
fn after_dispose_every_call_is_told() {
    // Cases 7 and 8.
    let mut rig = Rig::alice(900);
    rig.advance(845_000);
    let waiting = rig.want(Need::Fresh);
    rig.input(Input::Dispose);
    assert_eq!(rig.code_of(waiting), Code::Disposed);
    assert_eq!(rig.timer, None);
    let late = rig.call();
    assert_eq!(rig.code_of(late), Code::Disposed);
    let published = rig.published.len();
    rig.advance(24 * 3_600_000);
    assert_eq!((rig.asked, rig.published.len()), (2, published));
}
