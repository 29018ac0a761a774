use super::rig::{Rig, callback, rejected, someone};
use crate::error::Code;
use crate::session::{Absence, Answer, AuthState, Credential, Input, Need, Source, TabMessage, Use};

#[test]
fn another_subject_is_another_generation() {
    // Cases 11 and 12: the provider goes from alice to bob with no signed-out step between.
    let mut rig = Rig::alice(900);
    rig.advance(845_000);
    let pending = rig.want(Need::Fresh);
    rig.answer("bob-1", someone("bob"));
    assert_eq!(rig.code_of(pending), Code::IdentityChanged);
    assert_eq!(rig.ended, [(1, Code::IdentityChanged)]);
    assert!(rig.session.peek(rig.now).is_none(), "alice's token must not be served for bob");
    let AuthState::Exchanging { user, generation: 1, .. } = rig.session.auth() else {
        panic!("{}", rig.status())
    };
    assert_eq!(user.as_ref().unwrap().id, "bob");
    rig.grant("bob-session", 900);
    let call = rig.call();
    assert_eq!(rig.token_of(call), "bob-session");
    assert_eq!(rig.broadcasts, [TabMessage::UserChanged]);
}

#[test]
fn unreadable_on_either_side_means_unchanged() {
    let mut rig = Rig::alice(900);
    rig.advance(845_000);
    rig.answer("opaque", Default::default());
    rig.grant("session-2", 900);
    assert!(rig.ended.is_empty());
    let AuthState::Identified { user, .. } = rig.session.auth() else { panic!("{}", rig.status()) };
    assert_eq!(user.as_ref().unwrap().id, "alice");
}

#[test]
fn late_answers_of_an_ended_generation_change_nothing() {
    // Case 5: alice's exchange is pending, bob takes over, alice's answer comes in every form.
    for late in 0..3 {
        let mut rig = Rig::new(callback(Use::Exchange));
        rig.input(Input::Start);
        rig.answer("alice-1", someone("alice"));
        let (op, _) = rig.exchanges.front().cloned().unwrap();
        rig.input(Input::SetCredential(callback(Use::Exchange)));
        rig.answer("bob-1", someone("bob"));
        rig.grant("bob-session", 900);
        let published = rig.published.len();
        let answer = match late {
            0 => crate::session::Exchanged::Granted {
                token: crate::secret::Secret::new("alice-session".into()),
                expires_in_s: Some(900.0),
                claims: someone("alice"),
            },
            1 => rejected(),
            _ => crate::session::Exchanged::Failed(super::rig::offline()),
        };
        rig.input(Input::Exchanged(op, answer));
        assert_eq!(rig.published.len(), published);
        let call = rig.call();
        assert_eq!(rig.token_of(call), "bob-session");
    }
}

#[test]
fn sign_out_is_final_until_something_new_is_said() {
    let mut rig = Rig::alice(900);
    rig.input(Input::SignOut);
    assert_eq!(rig.session.auth(), &AuthState::Unauthenticated { reason: Absence::SignedOut });
    assert_eq!((rig.broadcasts.len(), rig.forgot), (1, 1));
    let call = rig.call();
    assert_eq!(rig.code_of(call), Code::NotSignedIn);
    rig.advance(3_600_000);
    assert_eq!(rig.asked, 1);
    rig.input(Input::SignOut);
    assert_eq!(rig.broadcasts.len(), 1, "signing out twice is signing out once");
    rig.input(Input::Invalidate);
    rig.renew("session-2", 900);
    assert_eq!(rig.status(), "identified");
}

#[test]
fn sign_out_and_sign_in_in_one_tick() {
    let mut rig = Rig::alice(900);
    let pending = rig.want(Need::Fresh);
    rig.input(Input::SignOut);
    rig.input(Input::SetCredential(callback(Use::Exchange)));
    assert_eq!(rig.code_of(pending), Code::SignedOut);
    rig.answer("bob-1", someone("bob"));
    rig.grant("bob-session", 900);
    let AuthState::Identified { generation: 2, .. } = rig.session.auth() else { panic!("{}", rig.status()) };
}

#[test]
fn invalidate_asks_at_once_and_nobody_gets_the_old_token_meanwhile() {
    // Case 13.
    let mut rig = Rig::alice(900);
    rig.input(Input::Invalidate);
    let call = rig.call();
    assert!(rig.waits(call));
    rig.answer("alice-1", someone("alice"));
    rig.grant("session-2", 900);
    assert_eq!(rig.token_of(call), "session-2");
    assert!(rig.broadcasts.is_empty(), "it was the same person");
}

#[test]
fn another_person_after_invalidate_is_told_to_the_other_tabs() {
    let mut rig = Rig::alice(900);
    rig.input(Input::Invalidate);
    rig.answer("bob-1", someone("bob"));
    assert_eq!(rig.broadcasts, [TabMessage::UserChanged]);
}

#[test]
fn a_sign_out_elsewhere_asks_our_own_callback() {
    let mut rig = Rig::alice(900);
    let pending = rig.want(Need::Fresh);
    rig.input(Input::OtherTab(TabMessage::SignedOut));
    assert_eq!(rig.code_of(pending), Code::SignedOut);
    assert!(rig.session.peek(rig.now).is_none());
    rig.reply(Answer::Nobody);
    assert_eq!(rig.session.auth(), &AuthState::Unauthenticated { reason: Absence::OtherTab });
    assert!(rig.broadcasts.is_empty());
}

#[test]
fn an_anonymous_visitor_who_signs_out_elsewhere_is_somebody_new_with_the_next_use() {
    let source = Source::Anonymous;
    let mut rig = Rig::new(Credential::Callback { usage: Use::Direct, source });
    rig.input(Input::Start);
    rig.answer("anonymous-1", someone("anonymous-1"));
    rig.input(Input::OtherTab(TabMessage::SignedOut));
    assert_eq!(rig.session.auth(), &AuthState::Unauthenticated { reason: Absence::OtherTab });
    assert_eq!(rig.asked, 1, "nobody is made up for a tab that is not in use");
    let call = rig.call();
    rig.answer("anonymous-2", someone("anonymous-2"));
    assert_eq!(rig.token_of(call), "anonymous-2");
    assert_eq!(rig.status(), "identified");
}

#[test]
fn a_provider_that_hears_of_a_sign_out_elsewhere_too_late_does_not_bring_the_user_back() {
    let mut rig = Rig::alice(900);
    rig.input(Input::OtherTab(TabMessage::SignedOut));
    rig.answer("alice-1", someone("alice"));
    assert_eq!(rig.session.auth(), &AuthState::Unauthenticated { reason: Absence::OtherTab });
    assert_eq!(rig.exchanged, 1, "what she had before is not posted again");

    // It has had the time, and says the same: she is signed in here.
    rig.sleep(60_000);
    let call = rig.call();
    rig.answer("alice-1", someone("alice"));
    rig.grant("session-2", 900);
    assert_eq!(rig.token_of(call), "session-2");
}

#[test]
fn a_sign_out_elsewhere_is_no_matter_to_who_has_a_newer_token() {
    let mut rig = Rig::alice(900);
    rig.input(Input::OtherTab(TabMessage::SignedOut));
    rig.answer("alice-2", someone("alice"));
    rig.grant("session-2", 900);
    assert_eq!(rig.status(), "identified");
}

#[test]
fn two_tabs_do_not_tell_each_other_for_ever() {
    let mut rig = Rig::alice(900);
    rig.input(Input::OtherTab(TabMessage::UserChanged));
    rig.answer("bob-1", someone("bob"));
    rig.grant("bob-session", 900);
    assert!(rig.broadcasts.is_empty());
    assert_eq!(rig.status(), "identified");
}

#[test]
fn a_user_key_is_dropped_when_another_tab_signs_out() {
    let mut rig = Rig::new(Credential::Fixed { source: Source::UserKey });
    rig.input(Input::Start);
    rig.input(Input::OtherTab(TabMessage::UserChanged));
    assert_eq!(rig.status(), "identified");
    rig.input(Input::OtherTab(TabMessage::SignedOut));
    let call = rig.call();
    assert_eq!(rig.code_of(call), Code::NotSignedIn);
}

#[test]
fn ready_survives_a_change_of_identity_and_ends_with_a_sign_out() {
    let mut rig = Rig::new(callback(Use::Exchange));
    rig.input(Input::Start);
    let ready = rig.want(Need::Ready);
    rig.input(Input::SetCredential(callback(Use::Exchange)));
    assert!(rig.waits(ready));
    rig.input(Input::SignOut);
    assert_eq!(rig.code_of(ready), Code::SignedOut);
}

#[test]
fn removing_the_credential_is_no_credential() {
    let mut rig = Rig::alice(900);
    rig.input(Input::SetCredential(Credential::Missing));
    assert_eq!(rig.session.auth(), &AuthState::Unauthenticated { reason: Absence::NoCredential });
    let call = rig.call();
    assert_eq!(rig.code_of(call), Code::MissingCredential);
    assert_eq!(rig.timer, None);
}

#[test]
fn a_credential_without_a_bearer_takes_over_and_serves_ready() {
    let mut rig = Rig::new(callback(Use::Exchange));
    rig.input(Input::Start);
    let ready = rig.want(Need::Ready);
    rig.input(Input::SetCredential(Credential::Fixed { source: Source::Anonymous }));
    assert!(rig.settled.get(&ready).unwrap().is_ok());
    assert_eq!(rig.status(), "identified");
}
