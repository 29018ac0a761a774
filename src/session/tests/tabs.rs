//! Many clients of one backend, as the tabs of one browser are.

use super::rig::{Rig, callback, someone};
use crate::session::{Input, Rules, Session, Use, Wake};

fn tabs(count: u64) -> Vec<Rig> {
    let open = |seed| {
        let mut rig = Rig::new(callback(Use::Exchange));
        rig.session = Session::new(callback(Use::Exchange), Rules::default(), seed);
        rig.input(Input::Start);
        rig.answer("alice-1", someone("alice"));
        rig.grant("session-1", 900);
        rig
    };
    (1..=count).map(open).collect()
}

#[test]
fn of_twenty_tabs_that_wake_only_the_visible_one_renews() {
    // Case 49.
    let mut tabs = tabs(20);
    for tab in &mut tabs {
        tab.input(Input::Hidden);
        tab.sleep(8 * 3_600_000);
        tab.input(Input::Woke(Wake::Online));
    }
    assert!(tabs.iter().all(|tab| tab.asked == 1), "hidden tabs wait for their next use");
    tabs[7].input(Input::Woke(Wake::Visible));
    let asked: Vec<u32> = tabs.iter().map(|tab| tab.asked).collect();
    assert_eq!(asked.iter().sum::<u32>(), 21);
    tabs[7].renew("session-2", 900);
    let call = tabs[3].call();
    tabs[3].renew("session-2", 900);
    assert_eq!(tabs[3].token_of(call), "session-2");
}

#[test]
fn visible_clients_that_began_together_renew_apart() {
    // Case 49: jitter, and earlier only.
    let mut at: Vec<i64> = tabs(20).iter().map(|tab| tab.timer.unwrap() - tab.now.mono_ms).collect();
    assert!(at.iter().all(|at| (833_000..=840_000).contains(at)), "{at:?}");
    at.sort_unstable();
    at.dedup();
    assert!(at.len() >= 15, "{at:?}");
    assert!(at[at.len() - 1] - at[0] >= 2_000, "{at:?}");
}
