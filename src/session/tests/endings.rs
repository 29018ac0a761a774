//! Endings at every moment, and what comes in after them.

use super::rig::{Rig, callback, someone};
use crate::error::Code;
use crate::secret::Secret;
use crate::session::{Answer, Exchanged, Input, Need, OpId, Use, Wake};

/// A client's life from the start to its second renewal, in the smallest steps there are.
const LIFE: [fn(&mut Rig); 12] = [
    |rig| rig.input(Input::Start),
    |rig| _ = rig.call(),
    |rig| rig.answer("alice-1", someone("alice")),
    |rig| rig.grant("session-1", 900),
    |rig| rig.input(Input::Accepted(1)),
    |rig| _ = rig.refused(1),
    |rig| rig.answer("alice-2", someone("alice")),
    |rig| rig.exchange_fails(),
    |rig| rig.advance(1_500),
    |rig| rig.answer("alice-3", someone("alice")),
    |rig| rig.grant("session-2", 900),
    |rig| rig.advance(845_000),
];

/// Everything that may still come of what was begun and given up: each number there can be, answered in each way.
fn late(rig: &mut Rig) {
    let present = rig.asks.front().map(|(op, ..)| *op).or(rig.exchanges.front().map(|(op, _)| *op));
    for op in (0..12).map(OpId).filter(|op| Some(*op) != present) {
        let token = || Secret::new("alice-late".into());
        let granted =
            Exchanged::Granted { token: token(), expires_in_s: Some(900.0), claims: someone("alice") };
        rig.input(Input::Exchanged(op, granted));
        rig.input(Input::Answered(op, Answer::Token(token(), someone("alice"))));
    }
    rig.timer = None;
    rig.input(Input::Timer);
    rig.input(Input::Woke(Wake::Visible));
}

fn lived(steps: usize) -> Rig {
    let mut rig = Rig::new(callback(Use::Exchange));
    for step in LIFE.iter().take(steps) {
        step(&mut rig);
    }
    rig
}

fn all_settled_but_with(rig: &Rig, before: usize, code: Code) {
    for (waiter, result) in &rig.settled {
        if *waiter as usize > before {
            assert_eq!(result.as_ref().unwrap_err().code, code);
        }
    }
}

#[test]
fn a_sign_out_at_any_step_leaves_no_token() {
    // Case 6.
    for steps in 1..=LIFE.len() {
        let mut rig = lived(steps);
        let served = rig.settled.len();
        rig.input(Input::SignOut);
        let (published, asked) = (rig.published.len(), rig.asked);
        assert_eq!(rig.session.auth().status(), "unauthenticated", "step {steps}");
        late(&mut rig);
        rig.advance(24 * 3_600_000);
        assert!(rig.session.peek(rig.now).is_none(), "step {steps}");
        assert_eq!((rig.published.len(), rig.asked, rig.timer), (published, asked, None), "step {steps}");
        all_settled_but_with(&rig, served, Code::SignedOut);
        let call = rig.call();
        assert_eq!(rig.code_of(call), Code::NotSignedIn);
    }
}

#[test]
fn a_dispose_at_any_step_is_the_end() {
    // Cases 7 and 8.
    for steps in 0..=LIFE.len() {
        let mut rig = lived(steps);
        let served = rig.settled.len();
        let pending = (steps > 0).then(|| rig.want(Need::Fresh));
        rig.input(Input::Dispose);
        if let Some(pending) = pending {
            assert_eq!(rig.code_of(pending), Code::Disposed, "step {steps}");
        }
        let (published, asked) = (rig.published.len(), rig.asked);
        late(&mut rig);
        rig.advance(24 * 3_600_000);
        assert_eq!((rig.published.len(), rig.asked, rig.timer), (published, asked, None), "step {steps}");
        assert!(rig.session.peek(rig.now).is_none(), "step {steps}");
        all_settled_but_with(&rig, served, Code::Disposed);
    }
}

#[test]
fn stopping_and_starting_again_leaves_one_loop() {
    // Case 9.
    let alone = Rig::alice(300).run_healthy(3_600_000, 300);
    for steps in 1..=LIFE.len() {
        let mut rig = lived(steps);
        rig.input(Input::SignOut);
        rig.input(Input::SetCredential(callback(Use::Exchange)));
        rig.input(Input::Hidden);
        rig.input(Input::Woke(Wake::Visible));
        late(&mut rig);
        let exchanges = rig.run_healthy(3_600_000, 300);
        assert!(exchanges.abs_diff(alone) <= 2, "step {steps}: {exchanges} instead of {alone}");
    }
}

#[test]
fn a_thousand_cycles_do_not_make_renewals_more_frequent() {
    // Case 10.
    let alone = Rig::alice(300).run_healthy(3_600_000, 300);
    let mut rig = Rig::alice(300);
    for n in 0..1_000 {
        match n % 3 {
            0 => rig.input(Input::SetCredential(callback(Use::Exchange))),
            1 => rig.input(Input::Invalidate),
            _ => _ = rig.want(Need::Fresh),
        }
        rig.renew(&format!("session-{n}"), 300);
        rig.advance(6_000);
    }
    let exchanges = rig.run_healthy(3_600_000, 300);
    assert!(exchanges.abs_diff(alone) <= 2, "{exchanges} instead of {alone}");
}

#[test]
fn an_answer_that_was_given_up_does_not_replace_a_newer_one() {
    // Case 14: the first exchange is too slow and is ended; it answers after the second.
    let mut rig = Rig::new(callback(Use::Exchange));
    rig.input(Input::Start);
    let call = rig.call();
    rig.answer("alice-1", someone("alice"));
    let (slow, _) = rig.exchanges.front().cloned().unwrap();
    rig.advance(31_500);
    assert_eq!(rig.aborted, [slow]);
    rig.renew("newer", 900);
    assert_eq!(rig.token_of(call), "newer");
    let ends = rig.session.inspect(rig.now).numbers[0];
    let older = Exchanged::Granted {
        token: Secret::new("older".into()),
        expires_in_s: Some(3_600.0),
        claims: someone("alice"),
    };
    rig.input(Input::Exchanged(slow, older));
    assert_eq!(rig.session.peek(rig.now).unwrap().expose(), "newer");
    assert_eq!(rig.session.inspect(rig.now).numbers[0], ends);
}

#[test]
fn a_replaced_credential_is_not_asked_again() {
    // Case 42: what it still answers is nobody's, and every question from now on is the new one's.
    for steps in 1..=LIFE.len() {
        let mut rig = lived(steps);
        let generation = rig.session.generation();
        rig.input(Input::SetCredential(callback(Use::Exchange)));
        assert_eq!(rig.session.generation(), generation + 1, "step {steps}");
        assert!(rig.session.peek(rig.now).is_none(), "step {steps}");
        late(&mut rig);
        assert_eq!(rig.asks.len(), 1, "step {steps}: the new one is still to answer");
        rig.answer("bob-1", someone("bob"));
        late(&mut rig);
        assert!(rig.session.peek(rig.now).is_none(), "step {steps}");
        rig.grant("bob-session", 900);
        late(&mut rig);
        let call = rig.call();
        assert_eq!(rig.token_of(call), "bob-session", "step {steps}");
    }
}
